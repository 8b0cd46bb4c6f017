"""How much a notebook may use."""

from dataclasses import dataclass

MiB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits on one kernel and all that it starts.

    `cell_seconds` is kept by whoever sends the cells (nbclient's `timeout`), and `output_bytes` by the client that
    reads them; the others hold whatever the notebook does.
    """

    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    memory_bytes: int = 2048 * MiB
    processes: int = 64  # threads count; a kernel alone has about twelve
    file_bytes: int = 64 * MiB
    disk_bytes: int = 256 * MiB
    output_bytes: int = 16 * MiB
    cpu_seconds: int = 600
    open_files: int = 256

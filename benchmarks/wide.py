"""Measures what it costs to grade on a Dask cluster: throughput by 1 to 4 workers, and processor time a submission.

The scheduler, the workers (of one thread each) and who grades are processes on this machine, speaking over loopback.
The first submissions warm everything up; what follows counts. Processor time is of the processes that only pass
submissions on, or drive their kernels: the kernels themselves cost the same anywhere. Last comes an estimate for
10,000 students from these figures.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import classes
from benchmarks.grading import CLASSES, scores

STUDENTS = 10_000
THREADS = (1, 4, 16, 64)
TICK = os.sysconf("SC_CLK_TCK")
Processes = dict[str, list[int]]


@dataclass(frozen=True)
class Cost:
    """Seconds for each submission: by the clock, and of the processors by who used them."""

    clock: float
    processor: dict[str, float]

    @property
    def whole(self) -> float:
        return sum(self.processor.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=40, metavar="N", help="that count")
    parser.add_argument("--warm-up", type=int, default=8, metavar="N", help="that come before")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 3, 4], metavar="N", help="so many at a time")
    parser.add_argument("--class", dest="kind", choices=CLASSES, default="assertions", help="what is handed in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        for line in measure(Path(scratch), options):
            print(line, flush=True)


def measure(scratch: Path, options: argparse.Namespace) -> Iterator[str]:
    """A row for this machine alone and one for each number of workers; then the estimate."""
    original = scratch / "class"
    CLASSES[options.kind](original, options.warm_up + options.students)
    make_different(original)
    yield row("workers", "submissions a minute", "who grades ms", "scheduler ms", "workers ms", "overhead ms")
    yield row("---", *["---:"] * 5)
    folder = classes.copy(original, scratch / "here")
    here = cost(folder, ["--jobs", "1"], {}, options.warm_up)
    expected = scores(folder)
    yield row("none, one at a time", f"{60 / here.clock:.0f}", milliseconds(here.whole), "", "", "")
    costs = {}
    for number in options.workers:
        folder = classes.copy(original, scratch / f"wide-{number}")
        with ExitStack() as stack:
            address, processes = start(scratch, number, stack)
            costs[number] = there = cost(folder, ["--scheduler", address], processes, options.warm_up)
        if scores(folder) != expected:
            sys.exit(f"the scores differ with {number} workers")
        parts = [milliseconds(there.processor[name]) for name in ("grade", "scheduler", "worker")]
        yield row(str(number), f"{60 / there.clock:.0f}", *parts, milliseconds(there.whole - here.whole))
    yield ""
    yield from estimate(costs[options.workers[0]], options.workers[0])


def estimate(measured: Cost, workers: int) -> Iterator[str]:
    """How long a large class takes where nothing but one of these holds it up."""
    yield row("threads of workers", f"minutes for {STUDENTS:,} students", "held up by")
    yield row("---:", "---:", "---")
    for threads in THREADS:
        each = {
            "the workers": measured.clock * workers / threads,
            "who grades": measured.processor["grade"],
            "the scheduler": measured.processor["scheduler"],
        }
        slowest = max(each, key=lambda name: each[name])
        yield row(str(threads), f"{STUDENTS * each[slowest] / 60:.0f}", slowest)


def make_different(folder: Path) -> None:
    """No two submissions alike: a cluster would grade them once."""
    for number, path in enumerate(sorted((folder / "submitted").rglob("*.ipynb"))):
        notebook = json.loads(path.read_text())
        notebook["metadata"]["number"] = number
        path.write_text(json.dumps(notebook))


def start(scratch: Path, workers: int, stack: ExitStack) -> tuple[str, Processes]:
    """A scheduler and workers, until the stack is left; the processor time of a worker is also that of its grader."""
    file = scratch / f"scheduler-{workers}.json"
    options = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = dask(scratch, stack, "scheduler", "--host", "127.0.0.1", "--port", "0", *options)
    while not file.exists():
        time.sleep(0.1)
    local = ["--host", "127.0.0.1", "--local-directory", str(scratch)]
    joined = [dask(scratch, stack, "worker", *options, *local, "--no-nanny", "--nthreads", "1") for _ in range(workers)]
    address = json.loads(file.read_text())["address"]
    code = f"from distributed import Client; Client({address!r}).wait_for_workers({workers})"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return address, {"scheduler": [scheduler], "worker": joined}


def dask(scratch: Path, stack: ExitStack, *command: str) -> int:
    """Start a process of Dask's; its number."""
    with (scratch / "dask.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command], cwd=scratch, env=classes.environment(), stdout=log, stderr=log
        )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process.pid


def cost(folder: Path, options: Sequence[str], processes: Processes, warm_up: int) -> Cost:
    """Grade a class, and measure from the result that ends the warm-up to the last that is seen."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), *options]
    with subprocess.Popen(command, env=classes.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        watched = {"grade": [run.pid], **processes}
        first = last = (0, 0.0, dict.fromkeys(watched, 0.0))
        while run.poll() is None:
            done = len(list((folder / ".autograder/results").rglob("0*.json")))
            if done > last[0]:
                last = (done, time.monotonic(), {name: used(numbers) for name, numbers in watched.items()})
                first = first if first[0] >= warm_up else last
            time.sleep(0.02)
        printed = run.stdout.read().decode() if run.stdout else ""
    if last[0] <= first[0]:
        sys.exit(f"{command} graded too few:\n{printed[-2000:]}")
    count = last[0] - first[0]
    return Cost((last[1] - first[1]) / count, {name: (last[2][name] - first[2][name]) / count for name in watched})


def used(processes: Sequence[int]) -> float:
    """Processor seconds of processes, and of the graders that are their children."""
    seconds = 0.0
    for number in processes:
        for one in (number, *graders(number)):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / TICK
    return seconds


def graders(number: int) -> list[int]:
    children = [
        int(one) for task in Path(f"/proc/{number}/task").iterdir() for one in (task / "children").read_text().split()
    ]
    return [one for one in children if b"wide.service" in Path(f"/proc/{one}/cmdline").read_bytes()]


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()

"""Measures peers that do the same job, alternating in one process, and prints how they compare.

A *maker* is a module-level function: it takes a case's arguments, prepares the inputs, and returns the job to
be timed, a function without arguments. The first peer is the one whose figures are claimed:

    PEERS = {"cnnlib": make_cnnlib, "textbook": make_textbook, "torch": make_torch}
    CASES = {"8x3x32x32, 3x3": (8, 3, 32, 3), ...}

    if __name__ == "__main__":
        main(__doc__, PEERS, CASES, against="torch", warm_up=(1, 1, 8, 3))

A round runs every peer once; a run is `rounds` rounds, of which each peer's best counts; a ratio is one best
over another of the same run, so that what else the machine does falls on all peers alike. Memory is how far the
job raises the highest memory use of a fresh process that has prepared the inputs and run the tiny case `warm_up`.
`python -m benchmarks.NAME --help` lists the options.
"""

import argparse
import gc
import math
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Job = Callable[[], object]
Maker = Callable[..., Job]
Cases = Mapping[str, tuple[Any, ...]]

THREADS = 2
# The idle threads of OpenBLAS spin for some 30 ms after its work; without a rest they slow torch up to tenfold.
SETTLE_SECONDS = 0.1


def main(
    title: str | None, peers: Mapping[str, Maker], cases: Cases, *, against: str, warm_up: tuple[Any, ...]
) -> None:
    """The command line of a benchmark: measure, then print the tables."""
    parser = argparse.ArgumentParser(description=title, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="each peer's best of so many counts")
    parser.add_argument("--runs", type=int, default=3, help="how often the whole is repeated")
    parser.add_argument("--only", default="", help="measure the cases whose name contains this")
    parser.add_argument("--no-memory", action="store_true", help="measure times alone")
    parser.add_argument("--threads", type=int, default=THREADS, help="for each peer")
    parser.add_argument("--processor-time", action="store_true", help="of all threads, which bears company best")
    options = parser.parse_args()
    chosen = {name: arguments for name, arguments in cases.items() if options.only in name}
    if not chosen:
        parser.error(f"no case contains {options.only!r}; there are: {', '.join(cases)}")

    limit_threads(options.threads)
    clock = time.process_time if options.processor_time else time.perf_counter
    runs = []
    for number in range(1, options.runs + 1):
        print(f"run {number} of {options.runs}", file=sys.stderr)
        runs.append({name: best_times(peers, chosen[name], rounds=options.rounds, clock=clock) for name in chosen})
    print(times_table(runs, against=against))
    if not options.no_memory:
        print()
        print(memory_table(peers, chosen, warm_up, options.threads))


def limit_threads(threads: int) -> None:
    """So many threads for every peer: numpy's BLAS, OpenMP and, where it is loaded, torch."""
    import threadpoolctl

    threadpoolctl.threadpool_limits(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def best_times(
    peers: Mapping[str, Maker], arguments: tuple[Any, ...], *, rounds: int, clock: Callable[[], float]
) -> dict[str, float]:
    """The least seconds that each peer took, over so many rounds in which they alternate."""
    jobs = {name: make(*arguments) for name, make in peers.items()}
    for job in jobs.values():
        job()
    best = dict.fromkeys(jobs, math.inf)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, job in jobs.items():
                time.sleep(SETTLE_SECONDS)
                started = clock()
                job()
                best[name] = min(best[name], clock() - started)
    finally:
        gc.enable()
    return best


def peak_memory(make: Maker, arguments: tuple[Any, ...], warm_up: tuple[Any, ...], threads: int) -> int:
    """By how many bytes the job raises the highest memory use of a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as fresh:
        return fresh.apply(_rise, (make, arguments, warm_up, threads))


def _rise(make: Maker, arguments: tuple[Any, ...], warm_up: tuple[Any, ...], threads: int) -> int:
    limit_threads(threads)
    make(*warm_up)()  # code and thread pools are loaded here, and are not the job's
    job = make(*arguments)
    before = _highest_memory()
    job()
    return _highest_memory() - before


def _highest_memory() -> int:
    """The most bytes that this process has held. Linux's own getrusage starts at what its parent had held."""
    status = Path("/proc/self/status")
    if status.exists():
        highest = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(highest.split()[1]) * 1024
    highest_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest_rss if sys.platform == "darwin" else highest_rss * 1024


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))


def times_table(runs: Sequence[Mapping[str, Mapping[str, float]]], *, against: str) -> str:
    """Milliseconds (the best of all runs) and ratios (the median of the runs), as a Markdown table."""
    names = list(runs[0])
    peers = list(next(iter(runs[0].values())))
    others = [peer for peer in peers if peer != against]
    lines = [
        _row("case", *(f"{peer} ms" for peer in peers), *(f"{peer} / {against}" for peer in others)),
        _row("---", *("---:" for _ in peers), *("---:" for _ in others)),
    ]
    for name in names:
        times = (f"{1000 * min(run[name][peer] for run in runs):.1f}" for peer in peers)
        ratios = (f"{statistics.median(run[name][peer] / run[name][against] for run in runs):.2f}" for peer in others)
        lines.append(_row(name, *times, *ratios))
    for number, run in enumerate(runs, start=1):
        means = (f"{geometric_mean([run[name][peer] / run[name][against] for name in names]):.2f}" for peer in others)
        lines.append(_row(f"geometric mean, run {number}", *("" for _ in peers), *means))
    return "\n".join(lines)


def memory_table(peers: Mapping[str, Maker], cases: Cases, warm_up: tuple[Any, ...], threads: int) -> str:
    """Peak memory in MB of every peer, as a Markdown table."""
    lines = [_row("case", *(f"{peer} MB" for peer in peers)), _row("---", *("---:" for _ in peers))]
    for name, arguments in cases.items():
        peaks = (f"{peak_memory(make, arguments, warm_up, threads) / 1e6:.0f}" for make in peers.values())
        lines.append(_row(name, *peaks))
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"

"""Which answers are more alike than chance makes them: to each other, and to the library's own source.

Code is read by copydetect: its token stream, with names, strings and comments taken out, cut into all runs of
`RUN` signs. A run counts unless it was handed out, or is common: in more answers than `common_limit` allows, as what
an exercise makes everybody write is. Two answers are alike where they share at least `LEAST_RUNS` runs that count, and
these are at least `ALIKE` of all such runs of the shorter one. All runs are compared, none is sampled (as winnowing
would do, by Python's hashes, which differ between processes): so the same class gives the same report.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

RUN = 25  # signs, copydetect's own choice
LEAST_RUNS = 80  # some five lines of code
ALIKE = 0.8
COMMON = 0.1  # of the answers
COMMON_AT_LEAST = 4  # answers
MOST_CODE = 20_000  # characters of an answer that are read

Runs = frozenset[int]


@dataclass(frozen=True)
class Alike:
    """Students whose answers are linked by likeness; `share` is the least of a linked pair."""

    students: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class LikeSource:
    """Students whose answers are like one function of the library."""

    function: str
    students: tuple[str, ...]
    share: float  # the least


@lru_cache(65536)  # many answers are the same
def signs(source: str) -> str:
    """What copydetect compares of a piece of Python."""
    from copydetect.utils import filter_code  # brings matplotlib's pyplot with it, which takes its time

    return str(filter_code(source[:MOST_CODE], "answer.py", "python")[0])


def runs(tokens: str) -> Runs:
    from copydetect.utils import hashed_kgrams

    return frozenset(hashed_kgrams(tokens, RUN).tolist())


def runs_of(sources: Iterable[str]) -> Runs:
    """All runs of what was handed out."""
    return frozenset().union(*(runs(signs(source)) for source in sources))


def common_limit(answers: int) -> int:
    """In how many answers a run may be before it is common."""
    return max(COMMON_AT_LEAST, int(COMMON * answers))


def alike(answers: Mapping[str, str], given: Runs) -> list[Alike]:
    """Groups of students whose answers (as `signs`) are alike, the largest first."""
    of_text: dict[str, list[str]] = defaultdict(list)
    for student, tokens in sorted(answers.items()):
        of_text[tokens].append(student)
    texts = list(of_text)
    students = [of_text[text] for text in texts]
    own = [runs(text) - given for text in texts]
    spread = Counter[int]()
    for text, found in zip(texts, own, strict=True):
        for run in found:
            spread[run] += len(of_text[text])
    limit = common_limit(len(answers))
    rare = [np.array([run for run in found if 1 < spread[run] <= limit], dtype=np.int64) for found in own]
    sizes = np.array([sum(spread[run] <= limit for run in found) for found in own])
    pairs = [(i, i, 1.0) for i, who in enumerate(students) if len(who) > 1 and sizes[i] >= LEAST_RUNS]
    return _groups([*pairs, *_pairs(rare, sizes)], students)


def _pairs(rare: Sequence[NDArray[np.int64]], sizes: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Which two texts are alike, and how much: one product of the sparse matrix of texts and runs with itself."""
    if not any(map(len, rare)):
        return
    every, columns = np.unique(np.concatenate(rare), return_inverse=True)
    rows = np.repeat(np.arange(len(rare)), [len(found) for found in rare])
    texts = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(len(rare), len(every)))
    shared = (texts @ texts.T).tocoo()
    for i, j, count in zip(*shared.coords, shared.data, strict=True):
        share = count / max(1, min(sizes[i], sizes[j]))
        if i < j and count >= LEAST_RUNS and share >= ALIKE:
            yield int(i), int(j), float(share)


def _groups(pairs: Sequence[tuple[int, int, float]], students: Sequence[Sequence[str]]) -> list[Alike]:
    """The texts that pairs link, together."""
    group_of = {i: {i} for pair in pairs for i in pair[:2]}
    for i, j, _ in pairs:
        if group_of[i] is not group_of[j]:
            group_of[i] |= group_of[j]
            group_of |= dict.fromkeys(group_of[j], group_of[i])
    least: dict[int, float] = {}
    for i, _, share in pairs:
        first = min(group_of[i])
        least[first] = min(share, least.get(first, 1.0))
    found = [
        Alike(tuple(sorted(who for text in group_of[first] for who in students[text])), share)
        for first, share in least.items()
    ]
    return sorted(found, key=lambda one: (-len(one.students), one.students))


class Library:
    """The functions and classes of a package by their full names, to be looked up by their runs."""

    def __init__(self, folder: Path, left_out: Sequence[str] = ()) -> None:
        self._places: dict[int, list[str]] = defaultdict(list)
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if parts[0] not in left_out:
                for name, source in _definitions(path.read_text(encoding="utf-8")):
                    for run in runs(signs(source)):
                        self._places[run].append(".".join((folder.name, *parts, name)))

    def like(self, answers: Mapping[str, str], given: Runs) -> list[LikeSource]:
        """Students whose answers (as `signs`) are like one of the functions, by function."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for student, tokens in answers.items():
            own = runs(tokens) - given
            counts = Counter(name for run in own for name in self._places.get(run, ()))
            name, count = min(counts.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
            if count >= LEAST_RUNS and count >= ALIKE * len(own):
                found[name][student] = count / len(own)
        return [
            LikeSource(name, tuple(sorted(who)), min(who.values()))
            for name, who in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
        ]


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    """The names and sources of what a module defines."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, "\n".join(lines[node.lineno - 1 : node.end_lineno])

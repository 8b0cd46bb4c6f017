"""The numbers of a class report: what scores look like, and how well an exercise tells students apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, quantiles

LEAST_STUDENTS = 20  # with fewer, a correlation is mostly chance
WELL = 0.3  # from here on an exercise is said to separate well, by the usual rule of item analysis
BINS = 10
Z_95 = 1.96  # of a normal distribution, 95 % lie within so many standard deviations


@dataclass(frozen=True)
class Summary:
    """Some numbers in a few."""

    count: int
    mean: float
    least: float
    lower: float  # quartile
    median: float
    upper: float  # quartile
    most: float


@dataclass(frozen=True)
class Separation:
    """How an exercise goes with the rest: a correlation, and between what values it lies with 95 % confidence."""

    r: float
    low: float
    high: float
    count: int

    @property
    def verdict(self) -> str:
        if self.high < 0:
            return "backwards"
        if self.low <= 0:
            return "unclear"
        return "well" if self.r >= WELL else "a little"


def summary(values: Sequence[float]) -> Summary | None:
    """None where there are no values."""
    if not values:
        return None
    lower, median, upper = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Summary(len(values), fmean(values), min(values), lower, median, upper, max(values))


def histogram(shares: Sequence[float], bins: int = BINS) -> list[int]:
    """How many shares of 0 to 1 lie in each of `bins` equal steps; 1 is in the last, and so is what exceeds it."""
    counts = [0] * bins
    for share in shares:
        counts[min(bins - 1, max(0, math.floor(share * bins + 1e-9)))] += 1
    return counts


def separation(item: Sequence[float], rest: Sequence[float]) -> Separation | None:
    """The item-rest correlation: of an exercise's scores with those in all the other exercises.

    Where an exercise gives all or nothing, this is the point-biserial correlation. None for a class that is too
    small, or where all have the same score in the one or in the other.
    """
    if len(item) < LEAST_STUDENTS:
        return None
    try:
        r = correlation(item, rest)
    except StatisticsError:  # one of them is constant
        return None
    r = min(1.0, max(-1.0, r))
    if abs(r) > 1 - 1e-9:
        return Separation(r, r, r, len(item))
    middle, half = math.atanh(r), Z_95 / math.sqrt(len(item) - 3)  # Fisher's transformation
    return Separation(r, math.tanh(middle - half), math.tanh(middle + half), len(item))

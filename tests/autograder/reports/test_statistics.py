"""The numbers of a report on known answers: worked out by hand, or by scipy."""

import numpy as np
import pytest
from scipy import stats

from autograder.reports.statistics import LEAST_STUDENTS, histogram, separation, summary

REST = [3.0 * k for k in range(24)]
STRONG = [float(k >= 12) for k in range(24)]


def test_a_summary():
    found = summary([0.0, 0.25, 0.5, 0.75, 1.0])
    assert (found.count, found.mean, found.least, found.most) == (5, 0.5, 0.0, 1.0)
    assert (found.lower, found.median, found.upper) == (0.25, 0.5, 0.75)


def test_a_summary_of_one_and_of_none():
    found = summary([0.4])
    assert (found.least, found.lower, found.median, found.upper, found.most) == (0.4,) * 5
    assert summary([]) is None


def test_a_histogram_counts_each_edge_once():
    assert histogram([0.0, 0.0999, 0.1, 0.3, 0.999, 1.0, 1.2]) == [2, 1, 0, 1, 0, 0, 0, 0, 0, 3]
    assert histogram([k / 10 for k in range(10)]) == [1] * 10
    assert histogram([]) == [0] * 10


def test_separation_is_the_point_biserial_correlation():
    found = separation(STRONG, REST)
    expected = stats.pointbiserialr(STRONG, REST)
    assert found.r == pytest.approx(expected.statistic)
    low, high = stats.pearsonr(STRONG, REST).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert found.verdict == "well"


def test_an_exercise_that_strong_students_fail():
    found = separation([1 - one for one in STRONG], REST)
    assert found.high < 0
    assert found.verdict == "backwards"


def test_an_exercise_that_says_nothing():
    found = separation([float(k % 2) for k in range(24)], REST)
    assert abs(found.r) < 0.2
    assert found.verdict == "unclear"


def test_a_large_class_separates_a_little():
    rng = np.random.default_rng(0)
    rest = rng.normal(size=1000)
    found = separation(list(0.2 * rest + rng.normal(size=1000)), list(rest))
    assert 0.1 < found.r < 0.3
    assert found.verdict == "a little"


@pytest.mark.parametrize(
    ("item", "rest"),
    [(STRONG[: LEAST_STUDENTS - 1], REST[: LEAST_STUDENTS - 1]), ([1.0] * 24, REST), (STRONG, [2.0] * 24), ([], [])],
)
def test_none_where_it_would_mean_nothing(item, rest):
    assert separation(item, rest) is None


def test_points_that_go_exactly_together():
    found = separation(REST, REST)
    assert (found.r, found.low, found.high) == (1.0, 1.0, 1.0)

"""Due dates mean what they say, to the second and on every clock; a late policy takes what it says and no more."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.grading.deadlines import DAY, LatePolicy, deadlines

PATH = Path("autograder.toml")
PARIS = {"timezone": "Europe/Paris"}


def read(**own):
    return deadlines(own, PATH, ["one", "two"])


def due(value, **more):
    return read(deadlines={"one": value, **more}).due["one"]


def test_a_date_is_the_end_of_that_day_where_the_class_is():
    assert due(date(2026, 10, 5), **PARIS) == datetime(2026, 10, 5, 21, 59, 59, 999999, tzinfo=UTC)
    assert due(datetime(2026, 12, 5, 18), **PARIS) == datetime(2026, 12, 5, 17, tzinfo=UTC)
    assert due(datetime(2026, 12, 5, 18, tzinfo=UTC)) == datetime(2026, 12, 5, 18, tzinfo=UTC)


def test_a_time_that_clocks_show_twice_or_never_is_the_later_one():
    assert due(datetime(2026, 10, 25, 2, 30), **PARIS) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert due(datetime(2026, 3, 29, 2, 30), **PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_extension_is_for_one_student_and_one_assignment():
    rules = read(deadlines={"one": date(2026, 10, 5), **PARIS}, extensions={"ada": {"one": date(2026, 10, 9)}})
    assert rules.due_for("ada", "one").day == 9
    assert rules.due_for("bob", "one").day == 5
    assert rules.due_for("ada", "two") is None


def test_who_is_excused():
    rules = read(excused={"ada": ["one"], "bob": "all"})
    pairs = [(who, what) for who in ("ada", "bob", "eve") for what in ("one", "two") if rules.is_excused(who, what)]
    assert pairs == [("ada", "one"), ("bob", "one"), ("bob", "two")]
    assert rules.late is None


PER_DAY = LatePolicy("per day", percent=10, grace_minutes=15, cap_percent=50)


@pytest.mark.parametrize(
    ("policy", "seconds", "penalty"),
    [
        (LatePolicy("none"), 10 * DAY, 0),
        (LatePolicy("zero"), 0, 0),
        (LatePolicy("zero"), 1, 8),
        (LatePolicy("zero", grace_minutes=1), 60, 0),
        (LatePolicy("zero", grace_minutes=1), 61, 8),
        (PER_DAY, 900, 0),
        (PER_DAY, 901, 0.8),
        (PER_DAY, DAY, 0.8),
        (PER_DAY, DAY + 1, 1.6),
        (PER_DAY, 100 * DAY, 4),
        (LatePolicy("per day", percent=10, of="max"), 1, 2),
        (LatePolicy("per day", percent=30, of="max"), 2 * DAY, 8),
    ],
)
def test_what_lateness_costs(policy, seconds, penalty):
    assert policy.penalty(8, 20, seconds) == pytest.approx(penalty)


@settings(deadline=None, max_examples=100)
@given(
    st.builds(
        LatePolicy,
        st.sampled_from(["none", "zero", "per day"]),
        st.floats(0, 200),
        st.floats(0, 1e4),
        st.floats(0, 200),
        st.sampled_from(["score", "max"]),
    ),
    st.floats(-5, 30),
    st.floats(0, 1e7),
    st.floats(0, 1e7),
)
def test_a_penalty_grows_with_lateness_and_never_takes_more_than_there_is(policy, raw, sooner, later):
    sooner, later = sorted((sooner, later))
    small, large = policy.penalty(raw, 20, sooner), policy.penalty(raw, 20, later)
    assert 0 <= small <= large <= max(raw, 0)
    assert policy.penalty(raw, 20, 0) == 0


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"deadlines": {"one": date(2026, 1, 1)}}, r"\[deadlines\] one does not say whose clock: add timezone"),
        ({"deadlines": {"timezone": "Mars/Base"}}, "knows no timezone 'Mars/Base'"),
        ({"deadlines": {"timezone": 7}}, "knows no timezone 7"),
        ({"deadlines": {"one": "soon"}}, r"\[deadlines\] one is 'soon', not a date"),
        ({"deadlines": {"onne": datetime(2026, 1, 1, tzinfo=UTC)}}, r"names onne, which is no assignment.*one, two"),
        ({"deadlines": 3}, "deadlines must be a table"),
        ({"extensions": {"ada": {"three": datetime(2026, 1, 1, tzinfo=UTC)}}}, r"\[extensions\] names three"),
        ({"excused": {"ada": ["three"]}}, r"\[excused\] names three"),
        ({"excused": {"ada": True}}, r"\[excused\] ada is True, not a list"),
        ({"late": {"policy": "half"}}, "policy is 'half'; it can be 'none', 'zero', 'per day'"),
        ({"late": {"polcy": "zero"}}, r"\[late\] takes policy, percent, .*; it has polcy"),
        ({"late": {"policy": "per day"}}, "percent does not say how much a day costs"),
        ({"late": {"policy": "per day", "percent": -1}}, "percent is -1, not a number from 0 up"),
        ({"late": {"policy": "per day", "percent": 1, "of": "all"}}, r"\[late\] of is 'all'"),
    ],
)
def test_what_does_not_fit_is_named(own, told):
    with pytest.raises(UserError, match=told) as error:
        read(**own)
    assert str(error.value).startswith("autograder.toml: ")

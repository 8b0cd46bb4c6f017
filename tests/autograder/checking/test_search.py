"""The search for the smallest failing case: small, the same each time, bounded, and without a trace on disk."""

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import strategies as st

from autograder.checking.cases import case, fixed, random_numbers, rngs, seeds, sizes, whole_numbers
from autograder.checking.search import MOST_TRIES, draw, smallest_failing
from autograder.checking.values import Rng
from tests.autograder.checking.trial import try_out

ARRAYS = sizes(1, 6).flatmap(lambda n: case(x=whole_numbers(n)))


def search(fails, cases=ARRAYS, **options):
    return smallest_failing(cases, fails, **{"examples": 50, "seed": 1, "budget": 5.0, **options})


def test_the_smallest_is_found():
    found = search(lambda case: case if case["x"].max() > 3 else None)
    assert found.smallest["x"].tolist() == [4.0]


def test_what_fails_only_on_long_arrays_is_shortest():
    found = search(lambda case: case if len(case["x"]) > 2 and case["x"].any() else None, seed=3)
    assert sorted(np.abs(found.smallest["x"])) == [0, 0, 1]


def test_what_never_fails_is_tried_as_often_as_asked():
    seen = []
    found = search(seen.append, examples=30)
    assert found.smallest is None
    assert found.tried == len(seen) == 30


def test_a_final_failure_ends_the_search():
    class Final:
        is_final = True

    seen = []
    found = search(lambda case: seen.append(case) or Final())
    assert isinstance(found.smallest, Final)
    assert len(seen) == 1


def test_shrinking_is_bounded_in_tries_and_in_time():
    seen = []
    cases = case(x=whole_numbers(40, -1000, 1000))
    search(lambda case: seen.append(case) or (case if case["x"].sum() % 7 else None), cases)
    assert len(seen) <= MOST_TRIES + 50
    started = time.monotonic()
    search(lambda case: (time.sleep(0.05), case)[1] if case["x"].any() else None, cases, budget=0.3)
    assert time.monotonic() - started < 5


def test_a_condition_that_changes_its_mind_is_kept_as_last_seen():
    calls = iter(range(10**6))
    assert search(lambda case: case if next(calls) % 2 else None).smallest is not None


def test_cases_are_the_same_for_the_same_seed_and_others_for_another():
    def drawn(seed):
        return [case["x"].tolist() for case in draw(ARRAYS, 20, seed)]

    assert drawn(1) == drawn(1) != drawn(2)


PROGRAM = """
from tests.autograder.checking.trial import try_out
from autograder.checking.search import draw
from tests.autograder.checking.test_search import ARRAYS
import mine
print(try_out(lambda x: x + 2 * (x > 4))[1], [case["x"].tolist() for case in draw(ARRAYS, 30, 5)])
"""


@pytest.mark.parametrize("constants", ["", "A = 7; B = -8; C = 'word'; D = 6.0"])
def test_cases_do_not_depend_on_the_folder_and_nothing_is_written_there(tmp_path, constants):
    (tmp_path / "mine.py").write_text(constants)
    paths = f"import sys; sys.path[:0] = {sys.path!r}\n"
    said = subprocess.run(
        [sys.executable, "-B", "-c", paths + PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    here = [case["x"].tolist() for case in draw(ARRAYS, 30, 5)]
    assert said == f"{try_out(lambda x: x + 2 * (x > 4))[1]} {here}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_single_case_has_another_seed_for_another_class():
    first = {next(draw(case(rng=rngs(), seed=seeds()), 1, seed))["rng"].seed for seed in range(20)}
    assert len(first) > 15


def test_words_can_be_drawn_without_writing_into_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(list(draw(case(word=st.text()), 10, 1))) == 10
    assert list(tmp_path.iterdir()) == []


def test_slow_wrong_answers_are_told_in_seconds():
    started = time.monotonic()
    verdict, _ = try_out(lambda x: (time.sleep(0.05), x)[1], budget=0.5, patience=2.0)
    assert not verdict.passed
    assert time.monotonic() - started < 10


def test_the_cases_that_exercises_are_made_of():
    drawn = list(
        draw(case(a=whole_numbers((2, 3), 1, 4), b=rngs(), c=random_numbers(3, scale=100, strided=True)), 30, 0)
    )
    for one in drawn:
        assert list(one) == ["a", "b", "c"]
        assert one["a"].shape == (2, 3)
        assert 1 <= one["a"].min() <= one["a"].max() <= 4
        assert isinstance(one["b"], Rng)
    assert {one["c"].flags.c_contiguous for one in drawn} == {True, False}
    assert np.abs([one["c"] for one in drawn]).max() > 100
    kinds = {one["x"].dtype for one in draw(case(x=random_numbers(2, dtypes=(np.float32, np.float64))), 30, 0)}
    assert kinds == {np.dtype(np.float32), np.dtype(np.float64)}
    assert list(draw(fixed({"n": 1}), 5, 0)) == [{"n": 1}]

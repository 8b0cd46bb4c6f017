"""Mutants are tried once, survivors are told until someone explains them, and a record knows what it is of."""

import pytest

from autograder.cli import main
from autograder.lessons.course import load_course
from autograder.proving.mutants import digests
from autograder.proving.record import Fate, Survivor, read_record, record_misses, record_path, write_record

from .conftest import CHECKS, SOURCE

# A check that looks at nothing but how many values there are.
BLIND = ("twice = Exercise(", "twice = Exercise(\n    observe=lambda answer, case: len(answer(*case.values())),")


def mutate(course):
    return main(["mutants", "--course", str(course.folder)])


def misses(course):
    lesson = course.lessons[0]
    return list(record_misses(read_record(record_path(course, lesson)), digests(course, lesson), lesson.id))


@pytest.fixture
def tried(tiny):
    """The tiny course with its mutants tried."""
    assert mutate(tiny) == 0
    return tiny


def test_mutants_die_and_are_not_tried_again(tried, capsys):
    path = record_path(tried, tried.lessons[0])
    record = read_record(path)
    assert record["twice"].tried == 2
    assert record["seven"].killed == record["seven"].tried > 5
    assert misses(tried) == []
    write_record(path, {**record, "twice": Fate(record["twice"].digest, 99)})
    capsys.readouterr()
    assert mutate(tried) == 0
    assert "twice: 99 mutants, 99 killed" in capsys.readouterr().out


def test_a_survivor_is_told_until_it_is_explained(tiny, change, capsys):
    change(CHECKS, *BLIND)
    assert mutate(tiny) == 1
    assert "twice: a mutant of line 17 passes with 3 seeds: strengthen the check" in capsys.readouterr().out
    assert len(misses(tiny)) == 2
    path = record_path(tiny, tiny.lessons[0])
    record = read_record(path)
    explained = tuple(Survivor(s.line, s.mutant, s.seeds, "it is the same") for s in record["twice"].survivors)
    write_record(path, {**record, "twice": Fate(record["twice"].digest, 2, explained)})
    assert all("at most one in ten" in miss for miss in misses(tiny))
    main(["mutants", "--force", "--course", str(tiny.folder)])
    assert {s.equivalent for s in read_record(path)["twice"].survivors} == {"it is the same"}


STALE = {
    "another solution": (SOURCE, "return FACTOR * x", "return x * FACTOR"),
    "another cell that it leans on": (SOURCE, "FACTOR = 2", "FACTOR = 1 + 1"),
    "fewer cases": (CHECKS, "case(x=whole_numbers(n))), 10)", "case(x=whole_numbers(n))), 9)"),
}
CURRENT = {
    "another comment": (SOURCE, "    ### BEGIN", "    # A remark.\n    ### BEGIN"),
    "other words": (CHECKS, 'Text("doubles", "double")', 'Text("makes twice", "double")'),
    "another cell": (SOURCE, "np.arange(3)", "np.arange(4)"),
    "a cell with a name that the function has for its own": (
        SOURCE,
        'check("seven", seven)\n',
        'check("seven", seven)\n\n# %%\nx = seven\n',
    ),
}


@pytest.mark.parametrize("edit", [*STALE.values(), *CURRENT.values()], ids=[*STALE, *CURRENT])
def test_a_record_knows_what_it_is_of(tiny, change, edit):
    lesson = tiny.lessons[0]
    before = digests(tiny, lesson)
    change(*edit)
    after = digests(load_course(tiny.folder), lesson)
    assert before["seven"] == after["seven"] or edit[0] == CHECKS
    assert (before["twice"] != after["twice"]) == (edit in STALE.values())


def test_what_is_wrong_with_a_record():
    survivor = Survivor(7, "- a\n+ b", 2)
    record = {"old": Fate("x", 10), "weak": Fate("w", 10, (survivor,)), "gone": Fate("g", 1)}
    told = list(record_misses(record, {"new": "n", "old": "o", "weak": "w"}, "81_doubling"))
    assert told == [
        "new: its mutants were never tried: run autograder mutants 81_doubling",
        "old: its mutants are out of date: run autograder mutants 81_doubling",
        "weak: a mutant of line 7 passes with 2 seeds: strengthen the check, "
        "or say in the record why it is equivalent:   - a   + b",
        "gone: in the record, but no exercise: run autograder mutants 81_doubling",
    ]


def test_a_damaged_record_is_refused(tiny, capsys):
    path = record_path(tiny, tiny.lessons[0])
    path.parent.mkdir()
    path.write_text('{"twice": 3}', encoding="utf-8")
    assert mutate(tiny) == 2
    assert "81_doubling.json: not a record of mutants" in capsys.readouterr().err


def test_a_solution_that_fails_is_no_mutant(tiny, change, capsys):
    change(SOURCE, "return FACTOR * x", "return FACTOR + x")
    assert mutate(tiny) == 2
    assert "81_doubling twice: the solution fails" in capsys.readouterr().err

"""The table at the end of a run."""

from autograder.grading.table import table


def row(**changed):
    usual = {"student": "one", "assignment": "work", "score": 1.0, "max": 2.0, "state": "graded", "by_hand": 0}
    return {**usual, "notes": [], "unchanged": False, **changed}


def test_a_line_for_each_submission_and_a_count_of_each_state():
    lines = list(table([row(), row(student="two", by_hand=1, notes=["renamed"], unchanged=True)]))
    assert [line.split() for line in lines[1:2]] == [["one", "work", "1/2", "graded"]]
    assert lines[2].endswith("graded, unchanged, 1 to mark by hand")
    assert lines[3:] == ["    renamed", "2 graded (1 unchanged)"]


def test_what_steers_a_terminal_is_not_printed():
    steering = "\x1b[2J\x9b1A\u202e\r"
    printed = "\n".join(table([row(student=f"one{steering}", notes=[f"a file {steering}"])]))
    assert not set(steering) & (set(printed) - set("[2J1A"))
    assert "\N{REPLACEMENT CHARACTER}" in printed

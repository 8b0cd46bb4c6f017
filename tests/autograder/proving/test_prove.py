"""The whole of `autograder prove` on the tiny course: its table, its notes, and its exit status."""

from autograder.cli import main

from .conftest import CHECKS

TABLE = """\
81_doubling
  exercise  points  solution  blank  mistakes  right  killed  survived  equivalent
  seven        1.0     en fr  en fr       3/3    0/0       ?         ?           ?
  twice        3.0     en fr  en fr       2/3    3/3       ?         ?           ?
  seven has 0 right answers: there is one seven
81_doubling: twice: mistake 'squares' passes the check
81_doubling: seven: its mutants were never tried: run autograder mutants 81_doubling
81_doubling: twice: its mutants were never tried: run autograder mutants 81_doubling
81_doubling: 3 to mend, then run autograder prove 81_doubling
"""


def test_what_is_proved_and_what_is_not(tiny, change, capsys):
    change(CHECKS, 'mistake("squares", lambda x: x**2)', 'mistake("squares", lambda x: x + x)')
    assert main(["prove", "81", "--course", str(tiny.folder)]) == 1
    assert capsys.readouterr().out == TABLE

"""A tiny exercise to try odd answers on: double every value of x."""

from autograder.checking.caller import local_answer
from autograder.checking.cases import case, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Part, Stage
from autograder.checking.judge import judge
from autograder.checking.result import present
from autograder.checking.words import Text


def twice(x):
    return 2 * x


def doubling(**options):
    """The exercise, tried on arrays of one to four numbers."""
    stage = Stage(sizes(1, 4).flatmap(lambda n: case(x=whole_numbers(n, 1, 9))), 6)
    part = Part(Text("doubles", "double"), (stage,))
    options = {"seconds": 0.3, "budget": 1.0} | options
    return Exercise("double", (twice,), (part,), (), **options)


def try_out(*objects, language="en", **options):
    """The verdict on an answer, and what a student reads."""
    verdict = judge(doubling(**options), local_answer(*objects), seed=1)
    return verdict, str(present(verdict, language))

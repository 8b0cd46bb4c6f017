"""What a notebook sees: `check = lesson("01_convolution", language="en")`, then `check(name, f)`."""

import importlib
import os
import pkgutil
import socket
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from autograder.checking.words import say
from autograder.errors import UserError
from autograder.kernel.request import DESCRIPTOR_VARIABLE

Shown = dict[str, Any]

_judge: socket.socket | None = None  # the way to the judge, once the first cell has opened it


class LessonError(UserError):
    """A check that cannot be made as it stands: which lesson, which exercise, and what to do."""

    def _render_traceback_(self) -> list[str]:
        return [f"LessonError: {self}"]


class CheckFailed(Exception):
    """A check earned nothing. What was wrong stands above it, so the traceback is one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"CheckFailed: {self}"]


class Check:
    """The checks of one lesson, in its language. Call it with an exercise's name and what you wrote for it."""

    def __init__(self, lesson_name: str, run: Callable[..., Shown], points: Mapping[str, float], language: str) -> None:
        self.language = language  # "en" or "fr", for lessons whose data is words
        self._lesson_name = lesson_name
        self._run = run
        self._points = points

    def __call__(self, name: str, *objects: Any) -> float | None:
        """Show how it went; None for full points, a part of the points as a number, CheckFailed for none."""
        points = self._points.get(name)
        shown = self._run(name, objects, points)
        _show(shown)
        if shown["fraction"] == 1.0:
            return None
        earned = shown["fraction"] * (1.0 if points is None else points)
        if not earned:
            raise CheckFailed(shown["headline"])
        return float(earned)

    def __repr__(self) -> str:
        return f"check: the exercises of lesson {self._lesson_name}"


def lesson(
    name: str, *, language: str = "en", version: int | None = None, points: Mapping[str, float] | None = None
) -> Check:
    """The checks of lesson `name`. `points` are those of its exercises, for showing and partial credit."""
    connection = _find_judge()
    run = _judge_here(name, language, version) if connection is None else _ask_the_judge(connection)
    return Check(name, run, points or {}, language)


def _find_judge() -> socket.socket | None:
    """The way to the judge, in a grading kernel. Processes that student code starts do not inherit it."""
    global _judge
    descriptor = os.environ.pop(DESCRIPTOR_VARIABLE, None)
    if descriptor is not None:
        _judge = socket.socket(fileno=int(descriptor))
        _judge.set_inheritable(False)
        os.register_at_fork(after_in_child=_judge.close)
    return _judge


def _ask_the_judge(connection: socket.socket) -> Callable[..., Shown]:
    """In a grading kernel nothing is judged: the student's objects are served to the judge outside."""
    from autograder.checking.servant import Servant
    from autograder.checking.wire import serve

    def run(name: str, objects: tuple[Any, ...], points: float | None) -> Shown:
        return serve(connection, name, Servant(objects))

    return run


def _judge_here(name: str, language: str, version: int | None) -> Callable[..., Shown]:
    import autograder.exercises
    from autograder.checking.caller import local_answer
    from autograder.checking.judge import judge
    from autograder.checking.result import present

    module = load_exercises(name, language)
    known = module.VERSION
    if version is not None and version > known:
        raise LessonError(say("outdated", language, lesson=name, wanted=version, known=known))
    autograder.exercises.speak(language)
    exercises = {exercise.name: exercise for exercise in module.EXERCISES}

    def run(exercise_name: str, objects: tuple[Any, ...], points: float | None) -> Shown:
        if exercise_name not in exercises:
            names = ", ".join(exercises)
            raise LessonError(say("unknown", language, lesson=name, name=exercise_name, names=names))
        exercise = exercises[exercise_name]
        expected = len(exercise.reference)
        if len(objects) != expected:
            raise LessonError(say("objects", language, name=exercise_name, expected=expected, got=len(objects)))
        seed = zlib.crc32(f"{name} {exercise_name}".encode())
        verdict = judge(exercise, local_answer(*objects), seed=seed)
        result = present(verdict, language, points)
        return {
            "fraction": verdict.fraction,
            "headline": result.headline,
            "text": str(result),
            "html": result._repr_html_(),
        }

    return run


def load_exercises(name: str, language: str) -> Any:
    """The module that declares a lesson's exercises, loaded when it is first asked for."""
    import autograder.exercises

    names = (module.name for module in pkgutil.iter_modules(autograder.exercises.__path__))
    known = sorted(name for name in names if not name.startswith("_"))
    if name not in known:
        raise LessonError(say("no lesson", language, lesson=name, names=", ".join(known)))
    return importlib.import_module(f"autograder.exercises.{name}")


def _show(shown: Shown) -> None:
    """As HTML where the notebook can, as text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = None
    if get_ipython is None or get_ipython() is None:
        print(shown["text"])
    else:
        display({"text/html": shown["html"], "text/plain": shown["text"]}, raw=True)

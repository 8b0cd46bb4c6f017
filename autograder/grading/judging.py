"""The judge of one notebook, in a process of its own: trusted code, which no student's code runs in.

The grader orders, the judge obeys; both in lines of JSON. On a second socket the notebook announces its checks, and
is asked. What comes over that is bounded in size and in time, and believed in nothing.

    grader: {"check": …}   from here on the notebook may ask for this exercise, once
    judge:  {"ready": …}   understood
    judge:  {"outcome": …} how it went, sent before the notebook hears it
    grader: {"over": …}    the cell has ended
    judge:  {"over": …}    understood
"""

import html
import importlib
import json
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from autograder.checking import explain
from autograder.checking.ahead import Ahead
from autograder.checking.caller import Answer, LinkLost
from autograder.checking.judge import Verdict, judge
from autograder.checking.result import present
from autograder.checking.wire import DescriptorLink
from autograder.checking.words import Text

ANNOUNCE_SECONDS = 5.0  # for a message to arrive once it has begun
SPARE_SECONDS = 2.0  # beyond an exercise's own limit on a call, which the student's side keeps
LONGEST_TEXT = 2000

NOT_HERE = Text(
    "Not judged here: in grading, a check counts in its own cell, once.",
    "Pas jugé ici : lors de la notation, une vérification compte dans sa propre cellule, une fois.",
)


@dataclass(frozen=True)
class Check:
    """A check that is due: the exercise, its points, how the student wrote it, and how long all may take."""

    exercise: str
    points: float
    language: str
    seed: int
    source: str
    seconds: float


class Patience:
    """A link that is lost for good once it is lost, and when a check has taken too long altogether."""

    def __init__(self, link: DescriptorLink, ends_at: float) -> None:
        self._link, self._ends_at = link, ends_at
        self._lost = ""

    def exchange(self, request: bytes, ask: Callable[[bytes], bytes]) -> bytes:
        if time.monotonic() > self._ends_at:
            self._lost = self._lost or "the check took too long altogether"
        if self._lost:
            raise LinkLost(self._lost)
        try:
            return self._link.exchange(request, ask)
        except LinkLost as lost:
            self._lost = str(lost)
            raise


def attend(grader: socket.socket, notebook: socket.socket, lesson: str, language: str, ahead: Ahead) -> None:
    """Judge what a notebook announces, until the grader is gone."""
    orders = grader.makefile("rwb")
    judge_of_notebook = _Judge(orders, notebook, lesson, language, ahead)
    while True:
        ends: list[Any] = [grader] if judge_of_notebook.deaf else [grader, notebook]
        ready, _, _ = select.select(ends, [], [])
        if grader in ready:
            line = orders.readline()
            if not line:
                return
            judge_of_notebook.obey(json.loads(line))
        elif notebook in ready:
            judge_of_notebook.hear()


class _Judge:
    def __init__(self, orders: Any, notebook: socket.socket, lesson: str, language: str, ahead: Ahead) -> None:
        self._orders, self._notebook, self._language = orders, notebook, language
        self._lesson, self._ahead = lesson, ahead
        self._due: Check | None = None
        self.deaf = False

    def obey(self, order: dict[str, Any]) -> None:
        self._due = Check(**order["check"]) if "check" in order else None
        self._report({"ready": True} if "check" in order else {"over": True})

    def hear(self) -> None:
        """The notebook has something to say."""
        link = DescriptorLink(self._notebook, seconds=ANNOUNCE_SECONDS)
        try:
            name = link.next_check(time.monotonic() + ANNOUNCE_SECONDS)
        except LinkLost:  # the notebook is gone, or sends what is no announcement
            self._hang_up()
            return
        check, self._due = self._due, None
        if check is None or name != check.exercise:
            if check is not None:
                self._report({"outcome": {"state": "another exercise", "reason": name[:100]}})
            self._tell(link, 1.0, NOT_HERE.in_language(self._language))
            return
        outcome = self._judge(check)
        self._report({"outcome": outcome})
        if "shown" in outcome:
            self._tell(link, outcome["fraction"], outcome["shown"]["headline"])
        else:
            self._hang_up()

    def _judge(self, check: Check) -> dict[str, Any]:
        started = time.monotonic()
        exercises = importlib.import_module(f"autograder.exercises.{self._lesson}").EXERCISES
        exercise = next((exercise for exercise in exercises if exercise.name == check.exercise), None)
        if exercise is None:
            return {"state": "failed", "reason": f"lesson {self._lesson} declares no exercise {check.exercise}"}
        link = DescriptorLink(self._notebook, seconds=exercise.seconds + SPARE_SECONDS)
        answer = Answer(Patience(link, started + check.seconds))
        try:
            verdict = judge(exercise, answer, seed=check.seed, source=check.source, ahead=self._ahead)
            return {"state": "judged", **_described(verdict, check)}
        except LinkLost as lost:
            late = time.monotonic() > started + check.seconds
            return {"state": "lost", "reason": str(lost)[:LONGEST_TEXT], "late": late}
        except Exception as error:  # ours to mend, so nobody's points depend on it
            return {"state": "failed", "reason": f"{type(error).__name__}: {error}"[:LONGEST_TEXT]}

    def _tell(self, link: DescriptorLink, fraction: float, headline: str) -> None:
        """Let the notebook go on. It hears no more than it needs for that: people read the result, not its output."""
        said = {"fraction": fraction, "headline": headline, "text": headline, "html": f"<p>{html.escape(headline)}</p>"}
        try:
            link.done(said, time.monotonic() + ANNOUNCE_SECONDS)
        except LinkLost:
            self._hang_up()

    def _hang_up(self) -> None:
        """Let a check that still waits for an answer fail at once."""
        self.deaf = True
        with suppress(OSError):
            self._notebook.shutdown(socket.SHUT_RDWR)

    def _report(self, message: dict[str, Any]) -> None:
        self._orders.write(json.dumps(message).encode() + b"\n")
        self._orders.flush()


def _described(verdict: Verdict, check: Check) -> dict[str, Any]:
    """The verdict as plain data: what counts, what the student sees, and what a report needs."""
    result = present(verdict, check.language, check.points)
    failure = verdict.failure
    return {
        "fraction": verdict.fraction,
        "tried": verdict.tried,
        "seconds": round(verdict.seconds, 3),
        "mistake": verdict.mistake.name if verdict.mistake else None,
        "broke": list(verdict.broke),
        "not_written": failure is not None and failure.is_not_written,
        "parts": [
            {"title": part.part.title.in_language(check.language), "share": part.part.share, "passed": not part.failure}
            for part in verdict.parts
        ],
        "smallest": {name: text[:LONGEST_TEXT] for name, text in explain.inputs(failure.case)} if failure else None,
        "wrong": explain.what_is_wrong(verdict, failure, check.language)[:LONGEST_TEXT] if failure else None,
        "shown": {"headline": result.headline, "text": str(result), "html": result._repr_html_()},
    }

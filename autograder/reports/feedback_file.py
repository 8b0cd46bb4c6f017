"""Writes one page of feedback. Done in many processes at once, so it imports neither nbgrader nor the gradebook."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.grading.master import Master
from autograder.grading.restore import Restored, restore
from autograder.grading.results import write_whole
from autograder.grading.submission import Unreadable, read_notebook, submission_files
from autograder.reports import harmless
from autograder.reports.feedback_page import MOST_ERROR, Facts, Failure, made_of, page
from autograder.reports.notebook_part import cells, without_secrets

SECONDS = 10.0  # for a page's texts; after that they are shown without their layout
RELEASED_WITH = ("timestamp.txt", "submission_secret.txt")  # what nbgrader release_feedback reads beside a page
MOST_BESIDE = 4096  # bytes


@dataclass(frozen=True)
class Job:
    """A page to write, if what lies there is not made of the same. All that a process of its own needs."""

    target: Path
    made_of: str
    folder: Path
    autograded: Path
    facts: Facts
    master: Master
    handed_out: frozenset[str]
    secret_marks: tuple[tuple[str, str], ...]


def write(job: Job, force: bool = False) -> str:
    """Write one page, unless it is there; what became of it."""
    try:
        existing: bytes | None = job.target.read_bytes()
    except OSError:
        existing = None
    before = made_of(existing) if existing is not None else None
    if before == job.made_of and not force:
        return "unchanged"
    try:
        with harmless.within(SECONDS):
            text = page(_read(job), job.made_of)
    except harmless.TookTooLong:
        text = page(_read(job, plain=True), job.made_of)
    _put_beside(job)
    write_whole(job.target, text.encode("utf-8", "replace"))
    return "replaced" if existing is not None and before is None else "written"


def _put_beside(job: Job) -> None:
    """Copy what tells nbgrader's exchange whose page it is."""
    try:
        handed = {one.name: one for one in submission_files(job.folder) if one.fault is None}
    except Unreadable:
        return
    for name in RELEASED_WITH:
        if name in handed and handed[name].path.stat().st_size <= MOST_BESIDE:
            write_whole(job.target.parent / name, handed[name].path.read_bytes())


def _read(job: Job, *, plain: bool = False) -> Facts:
    """The facts with those that lie in the submission, and in the notebook as it ran."""
    if job.facts.result["state"] != "graded":
        return job.facts
    handed = next((one for one in submission_files(job.folder) if one.name == job.facts.result["file"]), None)
    if handed is None:
        return job.facts
    restored = restore(read_notebook(handed, outputs=True), job.master)
    hidden = {
        number
        for number, cell in restored.masters.items()
        if cell.locked and without_secrets(cell.source, job.secret_marks) != cell.source
    }
    # From the first hidden test on, whatever a cell said may be what it read there.
    told_up_to = min(hidden, default=len(restored.notebook.cells))
    return replace(
        job.facts,
        cells=cells(
            restored.notebook,
            restored.masters,
            job.handed_out,
            job.master.demonstrations,
            job.secret_marks,
            job.facts.language,
            plain=plain,
        ),
        failures=[one for one in _failures(job, restored) if one.cell <= told_up_to],
        hidden=frozenset(restored.masters[number].name for number in hidden),
        untold=frozenset(cell.name for number, cell in restored.masters.items() if number >= told_up_to),
    )


def _failures(job: Job, restored: Restored) -> list[Failure]:
    """The cells that raised an error when the notebook ran, in a few words; those with a verdict are left out."""
    try:
        ran = json.loads(job.autograded.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    if len(ran) != len(restored.notebook.cells):
        return []
    found = []
    for number, cell in enumerate(ran):
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                told = f"{harmless.joined(output.get('ename'))}: {harmless.joined(output.get('evalue'))}"
                found.append(Failure(number + 1, told[:MOST_ERROR]))
                break
    return found

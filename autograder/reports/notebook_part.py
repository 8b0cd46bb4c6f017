"""The cells of a notebook as a student reads them again: what was handed in, and what grading found at each check."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from autograder.grading.master import MasterCell
from autograder.reports import harmless
from autograder.reports.feedback_words import say

MOST_OUTPUTS = 40  # of one cell
MOST_OUTPUT = 8_000_000  # characters of a page


@dataclass(frozen=True)
class ShownOutput:
    label: str
    body: Markup


@dataclass(frozen=True)
class ShownCell:
    """A cell: `is_lesson` where it is the lesson's own text; `name` where nbgrader knows it by one."""

    number: int
    kind: str
    body: Markup
    outputs: tuple[ShownOutput, ...] = ()
    name: str = ""
    is_lesson: bool = False


def cells(
    notebook: NotebookNode,
    masters: Mapping[int, MasterCell],
    handed_out: Collection[str],
    demonstrations: Collection[str],
    secret_marks: Sequence[tuple[str, str]],
    language: str,
    *,
    plain: bool = False,
) -> list[ShownCell]:
    """Every cell of a restored notebook; `plain` where its texts are too slow to be read as more than text."""
    room = MOST_OUTPUT
    shown = []
    for number, cell in enumerate(notebook.cells):
        master = masters.get(number)
        source = without_secrets(cell.source, secret_marks) if master is not None and master.locked else cell.source
        is_lesson = source in handed_out and not (master is not None and (master.solution or master.grade))
        outputs: list[ShownOutput] = []
        judged = master is not None and master.is_test
        if cell.cell_type == "code" and not judged and cell.source not in demonstrations:
            for output in _outputs(cell.get("outputs", []), language, plain=plain):
                room -= len(output.body)
                if room < 0:
                    outputs.append(ShownOutput("", Markup("<p>{}</p>").format(say("too much", language))))
                    break
                outputs.append(output)
        body = _body(cell, source, language, plain=plain)
        name = master.name if master is not None else ""
        shown.append(ShownCell(number + 1, cell.cell_type, body, tuple(outputs), name, is_lesson))
    return shown


def without_secrets(source: str, marks: Sequence[tuple[str, str]]) -> str:
    """A locked cell as it was handed out: without what stands between marks; to its end where one is not closed."""
    lines, inside = [], ""
    for line in source.split("\n"):
        if inside:
            inside = "" if inside in line else inside
        elif opened := next((end for begin, end in marks if begin in line), ""):
            inside = opened
        else:
            lines.append(line)
    return "\n".join(lines)


def _body(cell: NotebookNode, source: str, language: str, *, plain: bool) -> Markup:
    if not source.strip():
        return Markup("<p>{}</p>").format(say("empty", language))
    if plain or cell.cell_type == "raw":
        return harmless.text(source)
    return harmless.code(source) if cell.cell_type == "code" else harmless.markdown(source, cell.get("attachments"))


def _outputs(outputs: Any, language: str, *, plain: bool) -> Iterator[ShownOutput]:
    """What a cell had printed and shown. It may be anything: the file was in the student's hands."""
    for output in outputs[:MOST_OUTPUTS]:
        kind, label = output.get("output_type"), say("output", language)
        if kind == "stream":
            label = say("errors", language) if output.get("name") == "stderr" else label
            yield ShownOutput(label, harmless.text(output.get("text")))
        elif kind == "error":
            told = harmless.joined(output.get("ename")) + ": " + harmless.joined(output.get("evalue"))
            trace = output.get("traceback")
            lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
            yield ShownOutput(say("errors", language), harmless.text("\n".join(lines) or told))
        elif kind in ("display_data", "execute_result", "pyout") and isinstance(output.get("data"), dict):
            yield ShownOutput(label, _data(output["data"], language, plain=plain))
    if len(outputs) > MOST_OUTPUTS:
        yield ShownOutput("", Markup("<p>{}</p>").format(say("too much", language)))


def _data(data: Mapping[str, Any], language: str, *, plain: bool) -> Markup:
    """The best of an output's forms that can be shown."""
    for kind in harmless.PICTURES:
        if kind in data and (shown := harmless.picture(kind, data[kind], say("picture", language))) is not None:
            return shown
    for kind, render in (("text/html", harmless.clean), ("text/markdown", harmless.markdown)):
        source = harmless.joined(data.get(kind))
        if source and not plain and len(source) <= harmless.MOST_MARKUP:
            shown = render(source)
            if "<img" in shown or shown.striptags().strip():
                return shown
    for kind in ("text/plain", "text/latex", "text/markdown"):
        if harmless.joined(data.get(kind)):
            return harmless.text(data[kind])
    kinds = ", ".join(str(kind)[:60] for kind in list(data)[:3])
    return Markup("<p>{}</p>").format(say("not shown", language, kind=kinds))

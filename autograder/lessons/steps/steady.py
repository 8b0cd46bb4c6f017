"""Makes the outputs of an executed lesson the same on every run, and refuses what cannot be."""

import copy
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.lessons.edition import Edition

IGNORED_BY_NBVAL = "nbval-ignore-output"
ANIMATION = re.compile(r"_anim_img([0-9a-f]{32})")  # matplotlib draws a uuid for each
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def steady(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Number drawn ids, join what was printed, drop progress bars and tell nbval so, refuse paths and addresses."""
    notebook = copy.deepcopy(notebook)
    ids: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        outputs = [output for output in cell.outputs if not _is_progress(output)]
        dropped = len(outputs) < len(cell.outputs)
        cell.outputs = _joined([_map_texts(output, lambda text: _number(text, ids)) for output in outputs])
        texts = [text for output in cell.outputs for text in _texts(output)]
        for what in _refusals(cell.outputs, texts, edition.course.folder):
            raise UserError(f"{edition.lesson.id}, cell {cell.id}: its output holds {what}")
        if dropped or any(ANIMATION.search(text) for text in texts):
            cell.metadata.tags = [*cell.metadata.get("tags", []), IGNORED_BY_NBVAL]
    return notebook


def _is_progress(output: NotebookNode) -> bool:
    if output.output_type != "stream" or output.name != "stderr":
        return False
    return "\r" in output.text or not output.text.strip()  # the end of a bar's line may come by itself


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """A kernel sends what is printed in pieces, cut by the clock."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _refusals(outputs: list[NotebookNode], texts: list[str], course: Path) -> list[str]:
    folders = [str(folder) + os.sep for folder in (course.resolve(), Path.home(), Path(tempfile.gettempdir()))]
    found = [f"a folder of this machine, {folder}" for folder in folders for text in texts if folder in text]
    found += [f"an address in memory, {match[0]}" for text in texts if (match := ADDRESS.search(text))]
    warnings = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    return found + [f"a warning: {text.strip().splitlines()[0]}" for text in warnings]


def _texts(output: NotebookNode) -> list[str]:
    if output.output_type == "stream":
        return [output.text]
    return [value for value in output.get("data", {}).values() if isinstance(value, str)]


def _map_texts(output: NotebookNode, change: Callable[[str], str]) -> NotebookNode:
    if "data" in output and "text/html" in output.data:
        output.data["text/html"] = change(output.data["text/html"])
    return output


def _number(text: str, ids: dict[str, str]) -> str:
    for drawn in ANIMATION.findall(text):
        text = text.replace(drawn, ids.setdefault(drawn, f"{len(ids) + 1:032x}"))
    return text

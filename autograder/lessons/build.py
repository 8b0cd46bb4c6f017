"""`autograder build`: writes the notebooks of a course, or says which are stale."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.pipeline import executed, released, solved, source_hash, to_text
from autograder.lessons.steps.steady import IGNORED_BY_NBVAL
from autograder.lessons.translate import untranslated

Say = Callable[[str], object]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="ids or numbers, such as 01; all if none")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a notebook is stale")
    parser.add_argument("--force", action="store_true", help="execute even the lessons whose source did not change")
    parser.add_argument(
        "--jobs", type=int, choices=range(1, 65), default=1, metavar="N", help="lessons built at the same time"
    )
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    lessons = course.select(options.lessons)
    if options.check:
        stale = list(find_stale(course, lessons))
        for line in stale:
            say(line)
        return 1 if stale else 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for written in pool.map(lambda lesson: build_lesson(course, lesson, force=options.force), lessons):
            for path in written:
                say(f"wrote {path.relative_to(course.folder)}")
    for lesson in lessons:
        for language in course.languages[1:]:
            if left := untranslated(course, lesson, language):
                say(f"{lesson.id}: {len(left)} messages to mend in {language}: see autograder translate {lesson.id}")
    for path in left_over(course):
        path.unlink()
        say(f"removed {path.relative_to(course.folder)}, which no lesson makes")
    return 0


def build_lesson(course: Course, lesson: Lesson, *, force: bool = False) -> list[Path]:
    """Write the notebooks of one lesson that are not current; their paths."""
    texts = {
        course.released(lesson, language): to_text(released(course, lesson, language)) for language in course.languages
    }
    changed = {path: text for path, text in texts.items() if not _holds(path, text)}
    if force or not _is_current(course, lesson):
        changed[course.executed(lesson)] = to_text(executed(course, lesson))
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(changed)


def find_stale(course: Course, lessons: Sequence[Lesson]) -> Iterator[str]:
    """A line for each notebook that is not what its source makes, with the command that mends it.

    Nothing is executed.
    """
    for lesson in lessons:
        stale = [
            path
            for language in course.languages
            if not _holds(path := course.released(lesson, language), to_text(released(course, lesson, language)))
        ]
        if not _is_current(course, lesson):
            stale.append(course.executed(lesson))
        for path in stale:
            state = "is stale" if path.exists() else "is missing"
            yield f"{path.relative_to(course.folder)} {state}: run autograder build {lesson.id}"
    for path in left_over(course):
        yield f"{path.relative_to(course.folder)} is made by no lesson: run autograder build to remove it"


def left_over(course: Course) -> list[Path]:
    """Notebooks where the build writes, of lessons that are gone."""
    made = {course.executed(lesson) for lesson in course.written()}
    made |= {course.released(lesson, language) for lesson in course.written() for language in course.languages}
    found = [*(course.folder / "solutions").glob("*.ipynb"), *(course.folder / "notebooks").glob("*/*.ipynb")]
    return sorted(set(found) - made)


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()


def _is_current(course: Course, lesson: Lesson) -> bool:
    """Whether the executed notebook has the cells of the source, and was executed from it."""
    path = course.executed(lesson)
    if not path.exists():
        return False
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, nbformat.ValidationError):
        return False
    if notebook.metadata.get("lesson", {}).get("source") != source_hash(course, lesson):
        return False
    return _inputs(notebook) == _inputs(solved(course, lesson, course.languages[0]))


def _inputs(notebook: NotebookNode) -> list[tuple[str, str, str, NotebookNode]]:
    cells = []
    for cell in notebook.cells:
        metadata = {
            **cell.metadata,
            "tags": [tag for tag in cell.metadata.get("tags", []) if tag != IGNORED_BY_NBVAL],
        }
        cells.append((cell.id, cell.cell_type, cell.source, NotebookNode(metadata)))
    return cells

"""nbgrader's own `nbgrader export` with our formats: --exporter=autograder.reports.exporters.MoodleExporter."""

from pathlib import Path
from typing import Any

from nbgrader.plugins import ExportPlugin

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.results import write_whole
from autograder.reports.export import form
from autograder.reports.formats import FORMATS
from autograder.reports.sheet import read_sheet


class _Exporter(ExportPlugin):
    """Writes the scores of the assignments and students asked for, of all if none are."""

    format: str
    file: str

    def export(self, gradebook: Any) -> None:
        course = self.parent.coursedir
        classroom = Classroom(Path(course.root), course.db_url)
        with Book(classroom) as book:
            sheet = read_sheet(classroom, book, [*map(str, self.assignment)], [*map(str, self.student)])
        for note in sheet.notes:
            self.log.warning(note)
        target = Path(self.to or self.file)
        write_whole(target, FORMATS[self.format](sheet, form(classroom)))
        self.log.info("Exported grades to %s", target)


class MoodleExporter(_Exporter):
    """For the import of Moodle's gradebook."""

    format, file = "moodle", "scores-moodle.csv"


class CanvasExporter(_Exporter):
    """For the import of Canvas's gradebook."""

    format, file = "canvas", "scores-canvas.csv"


class CsvExporter(_Exporter):
    """A line for each student and assignment, raw and after the late penalty."""

    format, file = "csv", "scores.csv"


class JsonExporter(_Exporter):
    """For programs."""

    format, file = "json", "scores.json"

"""nbgrader's gradebook, written a submission at a time: each is one transaction."""

import json
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, timedelta
from operator import itemgetter
from types import TracebackType
from typing import Any

import sqlalchemy
from nbgrader import api
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties

from autograder.errors import UserError
from autograder.grading import recording
from autograder.grading.address import without_password
from autograder.grading.classroom import Classroom
from autograder.grading.database import LOCK_SECONDS, MARKS, Database, reading, writing
from autograder.grading.marks import Mark, Marks, NotebookMarks
from autograder.grading.master import Assignment, Master, MasterCell
from autograder.grading.results import Result
from autograder.grading.roster import Assigned, Student

ANY_COURSE = "default_course"  # nbgrader's own word for it


class Book:
    """The gradebook of a class, open."""

    def __init__(self, classroom: Classroom, *, lock_seconds: int = LOCK_SECONDS) -> None:
        self._classroom = classroom
        self._course = classroom.layout.course_id or ANY_COURSE
        self.database = Database(classroom.db_url, self._course, lock_seconds)
        self._book = self.database.book
        self._late = AssignLatePenalties(config=classroom.config)
        self._late.init_plugin()

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    @reading
    def names(self) -> list[str]:
        """The assignments it knows."""
        return sorted(name for (name,) in self._book.db.query(api.Assignment.name))

    @reading
    def students(self) -> list[Student]:
        """The roster, by id."""
        who = api.Student
        rows = self._book.db.query(who.id, who.first_name, who.last_name, who.email, who.lms_user_id)
        return sorted((Student(*(value or "" for value in row)) for row in rows), key=lambda one: one.id)

    @writing
    def enrol(self, students: Sequence[Student]) -> None:
        """Add students who are not there yet, and what is new of the others: all of it, or none."""
        known = {row.id: row for row in self._book.db.query(api.Student)}
        for one in students:
            row = known.get(one.id)
            if row is None:
                row = api.Student(id=one.id)
                self._book.db.add(row)
            new = {name: value for name, value in asdict(one).items() if value}
            if row.first_name and not one.first_name:  # a name in two parts is not half replaced
                new.pop("last_name", None)
            for name, value in new.items():
                setattr(row, name, value)

    @reading
    def assigned(self) -> list[Assigned]:
        """The assignments, by name."""
        one = api.Assignment
        rows = sorted(self._book.db.query(one.name, one.max_score, one.duedate), key=itemgetter(0))
        return [Assigned(name, float(most), due and due.replace(tzinfo=UTC)) for name, most, due in rows]

    @reading
    def assignment(self, name: str) -> Assignment:
        """An assignment as it was released, as the gradebook remembers it."""
        row = self._find(api.Assignment, name=name)
        notebooks = {one.name: {"": _master(one)} for one in row.notebooks} if row is not None else {}
        if not notebooks:
            raise UserError(f"the gradebook has no notebooks of assignment {name}; run nbgrader generate_assignment")
        own = self._classroom.config.Autograde.get("exclude_overwriting", {}).get(name, ())
        return Assignment(name, notebooks, self._classroom.source(name), tuple(own))

    def take_from_source(self, name: str) -> None:
        """Let nbgrader read an assignment's source into the gradebook, as generate_assignment does; release/ stays."""
        layout = self._classroom.layout
        with tempfile.TemporaryDirectory() as elsewhere:
            release, layout.release_directory = layout.release_directory, elsewhere
            layout.assignment_id = name
            log = logging.getLogger("autograder.generate")
            log.propagate = False
            try:
                with self.database.alone():
                    GenerateAssignment(coursedir=layout, config=self._classroom.config, log=log).start()
            except (NbGraderException, SystemExit, ValueError, RuntimeError) as error:
                raise UserError(
                    f"nbgrader cannot release {name} from {self._classroom.source(name)}: {error}"
                ) from None
            finally:
                layout.release_directory = release

    @writing
    def release(self, assignment: Assignment) -> None:
        """Write the cells of an assignment's notebooks, or bring them up to date."""
        row = self._row(assignment.name)
        if row is None:
            row = api.Assignment(name=assignment.name, course_id=self._course)
            self._book.db.add(row)
            self._book.db.flush()
        known = {notebook.name: notebook for notebook in row.notebooks}
        for name, editions in assignment.notebooks.items():
            if name not in known:
                known[name] = api.Notebook(name=name, assignment=row)
                self._book.db.add(known[name])
            _write_master(self._book.db, known[name], next(iter(editions.values())))

    @reading
    def is_recorded(self, result: Result) -> bool:
        """Whether the gradebook's scores come from this very result."""
        where = (MARKS.c.assignment == result["assignment"]) & (MARKS.c.student == result["student"])
        return self._book.db.execute(sqlalchemy.select(MARKS.c.mark).where(where)).scalar() == mark_of(result)

    @reading
    def marks(self, assignment: str) -> dict[str, Marks]:
        """What it holds of an assignment's submissions, by student."""
        return _marks(self._book.db, assignment)

    @writing
    def record(self, result: Result, timestamp: str | None) -> None:
        """Write the scores of a result: all of them, or none."""
        self._row(result["assignment"])
        for number in recording.write(self._book.db, result, timestamp):
            self._write_penalty(self._book.db.get(api.SubmittedNotebook, number))
        key = {"assignment": result["assignment"], "student": result["student"]}
        self._book.db.execute(sqlalchemy.delete(MARKS).filter_by(**key))
        self._book.db.execute(sqlalchemy.insert(MARKS).values(**key, mark=mark_of(result)))

    def _write_penalty(self, notebook: Any) -> None:
        """As nbgrader's AssignLatePenalties does, within the transaction."""
        submission = notebook.assignment
        late = submission.total_seconds_late
        penalty = self._late.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)

    def _row(self, name: str) -> Any:
        """The assignment; on a server, that of another class in the same database is not ours to change."""
        row = self._find(api.Assignment, name=name)
        if row is not None and self.database.is_server and row.course_id not in (self._course, ANY_COURSE):
            raise UserError(
                f"the gradebook {without_password(self._classroom.db_url)} holds {name} of the course {row.course_id}, "
                f"and this one is {self._course}; give each class a database of its own"
            )
        return row

    def _find(self, kind: Any, **wanted: Any) -> Any:
        return self._book.db.query(kind).filter_by(**wanted).one_or_none()


def mark_of(result: Result) -> str:
    """Names a result in the gradebook."""
    return f"{result['attempt']} {result['key']}"


def _marks(db: Any, assignment: str) -> dict[str, Marks]:
    """Three queries for a whole class."""
    submitted, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    due = db.query(api.Assignment.duedate).filter_by(name=assignment).scalar()
    recorded = dict(db.query(MARKS.c.student, MARKS.c.mark).filter(MARKS.c.assignment == assignment).all())

    def of_cells(kind: Any, *columns: Any, where: Sequence[Any] = ()) -> Any:
        rows = db.query(submitted.student_id, api.Notebook.name, api.BaseCell.name, *columns)
        rows = rows.select_from(kind).join(notebook, kind.notebook_id == notebook.id)
        rows = rows.join(api.BaseCell, kind.cell_id == api.BaseCell.id).join(
            api.Notebook, notebook.notebook_id == api.Notebook.id
        )
        found = _of_assignment(rows.join(submitted, notebook.assignment_id == submitted.id), assignment)
        # Databases give rows in orders of their own, and a sum depends on it in its last bits.
        return sorted(found.filter(*where), key=itemgetter(0, 1, 2))

    cells: dict[tuple[str, str], dict[str, Mark]] = {}
    scores = (api.Grade.auto_score, api.Grade.manual_score, api.Grade.extra_credit, api.Grade.needs_manual_grade)
    for student, name, cell, auto, manual, extra, waits in of_cells(api.Grade, *scores):
        cells.setdefault((student, name), {})[cell] = Mark(auto, manual, extra or 0.0, bool(waits))
    comments: dict[tuple[str, str], dict[str, str]] = {}
    is_written = api.Comment.manual_comment.is_not(None)
    for student, name, cell, text in of_cells(api.Comment, api.Comment.manual_comment, where=[is_written]):
        if text.strip():
            comments.setdefault((student, name), {})[cell] = text
    rows = db.query(
        submitted.student_id,
        submitted.timestamp,
        submitted.extension,
        api.Notebook.name,
        notebook.late_submission_penalty,
    )
    rows = rows.select_from(notebook).join(submitted, notebook.assignment_id == submitted.id)
    rows = _of_assignment(rows.join(api.Notebook, notebook.notebook_id == api.Notebook.id), assignment)
    found: dict[str, Marks] = {}
    for student, handed_in, extension, name, penalty in rows:
        late = 0.0
        if due is not None and handed_in is not None:
            late = max(0.0, (handed_in - due - (extension or timedelta())).total_seconds())
        known = found[student].notebooks if student in found else {}
        one = NotebookMarks(cells.get((student, name), {}), comments.get((student, name), {}), penalty or 0.0)
        found[student] = Marks({**known, name: one}, recorded.get(student), handed_in, late)
    return found


def _of_assignment(rows: Any, assignment: str) -> Any:
    return rows.join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id).filter(
        api.Assignment.name == assignment
    )


def _master(row: Any) -> Master:
    points = {cell.name: cell.max_score for cell in [*row.grade_cells, *row.task_cells]}
    grades = {cell.name for cell in row.grade_cells}
    solutions = {cell.name for cell in row.solution_cells}
    tasks = {cell.name for cell in row.task_cells}
    cells = [
        MasterCell(
            cell.name,
            cell.cell_type,
            cell.source or "",
            grade=cell.name in grades,
            solution=cell.name in solutions,
            locked=bool(cell.locked),
            task=cell.name in tasks,
            points=float(points.get(cell.name, 0.0)),
            checksum=cell.checksum,
        )
        for cell in row.source_cells
    ]
    return Master(row.name, tuple(cells), json.loads(row.kernelspec or "{}"))


def _write_master(db: Any, row: Any, master: Master) -> None:
    """Bring the cells of a notebook up to date; none can go once somebody has handed it in."""
    row.kernelspec = json.dumps(dict(master.kernelspec))
    wanted: dict[tuple[Any, str], dict[str, Any]] = {}
    for cell in master.cells:
        kinds = {api.GradeCell: cell.grade, api.SolutionCell: cell.solution, api.TaskCell: cell.task}
        for kind in (kind for kind, holds in kinds.items() if holds):
            graded = {"max_score": cell.points, "cell_type": cell.cell_type}
            wanted[kind, cell.name] = {} if kind is api.SolutionCell else graded
        wanted[api.SourceCell, cell.name] = {
            "cell_type": cell.cell_type,
            "locked": cell.locked,
            "source": cell.source,
            "checksum": cell.checksum,
        }
    known = {(type(cell), cell.name): cell for cell in [*row._base_cells, *row.source_cells]}
    gone = [known[key] for key in known.keys() - wanted.keys()]
    added = [name for kind, name in wanted.keys() - known.keys() if kind is not api.SourceCell]
    if row.submissions and (any(not isinstance(cell, api.SourceCell) for cell in gone) or added):
        raise UserError(f"{row.name}: its graded cells have changed, and somebody has handed it in already")
    for cell in gone:
        db.delete(cell)
    for (kind, name), values in wanted.items():
        if (kind, name) not in known:
            db.add(kind(name=name, notebook=row, **values))
            continue
        for attribute, value in values.items():
            setattr(known[kind, name], attribute, value)

"""A class whose gradebook is on a PostgreSQL server: every command works there, and no accident costs a score."""

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import private_postgres
import pytest
from graded_class import ADDS_TWO, LESSON, RIGHT, make_course

from autograder.cli import main
from autograder.grading.address import without_password
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book

pytestmark = [pytest.mark.database, pytest.mark.sandbox]

SECONDS = 300
ANSWERS = {"ada": RIGHT, "bob": ADDS_TWO, "eve": None, "zoé-çelik": RIGHT, "李雷": ADDS_TWO}
SLOW = f"import time\ntime.sleep(3)\n{RIGHT}"


@pytest.fixture
def handed_in(lesson_class):
    for student, answer in ANSWERS.items():
        lesson_class.hand_in(student, answer, language="fr" if student == "zoé-çelik" else "en")
    return lesson_class


def grade(folder, url, *options):
    """Grade by a program of its own: its status, and what it says of trouble."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--db", url, "--jobs", "1", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    return done.returncode, done.stderr


def marks(folder, url=None):
    """What the gradebook holds of each student: points, what a person must look at, when it was handed in."""
    with Book(Classroom(folder, url)) as book:
        return {
            student: ({name: one.cells for name, one in marks.notebooks.items()}, marks.result, marks.handed_in)
            for student, marks in book.marks(LESSON).items()
        }


def settle_on(folder, url):
    """Let the class's own settings name the gradebook."""
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


def test_scores_are_those_on_sqlite(handed_in, postgres, capsys):
    url = postgres.url(postgres.fresh())
    rows = handed_in.grade(capsys, rc=0)
    again = handed_in.grade(capsys, "--db", url, rc=0)
    assert all(row["unchanged"] for row in again.values())
    assert {name: row["score"] for name, row in rows.items()} == {
        "ada": 1, "bob": 0, "eve": 0, "zoé-çelik": 1, "李雷": 0
    }  # fmt: skip
    assert marks(handed_in.folder, url) == marks(handed_in.folder)
    sheets = []
    for chosen in ([], ["--db", url]):
        sheet = handed_in.folder / "scores.csv"
        assert main(["export", str(handed_in.folder), "--to", "csv", "--output", str(sheet), *chosen]) == 0
        sheets.append(sheet.read_bytes())
    assert sheets[0] == sheets[1]
    assert "zoé-çelik" in sheets[0].decode("utf-8-sig")


def test_every_command_takes_it_from_the_settings(handed_in, postgres, capsys, tmp_path):
    url = postgres.url(postgres.fresh())
    settle_on(handed_in.folder, url)
    (handed_in.folder / "gradebook.db").unlink()
    folder = str(handed_in.folder)
    handed_in.grade(capsys, rc=0)
    more = tmp_path / "more/fay" / LESSON
    more.mkdir(parents=True)
    shutil.copy(handed_in.folder / "submitted/ada" / LESSON / f"{LESSON}.ipynb", more)
    roster = tmp_path / "roster.csv"
    roster.write_text("id,first_name,last_name\nfay,Félicité,Œuvrard\nada,Ada,Lovelace\n", encoding="utf-8")
    assert main(["collect", folder, str(tmp_path / "more"), "--from", "folder", "--roster", str(roster)]) in (0, 1)
    capsys.readouterr()
    handed_in.grade(capsys, rc=0)
    assert main(["regrade", folder, LESSON]) == 0
    assert main(["report", folder]) == 0
    assert main(["feedback", folder]) == 0
    exported = tmp_path / "scores.json"
    assert main(["export", folder, "--to", "json", "--output", str(exported)]) == 0
    assert "Félicité" in exported.read_text(encoding="utf-8")
    assert (handed_in.folder / "feedback/fay" / LESSON / f"{LESSON}.html").exists()
    assert not (handed_in.folder / "gradebook.db").exists()
    assert private_postgres.PASSWORD not in "".join(capsys.readouterr())


def test_two_checkouts_of_a_class_are_graded_at_once(handed_in, postgres, tmp_path, capsys):
    url = postgres.url(postgres.fresh())  # in which nothing is made yet
    other = shutil.copytree(handed_in.folder, tmp_path / "other")
    for student in ("ada", "bob"):
        shutil.rmtree(other / "submitted" / student)
    with ThreadPoolExecutor() as pool:
        ended = [*pool.map(lambda folder: grade(folder, url), (handed_in.folder, other))]
    assert [status for status, _ in ended] == [0, 0], ended
    handed_in.grade(capsys, rc=0)
    assert marks(handed_in.folder, url) == marks(handed_in.folder)


def test_a_server_that_dies_in_the_middle_costs_no_score(handed_in, postgres, capsys):
    url = postgres.url(postgres.fresh())
    handed_in.hand_in("李雷", SLOW)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(grade, handed_in.folder, url)
        try:
            ends_at = time.monotonic() + SECONDS
            while handed_in.result("ada") is None and not running.done() and time.monotonic() < ends_at:
                time.sleep(0.05)
            postgres.kill()
            status, told = running.result()
        finally:
            postgres.start()
    assert status == 1
    assert "cannot be reached" in told
    assert "what was graded is kept, run this again once the server is there" in told
    assert private_postgres.PASSWORD not in told
    assert "Traceback" not in told
    assert all(handed_in.result(student) is not None for student in ANSWERS)
    assert handed_in.result("李雷")["score"] == 1
    assert set(marks(handed_in.folder, url)) < set(ANSWERS)

    again = handed_in.grade(capsys, "--db", url, rc=0)
    assert all(row["unchanged"] for row in again.values())
    handed_in.grade(capsys, rc=0)
    assert marks(handed_in.folder, url) == marks(handed_in.folder)


def test_init_writes_where_the_gradebook_is_and_not_its_password(postgres, tmp_path, capsys, monkeypatch):
    url = postgres.url(postgres.fresh())
    folder = tmp_path / "class"
    assert main(["init", str(folder), "--course", str(make_course(tmp_path)), "--db", url]) == 0
    settings = (folder / "nbgrader_config.py").read_text()
    assert f"c.CourseDirectory.db_url = '{without_password(url)}'" in settings
    assert main(["export", str(folder), LESSON, "--to", "json"]) == 2
    assert "no password supplied; put the right one into ~/.pgpass" in capsys.readouterr().err
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"127.0.0.1:{postgres.port}:*:{private_postgres.OWNER}:{private_postgres.PASSWORD}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    assert main(["export", str(folder), LESSON, "--to", "json"]) == 0
    assert not (folder / "gradebook.db").exists()

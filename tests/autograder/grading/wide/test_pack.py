"""What travels to a worker is all that it needs to grade, and nothing that tells who handed it in, or where it lies."""

import os

import pytest
from graded_class import RIGHT

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.grader import Graded
from autograder.grading.plan import assignments, plan
from autograder.grading.submission import Unreadable
from autograder.grading.wide import pack
from autograder.grading.wide.blob import opened, seal


@pytest.fixture
def planned(lesson_class):
    """What there is to grade, by student."""

    def planned():
        classroom = Classroom(lesson_class.folder)
        with Book(classroom) as book:
            chosen = assignments(classroom, book, [])
            return classroom, {one.task.student: one.task for one in plan(classroom, chosen, None, force=False)}

    return planned


def test_a_blob_gives_back_what_was_sealed():
    about = {"name": "caf\udce9", "half": 0.1, "none": None}
    assert opened(seal(about, [b"", b"\0one", b"two" * 1000])) == (about, [b"", b"\0one", b"two" * 1000])


def test_a_submission_arrives_as_it_was_handed_in(lesson_class, planned, tmp_path):
    lesson_class.hand_in("one", RIGHT)
    lesson_class.put("one", "data/numbers.csv", "1,2")
    folder = lesson_class.folder / "submitted/one/00_start"
    (folder / "link.txt").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    with lesson_class.put("one", "large.ipynb", "").open("wb") as file:
        file.truncate(100 * 2**20)
    (lesson_class.folder / "source/00_start/given.txt").write_text("given")
    classroom, tasks = planned()
    task = tasks["one"]
    blob = pack.submission(task)
    assert len(blob) < 100_000  # what is too large to be read is not sent
    settings, secret = classroom.settings(), classroom.secret()
    shared = pack.open_shared(pack.shared(task.assignment, settings, secret, {"some": "version"}))
    arrived = pack.deliver(blob, shared, tmp_path / "there")

    handed = {one.name: one for one in arrived.handed()}
    for one in task.handed():
        there = handed[one.name]
        assert there.fault == one.fault
        if one.fault is None:
            assert there.path.stat().st_size == one.path.stat().st_size
            assert one.name == "large.ipynb" or there.path.read_bytes() == one.path.read_bytes()
    assert {name for name, one in handed.items() if one.fault} == {"link.txt", "pipe"}
    assert (arrived.assignment.files / "given.txt").read_text() == "given"
    assert arrived.assignment.notebooks == task.assignment.notebooks
    assert shared.settings == settings
    assert shared.agreed == {"some": "version"}
    assert shared.seed("00_start", "double") == secret("00_start", "double")


def test_what_cannot_be_read_says_so_there_too(lesson_class, planned, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (lesson_class.folder / "submitted/two").mkdir(parents=True)
    (lesson_class.folder / "submitted/two/00_start").symlink_to(elsewhere)
    classroom, tasks = planned()
    shared = pack.open_shared(pack.shared(tasks["two"].assignment, classroom.settings(), classroom.secret(), {}))
    arrived = pack.deliver(pack.submission(tasks["two"]), shared, tmp_path / "there")
    with pytest.raises(Unreadable, match="its folder is a link that leads elsewhere"):
        arrived.handed()


def test_neither_student_nor_folder_nor_gradebook_nor_secret_leaves(lesson_class, planned):
    lesson_class.hand_in("zoe-from-biology", RIGHT)
    classroom, tasks = planned()
    task = tasks["zoe-from-biology"]
    agreed = {"some": "version"}
    sent = [pack.submission(task), pack.shared(task.assignment, classroom.settings(), classroom.secret(), agreed)]
    for blob in sent:
        about, contents = opened(blob)
        text = repr(about) + repr(contents)
        for told in ("zoe", str(lesson_class.folder), classroom.db_url, "gradebook", classroom.secret().key.decode()):
            assert told not in text


def test_files_that_change_meanwhile_or_are_too_many_are_not_sent(lesson_class, planned, monkeypatch):
    lesson_class.hand_in("one", RIGHT)
    _, tasks = planned()
    monkeypatch.setattr(pack, "MOST_SENT", 1000)
    with pytest.raises(UserError, match="more than the 0 MiB that are sent to a cluster"):
        pack.submission(tasks["one"])
    monkeypatch.undo()
    lesson_class.hand_in("one", "changed")
    with pytest.raises(UserError, match="its files changed while they were read"):
        pack.submission(tasks["one"])


def test_a_result_is_of_the_student_whom_the_worker_was_not_told(lesson_class, planned):
    lesson_class.hand_in("one", RIGHT)
    _, tasks = planned()
    nameless = {"student": "", "attempt": 1, "why": "new", "inputs": {}, "score": 0.1 + 0.2}
    came, _ = opened(seal(pack.packed(Graded(nameless, {"00_start": lesson_class.released()}))))
    graded = pack.open_graded(came, tasks["one"], "tcp://there:1")
    assert graded.result["student"] == "one"
    assert graded.result["inputs"] == tasks["one"].inputs
    assert graded.result["score"] == 0.1 + 0.2
    assert graded.result["worker"] == "tcp://there:1"
    assert graded.notebooks == {"00_start": lesson_class.released()}

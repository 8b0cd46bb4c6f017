"""What each system's file names say, as its own source makes them."""

import pytest

from autograder.collecting import canvas, folder, moodle
from autograder.collecting.unpack import Found


def said(piece):
    return None if piece is None else (piece.sender.name, piece.sender.number, piece.name)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Student One_123_assignsubmission_file/a.ipynb", ("Student One", "123", "a.ipynb")),  # 4.1 and later
        ("Student One_123_assignsubmission_file_/a.ipynb", ("Student One", "123", "a.ipynb")),  # 3.1 to 4.0
        ("Student One_123_assignsubmission_file_/sub/a.ipynb", ("Student One", "123", "sub/a.ipynb")),
        ("Student One_123_assignsubmission_file_01_x.ipynb", ("Student One", "123", "01_x.ipynb")),  # flat
        ("all of them/Student One_123_assignsubmission_file_/a.ipynb", ("Student One", "123", "a.ipynb")),
        ("Group A_77_assignsubmission_file/a.ipynb", ("Group A", "77", "a.ipynb")),
        ("Default group_assignsubmission_file/a.ipynb", ("Default group", "", "a.ipynb")),
        ("G-1-Student One_123_assignsubmission_file_/a.ipynb", ("G-1-Student One", "123", "a.ipynb")),
        ("Participant_123_assignsubmission_file_a.ipynb", ("Participant", "123", "a.ipynb")),
        ("Student 2_123_assignsubmission_file/a.ipynb", ("Student 2", "123", "a.ipynb")),
        ("Student One/a.ipynb", None),
        ("readme.txt", None),
    ],
)
def test_moodle(path, expected):
    assert said(moodle.piece(Found(path, None))) == expected


def test_moodle_says_what_was_typed():
    typed = moodle.piece(Found("Student One_123_assignsubmission_onlinetext/onlinetext.html", None))
    assert typed.typed
    assert not moodle.piece(Found("Student One_123_assignsubmission_file/onlinetext.html", None)).typed


@pytest.mark.parametrize(
    ("path", "expected", "late", "order"),
    [
        ("onestudent_12_345_01_x.ipynb", ("onestudent", "12", "01_x.ipynb"), False, 345),
        ("onestudent_LATE_12_345_01_x-2.ipynb", ("onestudent", "12", "01_x-2.ipynb"), True, 345),
        ("one-student_late_12_345_x.ipynb", ("one-student", "12", "x.ipynb"), True, 345),  # before 2014
        ("élèvedeux_12_345_x.ipynb", ("élèvedeux", "12", "x.ipynb"), False, 345),
        ("anon_Ab3dE_345_x.ipynb", ("", "anon_Ab3dE", "x.ipynb"), False, 345),
        ("LATE_anon_Ab3dE_345_x.ipynb", ("", "anon_Ab3dE", "x.ipynb"), True, 345),
        ("group_one_12_345_x.ipynb", ("group_one", "12", "x.ipynb"), False, 345),
        ("submissions/onestudent_12_345_x.ipynb", ("onestudent", "12", "x.ipynb"), False, 345),
        ("onestudent_12_345_all.zip/a/x.ipynb", ("onestudent", "12", "all.zip/a/x.ipynb"), False, 345),
        ("onestudent_12_text.html", ("onestudent", "12", "text.html"), False, 0),
        ("onestudent_LATE_12_link.html", ("onestudent", "12", "link.html"), True, 0),
    ],
)
def test_canvas(path, expected, late, order):
    piece = canvas.piece(Found(path, None))
    assert said(piece) == expected
    assert (piece.sender.late, piece.order) == (late, order)
    assert piece.typed == path.endswith(".html")


def test_canvas_tells_what_else_a_name_could_mean():
    assert canvas.piece(Found("one_11_12_345_x.ipynb", None)).sender.perhaps == ("12",)
    assert canvas.piece(Found("one_12_345_01_x.ipynb", None)).sender.perhaps == ("345",)
    assert canvas.piece(Found("one_12_345_x.ipynb", None)).sender.perhaps == ()


@pytest.mark.parametrize("path", ["readme.txt", "onestudent_x.ipynb", "01_convolution.ipynb", "onestudent/x_y.ipynb"])
def test_not_canvas(path):
    assert canvas.piece(Found(path, None)) is None


ASSIGNMENTS = ("01_x", "02_y")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("one/a.ipynb", ("one", "", "a.ipynb")),
        ("one/01_x/a.ipynb", ("one", "", "a.ipynb")),
        ("01_x/one/a.ipynb", ("one", "", "a.ipynb")),
        ("one/01_x/pictures/a.png", ("one", "", "pictures/a.png")),
        ("one_01_x.ipynb", ("one", "", "one_01_x.ipynb")),
        ("one two - 01_x (2).ipynb", ("one two", "", "one two - 01_x (2).ipynb")),
        ("one.zip/a.ipynb", ("one", "", "a.ipynb")),
        ("one_01_x.zip/a.ipynb", ("one", "", "a.ipynb")),
        ("01_x/one_01_x.ipynb", ("one", "", "one_01_x.ipynb")),
        ("01_x.ipynb", None),
        ("01_x/01_x.ipynb", None),
        ("one_01_xylophone.ipynb", None),
    ],
)
def test_folder(path, expected):
    read = folder.reader([path, "other/a.ipynb"], ASSIGNMENTS, lambda name: False)
    assert said(read(Found(path, None))) == expected


@pytest.mark.parametrize("top", ["submitted", "Biology", "archive 2"])
def test_a_folder_around_them_all_is_no_student(top):
    names = [f"{top}/one/01_x/a.ipynb", f"{top}/two/01_x/a.ipynb"]
    read = folder.reader(names, ASSIGNMENTS, lambda name: False)
    assert [said(read(Found(name, None)))[0] for name in names] == ["one", "two"]


@pytest.mark.parametrize("names", [["one/a.ipynb"], ["one/01_x/a.ipynb", "one/02_y/a.ipynb"], ["one/sub/a.ipynb"]])
def test_one_student_alone_is_no_folder_around(names):
    read = folder.reader(names, ASSIGNMENTS, lambda name: name == "one")
    assert {said(read(Found(name, None)))[0] for name in names} == {"one"}


def test_only_the_instructors_note_of_the_time_counts():
    read = folder.reader(["one/01_x/timestamp.txt", "two/a"], ASSIGNMENTS, lambda name: False)
    assert read(Found("one/01_x/timestamp.txt", None)).stamp
    assert not read(Found("one/01_x/timestamp.txt", None, nested=True)).stamp
    assert not read(Found("one/deep/timestamp.txt", None)).stamp
    assert not read(Found("one/timestamp.txt", None)).stamp

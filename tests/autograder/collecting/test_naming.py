"""Names of people are compared as systems mangle them; names of files fit any disk."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.collecting.naming import LONGEST, RESERVED, free_name, is_debris, safe_path, squeeze, student_id

ANY = st.text(max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Élève Deux", "eleve deux"), ("O'Neil, One", "ONeil One"), ("Student-One", "student one"), ("ſß", "sss")],
)
def test_what_systems_take_from_a_name_does_not_count(one, other):
    assert squeeze(one) == squeeze(other)


def test_names_of_other_people_stay_apart():
    assert squeeze("Student One") != squeeze("Student Two")


@settings(deadline=None, max_examples=50)
@given(ANY)
@example("../../etc/passwd")
@example("C:\\Users\\x")
@example("/etc/passwd")
@example("CON.ipynb")
@example("a/nul")
@example("x" * 5000 + ".ipynb")
@example("é" * 200 + ".ipynb")
@example("a/" * 500 + "b")
@example("..")
@example("name. . .")
@example("\u202egpj.exe")
@example("half \ud800 a character")
@example(". . ./x")
def test_a_safe_path_stays_below_and_fits_any_disk(name):
    path = safe_path(name)
    parts = path.split("/")
    assert len(parts) <= 8
    for part in parts:
        assert part
        assert part not in (".", "..")
        assert part[-1] not in ". "
        assert not part.startswith(".")
        assert not RESERVED.match(part)
        assert len(part.encode()) <= LONGEST + 1
        assert not set(part) & set('\x00<>:"\\|?*')


@pytest.mark.parametrize("name", ["01_convolution.ipynb", "Élève Deux_12_x/a b.png", "(1).txt"])
def test_a_good_name_stays_as_it_is(name):
    assert safe_path(name) == name


def test_a_long_name_keeps_its_ending():
    assert safe_path("x" * 500 + ".ipynb").endswith("x.ipynb")


def test_a_file_stands_beside_no_folder_of_its_name():
    assert free_name("a", ["a/b"]) == "a-2"
    assert free_name("a/b", ["a"]) == "a_b"
    assert free_name("A.txt", ["a.TXT", "a-2.txt"]) == "A-3.txt"
    assert free_name("new.txt", ["a"]) == "new.txt"


def test_debris_is_known():
    assert is_debris("__MACOSX/x.ipynb")
    assert is_debris("a/.ipynb_checkpoints/x-checkpoint.ipynb")
    assert is_debris("a/._x.ipynb")
    assert not is_debris("a/x.ipynb")


def test_an_id_is_made_of_a_name():
    assert student_id("Élève  Deux") == "Élève_Deux"
    assert student_id("Student, One") == "Student_One"

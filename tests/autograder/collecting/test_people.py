"""A sender is a student, or a group, or nobody; never somebody else."""

import pytest

from autograder.collecting.people import People, Stranger
from autograder.collecting.piece import Sender
from autograder.collecting.roster import Person

CLASS = People(
    [
        Person("s1", "Student", "One", email="one@example.org", moodle="101", canvas="11", groups=("Team A",)),
        Person("s2", "Élève", "Deux", canvas="12", groups=("Team A", "Team_B")),
        Person("s3", "Jo-Ann", "O'Three", canvas="13"),
        Person("s4", "Same", "Name", moodle="104", canvas="14"),
        Person("s5", "Same", "Name", moodle="105", canvas="15"),
        Person("s6", "Rene", "Six"),
        Person("s7", "René", "Six"),
    ]
)


@pytest.mark.parametrize(
    ("name", "number", "ids"),
    [
        ("Student One", "999", ["s1"]),  # the number is another one in each assignment
        ("One Student", "", ["s1"]),
        ("Eleve Deux", "1", ["s2"]),
        ("Jo-Ann OThree", "1", ["s3"]),
        ("Same Name", "105", ["s5"]),
        ("Rene Six", "1", ["s6"]),
        ("René Six", "1", ["s7"]),
        ("Participant", "101", ["s1"]),
        ("Team A", "7", ["s1", "s2"]),
        ("Team B", "8", ["s2"]),
        ("Team A-Student One", "5", ["s1"]),
        ("Lab-2-Jo-Ann OThree", "5", ["s3"]),
    ],
)
def test_moodle(name, number, ids):
    assert CLASS.of_moodle(Sender(name, number))[0] == ids


@pytest.mark.parametrize(
    ("name", "number", "why"),
    [
        ("Student Nine", "101", "comes from Student Nine, who is no student and no group"),
        ("Default group", "", "comes from Default group, who is no student and no group"),
        ("Same Name", "101", r"the name of several students \(s4, s5\)"),
        ("Participant", "999", "comes from Participant 999, who is no student"),
        ("Participant", "", "who is no student"),
    ],
)
def test_strangers_of_moodle(name, number, why):
    with pytest.raises(Stranger, match=why):
        CLASS.of_moodle(Sender(name, number))


@pytest.mark.parametrize(
    ("name", "number", "ids", "odd"),
    [
        ("onestudent", "11", ["s1"], False),
        ("", "11", ["s1"], False),
        ("othreejoann", "13", ["s3"], False),
        ("namesame", "15", ["s5"], False),
        ("teama", "12", ["s1", "s2"], True),
        ("someoneelse", "13", ["s3"], True),
    ],
)
def test_canvas(name, number, ids, odd):
    students, notes = CLASS.of_canvas(Sender(name, number))
    assert students == ids
    assert bool(notes) == odd


@pytest.mark.parametrize(("name", "number"), [("onestudent", "99"), ("nobody", "98"), ("", "anon_Ab3dE")])
def test_strangers_of_canvas(name, number):
    with pytest.raises(Stranger, match="who is no student and no group"):
        CLASS.of_canvas(Sender(name, number))


def test_a_name_that_claims_to_be_somebody_elses_is_nobodys():
    with pytest.raises(Stranger, match=r"could mean several students \(s1, s2\)"):
        CLASS.of_canvas(Sender("onestudent", "11", perhaps=("12",)))
    assert CLASS.of_canvas(Sender("onestudent", "11", perhaps=("99",))) == (["s1"], [])


def test_a_roster_without_canvas_numbers_goes_by_names():
    people = People([Person("s1", "Student", "One"), Person("s2", "Student", "Two")])
    assert people.of_canvas(Sender("twostudent", "12"))[0] == ["s2"]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("s1", ["s1"]),
        ("S1", ["s1"]),
        ("one@example.org", ["s1"]),
        ("student_one", ["s1"]),
        ("Deux Élève", ["s2"]),
        ("team-a", ["s1", "s2"]),
    ],
)
def test_folder(name, ids):
    assert CLASS.of_folder(Sender(name))[0] == ids


def test_strangers_of_a_folder():
    with pytest.raises(Stranger, match="who is no student"):
        CLASS.of_folder(Sender("s9"))


def test_without_a_roster_everybody_is_who_they_say():
    nobody = People([])
    assert nobody.of_moodle(Sender("Élève Deux", "7"))[0] == ["Élève_Deux"]
    assert nobody.of_moodle(Sender("Participant", "7"))[0] == ["Participant_7"]
    assert nobody.of_canvas(Sender("deuxeleve", "12"))[0] == ["12"]
    assert nobody.of_folder(Sender("one"))[0] == ["one"]

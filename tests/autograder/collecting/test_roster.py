"""A roster is read whoever wrote it; what does not fit is said with its line."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from autograder.collecting.roster import Person, keep_roster, kept_roster, read_roster
from autograder.errors import UserError


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return read_roster(path)

    return read


OURS = Person("e2", "Élève", "Deux", "", "e2@example.org", "102", "12", ("A", "Équipe B"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head",
    [
        "Student ID|First name|Last name|Email address|Moodle ID|Canvas ID|Groups",
        "Numéro d’étudiant|Prénom|Nom de famille|Adresse de courriel|Identifiant Moodle|Identifiant Canvas|Groupes",
        "matricule|PRENOM|Nom|courriel|id_moodle|id-canvas|groupe",
    ],
)
def test_columns_encodings_and_delimiters(read, encoding, delimiter, head):
    line = 'e2|Élève|Deux|e2@example.org|102|12|"A, Équipe B"'
    assert read(f"{head}\n{line}\n".replace("|", delimiter), encoding) == [OURS]


def test_what_excel_puts_first(read):
    assert read("sep=;\r\nid;nom\r\n1;Un\r\n")[0].id == "1"


def test_moodles_participants(read):
    text = '"First name","Last name","ID number","Email address",Groups\nStudent,One,,one@example.org,"A, B"\n'
    assert read(text) == [Person("one@example.org", "Student", "One", "", "one@example.org", groups=("A", "B"))]


@pytest.mark.parametrize(
    ("head", "status", "time"),
    [
        (
            "Identifier,Full name,Email address,Status,Grade,Last modified (submission)",
            "Submitted for grading - 3 hours late",
            "Wednesday, 10 June 2026, 2:14 PM",
        ),
        (
            "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Dernière modification (travail remis)",
            "Remis pour évaluation - 3 heures en retard",
            "mercredi 10 juin 2026, 14:14",
        ),
    ],
)
def test_moodles_grading_worksheet(read, tmp_path, head, status, time):
    people = read(f'{head}\nParticipant 101,Student One,one@example.org,{status},,"{time}"\n')
    one = Person("one@example.org", full="Student One", email="one@example.org", moodle="101")
    assert people == [replace(one, handed_in=datetime(2026, 6, 10, 14, 14).astimezone(UTC), late=True)]
    keep_roster(tmp_path / "roster.json", people)
    assert kept_roster(tmp_path / "roster.json") == [one]  # what is true of one assignment is not kept


def test_canvas_gradebook(read):
    people = read(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lesson 1 (7)\n"
        "    Points Possible,,,,,10\n"
        '"One, Student",12,s1,one,All,5\n'
        '"Student, Test",99,,,All,\n'
    )
    assert people == [Person("s1", "Student", "One", "Student One", canvas="12")]


def test_names_alone_are_enough(read):
    assert [one.id for one in read("Full name\nÉlève Deux\n")] == ["Élève_Deux"]


def test_one_line_for_each_group_is_one_student(read):
    (person,) = read("id,name,group\n1,Student One,A\n1,Student One,B\n")
    assert person.groups == ("A", "B")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "has no column for a student's id, name or email address"),
        ("id,name\n", "lists no students"),
        ("id,name\n1,Student One\n,Student Two\n", "line 3: Student Two has no id"),
        ("id,name\n1,Student One\n1,Student Two\n", "lines 2 and 3: two students have the id 1"),
        ("id,name\n../x,Student One\n", "line 2: '../x' cannot be a student's id"),
        ("id,name\nCON,Student One\n", "line 2: 'CON' cannot be a student's id"),
        (f"id,name\n{'1' * 200},Student One\n", "cannot be a student's id"),
    ],
)
def test_what_does_not_fit(read, text, sentence):
    with pytest.raises(UserError, match=sentence):
        read(text)


def test_no_file(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        read_roster(tmp_path / "none.csv")


def test_it_is_kept_for_its_owner(tmp_path):
    path = tmp_path / "state/roster.json"
    assert kept_roster(path) == []
    keep_roster(path, [OURS])
    assert kept_roster(path) == [OURS]
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("[1]")
    with pytest.raises(UserError, match="give the roster again"):
        kept_roster(path)

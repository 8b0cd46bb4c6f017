"""From the zip that a system hands out to what `autograder grade` reads."""

import errno
import json
import os
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
from collected_class import LESSONS, notebook, zipped

from autograder.cli import main
from autograder.grading.editions import edition
from autograder.grading.gradebook import Book
from autograder.grading.match import match
from autograder.grading.roster import Student
from autograder.grading.submission import files_in

START, LESSON = LESSONS
FILE = f"{LESSON}.ipynb"


def moodle(name, number, file=FILE):
    return f"{name}_{number}_assignsubmission_file/{file}"


def here(*time):
    """A time by the clock of this place, as nbgrader writes it."""
    return datetime(*time).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def states(report):
    return {(row["student"], row["assignment"]): row["state"] for row in report["submissions"]}


@pytest.mark.parametrize(
    ("system", "entries"),
    [
        (
            "moodle",
            {
                moodle("Student One", 7): notebook(answer="one"),
                "Student Two_8_assignsubmission_file_travail.ipynb": notebook(language="fr", answer="two"),
                moodle("Student Three", 9, "all.zip"): zipped([("deep/x.ipynb", notebook(answer="three"))]),
            },
        ),
        (
            "canvas",
            {
                f"onestudent_1_71_{FILE}": notebook(answer="one"),
                "twostudent_LATE_2_72_travail-1.ipynb": notebook(language="fr", answer="two"),
                "threestudent_3_73_all.zip": zipped([("deep/x.ipynb", notebook(answer="three"))]),
            },
        ),
        (
            "folder",
            {
                f"one/{FILE}": notebook(answer="one"),
                f"two/{LESSON}/travail.ipynb": notebook(language="fr", answer="two"),
                f"three_{LESSON}.ipynb": notebook(answer="three"),
            },
        ),
    ],
)
@pytest.mark.parametrize("unzipped", [False, True])
def test_what_comes_back_is_what_grading_reads(course, system, entries, unzipped):
    source = course.zip(entries.items())
    if unzipped:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(source.parent / "unzipped")
        source = source.parent / "unzipped"
    roster = course.roster(
        "id,first name,last name,canvas id\none,Student,One,1\ntwo,Student,Two,2\nthree,Student,Three,3\n"
    )
    report = course.collect(source, system, "--roster", str(roster), rc=0)
    assert states(report) == {(name, LESSON): "new" for name in ("one", "two", "three")}
    found = dict(course.classroom.submissions(LESSON))
    assert sorted(found) == ["one", "three", "two"]
    assignment = edition(course.classroom, LESSON, course.classroom.editions()[LESSON])
    for name, folder in found.items():
        notes = []
        matched = match(files_in(folder), assignment, notes)
        assert (list(matched), notes) == ([LESSON], [])
        assert f"# {name}" in matched[LESSON].path.read_text()
    assert course.record("two")["late"] == (system == "canvas")
    assert course.kept() == []


def test_again_changes_nothing(course):
    source = course.zip([(moodle("Student One", 7), notebook()), ("stray.txt", "x")])
    course.collect(source, "moodle", rc=1)
    before = {path: path.stat().st_mtime_ns for path in course.folder.rglob("*") if path.is_file()}
    report = course.collect(source, "moodle", rc=1)
    assert states(report) == {("Student_One", LESSON): "unchanged"}
    after = {path: path.stat().st_mtime_ns for path in course.folder.rglob("*") if path.is_file()}
    lock = course.folder / ".autograder/lock"
    assert {**before, lock: 0} == {**after, lock: 0}


def test_a_changed_submission_replaces_and_the_old_one_is_kept(course):
    course.collect(course.zip([(moodle("Student One", 7), notebook(answer="first"))]), "moodle", rc=0)
    extra = course.folder / f"submitted/Student_One/{LESSON}/written by hand.txt"
    extra.write_text("a remark")
    second = course.zip([(moodle("Student One", 7), notebook(answer="second"))])
    assert states(course.collect(second, "moodle", rc=0)) == {("Student_One", LESSON): "replaced"}
    assert "# second" in course.handed_in()[f"Student_One/{LESSON}/{FILE}"]
    assert len(course.handed_in()) == 1
    old = [course.folder / "collected" / path for path in course.kept()]
    assert {path.name for path in old} == {FILE, "written by hand.txt"}
    assert all("# first" in path.read_text() for path in old if path.name == FILE)


def test_what_was_stopped_between_the_old_and_the_new_goes_on(course, monkeypatch):
    course.collect(course.zip([(moodle("Student One", 7), notebook(answer="first"))]), "moodle", rc=0)
    second = course.zip([(moodle("Student One", 7), notebook(answer="second"))])
    move = shutil.move

    def stop(source, target):
        if "submitted" in str(target):
            raise KeyboardInterrupt
        return move(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "move", stop)
        assert main(["collect", str(course.folder), str(second), "--from", "moodle"]) == 130
    assert any("# first" in (course.folder / "collected" / path).read_text() for path in course.kept())
    assert states(course.collect(second, "moodle", rc=0)) == {("Student_One", LESSON): "new"}
    assert "# second" in course.handed_in()[f"Student_One/{LESSON}/{FILE}"]
    assert len(course.kept()) == 1


def test_the_newest_version_wins_and_the_others_are_kept(course):
    entries = [
        ("onestudent_1_73_mine-2.ipynb", notebook(answer="newest")),
        ("onestudent_1_71_mine.ipynb", notebook(answer="oldest")),
        ("onestudent_1_72_mine-1.ipynb", notebook(answer="older")),
    ]
    report = course.collect(course.zip(entries), "canvas", rc=0)
    assert "# newest" in course.handed_in()[f"1/{LESSON}/{FILE}"]
    assert sum("earlier version" in note for note in report["submissions"][0]["notes"]) == 2
    assert [path.rsplit("/", 1)[1] for path in course.kept()] == [entries[1][0], entries[2][0]]


@pytest.mark.parametrize("names", [("a.ipynb", "a (2).ipynb"), ("a_v1.ipynb", "a_v2.ipynb"), ("a.ipynb", "b.ipynb")])
def test_numbers_in_names_tell_which_is_newest(course, names):
    entries = [(moodle("Student One", 7, name), notebook(answer=f"number {at}")) for at, name in enumerate(names)]
    course.collect(course.zip(entries), "moodle", rc=0)
    assert "# number 1" in course.handed_in()[f"Student_One/{LESSON}/{FILE}"]


def test_an_earlier_download_does_not_undo_a_later_one(course):
    later = course.zip([(f"onestudent_1_72_{FILE}", notebook(answer="later"))], "later.zip")
    earlier = course.zip([(f"onestudent_1_71_{FILE}", notebook(answer="earlier"))], "earlier.zip")
    course.collect(later, "canvas", rc=0)
    assert states(course.collect(earlier, "canvas", rc=0)) == {("1", LESSON): "older"}
    assert "# later" in course.handed_in()[f"1/{LESSON}/{FILE}"]
    assert course.kept() == [f"older/{LESSON}/1/{FILE}"]


def test_each_notebook_finds_its_assignment(course):
    entries = [
        (moodle("Student One", 7, "a.ipynb"), notebook(LESSON)),
        (moodle("Student One", 7, "b.ipynb"), notebook(START)),
    ]
    course.collect(course.zip(entries), "moodle", rc=0)
    assert course.handed_in() == {
        f"Student_One/{LESSON}/{FILE}": notebook(LESSON),
        f"Student_One/{START}/{START}.ipynb": notebook(START),
    }


def test_the_name_does_not_mislead(course):
    course.collect(course.zip([(moodle("Student One", 7, FILE), notebook(START))]), "moodle", rc=0)
    assert list(course.handed_in()) == [f"Student_One/{START}/{START}.ipynb"]


@pytest.mark.parametrize("name", [f"{FILE}.txt", f"{FILE}.json", LESSON, "mine.json"])
def test_a_notebook_under_another_ending(course, name):
    course.collect(course.zip([(moodle("Student One", 7, name), notebook())]), "moodle", rc=0)
    assert list(course.handed_in()) == [f"Student_One/{LESSON}/{FILE}"]


def test_without_its_marks_the_lesson_call_tells(course):
    data = json.loads(notebook())
    for number, cell in enumerate(data["cells"]):
        cell["metadata"], cell["id"] = {}, f"c{number}"
    course.collect(course.zip([(moodle("Student One", 7, "x.ipynb"), json.dumps(data))]), "moodle", rc=0)
    assert list(course.handed_in()) == [f"Student_One/{LESSON}/{FILE}"]


def test_a_broken_notebook_is_collected_by_its_name(course):
    entries = [(moodle("Student One", 7), "{broken"), (moodle("Student Two", 8, "x.ipynb"), "{broken")]
    report = course.collect(course.zip(entries), "moodle", rc=1)
    assert states(report) == {("Student_One", LESSON): "new"}
    assert "is not JSON" in report["submissions"][0]["notes"][0]
    assert "is not JSON" in report["unmatched"][0]["why"]
    report = course.collect(course.zip(entries), "moodle", "--assignment", LESSON, rc=0)
    assert states(report)["Student_Two", LESSON] == "new"


def test_the_assignment_that_was_asked_for_is_not_forced_on_another_notebook(course):
    source = course.zip([(moodle("Student One", 7), notebook(START))])
    report = course.collect(source, "moodle", "--assignment", LESSON, rc=1)
    assert (report["submissions"], course.handed_in()) == ([], {})
    assert f"is {START}.ipynb of {START}, and not of {LESSON}" in report["unmatched"][0]["why"]


def test_a_group_hands_in_for_its_members(course):
    roster = course.roster("id,name,groups\ns1,Student One,Team A\ns2,Student Two,Team A; Team B\ns3,Student Three,\n")
    source = course.zip([(moodle("Team A", 77), notebook(answer="ours"))])
    report = course.collect(source, "moodle", "--roster", str(roster), rc=0)
    assert states(report) == {("s1", LESSON): "new", ("s2", LESSON): "new"}
    assert all("handed in by the group Team A" in row["notes"] for row in report["submissions"])
    assert report["missing"] == {LESSON: ["s3"]}


def test_what_belongs_to_nobody_is_kept_until_it_does(course):
    roster = course.roster("id,name\ns1,Student One\n")
    entries = [(moodle("Student One", 7), notebook()), (moodle("Student Two", 8), notebook(answer="two"))]
    report = course.collect(course.zip(entries), "moodle", "--roster", str(roster), rc=1)
    (stray,) = report["unmatched"]
    assert "comes from Student Two, who is no student" in stray["why"]
    assert "# two" in (course.folder / stray["kept"]).read_text()
    roster = course.roster("id,name\ns1,Student One\ns2,Student Two\n")
    report = course.collect(course.zip(entries), "moodle", "--roster", str(roster), rc=0)
    assert states(report) == {("s1", LESSON): "unchanged", ("s2", LESSON): "new"}
    assert course.kept() == []
    assert not (course.folder / "collected").exists()


def test_the_roster_is_remembered(course):
    roster = course.roster("id,name\ns1,Student One\n")
    source = course.zip([(moodle("Student One", 7), notebook())])
    course.collect(source, "moodle", "--roster", str(roster), rc=0)
    roster.unlink()
    assert states(course.collect(source, "moodle", rc=0)) == {("s1", LESSON): "unchanged"}


WORKSHEET = """Identifier,Full name,ID number,Status,Last modified (submission)
Participant 7,Student One,s1,Submitted for grading - 2 hours late,"Wednesday, 10 June 2026, 2:14 PM"
Participant 8,Student Two,s2,No submission,-
"""


def test_moodles_worksheet_tells_times_and_who_was_late(course):
    source = course.zip([(moodle("Student One", 7), notebook()), (moodle("Student Two", 8), notebook())])
    report = course.collect(source, "moodle", "--roster", str(course.roster(WORKSHEET)), rc=0)
    assert [(row["student"], row["late"]) for row in report["submissions"]] == [("s1", True), ("s2", False)]
    assert course.handed_in()[f"s1/{LESSON}/timestamp.txt"] == here(2026, 6, 10, 14, 14)
    assert f"s2/{LESSON}/timestamp.txt" not in course.handed_in()
    again = course.collect(source, "moodle", rc=0)  # without it, what it said of one assignment is not said again
    assert set(states(again).values()) == {"unchanged"}
    assert again["submissions"][0]["late"]
    assert again["submissions"][0]["handed_in"] == here(2026, 6, 10, 14, 14)
    assert course.record("s1")["late"]
    assert course.handed_in()[f"s1/{LESSON}/timestamp.txt"] == here(2026, 6, 10, 14, 14)


def test_the_gradebook_gets_the_roster(course):
    source = course.zip([(moodle("Student One", 7), notebook())])
    roster = course.roster("id,first name,last name,email\ns1,Student,One,\ns2,Student,Two,two@example.org\n")
    course.collect(source, "moodle", "--roster", str(roster), rc=0)
    roster = course.roster("id,name,email,canvas id\ns1,Student One,one@example.org,11\ns3,Student Three,,\n")
    course.collect(source, "moodle", "--roster", str(roster), rc=0)
    with Book(course.classroom) as book:
        assert book.students() == [
            Student("s1", "Student", "One", "one@example.org", "11"),
            Student("s2", "Student", "Two", "two@example.org"),
            Student("s3", "", "Student Three"),
        ]


def test_a_gradebook_that_cannot_be_written_stops_no_collecting(course, capsys):
    (course.folder / "gradebook.db").write_text("no database")
    source = course.zip([(moodle("Student One", 7), notebook())])
    roster = course.roster("id,name\ns1,Student One\n")
    assert main(["collect", str(course.folder), str(source), "--from", "moodle", "--roster", str(roster)]) == 1
    said = capsys.readouterr()
    assert "1 new" in said.out
    assert said.err.startswith("autograder collect: the gradebook sqlite:///")
    assert list(course.handed_in()) == [f"s1/{LESSON}/{FILE}"]


def test_who_has_handed_in_nothing_and_who_is_not_of_the_class(course):
    source = course.zip([(moodle("Student One", 7), notebook())])
    course.collect(source, "moodle", rc=0)  # before there was a roster
    roster = str(course.roster("id,name\ns1,Student One\ns2,Student Two\ns3,Student Three\n"))
    report = course.collect(source, "moodle", "--roster", roster, rc=0)
    assert report["missing"] == {LESSON: ["s2", "s3"]}
    assert report["unlisted"] == {LESSON: ["Student_One"]}
    report = course.collect(course.zip([(moodle("Student Two", 8), notebook())]), "moodle", rc=0)
    assert report["missing"] == {LESSON: ["s3"]}


def test_names_do_not_steer_the_terminal(course, capsys):
    source = course.zip([(moodle("Student One", 7), notebook()), ("\x1b]0;evil\x07\u202egpj.exe", "x")])
    assert main(["collect", str(course.folder), str(source), "--from", "moodle"]) == 1
    said = capsys.readouterr().out
    assert "\ufffd]0;evil\ufffd\ufffdgpj.exe does not have a name" in said
    assert not set(said) & set("\x1b\x07\u202e")


def test_namesakes_are_never_mixed_up(course):
    entries = [(moodle("Same Name", 7), notebook(answer="one")), (moodle("Same Name", 8), notebook(answer="other"))]
    report = course.collect(course.zip(entries), "moodle", rc=1)
    assert course.handed_in() == {}
    assert len(report["unmatched"]) == 2
    assert "a roster with their numbers tells them apart" in report["unmatched"][0]["why"]
    roster = course.roster("id,name,moodle id\na,Same Name,7\nb,Same Name,8\n")
    course.collect(course.zip(entries), "moodle", "--roster", str(roster), rc=0)
    assert "# one" in course.handed_in()[f"a/{LESSON}/{FILE}"]
    assert "# other" in course.handed_in()[f"b/{LESSON}/{FILE}"]


def test_what_comes_with_a_notebook_goes_with_it(course):
    entries = [
        (moodle("Student One", 7), notebook()),
        (moodle("Student One", 7, "data/a.csv"), "1"),
        (moodle("Student One", 7, "timestamp.txt"), "1999-01-01"),
        ("Student One_7_assignsubmission_onlinetext/onlinetext.html", "a remark"),
        (moodle("Student Two", 8, "essay.pdf"), "no notebook"),
        (moodle("Student Two", 8, "work.RAR"), "no zip"),
    ]
    report = course.collect(course.zip(entries), "moodle", rc=1)
    folder = f"Student_One/{LESSON}"
    assert course.handed_in().keys() == {
        f"{folder}/{FILE}",
        f"{folder}/data/a.csv",
        f"{folder}/onlinetext.html",
        f"{folder}/timestamp-2.txt",  # a student's word for the time is not nbgrader's
    }
    why = "comes from Student_Two with no notebook, so it cannot be placed"
    assert [stray["why"] for stray in report["unmatched"]] == [why, f"{why}; ask for a zip"]


def entry(name, *time):
    return zipfile.ZipInfo(name, time)


def test_times_that_moodle_kept_are_nbgraders(course):
    entries = [
        (entry(moodle("Student One", 7), 2026, 3, 1, 12, 0, 0), notebook()),
        (entry(moodle("Student Two", 8), 2026, 3, 2, 12, 0, 0), notebook()),
    ]
    course.collect(course.zip(entries), "moodle", rc=0)
    assert course.handed_in()[f"Student_One/{LESSON}/timestamp.txt"] == here(2026, 3, 1, 12)
    assert course.record("Student_Two")["handed_in"] == here(2026, 3, 2, 12)


@pytest.mark.parametrize("system", ["moodle", "canvas"])
def test_the_moment_of_the_download_is_no_time(course, system):
    hours = (12, 12) if system == "moodle" else (2, 12)
    names = [moodle("Student One", 7), moodle("Student Two", 8)]
    if system == "canvas":
        names = [f"onestudent_1_71_{FILE}", f"twostudent_2_72_{FILE}"]
    entries = [(entry(name, 2026, 3, 1, hour, 0, 0), notebook()) for name, hour in zip(names, hours, strict=True)]
    course.collect(course.zip(entries), system, rc=0)
    assert {path.rsplit("/", 1)[1] for path in course.handed_in()} == {FILE}


def test_another_nbgrader_course_is_collected_with_its_times(course):
    shutil.rmtree(course.folder / ".autograder")
    release = course.folder / f"release/{LESSON}/{FILE}"
    release.parent.mkdir(parents=True)
    release.write_text(notebook())
    (course.folder / ".autograder").mkdir()
    stamp = "2026-03-01 12:00:00.5 UTC"
    source = course.zip(
        [(f"submitted/one/{LESSON}/{FILE}", notebook()), (f"submitted/one/{LESSON}/timestamp.txt", stamp)]
    )
    course.collect(source, "folder", rc=0)
    assert course.handed_in()[f"one/{LESSON}/timestamp.txt"] == stamp


def test_all_that_is_hostile_at_once(course):
    link = zipfile.ZipInfo(moodle("Student Three", 9))
    link.external_attr = 0o120777 << 16
    entries = [
        (moodle("Student One", 7), notebook()),
        ("../../" + moodle("Student Two", 8), notebook()),
        (link, "/etc/passwd"),
        (moodle("Student Four", 10, "CON.png"), "x"),
        (moodle("Student Four", 10, "x" * 3000), "x"),
        (moodle("Student Four", 10, "a"), "x"),
        (moodle("Student Four", 10, "a/b"), "x"),
        (moodle("Student Four", 10), notebook()),
        (moodle("..", 11), notebook()),
    ]
    report = course.collect(course.zip(entries), "moodle", rc=1)
    assert states(report)["Student_One", LESSON] == "new"
    assert {"has a path that leads out of the zip", "is a link, and links are not followed"} == {
        stray["why"] for stray in report["unmatched"]
    }
    four = {path.split("/", 2)[2] for path in course.handed_in() if path.startswith("Student_Four/")}
    assert {FILE, "_CON.png", "a", "a_b"} < four
    assert max(map(len, four)) < 130
    inside = course.folder.resolve()
    assert all(path.resolve().is_relative_to(inside) for path in course.folder.rglob("*"))
    assert sorted(path.name for path in course.folder.parent.iterdir()) == ["class", "submissions.zip"]
    assert not list((course.folder / ".autograder").glob("new-*"))


def test_requests_that_do_not_fit(course, tmp_path):
    source = course.zip([(moodle("Student One", 7), notebook())])
    assert "neither a zip nor a folder" in course.refuses(tmp_path / "none.zip", "moodle")
    assert f"there are: {START}, {LESSON}" in course.refuses(source, "moodle", "--assignment", "none")
    assert "No such file" in course.refuses(source, "moodle", "--roster", str(tmp_path / "none.csv"))
    (tmp_path / "text.zip").write_text("x")
    assert "is no zip" in course.refuses(tmp_path / "text.zip", "moodle")
    shutil.rmtree(course.folder / ".autograder/editions")
    assert "has released nothing yet" in course.refuses(source, "moodle")
    assert course.handed_in() == {}


def test_the_table(course, capsys):
    roster = course.roster("id,name,canvas id\ns1,Student One,1\ns2,Student Two,2\n")
    source = course.zip([(f"onestudent_LATE_1_71_{FILE}", notebook()), ("stray.txt", "x")])
    assert main(["collect", str(course.folder), str(source), "--from", "canvas", "--roster", str(roster)]) == 1
    said = capsys.readouterr().out
    assert f"s1       {LESSON}  new, late\n" in said
    assert "  stray.txt does not have a name that Canvas gives" in said
    assert f"nothing for {LESSON} by 1 of the roster: s2" in said
    assert said.endswith("1 new, 1 late, 1 not collected\n")


def test_a_full_disk_is_one_sentence(course, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    source = course.zip([(moodle("Student One", 7), notebook())])
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        assert "stopped: No space left on device" in course.refuses(source, "moodle")
    assert states(course.collect(source, "moodle", rc=0)) == {("Student_One", LESSON): "new"}


def test_an_empty_zip_is_found_wanting(course):
    assert course.collect(course.zip([]), "moodle", rc=1)["submissions"] == []


def test_what_stands_in_a_backups_place_is_left(course):
    names = ["first", "second", "third"]
    for name in names:
        course.collect(course.zip([(moodle("Student One", 7), notebook(answer=name))]), "moodle", rc=0)
    backups = course.folder / f"collected/replaced/{LESSON}/Student_One"
    kept = [(backups / name / FILE).read_text() for name in sorted(os.listdir(backups))]
    assert [any(f"# {name}" in text for text in kept) for name in names] == [True, True, False]

"""A report on a class says who made which mistake, what waits for a person, and who is alike; in both languages."""

import re
import shutil
import sqlite3
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from reported_class import LESSON, UNREADABLE, Handed, make_class, record

from autograder.cli import main

EXERCISES = (
    *("seven_values", "conv1d", "convolve1d", "sobel_rows", "conv2d"),
    *("conv2d_fast", "edge_kernels", "recover_kernel", "conv_matrix"),
)
ALL = dict.fromkeys(EXERCISES, 1.0)
COPIED = """
def conv2d(x, k):
    result = np.zeros((x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1))
    for i, row in enumerate(result):
        for j, _ in enumerate(row):
            patch = x[i : i + k.shape[0], j : j + k.shape[1]]
            result[i, j] = sum(a * b for a, b in zip(patch.ravel(), k.T.ravel()))
    return result
"""
HOSTILE = '<script>alert("x")</script>'


def students():
    """Twelve who are right, eight who leave much out, five with mistakes, and one file that is damaged."""
    found = {f"s{k:02}": Handed(ALL) for k in range(12)}
    found |= {f"s{k}": Handed({"seven_values": 1.0}, seconds=3.0) for k in range(12, 20)}
    transposed = Handed({**ALL, "conv2d": 0.0}, {"conv2d": "transposed kernel"}, {"conv2d": COPIED})
    found |= {"s20": transposed, "s21": transposed}
    found["s22"] = Handed({**ALL, "conv2d": 0.5}, {"conv2d": "square only"})
    rule = {"broke": ["np.convolve"], "not_written": False}
    found["s23"] = Handed({**ALL, "conv1d": 0.0}, outcomes={"conv1d": rule}, seconds=41.5)
    wrong = {"not_written": False}
    suspicious = f"{LESSON}, cell 16 (conv1d): please look at it, it reaches into the autograder (`{HOSTILE}`)"
    lost = {"state": "lost", "not_written": False, "late": True, "reason": "the check took too long altogether"}
    late = "conv2d-check: its time was up, which may be this machine's doing; grade it again with --force"
    found[f"s24{HOSTILE.replace('/', '|')}"] = Handed(
        {**ALL, "conv2d": 0.0, "conv_matrix": 0.0},
        outcomes={"conv_matrix": wrong, "conv2d": lost},
        review=[late, suspicious],
        died=["its kernel exited (0)"],
    )
    return found | {"s25": Handed(readable=False)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("class") / "biology", students())


@pytest.fixture
def classroom(made, tmp_path):
    return shutil.copytree(made, tmp_path / "biology")


def report(folder, *options):
    options = options or ["--no-similarity"]
    assert main(["report", str(folder), *options]) == 0
    return Page((folder / "report.html").read_text(encoding="utf-8"))


class Page(HTMLParser):
    """The rows of a page's tables, by caption, and its headings."""

    def __init__(self, text):
        super().__init__()
        self.text = text
        self.tables, self.headings, self._rows = {}, [], []
        self._said = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "wbr":
            return
        self._said = "" if tag in ("caption", "th", "td", "h1", "h2", "h3") else f"{self._said} "
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])

    def handle_data(self, data):
        self._said += data

    def handle_endtag(self, tag):
        said = re.sub(r"[ \n]+", " ", self._said).strip()
        if tag == "caption":
            self.tables[said] = self._rows
        elif tag in ("th", "td"):
            self._rows[-1].append(said)
        elif tag in ("h1", "h2", "h3"):
            self.headings.append((tag, said))


@pytest.fixture(scope="module")
def english(made, tmp_path_factory):
    return report(shutil.copytree(made, tmp_path_factory.mktemp("report") / "biology"), "--jobs=1")


def rows(page, caption):
    return page.tables[caption][1:]


def by_student(page):
    return {row[0]: row for row in rows(page, "Points by student and lesson")}


def test_mistakes_are_counted_in_words(english):
    (first,) = rows(english, "Known mistakes, the most frequent first")
    others = rows(english, "Known mistakes that one student made")
    assert first[0] == f"conv2d {LESSON}"
    assert "The kernel is transposed" in first[1]
    assert first[1].endswith("Who s20 s21")
    assert first[2] == "2 (8%)"
    assert {row[2] for row in others} == {"1 (4%)"}
    assert {row[1] for row in others} >= {"Uses what this exercise asks to do without. s23"}
    assert '<ol class="top">\n<li><strong>2 of 25 students (8%)</strong>' in english.text


def test_wrong_answers_without_a_name(english):
    ((exercise, who, count),) = rows(english, "Wrong answers without a known mistake")
    assert (exercise, count) == (f"conv_matrix {LESSON}", "1 (4%)")
    assert who.startswith("s24")


def test_what_needs_a_human_eye(english):
    ((exercise, who, count),) = rows(english, "Answers that wait to be marked")
    assert (exercise, who[:19], count) == (f"why_shared {LESSON}", "25 students s00 s01", "25")
    concerns = rows(english, "Submissions that a person should look at")
    assert [row[1].split(" What the grader says ")[0] for row in concerns] == [
        *("check ran out of time", "looks like tampering", "file could not be read")
    ]
    assert concerns[2] == ["s25", f"file could not be read What the grader says {UNREADABLE}", LESSON]


def test_failures_and_time(english):
    failures = rows(english, "Kernels that ended and checks that were lost")
    assert [row[1].split(" What the grader says ")[0] for row in failures] == ["kernel ended", "check broken off"]
    assert rows(english, "The slowest notebooks")[0] == ["s23", LESSON, "41.5"]
    assert rows(english, "Seconds to run a notebook, by lesson") == [[LESSON, "25", "2", "41.5"]]


def test_scores(english):
    # 12 with 20 of 22 points, 8 with 1, 2 with 17, one with 18.5, one with 17, one with 14; one has no score
    ((name, scored, absent, mean, median, half),) = rows(english, "Scores by lesson, as shares of all points")
    assert (name, scored, absent) == (LESSON, "25", "0")
    assert mean == f"{100 * (12 * 20 + 8 + 34 + 18.5 + 17 + 14) / 25 / 22:.0f}%"
    assert (median, half) == ("84%", "5% to 91%")
    label = re.search(r'aria-label="(Students by share[^"]*)"', english.text)[1]
    assert "0 to 10 %: 8" in label
    assert "90 to 100 %: 12" in label
    assert by_student(english)["s00"][1] == "20 *"
    assert "An asterisk (*) means that the score is not final" in english.text


def test_the_hardest_exercise_comes_first(english):
    found = rows(english, "How each exercise went, and how well it separates")
    assert found[0][:2] == [f"conv2d {LESSON}", "54%"]
    right, partly, wrong, known, not_written, not_judged, waiting = map(int, found[0][3:10])
    assert (right, partly, wrong, known, not_written, not_judged, waiting) == (13, 1, 2, 3, 8, 1, 0)
    assert found[0][-1].endswith("well")
    assert (found[-1][0], found[-1][-1]) == (f"why_shared {LESSON}", "nothing to compare with")


def test_copies_are_worth_a_look(english):
    (found,) = rows(english, "Answers that are like each other")
    assert found == [f"conv2d {LESSON}", "s20 s21", "2", "100%"]


def test_what_students_wrote_is_shown_and_does_nothing(english):
    assert HOSTILE not in english.text
    assert english.text.count("<script>") == 1
    assert "&lt;script&gt;alert" in english.text


def test_headings_go_down_by_one_at_a_time(english):
    levels = [int(tag[1]) for tag, _ in english.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_same_class_gives_the_same_page(classroom, english):
    assert report(classroom, "--jobs=1").text == english.text


def test_in_french(classroom):
    (classroom / "autograder.toml").write_text('language = "fr"\n')
    page = report(classroom)
    assert '<html lang="fr">' in page.text
    assert ("h2", "Ce qu’il faut réexpliquer lundi") in page.headings
    first = rows(page, "Erreurs connues, les plus fréquentes d’abord")[0]
    assert "Le noyau est transposé" in first[1]
    assert first[2] == "2 (8\u202f%)"


def test_a_person_has_the_last_word(classroom):
    with sqlite3.connect(classroom / "gradebook.db") as database:
        database.execute(
            "update grade set manual_score = 2, needs_manual_grade = 0 where cell_id in "
            "(select id from base_cell where name = 'why_shared')"
        )
    database.close()
    page = report(classroom)
    assert "Answers that wait to be marked" not in page.tables
    assert by_student(page)["s00"][1] == "22"


def test_what_is_not_graded_is_said(classroom):
    (classroom / "submitted/late" / LESSON).mkdir(parents=True)
    (classroom / "submitted/s00" / LESSON / "notes.txt").write_text("new")
    concerns = {row[0]: row[1] for row in rows(report(classroom), "Submissions that a person should look at")}
    assert concerns["late"] == "not graded: run autograder grade"
    assert concerns["s00"] == "changed since it was graded: run autograder grade"


def test_a_regrade_counts_once(classroom):
    record(classroom, {"s20": Handed(ALL)})
    page = report(classroom)
    assert "Known mistakes, the most frequent first" not in page.tables
    transposed = [row for row in rows(page, "Known mistakes that one student made") if "transposed" in row[1]]
    assert [row[1].split()[-1] for row in transposed] == ["s21"]


def test_without_comparison(classroom, monkeypatch, capsys):
    assert "Answers were not compared." in report(classroom, "--no-similarity").text
    monkeypatch.setattr("autograder.reports.report.LIBRARY", "no_such_library")
    assert "Answers were not compared." in report(classroom, "--jobs=1").text
    assert "no_such_library is not installed" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(classroom, capsys):
    (classroom / "taken").write_text("")
    assert main(["report", str(classroom), "--output", str(classroom / "taken/report.html")]) == 2
    assert "cannot be written: " in capsys.readouterr().err


def test_an_assignment_that_is_not_there(classroom, capsys):
    assert main(["report", str(classroom), "99_nothing"]) == 2
    assert f"there is no assignment 99_nothing; there are: {LESSON}" in capsys.readouterr().err

"""The sample class is always the same, has one of each kind, and what its students wrote is what was meant."""

import copy
from random import Random

import nbformat
import numpy as np
import pytest
from graded_class import ROOT, Class, make_course

from autograder.cli import main
from autograder.demo import students
from autograder.demo.students import KINDS, sheet
from autograder.demo.written import NotWritten, as_written
from autograder.lessons.course import load_course
from autograder.proving.declared import exercises_of
from cnnlib import correlate2d


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return load_course(make_course(tmp_path_factory.mktemp("course")))


@pytest.mark.sandbox
def test_a_small_class(course, tmp_path, capsys):
    folder = tmp_path / "class"
    command = ["demo", str(folder), "--students", "6", "--lessons", "00", "--course", str(course.folder)]
    assert main(command) == 0
    said = capsys.readouterr().out
    for what in KINDS:
        assert said.count(what) == 1
    assert f"gradebook   {folder}/gradebook.db" in said
    results = {f"student0{number}": Class(folder).result(f"student0{number}") for number in range(1, 7)}
    assert {name: result["score"] for name, result in results.items() if result["score"]} == {"student01": 1}
    odd = {name: result["state"] for name, result in results.items() if result["state"] != "graded"}
    assert odd == {"student04": "could not be read", "student06": "needs a human eye"}
    (sentence,) = results["student06"]["notes"]
    assert sentence.endswith("(double): please look at it, it gives `check` a meaning of its own")
    (hung,) = results["student05"]["notebooks"][0]["cells"]
    assert "is there a loop that never ends?" in hung["outcome"]["wrong"]
    assert main(command) == 0
    assert "(6 unchanged)" in capsys.readouterr().out


def test_a_real_class_gets_no_made_up_students(tmp_path, capsys):
    (tmp_path / "submitted/somebody").mkdir(parents=True)
    assert main(["demo", str(tmp_path)]) == 2
    assert "is a class of somebody else (somebody has handed in)" in capsys.readouterr().err
    assert main(["demo", str(tmp_path / "new"), "--students", "0"]) == 2
    assert "--students must be at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_same_student_hands_in_the_same(course, kind):
    (lesson,) = course.select(["00"])
    given = sheet(course, lesson, "fr")
    assert kind(given, Random("one")) == kind(given, Random("one"))


def test_who_errs_makes_each_of_the_known_mistakes(course):
    (lesson,) = course.select(["00"])
    given = sheet(course, lesson, "en")
    (exercise,) = exercises_of(course, lesson).values()
    assert len(given.mistakes["double"]) == len(exercise.mistakes)
    handed_in = {students.errs(given, Random(number)) for number in range(60)}
    answers = {_answer(text) for text in handed_in}
    assert answers == {given.solutions["double"], *given.mistakes["double"], _answer(given.filled_in({}))}


def _answer(text):
    notebook = nbformat.reads(text, as_version=4)
    return next(cell.source for cell in notebook.cells if cell.id == "double")


@pytest.mark.parametrize("lesson", ["00_start", "01_convolution"])
def test_a_mistake_written_out_is_that_mistake(lesson):
    course = load_course(ROOT)
    (lesson,) = course.select([lesson])
    plane, kernel = np.arange(36.0).reshape(6, 6), np.arange(9.0).reshape(3, 3)
    arguments = {
        "double": (plane[0],),
        "conv1d": (plane[0], kernel[0]),
        "convolve1d": (plane[0], kernel[0]),
        "conv2d": (plane, kernel),
        "conv2d_fast": (plane, kernel),
        "conv_matrix": (kernel[0], 6),
        "edge_kernels": (),
        "recover_kernel": (lambda image: correlate2d(image, kernel), kernel.shape),
    }
    tried = 0
    for name, exercise in exercises_of(course, lesson).items():
        for mistake in exercise.mistakes:
            (meant,) = mistake.objects
            try:
                source = as_written(mistake.objects, [name])
            except NotWritten:
                continue
            namespace = {}
            exec(source, namespace)  # noqa: S102  # the course's own source
            written = namespace[name]
            if name in arguments:
                written, meant = (function(*copy.deepcopy(arguments[name])) for function in (written, meant))
            np.testing.assert_equal(written, meant)
            tried += 1
    assert tried >= 4


def test_what_no_source_makes_is_refused():
    with pytest.raises(NotWritten, match="twice"):
        as_written([lambda x: 2 * x], ["twice"])

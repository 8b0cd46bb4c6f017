"""What a person at the command line sees: one clear sentence, and an exit status scripts can use."""

import subprocess
import sys

import pytest

from autograder.cli import main

REFUSED = {
    "an unknown lesson": (["build", "01_dubling"], "there is no lesson '01_dubling'; did you mean 01_doubling?"),
    "a far-off lesson": (
        ["translate", "99"],
        "there is no lesson '99'; the lessons are 01_doubling, 02_tripling, 03_lat",
    ),
    "an unwritten lesson": (["build", "03"], "lesson 03_later is not written yet: solutions/03_later.py is missing"),
}


@pytest.mark.parametrize(("arguments", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_does_not_fit_is_one_sentence(tiny, arguments, told, capsys):
    assert main([*arguments, "--course", str(tiny.folder)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"autograder {arguments[0]}: {told}")
    assert said.err.count("\n") == 1


def test_a_folder_without_a_course(tmp_path, capsys):
    assert main(["build", "--course", str(tmp_path)]) == 2
    assert "holds no course: solutions/course.toml is missing" in capsys.readouterr().err


COURSES = {
    "broken": ("languages = [", "course.toml: "),
    "a field of the course": ('checks = "tiny_check"\n', "the course lacks checks"),
    "a language without words": ('"fr"]', "languages has xx; en, fr fit"),
    "a missing field": ("minutes = 5\n", "lesson 01_doubling lacks minutes"),
    "an unknown field": ("version = 2", "lesson 01_doubling has the unknown points"),
    "a missing translation": (', fr = "Doubler"', "title {'en': 'Doubling'} lacks fr"),
    "two of an id": ('"02_tripling"', "the ids of the lessons are not in order, each once"),
}


@pytest.mark.parametrize(("kind", "told"), [(kind, told) for kind, (_, told) in COURSES.items()], ids=COURSES.keys())
def test_a_course_that_does_not_fit(tiny, kind, told, capsys):
    path = tiny.folder / "solutions" / "course.toml"
    text, part = path.read_text(encoding="utf-8"), COURSES[kind][0]
    changed = {
        "a language without words": text.replace(part, '"xx"]'),
        "broken": part,
        "an unknown field": text.replace(part, "version = 2\npoints = 3"),
        "two of an id": text.replace(part, '"01_doubling"'),
    }
    path.write_text(changed.get(kind, text.replace(part, "", 1)), encoding="utf-8")
    assert main(["build", "--check", "--course", str(tiny.folder)]) == 2
    assert told in capsys.readouterr().err


def test_a_source_that_is_not_listed(tiny, capsys):
    (tiny.folder / "solutions" / "09_extra.py").touch()
    assert main(["build", "--course", str(tiny.folder)]) == 2
    assert "09_extra.py is not a lesson of solutions/course.toml" in capsys.readouterr().err


def test_a_fault_in_a_source_names_file_and_line(tiny, capsys):
    path = tiny.source(tiny.lessons[1])
    path.write_text(path.read_text(encoding="utf-8").replace(" points=1.5", ""), encoding="utf-8")
    assert main(["translate", "--course", str(tiny.folder)]) == 2
    assert '02_tripling.py:8: exercise="thrice" has no points' in capsys.readouterr().err


def test_translations_that_are_complete_pass(tiny, capsys):
    before = {path: path.read_bytes() for path in tiny.folder.rglob("*.po")}
    assert len(before) == 2
    assert main(["translate", "--check", "--course", str(tiny.folder)]) == 0
    assert main(["translate", "--course", str(tiny.folder)]) == 0
    assert capsys.readouterr().out == ""
    assert {path: path.read_bytes() for path in before} == before


def test_a_missing_translation_fails_the_check_and_writes_nothing(tiny, capsys):
    source, catalogue = tiny.source(tiny.lessons[1]), tiny.catalogue(tiny.lessons[1], "fr")
    source.write_text(source.read_text(encoding="utf-8") + "# A new comment.\n", encoding="utf-8")
    before = catalogue.read_bytes()
    assert main(["translate", "02", "--check", "--course", str(tiny.folder)]) == 1
    assert "02_tripling.py:18: fr: missing: A new comment." in capsys.readouterr().out
    assert catalogue.read_bytes() == before
    assert main(["translate", "02", "--course", str(tiny.folder)]) == 0
    assert 'msgid "A new comment."' in catalogue.read_text(encoding="utf-8")


def test_a_new_lesson_gets_a_catalogue(tiny):
    catalogue = tiny.catalogue(tiny.lessons[1], "fr")
    catalogue.unlink()
    assert main(["translate", "--check", "--course", str(tiny.folder)]) == 1
    assert main(["translate", "--course", str(tiny.folder)]) == 0
    assert 'msgid "Tripling"\nmsgstr ""' in catalogue.read_text(encoding="utf-8")


def test_help_lists_the_commands_without_importing_any():
    code = "import sys, autograder.cli as cli\ntry: cli.main(['--help'])\nfinally: assert 'jupytext' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "build" in done.stdout
    assert "translate" in done.stdout


def test_an_unknown_command_exits_with_two(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["bild"])
    assert "bild" in capsys.readouterr().err

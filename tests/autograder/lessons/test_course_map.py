"""The map of a course: in a README between its markers, and what it says of each lesson."""

import pytest

from autograder.cli import main
from autograder.lessons.course_map import course_map

README = "# Title\n\n<!-- map -->\n{}<!-- /map -->\n\nThe end.\n"


@pytest.fixture
def readme(tiny):
    path = tiny.folder / "README.md"
    path.write_text(README.format("what stood here before\n"), encoding="utf-8")
    return path


def map_readme(tiny, *arguments):
    return main(["map", str(tiny.folder / "README.md"), *arguments, "--course", str(tiny.folder)])


def test_the_map_lists_every_lesson_and_their_time_together(tiny):
    assert course_map(tiny, "en").splitlines() == [
        "|  | Lesson | What it is about | Minutes |",
        "| --: | :-- | :-- | --: |",
        "| 01 | Doubling | What doubling is. | 5 |",
        "| 02 | Tripling | What tripling is. | 5 |",
        "| 03 | Later | What comes later. *Not\u00a0written\u00a0yet.* | 65 |",
        "|  | **In all** |  | **1\u00a0h\u00a015\u00a0min** |",
    ]


def test_the_map_is_in_the_language_with_its_spaces(tiny):
    assert (
        "| 03 | Plus tard | Et après\u202f? *Pas\u00a0encore\u00a0écrite.* | 65 |"
        in course_map(tiny, "fr").splitlines()
    )


def test_only_written_lessons_are_linked_and_from_where_the_map_stands(tiny):
    (tiny.folder / "docs").mkdir()
    rows = course_map(tiny, "fr", linked_from=tiny.folder / "docs").splitlines()[2:5]
    assert rows[0].startswith(
        "| 01 | [Doubler](../notebooks/fr/01_doubling.ipynb) · [en](../notebooks/en/01_doubling.ipynb) | "
    )
    assert "](" not in rows[2]


def test_a_readme_is_mapped_once_and_keeps_the_rest(tiny, readme, capsys):
    assert map_readme(tiny) == 0
    assert capsys.readouterr().out == f"wrote the map in {readme}\n"
    mapped = readme.read_text(encoding="utf-8")
    assert mapped == README.format(course_map(tiny, "en", linked_from=readme.parent) + "\n")
    assert map_readme(tiny) == map_readme(tiny, "--check") == 0
    assert capsys.readouterr().out == ""
    assert readme.read_text(encoding="utf-8") == mapped


def test_a_stale_map_fails_the_check_and_names_the_remedy(tiny, readme, capsys):
    before = readme.read_bytes()
    assert map_readme(tiny, "--check") == 1
    assert capsys.readouterr().out == f"the map in {readme} is stale: run autograder map {readme}\n"
    assert readme.read_bytes() == before


def test_an_empty_place_is_filled(tiny, readme):
    readme.write_text(README.format(""), encoding="utf-8")
    assert map_readme(tiny) == map_readme(tiny, "--check") == 0


REFUSED = {"no place": "# Title\n", "an open place": "<!-- map -->\n", "two places": 2 * README.format("")}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_file_without_one_place_for_the_map(tiny, readme, text, capsys):
    readme.write_text(text, encoding="utf-8")
    assert map_readme(tiny) == 2
    assert f"{text.count('<!-- /map -->')} places for the map; write the lines <!-- map -->" in capsys.readouterr().err
    assert readme.read_text(encoding="utf-8") == text


def test_a_file_that_is_not_there(tiny, capsys):
    assert map_readme(tiny) == 2
    assert "README.md cannot be read: No such file or directory" in capsys.readouterr().err

"""Every sentence in both languages, with the same places to fill and the spaces that French asks for."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import autograder.checking
from autograder.checking.caller import ERRORS
from autograder.checking.words import WORDS, Text, say, spaced

SOURCES = [path.read_text(encoding="utf-8") for path in Path(autograder.checking.__file__).parent.glob("*.py")]


def places(sentence):
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name)


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_fill_the_same_places(key):
    english, french = WORDS[key]
    assert places(english) == places(french)


@pytest.mark.parametrize("key", WORDS)
def test_french_has_a_no_break_space_before_its_high_marks(key):
    french = say(key, "fr", **dict.fromkeys(places(WORDS[key][1]), 1))
    assert not re.search(r"[ \w][;!?]", french)
    assert not re.search(r" :|« | »", french)
    assert "'" not in french


def test_each_mark_has_its_space():
    assert spaced("quoi ? non ; « oui » : si !") == "quoi\u202f? non\u202f; «\xa0oui\xa0»\xa0: si\u202f!"
    assert Text("what?", "quoi ?").in_language("fr") == "quoi\u202f?"
    assert Text("what?", "quoi ?").in_language("en") == "what?"


def kinds_of_differences():
    """What the sources give as a Difference's first argument, wherever it is written out."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Difference":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant):
                        yield part.value


def test_every_way_to_differ_and_to_fail_has_its_sentence():
    kinds = set(kinds_of_differences())
    assert {"shape", "type", "none", "changed", "shares", "raised"} <= kinds
    assert kinds | set(ERRORS) | {"nan", "value", "too slow", "unusable"} <= WORDS.keys()

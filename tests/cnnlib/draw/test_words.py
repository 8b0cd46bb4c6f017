"""The words in pictures: complete in every language."""

import re

import pytest

from cnnlib import draw
from cnnlib.draw.words import LANGUAGES, TERMS, WORDS, say, term


@pytest.mark.parametrize("key", WORDS)
def test_every_word_is_there_in_each_language_with_the_same_places(key):
    places = {code: sorted(re.findall(r"\{(\w+)\}", WORDS[key][code])) for code in LANGUAGES}
    assert places["en"] == places["fr"]
    assert all(WORDS[key].values())


def test_speaks_the_language_chosen():
    assert say("expected") == "expected"
    draw.language("fr")
    assert say("expected") == "attendu"


@pytest.mark.parametrize("word", TERMS)
def test_a_term_is_given_in_english_and_known_in_each_language(word):
    assert set(TERMS[word]) == set(LANGUAGES)
    assert term(word) == word
    draw.language("fr")
    assert term(word) == TERMS[word]["fr"] != ""


def test_what_is_no_term_stands_as_it_is():
    draw.language("fr")
    assert [term(word) for word in ("f(x)", "relu", "")] == ["f(x)", "relu", ""]


def test_refuses_a_language_it_does_not_speak():
    with pytest.raises(ValueError, match=r"draw\.language: code is 'de'; \"en\" or \"fr\" fits"):
        draw.language("de")

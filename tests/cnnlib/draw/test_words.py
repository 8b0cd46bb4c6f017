"""The words in pictures: complete in every language."""

import re

import pytest

from cnnlib import draw
from cnnlib.draw.words import LANGUAGES, WORDS, say


@pytest.mark.parametrize("key", WORDS)
def test_every_word_is_there_in_each_language_with_the_same_places(key):
    places = {code: sorted(re.findall(r"\{(\w+)\}", WORDS[key][code])) for code in LANGUAGES}
    assert places["en"] == places["fr"]
    assert all(WORDS[key].values())


def test_speaks_the_language_chosen():
    assert say("expected") == "expected"
    draw.language("fr")
    assert say("expected") == "attendu"


def test_refuses_a_language_it_does_not_speak():
    with pytest.raises(ValueError, match=r"draw\.language: code is 'de'; \"en\" or \"fr\" fits"):
        draw.language("de")

"""Panels of bars: a bar for each name, on one scale."""

import pytest

from cnnlib import draw

PANELS = {"one": {"not good": 2.0, "bad": 4.0}, "plain": {"very long words here": 0.0}}


def written(picture):
    return [text.get_text() for text in picture.texts]


def shares(picture):
    """How much of its row each bar fills."""
    return [axes.patches[0].get_width() for axes in picture.axes]


def test_every_bar_has_its_name_its_number_and_its_length():
    picture = draw.bars(PANELS)
    assert shares(picture) == [0.5, 1.0, 0.0]
    assert written(picture) == ["one", "not good", "2", "bad", "4", "plain", "very long words here", "0"]


def test_reach_is_the_number_at_which_bars_end():
    assert shares(draw.bars(PANELS, reach=8)) == [0.25, 0.5, 0.0]
    assert shares(draw.bars({"nothing": {"a": 0}})) == [0.0]


def test_names_speak_the_language_and_the_alternative_text_tells_each_number():
    draw.language("fr")
    picture = draw.bars({"bag of words": {"plain": 71.25}}, digits=3)
    assert written(picture) == ["sac de mots", "simple", "71.2"]
    assert picture.alt == "Barres. sac de mots : simple 71.2."


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.bars({}), r"draw\.bars: panels is empty; one or more fit"),
        (lambda: draw.bars({"x": {"a": -1}}), r"draw\.bars: a is -1; 0 or more fits"),
        (lambda: draw.bars(PANELS, reach=3), r"draw\.bars: reach is 3; 4\.0 or more fits"),
        (lambda: draw.bars({"x": {"a": 0}}, reach=0), r"draw\.bars: reach is 0; a number above 0 fits"),
        (
            lambda: draw.bars({"x": {"a" * 99: 1}}),
            r"draw\.bars: names of 99 letters leave no room for bars in 1 columns",
        ),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

"""Heat maps: shades in their places, names, dots, and the end of the scale."""

import numpy as np
import pytest

from cnnlib import draw

TABLE = np.array([[0.0, -1, -2], [0, 1, 200]])
NAMES = {"rows": ["a", "b"], "columns": ["0", "1", "2"]}


def table_of(picture):
    return picture.axes[0]


def ticks(labels):
    return [label.get_text() for label in labels]


def test_every_value_has_its_place_and_name():
    axes = table_of(draw.heatmap(TABLE, **NAMES))
    np.testing.assert_array_equal(axes.images[0].get_array(), TABLE)
    assert ticks(axes.get_yticklabels()) == ["a", "b"]
    assert ticks(axes.get_xticklabels()) == ["0", "1", "2"]


def test_zero_is_in_the_middle_of_the_shades_and_reach_ends_them():
    for reach, end in ((None, 200), (6, 6)):
        picture = draw.heatmap(TABLE, **NAMES, reach=reach)
        assert table_of(picture).images[0].get_clim() == (-end, end)
        assert ticks(picture.axes[1].get_xticklabels()) == [f"−{end}", "0", f"{end}"]


def test_marked_values_get_a_dot():
    (dots,) = table_of(draw.heatmap(TABLE, **NAMES, marked=np.abs(TABLE) == 1)).lines
    assert list(zip(*dots.get_data(), strict=True)) == [(1, 0), (1, 1)]
    assert not table_of(draw.heatmap(TABLE, **NAMES)).lines


def test_many_columns_are_named_now_and_then():
    axes = table_of(draw.heatmap(np.zeros((1, 50)), rows=["x"], columns=[str(i) for i in range(50)]))
    assert ticks(axes.get_xticklabels())[:3] == ["0", "4", "8"]


def test_what_is_no_number_or_infinite_lies_at_the_ends():
    shown = table_of(draw.heatmap([[np.inf, -np.inf, np.nan]], rows=["x"], columns=list("abc"), reach=3))
    np.testing.assert_array_equal(shown.images[0].get_array(), [[3, -3, 3]])


def test_names_speak_the_language_and_the_alternative_text_tells_each_row():
    draw.language("fr")
    picture = draw.heatmap(TABLE, **NAMES, across="layer", down="σ", scale="log₁₀")
    assert {"couche", "σ", "log₁₀"} <= {text.get_text() for text in picture.texts}
    assert picture.alt == "Carte de chaleur. De la colonne 0 à la colonne 2 : a, de 0 à −2; b, de 0 à 200."


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.heatmap([1.0], rows=["x"], columns=["0"]), r"draw\.heatmap: values has 1 axes but 2 fit"),
        (lambda: draw.heatmap(np.zeros((0, 2)), rows=[], columns=["0", "1"]), r"draw\.heatmap: values is empty"),
        (lambda: draw.heatmap(TABLE, rows=["x"], columns=["0"]), r"rows has 1 names but values has 2 rows"),
        (lambda: draw.heatmap(TABLE, rows=["x", "y"], columns=["0"]), r"columns has 1 names but values has 3 columns"),
        (lambda: draw.heatmap(TABLE, **NAMES, marked=[True]), r"marked has shape \(1,\) but values has \(2, 3\)"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

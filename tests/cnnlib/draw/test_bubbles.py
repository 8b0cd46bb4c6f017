"""Discs by three values, with names that can be read."""

from itertools import combinations

import pytest

from cnnlib import draw

NETWORKS = {"alexnet": (0.71, 56.5, 61.1), "resnet18": (1.81, 69.8, 11.7), "vgg16": (15.5, 71.6, 138.4)}
CROWD = {f"network {i}": (1 + i / 50, 70 + i / 50, 5.0) for i in range(5)}


def discs(picture):
    (axes,) = picture.axes
    return axes.collections


def test_a_disc_for_each_name_where_its_values_are():
    picture = draw.bubbles(NETWORKS, across="cost", up="accuracy", area="parameters")
    assert [tuple(disc.get_offsets()[0]) for disc in discs(picture)] == [(x, y) for x, y, _ in NETWORKS.values()]
    assert [text.get_text() for text in picture.texts][:5] == [*NETWORKS, "cost", "accuracy"]
    assert picture.axes[0].get_xscale() == "log"
    assert picture.alt == (
        "Discs (cost, accuracy, parameters): alexnet (0.71, 56.5, 61.1); resnet18 (1.81, 69.8, 11.7); "
        "vgg16 (15.5, 71.6, 138)."
    )


def test_areas_go_with_the_third_value_as_long_as_they_can_be_seen():
    small, large, tiny = (
        disc.get_sizes()[0] for disc in discs(draw.bubbles({"a": (1, 1, 10), "b": (2, 2, 40), "c": (3, 3, 1e-6)}))
    )
    assert large / small == pytest.approx(4)
    assert tiny > 40


@pytest.mark.parametrize("values", [NETWORKS, CROWD], ids=["networks", "crowd"])
def test_names_keep_off_one_another(values):
    picture = draw.bubbles(values)
    picture.draw_without_rendering()
    boxes = [text.get_window_extent() for text in picture.texts if text.get_text() in values]
    assert len(boxes) == len(values)
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_ticks_are_round_numbers():
    (axes,) = draw.bubbles(NETWORKS).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.5", "1", "2", "5", "10", "20"]
    (axes,) = draw.bubbles({"a": (1, 0, 1), "b": (1e6, 1, 1)}).axes
    assert [text.get_text() for text in axes.get_xticklabels()][1:3] == ["10", "100"]


def test_speaks_french():
    draw.language("fr")
    picture = draw.bubbles(NETWORKS, up="accuracy", area="variance")
    assert [text.get_text() for text in picture.texts][-2:] == ["exactitude", "aire : variance"]


@pytest.mark.parametrize(
    ("discs", "message"),
    [
        ({}, r"draw\.bubbles: discs is empty; one or more fit"),
        ({"a": (0, 1, 1)}, r"draw\.bubbles: a is at 0 with 1; numbers above 0 fit on a logarithmic axis and a disc"),
        ({"a": (1, 1, 0)}, r"draw\.bubbles: a is at 1 with 0; numbers above 0 fit"),
        ({"a": (1, float("nan"), 1)}, r"draw\.bubbles: a is nan; a finite number fits"),
    ],
)
def test_refuses_in_the_one_wording(discs, message):
    with pytest.raises(ValueError, match=message):
        draw.bubbles(discs)

"""Volumes as boxes."""

import numpy as np
import pytest
from matplotlib.patches import Polygon

from cnnlib import draw

CHAIN = [(3, 32, 32), (8, 28, 14), (32, 24, 24)]


def boxes(picture):
    """The corners of each box: front, top and side."""
    (axes,) = picture.axes
    faces = [patch.get_xy()[:-1] for patch in axes.patches if isinstance(patch, Polygon)]
    return [faces[i : i + 3] for i in range(0, len(faces), 3)]


def test_each_volume_has_a_box_and_its_shape_in_words():
    picture = draw.volumes(CHAIN, between=["a", "b"])
    assert len(boxes(picture)) == 3
    assert [text.get_text() for text in picture.texts] == ["3×32×32", "a", "8×28×14", "b", "32×24×24"]
    assert picture.alt == "Volumes, channels first: 3×32×32 → a, 8×28×14 → b, 32×24×24"


def test_boxes_grow_with_each_of_the_three_sizes():
    first, second, third = (np.concatenate(box) for box in boxes(draw.volumes(CHAIN)))
    thick, high = ([np.ptp(box[0][:, axis]) for box in boxes(draw.volumes(CHAIN))] for axis in (0, 1))
    back = [np.ptp(box[2][:, 0]) for box in boxes(draw.volumes(CHAIN))]
    assert thick == sorted(thick)
    assert high == sorted(high, reverse=True)
    assert back[1] < back[2] < back[0]
    assert first[:, 0].max() < second[:, 0].min()
    assert second[:, 0].max() < third[:, 0].min()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.volumes([]), r"draw\.volumes: shapes is empty; one or more fit"),
        (lambda: draw.volumes([(3, 4)]), r"draw\.volumes: shape 0 is \(3, 4\); \(C, H, W\) fits"),
        (lambda: draw.volumes([(3, 4, 0)]), r"draw\.volumes: shape 0 is 0; 1 or more fits"),
        (lambda: draw.volumes(CHAIN, between=["a"]), r"draw\.volumes: between has 1 entries but there are 2 arrows"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

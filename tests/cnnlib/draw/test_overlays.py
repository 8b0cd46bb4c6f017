"""Boxes, masks and points over images."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from cnnlib import draw
from cnnlib.data import BONES, KINDS, draw_figures, draw_shapes

IMAGE = np.linspace(0, 1, 80).reshape(8, 10)
MASK = np.zeros((8, 10), dtype=int)
MASK[1:4, 2:5], MASK[5:7, 6:9] = 1, 2


def written(axes):
    return [text.get_text() for text in axes.texts]


def outlines(axes, style):
    """Where lines of this style run, as the least and greatest x and y of each."""
    lines = [line.get_xydata() for line in axes.lines if line.get_linestyle() == style and line.get_linewidth() < 2]
    return [(*line.min(axis=0), *line.max(axis=0)) for line in lines]


def test_boxes_count_from_the_corner_and_pixels_are_drawn_around_their_middles():
    picture = draw.with_boxes([IMAGE], [[[2, 1, 5, 4]]], labels=[["ring"]], true=[[[6, 5, 9, 7]]])
    (axes,) = picture.axes
    assert outlines(axes, "-") == [(1.5, 0.5, 4.5, 3.5)]
    assert outlines(axes, "--") == [(5.5, 4.5, 8.5, 6.5)]
    assert written(axes) == ["ring"]
    assert axes.get_xlim() == (-0.5, 9.5)
    assert axes.get_ylim() == (7.5, -0.5)


def test_names_are_in_the_language_of_the_lesson():
    draw.language("fr")
    picture = draw.with_boxes([IMAGE], [[[2, 1, 5, 4]]], labels=[["ring"]])
    assert written(picture.axes[0]) == ["anneau"]
    assert draw.with_masks([IMAGE], [MASK], ["circle", "ring"]).alt.endswith("masques : 1. cercle, anneau")


def test_the_alternative_text_says_what_stands_for_what():
    assert draw.with_boxes([IMAGE, IMAGE], [[], [[0, 0, 1, 1]]]).alt == "Images with boxes: 2"
    assert draw.with_boxes([IMAGE], [[]], true=[[]]).alt == "Images with boxes, the true ones dashed: 1"
    assert draw.with_points([IMAGE], [[[1, 1]]]).alt == "Images with points: 1"


def test_masks_are_outlined_in_dashes_of_their_own_and_named_at_their_largest_piece():
    mask = MASK.copy()
    mask[7, 0] = 1  # a smaller piece of the first class
    picture = draw.with_masks([IMAGE], [mask], ["circle", "ring"])
    (axes,) = picture.axes
    assert written(axes) == ["circle", "ring"]
    assert axes.texts[0].get_position() == (1.5, 0.5)
    light = [lines for lines in axes.collections if lines.get_linewidth()[0] < 2]
    assert [lines.get_linestyle()[0][1] is None for lines in light] == [True, False]
    (first, second) = (lines.get_paths()[0].get_extents().extents for lines in light)
    assert second.tolist() == [5.5, 4.5, 8.5, 6.5]
    assert first[0] == -0.5  # the outline is closed where the image ends
    assert picture.alt == "Images with the borders of their masks: 1. circle, ring"


def test_points_are_discs_true_ones_crosses_and_bones_lines():
    points, true = np.array([[1.0, 2.0], [4.0, 5.0]]), np.array([[1.5, 2.0], [4.0, 6.0]])
    (axes,) = draw.with_points([IMAGE], [points], bones=[(0, 1)], true=[true]).axes
    bone, discs, halo, crosses = axes.lines
    np.testing.assert_array_equal(bone.get_xydata(), points)
    np.testing.assert_array_equal(discs.get_xydata(), points)
    assert (discs.get_marker(), halo.get_marker(), crosses.get_marker()) == ("o", "x", "x")
    np.testing.assert_array_equal(crosses.get_xydata(), true)


def test_nothing_speaks_by_colour():
    scenes, figures = draw_shapes(2, rng=np.random.default_rng(0)), draw_figures(2, rng=np.random.default_rng(0))
    names = [[KINDS[label] for label in labels] for labels in scenes.labels]
    for picture in (
        draw.with_boxes(scenes.images[:, 0], scenes.boxes, labels=names, true=scenes.boxes),
        draw.with_masks(scenes.images[:, 0], (scenes.masks > 0).astype(int), ["circle"]),
        draw.with_points(figures.images[:, 0], figures.points, bones=BONES, true=figures.points),
    ):
        pixels = imread(io.BytesIO(picture.png()))[..., :3]
        assert np.ptp(pixels, axis=2).max() < 0.02  # the paper itself is a little warm


def test_inputs_are_left_alone():
    images, boxes = np.asfortranarray([IMAGE]), np.array([[[2.0, 1, 5, 4]]])
    before = images.copy(), boxes.copy()
    draw.with_boxes(images, boxes).png()
    draw.with_masks(images, [MASK], ["circle", "ring"]).png()
    draw.with_points(images, boxes[:, 0].reshape(1, 2, 2)).png()
    np.testing.assert_array_equal(images, before[0])
    np.testing.assert_array_equal(boxes, before[1])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.with_boxes([IMAGE], []), r"with_boxes: boxes has 0 entries but there are 1 images"),
        (lambda: draw.with_boxes([IMAGE], [[]], true=[[], []]), r"with_boxes: true has 2 entries but there are 1"),
        (
            lambda: draw.with_boxes([IMAGE], [[[0, 0, 1, 1]]], labels=[["ring", "ring"]]),
            r"with_boxes: labels has 2 names but there are 1 boxes",
        ),
        (lambda: draw.with_masks([IMAGE], [MASK], []), r"with_masks: names has 0 entries; 1 to 4 fit"),
        (lambda: draw.with_points([IMAGE, IMAGE], [[[0, 0]]]), r"with_points: points has 1 entries but there are 2"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=rf"draw\.{message}"):
        make()

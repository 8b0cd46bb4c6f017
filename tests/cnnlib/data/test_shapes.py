import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from cnnlib.data import KINDS, ORIENTATIONS, draw_edges, draw_shapes


def each_shape(scenes):
    """For each shape of each image: the pixels where it is seen, its box, its label, and the image's mask."""
    for seen, mask, boxes, labels in zip(scenes.objects, scenes.masks, scenes.boxes, scenes.labels, strict=True):
        for j, (box, label) in enumerate(zip(boxes, labels, strict=True)):
            yield seen == j + 1, box, label, mask


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(28, 40),
    most=st.integers(1, 3),
    arrangement=st.sampled_from(["apart", "touching", "overlapping"]),
)
def test_masks_boxes_and_labels_agree(seed, size, most, arrangement):
    rng = np.random.default_rng(seed)
    scenes = draw_shapes(4, rng=rng, size=size, count=(1, most), arrangement=arrangement)
    assert scenes.images.shape == (4, 1, size, size)
    assert scenes.images.dtype == np.float32
    assert scenes.masks.dtype == scenes.objects.dtype == np.int64
    assert ((scenes.masks > 0) == (scenes.objects > 0)).all()
    for image_objects, labels in zip(scenes.objects, scenes.labels, strict=True):
        assert 1 <= len(labels) <= most
        assert set(np.unique(image_objects)) - {0} == set(range(1, len(labels) + 1))
    for pixels, box, label, mask in each_shape(scenes):
        rows, columns = np.nonzero(pixels)
        assert tuple(box) == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert (mask[pixels] == label + 1).all()


def neighbours(scenes):
    """For each image with several shapes: whether each shape has another right beside it."""
    for seen, labels in zip(scenes.objects, scenes.labels, strict=True):
        for j in range(1, len(labels) + 1):
            around = ndimage.binary_dilation(seen == j, np.ones((3, 3)))
            yield bool(set(np.unique(seen[around])) - {0, j})


def test_shapes_lie_apart_or_touch_as_asked():
    options = {"count": (2, 3), "radius": (4.0, 5.0)}
    apart = draw_shapes(40, rng=np.random.default_rng(0), arrangement="apart", **options)
    touching = draw_shapes(40, rng=np.random.default_rng(0), arrangement="touching", **options)
    assert not any(neighbours(apart))
    assert all(neighbours(touching))


def test_what_is_overlapped_stays_half_seen():
    circles = {"kinds": ["circle"], "radius": (6.0, 6.0)}
    whole = draw_shapes(40, rng=np.random.default_rng(0), count=(1, 1), **circles)
    scenes = draw_shapes(40, rng=np.random.default_rng(0), count=(2, 3), arrangement="overlapping", **circles)
    full = min(pixels.sum() for pixels, *_ in each_shape(whole))
    areas = np.array([pixels.sum() for pixels, *_ in each_shape(scenes)])
    assert (areas >= 0.45 * full).all()
    assert (areas < 0.9 * full).mean() > 0.2


def test_shapes_are_brighter_than_the_ground_and_smooth_at_the_border():
    scenes = draw_shapes(30, rng=np.random.default_rng(0), noise=0)
    for image, mask in zip(scenes.images[:, 0], scenes.masks, strict=True):
        ground = image.min()
        inside = ndimage.binary_erosion(mask > 0)
        outside = ~ndimage.binary_dilation(mask > 0, np.ones((5, 5)))
        assert (image[inside] > ground + 0.35).all()
        assert (image[outside] == ground).all()
        assert len(np.unique(image[(mask > 0) & ~inside])) > 3


def test_each_kind_has_its_own_area():
    areas = {}
    for kind in KINDS:
        scenes = draw_shapes(20, rng=np.random.default_rng(0), kinds=[kind], count=(1, 1), radius=(10, 10))
        areas[kind] = np.mean([pixels.sum() for pixels, *_ in each_shape(scenes)])
    expected = {
        "circle": np.pi * 81,
        "square": 14.0**2,
        "triangle": 3 * np.sqrt(3) / 4 * 100,
        "cross": 2 * 19 * 6 - 36,
        "ring": np.pi * (9.5**2 - 4.5**2),
    }
    assert areas == pytest.approx(expected, rel=0.02)


def test_the_generator_decides_the_scenes():
    first, again, other = (draw_shapes(5, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.masks.tobytes() == again.masks.tobytes()
    assert first.images.tobytes() != other.images.tobytes()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kinds": ["star"]}, r"kinds is \['star'\]; a list of some of circle, square"),
        ({"kinds": "circle"}, "kinds is 'circle'; a list of"),
        ({"kinds": []}, r"kinds is \[\]"),
        ({"count": (3, 1)}, r"count is \(3, 1\); \(least, most\) fits"),
        ({"count": (0, 1)}, "count is 0; 1 or more fits"),
        ({"radius": (4, 20)}, r"radius is \(4, 20\); \(least, most\) from 2 to 16 fits"),
        ({"arrangement": "far"}, "arrangement is 'far'; one of 'apart', 'touching', 'overlapping' fits"),
        ({"count": (9, 9), "radius": (9, 9)}, "9 shapes with a radius of 9 to 9 do not fit 32x32 apart"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"draw_shapes: {message}"):
        draw_shapes(2, rng=np.random.default_rng(0), **wrong)


def test_edges_run_as_their_names_say():
    images, labels = draw_edges(80, rng=np.random.default_rng(0), size=15)
    assert images.shape == (80, 1, 15, 15)
    assert (images.dtype, labels.dtype) == (np.float32, np.int64)
    assert np.bincount(labels).tolist() == [20] * 4
    for image, label in zip(images[:, 0], labels, strict=True):
        along = {
            "horizontal": image[:, 1:] - image[:, :-1],
            "rising": image[:-1, 1:] - image[1:, :-1],
            "vertical": image[1:] - image[:-1],
            "falling": image[1:, 1:] - image[:-1, :-1],
        }
        steps = {name: abs(difference).max() for name, difference in along.items()}
        assert steps.pop(ORIENTATIONS[label]) < 1e-6
        assert min(steps.values()) > 0.15


def test_either_side_of_an_edge_may_be_bright():
    images, labels = draw_edges(200, rng=np.random.default_rng(0))
    upright = images[labels == ORIENTATIONS.index("vertical"), 0]
    assert 0.3 < (upright[:, 0, 0] > upright[:, 0, -1]).mean() < 0.7


def test_edges_take_noise_and_stay_in_range():
    noisy = draw_edges(50, rng=np.random.default_rng(0), noise=0.3).images
    clean = draw_edges(50, rng=np.random.default_rng(0)).images
    assert (noisy.min(), noisy.max()) == (0, 1)
    assert 0.1 < abs(noisy - clean).mean() < 0.4

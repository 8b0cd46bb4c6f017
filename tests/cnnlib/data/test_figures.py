import numpy as np
import pytest

from cnnlib.data import BONES, JOINTS, draw_figures


def test_points_lie_on_the_figure():
    figures = draw_figures(50, rng=np.random.default_rng(0), noise=0)
    assert figures.images.shape == (50, 1, 48, 48)
    assert figures.points.shape == (50, len(JOINTS), 2)
    assert figures.images.dtype == figures.points.dtype == np.float32
    across, down = np.moveaxis(figures.points.round().astype(int), 2, 0)
    ground = np.median(figures.images, axis=(1, 2, 3))
    at_points = figures.images[np.arange(50)[:, None], 0, down, across]
    assert (at_points > ground[:, None] + 0.15).all()


@pytest.mark.parametrize("size", [24, 48, 65])
def test_the_whole_figure_is_in_the_image(size):
    points = draw_figures(300, rng=np.random.default_rng(1), size=size).points
    assert points.min() >= 0
    assert points.max() <= size - 1
    heights = np.ptp(points[..., 1], axis=1)
    assert heights.min() > 0.35 * size


def test_the_bones_of_either_side_are_as_long():
    points = draw_figures(20, rng=np.random.default_rng(2)).points
    lengths = {bone: np.linalg.norm(points[:, bone[0]] - points[:, bone[1]], axis=1) for bone in BONES}
    np.testing.assert_allclose(lengths[1, 3], lengths[1, 5], rtol=1e-4)
    np.testing.assert_allclose(lengths[3, 4], lengths[5, 6], rtol=1e-4)
    np.testing.assert_allclose(lengths[2, 7], lengths[9, 10], rtol=1e-4)


def test_left_and_right_are_as_we_see_them():
    points = draw_figures(200, rng=np.random.default_rng(3)).points
    for joint in ("elbow", "knee"):
        left, right = (points[:, JOINTS.index(f"{side} {joint}"), 0] for side in ("left", "right"))
        assert (left < right).mean() > 0.95
    assert (points[:, 0, 1] < points[:, 2, 1]).all()


def test_the_generator_decides_the_figures():
    first, again, other = (draw_figures(4, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.points.tobytes() == again.points.tobytes()
    assert first.images.tobytes() != other.images.tobytes()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 0}, "n is 0; 1 or more fits"),
        ({"size": 23}, "size is 23; 24 or more fits"),
        ({"noise": -1}, "noise is -1; 0 or more fits"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"draw_figures: {message}"):
        draw_figures(**{"n": 1, "rng": np.random.default_rng(0)} | wrong)

import numpy as np
import pytest
from scipy import ndimage

from cnnlib.data import ACTIONS, draw_clips

DISCS = np.hypot(*np.indices((9, 9)) - 4)[None, None] < 2.5


def means(action, measure, frames=9):
    """What is measured of each frame (T,), on average over many clips of bright discs in which that happens."""
    clips, actions = draw_clips(np.repeat(DISCS, 800, axis=0), rng=np.random.default_rng(0), frames=frames)
    shown = clips[actions == ACTIONS.index(action), 0]
    centred = shown - np.median(shown, axis=(2, 3), keepdims=True)
    bright = centred[centred.mean(axis=(1, 2, 3)) > 0]
    return np.array(
        [np.mean([measure(np.clip(image, 0.2, 1) - 0.2) for image in images]) for images in bright.swapaxes(0, 1)]
    )


@pytest.mark.parametrize(
    ("action", "measure", "sign"),
    [
        ("up", lambda image: ndimage.center_of_mass(image)[0], -1),
        ("down", lambda image: ndimage.center_of_mass(image)[0], 1),
        ("left", lambda image: ndimage.center_of_mass(image)[1], -1),
        ("right", lambda image: ndimage.center_of_mass(image)[1], 1),
        ("grow", np.sum, 1),
        ("shrink", np.sum, -1),
    ],
)
def test_what_happens_is_what_it_is_called(action, measure, sign):
    course = means(action, measure)
    assert (sign * np.diff(course) > 0).all()


def test_a_bar_turns_the_way_it_is_called():
    bars = np.zeros((800, 1, 9, 9))
    bars[:, 0, 4] = 1  # level at first, then turned
    clips, actions = draw_clips(bars, rng=np.random.default_rng(0), frames=9)
    middle = np.median(clips, axis=(3, 4), keepdims=True)
    ink = abs(clips - middle)[:, 0]
    down, right = np.indices((16, 16)) - 7.5
    slant = (ink[:, 5:7] * (down * right)).sum(axis=(1, 2, 3))  # positive from upper left to lower right
    assert (
        slant[actions == ACTIONS.index("clockwise")].mean()
        > 0
        > slant[actions == ACTIONS.index("anticlockwise")].mean()
    )


def test_actions_come_in_equal_numbers_and_opposites_side_by_side():
    actions = draw_clips(np.repeat(DISCS, 83, axis=0), rng=np.random.default_rng(0)).actions
    assert np.bincount(actions).tolist() == [11] * 3 + [10] * 5
    assert [(ACTIONS[i], ACTIONS[i ^ 1]) for i in (0, 2, 4, 6)] == [
        ("left", "right"),
        ("up", "down"),
        ("grow", "shrink"),
        ("clockwise", "anticlockwise"),
    ]


def test_clips_are_float32_from_0_to_1_and_decided_by_the_generator():
    first, again, other = (draw_clips(DISCS, rng=np.random.default_rng(seed), frames=5, size=20) for seed in (1, 1, 2))
    assert first.clips.shape == (1, 1, 5, 20, 20)
    assert (first.clips.dtype, first.actions.dtype) == (np.float32, np.int64)
    assert first.clips.min() >= 0
    assert first.clips.max() <= 1
    assert first.clips.tobytes() == again.clips.tobytes() != other.clips.tobytes()


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        (np.zeros((1, 8, 8)), {}, "images has 3 axes but 4 fit"),
        (np.zeros((1, 3, 8, 8)), {}, "images has 3 channels but 1 fits"),
        (np.zeros((1, 1, 8, 20)), {}, "size is 16; 20 or more fits"),
        (np.zeros((1, 1, 8, 8)), {"frames": 1}, "frames is 1; 2 or more fits"),
    ],
)
def test_what_does_not_fit_is_refused(images, options, message):
    with pytest.raises(ValueError, match=f"draw_clips: {message}"):
        draw_clips(images, rng=np.random.default_rng(0), **options)

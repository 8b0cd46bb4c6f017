"""Short clips of one thing that moves, grows or turns: what happens shows in the order of the frames alone."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.data._warp import grid, inverse_maps, look_up, uniform
from cnnlib.data.clutter import clouds
from cnnlib.ops._arguments import Array, floats, generator, whole

# Two by two: played backwards, a clip of one shows the other.
ACTIONS = ("left", "right", "up", "down", "grow", "shrink", "clockwise", "anticlockwise")

_DOWN = np.array([0, 0, -1, 1, 0, 0, 0, 0])
_RIGHT = np.array([-1, 1, 0, 0, 0, 0, 0, 0])
_GROWTH = np.array([0, 0, 0, 0, 1, -1, 0, 0])
_TURN = np.array([0, 0, 0, 0, 0, 0, -1, 1])


class Clips(NamedTuple):
    """Clips (N, 1, T, H, W), float32 from 0 to 1, and what happens in each (N,), int64: places in `ACTIONS`."""

    clips: Array
    actions: Array


def draw_clips(images: npt.ArrayLike, *, rng: np.random.Generator, frames: int = 9, size: int = 16) -> Clips:
    """A clip of each of images (N, 1, h, w), pasted on clouds that stand still; the actions in equal numbers.

    The frame in the middle looks the same whatever the action: its place, size and angle are drawn first, and
    what happens leads there and on from there.
    """
    generator("draw_clips", rng)
    pictures = floats("draw_clips", "images", images, "NCHW")
    N, C, h, w = pictures.shape
    whole("draw_clips", "frames", frames, least=2)
    if C != 1:
        raise ValueError(f"draw_clips: images has {C} channels but 1 fits (images {pictures.shape})")
    if whole("draw_clips", "size", size, least=1) < max(h, w):
        raise ValueError(f"draw_clips: size is {size}; {max(h, w)} or more fits (images {pictures.shape})")
    actions = rng.permutation(np.arange(N) % len(ACTIONS))
    ink = look_up(pictures[:, 0], np.repeat(np.arange(N), frames), _offsets(actions, frames, size, rng), outside=0.0)
    ink = ink.reshape(N, frames, size, size)
    contrast = rng.uniform(0.4, 0.7, (N, 1, 1, 1))
    dark = rng.uniform(0.1, 0.9 - contrast)
    ink = np.where(rng.random((N, 1, 1, 1)) < 0.5, ink, 1 - ink)
    noise = rng.normal(0, 0.06, ink.shape)
    clips = np.clip(dark + contrast * ink + clouds(N, size, rng)[:, None] + noise, 0, 1)
    return Clips(clips[:, None].astype(np.float32), actions)


def _offsets(actions: Array, frames: int, size: int, rng: np.random.Generator) -> Array:
    """Where each pixel of each frame looks into its picture: (N * frames, 2, size, size)."""
    N = len(actions)
    time = np.linspace(-0.5, 0.5, frames)  # zero in the middle of the clip

    def course(middle: Array, change: Array) -> Array:
        return (middle[:, None] + change[:, None] * time).ravel()

    down = course(uniform(rng, N, size / 8), _DOWN[actions] * rng.uniform(0.3, 0.5, N) * size)
    right = course(uniform(rng, N, size / 8), _RIGHT[actions] * rng.uniform(0.3, 0.5, N) * size)
    growth = course(np.log(rng.uniform(0.9, 1.3, N)), _GROWTH[actions] * rng.uniform(0.6, 1.0, N))
    degrees = course(uniform(rng, N, 25), _TURN[actions] * rng.uniform(60, 120, N))
    none = np.zeros(N * frames)
    to_picture = inverse_maps(degrees=degrees, shear=none, aspect=none + 1, scale=np.exp(growth))
    place = np.stack([down, right], axis=1)[:, :, None, None]
    return np.einsum("nij,njhw->nihw", to_picture, grid(size) - place)

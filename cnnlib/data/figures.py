"""Drawn stick figures whose joints are known: for finding key points."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from cnnlib.data._warp import uniform
from cnnlib.ops._arguments import Array, generator, number, whole

JOINTS = (
    "head",
    "neck",
    "hip",
    "left elbow",
    "left hand",
    "right elbow",
    "right hand",
    "left knee",
    "left foot",
    "right knee",
    "right foot",
)
BONES = ((0, 1), (1, 2), (1, 3), (3, 4), (1, 5), (5, 6), (2, 7), (7, 8), (2, 9), (9, 10))

# Lengths where a figure is 1 high, standing upright.
NECK, HIP, HEAD = -0.28, 0.06, 0.09  # how far below the middle, and the radius of the head
ARM, LEG = 0.17, 0.23  # of each of their two bones
LEAST_SIZE = 24


class Figures(NamedTuple):
    """Images of one stick figure each, and where its joints are.

    images (N, 1, size, size), float32 from 0 to 1.
    points (N, 11, 2), float32: for each of JOINTS how far right and how far down it lies, in pixels, (0, 0) being
    the middle of the first pixel. Left and right are as we see them.
    """

    images: Array
    points: Array


def draw_figures(n: int, *, rng: np.random.Generator, size: int = 48, noise: float = 0.08) -> Figures:
    """n stick figures, brighter than the clouds behind them, of any posture, at random places and a little tilted."""
    generator("draw_figures", rng)
    whole("draw_figures", "n", n, least=1)
    whole("draw_figures", "size", size, least=LEAST_SIZE)
    number("draw_figures", "noise", noise, least=0)
    points, height = _placed(_postures(n, rng), size, rng)
    down, right = np.indices((size, size), dtype=np.float32)
    away = np.full((n, size, size), np.inf, dtype=np.float32)  # from the middle of the nearest bone
    for start, end in BONES:
        np.minimum(away, _distance(right, down, points[:, start], points[:, end]), out=away)
    from_head = np.hypot(right - points[:, 0, 0, None, None], down - points[:, 0, 1, None, None])
    from_head -= (HEAD * height)[:, None, None]
    thickness = rng.uniform(0.6, 1.2, (n, 1, 1))
    ink = np.clip(0.5 + np.maximum(thickness - away, -from_head), 0, 1)
    ground = np.clip(0.2 + _clouds(n, size, rng), 0, 1)
    clean = ground + (rng.uniform(0.6, 1.0, (n, 1, 1)) - ground) * ink
    images = np.clip(clean + noise * rng.standard_normal(clean.shape), 0, 1)
    return Figures(images[:, None].astype(np.float32), points.astype(np.float32))


def _postures(n: int, rng: np.random.Generator) -> Array:
    """Joints (n, 11, 2) of figures that are about 1 high, around their middle."""
    points = np.zeros((n, len(JOINTS), 2))
    points[:, 0, 1], points[:, 1, 1], points[:, 2, 1] = NECK - HEAD, NECK, HIP
    for side, elbow, knee in ((-1, 3, 7), (1, 5, 9)):
        raised = rng.uniform(15, 150, n)  # degrees; 0 hangs down
        _limb(points, (1, elbow, elbow + 1), side, ARM, raised, raised + rng.uniform(-60, 75, n))
        spread = rng.uniform(8, 50, n)
        _limb(points, (2, knee, knee + 1), side, LEG, spread, spread - rng.uniform(-10, 45, n))
    tilt = np.deg2rad(uniform(rng, n, 20))
    turn = np.stack([np.cos(tilt), -np.sin(tilt), np.sin(tilt), np.cos(tilt)], axis=1).reshape(n, 2, 2)
    return np.einsum("nij,nkj->nki", turn, points)


def _limb(points: Array, joints: tuple[int, int, int], side: int, length: float, upper: Array, lower: Array) -> None:
    """Two bones from the first of three joints on, at angles from hanging down, outwards on that side."""
    first, middle, last = joints
    for start, end, degrees in ((first, middle, upper), (middle, last, lower)):
        angle = np.deg2rad(degrees)
        step = np.stack([side * np.sin(angle), np.cos(angle)], axis=1)
        points[:, end] = points[:, start] + length * step


def _placed(points: Array, size: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """The joints in pixels, at a random place where all of the figure is seen, and how high each figure is."""
    low, high = points.min(axis=1) - HEAD, points.max(axis=1) + HEAD
    largest = (size - 3) / (high - low).max(axis=1)
    height = np.minimum(rng.uniform(0.6, 0.85, len(points)) * size, largest)
    low, high = low * height[:, None], high * height[:, None]
    room = size - 1 - (high - low)
    shift = rng.random(room.shape) * room - low
    return points * height[:, None, None] + shift[:, None], height


def _distance(right: Array, down: Array, start: Array, end: Array) -> Array:
    """How far each pixel lies from the line between two points (n, 2), as (n, size, size)."""
    x, y = (start[:, axis].astype(np.float32)[:, None, None] for axis in (0, 1))
    along_x, along_y = ((end - start)[:, axis].astype(np.float32)[:, None, None] for axis in (0, 1))
    from_x, from_y = right - x, down - y
    length = np.maximum(along_x**2 + along_y**2, 1e-6)
    part = np.clip((from_x * along_x + from_y * along_y) / length, 0, 1)
    return np.hypot(from_x - part * along_x, from_y - part * along_y)


def _clouds(n: int, size: int, rng: np.random.Generator) -> Array:
    """Smooth light and shade (n, size, size) around zero."""
    rough = rng.standard_normal((n, size // 4 + 1, size // 4 + 1))
    smooth = ndimage.gaussian_filter(rough, sigma=(0, 1.5, 1.5), mode="reflect")
    fine = ndimage.zoom(smooth, (1, 4, 4), order=1)[:, :size, :size]
    return 0.1 * fine / fine.std()

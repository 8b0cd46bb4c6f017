"""A colour bar at the foot of a picture: what the darkest and the lightest shade stand for."""

import numpy as np

from cnnlib.draw._cells import SIGNED
from cnnlib.draw._numbers import number
from cnnlib.draw.picture import INK, Picture

BAR = 0.55  # inches that a colour bar takes at the foot
LENGTH, THICKNESS, FONT = 2.4, 0.14, 9.5


def colour_bar(
    picture: Picture,
    low: float,
    high: float,
    *,
    signed: bool,
    lift: float = 0.0,
    ends: tuple[str, str] | None = None,
) -> None:
    """From low on the left to high on the right, with zero between them where the scale is signed.

    `lift` leaves room below it; `ends` are words for a scale that has no numbers.
    """
    page_width, page_height = picture.get_size_inches()
    length = min(LENGTH, page_width - 1.2)
    axes = picture.place((page_width - length) / 2, page_height - BAR - lift + 0.08, length, THICKNESS)
    ramp = np.linspace(low, high, 256)[None, :]
    axes.imshow(ramp, cmap=SIGNED if signed else "gray", aspect="auto", origin="upper", extent=(low, high, 0, 1))
    axes.set_yticks([])
    ticks = [low, 0.0, high] if signed else [low, high]
    words = [number(tick) for tick in ticks]
    if ends:
        words[0], words[-1] = ends
    axes.set_xticks(ticks, words, fontsize=FONT, color=INK, family="DejaVu Sans")
    axes.tick_params(length=3, color=INK, pad=2)
    for spine in axes.spines.values():
        spine.set(color=INK, linewidth=0.8)

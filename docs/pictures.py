"""Draws the README's picture, as lesson 01 does: `python docs/pictures.py`."""

from pathlib import Path

import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
KERNELS = {
    "Sobel |": SOBEL,
    "Sobel —": SOBEL.T,
    "Laplace": np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "1/81 · 9x9": np.full((9, 9), 1 / 81),
}


def main() -> None:
    """A cat, and what four kernels make of it."""
    cat = cnnlib.data.load_photo("cat", size=(150, 220), grey=True)[0].astype(float)
    seen = [cnnlib.correlate2d(cat, kernel) for kernel in KERNELS.values()]
    credit = cnnlib.data.PHOTOS["cat"].credit
    picture = draw.filtered(cat, list(KERNELS.values()), seen, titles=list(KERNELS), credit=credit)
    (Path(__file__).parent / "cat.png").write_bytes(picture.png())


if __name__ == "__main__":
    main()

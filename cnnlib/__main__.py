"""A convolution, from the command line: a handwritten digit, and the edges that two kernels find in it."""

import numpy as np

from cnnlib.data import load_digits
from cnnlib.ops.correlate import correlate2d

SHADES = " ░▒▓█"
SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def shaded(image: np.ndarray) -> list[str]:
    """The rows of an image (H, W) as characters, two to a pixel, from its least value to its greatest."""
    low, high = image.min(), image.max()
    levels = (image - low) / ((high - low) or 1.0) * (len(SHADES) - 1)
    return ["".join(2 * SHADES[level] for level in row) for row in levels.round().astype(int)]


def main() -> None:
    """Print a digit beside the magnitude of its vertical and horizontal edges."""
    digit = np.pad(load_digits().images[0, 0].astype(float), 1)
    pictures = [digit, abs(correlate2d(digit, SOBEL)), abs(correlate2d(digit, SOBEL.T))]
    titles = ("a handwritten digit", "vertical edges", "horizontal edges")
    columns = [[title, "", *shaded(picture)] for title, picture in zip(titles, pictures, strict=True)]
    height = max(map(len, columns))
    for column in columns:
        column += [""] * (height - len(column))
    width = 2 * digit.shape[1] + 4
    for row in zip(*columns, strict=True):
        print("".join(cell.ljust(width) for cell in row).rstrip())


if __name__ == "__main__":
    main()

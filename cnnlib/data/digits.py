"""Real handwritten digits, 8x8, which scikit-learn ships; and two ways to hold some back."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cnnlib.data.labelled import Labelled, Split, stratified_split, take
from cnnlib.ops._arguments import generator, whole


def load_digits() -> Labelled:
    """All 1,797 digits in the order of the file: images (1797, 1, 8, 8) from 0 (paper) to 1 (ink)."""
    rows = np.loadtxt(_file(), delimiter=",", dtype=np.uint8)  # 64 pixels and the label
    images = rows[:, :-1].reshape(-1, 1, 8, 8) / np.float32(16)  # ink is counted from 0 to 16
    return Labelled(images, rows[:, -1].astype(np.int64))


def split_digits(*, rng: np.random.Generator) -> Split:
    """60 / 20 / 20 per cent, drawn at random within each class.

    The same people wrote all three parts, so this flatters: see `split_digits_by_block`.
    """
    return stratified_split(load_digits(), rng=generator("split_digits", rng))


def split_digits_by_block(block: int) -> Split:
    """Test on one of five contiguous fifths of the file, validate on the next, train on the other three.

    The file goes from writer to writer, so this comes close to a test on people never seen before.
    """
    blocks = 5
    if whole("split_digits_by_block", "block", block, least=0) >= blocks:
        raise ValueError(f"split_digits_by_block: block is {block}; 0 to {blocks - 1} fit")
    data = load_digits()
    fifths = np.array_split(np.arange(len(data.labels)), blocks)
    following = (block + 1) % blocks
    rest = [rows for index, rows in enumerate(fifths) if index not in (block, following)]
    return Split(take(data, np.concatenate(rest)), take(data, fifths[following]), take(data, fifths[block]))


def _file() -> Path:
    """Where scikit-learn has the digits; to import it for one small file would take most of a second."""
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or ():
        path = Path(folder) / "datasets/data/digits.csv.gz"
        if path.exists():
            return path
    raise FileNotFoundError("load_digits: scikit-learn does not ship digits.csv.gz; install scikit-learn 1.5 or newer")

"""MNIST, Fashion-MNIST and CIFAR-10: downloaded once, checked, and read without unpickling anything."""

from pathlib import Path
from typing import Literal

import numpy as np
from scipy import ndimage

from cnnlib.data._formats import read_cifar10, read_idx
from cnnlib.data.digits import load_digits
from cnnlib.data.download import DownloadError, fetch
from cnnlib.data.labelled import Labelled, Split, stratified_split
from cnnlib.ops._arguments import Array

FASHION_CLASSES = (
    "T-shirt or top",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

_VALIDATION = 10_000  # the last images of the published training set


class StandIn(Split):
    """A split of something smaller, in place of what could not be downloaded."""


def mnist(*, offline: Literal["raise", "digits"] = "raise") -> Split:
    """MNIST, (N, 1, 28, 28) from 0 to 1: 50,000 to train, 10,000 to validate and 10,000 to test.

    Where it cannot be downloaded: a DownloadError; or, with offline="digits", a `StandIn` made of
    scikit-learn's handwritten digits, and a printed line that says so.
    """
    if offline not in ("raise", "digits"):
        raise ValueError(f'mnist: offline is {offline!r}; "raise" or "digits" fits')
    try:
        return _idx_split("mnist", _MNIST_MIRRORS, _MNIST_CHECKSUMS)
    except DownloadError as error:
        if offline == "raise":
            raise
        print(f"In place of MNIST: scikit-learn's 1,797 handwritten digits, 8x8, enlarged to 28x28. ({error})")
        return _digits_like_mnist()


def fashion_mnist() -> Split:
    """Fashion-MNIST, (N, 1, 28, 28) from 0 to 1: 50,000 to train, 10,000 to validate and 10,000 to test."""
    return _idx_split("fashion-mnist", _FASHION_MIRRORS, _FASHION_CHECKSUMS)


def cifar10() -> Split:
    """CIFAR-10, (N, 3, 32, 32) from 0 to 1: 40,000 to train, 10,000 to validate and 10,000 to test."""
    archive = fetch(_CIFAR10_MIRRORS, name="cifar-10-binary.tar.gz", checksum=_CIFAR10_CHECKSUM)
    (train_images, train_labels), (test_images, test_labels) = read_cifar10(archive)
    return _split(train_images, train_labels, test_images, test_labels)


_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_MNIST_CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
_FASHION_MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
_FASHION_CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
}
_CIFAR10_MIRRORS = ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",)
_CIFAR10_CHECKSUM = "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"


def _idx_split(collection: str, mirrors: tuple[str, ...], checksums: dict[str, str]) -> Split:
    train_images, train_labels, test_images, test_labels = (
        read_idx(_fetch_one(collection, mirrors, name, checksum)) for name, checksum in checksums.items()
    )
    # (N, H, W) -> (N, 1, H, W)
    return _split(train_images[:, None], train_labels, test_images[:, None], test_labels)


def _fetch_one(collection: str, mirrors: tuple[str, ...], name: str, checksum: str) -> Path:
    return fetch([mirror + name for mirror in mirrors], name=f"{collection}-{name}", checksum=checksum)


def _split(train_images: Array, train_labels: Array, test_images: Array, test_labels: Array) -> Split:
    """The published test set as it is, and the last of the published training set to validate on."""
    return Split(
        _labelled(train_images[:-_VALIDATION], train_labels[:-_VALIDATION]),
        _labelled(train_images[-_VALIDATION:], train_labels[-_VALIDATION:]),
        _labelled(test_images, test_labels),
    )


def _labelled(pixels: Array, labels: Array) -> Labelled:
    return Labelled(pixels.astype(np.float32) / np.float32(255), labels.astype(np.int64))


def _digits_like_mnist() -> StandIn:
    """Digits of 20x20 pixels in the middle of 28x28, as MNIST has them; always the same split."""
    small, labels = load_digits()
    large = ndimage.zoom(small, (1, 1, 2.5, 2.5), order=1, mode="nearest", grid_mode=True)
    images = np.pad(large, ((0, 0), (0, 0), (4, 4), (4, 4)))
    return StandIn(*stratified_split(Labelled(images, labels), rng=np.random.default_rng(0)))

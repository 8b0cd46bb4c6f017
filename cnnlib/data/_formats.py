"""The published files of MNIST and of CIFAR-10, read as arrays and refused if they are not what they say."""

import gzip
import math
import struct
import tarfile
import zlib
from pathlib import Path

import numpy as np

from cnnlib.ops._arguments import Array

_UNSIGNED_BYTES = 0x08
_CIFAR10_RECORD = 1 + 3 * 32 * 32  # a label, then red, green and blue, row by row
_CIFAR10_RECORDS = 10_000


def read_idx(path: Path) -> Array:
    """A gzipped idx file of bytes: two zeros, the type, the number of axes, each size, the values."""
    try:
        with gzip.open(path) as file:
            zeros, kind, axes = struct.unpack(">HBB", file.read(4))
            if zeros != 0 or kind != _UNSIGNED_BYTES or not 1 <= axes <= 3:
                raise ValueError(f"{path.name} does not begin like an idx file of unsigned bytes")
            shape = struct.unpack(f">{axes}I", file.read(4 * axes))
            if math.prod(shape) > _most_bytes(path):
                raise ValueError(f"{path.name} claims the shape {shape}, more than fits in it")
            values = file.read(math.prod(shape) + 1)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise ValueError(f"{path.name} is damaged: {error}") from error
    if len(values) != math.prod(shape):
        raise ValueError(f"{path.name} claims the shape {shape} but does not hold as many values")
    return np.frombuffer(values, np.uint8).reshape(shape).copy()


def read_cifar10(path: Path) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """(images, labels) to train on and to test on, from the archive of the binary version.

    Nothing is unpacked to the disk: the six files are read from the archive by name.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            train = [_cifar10_batch(archive, f"data_batch_{number}.bin") for number in range(1, 6)]
            test = _cifar10_batch(archive, "test_batch.bin")
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise ValueError(f"{path.name} is damaged: {error}") from error
    images, labels = (np.concatenate(arrays) for arrays in zip(*train, strict=True))
    return (images, labels), test


def _cifar10_batch(archive: tarfile.TarFile, name: str) -> tuple[Array, Array]:
    try:
        member = archive.getmember(f"cifar-10-batches-bin/{name}")
    except KeyError:
        raise ValueError(f"{name} is missing from the CIFAR-10 archive") from None
    file = archive.extractfile(member) if member.isfile() else None
    if file is None or member.size != _CIFAR10_RECORDS * _CIFAR10_RECORD:
        raise ValueError(f"{name} in the CIFAR-10 archive is not a file of {_CIFAR10_RECORDS} images")
    records = np.frombuffer(file.read(), np.uint8).reshape(_CIFAR10_RECORDS, _CIFAR10_RECORD)
    labels, pixels = records[:, 0], records[:, 1:]
    if labels.max() > 9:
        raise ValueError(f"{name} in the CIFAR-10 archive has the label {labels.max()}; 0 to 9 fit")
    # (N, 3072) -> (N, C, H, W)
    return pixels.reshape(-1, 3, 32, 32), labels


def _most_bytes(path: Path) -> int:
    """gzip never shrinks anything to less than a thousandth and a bit."""
    return 1100 * path.stat().st_size

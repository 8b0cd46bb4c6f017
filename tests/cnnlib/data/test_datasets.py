import gzip
import hashlib
import io
import struct
import tarfile
from functools import partial

import numpy as np
import pytest

from cnnlib.data import DownloadError, Labelled, Split, StandIn, _formats, cifar10, datasets, fashion_mnist, mnist
from cnnlib.data._formats import read_cifar10, read_idx
from cnnlib.data.download import fetch


def idx(values, *, kind=8, shape=None):
    shape = values.shape if shape is None else shape
    return gzip.compress(struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + values.tobytes())


def archive(members):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1) as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return content.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "file.gz"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def impatient(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets, "fetch", partial(fetch, attempts=1, timeout=1, progress=False))


@pytest.mark.parametrize("shape", [(7,), (2, 3), (5, 4, 3)])
def test_idx_files_are_read(write, rng, shape):
    values = rng.integers(0, 256, shape, dtype=np.uint8)
    read = read_idx(write(idx(values)))
    np.testing.assert_array_equal(read, values)
    assert read.flags.writeable


VALUES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(VALUES, kind=13), "does not begin like an idx file of unsigned bytes"),
        (gzip.compress(b"<html>a login page</html>"), "does not begin like an idx file"),
        (idx(VALUES, shape=(2, 3, 5)), r"claims the shape \(2, 3, 5\) but does not hold as many values"),
        (idx(VALUES, shape=(2, 3, 3)), r"claims the shape \(2, 3, 3\) but does not hold as many values"),
        (idx(VALUES, shape=(60000, 1 << 20, 1 << 20)), "claims the shape .* more than fits in it"),
        (idx(VALUES)[:-12], "is damaged"),
        (b"not gzip at all", "is damaged"),
        (gzip.compress(b"\0\0"), "is damaged"),
    ],
    ids=["floats", "html", "too few", "too many", "huge", "cut", "not gzip", "short"],
)
def test_idx_files_that_lie_are_refused(write, content, message):
    with pytest.raises(ValueError, match=f"file.gz {message}"):
        read_idx(write(content))


@pytest.fixture
def batches(monkeypatch, rng):
    monkeypatch.setattr(_formats, "_CIFAR10_RECORDS", 4)
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    labels = rng.integers(0, 10, (6, 4, 1), dtype=np.uint8)
    pixels = rng.integers(0, 256, (6, 4, 3072), dtype=np.uint8)
    records = np.concatenate([labels, pixels], axis=2)
    return {name: batch.tobytes() for name, batch in zip(names, records, strict=True)}


def test_cifar_archives_are_read_without_unpacking(write, batches, tmp_path):
    (images, labels), (test_images, test_labels) = read_cifar10(write(archive(batches)))
    assert images.shape == (20, 3, 32, 32)
    assert test_images.shape == (4, 3, 32, 32)
    second = np.frombuffer(batches["data_batch_2.bin"], np.uint8)
    assert labels[4] == second[0]
    assert images[4, 2, 5, 7] == second[1 + 2 * 1024 + 5 * 32 + 7]
    assert test_labels[0] == batches["test_batch.bin"][0]
    assert [path.name for path in tmp_path.iterdir()] == ["file.gz"]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("test_batch.bin", None, "test_batch.bin is missing from the CIFAR-10 archive"),
        ("data_batch_3.bin", lambda batch: batch + b"?", "data_batch_3.bin .* is not a file of 4 images"),
        ("data_batch_1.bin", lambda batch: b"M" + batch[1:], "data_batch_1.bin .* has the label 77; 0 to 9 fit"),
    ],
)
def test_cifar_archives_that_lie_are_refused(write, batches, name, change, message):
    batch = batches.pop(name)
    if change:
        batches[name] = change(batch)
    with pytest.raises(ValueError, match=message):
        read_cifar10(write(archive(batches)))


def test_a_cut_cifar_archive_is_refused(write, batches):
    with pytest.raises(ValueError, match=r"file\.gz is damaged"):
        read_cifar10(write(archive(batches)[:5000]))


def test_a_link_in_the_archive_is_not_followed(write, batches):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        link = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    with pytest.raises(ValueError, match=r"data_batch_1.bin in the CIFAR-10 archive is not a file"):
        read_cifar10(write(content.getvalue()))


def publish(server, monkeypatch, collection, contents):
    """Let the server stand for the mirrors of one data set."""
    server.files |= contents
    checksums = {name: "sha256:" + hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    monkeypatch.setattr(datasets, f"_{collection}_MIRRORS", (server.url(""),))
    monkeypatch.setattr(datasets, f"_{collection}_CHECKSUMS", checksums)
    monkeypatch.setattr(datasets, "_VALIDATION", 2)


@pytest.mark.parametrize(("load", "collection"), [(mnist, "MNIST"), (fashion_mnist, "FASHION")])
def test_the_last_training_images_validate(server, monkeypatch, rng, load, collection):
    images, labels = rng.integers(0, 256, (9, 28, 28), dtype=np.uint8), np.arange(9, dtype=np.uint8)
    contents = {
        "train-images-idx3-ubyte.gz": idx(images[:6]),
        "train-labels-idx1-ubyte.gz": idx(labels[:6]),
        "t10k-images-idx3-ubyte.gz": idx(images[6:]),
        "t10k-labels-idx1-ubyte.gz": idx(labels[6:]),
    }
    publish(server, monkeypatch, collection, contents)
    split = load()
    assert not isinstance(split, StandIn)
    assert [part.labels.tolist() for part in split] == [[0, 1, 2, 3], [4, 5], [6, 7, 8]]
    for part in split:
        assert part.images.shape == (len(part.labels), 1, 28, 28)
        assert (part.images.dtype, part.labels.dtype) == (np.float32, np.int64)
        np.testing.assert_allclose(part.images[:, 0] * 255, images[part.labels], rtol=1e-6)
    load()
    assert len(server.requests) == 4


def test_cifar_is_loaded(server, monkeypatch, batches):
    content = archive(batches)
    server.files["cifar"] = content
    monkeypatch.setattr(datasets, "_CIFAR10_MIRRORS", (server.url("cifar"),))
    monkeypatch.setattr(datasets, "_CIFAR10_CHECKSUM", "md5:" + hashlib.md5(content).hexdigest())
    monkeypatch.setattr(datasets, "_VALIDATION", 2)
    split = cifar10()
    assert [part.images.shape for part in split] == [(18, 3, 32, 32), (2, 3, 32, 32), (4, 3, 32, 32)]
    assert all(part.images.dtype == np.float32 and part.images.max() <= 1 for part in split)


@pytest.mark.parametrize("collection", ["MNIST", "FASHION"])
def test_offline_is_an_error_that_says_what_to_do(server, monkeypatch, collection):
    load = {"MNIST": mnist, "FASHION": fashion_mnist}[collection]
    monkeypatch.setattr(datasets, f"_{collection}_MIRRORS", (server.url("nothing/"),))
    with pytest.raises(DownloadError, match=r"mnist-train-images-idx3-ubyte.gz could not .* Connect to the internet"):
        load()


def test_digits_stand_in_for_mnist_only_when_asked_and_say_so(server, monkeypatch, capsys):
    monkeypatch.setattr(datasets, "_MNIST_MIRRORS", (server.url("nothing/"),))
    split = mnist(offline="digits")
    said = capsys.readouterr().out
    assert said.startswith("In place of MNIST: scikit-learn's 1,797 handwritten digits, 8x8, enlarged to 28x28. (")
    assert said.count("\n") == 1
    assert isinstance(split, StandIn)
    assert isinstance(split, Split)
    assert sum(len(part.labels) for part in split) == 1797
    for part in split:
        assert isinstance(part, Labelled)
        assert part.images.shape[1:] == (1, 28, 28)
        assert part.images.dtype == np.float32
        assert (part.images.min(), part.images.max()) == (0, 1)
        assert (part.images[:, :, :4] == 0).all()


def test_mnist_knows_two_ways_to_be_offline():
    with pytest.raises(ValueError, match='mnist: offline is \'zeros\'; "raise" or "digits" fits'):
        mnist(offline="zeros")

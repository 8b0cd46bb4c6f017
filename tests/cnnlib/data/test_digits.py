import numpy as np
import pytest
import sklearn.datasets
from sklearn.linear_model import LogisticRegression

from cnnlib.data import Labelled, load_digits, split_digits, split_digits_by_block, stratified_split


def images_of(*parts):
    return sorted(image.tobytes() for part in parts for image in part.images)


def test_digits_are_ink_on_paper():
    images, labels = load_digits()
    assert images.shape == (1797, 1, 8, 8)
    assert images.dtype == np.float32
    assert labels.dtype == np.int64
    assert (images.min(), images.max()) == (0, 1)
    assert images[:, :, :, 0].mean() < 0.01 < 0.4 < images[:, :, :, 3].mean()


def test_a_split_deals_out_every_digit_once():
    split = split_digits(rng=np.random.default_rng(0))
    assert images_of(*split) == images_of(load_digits())


def test_a_split_keeps_the_classes_in_proportion():
    split = split_digits(rng=np.random.default_rng(0))
    counts = np.bincount(load_digits().labels)
    for part, share in zip(split, (0.6, 0.2, 0.2), strict=True):
        np.testing.assert_allclose(np.bincount(part.labels), counts * share, atol=1)


def test_a_split_is_shuffled_and_labels_go_with_their_images():
    label_of = {image.tobytes(): label for image, label in zip(*load_digits(), strict=True)}
    for images, labels in split_digits(rng=np.random.default_rng(0)):
        assert [label_of[image.tobytes()] for image in images] == labels.tolist()
        assert (np.diff(labels) != 0).mean() > 0.8


def test_the_generator_decides_the_split():
    first, again, other = (split_digits(rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.test.images.tobytes() == again.test.images.tobytes()
    assert first.test.images.tobytes() != other.test.images.tobytes()


def test_they_are_those_that_scikit_learn_loads():
    pixels, labels = sklearn.datasets.load_digits(return_X_y=True)
    digits = load_digits()
    np.testing.assert_array_equal(digits.images.reshape(-1, 64), pixels / 16)
    np.testing.assert_array_equal(digits.labels, labels)


def test_a_file_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr("cnnlib.data.digits.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="load_digits: scikit-learn does not ship"):
        load_digits()


def test_a_linear_classifier_reads_most_digits():
    train, validation, _ = split_digits(rng=np.random.default_rng(0))
    model = LogisticRegression(max_iter=500).fit(train.images.reshape(-1, 64), train.labels)
    assert 0.94 < model.score(validation.images.reshape(-1, 64), validation.labels) < 0.99


def test_blocks_are_contiguous_and_deal_out_every_digit_once():
    everything = load_digits()
    tests = []
    for block in range(5):
        split = split_digits_by_block(block)
        assert images_of(*split) == images_of(everything)
        assert [len(part.labels) for part in split] == pytest.approx([1078, 359, 359], abs=1)
        tests.append(split.test.labels)
    np.testing.assert_array_equal(np.concatenate(tests), everything.labels)


def test_the_next_block_validates():
    np.testing.assert_array_equal(split_digits_by_block(4).validation.images, split_digits_by_block(0).test.images)


@pytest.mark.parametrize("block", [-1, 5])
def test_there_are_five_blocks(block):
    with pytest.raises(ValueError, match=f"split_digits_by_block: block is {block}"):
        split_digits_by_block(block)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.5, 0.5), (1.5, -0.5, 0.0)])
def test_shares_that_are_not_shares_are_refused(shares):
    data = Labelled(np.zeros((4, 1, 2, 2)), np.zeros(4, int))
    with pytest.raises(ValueError, match=r"stratified_split: shares is .* three that sum to 1 fit"):
        stratified_split(data, rng=np.random.default_rng(0), shares=shares)

import numpy as np
import pytest

from cnnlib.data import PHOTOS, load_photo
from cnnlib.data.photos import Photo


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photo_is_there_in_colour_and_in_grey(name):
    colour, grey = load_photo(name, size=(48, 64)), load_photo(name, size=(48, 64), grey=True)
    assert colour.shape == (3, 48, 64)
    assert grey.shape == (1, 48, 64)
    assert colour.dtype == grey.dtype == np.float32
    assert 0 <= colour.min() < colour.max() <= 1
    assert colour.min(axis=0).mean() - 0.01 <= grey.mean() <= colour.max(axis=0).mean() + 0.01


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photo_says_whose_it_is_and_on_what_terms(name):
    assert all(PHOTOS[name])
    assert PHOTOS[name].licence in ("CC0", "public domain", "no known restrictions")


def test_without_a_size_every_pixel_is_kept():
    assert load_photo("cat").shape == (3, 300, 451)
    assert load_photo("camera").shape == (3, 512, 512)
    assert load_photo("camera", grey=True).shape == (1, 512, 512)


def test_the_middle_is_cut_out_in_the_right_proportions():
    whole, middle = load_photo("cat"), load_photo("cat", size=300)
    np.testing.assert_allclose(middle, whole[:, :, 75:375], atol=1e-6)


def test_shrinking_does_not_alias():
    small = load_photo("grass", size=16, grey=True)
    assert small.std() < 0.5 * load_photo("grass", grey=True).std()


def test_a_cat_is_warmer_than_blue():
    red, _, blue = load_photo("cat")
    assert red.mean() > blue.mean() + 0.1


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"load_photo: name is 'dog'; one of astronaut, brick, .* fits"):
        load_photo("dog")


def test_a_photo_that_scikit_image_does_not_ship_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setitem(PHOTOS, "cat", Photo("eagle.png", "An eagle", "somebody", "CC0"))
    with pytest.raises(FileNotFoundError, match=r"scikit-image [\d.]+ does not ship 'cat' \(eagle.png\); install"):
        load_photo("cat")

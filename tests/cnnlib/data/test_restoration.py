"""Spoilt photographs with their originals, and the measure of how well they were restored."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from cnnlib.data import add_noise, halve, join_colours, load_photo, photo_patches, psnr, split_colours

RNG = np.random.default_rng(0)
PHOTOS = [RNG.random((3, 8, 9), dtype=np.float32), RNG.random((3, 7, 12), dtype=np.float32)]


def windows(photo, size):
    H, W = photo.shape[1:]
    for top in range(H - size + 1):
        for left in range(W - size + 1):
            yield photo[:, top : top + size, left : left + size]


def test_patches_are_cut_out_of_the_photographs_and_some_are_mirrored():
    patches = photo_patches(PHOTOS, 40, size=5, rng=np.random.default_rng(0))
    assert patches.shape == (40, 3, 5, 5)
    assert patches.dtype == np.float32
    found = []
    for patch in patches:
        for which, photo in enumerate(PHOTOS):
            for window in windows(photo, 5):
                found += [(which, mirrored) for mirrored in (1, -1) if np.array_equal(patch, window[:, :, ::mirrored])]
    assert len(found) == 40
    assert set(found) == {(0, 1), (0, -1), (1, 1), (1, -1)}


def test_noise_has_the_deviation_asked_for_and_knows_no_bounds():
    clean = np.zeros((1, 1, 100, 100), np.float32)
    noisy, kept = add_noise(clean, 0.1, rng=np.random.default_rng(0))
    assert noisy.std() == pytest.approx(0.1, rel=0.05)
    assert noisy.min() < 0
    assert noisy.dtype == np.float32
    assert np.array_equal(kept, clean)


def test_halving_keeps_the_mean_and_does_not_alias():
    photo = load_photo("grass", size=64, grey=True)[None]
    small, clean = halve(photo)
    assert small.shape == (1, 1, 32, 32)
    assert clean is photo
    assert small.mean() == pytest.approx(photo.mean(), abs=0.01)
    assert small.std() < photo[:, :, ::2, ::2].std()


def test_colours_come_apart_and_together_again():
    photo = load_photo("coffee", size=16)[None]
    grey, above = split_colours(photo)
    assert (grey.shape, above.shape) == ((1, 1, 16, 16), (1, 2, 16, 16))
    np.testing.assert_allclose(grey[0], load_photo("coffee", grey=True, size=16), atol=1e-5)
    np.testing.assert_allclose(join_colours(grey, above), photo, atol=1e-5)
    np.testing.assert_allclose(join_colours(grey, 0 * above), np.repeat(grey, 3, axis=1), atol=1e-6)


def test_psnr_is_that_of_scikit_image_for_what_can_be_shown():
    clean, image = RNG.random((6, 7)), RNG.normal(0.5, 0.5, (6, 7))
    assert psnr(image, clean) == pytest.approx(peak_signal_noise_ratio(clean, image.clip(0, 1), data_range=1))
    assert psnr(np.full((2, 2), 0.1), np.zeros((2, 2))) == pytest.approx(20)
    assert psnr(clean, clean) == np.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: photo_patches(PHOTOS, 1, size=8, rng=RNG),
            r"photo_patches: size is 8; 7 or less fits \(photo \(3, 7, 12",
        ),
        (lambda: add_noise(np.zeros(3), -1, rng=RNG), r"add_noise: sigma is -1; 0 or more fits"),
        (lambda: halve(np.zeros((1, 1, 4, 5))), r"halve: images has sides 4 and 5; even ones fit"),
        (lambda: split_colours(np.zeros((1, 1, 2, 2))), r"split_colours: images has 1 channels; 3 fit"),
        (lambda: join_colours(np.zeros((1, 2, 2, 2)), np.zeros((1, 2, 2, 2))), r"join_colours: 1 grey channel and 2"),
        (lambda: psnr(np.zeros(3), np.zeros(4)), r"psnr: image has shape \(3,\) but clean has \(4,\)"),
    ],
)
def test_refuses_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""The ledger of lesson 12, on style and on restored images: what it says of each holds, with other seeds as well."""

import importlib

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional

from cnnlib import models
from cnnlib.data import add_noise, halve, join_colours, load_photo, photo_patches, psnr, split_colours

KNOWN = ("astronaut", "brick", "cat", "coins", "galaxies", "rocket")
HELD_BACK = ("camera", "coffee")
SEED = 7  # the lesson has another


def learnt(network, draw_pairs, steps, rate):
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(steps):
        spoilt, clean = map(torch.from_numpy, draw_pairs())
        loss = functional.mse_loss(network(spoilt), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def restored(network, images):
    with torch.no_grad():
        return network(torch.from_numpy(images)).numpy()


@pytest.fixture
def rng():
    torch.manual_seed(SEED)
    return np.random.default_rng(SEED)


@pytest.fixture(scope="module")
def photos():
    known, held_back = ([load_photo(name, size=256, grey=True) for name in names] for names in (KNOWN, HELD_BACK))
    return known, np.stack(held_back)


def test_gram_matrices_of_two_pieces_of_wall_are_ten_times_closer_than_of_wall_and_coins():
    letters = models.pretrained("letters").features
    wall, coins = (load_photo(name, size=224, grey=True) for name in ("brick", "coins"))
    with torch.no_grad():
        maps = [
            models.rectified_maps(letters, torch.from_numpy(piece)[None])[0]
            for piece in (wall[:, :112], wall[:, 112:], coins[:, :112])
        ]
        first, *others = [models.gram(each) for each in maps]
    near, far = ((first - other).square().mean() for other in others)
    assert near < far / 10


@pytest.mark.parametrize("name", ["brick", "coins"])
def test_less_than_30_percent_of_the_distance_to_the_style_is_left(name):
    letters = models.pretrained("letters").features
    cat, style = (torch.from_numpy(load_photo(each, size=112, grey=True))[None] for each in ("cat", name))
    painting = models.transfer_style(letters, cat, style)
    assert painting.style[-1] < 0.3
    assert painting.content[-1] < 0.4


def test_gram_matrices_hardly_notice_squares_in_another_order():
    letters = models.pretrained("letters").features
    photo = torch.from_numpy(load_photo("cat", size=128, grey=True))[None]
    squares = functional.unfold(photo, 32, stride=32)
    order = torch.randperm(16, generator=torch.Generator().manual_seed(0))
    moved = functional.fold(squares[:, :, order], (128, 128), 32, stride=32)
    brick = torch.from_numpy(load_photo("brick", size=128, grey=True))[None]
    with torch.no_grad():
        own, reordered, other = (models.gram(models.rectified_maps(letters, each)[0]) for each in (photo, moved, brick))
    assert (own - reordered).square().mean() < 0.1 * (own - other).square().mean()


def test_decibels():
    clean = np.full((10, 10), 0.5)
    assert psnr(clean + 0.1, clean) - psnr(clean + 0.1 * np.sqrt(10), clean) == pytest.approx(10)
    assert psnr(clean + 0.1, clean) - psnr(clean + 0.1 * np.sqrt(2), clean) == pytest.approx(3, abs=0.02)
    assert pytest.approx(0.26, abs=0.005) == 1 - 10 ** (-1.3 / 10)  # a good quarter of the squared error


def test_a_denoiser_beats_the_best_blur_by_1_db(photos, rng):
    known, held_back = photos
    sigma = 25 / 255
    network = learnt(
        models.Denoiser(),
        lambda: add_noise(photo_patches(known, 8, size=40, rng=rng), sigma, rng=rng),
        steps=120,
        rate=0.01,
    )
    noisy = add_noise(held_back, sigma, rng=rng).spoilt
    for x, y, clean in zip(noisy[:, 0], restored(network, noisy)[:, 0], held_back[:, 0], strict=True):
        blurred = [psnr(ndimage.gaussian_filter(x, width), clean) for width in np.arange(0.6, 1.6, 0.1)]
        assert psnr(y, clean) > max(blurred) + 1
        assert 0 < np.argmax(blurred) < len(blurred) - 1  # the best width there is


def test_pixel_shuffle_beats_bicubic_by_1_3_db(photos, rng):
    known, held_back = photos
    network = learnt(
        models.Enlarger(depth=4), lambda: halve(photo_patches(known, 8, size=48, rng=rng)), steps=150, rate=0.005
    )
    small = halve(held_back).spoilt
    bicubic = models.enlarge_bicubic(torch.from_numpy(small)).numpy()
    for smooth, sharp, original in zip(bicubic, restored(network, small), held_back, strict=True):
        assert psnr(sharp, original) - psnr(smooth, original) > 1.3


def test_colour_gains_3_db_on_other_halves_and_loses_as_much_on_another_photograph(rng):
    photos = np.stack([load_photo(name, size=128) for name in ("astronaut", "cat", "coffee", "rocket")])
    network = learnt(
        models.Colouriser(),
        lambda: split_colours(photo_patches(photos[:3, :, :, :64], 8, size=48, rng=rng)),
        steps=100,
        rate=0.01,
    )
    grey, _ = split_colours(photos)
    guessed = join_colours(grey, restored(network, grey))
    gains = [
        psnr(coloured[:, :, 64:], photo[:, :, 64:]) - psnr(np.repeat(plain, 3, axis=0)[:, :, 64:], photo[:, :, 64:])
        for plain, coloured, photo in zip(grey, guessed, photos, strict=True)
    ]
    assert min(gains[1:3]) > 3
    assert abs(gains[0]) < 3
    assert gains[3] < -3


def test_the_pixel_shuffle_is_that_of_torch():
    exercise = importlib.import_module("autograder.exercises.12_beyond").pixel_shuffle
    maps = torch.randn(2, 18, 4, 5, generator=torch.Generator().manual_seed(0))
    for (answer,) in (exercise.reference, *exercise.right):
        assert torch.equal(answer(maps, 3), functional.pixel_shuffle(maps, 3))


def test_grey_has_the_smallest_squared_error_where_black_and_white_are_as_likely():
    answers = np.linspace(0, 1, 101)
    errors = (answers**2 + (1 - answers) ** 2) / 2
    assert answers[errors.argmin()] == 0.5
    assert errors.min() == pytest.approx(0.25)
    assert errors[0] == 0.5

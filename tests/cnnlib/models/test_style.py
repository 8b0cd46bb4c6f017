"""Style transfer: what a Gram matrix keeps and what it drops, and an image that comes nearer to it."""

import pytest
import torch
from torch import nn

from cnnlib import models
from cnnlib.data import load_photo
from cnnlib.models.style import gram, rectified_maps, style_distances, style_grams, transfer_style

MAPS = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def letters():
    return models.pretrained("letters").features


@pytest.fixture(scope="module")
def photos():
    return [torch.from_numpy(load_photo(name, size=32, grey=True))[None] for name in ("cat", "brick")]


def test_a_gram_matrix_worked_out_by_hand():
    assert gram(torch.tensor([[[[1.0, 2]], [[0, 4]]]])).tolist() == [[[2.5, 4], [4, 8]]]


def test_each_image_has_its_own_as_if_it_were_alone():
    torch.testing.assert_close(gram(MAPS), torch.cat([gram(MAPS[:1]), gram(MAPS[1:])]))


def test_the_order_of_places_does_not_matter_but_what_meets_at_each_does():
    places = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    moved = MAPS.flatten(2)[:, :, places].reshape(MAPS.shape)
    torch.testing.assert_close(gram(moved), gram(MAPS))
    apart = MAPS.clone()
    apart[:, 0] = moved[:, 0]
    assert not torch.allclose(gram(apart), gram(MAPS), atol=0.01)


def test_the_maps_are_those_behind_each_relu_with_averages_for_maxima():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(2, 3, 1), nn.ReLU())
    x = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(2))
    first, second = rectified_maps(network, x)
    torch.testing.assert_close(first, network[0](x).relu())
    torch.testing.assert_close(second, network[3](nn.functional.avg_pool2d(first, 2)).relu())


def test_there_is_a_matrix_for_each_relu_at_each_scale(letters, photos):
    assert [tuple(each.shape[1:]) for each in style_grams(letters, photos[0])] == 3 * [
        (24, 24),
        (48, 48),
        (48, 48),
        (96, 96),
    ]


def test_the_image_comes_nearer_to_the_style_and_stays_nearer_to_the_content(letters, photos):
    cat, brick = photos
    painting = transfer_style(letters, cat, brick, steps=15)
    wanted = style_grams(letters, brick)
    with torch.no_grad():
        before = style_distances(style_grams(letters, cat), wanted)
        after = style_distances(style_grams(letters, painting.image), wanted)
    assert (after / before).mean() < 0.6
    assert painting.style[0] == pytest.approx(1, abs=1e-3)
    assert painting.content[0] == pytest.approx(0, abs=1e-6)
    free = transfer_style(letters, cat, brick, steps=15, weight=0)
    assert painting.content[-1] < free.content[-1]
    assert len(painting.style) == len(painting.content) == 15


def test_pixels_stay_between_black_and_white_and_nothing_else_changes(letters, photos):
    kept = [photo.clone() for photo in photos], [p.clone() for p in letters.state_dict().values()]
    painting = transfer_style(letters, *photos, steps=5, rate=0.5)
    assert 0 <= painting.image.min() < painting.image.max() <= 1
    assert not painting.image.requires_grad
    assert all(map(torch.equal, photos, kept[0]))
    assert all(map(torch.equal, letters.state_dict().values(), kept[1]))
    assert all(parameter.grad is None for parameter in letters.parameters())


def test_one_image_at_a_time(letters, photos):
    with pytest.raises(
        ValueError, match=r"transfer_style: style has shape \(1, 32, 32\); one image \(1, C, H, W\) fits"
    ):
        transfer_style(letters, photos[0], photos[1][0])

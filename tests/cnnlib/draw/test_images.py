"""Image grids and the filtered image."""

import numpy as np
import pytest

from cnnlib import draw

RNG = np.random.default_rng(0)
DARK, BRIGHT = RNG.random((6, 8)), 10 + RNG.random((6, 8))


def words(picture):
    return [text.get_text() for text in picture.texts]


def test_each_image_has_its_own_scale_and_says_it():
    picture = draw.images([DARK, BRIGHT], titles=["dark", "bright"])
    limits = [axes.images[0].get_clim() for axes in picture.axes]
    assert limits == [(DARK.min(), DARK.max()), (BRIGHT.min(), BRIGHT.max())]
    assert {"dark", "bright"} <= set(words(picture))
    assert sum(" … " in word for word in words(picture)) == 2


def test_a_shared_scale_is_one_and_has_a_bar():
    picture = draw.images([DARK, BRIGHT], scale="shared")
    *images, bar = picture.axes
    assert {axes.images[0].get_clim() for axes in images} == {(DARK.min(), BRIGHT.max())}
    assert len(bar.get_xticklabels()) == 2


def test_a_given_scale_is_taken_as_it_is():
    picture = draw.images([DARK], scale=(0.0, 2.0))
    assert picture.axes[0].images[0].get_clim() == (0.0, 2.0)


def test_a_signed_scale_has_zero_in_the_middle():
    picture = draw.images([DARK - 0.1], signed=True)
    low, high = picture.axes[0].images[0].get_clim()
    assert low == -high


def test_the_signed_shades_grow_lighter_all_the_way_so_grey_print_keeps_them_apart():
    from cnnlib.draw._cells import SIGNED

    luminance = SIGNED(np.linspace(0, 1, 100))[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(luminance) > 0)


def test_colour_images_keep_their_colours():
    photo = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    as_bytes, as_floats = (draw.images([image]).axes[0].images[0].get_array() for image in (photo, photo / 255))
    np.testing.assert_allclose(as_bytes, photo / 255)
    np.testing.assert_allclose(as_floats, photo / 255)


def test_columns_and_pixels_are_kept():
    picture = draw.images(RNG.random((5, 4, 6)), columns=2)
    lefts = {round(axes.get_position().x0, 6) for axes in picture.axes}
    assert len(picture.axes) == 5
    assert len(lefts) == 2
    for axes in picture.axes:
        extent = axes.get_window_extent()
        assert extent.width / extent.height == pytest.approx(6 / 4)


def test_the_credit_is_written():
    assert "photo: someone, CC0" in words(draw.images([DARK], credit="photo: someone, CC0"))


def test_a_long_credit_takes_more_lines_and_stays_on_the_page():
    short, long = (draw.images([DARK], credit=credit) for credit in ("someone", "someone, " * 20 + "nobody"))
    assert long.get_figheight() > short.get_figheight()
    assert "".join(words(long)).count("someone") == 20
    for line in long.texts:
        assert line.get_window_extent().x0 >= 0


def test_filtered_shows_the_image_each_answer_and_each_kernel():
    kernels, answers = RNG.normal(size=(3, 3, 3)), RNG.normal(size=(3, 4, 6))
    picture = draw.filtered(DARK, kernels, answers, titles=["a", "b", "c"])
    shown = [axes.images[0].get_array() for axes in picture.axes[:-1]]
    assert len(shown) == 1 + 2 * 3
    for got, expected in zip(shown, [DARK, *(a for p in zip(answers, kernels, strict=True) for a in p)], strict=True):
        np.testing.assert_array_equal(got, expected)
    for axes in picture.axes[1:-1]:
        low, high = axes.images[0].get_clim()
        assert low == -high


def test_filtered_shows_an_answer_without_negatives_as_an_image():
    picture = draw.filtered(DARK, [np.ones((3, 3))], [DARK + 1])
    assert picture.axes[1].images[0].get_clim()[0] == 0.0
    assert picture.axes[1].images[0].get_cmap().name == "gray"


def test_constant_images_are_drawn_without_a_warning():
    draw.images([np.zeros((3, 3)), np.ones((3, 3))]).png()
    draw.filtered(np.zeros((3, 3)), [np.zeros((2, 2))], [np.zeros((2, 2))]).png()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.images([]), r"draw\.images: pictures has no image; one or more fit"),
        (lambda: draw.images([np.zeros(3)]), r"draw\.images: image 0 has shape \(3,\); \(H, W\) or \(H, W, 3\) fits"),
        (lambda: draw.images([DARK], titles=["a", "b"]), r"draw\.images: titles has 2 entries but there are 1 images"),
        (lambda: draw.images([DARK], scale="all"), r"draw\.images: scale is 'all'; \"each\", \"shared\" or"),
        (lambda: draw.images([np.zeros((0, 3))]), r"draw\.images: image 0 is empty; one pixel or more fits"),
        (lambda: draw.filtered(DARK, [DARK], []), r"draw\.filtered: responses has 0 arrays but there are 1 kernels"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

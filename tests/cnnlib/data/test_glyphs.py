import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from cnnlib.data import DIGITS, LETTERS, draw_glyphs, load_digits, paste_on_clutter
from cnnlib.data.glyphs import text_fonts


def test_look_alike_cases_share_a_class():
    assert len(LETTERS) == len(set(LETTERS)) == 42
    assert len(set("".join(LETTERS))) == 52
    assert {"Cc", "Oo", "Zz", "A", "a"} <= set(LETTERS)


def test_fonts_are_those_with_letters():
    names = [font.name for font in text_fonts()]
    assert len(names) == 22
    assert {"DejaVuSans.ttf", "STIXGeneralItalic.ttf", "cmr10.ttf"} <= set(names)
    assert not {"cmsy10.ttf", "cmex10.ttf", "LastResortHE-Regular.ttf"} & set(names)


@pytest.mark.parametrize("size", [8, 13, 28])
def test_glyphs_are_ink_on_paper(size):
    images, labels = draw_glyphs(210, rng=np.random.default_rng(0), size=size)
    assert images.shape == (210, 1, size, size)
    assert (images.dtype, labels.dtype) == (np.float32, np.int64)
    assert images.min() == 0
    assert 0.99 < images.max() <= 1
    assert 0.15 < images.mean() < 0.35
    assert (images.max(axis=(1, 2, 3)) > 0.4).all()


def test_classes_come_in_equal_numbers_and_in_no_order():
    labels = draw_glyphs(425, rng=np.random.default_rng(0)).labels
    assert np.bincount(labels).tolist() == [11] * 5 + [10] * 37
    assert (np.diff(labels) < 0).any()


def test_the_generator_decides_every_byte():
    first, again, other = (draw_glyphs(3000, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.labels.tobytes() == again.labels.tobytes()
    assert first.images.tobytes() != other.images.tobytes()


def test_no_two_glyphs_are_the_same():
    images = draw_glyphs(500, rng=np.random.default_rng(0), classes=["I"]).images
    assert len({image.tobytes() for image in images}) == 500


def test_drawn_digits_help_to_read_handwriting():
    train = draw_glyphs(3000, rng=np.random.default_rng(0), classes=DIGITS)
    model = KNeighborsClassifier(5).fit(train.images.reshape(-1, 64), train.labels)
    handwriting = load_digits()
    assert model.score(handwriting.images.reshape(-1, 64), handwriting.labels) > 0.5  # by chance 0.1


def test_every_character_of_a_class_is_drawn():
    images = draw_glyphs(400, rng=np.random.default_rng(0), classes=["LO"], size=16).images
    upper_right = images[:, 0, 2:8, 9:].max(axis=(1, 2)) > 0.5  # ink there makes it an O
    assert 0.35 < upper_right.mean() < 0.65


@pytest.mark.parametrize("classes", [[], ["é"], ["A", " "], [""]])
def test_classes_must_be_letters_and_digits(classes):
    with pytest.raises(ValueError, match=r"draw_glyphs: classes is .* strings of letters and digits fit"):
        draw_glyphs(3, rng=np.random.default_rng(0), classes=classes)


def test_one_small_glyph_is_drawn():
    assert draw_glyphs(1, rng=np.random.default_rng(0), size=4).images.shape == (1, 1, 4, 4)
    with pytest.raises(ValueError, match="draw_glyphs: n is 0; 1 or more fits"):
        draw_glyphs(0, rng=np.random.default_rng(0))


@pytest.fixture
def digits():
    return load_digits().images[:500]


def test_a_canvas_is_float32_from_0_to_1(digits):
    canvas = paste_on_clutter(digits, rng=np.random.default_rng(0))
    assert canvas.shape == (500, 1, 16, 16)
    assert canvas.dtype == np.float32
    assert canvas.min() >= 0
    assert canvas.max() <= 1


def test_pasting_changes_nothing_and_is_decided_by_the_generator(digits):
    before = digits.copy()
    first, again, other = (paste_on_clutter(digits, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    np.testing.assert_array_equal(digits, before)


def test_pictures_lie_anywhere_both_darker_and_brighter():
    blocks = np.ones((2000, 1, 4, 4))
    canvas = paste_on_clutter(blocks, rng=np.random.default_rng(0))[:, 0]
    centred = canvas - np.median(canvas, axis=(1, 2), keepdims=True)
    brighter = centred.mean(axis=(1, 2)) > 0
    assert 0.45 < brighter.mean() < 0.55
    seen = centred[brighter].mean(axis=0)
    assert seen[5:11, 5:11].min() > 3 * abs(seen[[0, 0, -1, -1], [0, -1, 0, -1]]).max()
    peaks = np.array([np.unravel_index(image.argmax(), image.shape) for image in centred[brighter]])
    assert (peaks.min(axis=0) <= 2).all()
    assert (peaks.max(axis=0) >= 13).all()


def test_a_blank_picture_leaves_clouds_and_noise_only():
    canvas = paste_on_clutter(np.zeros((200, 1, 8, 8)), rng=np.random.default_rng(0), size=32)
    smooth = canvas.reshape(200, 8, 4, 8, 4).mean(axis=(2, 4))
    assert abs(np.diff(smooth, axis=1)).mean() < 0.1


@pytest.mark.parametrize(
    ("shape", "size", "message"),
    [
        ((2, 8, 8), 16, r"images has 3 axes but 4 fit"),
        ((2, 3, 8, 8), 16, "images has 3 channels but 1 fits"),
        ((2, 1, 8, 20), 16, "size is 16; 20 or more fits"),
    ],
)
def test_pictures_that_do_not_fit_are_refused(shape, size, message):
    with pytest.raises(ValueError, match=f"paste_on_clutter: {message}"):
        paste_on_clutter(np.zeros(shape), rng=np.random.default_rng(0), size=size)

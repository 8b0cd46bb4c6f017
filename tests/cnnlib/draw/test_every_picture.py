"""One contract for all pictures: readable, described, in both languages, and the inputs left alone."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib import rc_context

from cnnlib import draw
from cnnlib.draw.picture import WIDTH

RNG = np.random.default_rng(0)
PLANE = RNG.integers(-9, 10, (4, 7))
KERNELS = RNG.normal(size=(3, 3, 3)).round(2)
PHOTO = RNG.random((40, 60))
FINE = RNG.normal(size=(12, 15, 15))
SIGNAL = np.array([1.0, 4, -1, 0, 2, -2, 1, 3, 3, 1])

PICTURES = {
    "architecture": lambda: draw.architecture(
        [
            draw.Block("image", (1, 28, 28), "data"),
            draw.Branches([[], [draw.Block("conv", (8, 28, 28))], [draw.Block("pool", None, "pool")]], "add"),
            draw.Block("linear", (10,), "linear"),
        ],
        columns=2,
    ),
    "bars": lambda: draw.bars({"plain": {"not very good": 3.25, "bad": 1}, "x": {}, "y": {"a": 0.5}}, columns=2),
    "bars, long titles": lambda: draw.bars(
        {f"filters of 2 and 3 words {i}": {"contrast": i} for i in range(3)}, columns=3
    ),
    "bubbles": lambda: draw.bubbles(
        {"a long name": (3.0, 56.0, 61.0), "near it": (3.1, 56.2, 60.0), "far": (4000.0, 79.0, 1.0)},
        across="layer",
        up="accuracy",
        area="variance",
    ),
    "array": lambda: draw.array(PLANE, title="x", marked=PLANE > 5, windows=[(0, 0, 2, 2), (1, 1, 3, 3)]),
    "array, one axis": lambda: draw.array(SIGNAL),
    "array, too fine for numbers": lambda: draw.array(PHOTO, title="a photo"),
    "equation": lambda: draw.equation(PLANE, "⋆", KERNELS[0], "=", KERNELS[1], titles=["x", "k", "y"]),
    "kernels": lambda: draw.kernels(KERNELS, titles=["one", "two", "a rather long name for three"]),
    "kernels, shades": lambda: draw.kernels(FINE, titles=[f"{i}" for i in range(12)]),
    "images": lambda: draw.images([PHOTO, PHOTO.T], titles=["upright", "turned"], credit="someone, CC0"),
    "images, one scale": lambda: draw.images(KERNELS, scale="shared", signed=True),
    "filtered": lambda: draw.filtered(PHOTO, KERNELS, [PHOTO - 0.5] * 3, titles=["a", "b", "c"], credit="CC0"),
    "boxes": lambda: draw.boxes({"x": SIGNAL, "k": [1, 2]}, shifts=[0, 3], marked={"x": SIGNAL > 2}),
    "stems": lambda: draw.stems({"x": SIGNAL, "a longer name": [1, 2.5]}, shared=True),
    "heatmap": lambda: draw.heatmap(
        FINE[0],
        rows=[f"row {i}" for i in range(15)],
        columns=list("abcdefghijklmno"),
        across="layer",
        down="σ√n",
        scale="σ",
    ),
    "histograms": lambda: draw.histograms({"x": FINE, "layer 1": np.tanh(9 * FINE)}, saturated=(-0.99, 0.99)),
    "histograms, many": lambda: draw.histograms({f"a longer name {i}": FINE * 1e-9 for i in range(40)}),
    "journeys": lambda: draw.journeys(
        np.eye(4)[[1, 2, 3, 0]][None, :3, :, None].repeat(4, axis=3), [[(0, 0), (0, 1)]], titles=["a map"]
    ),
    "links": lambda: draw.links([np.eye(4), np.ones((2, 4))], titles=["x", "a", "a longer name"], start=1),
    "links, words under them": lambda: draw.links([np.eye(3, 5)], feet=["a", "word", "of", "fourteen", "characters"]),
    "links, crowded": lambda: draw.links([np.eye(40, 60, 10)]),
    "graph": lambda: draw.graph({"x": 4, "y": -3, "f": -12}, {"f": ("×", "x", "y")}, gradients={"f": 1, "x": -3}),
    "volumes": lambda: draw.volumes([(3, 32, 32), (8, 28, 28), (512, 1, 20)], between=["8 × (3, 5, 5)", "1 × 1"]),
    "curves": lambda: draw.curves({"x": SIGNAL, "test": SIGNAL**2}, title="loss", across="epoch", up="accuracy"),
    "curves, ten on a log axis": lambda: draw.curves(
        {f"line {i}": 10.0 ** (SIGNAL - i) for i in range(10)}, x=SIGNAL.cumsum() / 7, across="variance", log=True
    ),
    "panels": lambda: draw.panels({f"graph {i}": {"f(x)": SIGNAL * i, "test": SIGNAL} for i in range(7)}, x=SIGNAL),
    "with_boxes": lambda: draw.with_boxes(
        [PHOTO] * 3, [[[2, 1, 30, 20], [44, 0, 59, 9]]] * 3, labels=[["circle", "triangle"]] * 3, true=[[], [], []]
    ),
    "with_masks": lambda: draw.with_masks([PHOTO] * 2, [PHOTO > 0.9, 2 * (PHOTO < 0.1)], ["ring", "square"]),
    "with_points": lambda: draw.with_points([PHOTO], [[[3, 4], [30, 20]]], bones=[(0, 1)], true=[[[4, 4], [30, 9]]]),
    "difference": lambda: draw.difference(PLANE, np.where(PLANE == 4, 0, PLANE)),
    "difference, one axis": lambda: draw.difference(SIGNAL, SIGNAL[::-1]),
    "difference, single": lambda: draw.difference(1.0, 2.0),
    "difference, far decimals": lambda: draw.difference(PHOTO, PHOTO * 1.00003),
    "difference, shapes": lambda: draw.difference(PLANE, PLANE.T),
}


@pytest.fixture(params=PICTURES, scope="module")
def picture(request):
    return PICTURES[request.param]()


@pytest.fixture(params=PICTURES)
def make(request):
    return PICTURES[request.param]


def texts_of(picture):
    """Everything written: words on the page, numbers in boxes, ticks."""
    written = list(picture.texts)
    for axes in picture.axes:
        written += axes.texts
        if axes.axison:
            written += [*axes.get_xticklabels(), *axes.get_yticklabels()]
    return [text for text in written if text.get_text()]


def test_is_a_figure_of_a_notebooks_width(picture):
    assert 0.5 < picture.get_figwidth() <= WIDTH + 1e-9
    assert picture.png().startswith(b"\x89PNG")


def test_every_text_is_large_enough_and_on_the_page(picture):
    picture.draw_without_rendering()
    page = picture.bbox
    for text in texts_of(picture):
        assert text.get_fontsize() >= 9.0, text.get_text()
        box = text.get_window_extent()
        assert page.x0 - 1 <= box.x0, text.get_text()
        assert box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0, text.get_text()
        assert box.y1 <= page.y1 + 1, text.get_text()


def test_numbers_stay_in_their_boxes(picture):
    picture.draw_without_rendering()
    for axes in picture.axes:
        if axes.axison:
            continue
        box = axes.get_window_extent().width / (axes.get_xlim()[1] - axes.get_xlim()[0])
        assert all(text.get_window_extent().width <= box for text in axes.texts)


def test_shows_itself_as_an_image_with_alternative_text(picture):
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/html"].startswith('<img alt="')
    assert len(picture.alt) > 10
    assert bundle["text/plain"] == f"Picture: {picture.alt}" == repr(picture)


def test_french_says_something_else(make):
    english = make().alt
    draw.language("fr")
    assert make().alt != english


def test_looks_the_same_whatever_the_readers_style(make):
    plain = make().png()
    dark = {
        "text.color": "white",
        "axes.facecolor": "black",
        "axes.edgecolor": "white",
        "xtick.color": "white",
        "xtick.labelcolor": "white",
        "ytick.labelcolor": "white",
        "figure.facecolor": "black",
        "savefig.facecolor": "black",
        "savefig.bbox": "tight",
        "image.cmap": "jet",
        "image.origin": "lower",
        "font.family": "serif",
        "font.size": 20,
    }
    with rc_context(dark):
        styled = make()
        assert styled.png() == plain


def test_alternative_text_can_be_given_and_is_escaped():
    picture = draw.array([1, 2], alt='a "quoted" <word>')
    assert picture.html().startswith('<img alt="a &quot;quoted&quot; &lt;word&gt;"')


@pytest.mark.parametrize(
    "make",
    [
        lambda x, k: draw.array(x, marked=x > 0),
        lambda x, k: draw.equation(x, "⋆", k),
        lambda x, k: draw.kernels([x, k]),
        lambda x, k: draw.images([x, k]),
        lambda x, k: draw.filtered(x, [k], [x]),
        lambda x, k: draw.boxes({"x": x[0], "k": k[0]}),
        lambda x, k: draw.stems({"x": x[0], "k": k[0]}),
        lambda x, k: draw.curves({"x": x[0]}, x=x[1]),
        lambda x, k: draw.heatmap(x, rows=["r"] * 6, columns=["c"] * 5),
        lambda x, k: draw.histograms({"x": x, "k": k}),
        lambda x, k: draw.difference(x, x + 1),
        lambda x, k: draw.sliding_window(x, k, padding=1),
    ],
    ids=[
        "array",
        "equation",
        "kernels",
        "images",
        "filtered",
        "boxes",
        "stems",
        "curves",
        "heatmap",
        "histograms",
        "difference",
        "sliding_window",
    ],
)
def test_strided_inputs_work_and_are_not_changed(make):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(12, 10)).astype(np.float32)[::2, ::-2]
    k = np.asfortranarray(rng.integers(-3, 4, (3, 2)))
    before = x.copy(), k.copy()
    drawn = make(x, k)
    if isinstance(drawn, draw.Picture):
        drawn.png()
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(k, before[1])


def test_importing_it_imports_no_torch_no_pyplot_no_ipython():
    code = (
        "import sys, cnnlib.draw; cnnlib.draw.array([1]).png(); "
        "print([m for m in ('torch', 'matplotlib.pyplot', 'IPython') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"

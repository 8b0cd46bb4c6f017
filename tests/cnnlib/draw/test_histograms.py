"""Histograms by layer: what each row shows, prints and says."""

import numpy as np
import pytest

from cnnlib import draw

RNG = np.random.default_rng(4)
WIDE, NARROW = RNG.normal(0, 2.0, (200, 30)), RNG.normal(0, 0.1, (40, 3, 5, 5))
HALF = np.maximum(RNG.normal(size=1000), 0)


def shape_of(axes):
    """The heights of a row's bars, and where they stand."""
    heights, edges, _ = axes.patches[0].get_data()
    return heights, edges


def written(picture):
    return [text.get_text() for text in picture.texts]


def test_all_rows_share_one_axis_and_each_fills_its_height():
    wide, narrow = draw.histograms({"wide": WIDE, "narrow": NARROW}).axes
    assert wide.get_xlim() == narrow.get_xlim()
    for axes in (wide, narrow):
        assert shape_of(axes)[0].max() == 1
    spans = [np.count_nonzero(shape_of(axes)[0]) for axes in (wide, narrow)]
    assert spans[0] > 8 * spans[1]


def test_bars_count_the_values_between_their_edges():
    values = np.array([[0.5, 1.5, 1.7], [2.5, 1.2, -0.5]])
    (axes,) = draw.histograms({"x": values}, limits=(-1, 3)).axes
    heights, edges = shape_of(axes)
    for low, high, height in ((-1, 0, 1), (0, 1, 1), (1, 2, 3), (2, 3, 1)):
        inside = (edges[:-1] >= low - 1e-9) & (edges[1:] <= high + 1e-9)
        assert heights[inside].sum() == height


def test_the_outermost_bars_hold_what_lies_beyond_the_axis():
    (axes,) = draw.histograms({"x": [-50, 0.5, 70, 80]}, limits=(-1, 1)).axes
    heights, _ = shape_of(axes)
    assert heights[0] == 0.5
    assert heights[-1] == 1


def test_exact_zeros_are_printed_and_left_out_of_the_shape():
    picture = draw.histograms({"half": HALF}, limits=(-1, 1))
    heights, edges = shape_of(picture.axes[0])
    assert f"{100 * (HALF == 0).mean():.0f} %" in written(picture)
    assert heights[np.searchsorted(edges, 0.0)] < 1


def test_prints_the_deviation_and_the_saturated_share():
    picture = draw.histograms({"x": [-1, 1, 0.5, 0, -0.5, 0.2, 0.1, 0.99]}, saturated=(-0.99, 0.99))
    assert written(picture)[:3] == ["σ", "= 0", "saturated"]
    assert written(picture)[4:] == ["0.64", "12 %", "38 %"]
    assert "saturated" not in draw.histograms({"x": WIDE}).alt


@pytest.mark.parametrize(
    ("zeros", "printed"), [(0, "0 %"), (1, "< 1 %"), (10, "1 %"), (999, "> 99 %"), (1000, "100 %")]
)
def test_none_and_all_are_told_from_few_and_most(zeros, printed):
    values = np.arange(1000) >= zeros
    assert written(draw.histograms({"x": values}))[-1] == printed


def test_saturation_is_dashed_at_both_ends():
    (axes,) = draw.histograms({"x": WIDE}, saturated=(-1.5, 1)).axes
    dashed = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert dashed == [-1.5, 1]


def test_the_alternative_text_gives_the_spread_of_each_layer():
    alt = draw.histograms({"a": [1.0, 3.0], "b": [0.0, 4.0]}, saturated=(0, 4)).alt
    assert alt == (
        "Histograms of 2 layers over one axis. a: standard deviation 1, zeros 0 %, saturated 0 %; "
        "b: standard deviation 2, zeros 50 %, saturated 100 %."
    )


def test_dead_and_overflowing_layers_are_drawn_too():
    picture = draw.histograms({"dead": np.zeros(5), "over": [np.inf, 1, np.nan], "all": [np.inf]})
    assert picture.png().startswith(b"\x89PNG")
    assert "nan" in picture.alt
    assert not shape_of(picture.axes[0])[0].any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.histograms({}), r"draw\.histograms: layers is empty; one or more fit"),
        (lambda: draw.histograms({"x": []}), r"draw\.histograms: x is empty; one value or more fits"),
        (lambda: draw.histograms({"x": [1]}, limits=(1, 1)), r"draw\.histograms: limits is \(1, 1\); \(low, high\)"),
        (lambda: draw.histograms({"x": [1]}, saturated=(1, 0)), r"draw\.histograms: saturated is \(1, 0\); \(low"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

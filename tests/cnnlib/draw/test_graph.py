"""The computation graph: values and gradients in their boxes, everything joined to what it is made of."""

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch

from cnnlib import draw

VALUES = {"y": 5, "z": 4, "x": -2, "q": 20, "s": 18, "f": 90}
MADE = {"q": ("×", "y", "z"), "s": ("+", "x", "q"), "f": ("×", "s", "y")}
GRADIENTS = {"y": 38, "z": 25, "x": 5, "q": 5, "s": 5, "f": 1}


def texts(picture):
    (axes,) = picture.axes
    return [text.get_text() for text in axes.texts if text.get_text()]


def boxes(picture):
    """Where everything with an outline stands: (left, top, right, bottom)."""
    (axes,) = picture.axes
    patches = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    return [(p.get_x(), p.get_y(), p.get_x() + p.get_width(), p.get_y() + p.get_height()) for p in patches]


def test_every_value_and_every_gradient_is_written():
    written = texts(draw.graph(VALUES, MADE, gradients=GRADIENTS))
    assert {f"{name} = {value}".replace("-", "−") for name, value in VALUES.items()} <= set(written)
    assert {f"d{name} = {value}" for name, value in GRADIENTS.items()} <= set(written)
    assert sorted(text for text in written if "=" not in text) == ["+", "×", "×"]


def test_gradients_may_come_one_by_one():
    written = texts(draw.graph(VALUES, MADE, gradients={"f": 1, "s": 5}))
    assert [text for text in written if text.startswith("d")] == ["ds = 5", "df = 1"]


def test_one_line_for_each_input_of_each_operation():
    (axes,) = draw.graph(VALUES, MADE).axes
    assert len(axes.lines) == sum(len(inputs) for _, *inputs in MADE.values())


def test_no_two_boxes_overlap():
    placed = boxes(draw.graph(VALUES, MADE, gradients=GRADIENTS))
    assert len(placed) == len(VALUES) + len(MADE)
    for i, (left, top, right, bottom) in enumerate(placed):
        for other in placed[:i]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_values_go_from_left_to_right():
    (axes,) = draw.graph(VALUES, MADE).axes
    across = {text.get_text().partition(" = ")[0]: text.get_position()[0] for text in axes.texts}
    for name, (_, *inputs) in MADE.items():
        assert all(across[one] < across[name] for one in inputs)


def test_it_is_described():
    picture = draw.graph({"x": 4, "y": -3, "f": -12}, {"f": ("×", "x", "y")}, gradients={"f": 1})
    assert picture.alt == "Computation graph: x = 4; y = −3; f = ×(x, y) = −12, df = 1."


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.graph({}, {}), r"draw\.graph: values is empty; one or more fit"),
        (lambda: draw.graph({"x": 1}, {"f": ("+", "x")}), r"draw\.graph: made has 'f', which is no value"),
        (lambda: draw.graph({"f": 1}, {"f": ("+",)}), r"draw\.graph: 'f' is made of nothing; one value or more fits"),
        (
            lambda: draw.graph({"f": 1, "x": 1}, {"f": ("+", "x")}),
            r"draw\.graph: 'f' is made of 'x', which does not stand before it",
        ),
        (lambda: draw.graph({"x": 1}, {}, gradients={"y": 1}), r"draw\.graph: gradients has 'y', which is no value"),
        (
            lambda: draw.graph(
                dict.fromkeys("abcdefghijk", 1), {b: ("+", a) for a, b in zip("abcdefghij", "bcdefghijk", strict=True)}
            ),
            r"draw\.graph: 11 columns of boxes do not fit on a page; at most \d fit",
        ),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_numbers_of_numpy_are_numbers():
    assert texts(draw.graph({"x": np.float32(0.5)}, {})) == ["x = 0.5"]

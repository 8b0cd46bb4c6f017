"""Networks as blocks, arrows and branches."""

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from cnnlib import draw
from cnnlib.draw import Block, Branches

CHAIN = [
    Block("image", (1, 28, 28), "data"),
    Block("conv 3×3, 32\nbatch norm, ReLU", (32, 28, 28)),
    Block("max pool", (32, 14, 14), "pool"),
    Block("linear", (10,), "linear"),
]
RESIDUAL = [Block("x", (8, 4, 4), "data"), Branches([[], [Block("conv 1"), Block("conv 2")]], "add", (8, 4, 4))]
INCEPTION = [
    Block("x", (192, 28, 28), "data"),
    Branches([[Block("conv 1×1")], [Block("conv 1×1"), Block("conv 3×3")], [Block("pool", None, "pool")]]),
    Block("next"),
]


def nested(width, depth):
    """A U-Net of so many halvings."""
    inner = nested(2 * width, depth - 1) if depth > 1 else [Block(f"conv, {2 * width}")]
    return [Block(f"conv, {width}"), Branches([[], [Block("pool"), *inner, Block(f"up, {width}")]]), Block("conv")]


ALL = {"chain": CHAIN, "residual": RESIDUAL, "inception": INCEPTION, "unet": nested(8, 3)}


def patches(picture, kind):
    (axes,) = picture.axes
    return [patch for patch in axes.patches if type(patch) is kind]


def boxes(picture):
    """(left, top, width, height) of every box, in inches."""
    return [(b.get_x(), b.get_y(), b.get_width(), b.get_height()) for b in patches(picture, FancyBboxPatch)]


def words(picture):
    return [text.get_text() for text in picture.texts]


def place_of(picture, word):
    """Where a word's middle or left end stands, in inches from the upper left corner."""
    (text,) = [text for text in picture.texts if text.get_text() == word]
    width, height = picture.get_size_inches()
    return text.get_position()[0] * width, (1 - text.get_position()[1]) * height


def test_a_chain_goes_down_with_its_shapes_between():
    picture = draw.architecture(CHAIN)
    tops = [top for _, top, _, _ in boxes(picture)]
    assert len(tops) == 4
    assert tops == sorted(tops)
    assert words(picture) == [
        *("image", "1×28×28", "conv 3×3, 32\nbatch norm, ReLU", "32×28×28"),
        *("max pool", "32×14×14", "linear", "10"),
    ]
    assert len(patches(picture, FancyArrowPatch)) == 4
    assert picture.alt == (
        "A network: image (1×28×28) → conv 3×3, 32, batch norm, ReLU (32×28×28) → max pool (32×14×14) → linear (10)."
    )


def test_kinds_differ_without_colour():
    _, conv, pool, linear = patches(draw.architecture(CHAIN), FancyBboxPatch)
    looks = {(box.get_linewidth(), str(box.get_linestyle())) for box in (conv, pool, linear)}
    assert len(looks) == 3
    greys = [np.dot(box.get_facecolor()[:3], [0.299, 0.587, 0.114]) for box in (conv, pool, linear)]
    assert min(abs(np.diff(sorted(greys)))) > 0.04


def test_a_shortcut_goes_straight_down_to_the_plus():
    picture = draw.architecture(RESIDUAL)
    (plus,) = patches(picture, Circle)
    assert plus.center[0] == pytest.approx(place_of(picture, "x")[0])
    assert place_of(picture, "conv 1")[0] > plus.center[0] + 0.3
    assert place_of(picture, "conv 2")[1] < plus.center[1]
    assert "2 branches that meet by addition [shortcut; conv 1 → conv 2] (8×4×4)" in picture.alt


def test_paths_that_are_concatenated_end_in_a_bar_under_all_of_them():
    picture = draw.architecture(INCEPTION)
    bar = max(boxes(picture), key=lambda box: box[2])
    middles = [left + width / 2 for left, top, width, _ in boxes(picture) if 1 < top < bar[1]]
    assert len(middles) >= 2
    assert bar[0] < min(middles)
    assert max(middles) < bar[0] + bar[2]
    assert "concatenation" in words(picture)


def test_a_unet_goes_aside_and_comes_back():
    picture = draw.architecture(nested(8, 3))
    places = [place_of(picture, f"conv, {8 * 2**level}")[0] for level in range(4)]
    assert places == sorted(places)
    assert [place_of(picture, f"up, {8 * 2**level}")[0] for level in range(3)] == pytest.approx(places[1:])


@pytest.mark.parametrize("path", ALL.values(), ids=ALL)
def test_boxes_lie_apart_on_the_page_and_hold_their_words(path):
    picture = draw.architecture(path)
    picture.draw_without_rendering()
    width, height = picture.get_size_inches()
    drawn = boxes(picture)
    for i, (left, top, w, h) in enumerate(drawn):
        assert left >= 0
        assert top >= 0
        assert left + w <= width
        assert top + h <= height
        for other_left, other_top, other_w, other_h in drawn[i + 1 :]:
            apart_across = left + w < other_left or other_left + other_w < left
            assert apart_across or top + h < other_top or other_top + other_h < top
    labels = {block.label for block in every_block(path)}
    for text in picture.texts:
        if text.get_text() in labels:
            x, y = place_of_text(text, width, height)
            half = text.get_window_extent().width / picture.dpi / 2
            assert any(inside(x, y, half, box) for box in drawn), text.get_text()


def inside(x, y, half, box):
    left, top, width, height = box
    return left < x - half and x + half < left + width and top < y < top + height


def place_of_text(text, width, height):
    return text.get_position()[0] * width, (1 - text.get_position()[1]) * height


def every_block(path):
    for element in path:
        if isinstance(element, Block):
            yield element
        else:
            for inner in element.paths:
                yield from every_block(inner)


def test_columns_are_of_about_the_same_height_and_read_from_the_left():
    path = [Block(f"layer {i}", (i + 1,)) for i in range(9)]
    picture = draw.architecture(path, columns=3)
    across = [place_of(picture, f"layer {i}")[0] for i in range(9)]
    assert len({round(x, 6) for x in across}) == 3
    assert across == sorted(across)
    assert picture.get_figheight() < 0.5 * draw.architecture(path).get_figheight()
    assert picture.alt == draw.architecture(path).alt


def test_more_columns_than_blocks_are_as_many_as_blocks():
    picture = draw.architecture(CHAIN[:2], columns=5)
    assert len(boxes(picture)) == 2


def test_speaks_french():
    draw.language("fr")
    picture = draw.architecture(INCEPTION)
    assert "concaténation" in words(picture)
    assert "3 branches réunies par concaténation" in picture.alt


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.architecture([]), r"draw\.architecture: path is empty; one block or more fits"),
        (lambda: draw.architecture([Block("x", None, "cnov")]), r"kind is 'cnov'; 'data', 'conv', 'pool', 'linear'"),
        (lambda: draw.architecture([Branches([[Block("x")]])]), r"1 paths; two or more fit, one of them with blocks"),
        (lambda: draw.architecture([Branches([[], []])]), r"2 paths; two or more fit, one of them with blocks"),
        (lambda: draw.architecture([Branches([[], [Block("x")]], "mul")]), r"join is 'mul'; 'add' and 'concat' fit"),
        (lambda: draw.architecture([Block("x" * 90)]), r"the picture would be 8\.5 inches wide; 8 fit: break labels"),
        (lambda: draw.architecture(CHAIN, columns=0), r"draw\.architecture: columns is 0; 1 or more fits"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()

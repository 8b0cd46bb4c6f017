"""An animation of a kernel sliding over an input, as HTML that needs no network and no library."""

import html
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from cnnlib.draw._numbers import number, numbers, plane, shape_text
from cnnlib.draw.words import say
from cnnlib.geometry import output_size, span
from cnnlib.ops._arguments import Array, whole

LARGEST = 20  # values along an axis that still fit on a page
MOST_TERMS = 9  # of a sum are written out


class SlidingWindow:
    """The animation: a notebook shows it as HTML, a terminal as one sentence with the output's numbers."""

    def __init__(self, source: str, sentence: str) -> None:
        self.html = source
        self.sentence = sentence

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return self.html


def sliding_window(
    x: npt.ArrayLike,
    k: npt.ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    names: tuple[str, str, str] = ("x", "k", "y"),
) -> SlidingWindow:
    """Slide k over x without flipping it, both (n) or both (H, W), and watch each output being computed.

    Without scripts the page shows the last window, and the output whole.
    """
    slide = Slide.of("draw.sliding_window", x, k, stride, padding, dilation)
    steps = list(_steps(slide, names[2]))
    output = np.array([one.value for one in steps]).reshape(slide.places)
    drawing = _Drawing(slide, output, steps, names)
    sentence = say(
        "sliding",
        kernel=f"{names[1]} {shape_text(np.shape(k))}",
        input=f"{names[0]} {shape_text(np.shape(x))}",
        output=f"{names[2]} {shape_text(slide.places if slide.axes == 2 else slide.places[1:])}",
    )
    values = "; ".join(" ".join(row) for row in numbers(output))
    return SlidingWindow(drawing.page(sentence), f"{sentence}: {values}")


class Slide(NamedTuple):
    """How a kernel lies on an input, and the tables of an animation that do not depend on the way it goes."""

    padded: Array
    kernel: Array
    sides: tuple[int, int]  # of padding: above and below, left and right
    stride: int
    dilation: int
    axes: int

    @classmethod
    def of(cls, op: str, x: npt.ArrayLike, k: npt.ArrayLike, stride: int, padding: int, dilation: int) -> "Slide":
        """The arguments of an animation, where they fit each other and the page."""
        image, kernel = plane(op, "x", x), plane(op, "k", k)
        axes = np.ndim(x)
        if np.ndim(k) != axes:
            raise ValueError(f"{op}: k has {np.ndim(k)} axes but x has {axes}")
        step = whole(op, "stride", stride, least=1)
        border = whole(op, "padding", padding, least=0)
        rate = whole(op, "dilation", dilation, least=1)
        around = (0 if axes == 1 else border, border)
        padded = np.pad(image, [(side, side) for side in around])
        if max(padded.shape) > LARGEST:
            raise ValueError(f"{op}: x, padded, is {shape_text(padded.shape)}; at most {LARGEST} along an axis fit")
        h, w = (span(size, rate) for size in kernel.shape)
        if h > padded.shape[0] or w > padded.shape[1]:
            raise ValueError(f"{op}: the window is {h}x{w} but x, padded, is {padded.shape[0]}x{padded.shape[1]}")
        return cls(padded, kernel, around, step, rate, axes)

    @property
    def places(self) -> tuple[int, int]:
        """How many windows there are: (rows, columns)."""
        rows, columns = (
            output_size(n, size, stride=self.stride, dilation=self.dilation)
            for n, size in zip(self.padded.shape, self.kernel.shape, strict=True)
        )
        return rows, columns

    @property
    def spans(self) -> tuple[int, int]:
        """How much of the input a window spans: (rows, columns)."""
        height, width = (span(size, self.dilation) for size in self.kernel.shape)
        return height, width

    def window(self, i: int, j: int) -> tuple[slice, slice]:
        """What the window of output (i, j) touches of the padded input."""
        rows, columns = (
            slice(place * self.stride, place * self.stride + reach, self.dilation)
            for place, reach in zip((i, j), self.spans, strict=True)
        )
        return rows, columns

    def image(self, padded: Array) -> Array:
        """An array like the padded input without the padding."""
        above, left = self.sides
        return padded[above : padded.shape[0] - above, left : padded.shape[1] - left]

    def touched(self, row: int, column: int) -> list[tuple[int, int]]:
        """The places of the padded input under a window that begins there, in the order of the kernel."""
        return [(row + self.dilation * i, column + self.dilation * j) for i, j in np.ndindex(self.kernel.shape)]

    def input_table(self, texts: Array, notes: Mapping[tuple[int, int], str]) -> str:
        """One box for each value of the padded input; those with a note are in the window."""
        is_padding = np.ones(self.padded.shape, dtype=bool)
        self.image(is_padding)[...] = False
        rows = []
        for row, line in enumerate(texts):
            cells = []
            for column, text in enumerate(line):
                kinds = ["pad"] if is_padding[row, column] else []
                note = notes.get((row, column))
                if note is not None:
                    kinds.append("in")
                data = f' data-weight="{note}"' if note is not None else ""
                cells.append(f'<td class="{" ".join(kinds)}"{data}>{text}</td>')
            rows.append("<tr>" + "".join(cells) + "</tr>")
        return "".join(rows)

    def kernel_table(self, kind: str, texts: Array) -> str:
        """One box for each weight; on a single row, where boxes stand under the input's, with holes."""
        holes = '<td class="hole"></td>' * (self.dilation - 1 if self.axes == 1 else 0)
        return "".join(
            "<tr>" + holes.join(f'<td class="{kind}">{text}</td>' for text in row) + "</tr>" for row in texts
        )

    def output_table(self, texts: Array) -> str:
        """One box for each window; on a single row, where each stands under its window, with holes."""
        holes = '<td class="hole"></td>' * (self.stride - 1 if self.axes == 1 else 0)
        return "".join("<tr>" + holes.join(f'<td class="y">{text}</td>' for text in row) + "</tr>" for row in texts)

    def padding_note(self) -> str:
        return say("padding", n=self.sides[1]) if self.sides[1] else ""

    def dilation_note(self) -> str:
        return say("dilation", n=self.dilation) if self.dilation > 1 else ""

    def stride_note(self) -> str:
        return say("stride", n=self.stride) if self.stride > 1 else ""


class _Step(NamedTuple):
    row: int  # where the window's first value lies in the padded input
    column: int
    products: Array  # (h, w)
    value: float
    words: str


class _Drawing(NamedTuple):
    slide: Slide
    output: Array
    steps: list[_Step]
    names: tuple[str, str, str]

    def page(self, sentence: str) -> str:
        """The whole fragment: style, tables as they stand at the last window, controls, data, script."""
        last, slide = self.steps[-1], self.slide
        weights = dict(zip(slide.touched(last.row, last.column), numbers(slide.kernel).ravel(), strict=True))
        return fill(
            "sliding_window.html",
            slide,
            last,
            cell=self._cell(),
            data=self._data(),
            name=html.escape(sentence),
            words=html.escape(last.words),
            x=slide.input_table(numbers(slide.padded), weights),
            k=slide.kernel_table("k", numbers(slide.kernel)),
            products=slide.kernel_table("products", numbers(last.products)),
            y=slide.output_table(numbers(self.output)),
            x_name=title(self.names[0], say("input"), slide.padding_note()),
            k_name=title(self.names[1], say("kernel"), slide.dilation_note()),
            products_name=html.escape(say("products")),
            y_name=title(self.names[2], say("output"), slide.stride_note()),
        )

    def _data(self) -> str:
        """What the script needs, safe inside a script element."""
        steps = [
            {
                "row": step.row,
                "column": step.column,
                "products": numbers(step.products).ravel().tolist(),
                "value": number(step.value),
                "words": step.words,
                "counter": say("of", t=t, count=len(self.steps)),
            }
            for t, step in enumerate(self.steps, start=1)
        ]
        data = {"steps": steps, "controls": controls(len(steps)), "play": say("play"), "pause": say("pause")}
        return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")

    def _cell(self) -> float:
        """The side of a box in em: room for the longest number."""
        shown = [self.slide.padded, self.slide.kernel, self.output, *(step.products for step in self.steps)]
        longest = max(len(text) for array in shown for text in numbers(array).ravel())
        return max(2.5, 0.6 * longest + 0.5)


def _steps(slide: Slide, name: str) -> Iterable[_Step]:
    """Every window of the padded input, row by row."""
    for i, j in np.ndindex(slide.places):
        seen = slide.padded[slide.window(i, j)]
        products = seen * slide.kernel
        value = float(products.sum())
        place = f"{name}[{j}]" if slide.axes == 1 else f"{name}[{i}, {j}]"
        words = f"{place} = {_sum(seen, slide.kernel)} = {number(value)}"
        yield _Step(i * slide.stride, j * slide.stride, products, value, words)


def _sum(seen: Array, kernel: Array) -> str:
    """1·2 + 4·(−1) + …: the products as a student would write them."""
    terms = [f"{_bracketed(a)}·{_bracketed(b)}" for a, b in zip(seen.ravel(), kernel.ravel(), strict=True)]
    if len(terms) > MOST_TERMS:
        terms = [*terms[:3], "…", terms[-1]]
    return " + ".join(terms)


def _bracketed(value: float) -> str:
    text = number(value)
    return f"({text})" if text.startswith("−") else text


class Position(Protocol):
    """Where a window begins."""

    @property
    def row(self) -> int: ...

    @property
    def column(self) -> int: ...


def fill(template: str, slide: Slide, last: Position, *, cell: float, **parts: str) -> str:
    """A template with the style, the script and the size of everything, as it stands at the last window."""
    height, width = slide.spans
    return _resource(template).substitute(
        parts,
        style=_resource("sliding_window.css").template,
        script=_resource("sliding_window.js").template,
        axes=slide.axes,
        row=last.row,
        column=last.column,
        height=height,
        width=width,
        cell=f"{cell:.2f}",
    )


def controls(count: int) -> str:
    """The buttons under so many windows."""
    words = {word: html.escape(say(word)) for word in ("first", "back", "play", "step", "window", "keys")}
    return _resource("sliding_window_controls.html").substitute(words, last=count - 1)


def title(name: str, word: str, note: str) -> str:
    """What stands over a board: its name, what it is, and how it lies."""
    rest = f"{word}, {note}" if note else word
    return f"<b>{html.escape(name)}</b> <span>{html.escape(rest)}</span>"


def _resource(name: str) -> Template:
    return Template(files("cnnlib.draw").joinpath(name).read_text(encoding="utf-8"))

"""An animation of a kernel sliding over an input, as HTML that needs no network and no library."""

import html
import json
from collections.abc import Iterable
from importlib.resources import files
from string import Template
from typing import NamedTuple

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
    op = "draw.sliding_window"
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

    steps = list(_steps(padded, kernel, step, rate, axes, names[2]))
    shape = tuple(
        output_size(n, size, stride=step, dilation=rate) for n, size in zip(padded.shape, kernel.shape, strict=True)
    )
    output = np.array([one.value for one in steps]).reshape(shape)
    is_padding = np.ones(padded.shape, dtype=bool)
    is_padding[around[0] : around[0] + image.shape[0], border : border + image.shape[1]] = False
    drawing = _Drawing(padded, is_padding, kernel, output, steps, names, (step, border, rate), axes)
    sentence = say(
        "sliding",
        kernel=f"{names[1]} {shape_text(np.shape(k))}",
        input=f"{names[0]} {shape_text(np.shape(x))}",
        output=f"{names[2]} {shape_text(shape if axes == 2 else shape[1:])}",
    )
    values = "; ".join(" ".join(row) for row in numbers(output))
    return SlidingWindow(drawing.page(sentence), f"{sentence}: {values}")


class _Step(NamedTuple):
    row: int  # where the window's first value lies in the padded input
    column: int
    products: Array  # (h, w)
    value: float
    words: str


class _Drawing(NamedTuple):
    padded: Array
    is_padding: Array
    kernel: Array
    output: Array
    steps: list[_Step]
    names: tuple[str, str, str]
    geometry: tuple[int, int, int]  # stride, padding, dilation
    axes: int

    def page(self, sentence: str) -> str:
        """The whole fragment: style, tables as they stand at the last window, controls, data, script."""
        last = self.steps[-1]
        return _resource("sliding_window.html").substitute(
            style=_resource("sliding_window.css").template,
            script=_resource("sliding_window.js").template,
            data=self._data(),
            name=html.escape(sentence),
            axes=self.axes,
            row=last.row,
            column=last.column,
            height=span(self.kernel.shape[0], self.geometry[2]),
            width=span(self.kernel.shape[1], self.geometry[2]),
            cell=f"{self._cell():.2f}",
            x=self._input_table(),
            k=self._kernel_table("k", numbers(self.kernel)),
            products=self._kernel_table("products", numbers(last.products)),
            y=self._output_table(),
            x_name=self._title(self.names[0], say("input"), self._padding_note()),
            k_name=self._title(self.names[1], say("kernel"), self._dilation_note()),
            products_name=html.escape(say("products")),
            y_name=self._title(self.names[2], say("output"), self._stride_note()),
            words=html.escape(last.words),
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
        controls = _resource("sliding_window_controls.html").substitute(
            last=len(self.steps) - 1,
            **{word: html.escape(say(word)) for word in ("first", "back", "play", "step", "window", "keys")},
        )
        data = {"steps": steps, "controls": controls, "play": say("play"), "pause": say("pause")}
        return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")

    def _cell(self) -> float:
        """The side of a box in em: room for the longest number."""
        shown = [self.padded, self.kernel, self.output, *(step.products for step in self.steps)]
        longest = max(len(text) for array in shown for text in numbers(array).ravel())
        return max(2.5, 0.6 * longest + 0.5)

    def _input_table(self) -> str:
        touched = self._touched()
        weights = dict(zip(touched, numbers(self.kernel).ravel(), strict=True))
        rows = []
        for row, texts in enumerate(numbers(self.padded)):
            cells = []
            for column, text in enumerate(texts):
                kinds = ["pad"] if self.is_padding[row, column] else []
                weight = weights.get((row, column))
                if weight is not None:
                    kinds.append("in")
                data = f' data-weight="{weight}"' if weight is not None else ""
                cells.append(f'<td class="{" ".join(kinds)}"{data}>{text}</td>')
            rows.append("<tr>" + "".join(cells) + "</tr>")
        return "".join(rows)

    def _touched(self) -> list[tuple[int, int]]:
        last, rate = self.steps[-1], self.geometry[2]
        return [(last.row + rate * i, last.column + rate * j) for i, j in np.ndindex(self.kernel.shape)]

    def _kernel_table(self, kind: str, texts: Array) -> str:
        """One box for each weight; on a single row, where boxes stand under the input's, with holes."""
        holes = '<td class="hole"></td>' * (self.geometry[2] - 1 if self.axes == 1 else 0)
        return "".join(
            "<tr>" + holes.join(f'<td class="{kind}">{text}</td>' for text in row) + "</tr>" for row in texts
        )

    def _output_table(self) -> str:
        """One box for each window; on a single row, where each stands under its window, with holes."""
        holes = '<td class="hole"></td>' * (self.geometry[0] - 1 if self.axes == 1 else 0)
        return "".join(
            "<tr>" + holes.join(f'<td class="y">{text}</td>' for text in row) + "</tr>" for row in numbers(self.output)
        )

    def _padding_note(self) -> str:
        return say("padding", n=self.geometry[1]) if self.geometry[1] else ""

    def _dilation_note(self) -> str:
        return say("dilation", n=self.geometry[2]) if self.geometry[2] > 1 else ""

    def _stride_note(self) -> str:
        return say("stride", n=self.geometry[0]) if self.geometry[0] > 1 else ""

    def _title(self, name: str, word: str, note: str) -> str:
        rest = f"{word}, {note}" if note else word
        return f"<b>{html.escape(name)}</b> <span>{html.escape(rest)}</span>"


def _steps(padded: Array, kernel: Array, stride: int, rate: int, axes: int, name: str) -> Iterable[_Step]:
    """Every window of the padded input, row by row."""
    h, w = kernel.shape
    rows = output_size(padded.shape[0], h, stride=stride, dilation=rate)
    columns = output_size(padded.shape[1], w, stride=stride, dilation=rate)
    for i, j in np.ndindex(rows, columns):
        row, column = i * stride, j * stride
        seen = padded[row : row + span(h, rate) : rate, column : column + span(w, rate) : rate]
        products = seen * kernel
        value = float(products.sum())
        place = f"{name}[{j}]" if axes == 1 else f"{name}[{i}, {j}]"
        yield _Step(row, column, products, value, f"{place} = {_sum(seen, kernel)} = {number(value)}")


def _sum(seen: Array, kernel: Array) -> str:
    """1·2 + 4·(−1) + …: the products as a student would write them."""
    terms = [f"{_bracketed(a)}·{_bracketed(b)}" for a, b in zip(seen.ravel(), kernel.ravel(), strict=True)]
    if len(terms) > MOST_TERMS:
        terms = [*terms[:3], "…", terms[-1]]
    return " + ".join(terms)


def _bracketed(value: float) -> str:
    text = number(value)
    return f"({text})" if text.startswith("−") else text


def _resource(name: str) -> Template:
    return Template(files("cnnlib.draw").joinpath(name).read_text(encoding="utf-8"))

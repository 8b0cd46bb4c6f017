"""The sliding window backwards: each upstream gradient spreads into the input and gathers in the kernel."""

import html
import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.draw._numbers import number, numbers, plane, shape_text
from cnnlib.draw.sliding_window import Slide, SlidingWindow, controls, fill, title
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array


def sliding_window_back(
    x: npt.ArrayLike,
    k: npt.ArrayLike,
    dy: npt.ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    names: tuple[str, str, str] = ("x", "k", "y"),
) -> SlidingWindow:
    """Go back through `sliding_window` of x and k, window by window: dy times k adds to dx, dy times x to dk.

    Without scripts the page shows the last window, and both gradients whole.
    """
    op = "draw.sliding_window_back"
    slide = Slide.of(op, x, k, stride, padding, dilation)
    upstream = plane(op, "dy", dy)
    shape = slide.places
    if upstream.shape != shape or np.ndim(dy) != slide.axes:
        fits = shape if slide.axes == 2 else shape[1:]
        raise ValueError(f"{op}: dy has shape {np.shape(dy)} but y has {fits}")
    drawing = _Drawing(slide, upstream, list(_steps(slide, upstream, names)), names)
    sentence = say(
        "sliding back",
        upstream=f"d{names[2]} {shape_text(np.shape(dy))}",
        input=f"d{names[0]} {shape_text(np.shape(x))}",
        kernel=f"d{names[1]} {shape_text(np.shape(k))}",
    )
    dx, dk = (
        "; ".join(" ".join(row) for row in numbers(one)) for one in (slide.image(drawing.dpadded), drawing.steps[-1].dk)
    )
    return SlidingWindow(drawing.page(sentence), f"{sentence}: {dx}; {dk}")


class _Step(NamedTuple):
    row: int  # where the window's first value lies in the padded input
    column: int
    spread: Array  # (h, w): what is added to dx here
    dpadded: Array  # so far
    dk: Array  # so far
    words: str


def _steps(slide: Slide, upstream: Array, names: tuple[str, str, str]) -> Iterator[_Step]:
    """Every window in its order, with all that has come back until then."""
    dpadded, dk = np.zeros(slide.padded.shape), np.zeros(slide.kernel.shape)
    x_name, k_name, y_name = names
    for (i, j), value in np.ndenumerate(upstream):
        window = slide.window(i, j)
        spread = value * slide.kernel
        dpadded[window] += spread
        dk += value * slide.padded[window]
        place = f"d{y_name}[{j}]" if slide.axes == 1 else f"d{y_name}[{i}, {j}]"
        words = (
            f"{place} = {number(value)}: d{x_name} += {number(value)}·{k_name}, d{k_name} += {number(value)}·{x_name}"
        )
        yield _Step(i * slide.stride, j * slide.stride, spread, dpadded.copy(), dk.copy(), words)


class _Drawing(NamedTuple):
    slide: Slide
    upstream: Array
    steps: list[_Step]
    names: tuple[str, str, str]

    @property
    def dpadded(self) -> Array:
        return self.steps[-1].dpadded

    def page(self, sentence: str) -> str:
        """The whole fragment: style, tables as they stand at the last window, controls, data, script."""
        last, slide = self.steps[-1], self.slide
        x_name, k_name, y_name = self.names
        touched = dict(zip(slide.touched(last.row, last.column), _signed(last.spread), strict=True))
        return fill(
            "sliding_window_back.html",
            slide,
            last,
            cell=self._cell(),
            data=self._data(),
            name=html.escape(sentence),
            words=html.escape(last.words),
            dx=slide.input_table(numbers(last.dpadded), touched),
            x=slide.input_table(numbers(slide.padded), {}),
            k=slide.kernel_table("k", numbers(slide.kernel)),
            dk=slide.kernel_table("products", numbers(last.dk)),
            dy=slide.output_table(numbers(self.upstream)),
            dx_name=title(f"d{x_name}", say("of the input"), slide.padding_note()),
            x_name=title(x_name, say("input"), slide.padding_note()),
            k_name=title(k_name, say("kernel"), slide.dilation_note()),
            dk_name=title(f"d{k_name}", say("of the kernel"), ""),
            dy_name=title(f"d{y_name}", say("upstream"), slide.stride_note()),
        )

    def _data(self) -> str:
        steps = [
            {
                "row": step.row,
                "column": step.column,
                "inputs": numbers(step.dpadded).ravel().tolist(),
                "weights": _signed(step.spread),
                "products": numbers(step.dk).ravel().tolist(),
                "value": number(value),
                "words": step.words,
                "counter": say("of", t=t, count=len(self.steps)),
            }
            for t, (step, value) in enumerate(zip(self.steps, self.upstream.ravel(), strict=True), start=1)
        ]
        data = {"steps": steps, "controls": controls(len(steps)), "play": say("play"), "pause": say("pause")}
        return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")

    def _cell(self) -> float:
        """The side of a box in em: room for the longest number."""
        shown = [self.slide.padded, self.slide.kernel, self.upstream]
        shown += [array for step in self.steps for array in (step.dpadded, step.dk)]
        longest = max(len(text) for array in shown for text in numbers(array).ravel())
        return max(2.5, 0.6 * longest + 0.5)


def _signed(spread: Array) -> list[str]:
    """What is added, each with its sign: +3, −2."""
    return [text if text.startswith("−") else f"+{text}" for text in numbers(spread).ravel()]

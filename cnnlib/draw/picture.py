"""A matplotlib figure that says in one sentence what it shows, wherever a notebook displays it."""

import base64
import html
import io
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 8.0  # inches: the text width of a notebook
INK = "#1a1a1a"
PAPER = "#fdfdfb"
SCREEN_DPI = 96
PRINT_DPI = 144


class Picture(Figure):
    """A Figure on its own white paper, with alternative text.

    Notebooks display it as an `<img alt="…">`: JupyterLab drops the alt text of a bare image/png.
    """

    def __init__(self, width: float, height: float, alt: str) -> None:
        super().__init__(figsize=(width, height), dpi=SCREEN_DPI, facecolor=PAPER)
        self.alt = alt

    def place(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes of that size, in inches from the upper left corner."""
        page_width, page_height = self.get_size_inches()
        box = (
            left / page_width,
            1 - (top + height) / page_height,
            width / page_width,
            height / page_height,
        )
        return self.add_axes(box)

    def write(self, left: float, top: float, words: str, size: float, **style: Any) -> None:
        """Words on the paper, at that place in inches from the upper left corner."""
        page_width, page_height = self.get_size_inches()
        style = {"ha": "center", "va": "center", "color": INK, "family": "DejaVu Sans"} | style
        self.text(left / page_width, 1 - top / page_height, words, fontsize=size, **style)

    def png(self) -> bytes:
        """The picture at one and a half times the resolution of a screen; the same bytes each time."""
        buffer = io.BytesIO()
        with rc_context({"savefig.bbox": None}):
            self.savefig(buffer, format="png", dpi=PRINT_DPI, facecolor=PAPER, metadata={"Software": None})
        return buffer.getvalue()

    def html(self) -> str:
        """An `<img>` that carries the pixels and the alternative text."""
        pixels = base64.b64encode(self.png()).decode("ascii")
        width = round(self.get_figwidth() * SCREEN_DPI)
        return (
            f'<img alt="{html.escape(self.alt)}" width="{width}" '
            f'style="max-width:100%;height:auto;border-radius:6px" src="data:image/png;base64,{pixels}">'
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": repr(self)}

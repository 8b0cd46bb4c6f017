"""A network as blocks from top to bottom, with arrows, shapes, and branches side by side."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Union

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from cnnlib.draw._numbers import shape_text
from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import whole

EDGE = 0.15  # inches, as all below
LINE, PADDING, LETTER = 0.18, 0.14, 0.088  # a line of a label, what is around it, a letter of it
GAP = 0.36  # from one block to the next
DROP = 0.3  # from where paths part to their first blocks, and from their last ones to where they meet
APART = 0.3  # between paths, and between columns
RADIUS = 0.13  # of the plus where paths meet
BAR = 0.26  # the height of a concatenation
FONT, SMALL = 10.0, 9.0

# Fill, width and style of the border: told apart without colour.
STYLES: dict[str, dict[str, Any]] = {
    "data": {"facecolor": PAPER, "linewidth": 0.0},
    "conv": {"facecolor": "#d8e4f0", "linewidth": 1.0},
    "pool": {"facecolor": "#f4efe2", "linewidth": 1.0, "linestyle": (0, (4, 2))},
    "linear": {"facecolor": "#b9c9da", "linewidth": 2.2},
    "other": {"facecolor": "#ffffff", "linewidth": 0.7},
}


class Block(NamedTuple):
    """A box with a label of one or more lines; the shape of what comes out stands beside the arrow below it."""

    label: str
    shape: tuple[int, ...] | None = None
    kind: str = "conv"  # "data", "conv", "pool", "linear" or "other"


class Branches(NamedTuple):
    """Paths side by side from one value, which meet in a sum ("add") or one above the other ("concat").

    An empty path is a shortcut, drawn straight down; the other paths keep their order around it.
    """

    paths: Sequence[Sequence[Union[Block, "Branches"]]]
    join: Literal["add", "concat"] = "concat"
    shape: tuple[int, ...] | None = None


Path = Sequence[Block | Branches]


class _Room(NamedTuple):
    """What an element needs on both sides of the line that goes through it, and how high it is."""

    left: float
    right: float
    height: float


def architecture(path: Path, *, columns: int = 1, alt: str | None = None) -> Picture:
    """A path of blocks and branches, broken into so many columns that are read from left to right."""
    op = "draw.architecture"
    _check(op, path)
    parts = _columns(path, whole(op, "columns", columns, least=1))
    rooms = [_room_of_path(part) for part in parts]
    width = sum(room.left + room.right for room in rooms) + APART * (len(parts) - 1) + 2 * EDGE
    if width > WIDTH:
        raise ValueError(f"{op}: the picture would be {width:.1f} inches wide; {WIDTH:g} fit: break labels into lines")
    top = EDGE + (GAP if len(parts) > 1 else 0.0)
    foot = GAP + EDGE if len(parts) > 1 or path[-1].shape is not None else EDGE
    height = top + max(room.height for room in rooms) + foot
    picture = Picture(width, height, alt or say("architecture", items=_described(path)))
    axes = picture.place(0, 0, width, height)
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    pen = _Pen(picture, axes)
    left = EDGE
    for i, (part, room) in enumerate(zip(parts, rooms, strict=True)):
        x, right = left + room.left, left + room.left + room.right + APART
        end = pen.path(part, x, top)
        if i + 1 < len(parts):
            pen.to_next_column((x, end), right - APART / 2, (right + rooms[i + 1].left, top))
        elif part[-1].shape is not None:
            pen.line((x, end), (x, end + GAP), arrow=True)
        left = right
    return picture


class _Pen:
    """Draws the elements of a path where it is told to, in inches from the upper left corner."""

    def __init__(self, picture: Picture, axes: Axes) -> None:
        self.picture = picture
        self.axes = axes

    def path(self, path: Path, x: float, y: float) -> float:
        """The elements one below the other and the lines between them; returns where the last one ends."""
        for i, element in enumerate(path):
            if i:
                self.line((x, y), (x, y + GAP), arrow=isinstance(element, Block))
                y += GAP
            y = self.block(element, x, y) if isinstance(element, Block) else self.branches(element, x, y)
            if element.shape is not None:
                self.picture.write(x + 0.07, y + GAP / 2, shape_text(element.shape), SMALL, ha="left")
        return y

    def block(self, block: Block, x: float, y: float) -> float:
        room = _room(block)
        self.box(x - room.left, y, room.left + room.right, room.height, STYLES[block.kind])
        self.picture.write(x, y + room.height / 2, block.label, FONT, linespacing=1.25)
        return y + room.height

    def branches(self, branches: Branches, x: float, y: float) -> float:
        rooms = [_room_of_path(path) for path in branches.paths]
        across = [x + offset for offset in _offsets(branches, rooms)]
        self.line((min(across), y), (max(across), y))
        foot = y + DROP + max(room.height for room in rooms)
        ends = []
        for path, place in zip(branches.paths, across, strict=True):
            if path:
                self.line((place, y), (place, y + DROP), arrow=isinstance(path[0], Block))
            ends.append((place, self.path(path, place, y + DROP) if path else y))
        return (self.concatenation if branches.join == "concat" else self.sum)(ends, x, foot)

    def concatenation(self, ends: Sequence[tuple[float, float]], x: float, foot: float) -> float:
        """A bar under all paths."""
        left, right = min(end[0] for end in ends) - 0.3, max(end[0] for end in ends) + 0.3
        for place, end in ends:
            self.line((place, end), (place, foot + DROP), arrow=True)
        self.box(left, foot + DROP, right - left, BAR, STYLES["other"])
        self.picture.write((left + right) / 2, foot + DROP + BAR / 2, say("concat"), SMALL)
        return foot + DROP + BAR

    def sum(self, ends: Sequence[tuple[float, float]], x: float, foot: float) -> float:
        """A plus on the line, into which the other paths turn."""
        y = foot + DROP
        for place, end in ends:
            if abs(place - x) < 1e-9:
                self.line((place, end), (place, y - RADIUS), arrow=True)
                continue
            self.line((place, end), (place, y))
            self.line((place, y), (x + RADIUS if place > x else x - RADIUS, y), arrow=True)
        self.axes.add_patch(Circle((x, y), RADIUS, facecolor=PAPER, edgecolor=INK, linewidth=1.2))
        self.line((x - 0.06, y), (x + 0.06, y))
        self.line((x, y - 0.06), (x, y + 0.06))
        return y + RADIUS

    def to_next_column(self, end: tuple[float, float], between: float, start: tuple[float, float]) -> None:
        """From the foot of a column, up beside it, and into the top of the next."""
        (x, y), (next_x, top) = end, start
        corners = [(x, y), (x, y + GAP), (between, y + GAP), (between, top - GAP), (next_x, top - GAP)]
        for a, b in pairwise(corners):
            self.line(a, b)
        self.line((next_x, top - GAP), start, arrow=True)

    def box(self, left: float, top: float, width: float, height: float, style: dict[str, Any]) -> None:
        shape = "round,pad=0,rounding_size=0.05"
        self.axes.add_patch(FancyBboxPatch((left, top), width, height, boxstyle=shape, edgecolor=INK, **style))

    def line(self, start: tuple[float, float], end: tuple[float, float], *, arrow: bool = False) -> None:
        if not arrow:
            self.axes.plot(*zip(start, end, strict=True), color=INK, linewidth=1.2, solid_capstyle="round", zorder=3)
            return
        style: dict[str, Any] = {"arrowstyle": "->", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
        self.axes.add_patch(FancyArrowPatch(start, end, color=INK, linewidth=1.2, zorder=3, **style))


def _room(element: Block | Branches) -> _Room:
    if isinstance(element, Branches):
        return _room_of_branches(element)
    lines = element.label.split("\n")
    half = max(map(len, lines)) * LETTER / 2 + PADDING
    return _Room(half, half, len(lines) * LINE + PADDING)


def _room_of_path(path: Path) -> _Room:
    """A shape hangs over to the right, and one under the last element needs a gap's height at least."""
    if not path:
        return _Room(0.1, 0.1, 0.0)
    rooms = [_room(element) for element in path]
    shapes = [0.07 + len(shape_text(element.shape)) * LETTER for element in path if element.shape is not None]
    height = sum(room.height for room in rooms) + GAP * (len(rooms) - 1)
    return _Room(max(room.left for room in rooms), max([room.right for room in rooms] + shapes), height)


def _room_of_branches(branches: Branches) -> _Room:
    rooms = [_room_of_path(path) for path in branches.paths]
    offsets = _offsets(branches, rooms)
    height = 2 * DROP + max(room.height for room in rooms) + (BAR if branches.join == "concat" else RADIUS)
    left = max(room.left - offset for room, offset in zip(rooms, offsets, strict=True))
    right = max(room.right + offset for room, offset in zip(rooms, offsets, strict=True))
    return _Room(max(left, 0.3 - min(offsets)), max(right, 0.3 + max(offsets)), height)


def _offsets(branches: Branches, rooms: Sequence[_Room]) -> list[float]:
    """Where each path goes down, from the line that parts: a shortcut goes straight on."""
    places = [0.0]
    for before, after in pairwise(rooms):
        places.append(places[-1] + before.right + APART + after.left)
    straight = [place for place, path in zip(places, branches.paths, strict=True) if not path]
    middle = straight[0] if straight else (places[0] + places[-1]) / 2
    return [place - middle for place in places]


def _columns(path: Path, columns: int) -> list[Path]:
    """The path cut into parts of about the same height."""
    heights = [_room(element).height + GAP for element in path]
    share, parts, so_far = sum(heights) / columns, [[path[0]]], heights[0]
    for element, height in zip(path[1:], heights[1:], strict=True):
        if so_far + height / 2 > share * len(parts) and len(parts) < columns:
            parts.append([])
        parts[-1].append(element)
        so_far += height
    return [*parts]


def _check(op: str, path: Path) -> None:
    if not path:
        raise ValueError(f"{op}: path is empty; one block or more fits")
    for element in _all(path):
        if isinstance(element, Block) and element.kind not in STYLES:
            raise ValueError(f"{op}: kind is {element.kind!r}; {', '.join(map(repr, STYLES))} fit")
        if isinstance(element, Branches) and (len(element.paths) < 2 or not any(element.paths)):
            raise ValueError(f"{op}: {len(element.paths)} paths; two or more fit, one of them with blocks")
        if isinstance(element, Branches) and element.join not in ("add", "concat"):
            raise ValueError(f"{op}: join is {element.join!r}; 'add' and 'concat' fit")


def _all(path: Path) -> Iterator[Block | Branches]:
    for element in path:
        yield element
        if isinstance(element, Branches):
            for inner in element.paths:
                yield from _all(inner)


def _described(path: Path) -> str:
    if not path:
        return say("shortcut")
    return " → ".join(map(_named, path))


def _named(element: Block | Branches) -> str:
    if isinstance(element, Branches):
        items = "; ".join(map(_described, element.paths))
        name = say("branches", count=len(element.paths), join=say(element.join), items=items)
    else:
        name = element.label.replace("\n", ", ")
    return name if element.shape is None else f"{name} ({shape_text(element.shape)})"

"""From a ledger to a figure: the blocks of a network whose layers follow one another."""

from cnnlib.draw import Block
from cnnlib.draw.words import say
from cnnlib.models._operations import MATRIX_PRODUCTS
from cnnlib.models.ledger import Ledger, Row
from cnnlib.models.summary import MEETINGS


def blocks(ledger: Ledger) -> list[Block]:
    """What `draw.architecture` draws: the input, then a block a layer, what keeps its shape written under it.

    A network with branches is described by hand, with `draw.Branches`.
    """
    drawn = [Block(say("input"), ledger.input_size, "data")]
    for row in ledger.rows:
        if row.kind in MEETINGS:
            raise ValueError(f"blocks: paths meet at {row.layer}; layers in one row fit: draw.Branches shows others")
        last = drawn[-1]
        if len(drawn) > 1 and _kind(row) == "other" and row.output == last.shape:
            drawn[-1] = last._replace(label=last.label + (", " if "\n" in last.label else "\n") + row.kind)
        else:
            drawn.append(Block(_label(row), row.output, _kind(row)))
    return drawn


def _kind(row: Row) -> str:
    if "pool" in row.kind.lower():
        return "pool"
    if "conv" in row.kind.lower():
        return "conv"
    return "linear" if row.kind == "Linear" or row.kind in MATRIX_PRODUCTS else "other"


def _label(row: Row) -> str:
    label = row.kind
    if row.kernel is not None:
        label += " " + "×".join(map(str, row.kernel))
    if _kind(row) == "conv" and row.stride is not None and max(row.stride) > 1:
        label += ", " + say("stride", n="×".join(map(str, row.stride)) if len(set(row.stride)) > 1 else row.stride[0])
    return label

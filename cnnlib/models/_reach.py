"""How far back into the input one value of a tensor sees, carried through any operation."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import NamedTuple

from cnnlib.models._operations import MATRIX_PRODUCTS, REDUCTIONS, Operation


class Reach(NamedTuple):
    """For each axis of the input: what one value sees, how far apart two neighbours lie, how many there are."""

    field: tuple[Fraction, ...]
    step: tuple[Fraction, ...]
    extent: tuple[int, ...]


def start(shape: Sequence[int]) -> Reach:
    """The input (N, C, ...) itself, whose values see themselves; words (N, L) have one axis."""
    extent = tuple(shape[2:]) or tuple(shape[1:])
    ones = (Fraction(1),) * len(extent)
    return Reach(ones, ones, extent)


def after(operation: Operation, inputs: Sequence[Reach]) -> Reach:
    """What the operation's outputs see; where paths meet, the largest field of any of them."""
    reach = _merged(inputs)
    if operation.name in MATRIX_PRODUCTS:
        rows = operation.inputs[-2].shape[-2]
        each_place_alone = operation.name != "bmm" and rows == prod(reach.extent)
        return reach if each_place_alone else _mixed(reach)
    if operation.kernel is None:
        return _carried(reach, operation)
    return _slid(reach, operation)


def _merged(inputs: Sequence[Reach]) -> Reach:
    axes = max(len(reach.field) for reach in inputs)
    inputs = [reach for reach in inputs if len(reach.field) == axes]
    largest = max(inputs, key=lambda reach: prod(reach.extent)).extent
    steps = [reach.step for reach in inputs if reach.extent == largest]
    return Reach(
        tuple(map(max, zip(*(reach.field for reach in inputs), strict=True))),
        tuple(map(max, zip(*steps, strict=True))),
        largest,
    )


def _mixed(reach: Reach) -> Reach:
    """One value from all places."""
    field = tuple(f + (n - 1) * s for f, s, n in zip(*reach, strict=True))
    return Reach(field, (Fraction(0),) * len(field), (1,) * len(field))


def _carried(reach: Reach, operation: Operation) -> Reach:
    """Value by value; a crop, a border or channels to it change how many there are, a reshape does not."""
    before, now = operation.inputs[0].shape, operation.outputs[0].shape
    axes = len(reach.extent)
    if axes and len(before) == len(now) and tuple(before[-axes:]) == reach.extent and prod(before) != prod(now):
        return reach._replace(extent=tuple(now[-axes:]))
    return reach


def _slid(reach: Reach, operation: Operation) -> Reach:
    """A window of values; where the places have been reshaped away, each sees what all see."""
    assert operation.kernel is not None
    assert operation.stride is not None
    axes = len(reach.extent)
    shape = tuple(operation.inputs[0].shape)
    now = tuple(operation.outputs[0].shape)[-axes:]
    if len(operation.kernel) < axes or shape[-axes:] != reach.extent:
        return _mixed(reach)._replace(extent=now)
    dilation = operation.dilation or (1,) * len(operation.kernel)
    windows = list(zip(operation.kernel, operation.stride, dilation, strict=True))[-axes:] if axes else []
    field, step = [], []
    for f, s, (kernel, stride, spread) in zip(reach.field, reach.step, windows, strict=True):
        covered = -(-kernel // stride) if operation.enlarges else spread * (kernel - 1) + 1
        field.append(f + (covered - 1) * s)
        step.append(s / stride if operation.enlarges else s * stride)
    if operation.name in REDUCTIONS:
        now = tuple(n // kernel for n, (kernel, _, _) in zip(reach.extent, windows, strict=True))
    return Reach(tuple(field), tuple(step), now)

"""How large things come out, how far back they see, and what they cost."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnnlib.ops._arguments import pair, whole


def output_size(n: int, kernel: int, *, stride: int = 1, padding: int | Sequence[int] = 0, dilation: int = 1) -> int:
    """How many windows fit along an axis of n values; a remainder that no window reaches is left out.

    `padding` is one number for both ends, or (before, after). 0 where not one window fits.
    """
    room = _room("output_size", n, kernel, stride=stride, padding=padding, dilation=dilation)
    return room // stride + 1 if room >= 0 else 0


def fits_exactly(n: int, kernel: int, *, stride: int = 1, padding: int | Sequence[int] = 0, dilation: int = 1) -> bool:
    """Whether the windows reach the last value, so that nothing is left out."""
    room = _room("fits_exactly", n, kernel, stride=stride, padding=padding, dilation=dilation)
    return room >= 0 and room % stride == 0


def _room(op: str, n: int, kernel: int, *, stride: int, padding: int | Sequence[int], dilation: int) -> int:
    """How far the first window can move before it leaves the padded axis."""
    whole(op, "n", n, least=0)
    whole(op, "stride", stride, least=1)
    before, after = pair(op, "padding", padding, least=0)
    return n + before + after - span(kernel, dilation)


def span(kernel: int, dilation: int = 1) -> int:
    """How many values a kernel covers from its first to its last: 3 dilated by 2 covers 5."""
    whole("span", "kernel", kernel, least=1)
    whole("span", "dilation", dilation, least=1)
    return dilation * (kernel - 1) + 1


def same_padding(n: int, kernel: int, *, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """The (before, after) that gives ceil(n / stride) windows; an odd one goes after."""
    whole("same_padding", "n", n, least=0)
    whole("same_padding", "stride", stride, least=1)
    windows = -(-n // stride)
    total = max((windows - 1) * stride + span(kernel, dilation) - n, 0)
    return total // 2, total - total // 2


class Field(NamedTuple):
    """Which inputs the values of a layer see along one axis: value i sees `size` of them, from start + i · jump.

    `Field()` is the input itself. Places below 0 and past the end are padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def under(self, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> "Field":
        """The field of a layer whose windows lie over this one; `padding` is what comes before the first value."""
        whole("Field.under", "stride", stride, least=1)
        whole("Field.under", "padding", padding, least=0)
        return Field(
            size=self.size + (span(kernel, dilation) - 1) * self.jump,
            jump=self.jump * stride,
            start=self.start - padding * self.jump,
        )

    def seen_by(self, i: int) -> tuple[int, int]:
        """The first input that value i sees, and the one after the last."""
        first = self.start + whole("Field.seen_by", "i", i, least=0) * self.jump
        return first, first + self.size


def receptive_field(layers: Iterable[Sequence[int]]) -> int:
    """How wide a stretch of the input, along one axis, one value after the last layer sees.

    Each layer, pooling included, is (kernel, stride) or (kernel, stride, dilation), the first being
    the one next to the input: `receptive_field([(3, 1), (2, 2), (3, 1)])` is 8.
    """
    field = Field()
    for layer in layers:
        kernel, stride, dilation = _geometry(layer)
        field = field.under(kernel, stride=stride, dilation=dilation)
    return field.size


def _geometry(layer: Sequence[int]) -> tuple[int, int, int]:
    if not isinstance(layer, Sequence) or len(layer) not in (2, 3):
        raise ValueError(f"receptive_field: a layer is {layer!r}; (kernel, stride) or (kernel, stride, dilation) fits")
    kernel, stride, dilation = (*layer, 1)[:3]
    return (
        whole("receptive_field", "kernel", kernel, least=1),
        whole("receptive_field", "stride", stride, least=1),
        whole("receptive_field", "dilation", dilation, least=1),
    )


def conv2d_parameters(
    channels: int, filters: int, kernel: int | Sequence[int], *, groups: int = 1, bias: bool = True
) -> int:
    """The numbers that a convolution learns: (channels / groups · h · w + 1) for each filter."""
    weights = _filter_weights("conv2d_parameters", channels, filters, kernel, groups)
    return filters * (weights + bool(bias))


def conv2d_multiplications(
    channels: int,
    filters: int,
    kernel: int | Sequence[int],
    out: int | Sequence[int],
    *,
    groups: int = 1,
) -> int:
    """The multiplications of a convolution on one image: every weight at every place of `out`, (oh, ow)."""
    oh, ow = pair("conv2d_multiplications", "out", out, least=0)
    return oh * ow * filters * _filter_weights("conv2d_multiplications", channels, filters, kernel, groups)


def _filter_weights(op: str, channels: int, filters: int, kernel: int | Sequence[int], groups: int) -> int:
    whole(op, "channels", channels, least=1)
    whole(op, "filters", filters, least=1)
    whole(op, "groups", groups, least=1)
    h, w = pair(op, "kernel", kernel, least=1)
    if channels % groups or filters % groups:
        raise ValueError(f"{op}: groups is {groups} but channels {channels}, filters {filters}; a divisor fits")
    return channels // groups * h * w


def linear_parameters(inputs: int, outputs: int, *, bias: bool = True) -> int:
    """The numbers that a fully connected layer learns: (inputs + 1) for each output."""
    return linear_multiplications(inputs, outputs) + (outputs if bias else 0)


def linear_multiplications(inputs: int, outputs: int) -> int:
    """The multiplications of a fully connected layer on one image: each input with each output."""
    whole("linear_multiplications", "inputs", inputs, least=1)
    whole("linear_multiplications", "outputs", outputs, least=1)
    return inputs * outputs

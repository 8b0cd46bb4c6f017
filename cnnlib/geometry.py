"""How large things come out, how far back they see, and what they cost."""

from collections.abc import Sequence

from cnnlib.ops._arguments import pair, whole


def output_size(
    n: int, kernel: int, *, stride: int = 1, padding: int | Sequence[int] = 0, dilation: int = 1
) -> int:
    """How many windows fit along an axis of n values; a remainder that no window reaches is left out.

    `padding` is one number for both ends, or (before, after). 0 where not one window fits.
    """
    room = _room(n, kernel, stride=stride, padding=padding, dilation=dilation)
    return room // stride + 1 if room >= 0 else 0


def fits_exactly(
    n: int, kernel: int, *, stride: int = 1, padding: int | Sequence[int] = 0, dilation: int = 1
) -> bool:
    """Whether the windows reach the last value, so that nothing is left out."""
    room = _room(n, kernel, stride=stride, padding=padding, dilation=dilation)
    return room >= 0 and room % stride == 0


def _room(n: int, kernel: int, *, stride: int, padding: int | Sequence[int], dilation: int) -> int:
    """How far the first window can move before it leaves the padded axis."""
    whole("output_size", "n", n, least=0)
    whole("output_size", "kernel", kernel, least=1)
    whole("output_size", "stride", stride, least=1)
    whole("output_size", "dilation", dilation, least=1)
    before, after = pair("output_size", "padding", padding, least=0)
    return n + before + after - span(kernel, dilation)


def span(kernel: int, dilation: int = 1) -> int:
    """How many values a kernel covers from its first to its last: 3 dilated by 2 covers 5."""
    return dilation * (kernel - 1) + 1


def same_padding(n: int, kernel: int, *, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """The (before, after) that gives ceil(n / stride) windows; an odd one goes after."""
    windows = -(-n // stride)
    total = max((windows - 1) * stride + span(kernel, dilation) - n, 0)
    return total // 2, total - total // 2

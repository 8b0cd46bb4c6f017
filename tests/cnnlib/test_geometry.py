"""Sizes, receptive fields and costs, against torch and against the figures of the sources."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnlib.geometry import (
    Field,
    conv2d_multiplications,
    conv2d_parameters,
    fits_exactly,
    linear_multiplications,
    linear_parameters,
    output_size,
    receptive_field,
    same_padding,
    span,
)

few = settings(max_examples=60, deadline=None)
sizes = st.integers(1, 30)
small = st.integers(1, 5)


def starts_that_fit(n, kernel, stride, before, after, dilation):
    """The definition, by trying every place."""
    last = dilation * (kernel - 1)
    return [start for start in range(0, before + n + after, stride) if start + last < before + n + after]


@few
@given(sizes, small, small, st.integers(0, 4), st.integers(0, 4), small)
def test_output_size_counts_the_windows_that_fit(n, kernel, stride, before, after, dilation):
    starts = starts_that_fit(n, kernel, stride, before, after, dilation)
    options = {"stride": stride, "padding": (before, after), "dilation": dilation}
    assert output_size(n, kernel, **options) == len(starts)
    reaches_the_end = bool(starts) and starts[-1] + dilation * (kernel - 1) == before + n + after - 1
    assert fits_exactly(n, kernel, **options) == reaches_the_end


@few
@given(sizes, small, small, st.integers(0, 4), small)
def test_output_size_is_that_of_torch(n, kernel, stride, padding, dilation):
    assume(n + 2 * padding >= dilation * (kernel - 1) + 1)
    layer = torch.nn.Conv1d(1, 1, kernel, stride=stride, padding=padding, dilation=dilation)
    found = layer(torch.zeros(1, 1, n)).shape[-1]
    assert output_size(n, kernel, stride=stride, padding=padding, dilation=dilation) == found


@few
@given(sizes, small, small, small)
def test_same_padding_is_the_least_that_keeps_every_stride(n, kernel, stride, dilation):
    before, after = same_padding(n, kernel, stride=stride, dilation=dilation)
    wanted = -(-n // stride)
    assert output_size(n, kernel, stride=stride, padding=(before, after), dilation=dilation) == wanted
    assert after - before in (0, 1)
    if after > 0:
        less = output_size(n, kernel, stride=stride, padding=(before, after - 1), dilation=dilation)
        assert less == wanted - 1


def input_values_that_matter(layers):
    """The receptive field as measured: the support of the gradient of one output in the middle."""
    x = torch.zeros(1, 1, 600, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, dilation in layers:
        ones = torch.ones(1, 1, kernel, dtype=torch.float64)
        y = torch.nn.functional.conv1d(y, ones, stride=stride, dilation=dilation)
    y[0, 0, y.shape[-1] // 2].backward()
    (seen,) = np.nonzero(x.grad.numpy().ravel())
    return seen[-1] - seen[0] + 1


@few
@given(st.lists(st.tuples(small, st.integers(1, 3), st.integers(1, 3)), max_size=4))
def test_receptive_field_is_the_support_of_the_gradient(layers):
    assert receptive_field(layers) == input_values_that_matter(layers)


def inputs_of(i, layers):
    """The inputs that value i after the last layer sees, window by window; below 0 lies padding."""
    seen = {i}
    for kernel, stride, padding, dilation in reversed(layers):
        seen = {j * stride - padding + tap * dilation for j in seen for tap in range(kernel)}
    return seen


@few
@given(
    st.lists(st.tuples(small, st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)), max_size=4), st.integers(0, 6)
)
def test_a_field_lies_where_the_windows_lead(layers, i):
    field = Field()
    for kernel, stride, padding, dilation in layers:
        field = field.under(kernel, stride=stride, padding=padding, dilation=dilation)
    seen = inputs_of(i, layers)
    assert field.seen_by(i) == (min(seen), max(seen) + 1)
    assert field.size == receptive_field([(kernel, stride, dilation) for kernel, stride, _, dilation in layers])


def test_the_field_of_a_unit_in_a_small_network():
    field = Field().under(3, padding=1).under(2, stride=2).under(3, padding=1)
    assert field == Field(size=8, jump=2, start=-3)
    assert field.seen_by(0) == (-3, 5)
    assert field.seen_by(3) == (3, 11)


def test_dilation_of_a_layer_may_be_left_out():
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == 8
    assert receptive_field([(3, 1), (3, 1, 2)]) == 7
    assert receptive_field([]) == 1


@few
@given(st.integers(1, 4), st.integers(1, 4), small, small, st.integers(1, 3), st.booleans())
def test_conv2d_parameters_are_those_of_torch(channels, filters, h, w, groups, bias):
    channels, filters = channels * groups, filters * groups
    layer = torch.nn.Conv2d(channels, filters, (h, w), groups=groups, bias=bias)
    assert conv2d_parameters(channels, filters, (h, w), groups=groups, bias=bias) == sum(
        p.numel() for p in layer.parameters()
    )


def test_conv2d_multiplications_count_every_product_of_the_loops():
    channels, filters, h, w, oh, ow, groups = 6, 4, 2, 3, 5, 7, 2
    products = sum(
        1
        for _filter in range(filters)
        for _place in range(oh * ow)
        for _channel in range(channels // groups)
        for _weight in range(h * w)
    )
    assert conv2d_multiplications(channels, filters, (h, w), (oh, ow), groups=groups) == products


@pytest.mark.parametrize("bias", [True, False])
def test_linear_parameters_are_those_of_torch(bias):
    layer = torch.nn.Linear(7, 3, bias=bias)
    assert linear_parameters(7, 3, bias=bias) == sum(p.numel() for p in layer.parameters())
    assert linear_multiplications(7, 3) == 21


class TestFiguresOfTheSources:
    def test_convolution_has_608_parameters_where_full_connection_has_19_million(self):
        side = output_size(32, 5)
        assert side == 28
        assert conv2d_parameters(3, 8, 5) == (5 * 5 * 3 + 1) * 8 == 608
        neurons = side * side * 8
        assert neurons == 6_272
        assert linear_parameters(32 * 32 * 3, neurons) == neurons * 3_073 == 19_273_856

    def test_chain_of_three_layers(self):
        sides = [32]
        for kernel in (5, 5, 3):
            sides.append(output_size(sides[-1], kernel))
        assert sides == [32, 28, 24, 22]

    def test_padding_that_keeps_the_size(self):
        for kernel, padding in {3: 1, 5: 2, 7: 3, 9: 4}.items():
            assert same_padding(64, kernel) == (padding, padding)
            assert output_size(64, kernel, padding=padding) == 64
        assert output_size(7, 1, padding=1) == 9
        assert output_size(7, 1, padding=2) == 11

    def test_quiz(self):
        assert output_size(224, 5) == 220
        assert same_padding(64, 9) == (4, 4)

    def test_7x7_under_3x3_by_stride(self):
        assert output_size(7, 3, stride=1) == 5
        assert output_size(7, 3, stride=2) == 3
        assert fits_exactly(7, 3, stride=2)
        assert not fits_exactly(7, 3, stride=3)
        assert round((7 - 3) / 3 + 1, 2) == 2.33

    def test_6x6_under_3x3_is_4x4(self):
        assert output_size(6, 3) == 4

    def test_words_under_a_kernel_of_three(self):
        assert output_size(7, 3) == 5

    def test_ten_values_under_a_kernel_of_four_give_seven_at_stride_one(self):
        assert output_size(10, 4) == 7
        assert output_size(10, 4, stride=2) == 4  # what "a stride of 2" would have given

    def test_3x3_dilated_by_2_keeps_9_parameters_and_covers_5x5(self):
        assert conv2d_parameters(1, 1, 3, bias=False) == 9
        assert span(3, 2) == 5

    def test_three_3x3_see_7x7_with_45_percent_fewer_weights(self):
        assert receptive_field([(3, 1)] * 3) == receptive_field([(7, 1)]) == 7
        three, one = (
            3 * conv2d_parameters(64, 64, 3, bias=False),
            conv2d_parameters(64, 64, 7, bias=False),
        )
        assert (three, one) == (27 * 64**2, 49 * 64**2)
        assert round(1 - three / one, 2) == 0.45

    def test_full_connection_of_a_photograph_to_its_like(self):
        values = 256 * 256 * 3
        weights = linear_parameters(values, values, bias=False)
        assert round(weights / 1e10, 2) == 3.87
        assert round(weights * 4 / 1e9, 1) == 154.6
        assert weights * 4 / 2**30 == 144

    def test_megapixel_into_a_thousand_neurons(self):
        assert linear_parameters(1000 * 1000 * 3, 1000, bias=False) == 3 * 10**9

    @pytest.mark.parametrize(("n", "half", "skipped"), [(10, 1, 1), (16, 2, 2), (9, 1, 0)])
    def test_a_saut_that_counts_skipped_pixels_is_a_stride_less_one(self, n, half, skipped):
        assert (n - 2 * half) % (skipped + 1) == 0
        assert output_size(n, 2 * half + 1, stride=skipped + 1) == (n - 2 * half) // (skipped + 1)

    def test_alexnet_rows(self):
        assert output_size(227, 11, stride=4) == 55
        assert output_size(55, 3, stride=2) == 27
        rows = [
            conv2d_parameters(3, 96, 11),
            conv2d_parameters(96, 256, 5),
            conv2d_parameters(256, 384, 3),
            conv2d_parameters(384, 384, 3),
            conv2d_parameters(384, 256, 3),
            linear_parameters(6 * 6 * 256, 4096),
            linear_parameters(4096, 4096),
            linear_parameters(4096, 1000),
        ]
        assert rows == [34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000]
        assert sum(rows) == 62_378_344

    def test_inception_branches_cost_854_million_without_bottlenecks_and_271_with(self):
        def cost(channels, filters, kernel):
            return conv2d_multiplications(channels, filters, kernel, 28)

        naive = cost(256, 128, 1) + cost(256, 192, 3) + cost(256, 96, 5)
        assert round(naive / 1e6) == 854
        three_by_three = cost(64, 192, 3)
        bottlenecked = (
            cost(256, 128, 1)
            + (cost(256, 64, 1) + three_by_three)
            + (cost(256, 64, 1) + cost(64, 96, 5))
            + cost(256, 64, 1)
        )
        assert bottlenecked == 271_351_808
        assert bottlenecked + three_by_three == 358_055_936  # the printed 358M counts a branch twice


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: output_size(7, 3, stride=0), ValueError, r"output_size: stride is 0; 1 or more fits"),
        (lambda: fits_exactly(7, 3, stride=0), ValueError, r"fits_exactly: stride is 0"),
        (lambda: output_size(7, 0), ValueError, r"kernel is 0; 1 or more fits"),
        (lambda: output_size(7, 3, padding=-1), ValueError, r"output_size: padding is -1"),
        (lambda: output_size(7.0, 3), TypeError, r"output_size: n is 7\.0; a whole number fits"),
        (lambda: output_size(True, 3), TypeError, r"output_size: n is True"),
        (lambda: span(3, 0), ValueError, r"dilation is 0"),
        (lambda: same_padding(7, 3, stride=0), ValueError, r"same_padding: stride is 0"),
        (lambda: Field().under(3, stride=0), ValueError, r"Field.under: stride is 0"),
        (lambda: Field().under(3, padding=-1), ValueError, r"Field.under: padding is -1"),
        (lambda: Field().seen_by(-1), ValueError, r"Field.seen_by: i is -1; 0 or more fits"),
        (lambda: receptive_field([3]), ValueError, r"receptive_field: a layer is 3; \(kernel, stride\)"),
        (lambda: receptive_field([(3, 0)]), ValueError, r"receptive_field: stride is 0"),
        (lambda: receptive_field([(3, 1, 1, 1)]), ValueError, r"a layer is \(3, 1, 1, 1\)"),
        (lambda: conv2d_parameters(3, 8, 5, groups=2), ValueError, r"groups is 2 but channels 3, filters 8"),
        (lambda: conv2d_parameters(0, 8, 5), ValueError, r"conv2d_parameters: channels is 0"),
        (lambda: conv2d_multiplications(3, 8, 5, (1, 2, 3)), ValueError, r"out has 3 numbers"),
        (lambda: linear_parameters(0, 1), ValueError, r"inputs is 0"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()

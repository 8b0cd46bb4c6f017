"""Fresh weights: their spread against torch's formulas, their seeds, and what they do to depth."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from cnnlib import init
from cnnlib.ops.activations import leaky_relu_forward, relu_forward, tanh_forward

LINEAR, CONV, GROUPED = (300, 200), (40, 25, 3, 5), (64, 4, 3, 3)
SHAPES = [LINEAR, CONV, GROUPED]

DRAWS = {
    "lecun": (init.lecun_normal, init.lecun_uniform),
    "xavier": (init.xavier_normal, init.xavier_uniform),
    "he": (init.he_normal, init.he_uniform),
}
TORCH = {
    "xavier": (torch.nn.init.xavier_normal_, torch.nn.init.xavier_uniform_),
    "he": (
        lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"),
        lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    ),
}
ALL_DRAWS = [draw for family in DRAWS.values() for draw in family]


def fresh_rng():
    return np.random.default_rng(20)


def has_deviation(draws, std):
    """Within 4 standard errors of the deviation, for the Gaussian; the uniform's is smaller still."""
    return abs(draws.std() / std - 1) < 4 / math.sqrt(2 * draws.size)


def test_fans_are_those_of_torch():
    for shape in SHAPES:
        assert init.fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


def test_fan_in_counts_the_window():
    assert init.fans((8, 3, 5, 5)) == (75, 200)
    assert init.fans((10, 64)) == (64, 10)


def test_fan_in_is_how_many_values_one_output_sums():
    linear = torch.nn.Linear(7, 3, bias=False)
    conv = torch.nn.Conv2d(6, 4, (2, 3), groups=2, bias=False)
    for layer, x in ((linear, torch.ones(1, 7)), (conv, torch.ones(1, 6, 9, 9))):
        torch.nn.init.ones_(layer.weight)
        assert init.fans(tuple(layer.weight.shape))[0] == layer(x).max().item()


def test_fan_in_of_a_transposed_convolution_is_how_many_values_one_output_sums():
    layer = torch.nn.ConvTranspose2d(6, 4, (2, 3), bias=False)
    torch.nn.init.ones_(layer.weight)
    fan_in, fan_out = init.fans(tuple(layer.weight.shape), transposed=True)
    assert fan_in == layer(torch.ones(1, 6, 9, 9)).max().item() == 36
    assert fan_out == 24


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", DRAWS)
def test_variances(name, shape):
    n_in, n_out = init.fans(shape)
    variance = {"lecun": 1 / n_in, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}[name]
    for draw in DRAWS[name]:
        w = draw(shape, fresh_rng())
        assert w.shape == shape
        assert has_deviation(w, math.sqrt(variance))
        assert abs(w.mean()) < 4 * math.sqrt(variance / w.size)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", TORCH)
def test_spread_is_that_of_torch_under_the_same_name(name, shape):
    torch.manual_seed(3)
    for ours, theirs in zip(DRAWS[name], TORCH[name], strict=True):
        w = theirs(torch.empty(shape)).numpy()
        assert has_deviation(ours(shape, fresh_rng()), w.std())
    assert np.abs(DRAWS[name][1](shape, fresh_rng())).max() == pytest.approx(np.abs(w).max(), rel=0.01)


def test_xavier_of_the_notes_is_glorots_where_a_layer_is_square():
    np.testing.assert_array_equal(init.lecun_normal((64, 64), fresh_rng()), init.xavier_normal((64, 64), fresh_rng()))


def test_transposed_shapes_swap_the_fans():
    shape = (40, 10, 3, 3)
    plain = init.he_normal(shape, fresh_rng())
    transposed = init.he_normal(shape, fresh_rng(), transposed=True)
    np.testing.assert_allclose(transposed, plain * math.sqrt(10 / 40), rtol=1e-12)


def test_gain_and_slope_scale_the_draws():
    for draw in (*DRAWS["lecun"], *DRAWS["xavier"]):
        np.testing.assert_allclose(
            draw(CONV, fresh_rng(), gain=3.0), 3 * draw(CONV, fresh_rng()), rtol=1e-12, atol=1e-15
        )
    for draw in DRAWS["he"]:
        np.testing.assert_allclose(
            draw(CONV, fresh_rng(), alpha=0.5),
            draw(CONV, fresh_rng()) / math.sqrt(1.25),
            rtol=1e-12,
            atol=1e-15,
        )


def test_normal_and_zeros():
    assert has_deviation(init.normal(LINEAR, fresh_rng(), std=0.3), 0.3)
    assert not init.zeros((3, 4)).any()
    assert init.zeros((3,), dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("draw", ALL_DRAWS)
def test_one_seed_gives_the_same_weights_in_both_dtypes(draw):
    double, single = draw(CONV, fresh_rng()), draw(CONV, fresh_rng(), dtype=np.float32)
    assert (double.dtype, single.dtype) == (np.float64, np.float32)
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert (double != draw(CONV, np.random.default_rng(21))).any()


def test_gain_of_known_activations():
    assert init.gain(lambda z: z) == pytest.approx(1, abs=1e-9)
    assert init.gain(lambda z: relu_forward(z)[0]) == pytest.approx(math.sqrt(2), abs=1e-9)
    leaky = init.gain(lambda z: leaky_relu_forward(z, 0.2)[0])
    assert leaky == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.2), abs=1e-6)
    draws = np.tanh(fresh_rng().standard_normal(400_000))
    assert init.gain(lambda z: tanh_forward(z)[0]) == pytest.approx(1 / math.sqrt((draws**2).mean()), rel=5e-3)


def test_he_keeps_the_mean_square_through_twenty_layers_of_relu_and_lecun_halves_it():
    rng = fresh_rng()
    sizes = [400] * 21
    for draw, factor in ((init.he_normal, 1.0), (init.lecun_normal, 2.0**-20)):
        x = rng.standard_normal((200, sizes[0]))
        before = (x**2).mean()
        for n_in, n_out in pairwise(sizes):
            x, _ = relu_forward(x @ draw((n_out, n_in), rng).T)
        assert 0.4 < (x**2).mean() / before / factor < 2.5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: init.he_normal((5,), fresh_rng()), ValueError, r"he_normal: shape is \(5,\); \(out, in\)"),
        (lambda: init.he_normal((5, 0), fresh_rng()), ValueError, r"he_normal: shape is 0; 1 or more fits"),
        (lambda: init.xavier_normal(5, fresh_rng()), TypeError, r"xavier_normal: shape is 5; a tuple"),
        (lambda: init.xavier_uniform((5, 2.0), fresh_rng()), TypeError, r"shape is 2\.0; a whole number"),
        (lambda: init.he_uniform((5, 2), 3), TypeError, r"he_uniform: rng is 3; a generator fits"),
        (lambda: init.zeros((5, 2), dtype=np.int64), TypeError, r"zeros: dtype is int64; float32 or"),
        (lambda: init.normal((5, 2), fresh_rng(), std=-1), ValueError, r"normal: std is -1; 0"),
        (lambda: init.lecun_normal((5, 2), fresh_rng(), gain=math.nan), ValueError, r"gain is nan"),
        (lambda: init.gain(np.zeros_like), ValueError, r"gain: activation gives 0 everywhere"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()

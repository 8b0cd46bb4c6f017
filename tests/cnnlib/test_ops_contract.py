"""One contract for every operation, and one table that no operation is missing from."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

import cnnlib.ops
from cnnlib.gradcheck import GradientMismatch, check_gradient

MODULES = [importlib.import_module(f"cnnlib.ops.{found.name}") for found in pkgutil.iter_modules(cnnlib.ops.__path__)]
WRITTEN = {name: function for module in MODULES for name, function in vars(module).items()}


class Operation(NamedTuple):
    """`forward` takes the arrays of `shapes` by name; its other arguments are settled."""

    name: str
    shapes: dict[str, tuple[int, ...]]
    forward: Callable[..., Any]
    backward: Callable[[Any, Any], Any] | None
    any_shape: bool = False
    positive: bool = False


def operation(name, shapes, *, any_shape=False, positive=False, **options):
    forward, backward = WRITTEN[f"{name}_forward"], WRITTEN[f"{name}_backward"]
    return Operation(name, shapes, lambda **arrays: forward(**arrays, **options), backward, any_shape, positive)


def random_operation(name, shapes, *, any_shape=False, positive=False, **options):
    """The same draw each time, as a gradient check needs it."""
    forward, backward = WRITTEN[f"{name}_forward"], WRITTEN[f"{name}_backward"]

    def drawn(**arrays):
        return forward(**arrays, **options, rng=np.random.default_rng(5))

    return Operation(name, shapes, drawn, backward, any_shape, positive)


def loss(name, shapes, *labels):
    forward, backward = WRITTEN[f"{name}_forward"], WRITTEN[f"{name}_backward"]
    return Operation(
        name, shapes, lambda **arrays: forward(**arrays, labels=labels), lambda dy, cache: dy * backward(cache)
    )


def one_way(name, shapes, **options):
    return Operation(name, shapes, lambda **arrays: WRITTEN[name](**arrays, **options), None, positive=True)


ANYTHING = {"x": (3, 4, 2)}
IMAGES = {"x": (2, 3, 7, 6)}
LINEAR = {"x": (3, 5), "w": (4, 5), "b": (4,)}
CONV2D = {"x": (2, 4, 7, 6), "w": (6, 2, 3, 2), "b": (6,)}
CONV_TRANSPOSE2D = {"x": (2, 4, 3, 4), "w": (4, 3, 2, 3), "b": (6,)}
ACTIVATIONS = (
    "identity",
    "heaviside",
    "sigmoid",
    "tanh",
    "arctan",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "softsign",
)
TABLE = [
    *(operation(name, ANYTHING, any_shape=True) for name in ACTIVATIONS),
    operation("softmax", ANYTHING, any_shape=True, axis=1),
    operation("log_softmax", ANYTHING, any_shape=True, axis=1),
    loss("cross_entropy", {"logits": (4, 3)}, 0, 2, 1, 2),
    operation("l1_penalty", {"w": (3, 4)}, any_shape=True, strength=0.3),
    operation("l2_penalty", {"w": (3, 4)}, any_shape=True, strength=0.3),
    operation("linear", LINEAR),
    operation("linear", {"x": (3, 5), "w": (4, 5)}),
    operation("flatten", IMAGES, any_shape=True),
    operation("embedding", {"table": (5, 3)}, indices=[[0, 4], [4, 1]]),
    random_operation("dropout", ANYTHING, any_shape=True, p=0.4, training=True),
    random_operation("dropout", ANYTHING, any_shape=True, p=0.4, training=False),
    random_operation("dropconnect", LINEAR, p=0.4, training=True),
    random_operation("dropconnect", LINEAR, p=0.4, training=False),
    operation("batch_norm_train", {"x": (6, 3), "gamma": (3,), "beta": (3,)}),
    operation("batch_norm_train", {"x": (2, 3, 4, 5), "gamma": (3,), "beta": (3,)}),
    operation("local_response_norm", IMAGES, size=2, alpha=0.5),
    operation("conv1d", {"x": (2, 4, 9), "w": (6, 2, 3), "b": (6,)}, stride=2, padding=1, dilation=2, groups=2),
    operation("conv2d", CONV2D, stride=(3, 2), padding=((1, 0), (0, 2)), dilation=(1, 2), groups=2),
    operation("conv2d", {"x": (2, 3, 5, 4), "w": (4, 3, 3, 2)}, padding="same"),
    operation("conv_transpose2d", CONV_TRANSPOSE2D, stride=(3, 2), padding=1, output_padding=1, groups=2),
    operation("max_pool2d", IMAGES, size=(2, 3), stride=(3, 2), padding=1, dilation=(2, 1)),
    operation("avg_pool2d", IMAGES, size=(2, 3), stride=(3, 2), padding=1, count_include_pad=False),
    operation("global_avg_pool2d", IMAGES),
    # Few windows: a small move can change a draw, and the more there are, the likelier that is.
    random_operation("stochastic_pool2d", {"x": (1, 2, 5, 4)}, positive=True, size=2, stride=(3, 2), training=True),
    random_operation("stochastic_pool2d", IMAGES, positive=True, size=2, stride=(3, 2), training=False),
    random_operation("fractional_max_pool2d", IMAGES, output_size=(4, 5)),
    operation("max_over_time", {"x": (2, 3, 5)}, lengths=[5, 3]),
]
ONE_WAY = [
    one_way("correlate1d", {"x": (9,), "k": (4,)}),
    one_way("correlate2d", {"x": (6, 7), "k": (2, 3)}),
    one_way("convolve1d", {"x": (9,), "k": (4,)}),
    one_way("convolve2d", {"x": (6, 7), "k": (2, 3)}),
    one_way("softmax", {"x": (3, 4)}),
    one_way("log_softmax", {"x": (3, 4)}),
    one_way("batch_norm_infer", {"x": (6, 3), "gamma": (3,), "beta": (3,), "mean": (3,), "var": (3,)}),
    one_way("update_running", {"running": (3,), "batch": (3,)}, momentum=0.1),
]

every_operation = pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)
every_input = pytest.mark.parametrize(
    ("op", "name"), [pytest.param(op, name, id=f"{op.name}-{name}") for op in TABLE for name in op.shapes]
)


def arrays_for(op, dtype="float64", seed=0):
    """Distinct values, none near 0 and no two near each other, so that no kink is near; read only."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for name, shape in op.shapes.items():
        size = int(np.prod(shape))
        ranks = rng.permutation(size).reshape(shape) + (1 if op.positive else 0.5 - size // 2)
        arrays[name] = read_only((ranks * (2.5 / size)).astype(dtype))
    return arrays


def read_only(array):
    array.flags.writeable = False
    return array


def upstream_for(y, seed=1):
    return read_only(np.random.default_rng(seed).normal(size=np.shape(y)).astype(y.dtype))


def gradients_of(op, dy, cache):
    """Those of the arrays that were given: a bias that was not has None."""
    gradients = op.backward(dy, cache)
    if not isinstance(gradients, tuple):
        return (gradients,)
    return tuple(gradient for gradient in gradients if gradient is not None)


def test_every_operation_has_a_way_back_and_a_row_in_the_table():
    forwards = {name.removesuffix("_forward") for name in WRITTEN if name.endswith("_forward")}
    backwards = {name.removesuffix("_backward") for name in WRITTEN if name.endswith("_backward")}
    assert forwards == backwards == {op.name for op in TABLE}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_backward_stands_right_under_forward(module):
    own = [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    following = dict(zip(own, [*own[1:], None], strict=True))
    pairs = {name: following[name] for name in own if name.endswith("_forward")}
    assert pairs == {name: name.replace("_forward", "_backward") for name in pairs}


@every_operation
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_dtype_there_and_back(op, dtype):
    arrays = arrays_for(op, dtype)
    y, cache = op.forward(**arrays)
    assert y.dtype == dtype
    gradients = gradients_of(op, upstream_for(y), cache)
    assert [gradient.dtype for gradient in gradients] == [dtype] * len(arrays)
    assert [gradient.shape for gradient in gradients] == [array.shape for array in arrays.values()]


@every_operation
def test_float32_and_float64_agree(op):
    y, cache = op.forward(**arrays_for(op))
    rough, rough_cache = op.forward(**arrays_for(op, "float32"))
    np.testing.assert_allclose(rough, y, rtol=1e-4, atol=1e-5)
    dy = upstream_for(y)
    pairs = zip(gradients_of(op, dy.astype("float32"), rough_cache), gradients_of(op, dy, cache), strict=True)
    for mine, exact in pairs:
        np.testing.assert_allclose(mine, exact, rtol=1e-4, atol=1e-4)


@every_operation
def test_whole_numbers_become_float64(op):
    whole = {
        name: np.arange(np.prod(shape)).reshape(shape) % 7 + (1 if op.positive else -3)
        for name, shape in op.shapes.items()
    }
    y, cache = op.forward(**whole)
    expected, _ = op.forward(**{name: array.astype(np.float64) for name, array in whole.items()})
    assert y.dtype == np.float64
    assert np.array_equal(y, expected)
    gradients = gradients_of(op, np.ones(np.shape(y), dtype=int), cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float64)}


@every_operation
def test_gives_new_arrays_and_changes_none(op):
    arrays = arrays_for(op)  # read only, so that writing would raise
    before = {name: array.copy() for name, array in arrays.items()}
    y, cache = op.forward(**arrays)
    dy = upstream_for(y)
    upstream = dy.copy()
    gradients = gradients_of(op, dy, cache)
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)
    assert np.array_equal(dy, upstream)
    for new in (y, *gradients):
        assert not any(np.shares_memory(new, old) for old in (*arrays.values(), dy))
        assert np.isscalar(new) or new.flags.writeable


@every_operation
def test_going_back_twice_gives_the_same(op):
    y, cache = op.forward(**arrays_for(op))
    dy = upstream_for(y)
    for first, second in zip(gradients_of(op, dy, cache), gradients_of(op, dy, cache), strict=True):
        assert np.array_equal(first, second)


def spread_out(array):
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def reversed_in_memory(array):
    return array[::-1].copy()[::-1] if array.ndim else array


def by_columns(array):
    return np.asarray(array, order="F")


@every_operation
@pytest.mark.parametrize("layout", [spread_out, reversed_in_memory, by_columns])
def test_the_layout_in_memory_does_not_matter(op, layout):
    arrays = arrays_for(op)
    y, cache = op.forward(**arrays)
    other, other_cache = op.forward(**{name: layout(array) for name, array in arrays.items()})
    np.testing.assert_allclose(other, y, rtol=1e-12, atol=1e-14)
    dy = upstream_for(y)
    pairs = zip(gradients_of(op, layout(dy), other_cache), gradients_of(op, dy, cache), strict=True)
    for mine, plain in pairs:
        np.testing.assert_allclose(mine, plain, rtol=1e-12, atol=1e-14)


@every_operation
def test_the_cache_names_what_it_holds(op):
    _, cache = op.forward(**arrays_for(op))
    assert isinstance(cache, tuple)
    assert type(cache).__annotations__.keys() >= set(cache._fields)


@every_operation
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_right(op, seed):
    rng = np.random.default_rng(seed)
    check_gradient(op.name, op.forward, op.backward, arrays_for(op, seed=seed), rng=rng)


@pytest.mark.parametrize(
    ("op", "name"),
    [
        pytest.param(op, name, id=f"{op.name}-{name}")
        for op in TABLE
        for name in op.shapes
        if op.name != "heaviside"  # its gradient is 0, which no factor changes
    ],
)
def test_a_gradient_that_is_off_by_a_thousandth_in_one_entry_is_found(op, name):
    place = list(op.shapes).index(name)

    def wrong(dy, cache):
        gradients = [gradient.copy() for gradient in gradients_of(op, dy, cache)]
        largest = np.abs(gradients[place]).argmax()
        gradients[place].flat[largest] *= 1.001
        return tuple(gradients)

    with pytest.raises(GradientMismatch, match=rf"^{op.name}: the gradient of {name} gives"):
        check_gradient(op.name, op.forward, wrong, arrays_for(op), rng=np.random.default_rng(0))


@every_input
def test_refuses_other_types_by_name(op, name):
    arrays = arrays_for(op)
    for value, message in (
        (arrays[name].astype(complex), "has dtype complex128; float32, float64 and integers fit"),
        (arrays[name].astype(str), "has dtype <U"),
        (torch.tensor(arrays[name].copy()), "is a torch tensor; give an array"),
    ):
        with pytest.raises(TypeError, match=rf"^{op.name}: {name} {message}"):
            op.forward(**{**arrays, name: value})


@pytest.mark.parametrize(
    ("op", "name"),
    [pytest.param(op, name, id=f"{op.name}-{name}") for op in TABLE for name in op.shapes if not op.any_shape],
)
def test_refuses_other_axes_by_name(op, name):
    arrays = arrays_for(op)
    for value in (arrays[name][None], arrays[name][0]):
        with pytest.raises(ValueError, match=rf"^{op.name}: {name} has {value.ndim} axes but "):
            op.forward(**{**arrays, name: value})


@pytest.mark.parametrize(
    "op",
    [pytest.param(op, id=op.name) for op in TABLE if op.name != "cross_entropy"],  # it has no upstream
)
def test_refuses_an_upstream_that_does_not_fit(op):
    y, cache = op.forward(**arrays_for(op))
    with pytest.raises(ValueError, match=rf"^{op.name}: dy has shape .* but y had"):
        op.backward(np.ones((*np.shape(y), 2)), cache)
    with pytest.raises(TypeError, match=rf"^{op.name}: dy is a torch tensor"):
        op.backward(torch.ones(np.shape(y)), cache)


@pytest.mark.parametrize("op", ONE_WAY, ids=lambda op: op.name)
@pytest.mark.parametrize("layout", [spread_out, reversed_in_memory, by_columns])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_what_has_no_way_back_keeps_to_the_rest(op, layout, dtype):
    arrays = {name: 100 * array for name, array in arrays_for(op).items()}
    given = {name: read_only(layout(array.astype(dtype))) for name, array in arrays.items()}
    y = op.forward(**given)
    expected = op.forward(**{name: array.astype(np.float64) for name, array in given.items()})
    assert y.dtype == ("float32" if dtype == "float32" else "float64")
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-6)
    assert not any(np.shares_memory(y, array) for array in given.values())


@pytest.mark.parametrize(
    ("op", "name"),
    [pytest.param(op, name, id=f"{op.name}-{name}") for op in ONE_WAY for name in op.shapes],
)
def test_what_has_no_way_back_refuses_other_types_by_name(op, name):
    arrays = arrays_for(op)
    with pytest.raises(TypeError, match=rf"^{op.name}: {name} has dtype complex128"):
        op.forward(**{**arrays, name: arrays[name].astype(complex)})
    with pytest.raises(TypeError, match=rf"^{op.name}: {name} is a torch tensor"):
        op.forward(**{**arrays, name: torch.tensor(arrays[name].copy())})

"""The same steps as torch takes, and what is refused."""

import math

import numpy as np
import pytest
import torch

from cnnlib.optim import SGD, AdaGrad, Adam, AdamW, RMSProp, one_cycle

RULES = {
    "sgd": (lambda: SGD(0.05), torch.optim.SGD, {"lr": 0.05}),
    "sgd with decay": (
        lambda: SGD(0.05, weight_decay=0.1),
        torch.optim.SGD,
        {"lr": 0.05, "weight_decay": 0.1},
    ),
    "momentum": (
        lambda: SGD(0.05, momentum=0.9, weight_decay=0.1),
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1},
    ),
    "nesterov": (
        lambda: SGD(0.05, momentum=0.8, nesterov=True, weight_decay=0.1),
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
    ),
    "adagrad": (AdaGrad, torch.optim.Adagrad, {}),
    "adagrad with all": (
        lambda: AdaGrad(0.1, eps=1e-3, weight_decay=0.1),
        torch.optim.Adagrad,
        {"lr": 0.1, "eps": 1e-3, "weight_decay": 0.1},
    ),
    "rmsprop": (RMSProp, torch.optim.RMSprop, {}),
    "rmsprop with all": (
        lambda: RMSProp(0.03, rho=0.8, eps=1e-3, weight_decay=0.1),
        torch.optim.RMSprop,
        {"lr": 0.03, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adam": (Adam, torch.optim.Adam, {}),
    "adam with all": (
        lambda: Adam(0.03, betas=(0.7, 0.95), eps=1e-3, weight_decay=0.1),
        torch.optim.Adam,
        {"lr": 0.03, "betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adamw": (AdamW, torch.optim.AdamW, {}),
    "adamw with all": (
        lambda: AdamW(0.03, betas=(0.7, 0.95), eps=1e-3, weight_decay=0.1),
        torch.optim.AdamW,
        {"lr": 0.03, "betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
}


def start(dtype=np.float64):
    rng = np.random.default_rng(4)
    return {"w": rng.standard_normal((3, 4)).astype(dtype), "b": rng.standard_normal(5).astype(dtype)}


def gradients(params):
    """Of a bowl with a ripple, so that they depend on where the parameters are."""
    return {name: theta + 3 * np.sin(4 * theta) for name, theta in params.items()}


def farthest_from_torch(ours, theirs, options, steps=20):
    """The largest difference over all parameters and all steps; both follow their own gradients."""
    params = start()
    copies = {name: torch.tensor(theta, requires_grad=True) for name, theta in params.items()}
    peer = theirs(copies.values(), **options)
    farthest = 0.0
    for _ in range(steps):
        ours.step(params, gradients(params))
        for theta in copies.values():
            theta.grad = theta.detach() + 3 * torch.sin(4 * theta.detach())
        peer.step()
        for name, theta in copies.items():
            farthest = max(farthest, np.abs(params[name] - theta.detach().numpy()).max())
    return farthest


@pytest.mark.parametrize("rule", RULES)
def test_takes_the_same_twenty_steps_as_torch(rule):
    ours, theirs, options = RULES[rule]
    assert farthest_from_torch(ours(), theirs, options) < 1e-10


@pytest.mark.parametrize(
    ("wrong", "theirs"),
    [
        (Adam(1.001e-3), torch.optim.Adam),
        (Adam(betas=(0.9, 0.998)), torch.optim.Adam),
        (Adam(eps=1.1e-8), torch.optim.Adam),
        (AdaGrad(eps=1e-8), torch.optim.Adagrad),
        (RMSProp(rho=0.9), torch.optim.RMSprop),
        (AdamW(weight_decay=1.001e-2), torch.optim.AdamW),
    ],
)
def test_the_comparison_finds_a_small_difference(wrong, theirs):
    assert farthest_from_torch(wrong, theirs, {}) > 1e-10


def test_a_learning_rate_set_between_steps_is_that_of_torch():
    ours, theta = Adam(), start()["w"]
    copy = torch.tensor(theta, requires_grad=True)
    peer = torch.optim.Adam([copy])
    for lr in (1e-3, 0.1, 0.02):
        ours.lr = peer.param_groups[0]["lr"] = lr
        ours.step({"w": theta}, {"w": 2 * theta})
        copy.grad = 2 * copy.detach()
        peer.step()
    np.testing.assert_allclose(theta, copy.detach().numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_writes_into_the_same_arrays_and_only_reads_the_gradients(rule, dtype):
    optimizer = RULES[rule][0]()
    params = start(dtype)
    held = dict(params)
    before = {name: theta.copy() for name, theta in params.items()}
    grads = {name: g.astype(np.float64) for name, g in gradients(params).items()}
    kept = {name: g.copy() for name, g in grads.items()}
    for g in grads.values():
        g.flags.writeable = False
    optimizer.step(params, grads)
    optimizer.step(params, grads)
    for name, theta in params.items():
        assert theta is held[name]
        assert theta.dtype == dtype
        assert (theta != before[name]).all()
        np.testing.assert_array_equal(grads[name], kept[name])


def test_what_is_remembered_belongs_to_a_name():
    """A parameter that is left out of a step, as when it is frozen, stays where it was."""
    together, alone = Adam(), Adam()
    params, single = start(), start()
    for step in range(4):
        frozen = {"b"} if step % 2 else set()
        names = params.keys() - frozen
        g = gradients(params)
        before = params["b"].copy()
        together.step({n: params[n] for n in names}, {n: g[n] for n in names})
        alone.step({"w": single["w"]}, {"w": gradients(single)["w"]})
        assert (params["b"] == before).all() == bool(frozen)
    np.testing.assert_array_equal(params["w"], single["w"])


def test_a_refused_step_leaves_everything_as_it_was():
    params = start()
    before = {name: theta.copy() for name, theta in params.items()}
    grads = gradients(params)
    grads["b"][3] = math.nan
    with pytest.raises(ValueError, match=r"Adam: the gradient of b is NaN or infinite in 1 of 5 values"):
        Adam().step(params, grads)
    for name, theta in params.items():
        np.testing.assert_array_equal(theta, before[name])


def test_one_cycle_is_that_of_torch():
    steps, peak = 50, 3e-3
    peer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    cycle = torch.optim.lr_scheduler.OneCycleLR(peer, max_lr=peak, total_steps=steps, cycle_momentum=False)
    # torch ends its warm-up one step before the share asked for.
    schedule = one_cycle(peak, warm_up=(0.3 * steps - 1) / (steps - 1))
    for step in range(steps):
        assert schedule(step / (steps - 1)) == pytest.approx(cycle.get_last_lr()[0], rel=1e-9)
        peer.step()
        if step < steps - 1:
            cycle.step()


def test_one_cycle_without_warm_up_starts_at_its_peak():
    assert one_cycle(0.1, warm_up=0.0)(0.0) == pytest.approx(0.1)
    assert one_cycle(0.1, warm_up=1.0)(1.0) == pytest.approx(0.1)


def step_with(params, grads, optimizer=None):
    return lambda: (optimizer or Adam()).step(params, grads)


def read_only(array):
    array.flags.writeable = False
    return array


W = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Adam(lr=0), ValueError, r"Adam: lr is 0; more than 0 fits"),
        (lambda: SGD(-0.1), ValueError, r"SGD: lr is -0\.1; more than 0 fits"),
        (lambda: SGD(math.nan), ValueError, r"SGD: lr is nan; a finite number fits"),
        (lambda: SGD("fast"), TypeError, r"SGD: lr is 'fast'; a number fits"),
        (lambda: setattr(Adam(), "lr", 0.0), ValueError, r"Adam: lr is 0\.0; more than 0 fits"),
        (lambda: SGD(0.1, momentum=1), ValueError, r"SGD: momentum is 1; 0 or more, and less than 1"),
        (lambda: SGD(0.1, nesterov=True), ValueError, r"SGD: nesterov is True but momentum is 0"),
        (lambda: Adam(betas=(0.9, 1.5)), ValueError, r"Adam: betas\[1\] is 1\.5; 0 to 1 fits"),
        (lambda: Adam(betas=(0.9,)), ValueError, r"Adam: betas has 1 numbers; two fit"),
        (lambda: AdamW(eps=-1), ValueError, r"AdamW: eps is -1; 0 or more fits"),
        (lambda: RMSProp(rho=-1), ValueError, r"RMSProp: rho is -1; 0 to 1 fits"),
        (lambda: AdaGrad(weight_decay=-1), ValueError, r"AdaGrad: weight_decay is -1; 0 or more fits"),
        (lambda: one_cycle(-1), ValueError, r"one_cycle: peak is -1; 0 or more fits"),
        (step_with({"w": W, "b": W}, {"w": W, "c": W}), ValueError, r"gradient: b; without a parameter: c"),
        (step_with({"w": W}, {}), ValueError, r"without a gradient: w; without a parameter: none"),
        (step_with({"w": W}, {"w": W.T}), ValueError, r"w has shape \(3, 2\) but w has \(2, 3\)"),
        (step_with({"w": W}, {"w": W * math.inf}), ValueError, r"of w is NaN or infinite in 6 of 6 values"),
        (step_with({"w": [1.0]}, {"w": [1.0]}), TypeError, r"the parameter w is list; a float32 or"),
        (step_with({"w": np.ones(2, int)}, {"w": np.ones(2)}), TypeError, r"the parameter w is dtype int64"),
        (step_with({"w": read_only(np.ones(2))}, {"w": np.ones(2)}), ValueError, r"w is read-only"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_parameter_that_changes_its_shape_is_refused():
    optimizer = Adam()
    optimizer.step({"w": np.ones((1, 3))}, {"w": np.ones((1, 3))})
    with pytest.raises(ValueError, match=r"the parameter w has shape \(2, 3\) but had \(1, 3\)"):
        optimizer.step({"w": np.ones((2, 3))}, {"w": np.ones((2, 3))})

"""Networks that are handed to the student's code, and a step of learning that the judge has them make."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.caller import Raised, as_arrays
from autograder.checking.cases import seeds
from autograder.checking.networks import filled
from autograder.checking.values import Model, Tensor
from cnnlib import models

OLD_CLASSES = 5
NETWORKS = (("small_vgg", 2), ("small_resnet", 2), ("small_vgg", 3))  # and their widths: parts as in the lesson


@st.composite
def networks(draw, **more):
    """A small network, and the seed that its weights, its statistics and a batch are drawn from."""
    name, width = draw(st.sampled_from(NETWORKS))
    drawn = {name: draw(strategy) for name, strategy in more.items()}
    return {"network": name, "width": width, "seed": draw(seeds()), **drawn}


def given(case):
    """The network of a case, for the student's side."""
    options = {"channels": 1, "classes": OLD_CLASSES, "width": case["width"]}
    empty = getattr(models, case["network"])(**options)
    arrays = {name: tensor.numpy() for name, tensor in empty.state_dict().items()}
    return Model(f"cnnlib.models:{case['network']}", options, tuple(filled(arrays, case["seed"])))


def batch(case):
    """Images that the network of a case can read."""
    return np.random.default_rng(case["seed"]).normal(size=(4, 1, 8, 8)).astype(np.float32)


def learn(answer, network, x, steps=2):
    """Let all that can learn make some steps, whose decay moves weights even where the gradient is zero."""
    options = {"params": network.parameters.make(), "lr": 0.05, "weight_decay": 0.5}
    optimizer = answer.give(Model("torch.optim:AdamW", options))
    try:
        for _ in range(steps):
            optimizer.zero_grad()
            network.make(Tensor(x)).square.make().mean.make().backward()
            optimizer.step()
    except Raised as raised:  # torch's word where nothing is left to learn
        if "does not require grad" not in raised.error.message:
            raise


def output(part, x):
    return as_arrays(part(Tensor(x)))


def is_statistic(name):
    """Whether it is a mean or a variance of the body that batch normalisation has counted."""
    return in_body(name) and name.endswith(("running_mean", "running_var"))


def is_weight(name):
    """Whether it is a parameter of the body. The number of batches has no effect, and counts as nothing."""
    return in_body(name) and not name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def same(before, after, wanted):
    """Whether the arrays whose names are wanted are there still, to the last bit."""
    return all(name in after and np.array_equal(before[name], after[name]) for name in before if wanted(name))


def in_body(name):
    return name.startswith("features.")

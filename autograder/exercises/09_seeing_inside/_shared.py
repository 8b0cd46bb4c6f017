"""The networks of lesson 09, put together on the student's side, and cases of images and classes to explain."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.caller import as_arrays
from autograder.checking.cases import random_numbers, seeds, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Rule
from autograder.checking.networks import filled
from autograder.checking.values import Model, Tensor
from autograder.checking.words import Text

READY_MADE = Rule(calls=("cnnlib.explain", "captum"))
NEARLY = Close(1e-4, least=1e-2)
CLASSES = 3
SIDES = ((6, 8), (8, 6), (7, 10))
FLOAT32 = (np.float32,)

ANOTHER_CLASS = Text(
    "It explains the class with the highest score. `target` says which class is asked for, "
    "and that may be one that the network does not believe in.",
    "Elle explique la classe qui a le meilleur score. `target` dit quelle classe est demandée, "
    "et ce peut être une classe à laquelle le réseau ne croit pas.",
)
ALL_CLASSES = Text(
    "The scores of all classes are added up, so every class gets the same map. Pick the score of `target`.",
    "Les scores de toutes les classes sont additionnés : chaque classe reçoit la même carte. "
    "Prenez le score de `target`.",
)
MIXED_TARGETS = Text(
    "`scores[:, target]` takes, from each image, the scores of all the images' classes. "
    "Each image has one class of its own: pair them, as in `scores[torch.arange(N), target]`.",
    "`scores[:, target]` prend, pour chaque image, les scores des classes de toutes les images. "
    "Chaque image a sa propre classe : associez-les, comme dans `scores[torch.arange(N), target]`.",
)
PROBABILITIES = Text(
    "It explains a probability, not the score: after a softmax, a map says also what speaks against the other "
    "classes, and fades where the network is sure. Take the score as the network gives it.",
    "Elle explique une probabilité, pas le score : après un softmax, une carte dit aussi ce qui parle contre les "
    "autres classes, et s’efface là où le réseau est sûr. Prenez le score tel que le réseau le donne.",
)


def network(answer, case):
    """The case's network, made on the student's side: `features`, `pool`, `classifier`."""
    _, C, H, W = case["x"].shape
    maps, layers = FEATURES[case["network"]](C)
    pool, units = HEADS[case.get("head", "mean")](maps, H * W)
    whole = sequence(answer, {"features": layers, "pool": pool})
    whole.add_module("classifier", answer.give(Model("torch.nn:Linear", linear(units))))
    whole.load(_weights(whole.arrays(), case))
    whole.eval()
    return whole


def sequence(answer, layers):
    """A Sequential of named layers, some of them sequences themselves."""
    made = answer.give(Model("torch.nn:Sequential"))
    for name, layer in layers.items():
        made.add_module(name, sequence(answer, layer) if isinstance(layer, dict) else answer.give(layer))
    return made


def numbered(*layers):
    return {str(place): layer for place, layer in enumerate(layers)}


def conv(C, K, side, padding=0, stride=1):
    options = {"in_channels": C, "out_channels": K, "kernel_size": side, "padding": padding, "stride": stride}
    return Model("torch.nn:Conv2d", options)


def linear(units):
    return {"in_features": units, "out_features": CLASSES}


RELU, TANH, FLATTEN = Model("torch.nn:ReLU"), Model("torch.nn:Tanh"), Model("torch.nn:Flatten")
HALVE = Model("torch.nn:MaxPool2d", {"kernel_size": 2})

# Each gives the number of its maps, and its layers.
FEATURES = {
    "none": lambda C: (C, {}),
    "one ReLU": lambda C: (3, numbered(conv(C, 3, 1), RELU)),
    "two ReLUs": lambda C: (6, numbered(conv(C, 5, 3, 1), RELU, HALVE, conv(5, 6, 3, 1), RELU)),
    "smooth": lambda C: (4, numbered(conv(C, 4, 3, 1), TANH, conv(4, 4, 3), TANH)),
}
HEADS = {
    "mean": lambda C, places: (numbered(Model("torch.nn:AdaptiveAvgPool2d", {"output_size": 1}), FLATTEN), C),
    "greatest": lambda C, places: (numbered(Model("torch.nn:AdaptiveMaxPool2d", {"output_size": 2}), FLATTEN), 4 * C),
    "all": lambda C, places: (numbered(FLATTEN), C * places),
}


def _weights(arrays, case):
    """Those of the case, or else random ones."""
    if "w" not in case:
        return filled(arrays, case["seed"])
    given = [case["w"], case["b"]]
    rest = filled(dict(list(arrays.items())[:-2]), case.get("seed", 0))
    return rest + [part.reshape(array.shape) for part, array in zip(given, list(arrays.values())[-2:], strict=True)]


@st.composite
def linear_cases(draw, *, head="all", one=False):
    """A linear network of whole numbers: what each pixel, or each channel's mean, counts for each class."""
    N, H = (1, draw(st.integers(2, 3))) if one else (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
    C, W = draw(st.integers(1, 2)), draw(st.integers(2, 3))
    x = draw(whole_numbers((N, C, H, W))).astype(np.float32)
    units = (C, H, W) if head == "all" else (C,)
    rng = np.random.default_rng(draw(seeds()))  # one number to shrink in place of a hundred
    w, b = (rng.integers(-5, 6, shape).astype(np.float32) for shape in ((CLASSES, *units), CLASSES))
    return {"network": "none", "head": head, "w": w, "b": b, "x": x, "target": _targets(draw, N, one)}


@st.composite
def network_cases(draw, *, features="two ReLUs", heads=("mean", "greatest"), one=False, sides=SIDES):
    """A small convolutional network of random weights, and images that are not square."""
    N, C = (1 if one else draw(st.integers(2, 3))), draw(st.integers(1, 3))
    H, W = draw(st.sampled_from(sides))
    x = draw(random_numbers((N, C, H, W), dtypes=FLOAT32))
    target = _targets(draw, N, one)
    head = draw(st.sampled_from(heads))
    return {"network": features, "head": head, "x": x, "target": target, "seed": draw(seeds())}


def _targets(draw, N, one):
    if one:
        return draw(st.integers(0, CLASSES - 1))
    return np.array([draw(st.integers(0, CLASSES - 1)) for _ in range(N)])


def explained(*names):
    """An observer that hands over the network, the images, the classes, and the case's values under `names`."""

    def observe(answer, case):
        target = case["target"]
        target = Tensor(target) if isinstance(target, np.ndarray) else target
        more = (case[name] for name in names)
        return as_arrays(answer(network(answer, case), Tensor(case["x"]), target, *more))

    return observe


def score_of(scores, target):
    """The score (N,) of each image's class."""
    return scores[range(len(scores)), target]

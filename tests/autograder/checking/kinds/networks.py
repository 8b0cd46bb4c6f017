"""Classes and torch models: made by the student, given to the student, trained by the student."""

import numpy as np
import torch
from torch import nn

from autograder.checking.caller import as_arrays
from autograder.checking.cases import case, fixed, random_numbers, sizes
from autograder.checking.exercise import Exercise
from autograder.checking.networks import filled, observe_network
from autograder.checking.values import Model, Rng, Tensor
from autograder.checking.words import Text
from tests.autograder.checking.kinds._kind import Kind, mistake, part

# --- a class with state


class Momentum:
    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, 0.0

    def step(self, p, g):
        self.v = self.mu * self.v + g
        return p - self.lr * self.v


class InPlace(Momentum):
    def step(self, p, g):
        p -= self.lr * g + self.lr * self.mu * self.v
        self.v = self.mu * self.v + g


class Forgetful(Momentum):
    def step(self, p, g):
        self.v = 0.0
        return super().step(p, g)


class Damped(Momentum):
    def step(self, p, g):
        self.v = self.mu * self.v + (1 - self.mu) * g
        return p - self.lr * self.v


class Climbing(Momentum):
    def step(self, p, g):
        return p + self.lr * g


def several_steps(answer, case):
    optimiser, p, track = answer.make(0.1, mu=0.9), case["p"], []
    for g in case["gradients"]:
        p = optimiser.step.outcome(p, g).updated()
        track.append(p)
    return track


OPTIMISER = Kind(
    Exercise(
        "a class that keeps its state over several calls",
        (Momentum,),
        (part(sizes(1, 3).flatmap(lambda n: case(p=random_numbers(n), gradients=random_numbers((3, n)).map(list)))),),
        (mistake("forgets its speed", Forgetful), mistake("damps the gradient", Damped)),
        ((InPlace,), (lambda lr, mu: Momentum(lr, mu),)),
        observe=several_steps,
        may_change=True,
    ),
    (Climbing,),
)

# --- a network built by the student


def small(channels=2, normalised=True, bias=True, slope=0.0):
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, bias=bias),
        nn.BatchNorm2d(channels) if normalised else nn.Identity(),
        nn.LeakyReLU(slope),
        nn.Flatten(),
        nn.Linear(channels * 4, 3),
    )


class Written(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolve = nn.Conv2d(1, 2, 3)
        self.normalise = nn.BatchNorm2d(2)
        self.classify = nn.Linear(8, 3)

    def forward(self, x):
        return self.classify(torch.relu(self.normalise(self.convolve(x))).flatten(1))


def built(answer, case):
    return observe_network(answer.make(), [case["x"]], seed=case["seed"])


BUILT = Kind(
    Exercise(
        "a network built by the student",
        (small,),
        (part(case(x=random_numbers((2, 1, 4, 4), dtypes=(np.float32,)), seed=sizes(0, 99)), examples=3),),
        (
            mistake("forgets the bias", lambda: small(bias=False)),
            mistake("does not normalise", lambda: small(normalised=False)),
            mistake("leaks", lambda: small(slope=0.3)),
        ),
        ((Written,),),
        observe=built,
        properties={"shapes": Text("its parameters have other shapes", "ses paramètres ont d'autres formes")},
    ),
    (lambda: small(channels=3),),
)

# --- a network given to the student's code


def linear(inputs=6):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, 2))


def given(seed):
    arrays = {name: tensor.numpy() for name, tensor in linear().state_dict().items()}
    return Model(f"{__name__}:linear", {"inputs": 6}, tuple(filled(arrays, seed)))


def saliency(model, x):
    x = x.clone().requires_grad_()
    model(x)[:, 0].sum().backward()
    return x.grad.abs()


def saliency_by_autograd(model, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(model(x)[:, 0].sum(), x)[0].abs()


def signed(model, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(model(x)[:, 0].sum(), x)[0]


def of_the_other_class(model, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(model(x)[:, 1].sum(), x)[0].abs()


def map_of(answer, case):
    return as_arrays(answer(given(case["seed"]), Tensor(case["x"])))


SALIENCY = Kind(
    Exercise(
        "a network given to the student's code",
        (saliency,),
        (part(case(x=random_numbers((2, 1, 2, 3), dtypes=(np.float32,)), seed=sizes(0, 99)), examples=3),),
        (mistake("keeps the sign", signed), mistake("explains another class", of_the_other_class)),
        ((saliency_by_autograd,),),
        observe=map_of,
    ),
    (lambda model, x: x.abs(),),
)

# --- a training run


def clouds(seed, count=40):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    return (rng.normal(size=(count, 6)) + 3 * labels[:, None] - 1.5).astype(np.float32), labels


def train(model, images, labels, rng, clear=True, rate=0.05, flip=False):
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    for _ in range(30):
        chosen = torch.as_tensor(rng.permutation(len(images))[:20])
        loss = nn.functional.cross_entropy(model(images[chosen]), 1 - labels[chosen] if flip else labels[chosen])
        if clear:
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def train_and_return(model, images, labels, rng):
    train(model, images, labels, rng, rate=0.1)
    return model


def right_on_held_back_images(answer, case):
    images, labels = clouds(case["seed"])
    held_back, hidden = clouds(case["seed"] + 1, 100)
    model = answer.give(given(case["seed"]))
    before = model.arrays()
    answer(model, Tensor(images), Tensor(labels), Rng(case["seed"]))
    accuracy = (model(Tensor(held_back)).array.argmax(axis=1) == hidden).mean()
    moved = any(not np.array_equal(before[name], array) for name, array in model.arrays().items())
    return {"at least 90 %": bool(accuracy >= 0.9), "weights move": moved, "better than chance": bool(accuracy > 0.3)}


TRAINED = Kind(
    Exercise(
        "a training run, judged on images that only the judge has labels for",
        (train,),
        (part(fixed(*({"seed": seed} for seed in (0, 10))), examples=2),),
        (
            mistake("never steps", lambda model, images, labels, rng: None),
            mistake("learns the labels swapped", lambda *args: train(*args, flip=True)),
        ),
        ((train_and_return,),),
        fewer_right="a training loop is written in few ways",
        observe=right_on_held_back_images,
        properties={
            "at least 90 %": Text("fewer than 90 % are right", "moins de 90 % sont justes"),
            "weights move": Text("no weight has moved", "aucun poids n'a bougé"),
        },
        seconds=10.0,
    ),
    (lambda model, images, labels, rng: {}["images"],),
)

KINDS = (OPTIMISER, BUILT, SALIENCY, TRAINED)

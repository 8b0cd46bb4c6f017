"""ascend: change the image, step by step, until the class's score is high."""

import numpy as np
import torch
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import CLASSES, FLOAT32, READY_MADE, explained, network_cases


@st.composite
def _climbs(draw, networks):
    case = draw(networks)
    step, decay = draw(st.sampled_from((0.5, 1.0, 2.0))), draw(st.sampled_from((0.0, 0.1, 0.25)))
    return case | {"steps": draw(st.integers(1, 4)), "step": step, "decay": decay}


@st.composite
def _slopes(draw):
    """A linear network: the way up is the same everywhere."""
    C, H, W = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(2, 3))
    x = draw(random_numbers((1, C, H, W), dtypes=FLOAT32))
    w, b = draw(random_numbers((CLASSES, C, H, W), dtypes=FLOAT32)), np.zeros(CLASSES, dtype=np.float32)
    return {"network": "none", "head": "all", "w": w, "b": b, "x": x, "target": draw(st.integers(0, CLASSES - 1))}


def _slope(model, image, target, score=lambda scores, target: scores[0, target]):
    image = image.detach().clone().requires_grad_()
    return torch.autograd.grad(score(model(image), target), image)[0]


def _unit(g):
    return g / g.norm()


def _climb(way=_unit, *, short=0, uphill=1, decays=True, late=False, once=False, gathers=False, **score):
    """Right as it stands; each mistake says what it does otherwise."""

    def ascend(model, x, target, steps, step, decay):
        image, gathered, first = x.clone(), torch.zeros_like(x), None
        keep = 1 - decay if decays else 1.0
        for _ in range(steps - short):
            g = _slope(model, image, target, **score)
            first = g if first is None else first
            gathered = gathered + g
            g = uphill * step * way(first if once else gathered if gathers else g)
            image = keep * (image + g) if late else keep * image + g
        return image

    return ascend


def _by_backward(model, x, target, steps, step, decay):
    image = x.detach().clone().requires_grad_()
    for _ in range(steps):
        image.grad = None
        model(image)[0, target].backward()
        with torch.no_grad():
            image.mul_(1 - decay).add_(image.grad, alpha=step / image.grad.pow(2).sum().sqrt().item())
    return image


def _by_jacobian(model, x, target, steps, step, decay):
    for _ in range(steps):
        g = torch.autograd.functional.jacobian(lambda image: model(image)[0, target], x)
        x = x - decay * x + step * g / torch.linalg.vector_norm(g)
    return x


def _in_numpy(model, x, target, steps, step, decay):
    image = x.numpy().copy()
    for _ in range(steps):
        pixels = torch.from_numpy(image.copy()).requires_grad_()
        model(pixels)[:, target].sum().backward()
        g = pixels.grad.numpy()
        image = (1 - decay) * image + step * g / np.sqrt(np.sum(g**2))
    return image.astype(np.float32)


ascend = Exercise(
    name="ascend",
    reference=(_climb(),),
    parts=(
        Part(Text("linear networks", "réseaux linéaires"), (Stage(_climbs(_slopes()), 12, 10),)),
        Part(
            Text("curved networks", "réseaux courbes"),
            (Stage(_climbs(network_cases(features="smooth", heads=("mean",), one=True)), 5, 5),),
        ),
    ),
    observe=explained("steps", "step", "decay"),
    compare=Close(1e-3, least=0.1),
    rule=READY_MADE,
    picture=difference,
    seconds=20.0,  # the first optimiser or `zero_grad` of a session makes torch import for long
    budget=1.0,
    mistakes=tuple(
        Mistake(name, (wrong,), says)
        for name, wrong, says in (
            (
                "downhill",
                _climb(uphill=-1),
                Text(
                    "The score falls: the steps go down the gradient. Training subtracts it from the weights; "
                    "here it is added to the image.",
                    "Le score baisse : les pas descendent le gradient. L’entraînement le soustrait des poids ; "
                    "ici, il s’ajoute à l’image.",
                ),
            ),
            (
                "not normalised",
                _climb(lambda g: g),
                Text(
                    "The steps are as long as the gradient. Divide it by its length, so that each step has "
                    "length `step`.",
                    "Les pas sont aussi longs que le gradient. Divisez-le par sa longueur, pour que chaque pas soit "
                    "de longueur `step`.",
                ),
            ),
            (
                "signs",
                _climb(torch.sign),
                Text(
                    "Each pixel moves by the same amount, up or down: only the sign of the gradient is used. "
                    "Divide the gradient by its length instead.",
                    "Chaque pixel bouge d’autant, vers le haut ou vers le bas : seul le signe du gradient sert. "
                    "Divisez plutôt le gradient par sa longueur.",
                ),
            ),
            (
                "largest entry",
                _climb(lambda g: g / g.abs().max()),
                Text(
                    "The gradient is divided by its largest entry. Its length is the root of the sum of squares.",
                    "Le gradient est divisé par sa plus grande valeur. Sa longueur : la racine de la somme des carrés.",
                ),
            ),
            (
                "length squared",
                _climb(lambda g: g / (g * g).sum()),
                Text(
                    "The gradient is divided by the square of its length: a root is missing.",
                    "Le gradient est divisé par le carré de sa longueur : il manque une racine.",
                ),
            ),
            (
                "no decay",
                _climb(decays=False),
                Text(
                    "`decay` is not used: before each step the image shrinks to (1 − decay) of itself.",
                    "`decay` n’est pas utilisé : avant chaque pas, l’image est réduite à (1 − decay) d’elle-même.",
                ),
            ),
            (
                "decay after the step",
                _climb(late=True),
                Text(
                    "The step shrinks along with the image. Shrink the image first, then add the whole step.",
                    "Le pas est réduit en même temps que l’image. Réduisez d’abord l’image, "
                    "puis ajoutez le pas entier.",
                ),
            ),
            (
                "one gradient for all steps",
                _climb(once=True),
                Text(
                    "All steps follow the gradient of the first image. The way up bends: "
                    "ask for the gradient anew at each step.",
                    "Tous les pas suivent le gradient de la première image. La montée tourne : "
                    "redemandez le gradient à chaque pas.",
                ),
            ),
            (
                "gradients pile up",
                _climb(gathers=True),
                Text(
                    "Each gradient is added to those before it. `backward` adds to `.grad`: empty it before each step.",
                    "Chaque gradient s’ajoute aux précédents. `backward` additionne dans `.grad` : "
                    "videz-le avant chaque pas.",
                ),
            ),
            (
                "one step short",
                _climb(short=1),
                Text(
                    "There is one step too few. Is the image given back before the last one?",
                    "Il manque un pas. L’image est-elle rendue avant le dernier ?",
                ),
            ),
            (
                "best class",
                _climb(score=lambda scores, target: scores[0].max()),
                Text(
                    "It climbs to whichever class leads at the moment. `target` says which class is wanted.",
                    "Elle monte vers la classe qui mène à ce moment. `target` dit quelle classe est voulue.",
                ),
            ),
            (
                "probability or loss",  # their gradients differ in length alone
                _climb(score=lambda scores, target: scores.softmax(dim=1)[0, target]),
                Text(
                    "It climbs a probability, or lowers a loss: both can also be had by pulling the other classes "
                    "down. Climb the score of `target` itself.",
                    "Elle gravit une probabilité, ou réduit une perte : cela s’obtient aussi en tirant les autres "
                    "classes vers le bas. Gravissez le score de `target` lui-même.",
                ),
            ),
        )
    ),
    right=((_by_backward,), (_by_jacobian,), (_in_numpy,)),
)

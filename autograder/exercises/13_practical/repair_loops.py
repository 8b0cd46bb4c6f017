"""repair_loops: five training loops that are broken, and what mends them."""

from functools import lru_cache

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy, log_softmax, nll_loss, softmax

from autograder.checking.cases import case, seeds
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Rng, Tensor
from autograder.checking.words import Text
from cnnlib.data import load_digits
from cnnlib.ops.cross_entropy import cross_entropy_forward

from . import _epochs
from ._shared import READY_MADE, SECONDS, descent, linear, normalising

BATCH = 32
EPOCHS = 12  # of the loop with a learning rate of its own
GOOD, GUESSED = 0.6, float(np.log(10))


def _batches(images, rng):
    return torch.from_numpy(rng.permutation(len(images))).split(BATCH)


def _simple(network, optimizer, images, labels, rng):
    """What loops a, b and d should be."""
    network.train()
    for rows in _batches(images, rng):
        optimizer.zero_grad()
        cross_entropy(network(images[rows]), labels[rows]).backward()
        optimizer.step()


def _cleared_before_the_step(network, optimizer, images, labels, rng):
    network.train()
    for rows in _batches(images, rng):
        cross_entropy(network(images[rows]), labels[rows]).backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()


def _never_cleared(network, optimizer, images, labels, rng):
    network.train()
    for rows in _batches(images, rng):
        cross_entropy(network(images[rows]), labels[rows]).backward()
        optimizer.step()


def _by_parameters(network, optimizer, images, labels, rng):
    """The gradients cleared without the optimiser, the logarithm of softmax taken first."""
    network.train()
    for rows in _batches(images, rng):
        for parameter in network.parameters():
            parameter.grad = None
        nll_loss(log_softmax(network(images[rows]), dim=1), labels[rows]).backward()
        optimizer.step()


def _softmax_twice(network, optimizer, images, labels, rng):
    network.train()
    for rows in _batches(images, rng):
        optimizer.zero_grad()
        cross_entropy(softmax(network(images[rows]), dim=1), labels[rows]).backward()
        optimizer.step()


def _no_logarithm(network, optimizer, images, labels, rng):
    network.train()
    for rows in _batches(images, rng):
        optimizer.zero_grad()
        nll_loss(softmax(network(images[rows]), dim=1), labels[rows]).backward()
        optimizer.step()


def _gathered(network, optimizer, images, labels, rng):
    """Images and labels put into one new order, then cut."""
    network.train()
    order = torch.as_tensor(rng.permutation(len(images)))
    for some, theirs in zip(images[order].split(BATCH), labels[order].split(BATCH), strict=True):
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(network(some), theirs).backward()
        optimizer.step()


def _labels_apart(network, optimizer, images, labels, rng):
    _simple(network, optimizer, images, labels[torch.from_numpy(rng.permutation(len(labels)))], rng)


def _in_order(network, optimizer, images, labels, rng):
    network.train()
    for some, theirs in zip(images.split(BATCH), labels.split(BATCH), strict=True):
        optimizer.zero_grad()
        cross_entropy(network(some), theirs).backward()
        optimizer.step()


def _share_right(network, images, labels):
    with torch.no_grad():
        return (network(images).argmax(dim=1) == labels).float().mean().item()


def _measured(*, train_again=True, evaluate=True, back=False):
    """Loop c: several epochs, each followed by a measurement."""

    def loop(network, optimizer, images, labels, rng, epochs):
        history = []
        network.train()
        for _ in range(epochs):
            if train_again and not back:
                network.train()
            for rows in _batches(images, rng):
                optimizer.zero_grad()
                cross_entropy(network(images[rows]), labels[rows]).backward()
                optimizer.step()
            if evaluate:
                network.eval()
            history.append(_share_right(network, images, labels))
            if back:
                network.train()
        return history

    return loop


def _measured_by_the_simple_loop(network, optimizer, images, labels, rng, epochs):
    history = []
    for _ in range(epochs):
        _simple(network, optimizer, images, labels, rng)
        history.append((network.eval()(images).argmax(1) == labels).double().mean().item())
    return history


def _descending(lr, make=torch.optim.SGD):
    """Loop e: a learning rate of its own."""

    def loop(network, images, labels, rng):
        _simple(network, make(network.parameters(), lr=lr), images, labels, rng)

    return loop


def _epoch_of(position):
    def observe(answer, told):
        return _epochs.seen_of_an_epoch(answer[position], told, sized=False)

    return observe


def _seen_of_several_epochs(answer, told):
    """In which mode the network trained and was measured."""
    images, labels, epochs = Tensor(told["images"]), Tensor(told["labels"]), told["epochs"]
    C = told["images"].shape[1]
    network = normalising(answer, np.zeros(C), np.ones(C))
    history = answer[2](network, descent(answer, network), images, labels, Rng(told["seed"]), epochs)
    counted = int(network.arrays()["num_batches_tracked"])
    network.eval()
    share = (network(images).array.argmax(axis=1) == told["labels"]).mean()
    measured = isinstance(history, list) and len(history) == epochs
    return {
        "counted": counted,
        "history": measured,
        "last": bool(measured and abs(history[-1] - share) < 1e-5),
    }


@lru_cache(maxsize=4)
def _digits(seed):
    """Digits as rows of pixels, standardised: 640 to learn from and 640 others."""
    digits = load_digits()
    chosen = np.random.default_rng(seed).permutation(len(digits.labels))[:1280]
    images = digits.images[chosen].reshape(len(chosen), -1)
    images = (images - images.mean()) / images.std()
    return images[:640], digits.labels[chosen[:640]], images[640:], digits.labels[chosen[640:]]


def _seen_of_a_rate(answer, told):
    """The loss on unseen digits after a few epochs at the loop's own learning rate."""
    images, labels, unseen, hidden = _digits(told["seed"])
    w = np.random.default_rng(told["seed"]).normal(0, 0.01, (10, images.shape[1])).astype(np.float32)
    network = linear(answer, w)
    for epoch in range(EPOCHS):
        answer[4](network, Tensor(images), Tensor(labels), Rng(told["seed"] + epoch))
    scores = network(Tensor(unseen)).array.astype(np.float64)
    loss = float(cross_entropy_forward(scores, hidden)[0]) if np.isfinite(scores).all() else np.inf
    return {"below guessing": bool(loss < GUESSED), "good": bool(loss < GOOD)}


RIGHT = (_simple, _simple, _measured(), _simple, _descending(0.1))


def _all_right_but(**wrong):
    return tuple(wrong.get("abcde"[position], loop) for position, loop in enumerate(RIGHT))


def _part(loop, cases, observe, *, examples):
    title = Text(f"{loop}, mended", f"{loop}, réparée")
    return Part(title, (Stage(cases, examples, min(examples, 3)),), observe=observe)


SIZES = ((70, BATCH), (75, BATCH), (90, BATCH))
repair_loops = Exercise(
    name="repair_loops",
    reference=RIGHT,
    parts=(
        _part("loop_a", _epochs.weights_and_labels(SIZES), _epoch_of(0), examples=2),
        _part("loop_b", _epochs.weights_and_labels(SIZES), _epoch_of(1), examples=2),
        _part(
            "loop_c",
            st.builds(
                lambda told, epochs: told | {"epochs": epochs}, _epochs.normalised_images(SIZES), st.integers(2, 3)
            ),
            _seen_of_several_epochs,
            examples=4,
        ),
        _part("loop_d", _epochs.weights_and_labels(SIZES), _epoch_of(3), examples=2),
        _part("loop_e", case(seed=seeds()), _seen_of_a_rate, examples=1),
    ),
    compare=Close(1e-3),
    rule=READY_MADE,
    properties=_epochs.PROPERTIES
    | {
        "strengths": Text(
            "some images count too often, too strongly or not at all",
            "certaines images comptent trop souvent, trop fort ou pas du tout",
        ),
        "counted": Text(
            "batch normalisation has not seen each batch of each epoch once in training mode",
            "la normalisation par lots n’a pas vu chaque lot de chaque époque une fois en mode entraînement",
        ),
        "history": Text(
            "loop_c returns a list of one accuracy an epoch", "loop_c rend une liste d’une exactitude par époque"
        ),
        "last": Text(
            "the last accuracy in the list is not that of the trained network in evaluation mode",
            "la dernière exactitude de la liste n’est pas celle du réseau entraîné en mode évaluation",
        ),
        "below guessing": Text(
            "on unseen digits, the loss is higher than that of guessing, ln 10",
            "sur des chiffres jamais vus, la perte est plus haute que celle du hasard, ln 10",
        ),
        "good": Text(
            f"on unseen digits, the loss is not below {GOOD} after {EPOCHS} epochs",
            f"sur des chiffres jamais vus, la perte n’est pas descendue sous {GOOD} après {EPOCHS} époques",
        ),
    },
    seconds=SECONDS,
    budget=0.0,
    mistakes=(
        Mistake(
            "a as it was",
            _all_right_but(a=_never_cleared),
            Text(
                "loop_a: the gradients of all batches pile up. Who clears `.grad`, and when?",
                "loop_a : les gradients de tous les lots s’accumulent. Qui remet `.grad` à zéro, et quand ?",
            ),
        ),
        Mistake(
            "a cleared before the step",
            _all_right_but(a=_cleared_before_the_step),
            Text(
                "loop_a clears the gradients between backward and step, so there is nothing left to step along. "
                "Clear them before backward.",
                "loop_a remet les gradients à zéro entre backward et step : il ne reste rien à suivre. "
                "Faites-le avant backward.",
            ),
        ),
        Mistake(
            "b as it was",
            _all_right_but(b=_softmax_twice),
            Text(
                "loop_b: torch's cross_entropy takes scores and does the softmax itself. Here it gets probabilities, "
                "and the loss of a perfect network is still 1.46.",
                "loop_b : cross_entropy, dans torch, prend des scores et applique elle-même softmax. Ici elle reçoit "
                "des probabilités, et la perte d’un réseau parfait vaut encore 1,46.",
            ),
        ),
        Mistake(
            "b without the logarithm",
            _all_right_but(b=_no_logarithm),
            Text(
                "loop_b: nll_loss wants the logarithms of the probabilities. "
                "Simplest is cross_entropy on the scores as they are.",
                "loop_b : nll_loss veut les logarithmes des probabilités. "
                "Le plus simple est cross_entropy sur les scores tels quels.",
            ),
        ),
        Mistake(
            "c as it was",
            _all_right_but(c=_measured(train_again=False)),
            Text(
                "loop_c goes into evaluation mode to measure, and stays there: from the second epoch on, batch "
                "normalisation collects nothing. Every epoch must begin in training mode.",
                "loop_c passe en mode évaluation pour mesurer, et y reste : dès la deuxième époque, la normalisation "
                "par lots n’accumule plus rien. Chaque époque doit commencer en mode entraînement.",
            ),
        ),
        Mistake(
            "c never evaluates",
            _all_right_but(c=_measured(evaluate=False)),
            Text(
                "loop_c now measures in training mode: the images it is measured on change the running statistics. "
                "Keep network.eval() for the measurement.",
                "loop_c mesure maintenant en mode entraînement : les images de la mesure changent les statistiques "
                "courantes. Gardez network.eval() pour la mesure.",
            ),
        ),
        Mistake(
            "d as it was",
            _all_right_but(d=_labels_apart),
            Text(
                "loop_d shuffles the labels by an order of their own, so each image gets the label of another.",
                "loop_d mélange les étiquettes dans un ordre à elles : chaque image reçoit l’étiquette d’une autre.",
            ),
        ),
        Mistake(
            "d in order",
            _all_right_but(d=_in_order),
            Text(
                "loop_d no longer shuffles at all. Keep one random order, and use it for images and labels.",
                "loop_d ne mélange plus du tout. Gardez un ordre aléatoire, le même pour images et étiquettes.",
            ),
        ),
        Mistake(
            "e as it was",
            _all_right_but(e=_descending(100.0)),
            Text(
                "loop_e: each step jumps far past the valley, and the loss is larger than that of guessing. "
                "Divide the learning rate by ten until the loss falls from the first epoch on.",
                "loop_e : chaque pas saute loin au-delà de la vallée, et la perte dépasse celle du hasard. "
                "Divisez le taux d’apprentissage par dix jusqu’à ce que la perte baisse dès la première époque.",
            ),
        ),
        Mistake(
            "e too slow",
            _all_right_but(e=_descending(1e-3)),
            Text(
                "loop_e is now too careful: the loss falls, but will take for ever. "
                "Look for the largest rate at which it still falls steadily.",
                "loop_e est maintenant trop prudente : la perte baisse, mais il lui faudra une éternité. "
                "Cherchez le plus grand taux pour lequel elle baisse encore régulièrement.",
            ),
        ),
    ),
    right=(
        RIGHT,
        (_by_parameters, _by_parameters, _measured(back=True), _gathered, _descending(0.02)),
        (_gathered, _gathered, _measured_by_the_simple_loop, _by_parameters, _descending(3e-3, torch.optim.Adam)),
    ),
)

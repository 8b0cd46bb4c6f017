"""train_epoch: one pass over all images, seen in what each of them does to the weights."""

import torch
from torch.nn.functional import cross_entropy

from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from . import _epochs
from ._shared import READY_MADE, SECONDS


def _epoch(network, optimizer, images, labels, rng, batch_size=64):
    network.train()
    total = 0.0
    for rows in torch.from_numpy(rng.permutation(len(images))).split(batch_size):
        loss = cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(images)


def _epoch_by_slices(network, optimizer, images, labels, rng, batch_size=64):
    """Everything turned around once, then cut."""
    order = torch.as_tensor(rng.permutation(len(labels)))
    images, labels, losses = images[order], labels[order], []
    for start in range(0, len(labels), batch_size):
        network.train()
        optimizer.zero_grad(set_to_none=False)
        scores = network(images[start : start + batch_size])
        every = cross_entropy(scores, labels[start : start + batch_size], reduction="none")
        every.mean().backward()
        optimizer.step()
        losses.append(every.detach())
    return float(torch.cat(losses).mean())


def _epoch_by_hand(network, optimizer, images, labels, rng, batch_size=64):
    """Its own cross-entropy, and the gradients cleared after the step."""
    order, done, network = rng.permutation(len(images)), [], network.train()
    optimizer.zero_grad()
    while len(order):
        rows, order = order[:batch_size], order[batch_size:]
        shares = torch.log_softmax(network(images[rows]), dim=1)
        losses = -shares[torch.arange(len(rows)), labels[rows]]
        losses.mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        done += losses.tolist()
    return sum(done) / len(done)


def _spoiled(
    *, clear=True, train=True, shuffle=True, matched=True, ragged=True, mean="images", steps="each", summed=False
):
    """An epoch with one thing wrong."""

    def epoch(network, optimizer, images, labels, rng, batch_size=64):
        n = len(images)
        network.train(train)
        order = torch.from_numpy(rng.permutation(n)) if shuffle else torch.arange(n)
        theirs = order if matched else torch.from_numpy(rng.permutation(n))
        pairs = list(zip(order.split(batch_size), theirs.split(batch_size), strict=True))
        losses = []
        optimizer.zero_grad()
        for rows, of_labels in pairs if ragged else pairs[: n // batch_size]:
            loss = cross_entropy(network(images[rows]), labels[of_labels], reduction="sum" if summed else "mean")
            if clear and steps == "each":
                optimizer.zero_grad()
            loss.backward()
            if steps == "each":
                optimizer.step()
            losses.append((loss.item() / (len(rows) if summed else 1), len(rows)))
        if steps == "once":
            optimizer.step()
        if mean == "batches":
            return sum(loss for loss, _ in losses) / len(losses)
        if mean == "last":
            return losses[-1][0]
        return sum(loss * count for loss, count in losses) / sum(count for _, count in losses)

    return epoch


def _with_replacement(network, optimizer, images, labels, rng, batch_size=64):
    chosen = torch.from_numpy(rng.integers(len(images), size=len(images)))
    return _epoch(network, optimizer, images[chosen], labels[chosen], rng, batch_size)


train_epoch = Exercise(
    name="train_epoch",
    reference=(_epoch,),
    parts=(
        Part(
            Text("every image once", "chaque image une fois"),
            (Stage(_epochs.weights_and_labels(), 8, 4),),
            share=2 / 3,
            observe=_epochs.seen_of_an_epoch,
        ),
        Part(
            Text("in training mode", "en mode entraînement"),
            (Stage(_epochs.normalised_images(), 4, 3),),
            share=1 / 3,
            observe=_epochs.seen_of_the_mode,
        ),
    ),
    compare=Close(1e-3),
    rule=READY_MADE,
    properties=_epochs.PROPERTIES
    | {
        "strengths": Text(
            "some images count too often, too strongly or not at all: each belongs into one batch, "
            "whose mean gradient makes one step",
            "certaines images comptent trop souvent, trop fort ou pas du tout : chacune a sa place dans un seul lot, "
            "dont le gradient moyen fait un pas",
        ),
        "result": Text(
            "what it returns is not the mean over all images of the loss that they had when their turn came",
            "ce qu’elle rend n’est pas la moyenne, sur toutes les images, de la perte qu’elles avaient à leur tour",
        ),
    },
    seconds=SECONDS,
    budget=1.0,
    mistakes=(
        Mistake(
            "no zero_grad",
            (_spoiled(clear=False),),
            Text(
                "Gradients are never cleared, so each batch steps along its own gradient and all earlier ones. "
                "torch adds to `.grad`: call optimizer.zero_grad() for every batch.",
                "Les gradients ne sont jamais remis à zéro : chaque lot avance selon son gradient et tous les "
                "précédents. torch ajoute dans `.grad` : appelez optimizer.zero_grad() à chaque lot.",
            ),
        ),
        Mistake(
            "evaluation mode",
            (_spoiled(train=False),),
            Text(
                "The network trains in the mode in which it arrives, here evaluation mode. "
                "Begin the epoch with network.train().",
                "Le réseau s’entraîne dans le mode où il arrive, ici en mode évaluation. "
                "Commencez l’époque par network.train().",
            ),
        ),
        Mistake(
            "not shuffled",
            (_spoiled(shuffle=False),),
            Text(
                "The images come in the order of the file, in every epoch. Draw a new order with rng.permutation.",
                "Les images viennent dans l’ordre du fichier, à chaque époque. "
                "Tirez un nouvel ordre avec rng.permutation.",
            ),
        ),
        Mistake(
            "labels of other images",
            (_spoiled(matched=False),),
            Text(
                "Images and labels are shuffled apart. Draw one order, and use it for both.",
                "Images et étiquettes sont mélangées séparément. Tirez un seul ordre, et employez-le pour les deux.",
            ),
        ),
        Mistake(
            "drops the last batch",
            (_spoiled(ragged=False),),
            Text(
                "The last batch is left out where it is smaller. Its images would never be seen in this epoch.",
                "Le dernier lot est laissé de côté s’il est plus petit. Ses images ne sont pas vues à cette époque.",
            ),
        ),
        Mistake(
            "with replacement",
            (_with_replacement,),
            Text(
                "Images are drawn with replacement: some come twice, others never. An epoch is a permutation.",
                "Les images sont tirées avec remise : certaines viennent deux fois, d’autres jamais. "
                "Une époque est une permutation.",
            ),
        ),
        Mistake(
            "one step an epoch",
            (_spoiled(steps="once"),),
            Text(
                "There is a single step at the end of the epoch. Step after every batch: that is what they are for.",
                "Il n’y a qu’un pas, à la fin de l’époque. Faites un pas après chaque lot : ils servent à cela.",
            ),
        ),
        Mistake(
            "sum of the batch",
            (_spoiled(summed=True),),
            Text(
                "The gradient is that of the sum over the batch, so it grows with the batch. Take the mean.",
                "Le gradient est celui de la somme sur le lot : il grandit avec la taille du lot. Prenez la moyenne.",
            ),
        ),
        Mistake(
            "mean of means",
            (_spoiled(mean="batches"),),
            Text(
                "The loss is averaged over batches, so the small last one counts too much. "
                "Weigh each with its number of images.",
                "La perte est moyennée sur les lots : le dernier, plus petit, compte trop. "
                "Pondérez chacun par son nombre d’images.",
            ),
        ),
        Mistake(
            "the last loss",
            (_spoiled(mean="last"),),
            Text(
                "It returns the loss of the last batch alone. Collect those of all batches.",
                "Elle rend la perte du dernier lot seul. Accumulez celle de tous les lots.",
            ),
        ),
    ),
    right=((_epoch,), (_epoch_by_slices,), (_epoch_by_hand,)),
)

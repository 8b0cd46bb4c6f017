"""cross_entropy and its gradient: how surprised a classifier is by the right answers."""

import numpy as np

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import OVERFLOWS, READY_MADE, any_numbers, far_apart, log_shares, scored, shares


def _near(shape):
    return any_numbers(shape, (1.0,))


PARTS = (
    Part(
        Text("scores near zero", "des scores proches de zéro"),
        (Stage(scored(3, whole_numbers), 30, 12), Stage(scored(6, _near), 10)),
    ),
    Part(
        Text("large scores", "de grands scores"),
        (Stage(scored(3, far_apart), 25, 12), Stage(scored(5, any_numbers), 10)),
    ),
)


def _of_labels(table, labels):
    return table[np.arange(len(labels)), labels]


def _one_hot(logits, labels):
    return (np.arange(logits.shape[1]) == labels[:, None]) * 1.0


def _loss(logits, labels):
    return cnnlib.cross_entropy_forward(logits, labels)[0]


def _by_images(logits, labels):
    total = 0.0
    for scores, label in zip(logits.astype(float), labels, strict=True):
        top = scores.max()
        total += top + np.log(np.exp(scores - top).sum()) - scores[label]
    return total / len(labels)


def _by_one_hot(logits, labels):
    return -(_one_hot(logits, labels) * log_shares(logits.astype(np.float32))).sum() / len(labels)


def _by_logaddexp(logits, labels):
    return np.mean(np.logaddexp.reduce(logits, axis=1) - _of_labels(logits, labels))


def _summed(logits, labels):
    return -_of_labels(log_shares(logits), labels).sum()


def _log_of_zero(logits, labels):
    with np.errstate(all="ignore"):
        return -np.log(_of_labels(shares(logits), labels)).mean()


def _little_added(logits, labels):
    return -np.log(_of_labels(shares(logits), labels) + 1e-12).mean()


def _overflows(logits, labels):
    with np.errstate(all="ignore"):
        return (np.log(np.exp(logits).sum(axis=1)) - _of_labels(logits, labels)).mean()


def _sign_lost(logits, labels):
    return _of_labels(log_shares(logits), labels).mean()


def _every_class(logits, labels):
    return -log_shares(logits).sum(axis=1).mean()


def _mean_of_all(logits, labels):
    return -(_one_hot(logits, labels) * log_shares(logits)).mean()


def _binary_logarithm(logits, labels):
    return -_of_labels(log_shares(logits), labels).mean() / np.log(2)


def _labels_from_one(logits, labels):
    return -_of_labels(log_shares(logits), labels - 1).mean()


def _no_softmax(logits, labels):
    with np.errstate(all="ignore"):
        return -np.log(_of_labels(logits, labels)).mean()


def _no_logarithm(logits, labels):
    return (1 - _of_labels(shares(logits), labels)).mean()


def _for_each_image(logits, labels):
    return -_of_labels(log_shares(logits), labels)


LABELS_FROM_ONE = Text(
    "The labels are taken to count from 1. Here the first class is 0, so a label is the column itself.",
    "Les étiquettes sont comptées à partir de 1. Ici, la première classe est 0 : une étiquette est la colonne même.",
)

cross_entropy = Exercise(
    name="cross_entropy",
    reference=(_loss,),
    parts=PARTS,
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "sum for mean",
            (_summed,),
            Text(
                "The losses of the images are summed. Take their mean, so that a larger batch does not mean a larger "
                "loss.",
                "Les pertes des images sont additionnées. Prenez-en la moyenne : "
                "un plus grand lot ne doit pas faire une plus grande perte.",
            ),
        ),
        Mistake(
            "logarithm of zero",
            (_log_of_zero,),
            Text(
                "Where the network is very wrong, the right class has a probability so small that it is stored as 0, "
                "and its logarithm is infinite. Work out the logarithm of softmax in one go, without ever making the "
                "probability.",
                "Quand le réseau se trompe lourdement, la probabilité de la bonne classe est si petite qu’elle est "
                "enregistrée comme 0, et son logarithme est infini. Calculez le logarithme de softmax d’un seul coup, "
                "sans jamais former la probabilité.",
            ),
        ),
        Mistake(
            "a little added",
            (_little_added,),
            Text(
                "A small number is added to the probability to keep its logarithm finite. That hides how wrong the "
                "network is: the loss stops growing near 27.6, and there the gradient is lost. Simplify the logarithm "
                "of the quotient instead.",
                "Un petit nombre est ajouté à la probabilité pour que son logarithme reste fini. Cela cache à quel "
                "point le réseau se trompe : la perte cesse de croître vers 27,6, et le gradient s’y perd. Simplifiez "
                "plutôt le logarithme du quotient.",
            ),
        ),
        Mistake("overflow", (_overflows,), OVERFLOWS),
        Mistake(
            "sign lost",
            (_sign_lost,),
            Text(
                "The loss is negative. The logarithm of a probability is below zero; the loss is what is missing to 0: "
                "minus the logarithm.",
                "La perte est négative. Le logarithme d’une probabilité est inférieur à zéro ; la perte est ce qui "
                "manque jusqu’à 0 : moins le logarithme.",
            ),
        ),
        Mistake(
            "every class counts",
            (_every_class,),
            Text(
                "The logarithms of all classes are added up. Only the right class of each image counts.",
                "Les logarithmes de toutes les classes sont additionnés. Seule compte la bonne classe de chaque image.",
            ),
        ),
        Mistake(
            "mean over the classes too",
            (_mean_of_all,),
            Text(
                "It is divided by the number of classes, too. The mean is over the images only: divide by N.",
                "On divise aussi par le nombre de classes. La moyenne ne porte que sur les images : divisez par N.",
            ),
        ),
        Mistake(
            "binary logarithm",
            (_binary_logarithm,),
            Text(
                "The logarithm is to the base 2. Here it is the natural one, `np.log`.",
                "Le logarithme est en base 2. Ici, c’est le logarithme népérien, `np.log`.",
            ),
        ),
        Mistake("labels from one", (_labels_from_one,), LABELS_FROM_ONE),
        Mistake(
            "no softmax",
            (_no_softmax,),
            Text(
                "The logarithm of the score itself is taken. Scores are not probabilities, and may be negative: "
                "softmax comes first.",
                "C’est le logarithme du score lui-même. Un score n’est pas une probabilité, et peut être négatif : "
                "softmax vient d’abord.",
            ),
        ),
        Mistake(
            "no logarithm",
            (_no_logarithm,),
            Text(
                "This is 1 - p, at most 1 however wrong the network is. The surprise is -log p.",
                "C’est 1 - p, qui ne dépasse pas 1 même quand le réseau se trompe lourdement. La surprise est -log p.",
            ),
        ),
        Mistake(
            "one for each image",
            (_for_each_image,),
            Text(
                "There is a loss for each image. Give their mean: training needs a single number.",
                "Il y a une perte par image. Donnez leur moyenne : l’entraînement a besoin d’un seul nombre.",
            ),
        ),
    ),
    right=((_by_images,), (_by_one_hot,), (_by_logaddexp,)),
)


def _gradient(logits, labels):
    return cnnlib.cross_entropy_backward(cnnlib.cross_entropy_forward(logits, labels)[1])


def _less_one(logits, labels):
    p = shares(logits)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def _less_one_hot(logits, labels):
    return (shares(logits.astype(np.float32)) - np.eye(logits.shape[1])[labels]) / len(labels)


def _image_by_image(logits, labels):
    dlogits = np.zeros(logits.shape)
    for n, label in enumerate(labels):
        p = shares(logits[n])
        for k in range(len(p)):
            dlogits[n, k] = (p[k] - (k == label)) / len(labels)
    return dlogits


def _by_others(logits, labels):
    """The right class loses what all others have, which cannot cancel out near 1."""
    p = shares(logits) / len(labels)
    right = _one_hot(logits, labels) == 1
    others = np.where(right, 0, p)
    return np.where(right, -others.sum(axis=1, keepdims=True), others)


def _not_divided(logits, labels):
    return _less_one(logits, labels) * len(labels)


def _turned_around(logits, labels):
    return -_less_one(logits, labels)


def _labels_forgotten(logits, labels):
    return shares(logits) / len(labels)


def _columns(logits, labels):
    p = shares(logits)
    p[:, labels] -= 1
    return p / len(labels)


def _stops_at_softmax(logits, labels):
    with np.errstate(all="ignore"):
        return -_one_hot(logits, labels) / shares(logits) / len(labels)


def _right_class_only(logits, labels):
    return _less_one(logits, labels) * _one_hot(logits, labels)


def _divided_by_all(logits, labels):
    return _less_one(logits, labels) / logits.shape[1]


def _gradient_overflows(logits, labels):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p - _one_hot(logits, labels)) / len(labels)


def _gradient_wrong_axis(logits, labels):
    return (shares(logits, axis=0) - _one_hot(logits, labels)) / len(labels)


def _scores_less_one(logits, labels):
    return (logits - _one_hot(logits, labels)) / len(labels)


def _gradient_labels_from_one(logits, labels):
    return _less_one(logits, labels - 1)


cross_entropy_gradient = Exercise(
    name="cross_entropy_gradient",
    reference=(_gradient,),
    parts=PARTS,
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "sum for mean",
            (_not_divided,),
            Text(
                "This is the gradient of the sum of the losses. The loss is their mean, so divide by the number of "
                "images.",
                "C’est le gradient de la somme des pertes. La perte en est la moyenne : divisez par le nombre "
                "d’images.",
            ),
        ),
        Mistake(
            "turned around",
            (_turned_around,),
            Text(
                "The signs are turned around: this points downhill. The gradient is the way up; "
                "it is the training step that subtracts it.",
                "Les signes sont inversés : on descend. Le gradient indique la montée ; "
                "c’est le pas d’entraînement qui le retranche.",
            ),
        ),
        Mistake(
            "labels forgotten",
            (_labels_forgotten,),
            Text(
                "The labels play no part. In each row the right class has 1 less than its probability.",
                "Les étiquettes ne jouent aucun rôle. Dans chaque ligne, "
                "la bonne classe a 1 de moins que sa probabilité.",
            ),
        ),
        Mistake(
            "one taken off whole columns",
            (_columns,),
            Text(
                "`p[:, labels] -= 1` takes 1 off whole columns, for all images. Take it off one place in each row: "
                "give the rows, too.",
                "`p[:, labels] -= 1` retranche 1 à des colonnes entières, pour toutes les images. "
                "Retranchez-le à une seule place par ligne : indiquez aussi les lignes.",
            ),
        ),
        Mistake(
            "stops at the probabilities",
            (_stops_at_softmax,),
            Text(
                "This is the gradient with respect to the probabilities, -1/p. Go one step further back, through "
                "softmax, to the scores.",
                "C’est le gradient par rapport aux probabilités, -1/p. Remontez d’un pas de plus, à travers softmax, "
                "jusqu’aux scores.",
            ),
        ),
        Mistake(
            "the right class only",
            (_right_class_only,),
            Text(
                "Only the right class gets a gradient. The others do, too: their scores must fall.",
                "Seule la bonne classe reçoit un gradient. Les autres aussi : leurs scores doivent baisser.",
            ),
        ),
        Mistake(
            "divided by the classes too",
            (_divided_by_all,),
            Text(
                "It is divided by the number of classes, too. The loss is a mean over the images only: divide by N.",
                "On divise aussi par le nombre de classes. La perte est une moyenne sur les seules images : divisez "
                "par N.",
            ),
        ),
        Mistake("overflow", (_gradient_overflows,), OVERFLOWS),
        Mistake(
            "wrong axis",
            (_gradient_wrong_axis,),
            Text(
                "Softmax runs down the columns. Each row is an image: its classes share the 1 among them.",
                "Softmax est pris le long des colonnes. Chaque ligne est une image : ses classes se partagent le 1.",
            ),
        ),
        Mistake(
            "scores for probabilities",
            (_scores_less_one,),
            Text(
                "The 1 is taken off the scores themselves. It is taken off the probabilities: softmax comes first.",
                "Le 1 est retranché aux scores eux-mêmes. On le retranche aux probabilités : softmax vient d’abord.",
            ),
        ),
        Mistake("labels from one", (_gradient_labels_from_one,), LABELS_FROM_ONE),
    ),
    right=((_less_one,), (_less_one_hot,), (_image_by_image,), (_by_others,)),
    picture=difference,
)

"""softmax: scores to probabilities, however large the scores."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import case, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import OVERFLOWS, READY_MADE, any_numbers, far_apart, log_shares, shares


def _tables(most, numbers):
    """Scores of N images for K classes."""
    shapes = st.tuples(st.integers(1, most), st.integers(1, most + 1))
    return shapes.flatmap(lambda shape: case(x=numbers(shape)))


def _by_rows(x):
    y = np.zeros(x.shape)
    for n, row in enumerate(x):
        exponentials = np.exp(row - max(row))
        y[n] = exponentials / exponentials.sum()
    return y


def _by_logarithms(x):
    return np.exp(log_shares(x.astype(np.float64)))


def _by_pairs(x):
    with np.errstate(over="ignore"):
        return 1 / np.exp(x[:, None, :] - x[:, :, None]).sum(axis=2)


def _turned(x):
    return shares(x.astype(np.float32).T, axis=0).T


def _overflows(x):
    with np.errstate(all="ignore"):
        return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def _wrong_axis(x):
    return shares(x, axis=0)


def _over_everything(x):
    exponentials = np.exp(x - x.max())
    return exponentials / exponentials.sum()


def _one_maximum(x):
    with np.errstate(all="ignore"):
        exponentials = np.exp(x - x.max())
        return exponentials / exponentials.sum(axis=1, keepdims=True)


def _divided_by_maximum(x):
    with np.errstate(all="ignore"):
        exponentials = np.exp(x / x.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)


def _flat_sum(x):
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1)


def _no_exponential(x):
    with np.errstate(all="ignore"):
        return x / x.sum(axis=1, keepdims=True)


def _not_shared(x):
    return np.exp(x - x.max(axis=1, keepdims=True))


def _logarithm(x):
    return log_shares(x)


def _in_place(x):
    x -= x.max(axis=1, keepdims=True)
    return shares(x)


def _largest_only(x):
    return (np.arange(x.shape[1]) == x.argmax(axis=1)[:, None]) * 1.0


softmax = Exercise(
    name="softmax",
    reference=(cnnlib.softmax,),
    parts=(
        Part(
            Text("scores near zero", "des scores proches de zéro"),
            (Stage(_tables(3, whole_numbers), 30, 12), Stage(_tables(6, lambda shape: any_numbers(shape, (1.0,))), 10)),
        ),
        Part(
            Text("large scores", "de grands scores"),
            (Stage(_tables(3, far_apart), 25, 12), Stage(_tables(5, any_numbers), 10)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake("overflow", (_overflows,), OVERFLOWS),
        Mistake(
            "wrong axis",
            (_wrong_axis,),
            Text(
                "The columns add up to 1. Each row is an image, and its classes share the 1 among them: sum along "
                "axis 1.",
                "Ce sont les colonnes dont la somme vaut 1. Chaque ligne est une image, et ses classes se partagent "
                "le 1 : additionnez selon l’axe 1.",
            ),
        ),
        Mistake(
            "over everything",
            (_over_everything,),
            Text(
                "The whole array adds up to 1. Each row should: the images know nothing of one another.",
                "C’est tout le tableau dont la somme vaut 1. Ce devrait être chaque ligne : "
                "les images ne savent rien les unes des autres.",
            ),
        ),
        Mistake(
            "one maximum for all",
            (_one_maximum,),
            Text(
                "The same maximum is taken off every row. A row that lies far below it becomes all zeros, and 0/0 is "
                "nan. Take off each row its own maximum.",
                "Le même maximum est retranché de toutes les lignes. Une ligne située bien au-dessous ne contient "
                "plus que des zéros, et 0/0 donne nan. Retranchez de chaque ligne son propre maximum.",
            ),
        ),
        Mistake(
            "divided by the maximum",
            (_divided_by_maximum,),
            Text(
                "The scores are divided by the maximum, which changes the result. Subtracting it does not: "
                "what is subtracted above and below the bar cancels.",
                "Les scores sont divisés par le maximum, ce qui change le résultat. Le retrancher ne change rien : "
                "ce qu’on retranche se simplifie entre numérateur et dénominateur.",
            ),
        ),
        Mistake(
            "sum without its axis",
            (_flat_sum,),
            Text(
                "The sum of each row has lost its axis, so numpy divides columns by it, or refuses. Keep the axis: "
                "`keepdims=True`.",
                "La somme de chaque ligne a perdu son axe : numpy divise donc les colonnes par elle, ou refuse. "
                "Gardez l’axe : `keepdims=True`.",
            ),
        ),
        Mistake(
            "no exponential",
            (_no_exponential,),
            Text(
                "The scores themselves are divided by their sum. Scores may be negative, and probabilities may not: "
                "that is what the exponential is for.",
                "Ce sont les scores eux-mêmes qui sont divisés par leur somme. Des scores peuvent être négatifs, pas "
                "des probabilités : c’est à cela que sert l’exponentielle.",
            ),
        ),
        Mistake(
            "not divided by the sum",
            (_not_shared,),
            Text(
                "These are the exponentials, not yet divided by their sum: the rows do not add up to 1.",
                "Ce sont les exponentielles, pas encore divisées par leur somme : la somme d’une ligne ne vaut pas 1.",
            ),
        ),
        Mistake(
            "logarithm",
            (_logarithm,),
            Text(
                "This is the logarithm of softmax. The cross-entropy will want it; here the probabilities are asked "
                "for.",
                "C’est le logarithme de softmax. L’entropie croisée en aura besoin ; ici, on demande les probabilités.",
            ),
        ),
        Mistake(
            "in place",
            (_in_place,),
            Text(
                "The maximum is taken off x itself. Make a new array: x belongs to whoever called.",
                "Le maximum est retranché dans x même. Créez un nouveau tableau : x appartient à qui a appelé.",
            ),
        ),
        Mistake(
            "the largest only",
            (_largest_only,),
            Text(
                "The largest score gets everything. Softmax is softer: every class gets a share.",
                "Le plus grand score prend tout. Softmax est plus doux : chaque classe reçoit une part.",
            ),
        ),
    ),
    right=((_by_rows,), (_by_logarithms,), (_by_pairs,), (_turned,)),
    picture=difference,
)

"""What lesson 06 asks to work out by hand: one channel normalised, and the bias that does nothing."""

import numpy as np

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

VALUES = np.array([2.0, 4, 4, 10])
NORMALISED = (VALUES - 5) / 3
GAMMA, BETA, BIAS = 3, 1, 100
RIGHT = GAMMA * NORMALISED + BETA

normalised_by_hand = prediction(
    "normalised_by_hand",
    Text("the four values", "les quatre valeurs"),
    RIGHT,
    (
        (
            "gamma and beta ignored",
            NORMALISED,
            Text(
                "This is x̂. Then come γ and β.",
                "C’est x̂. Viennent ensuite γ et β.",
            ),
        ),
        (
            "unbiased variance",
            GAMMA * (VALUES - 5) / np.sqrt(12) + BETA,
            Text(
                "The sum of squares is divided by 3. It is divided by 4, the number of values.",
                "La somme des carrés est divisée par 3. On la divise par 4, le nombre de valeurs.",
            ),
        ),
        (
            "divided by the variance",
            GAMMA * (VALUES - 5) / 9 + BETA,
            Text(
                "The values are divided by the variance, 9. Divide by its root.",
                "Les valeurs sont divisées par la variance, 9. Divisez par sa racine.",
            ),
        ),
        (
            "not centred",
            GAMMA * VALUES / 3 + BETA,
            Text("The mean is not taken away.", "La moyenne n’est pas soustraite."),
        ),
        (
            "beta before gamma",
            GAMMA * (NORMALISED + BETA),
            Text(
                "β is added before γ multiplies. It comes last.", "β est ajouté avant le produit par γ. Il vient après."
            ),
        ),
    ),
    tolerance=1e-2,
)

useless_bias = prediction(
    "useless_bias",
    Text("the four values, and the gradient of the bias", "les quatre valeurs, et le gradient du biais"),
    [*RIGHT, 0],
    (
        (
            "the bias comes through",
            [*(RIGHT + BIAS), 0],
            Text(
                "Every value is higher by 100, and so is their mean, which is taken away.",
                "Chaque valeur est plus grande de 100, mais leur moyenne aussi, et on la soustrait.",
            ),
        ),
        (
            "the bias comes through, with a gradient",
            [*(RIGHT + BIAS), 10],
            Text(
                "Every value is higher by 100, and so is their mean, which is taken away. "
                "What changes nothing has no slope, either.",
                "Chaque valeur est plus grande de 100, mais leur moyenne aussi, et on la soustrait. "
                "Et ce qui ne change rien n’a pas non plus de pente.",
            ),
        ),
        (
            "mean constant",
            [*RIGHT, 10],
            Text(
                "The values are right. But 1 + 2 + 3 + 4 is the gradient of β. "
                "If the bias changes nothing in y, how can the loss depend on it?",
                "Les valeurs sont justes. Mais 1 + 2 + 3 + 4 est le gradient de β. "
                "Si le biais ne change rien à y, comment la perte pourrait-elle en dépendre ?",
            ),
        ),
        (
            "one value's gradient",
            [*RIGHT, 2.5],
            Text(
                "The values are right. 2.5 is the mean of dy; what does the loss feel of a bias that changes nothing?",
                "Les valeurs sont justes. 2,5 est la moyenne de dy ; "
                "que ressent la perte d’un biais qui ne change rien ?",
            ),
        ),
    ),
    tolerance=1e-3,
)

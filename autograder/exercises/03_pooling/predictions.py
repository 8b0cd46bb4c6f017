"""The predictions of lesson 03: one plane of 4 by 4, pooled in three ways."""

import numpy as np

import cnnlib
from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

PLANE = np.array([[5.0, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])
BATCH = PLANE[None, None]
MAXIMUM = cnnlib.max_pool2d_forward(BATCH, 2)[0][0, 0]
AVERAGE = cnnlib.avg_pool2d_forward(BATCH, 2)[0][0, 0]
EXPECTED = cnnlib.stochastic_pool2d_forward(BATCH, 2, rng=np.random.default_rng(0), training=False)[0][0, 0]
FOUR_VALUES = Text("the four values", "les quatre valeurs")

pooled_by_maximum = prediction(
    "pooled_by_maximum",
    FOUR_VALUES,
    MAXIMUM,
    (
        (
            "stride 1",
            cnnlib.max_pool2d_forward(BATCH, 2, stride=1)[0][0, 0],
            Text(
                "These are all nine windows of 2 by 2. With a stride of 2, they lie side by side: there are four.",
                "Ce sont les neuf fenêtres de 2 sur 2. Avec un pas de 2, elles sont côte à côte : il y en a quatre.",
            ),
        ),
        (
            "by rows",
            np.array([PLANE[0].max(), PLANE[1].max(), PLANE[2].max(), PLANE[3].max()]),
            Text(
                "These are the maxima of the rows. A window is a square of 2 by 2.",
                "Ce sont les maximums des lignes. Une fenêtre est un carré de 2 sur 2.",
            ),
        ),
        (
            "average",
            AVERAGE,
            Text(
                "These are the means. The next prediction asks for them.",
                "Ce sont les moyennes. La prédiction suivante les demande.",
            ),
        ),
        (
            "rows and columns swapped",
            MAXIMUM.T,
            Text(
                "The four values are right, but rows and columns are swapped: the first row is the upper half.",
                "Les quatre valeurs sont justes, mais lignes et colonnes sont échangées : "
                "la première ligne est la moitié du haut.",
            ),
        ),
    ),
)

pooled_by_average = prediction(
    "pooled_by_average",
    FOUR_VALUES,
    AVERAGE,
    (
        (
            "sums",
            4 * AVERAGE,
            Text(
                "These are the sums of the windows. Divide each by four.",
                "Ce sont les sommes des fenêtres. Divisez chacune par quatre.",
            ),
        ),
        (
            "zeros left out",
            np.array([[4.0, 16 / 3], [2.5, 2]]),
            Text(
                "The zeros were not counted. A zero is a value like any other: divide by four.",
                "Les zéros n’ont pas été comptés. Un zéro est une valeur comme une autre : divisez par quatre.",
            ),
        ),
        (
            "rounded",
            np.array([[3.0, 4], [2, 2]]),
            Text(
                "One of the means is no whole number: it has been rounded.",
                "Une des moyennes n’est pas un nombre entier : elle a été arrondie.",
            ),
        ),
        (
            "maxima",
            MAXIMUM,
            Text("These are the maxima.", "Ce sont les maximums."),
        ),
    ),
)

pooled_by_chance = prediction(
    "pooled_by_chance",
    FOUR_VALUES,
    EXPECTED,
    (
        (
            "plain means",
            AVERAGE,
            Text(
                "These are the plain means. A value that is drawn more often counts more: weight it by its chance.",
                "Ce sont les moyennes ordinaires. Une valeur tirée plus souvent compte davantage : "
                "pondérez-la par sa probabilité.",
            ),
        ),
        (
            "maxima",
            MAXIMUM,
            Text(
                "These are the values drawn most often. The mean weighs in the others, too.",
                "Ce sont les valeurs tirées le plus souvent. La moyenne tient compte aussi des autres.",
            ),
        ),
        (
            "sums of squares",
            4 * AVERAGE * EXPECTED,
            Text(
                "These are the sums of squares. Divide each by the sum of its window.",
                "Ce sont les sommes des carrés. Divisez chacune par la somme de sa fenêtre.",
            ),
        ),
        (
            "divided by four",
            EXPECTED / 4,
            Text(
                "The chances are already shares of one: there is nothing left to divide by four.",
                "Les probabilités sont déjà des parts de l’unité : il n’y a plus rien à diviser par quatre.",
            ),
        ),
    ),
    tolerance=1e-3,  # two decimals are enough
)

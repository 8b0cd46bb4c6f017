"""The predictions of lesson 05: a gradient through ten sigmoids, and one worked out by hand."""

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

# With N = 1 and scores 0, log 2 and log 5, of which the middle one is right.
PROBABILITIES = [1 / 8, 2 / 8, 5 / 8]

ten_sigmoids = prediction(
    "ten_sigmoids",
    Text("the largest factor", "le plus grand facteur"),
    0.25**10,
    (
        (
            "once only",
            0.25,
            Text(
                "That is the factor of one sigmoid. The gradient passes through ten of them.",
                "C’est le facteur d’une seule sigmoïde. Le gradient en traverse dix.",
            ),
        ),
        (
            "added up",
            2.5,
            Text(
                "The ten slopes are added. Along a chain of functions, slopes are multiplied.",
                "Les dix pentes sont additionnées. Le long d’une chaîne de fonctions, les pentes se multiplient.",
            ),
        ),
        (
            "a tenth of it",
            0.025,
            Text(
                "One quarter, divided by ten: slopes along a chain are multiplied, so a quarter of a quarter, and so "
                "on.",
                "Un quart, divisé par dix : les pentes d’une chaîne se multiplient, un quart d’un quart, et ainsi de "
                "suite.",
            ),
        ),
        (
            "values for slopes",
            0.5**10,
            Text(
                "One half is the value of the sigmoid at 0. Its slope there is 1/2 · (1 - 1/2).",
                "Un demi est la valeur de la sigmoïde en 0. Sa pente y vaut 1/2 · (1 - 1/2).",
            ),
        ),
        (
            "nothing lost",
            1.0,
            Text(
                "That would be ten slopes of 1. The largest slope of the sigmoid is smaller: work out y (1 - y) at 0.",
                "Ce seraient dix pentes de 1. La plus grande pente de la sigmoïde est plus petite : "
                "calculez y (1 - y) en 0.",
            ),
        ),
    ),
    tolerance=2e-8,  # 9.5e-7 will do
)

gradient_by_hand = prediction(
    "gradient_by_hand",
    Text("the probabilities and the gradient", "les probabilités et le gradient"),
    [PROBABILITIES, [1 / 8, -6 / 8, 5 / 8]],
    (
        (
            "turned around",
            [PROBABILITIES, [-1 / 8, 6 / 8, -5 / 8]],
            Text(
                "The probabilities are right, and the gradient has its signs turned around: "
                "it is the probabilities less the right answer.",
                "Les probabilités sont justes, et les signes du gradient sont inversés : "
                "ce sont les probabilités moins la bonne réponse.",
            ),
        ),
        (
            "nothing taken off",
            [PROBABILITIES, PROBABILITIES],
            Text(
                "The probabilities are right. For the gradient, 1 has to be taken off that of the right class.",
                "Les probabilités sont justes. Pour le gradient, il faut retrancher 1 à celle de la bonne classe.",
            ),
        ),
        (
            "another class",
            [PROBABILITIES, [-7 / 8, 2 / 8, 5 / 8]],
            Text(
                "The 1 is taken off the first class. Labels count from 0: the label 1 is the middle class.",
                "Le 1 est retranché à la première classe. Les étiquettes comptent à partir de 0 : "
                "l’étiquette 1 est la classe du milieu.",
            ),
        ),
        (
            "not divided by the sum",
            [[1, 2, 5], [1, 1, 5]],
            Text(
                "These are the exponentials, 1, 2 and 5. Divide them by their sum to get probabilities.",
                "Ce sont les exponentielles, 1, 2 et 5. Divisez-les par leur somme pour obtenir des probabilités.",
            ),
        ),
        (
            "right class only",
            [PROBABILITIES, [0, -6 / 8, 0]],
            Text(
                "The other classes have a gradient, too: their scores should fall, by as much as they are believed.",
                "Les autres classes ont aussi un gradient : leurs scores doivent baisser, d’autant plus qu’on y croit.",
            ),
        ),
    ),
    tolerance=5e-3,
)

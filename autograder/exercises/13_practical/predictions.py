"""What lesson 13 lets predict: the loss before any training."""

import numpy as np

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

first_loss = prediction(
    "first_loss",
    Text("the first loss", "la première perte"),
    float(np.log(10)),
    (
        (
            "one in ten",
            0.1,
            Text(
                "0.1 is the probability of the right class. The cross-entropy is minus its natural logarithm.",
                "0,1 est la probabilité de la bonne classe. L’entropie croisée est moins son logarithme népérien.",
            ),
        ),
        (
            "base ten",
            1.0,
            Text(
                "That is the logarithm to base 10. Use the natural one.",
                "C’est le logarithme décimal. Prenez le logarithme népérien.",
            ),
        ),
        (
            "base two",
            float(np.log2(10)),
            Text("That is in bits. Use the natural logarithm.", "C’est en bits. Prenez le logarithme népérien."),
        ),
        (
            "the sign",
            -float(np.log(10)),
            Text(
                "The logarithm of a probability is negative, and the loss is minus that.",
                "Le logarithme d’une probabilité est négatif, et la perte en est l’opposé.",
            ),
        ),
    ),
    tolerance=5e-3,
)

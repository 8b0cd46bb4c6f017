"""The prediction of lesson 07: which of five initialisations dies, works or explodes."""

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

FATES = [-1, 1, 1, 0, -1]

five_initialisations = prediction(
    "five_initialisations",
    Text("the five fates", "les cinq sorts"),
    FATES,
    (
        (
            "relu forgotten",
            [0, 1, 1, 1, -1],
            Text(
                "This would be right without any ReLU. Four of the five have one, and it halves the mean square "
                "at each layer.",
                "Ce serait juste sans aucune ReLU. Quatre des cinq en ont une, et elle divise par deux la moyenne "
                "des carrés à chaque couche.",
            ),
        ),
        (
            "relu everywhere",
            [-1, 0, 1, 0, -1],
            Text(
                "The second network has no activation: nothing halves its mean square. Multiply again.",
                "Le deuxième réseau n’a pas d’activation : rien n’y divise par deux la moyenne des carrés. "
                "Refaites le produit.",
            ),
        ),
        (
            "signs swapped",
            [1, -1, -1, 0, 1],
            Text(
                "It looks as if the signs were swapped: −1 is for a signal that dies, 1 for one that explodes.",
                "Les signes semblent échangés : −1 est pour un signal qui meurt, 1 pour un signal qui explose.",
            ),
        ),
        (
            "small is safe",
            [-1, 1, 1, 0, 0],
            Text(
                "Small weights are no safer than large ones: work out 256 · 0.01² / 2, then its twentieth power.",
                "De petits poids ne sont pas plus sûrs que de grands : calculez 256 · 0,01² / 2, puis sa puissance 20.",
            ),
        ),
        (
            "half is nearly one",
            [0, 1, 1, 0, -1],
            Text(
                "A factor of ½ looks harmless. It acts twenty times: ½ to the power 20 is a millionth.",
                "Un facteur ½ paraît anodin. Il agit vingt fois : ½ à la puissance 20, c’est un millionième.",
            ),
        ),
    ),
)

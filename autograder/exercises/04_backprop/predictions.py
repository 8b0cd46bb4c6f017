"""What lesson 04 asks to work out by hand: the values and gradients of two graphs."""

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

NOT_CHAINED = Text(
    "The multiplication passes the gradient on as if it were an addition. "
    "The way through y·z carries the other factor.",
    "La multiplication laisse passer le gradient comme une addition. "
    "Le chemin par y·z porte en facteur l’autre valeur.",
)

product_graph = prediction(
    "product_graph",
    Text("the value and the two gradients", "la valeur et les deux gradients"),
    [-12.0, -3.0, 4.0],
    (
        (
            "own value",
            [-12.0, 4.0, -3.0],
            Text(
                "The two gradients are swapped. If x grows by a little, x·y grows by y times as much: "
                "the gradient of x is the value of y.",
                "Les deux gradients sont échangés. Si x augmente un peu, x·y augmente y fois plus : "
                "le gradient de x est la valeur de y.",
            ),
        ),
        (
            "sum",
            [1.0, 1.0, 1.0],
            Text(
                "These belong to x + y. In a product, each factor decides how much the other one counts.",
                "Ce sont les valeurs pour x + y. Dans un produit, chaque facteur dit combien l’autre compte.",
            ),
        ),
        (
            "sign lost",
            [-12.0, 3.0, 4.0],
            Text(
                "A sign is lost: y is -3. When x grows, the product falls.",
                "Un signe s’est perdu : y vaut -3. Quand x augmente, le produit diminue.",
            ),
        ),
    ),
)

sum_graph = prediction(
    "sum_graph",
    Text("the value and the three gradients", "la valeur et les trois gradients"),
    [18.0, 1.0, 4.0, 5.0],
    (
        (
            "swapped",
            [18.0, 1.0, 5.0, 4.0],
            Text(
                "The gradients of y and z are swapped: each is the value of the other factor.",
                "Les gradients de y et de z sont échangés : chacun est la valeur de l’autre facteur.",
            ),
        ),
        ("not chained", [18.0, 1.0, 1.0, 1.0], NOT_CHAINED),
        (
            "brackets",
            [12.0, 4.0, 4.0, 3.0],
            Text(
                "These belong to (x + y)·z. The product comes first: x + (y·z).",
                "Ce sont les valeurs pour (x + y)·z. Le produit passe d’abord : x + (y·z).",
            ),
        ),
        (
            "own value",
            [18.0, -2.0, 4.0, 5.0],
            Text(
                "The gradient of x is not its value. A sum passes on what comes in, whatever its terms are worth.",
                "Le gradient de x n’est pas sa valeur. Une somme transmet ce qui lui arrive, "
                "quelle que soit la valeur de ses termes.",
            ),
        ),
    ),
)

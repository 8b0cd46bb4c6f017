"""edge_kernels: four kernels, judged by what they answer on drawn edges."""

import numpy as np

import cnnlib
from autograder.checking.cases import fixed
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

ORIENTATIONS = ("vertical", "horizontal", "diagonal", "antidiagonal")


def _edge(orientation, size=9):
    """A drawn edge: dark on one side, bright on the other."""
    r, s = np.mgrid[:size, :size] - size // 2
    side = {"vertical": s, "horizontal": r, "diagonal": s - r, "antidiagonal": r + s}[orientation]
    return 0.2 + 0.6 * (side > 0)


def _responses(answer, case):
    """Which kernels answer on a plain surface, and which answer most to each drawn edge; None where not tried."""
    kernels = answer()
    told = dict.fromkeys(("names", "shapes", "plain", *ORIENTATIONS))
    told["names"] = isinstance(kernels, dict) and set(kernels) == set(ORIENTATIONS)
    if not told["names"]:
        return told
    told["shapes"] = all(getattr(kernel, "shape", None) == (3, 3) for kernel in kernels.values())
    if not told["shapes"]:
        return told
    scaled = {name: kernels[name] / (np.abs(kernels[name]).sum() or 1.0) for name in ORIENTATIONS}
    told["plain"] = [name for name, kernel in scaled.items() if abs(kernel.sum()) > 1e-6]
    for edge in ORIENTATIONS:
        strength = {name: np.abs(cnnlib.correlate2d(_edge(edge), kernel)).max() for name, kernel in scaled.items()}
        told[edge] = [name for name, value in strength.items() if value > 0.999 * max(strength.values())]
    return told


def _not_its_own(english, french):
    return Text(
        f"on the drawn {english} edge, a kernel other than yours for it answers as much, or more",
        f"sur le contour {french} dessiné, un autre noyau que le vôtre répond autant, ou plus",
    )


PROPERTIES = {
    "names": Text(
        'it is to be a dict with the keys "vertical", "horizontal", "diagonal" and "antidiagonal"',
        'il faut un dictionnaire avec les clés "vertical", "horizontal", "diagonal" et "antidiagonal"',
    ),
    "shapes": Text("each kernel is to be an array (3, 3)", "chaque noyau doit être un tableau (3, 3)"),
    "plain": Text(
        "at least one kernel answers on a plain surface, where there is no edge",
        "un noyau au moins répond sur une surface unie, où il n’y a pas de contour",
    ),
    "vertical": _not_its_own("vertical", "vertical"),
    "horizontal": _not_its_own("horizontal", "horizontal"),
    "diagonal": _not_its_own("diagonal", "diagonal"),
    "antidiagonal": _not_its_own("antidiagonal", "antidiagonal"),
}


def sobel():
    vertical = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    diagonal = np.array([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]])
    return {
        "vertical": vertical,
        "horizontal": vertical.T.copy(),
        "diagonal": diagonal,
        "antidiagonal": diagonal[::-1].copy(),
    }


def prewitt():
    vertical = np.array([[-1.0, 0, 1]] * 3)
    diagonal = np.array([[0.0, 1, 1], [-1, 0, 1], [-1, -1, 0]])
    return {
        "vertical": vertical,
        "horizontal": vertical.T,
        "diagonal": diagonal,
        "antidiagonal": diagonal[::-1],
    }


def _negated_integers():
    return {name: (-kernel).astype(int) for name, kernel in sobel().items()}


def _swapping(one, other):
    def kernels():
        made = sobel()
        made[one], made[other] = made[other], made[one]
        return made

    return kernels


def _with_a_sum():
    return {name: kernel + np.diag([0.0, 1.0, 0.0]) for name, kernel in sobel().items()}


def _one_for_all():
    return dict.fromkeys(ORIENTATIONS, sobel()["vertical"])


edge_kernels = Exercise(
    name="edge_kernels",
    reference=(sobel,),
    parts=(Part(Text("each edge by its own kernel", "chaque contour par son noyau"), (Stage(fixed({}), 1, 1),)),),
    observe=_responses,
    properties=PROPERTIES,
    may_share=True,
    mistakes=(
        Mistake(
            "vertical and horizontal swapped",
            (_swapping("vertical", "horizontal"),),
            Text(
                "Vertical and horizontal are swapped. A vertical edge is crossed by walking along a row, "
                "so its kernel subtracts the left column from the right one.",
                "Vertical et horizontal sont échangés. On traverse un contour vertical en suivant une ligne : "
                "son noyau soustrait donc la colonne de gauche de celle de droite.",
            ),
        ),
        Mistake(
            "diagonals swapped",
            (_swapping("diagonal", "antidiagonal"),),
            Text(
                "The two diagonals are swapped. Row numbers grow downwards, so the line from the upper left "
                "to the lower right is the diagonal.",
                "Les deux diagonales sont échangées. Les numéros de ligne croissent vers le bas : la diagonale va "
                "du coin supérieur gauche au coin inférieur droit.",
            ),
        ),
        Mistake(
            "does not sum to zero",
            (_with_a_sum,),
            Text(
                "The kernels answer on a plain surface, where there is no edge: their values must sum to zero.",
                "Les noyaux répondent sur une surface unie, où il n’y a pas de contour : "
                "la somme de leurs valeurs doit être nulle.",
            ),
        ),
        Mistake(
            "one for all",
            (_one_for_all,),
            Text(
                "All four kernels are the same one. Each edge needs a kernel that changes sign across it.",
                "Les quatre noyaux sont identiques. "
                "Chaque contour demande un noyau dont le signe change d’un côté à l’autre.",
            ),
        ),
    ),
    right=((sobel,), (prewitt,), (_negated_integers,)),
)

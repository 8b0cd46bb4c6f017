"""iou: how much two boxes have in common, of all that they cover."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text


@st.composite
def _whole_boxes(draw):
    """Two boxes on squared paper."""
    return {name: _box(draw, st.integers(0, 5), st.integers(1, 5)) for name in ("a", "b")}


@st.composite
def _boxes(draw):
    """Two boxes anywhere, whose corners do not lie on the lines."""
    places = st.integers(-300, 300).map(lambda hundredths: hundredths / 100)
    sides = st.integers(20, 900).map(lambda hundredths: hundredths / 100)
    return {name: _box(draw, places, sides) for name in ("a", "b")}


def _box(draw, places, sides):
    left, top, width, height = draw(places), draw(places), draw(sides), draw(sides)
    return np.array([left, top, left + width, top + height], dtype=np.float64)


def _area(box, more=0):
    return (box[2] - box[0] + more) * (box[3] - box[1] + more)


def _shared(a, b, *, clamp=True, more=0):
    width = min(a[2], b[2]) - max(a[0], b[0]) + more
    height = min(a[3], b[3]) - max(a[1], b[1]) + more
    return max(width, 0) * max(height, 0) if clamp else width * height


def _iou(*, below=None, **how):
    """Right as it stands; each mistake says what it does otherwise."""

    def iou(a, b):
        shared = _shared(a, b, **how)
        more = how.get("more", 0)
        both = _area(a, more) + _area(b, more)
        return shared / (both - shared if below is None else below(a, b, shared))

    return iou


def _reference(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (_area(a) + _area(b) - shared)


def _by_corners(a, b):
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    shared = np.prod(sides)
    return shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)


def _by_cases(a, b):
    left, right, top, bottom = max(a[0], b[0]), min(a[2], b[2]), max(a[1], b[1]), min(a[3], b[3])
    if left >= right or top >= bottom:
        return 0.0
    shared = (right - left) * (bottom - top)
    only_a, only_b = _area(a) - shared, _area(b) - shared
    return float(shared / (shared + only_a + only_b))


def _by_strips(a, b):
    """Cell by cell between all sides of both boxes."""
    xs, ys = np.unique(np.append(a[::2], b[::2])), np.unique(np.append(a[1::2], b[1::2]))
    areas = np.outer(np.diff(ys), np.diff(xs))
    y, x = np.meshgrid((ys[1:] + ys[:-1]) / 2, (xs[1:] + xs[:-1]) / 2, indexing="ij")
    inside = [(box[0] < x) & (x < box[2]) & (box[1] < y) & (y < box[3]) for box in (a, b)]
    return areas[inside[0] & inside[1]].sum() / areas[inside[0] | inside[1]].sum()


def _widths_and_heights(a, b):
    """As if a box were left, top, width, height."""
    a, b = (np.array([*box[:2], *(box[:2] + box[2:])]) for box in (a, b))
    with np.errstate(all="ignore"):
        return _reference(a, b)


def _area_clamped(a, b):
    shared = max(_shared(a, b, clamp=False), 0)
    return shared / (_area(a) + _area(b) - shared)


def _along_one_side(a, b):
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    return width / (a[2] - a[0] + b[2] - b[0] - width)


def _hull(a, b, shared):
    return _area((*np.minimum(a[:2], b[:2]), *np.maximum(a[2:], b[2:])))


iou = Exercise(
    name="iou",
    reference=(_reference,),
    parts=(Part(Text("two boxes", "deux cadres"), (Stage(_whole_boxes(), 40, 25), Stage(_boxes(), 15, 10))),),
    rule=Rule(calls=("cnnlib.metrics", "cnnlib.models", "torchvision")),
    mistakes=(
        Mistake(
            "one too many",
            (_iou(more=1),),
            Text(
                "1 is added to the widths and heights. Right and bottom are where the box ends, so a box from 2 to 5 "
                "is 3 wide.",
                "On ajoute 1 aux largeurs et aux hauteurs. La droite et le bas sont là où le cadre finit : un cadre "
                "de 2 à 5 a une largeur de 3.",
            ),
        ),
        Mistake(
            "not clamped",
            (_iou(clamp=False),),
            Text(
                "Boxes that lie apart have a negative width or height in common, and two negatives even make a "
                "positive area. What is below 0 is 0.",
                "Des cadres éloignés ont en commun une largeur ou une hauteur négative, et deux négatifs donnent même "
                "une aire positive. Ce qui est sous 0 vaut 0.",
            ),
        ),
        Mistake(
            "area not clamped",
            (
                lambda a, b: (
                    max(_shared(a, b, clamp=False), 0) / (_area(a) + _area(b) - max(_shared(a, b, clamp=False), 0))
                ),
            ),
            Text(
                "Only the area is kept from falling below 0. Boxes apart in both directions have two negative sides, "
                "whose product is positive: clamp each side.",
                "Seule l’aire est empêchée de descendre sous 0. Des cadres éloignés dans les deux directions ont deux "
                "côtés négatifs, dont le produit est positif : bornez chaque côté.",
            ),
        ),
        Mistake(
            "union as sum",
            (_iou(below=lambda a, b, shared: _area(a) + _area(b)),),
            Text(
                "It divides by the sum of both areas, in which what they share counts twice. Subtract it once: "
                "two equal boxes must give 1.",
                "On divise par la somme des deux aires, où la partie commune compte deux fois. Retranchez-la une "
                "fois : deux cadres égaux doivent donner 1.",
            ),
        ),
        Mistake(
            "dice",
            (lambda a, b: 2 * _shared(a, b) / (_area(a) + _area(b)),),
            Text(
                "This is Dice: twice what is shared, over the sum of both areas. Here the union is below the bar.",
                "C’est Dice : deux fois la partie commune sur la somme des deux aires. Ici, c’est l’union qui est au "
                "dénominateur.",
            ),
        ),
        Mistake(
            "over the smaller",
            (_iou(below=lambda a, b, shared: min(_area(a), _area(b))),),
            Text(
                "It divides by the smaller box. A tiny box inside a huge one would fit perfectly: divide by the union.",
                "On divise par le plus petit cadre. Un cadre minuscule dans un énorme conviendrait parfaitement : "
                "divisez par l’union.",
            ),
        ),
        Mistake(
            "over the first",
            (_iou(below=lambda a, b, shared: _area(a)),),
            Text(
                "It divides by the first box alone. Then exchanging a and b changes the answer: divide by the union.",
                "On divise par le premier cadre seul. Échanger a et b change alors la réponse : divisez par l’union.",
            ),
        ),
        Mistake(
            "over the hull",
            (_iou(below=_hull),),
            Text(
                "It divides by the smallest box around both, which also holds what neither covers. The union is the "
                "two areas less what they share.",
                "On divise par le plus petit cadre qui contient les deux, et qui contient aussi ce qu’aucun ne couvre. "
                "L’union : les deux aires moins la partie commune.",
            ),
        ),
        Mistake(
            "left, top, width, height",
            (_widths_and_heights,),
            Text(
                "The last two numbers are taken for a width and a height. They are the right and the bottom side.",
                "Les deux derniers nombres sont pris pour une largeur et une hauteur. Ce sont les côtés droit et bas.",
            ),
        ),
        Mistake(
            "across only",
            (_along_one_side,),
            Text(
                "Only left and right are compared. Boxes above one another would fit perfectly: the other direction "
                "counts as well.",
                "Seules la gauche et la droite sont comparées. Des cadres l’un au-dessus de l’autre conviendraient "
                "parfaitement : l’autre direction compte aussi.",
            ),
        ),
    ),
    right=((_by_corners,), (_by_cases,), (_by_strips,)),
)

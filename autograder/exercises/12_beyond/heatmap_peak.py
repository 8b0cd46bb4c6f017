"""heatmap_peak: where a heat map is highest, between its places too, in pixels of the image."""

import numpy as np
from hypothesis import strategies as st
from scipy import ndimage

from autograder.checking.cases import case, random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

STRIDES = st.sampled_from((1, 2, 4))


@st.composite
def _peaked(draw, least, most):
    """Small whole numbers, and one place that is higher than all others; often at the border."""
    h, w = draw(st.integers(least, most)), draw(st.integers(least, most + 1))
    heat = draw(whole_numbers((h, w), 0, 4))
    heat[draw(st.integers(0, h - 1)), draw(st.integers(0, w - 1))] = draw(st.integers(5, 9))
    return {"heat": heat, "stride": draw(STRIDES)}


def _bumps():
    shapes = st.tuples(st.integers(5, 9), st.integers(6, 12))
    numbers = shapes.flatmap(lambda shape: random_numbers(shape, dtypes=(np.float64, np.float32)))
    return case(heat=numbers.map(lambda x: ndimage.gaussian_filter(np.abs(x), 1)), stride=STRIDES)


def _reference(heat, stride):
    h, w = heat.shape
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    rows, columns = np.arange(max(r - 1, 0), min(r + 2, h)), np.arange(max(s - 1, 0), min(s + 2, w))
    near = heat[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    across = (near.sum(axis=0) * columns).sum() / near.sum()
    down = (near.sum(axis=1) * rows).sum() / near.sum()
    return (np.array([across, down]) + 0.5) * stride - 0.5


def _by_loops(heat, stride):
    h, w = heat.shape
    best = max((heat[r, s], -r, -s) for r in range(h) for s in range(w))
    top, left = -best[1], -best[2]
    total, down, across = 0.0, 0.0, 0.0
    for r in range(top - 1, top + 2):
        for s in range(left - 1, left + 2):
            if 0 <= r < h and 0 <= s < w:
                total, down, across = total + heat[r, s], down + heat[r, s] * r, across + heat[r, s] * s
    return np.array([stride * (across / total) + (stride - 1) / 2, stride * (down / total) + (stride - 1) / 2])


def _by_padding(heat, stride):
    padded = np.pad(heat.astype(np.float64), 1)
    r, s = np.argwhere(heat == heat.max())[0]
    near = padded[r : r + 3, s : s + 3]
    away = np.array([-1, 0, 1])
    across, down = s + near.sum(axis=0) @ away / near.sum(), r + near.sum(axis=1) @ away / near.sum()
    return (np.array([across, down]) + 0.5) * stride - 0.5


def _by_masks(heat, stride):
    rows, columns = np.indices(heat.shape)
    r, s = divmod(int(heat.argmax()), heat.shape[1])
    weights = heat * ((abs(rows - r) < 2) & (abs(columns - s) < 2))
    weights = weights / weights.sum()
    middle = np.array([(weights * columns).sum(), (weights * rows).sum()])
    return middle * stride + (stride - 1) / 2


def _peak(*, reach=1, place=None, scale=lambda point, stride: (point + 0.5) * stride - 0.5, swapped=False):
    """Right as it stands; each mistake says what it does otherwise."""

    def heatmap_peak(heat, stride):
        rows, columns = np.indices(heat.shape)
        r, s = np.unravel_index(heat.argmax(), heat.shape) if place is None else place(heat)
        weights = heat * ((abs(rows - r) <= reach) & (abs(columns - s) <= reach))
        with np.errstate(all="ignore"):
            weights = weights / weights.sum()
        point = np.array([(weights * columns).sum(), (weights * rows).sum()])
        return scale(point[::-1] if swapped else point, stride)

    return heatmap_peak


def _from_the_corner(heat, stride):
    """The centroid counted from the corner of what was cut out, as if nothing had been cut off."""
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    near = heat[max(r - 1, 0) : r + 2, max(s - 1, 0) : s + 2]
    rows, columns = np.indices(near.shape)
    point = np.array([s - 1 + (near * columns).sum() / near.sum(), r - 1 + (near * rows).sum() / near.sum()])
    return (point + 0.5) * stride - 0.5


def _in_the_window(heat, stride):
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    near = heat[max(r - 1, 0) : r + 2, max(s - 1, 0) : s + 2]
    rows, columns = np.indices(near.shape)
    return (np.array([(near * columns).sum(), (near * rows).sum()]) / near.sum() + 0.5) * stride - 0.5


def _wraps(heat, stride):
    """The neighbours beyond the border taken from the other side."""
    h, w = heat.shape
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    near = heat[np.ix_([(r + i) % h for i in (-1, 0, 1)], [(s + i) % w for i in (-1, 0, 1)])]
    away = np.array([-1, 0, 1])
    point = np.array([s + near.sum(axis=0) @ away / near.sum(), r + near.sum(axis=1) @ away / near.sum()])
    return (point + 0.5) * stride - 0.5


def _not_weighted_down(heat, stride):
    """Not divided by the sum of the weights."""
    rows, columns = np.indices(heat.shape)
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    weights = heat * ((abs(rows - r) <= 1) & (abs(columns - s) <= 1))
    return (np.array([(weights * columns).sum(), (weights * rows).sum()]) + 0.5) * stride - 0.5


def _confused(heat):
    """Row and column of the place taken from a count column by column."""
    return int(heat.argmax()) % heat.shape[0], int(heat.argmax()) // heat.shape[0]


heatmap_peak = Exercise(
    name="heatmap_peak",
    reference=(_reference,),
    parts=(
        Part(
            Text("peaks inside and at the border", "des pics au milieu et au bord"),
            (Stage(_peaked(2, 4), 40, 25), Stage(_bumps(), 15, 10)),
        ),
    ),
    rule=Rule(calls=("cnnlib.models",)),
    picture=difference,
    mistakes=(
        Mistake(
            "down before right",
            (_peak(swapped=True),),
            Text(
                "The point is given as down, right. Arrays count rows first, but points are written right, down: x, y.",
                "Le point est donné dans l’ordre bas, droite. Les tableaux comptent d’abord les lignes, mais un point "
                "s’écrit droite, bas : x, y.",
            ),
        ),
        Mistake(
            "centroid of everything",
            (_peak(reach=99),),
            Text(
                "This is the centroid of the whole map: a little heat far away pulls it off. Take only the places "
                "next to the highest.",
                "C’est le centre de gravité de toute la carte : un peu de chaleur au loin l’attire. Ne prenez que les "
                "places voisines de la plus haute.",
            ),
        ),
        Mistake(
            "highest place only",
            (_peak(reach=0),),
            Text(
                "This is the highest place itself, so the answer jumps from place to place. The neighbours say "
                "between which the point lies: take the centroid.",
                "C’est la place la plus haute elle-même : la réponse saute d’une place à l’autre. Les voisines disent "
                "entre lesquelles se trouve le point : prenez le centre de gravité.",
            ),
        ),
        Mistake(
            "two places around",
            (_peak(reach=2),),
            Text(
                "The centroid is of 5x5 places. Only direct neighbours count, the highest place and one around: 3x3.",
                "Le centre de gravité porte sur 5x5 places. Seules comptent la plus haute et ses voisines directes : "
                "3x3.",
            ),
        ),
        Mistake(
            "places for pixels",
            (_peak(scale=lambda point, stride: point),),
            Text(
                "The answer counts places of the map. The image is `stride` times as large: count its pixels.",
                "La réponse compte des places de la carte. L’image est `stride` fois plus grande : comptez ses pixels.",
            ),
        ),
        Mistake(
            "half a place off",
            (_peak(scale=lambda point, stride: point * stride),),
            Text(
                "Place 0 is taken for pixel 0. It stands for the pixels 0 to stride − 1, and its middle lies between "
                "them: $(p + 1/2) \\cdot$ stride $- 1/2$.",
                "La place 0 est prise pour le pixel 0. Elle représente les pixels 0 à stride − 1, et son milieu est "
                "entre eux : $(p + 1/2) \\cdot$ stride $- 1/2$.",
            ),
        ),
        Mistake(
            "from the corner of the pixel",
            (_peak(scale=lambda point, stride: (point + 0.5) * stride),),
            Text(
                "It counts from the corner of the image. Here (0, 0) is the middle of the first pixel: half a pixel "
                "less.",
                "On compte depuis le coin de l’image. Ici, (0, 0) est le milieu du premier pixel : un demi-pixel de "
                "moins.",
            ),
        ),
        Mistake(
            "border forgotten",
            (_from_the_corner,),
            Text(
                "Inside it is right. At the border the 3x3 places are cut short, and what is left begins at 0, not "
                "one before the highest place.",
                "Au milieu, c’est juste. Au bord, les 3x3 places sont coupées, et ce qui reste commence à 0, pas une "
                "place avant la plus haute.",
            ),
        ),
        Mistake(
            "in the window",
            (_in_the_window,),
            Text(
                "The centroid is counted from the corner of the 3x3 places. Add where that corner lies in the map.",
                "Le centre de gravité est compté depuis le coin des 3x3 places. Ajoutez l’endroit de ce coin dans la "
                "carte.",
            ),
        ),
        Mistake(
            "around the edge",
            (_wraps,),
            Text(
                "At the border, neighbours come from the opposite side, as negative indices do in numpy. "
                "There is nothing beyond the border.",
                "Au bord, des voisines viennent du côté opposé, comme le font les indices négatifs de numpy. "
                "Il n’y a rien au-delà du bord.",
            ),
        ),
        Mistake(
            "not divided",
            (_not_weighted_down,),
            Text(
                "Places times heat are summed, but not divided by the sum of the heat.",
                "Les places multipliées par la chaleur sont additionnées, mais pas divisées par la somme de la "
                "chaleur.",
            ),
        ),
        Mistake(
            "columns counted first",
            (_peak(place=_confused),),
            Text(
                "The highest place is looked for in the wrong row and column. `argmax` counts row by row: "
                "`np.unravel_index` undoes that.",
                "La place la plus haute est cherchée à la mauvaise ligne et à la mauvaise colonne. `argmax` compte "
                "ligne par ligne : `np.unravel_index` le défait.",
            ),
        ),
    ),
    right=((_by_loops,), (_by_padding,), (_by_masks,)),
)

"""non_max_suppression: of boxes that lie on one another, the best alone."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import seeds
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text
from cnnlib.metrics import box_iou


@st.composite
def _in_a_row(draw):
    """Boxes one high in a row, so that shares come out even; all scores differ."""
    count = draw(st.integers(1, 5))
    spans = [(draw(st.integers(0, 6)), draw(st.integers(1, 4))) for _ in range(count)]
    boxes = np.array([(left, 0, left + width, 1) for left, width in spans], dtype=np.float64)
    return _case(draw, boxes, draw(st.sampled_from((0.25, 0.5))))


@st.composite
def _in_a_chain(draw):
    """Each box overlaps with the next by two thirds, and less with those beyond."""
    count = draw(st.integers(3, 6))
    boxes = np.array([(2 * i, 0, 2 * i + 6, 2) for i in range(count)], dtype=np.float64)
    return _case(draw, boxes, 0.3)


@st.composite
def _heaps(draw):
    """Boxes around a few middles."""
    rng = np.random.default_rng(draw(seeds()))
    middles = rng.uniform(0, 30, (draw(st.integers(1, 3)), 2))
    middle = middles[rng.integers(0, len(middles), draw(st.integers(2, 9)))] + rng.normal(0, 1.5, 2)
    middle = middle + rng.normal(0, 1.5, middle.shape)
    half = rng.uniform(3, 5, middle.shape)
    return _case(draw, np.concatenate([middle - half, middle + half], axis=1), draw(st.sampled_from((0.3, 0.5, 0.7))))


def _case(draw, boxes, threshold):
    scores = np.array(draw(st.permutations(range(1, len(boxes) + 1))), dtype=np.float64) / 10
    return {"boxes": boxes, "scores": scores, "threshold": threshold}


def _kept(*, order=lambda scores: np.argsort(-scores), against=lambda kept: kept, goes=np.greater, sort=False):
    """Right as it stands; each mistake says what it does otherwise."""

    def non_max_suppression(boxes, scores, threshold):
        overlaps = box_iou(boxes, boxes)
        kept = []
        for place in order(scores):
            if not goes(overlaps[place, against(kept)], threshold).any():
                kept.append(int(place))
        return sorted(kept) if sort else kept

    return non_max_suppression


def _reference(boxes, scores, threshold):
    overlaps = box_iou(boxes, boxes)
    kept = []
    for place in np.argsort(-scores):
        if not (overlaps[place, kept] > threshold).any():
            kept.append(int(place))
    return np.array(kept)  # a list does as well: what is expected decides


def _by_crossing_out(boxes, scores, threshold):
    waiting = list(np.argsort(scores))
    kept = []
    while waiting:
        best = waiting.pop()
        kept.append(best)
        waiting = [place for place in waiting if box_iou(boxes[[best]], boxes[[place]])[0, 0] <= threshold]
    return np.array(kept)


def _by_masks(boxes, scores, threshold):
    order = np.argsort(scores)[::-1]
    overlaps = box_iou(boxes[order], boxes[order])
    stays = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if stays[i]:
            stays[i + 1 :] &= overlaps[i, i + 1 :] <= threshold
    return [int(place) for place in order[stays]]


def _by_recursion(boxes, scores, threshold):
    def best_of(places):
        if not places:
            return ()
        best = max(places, key=lambda place: scores[place])
        rest = [p for p in places if p != best and box_iou(boxes[[p]], boxes[[best]]).item() <= threshold]
        return (best, *best_of(rest))

    return best_of(list(range(len(boxes))))


def _suppressed_by_all(boxes, scores, threshold):
    overlaps, order = box_iou(boxes, boxes), np.argsort(-scores)
    return [int(p) for i, p in enumerate(order) if not (overlaps[p, order[:i]] > threshold).any()]


def _neighbours_only(boxes, scores, threshold):
    overlaps, order = box_iou(boxes, boxes), np.argsort(-scores)
    pairs = zip(order[1:], order[:-1], strict=True)
    return [int(order[0]), *(int(p) for p, before in pairs if not overlaps[p, before] > threshold)]


def _best_only(boxes, scores, threshold):
    return [int(np.argmax(scores))]


def _the_suppressed(boxes, scores, threshold):
    kept = _reference(boxes, scores, threshold)
    return [int(place) for place in np.argsort(-scores) if place not in kept]


def _boxes_themselves(boxes, scores, threshold):
    return boxes[_reference(boxes, scores, threshold)]


def _scores_cut(boxes, scores, threshold):
    kept = _reference(boxes, scores, threshold)
    return [place for place in kept if scores[place] >= threshold]


non_max_suppression = Exercise(
    name="non_max_suppression",
    reference=(_reference,),
    parts=(
        Part(
            Text("boxes in a row and in heaps", "des cadres en rang et en tas"),
            (Stage(_in_a_row(), 25, 20), Stage(_in_a_chain(), 12, 10), Stage(_heaps(), 12, 10)),
        ),
    ),
    compare=Close(loose=True),
    rule=Rule(calls=("cnnlib.metrics.non_max_suppression", "cnnlib.models", "torchvision")),
    mistakes=(
        Mistake(
            "scores ignored",
            (_kept(order=lambda scores: range(len(scores))),),
            Text(
                "The boxes are taken as they come. Begin with the highest score: the best box of a heap is to stay.",
                "Les cadres sont pris dans l’ordre où ils viennent. Commencez par le meilleur score : c’est le "
                "meilleur cadre d’un tas qui doit rester.",
            ),
        ),
        Mistake(
            "weakest first",
            (_kept(order=np.argsort),),
            Text(
                "The lowest score comes first, so the worst box of each heap stays. `argsort` sorts upwards: "
                "sort the negatives.",
                "Le score le plus bas vient en premier : c’est le pire cadre de chaque tas qui reste. `argsort` trie "
                "en montant : triez les opposés.",
            ),
        ),
        Mistake(
            "suppressed by the suppressed",
            (_suppressed_by_all,),
            Text(
                "A box that is gone already still drives others out. Compare only with the boxes that stay.",
                "Un cadre déjà écarté en chasse encore d’autres. Ne comparez qu’avec les cadres qui restent.",
            ),
        ),
        Mistake(
            "the last kept only",
            (_kept(against=lambda kept: kept[-1:]),),
            Text(
                "Each box is compared only with the one kept last. Any box that stays may drive it out.",
                "Chaque cadre n’est comparé qu’au dernier gardé. N’importe quel cadre qui reste peut l’écarter.",
            ),
        ),
        Mistake(
            "neighbours only",
            (_neighbours_only,),
            Text(
                "Each box is compared with the next better one alone. Scores say nothing about places: compare with "
                "all boxes that stay.",
                "Chaque cadre n’est comparé qu’à celui dont le score vient juste au-dessus. Les scores ne disent rien "
                "des places : comparez avec tous les cadres qui restent.",
            ),
        ),
        Mistake(
            "at the threshold",
            (_kept(goes=np.greater_equal),),
            Text(
                "A box whose share is exactly the threshold goes. It should stay: only what is above goes.",
                "Un cadre dont la part vaut exactement le seuil est écarté. Il doit rester : seul ce qui est au-dessus "
                "s’en va.",
            ),
        ),
        Mistake(
            "any overlap",
            (_kept(goes=lambda shares, threshold: shares > 0),),
            Text(
                "Boxes go that hardly touch a better one. Two things may well stand side by side: "
                "`threshold` says how much they may share.",
                "Des cadres qui touchent à peine un meilleur sont écartés. Deux choses peuvent être côte à côte : "
                "`threshold` dit combien elles peuvent partager.",
            ),
        ),
        Mistake(
            "in order of place",
            (_kept(sort=True),),
            Text(
                "The right boxes stay, but they are listed by their places. List the highest score first.",
                "Les bons cadres restent, mais dans l’ordre de leurs places. Donnez d’abord le meilleur score.",
            ),
        ),
        Mistake(
            "one for all",
            (_best_only,),
            Text(
                "Only the very best box stays. Boxes elsewhere show other things, and stay too.",
                "Seul le tout meilleur cadre reste. Des cadres placés ailleurs montrent autre chose, et restent aussi.",
            ),
        ),
        Mistake(
            "those that go",
            (_the_suppressed,),
            Text(
                "These are the boxes that go. Return those that stay.",
                "Ce sont les cadres écartés. Renvoyez ceux qui restent.",
            ),
        ),
        Mistake(
            "boxes for places",
            (_boxes_themselves,),
            Text(
                "These are the boxes themselves. Return their places, so that scores and labels can be looked up too.",
                "Ce sont les cadres eux-mêmes. Renvoyez leurs places, pour retrouver aussi scores et étiquettes.",
            ),
        ),
        Mistake(
            "threshold for scores",
            (_scores_cut,),
            Text(
                "Boxes with a low score are dropped as well. `threshold` is about shares; a lonely box stays, "
                "whatever its score.",
                "Les cadres au score bas sont écartés aussi. `threshold` porte sur les parts ; un cadre isolé reste, "
                "quel que soit son score.",
            ),
        ),
    ),
    right=((_by_crossing_out,), (_by_masks,), (_by_recursion,)),
)

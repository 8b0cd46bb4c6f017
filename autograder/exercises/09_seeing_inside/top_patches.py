"""top_patches: what a unit of a layer answers to most, cut out of the images."""

import numpy as np
import torch
from hypothesis import strategies as st

from autograder.checking.caller import as_arrays
from autograder.checking.cases import random_numbers, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.networks import filled
from autograder.checking.values import Tensor
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import FLOAT32, HALVE, NEARLY, READY_MADE, RELU, conv, numbered, sequence

UNITS = 3

# What each layer sees of the image, side by side: layers, size and jump.
LAYERS = {
    "1x1": (lambda C: (conv(C, UNITS, 1),), 1, 1),
    "every other": (lambda C: (conv(C, UNITS, 1, stride=2),), 1, 2),
    "3x3": (lambda C: (conv(C, UNITS, 3),), 3, 1),
    "stride 2": (lambda C: (conv(C, UNITS, 3, stride=2),), 3, 2),
    "pooled": (lambda C: (conv(C, 4, 3), RELU, HALVE, conv(4, UNITS, 2)), 6, 2),
}


@st.composite
def _pixels(draw):
    """One pixel each: a unit likes the brightest, or the darkest; no two pixels are alike."""
    N, H, W = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(2, 4))
    numbers = draw(st.permutations(range(N * H * W)))
    x = np.array(numbers, dtype=np.float32).reshape(N, 1, H, W)
    return _case(draw, draw(st.sampled_from(("1x1", "every other"))), x)


@st.composite
def _images(draw):
    shape = draw(st.integers(2, 5)), draw(st.integers(1, 2)), draw(st.integers(8, 11)), draw(st.integers(8, 11))
    return _case(draw, draw(st.sampled_from(tuple(LAYERS))), draw(random_numbers(shape, dtypes=FLOAT32)))


def _case(draw, layer, x):
    _, size, jump = LAYERS[layer]
    unit, count, seed = draw(st.integers(0, UNITS - 1)), draw(st.integers(1, len(x))), draw(seeds())
    return {"layers": layer, "x": x, "unit": unit, "count": count, "size": size, "jump": jump, "seed": seed}


def _found(answer, case):
    features = sequence(answer, numbered(*LAYERS[case["layers"]][0](case["x"].shape[1])))
    features.load(filled(features.arrays(), case["seed"]))
    features.eval()
    how = (case[name] for name in ("unit", "count", "size", "jump"))
    return as_arrays(answer(features, Tensor(case["x"]), *how))


def _maps(features, x, unit):
    with torch.no_grad():
        return features(x)[:, unit]


def _cut(x, numbers, rows, columns, size, step):
    corners = zip(numbers, rows, columns, strict=True)
    return torch.stack([x[n, :, r * step :, s * step :][:, :size, :size] for n, r, s in corners])


def _patches(order=None, *, per_image=True, swapped=False, shift=0, jumps=True, key=None):
    """Right as it stands; each mistake says what it does otherwise."""

    def top_patches(features, x, unit, count, size, jump):
        maps = _maps(features, x, unit)
        _, h, w = maps.shape
        values, places = (maps if key is None else key(maps)).flatten(1).max(dim=1)
        if key is not None:
            places = maps.flatten(1).argmax(dim=1)
        ranked = values.sort(descending=order is None).indices[:count]
        if order == "as they come":
            ranked = torch.arange(count)
        rows, columns = (places[ranked] // w).tolist(), (places[ranked] % w).tolist()
        if not per_image:
            best = maps.flatten().topk(count).indices
            ranked, rows, columns = best // (h * w), (best % (h * w) // w).tolist(), (best % w).tolist()
        if swapped:
            rows, columns = columns, rows
        step = jump if jumps else 1
        padded = torch.nn.functional.pad(x, (shift, 2 * size, shift, 2 * size))
        return _cut(padded, ranked.tolist(), rows, columns, size, step)

    return top_patches


def _reference(features, x, unit, count, size, jump):
    maps = _maps(features, x, unit)
    _, _, w = maps.shape
    best, places = maps.flatten(1).max(dim=1)
    patches = []
    for n in best.argsort(descending=True)[:count]:
        top, left = places[n] // w * jump, places[n] % w * jump
        patches.append(x[n, :, top : top + size, left : left + size])
    return torch.stack(patches)


def _in_numpy(features, x, unit, count, size, jump):
    maps, images = _maps(features, x, unit).numpy(), x.numpy()
    patches = []
    for n in np.argsort(-maps.max(axis=(1, 2)))[:count]:
        r, s = np.unravel_index(maps[n].argmax(), maps[n].shape)
        patches.append(images[n, :, r * jump : r * jump + size, s * jump : s * jump + size])
    return np.array(patches)


def _by_unfolding(features, x, unit, count, size, jump):
    # (N, C, H, W) -> (N, C, h, w, size, size)
    windows = x.unfold(2, size, jump).unfold(3, size, jump)
    maps = _maps(features, x, unit)
    windows = windows[:, :, : maps.shape[1], : maps.shape[2]].flatten(2, 3)
    best = maps.flatten(1).topk(1).values[:, 0].topk(count).indices
    return torch.stack([windows[n, :, maps[n].argmax()] for n in best])


def _by_sorting(features, x, unit, count, size, jump):
    found = []
    for image, plane in zip(x, _maps(features, x, unit).tolist(), strict=True):
        value, r, s = max((value, r, s) for r, row in enumerate(plane) for s, value in enumerate(row))
        found.append((value, image[:, r * jump : r * jump + size, s * jump : s * jump + size]))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return torch.stack([patch for _, patch in found[:count]])


def _unit_as_image(features, x, unit, count, size, jump):
    with torch.no_grad():
        maps = features(x)
    strongest = maps.amax(dim=1)
    return _reference(lambda images: strongest[:, None], x, 0, count, size, jump)


top_patches = Exercise(
    name="top_patches",
    reference=(_reference,),
    parts=(
        Part(
            Text("the strongest patches", "les morceaux les plus forts"),
            (Stage(_pixels(), 20, 12), Stage(_images(), 10, 10)),
        ),
    ),
    observe=_found,
    compare=NEARLY,
    rule=READY_MADE,
    may_share=True,
    picture=difference,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "jump forgotten",
            (_patches(jumps=False),),
            Text(
                "The place in the map is used as a place in the image. "
                "One step in the map is `jump` pixels in the image.",
                "L’endroit dans la carte est pris pour un endroit dans l’image. "
                "Un pas dans la carte fait `jump` pixels dans l’image.",
            ),
        ),
        Mistake(
            "several from one image",
            (_patches(per_image=False),),
            Text(
                "Several patches come from one image: neighbouring places see almost the same. "
                "Take the best place of each image, and the best images.",
                "Plusieurs morceaux viennent de la même image : des endroits voisins voient presque la même chose. "
                "Prenez le meilleur endroit de chaque image, puis les meilleures images.",
            ),
        ),
        Mistake(
            "weakest first",
            (_patches("ascending"),),
            Text(
                "These are the images that the unit answers to least: the order is reversed.",
                "Ce sont les images auxquelles l’unité répond le moins : l’ordre est inversé.",
            ),
        ),
        Mistake(
            "not ranked",
            (_patches("as they come"),),
            Text(
                "These are the first images, in the order in which they come. Which excite the unit most?",
                "Ce sont les premières images, dans l’ordre où elles viennent. Lesquelles excitent le plus l’unité ?",
            ),
        ),
        Mistake(
            "rows and columns swapped",
            (_patches(swapped=True),),
            Text(
                "Row and column of the best place are swapped. Counted row by row, place p of a map (h, w) lies in "
                "row p // w and column p % w.",
                "La ligne et la colonne du meilleur endroit sont échangées. En comptant ligne par ligne, l’endroit p "
                "d’une carte (h, w) est à la ligne p // w et à la colonne p % w.",
            ),
        ),
        Mistake(
            "centred",
            (lambda f, x, unit, count, size, jump: _patches(shift=size // 2)(f, x, unit, count, size, jump),),
            Text(
                "The patch is centred on the place. Without padding it starts there: "
                "the first place sees pixels 0 to size − 1.",
                "Le morceau est centré sur l’endroit. Sans remplissage, il y commence : "
                "le premier endroit voit les pixels 0 à size − 1.",
            ),
        ),
        Mistake(
            "ranked by means",
            (_patches(key=lambda maps: maps.mean(dim=(1, 2), keepdim=True)),),
            Text(
                "The images are ranked by the mean of the map. One place is enough to excite a unit: "
                "rank them by the maximum.",
                "Les images sont classées par la moyenne de la carte. Un seul endroit suffit à exciter une unité : "
                "classez-les par le maximum.",
            ),
        ),
        Mistake(
            "magnitude",
            (lambda f, x, *how: _patches()(lambda images: f(images).abs(), x, *how),),
            Text(
                "A strongly negative answer is taken for excitement. The unit says no there: do not take magnitudes.",
                "Une réponse très négative passe pour de l’excitation. L’unité y dit non : "
                "ne prenez pas la valeur absolue.",
            ),
        ),
        Mistake(
            "any unit",
            (_unit_as_image,),
            Text(
                "It looks at the strongest of all units. `unit` says which map is meant: `maps[:, unit]`.",
                "Elle regarde la plus forte de toutes les unités. `unit` dit de quelle carte il s’agit : "
                "`maps[:, unit]`.",
            ),
        ),
    ),
    right=((_in_numpy,), (_by_unfolding,), (_by_sorting,)),
)

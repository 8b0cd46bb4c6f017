"""augment: images moved and turned into negatives by chance; judged by what may come out, never by the draws."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import rngs, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text

MOST = 2  # pixels to move by
STEPS = range(-MOST, MOST + 1)
COUNT = 240  # images: that one of five moves is missing by chance is then out of the question


@st.composite
def _images(draw):
    """Many different images of one size, which is not square; two channels or one."""
    C, H, W = draw(st.integers(1, 2)), draw(st.integers(5, 6)), draw(st.integers(7, 8))
    return {"channels": C, "height": H, "width": W, "seed": draw(seeds()), "rng": draw(rngs())}


def _drawn(case):
    shape = (COUNT, case["channels"], case["height"], case["width"])
    return np.random.default_rng(case["seed"]).uniform(0.05, 0.95, shape).astype(np.float32)


def _properties(answer, case):
    """Which change each image went through, if any of those allowed, and how the changes are spread."""
    x = _drawn(case)
    y = answer(x, Rng(case["rng"].seed))
    if not isinstance(y, np.ndarray) or y.shape != x.shape:
        return {"shape": np.shape(y)}
    again = answer(x, Rng(case["rng"].seed))
    seen = {"shape": y.shape, "dtype": str(y.dtype), "its own rng": bool(np.array_equal(y, again))}
    changes = [_change(image, changed) for image, changed in zip(x, y, strict=True)]
    known = [change for change in changes if change is not None]
    seen["within 0 and 1"] = bool(y.min() >= 0 and y.max() <= 1)
    seen["a move, a negative"] = len(known) == COUNT
    seen["what"] = _kind(x, y) if len(known) < COUNT else ""
    down, right, negative = np.array(known).T if len(known) == COUNT else np.zeros((3, 1))
    seen["negatives"] = _share(negative) if len(known) == COUNT else ""
    seen["down"], seen["right"] = (sorted(set(map(int, moves))) for moves in (down, right))
    seen["each by itself"] = bool(len(known) < COUNT or len(set(known)) > 30)
    return seen


def _share(negative):
    share = float(np.mean(negative))
    return "none" if share == 0 else "all" if share == 1 else "half" if 0.3 < share < 0.7 else "uneven"


def _change(image, changed):
    """(down, right, negative) that makes one image of the other, with the edge repeated; None if nothing does."""
    H, W = image.shape[1:]
    padded = np.pad(image, ((0, 0), (MOST, MOST), (MOST, MOST)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (H, W), axis=(1, 2)).transpose(1, 2, 0, 3, 4)
    for negative in (0, 1):
        wanted = 1 - changed if negative else changed
        down, right = np.nonzero((np.abs(windows - wanted) < 1e-4).all(axis=(2, 3, 4)))
        if len(down):
            return MOST - int(down[0]), MOST - int(right[0]), negative
    return None


def _kind(x, y):
    """What has been done instead, where it can be told."""
    known = {
        "wrapped": lambda image, down, right: np.roll(image, (down, right), axis=(1, 2)),
        "black": _black,
        "mirrored": lambda image, down, right: _repeated(image[:, :, ::-1], down, right),
    }
    kinds = [_kind_of(image, changed, known) for image, changed in zip(x[:60], y[:60], strict=True)]
    return next((kind for kind in kinds if kind), "")


def _kind_of(image, changed, known):
    if _change(image, changed) is not None:
        return ""
    for kind, make in known.items():
        for down in STEPS:
            for right in STEPS:
                made = make(image, down, right)
                if np.allclose(changed, made, atol=1e-4) or np.allclose(changed, 1 - made, atol=1e-4):
                    return kind
    return ""


def _black(image, down, right):
    H, W = image.shape[1:]
    padded = np.pad(image, ((0, 0), (MOST, MOST), (MOST, MOST)))
    return padded[:, MOST - down : MOST - down + H, MOST - right : MOST - right + W]


def _repeated(image, down, right):
    H, W = image.shape[1:]
    rows, columns = np.clip(np.arange(H) - down, 0, H - 1), np.clip(np.arange(W) - right, 0, W - 1)
    return image[:, rows][:, :, columns]


def _reference(x, rng):
    y = np.empty_like(x)
    for i, image in enumerate(x):
        y[i] = _repeated(image, *rng.integers(-MOST, MOST + 1, size=2))
        if rng.random() < 0.5:
            y[i] = 1 - y[i]
    return y


def _all_at_once(x, rng):
    N, _, H, W = x.shape
    down, right = rng.integers(-2, 3, (2, N, 1))
    rows, columns = np.clip(np.arange(H) - down, 0, H - 1), np.clip(np.arange(W) - right, 0, W - 1)
    moved = x[np.arange(N)[:, None, None], :, rows[:, :, None], columns[:, None, :]].transpose(0, 3, 1, 2)
    return np.where(rng.random((N, 1, 1, 1)) < 0.5, moved, 1 - moved)


def _by_padding(x, rng):
    H, W = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")
    changed = []
    for image in padded:
        top, left = rng.choice(5), rng.choice(5)
        window = image[:, top : top + H, left : left + W]
        changed.append(window if rng.choice([True, False]) else np.float32(1) - window)
    return np.stack(changed)


def _by_sign(x, rng):
    sign = rng.choice([-1, 1], size=(len(x), 1, 1, 1)).astype(x.dtype)
    y = (0.5 + sign * (x - 0.5)).astype(x.dtype)
    for image in y:
        image[:] = _repeated(image.copy(), rng.integers(5) - 2, rng.integers(5) - 2)
    return y


def _moved(x, rng, move=_repeated, low=-2, high=3, negative=0.5, axes=(1, 1)):
    """The reference with one thing wrong."""
    y = np.empty_like(x)
    for i, image in enumerate(x):
        down, right = rng.integers(low, high, size=2) * axes
        y[i] = move(image, down, right)
        y[i] = 1 - y[i] if rng.random() < negative else y[i]
    return y


def _with(**wrong):
    return lambda x, rng: _moved(x, rng, **wrong)


def _one_for_all(x, rng):
    down, right = rng.integers(-2, 3, size=2)
    y = np.stack([_repeated(image, down, right) for image in x])
    return 1 - y if rng.random() < 0.5 else y


def _mirrored(x, rng):
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    return _moved(np.where(turned, x[..., ::-1], x), rng)


def _below_zero(x, rng):
    y = _moved(x, rng, negative=0)
    return np.where(rng.random((len(x), 1, 1, 1)) < 0.5, y, -y)


def _wider(x, rng):
    return _moved(x, rng).astype(np.float64)


def _unseeded(x, rng):
    return _moved(x, np.random.default_rng())


def _in_place(x, rng):
    x[:] = _moved(x, rng)
    return x


def _diagonal(x, rng):
    y = np.empty_like(x)
    for i, image in enumerate(x):
        step = rng.integers(-2, 3)
        y[i] = _repeated(image, step, step)
        y[i] = 1 - y[i] if rng.random() < 0.5 else y[i]
    return y


augment = Exercise(
    name="augment",
    reference=(_reference,),
    parts=(Part(Text("240 images, changed", "240 images transformées"), (Stage(_images(), 4, 3),)),),
    observe=_properties,
    rule=Rule(calls=("cnnlib", "torch", "torchvision")),
    budget=1.0,
    properties={
        "its own rng": Text(
            "two runs with the same seed differ: all chance must come from `rng`",
            "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
        ),
        "within 0 and 1": Text(
            "some values are below 0 or above 1",
            "certaines valeurs sont inférieures à 0 ou supérieures à 1",
        ),
        "a move, a negative": Text(
            "some image is neither a moved copy of the original, its edge repeated, nor the negative of one",
            "une image n’est ni une copie déplacée de l’original, au bord répété, ni le négatif d’une telle copie",
        ),
        "negatives": Text(
            "of 240 images, the negatives are not about one half",
            "sur 240 images, les négatifs ne font pas environ la moitié",
        ),
        "down": Text(
            "over 240 images, the moves up and down are not all of -2, -1, 0, 1 and 2",
            "sur 240 images, les déplacements verticaux ne sont pas tous ceux de -2, -1, 0, 1 et 2",
        ),
        "right": Text(
            "over 240 images, the moves to the left and right are not all of -2, -1, 0, 1 and 2",
            "sur 240 images, les déplacements horizontaux ne sont pas tous ceux de -2, -1, 0, 1 et 2",
        ),
        "each by itself": Text(
            "240 images are changed in few different ways: each is to be drawn for itself",
            "240 images ne changent que de peu de façons : chacune doit avoir son propre tirage",
        ),
    },
    mistakes=(
        Mistake(
            "one change for all",
            (_one_for_all,),
            Text(
                "One draw serves the whole batch, so all images move alike. Draw anew for each image.",
                "Un seul tirage sert à tout le lot : toutes les images bougent de la même façon. Tirez à nouveau pour "
                "chaque image.",
            ),
        ),
        Mistake(
            "wrapped around",
            (_with(move=lambda image, down, right: np.roll(image, (down, right), axis=(1, 2))),),
            Text(
                "What leaves on one side comes back on the other: `np.roll` bends the image into a ring. Repeat the "
                "pixels of the edge.",
                "Ce qui sort d’un côté revient de l’autre : `np.roll` referme l’image en anneau. Répétez les pixels du "
                "bord.",
            ),
        ),
        Mistake(
            "black edges",
            (_with(move=_black),),
            Text(
                "Moved images get a black edge, which no real image has: the network may learn to look at it. Repeat "
                "the pixels of the edge.",
                "Les images déplacées reçoivent un bord noir, qu’aucune vraie image ne possède : le réseau pourrait "
                "apprendre à le regarder. Répétez les pixels du bord.",
            ),
        ),
        Mistake(
            "mirrored",
            (_mirrored,),
            Text(
                "Some images are mirrored. A mirrored cat is a cat, but a mirrored 2 is no 2: the label would lie.",
                "Certaines images sont vues dans un miroir. Un chat dans un miroir reste un chat, mais un 2 n’y est "
                "plus un 2 : l’étiquette mentirait.",
            ),
        ),
        Mistake(
            "never two to the right",
            (_with(high=2),),
            Text(
                "The largest move never comes: `rng.integers(low, high)` leaves `high` out.",
                "Le plus grand déplacement ne vient jamais : `rng.integers(low, high)` exclut `high`.",
            ),
        ),
        Mistake(
            "one way only",
            (_with(low=0),),
            Text(
                "Images only ever move down and to the right. Moves may be negative too.",
                "Les images ne se déplacent que vers le bas et la droite. Les déplacements peuvent aussi être "
                "négatifs.",
            ),
        ),
        Mistake(
            "sideways only",
            (_with(axes=(0, 1)),),
            Text(
                "Images move sideways only. Draw a move for each of the two directions.",
                "Les images ne bougent que de côté. Tirez un déplacement pour chacune des deux directions.",
            ),
        ),
        Mistake(
            "along the diagonal",
            (_diagonal,),
            Text(
                "One number serves for both directions, so images move along the diagonal alone. Draw two.",
                "Un même nombre sert aux deux directions : les images ne bougent que le long de la diagonale. Tirez-en "
                "deux.",
            ),
        ),
        Mistake(
            "no negatives",
            (_with(negative=0),),
            Text(
                "No image becomes a negative. For about half of them, give 1 - x.",
                "Aucune image ne devient un négatif. Pour la moitié d’entre elles environ, renvoyez 1 - x.",
            ),
        ),
        Mistake(
            "negatives only",
            (_with(negative=1),),
            Text(
                "Every image becomes a negative, so nothing is left to chance. Let a draw decide.",
                "Toutes les images deviennent des négatifs : le hasard n’y est pour rien. Laissez un tirage décider.",
            ),
        ),
        Mistake(
            "below zero",
            (_below_zero,),
            Text(
                "The negative is taken as -x, and values leave the range from 0 to 1. Black and white change places by "
                "1 - x.",
                "Le négatif est pris comme -x, et les valeurs sortent de l’intervalle de 0 à 1. C’est 1 - x qui "
                "échange le noir et le blanc.",
            ),
        ),
        Mistake(
            "float64",
            (_wider,),
            Text(
                "The images come back as float64, and torch refuses to multiply them with float32 weights. Keep the "
                "dtype of x.",
                "Les images reviennent en float64, et torch refuse de les multiplier par des poids en float32. Gardez "
                "le dtype de x.",
            ),
        ),
        Mistake(
            "a generator of its own",
            (_unseeded,),
            Text(
                "It does not draw from `rng`, so a run cannot be repeated. Use the generator that was handed in.",
                "Elle ne tire pas de `rng` : on ne peut donc pas répéter une exécution. Employez le générateur reçu en "
                "argument.",
            ),
        ),
        Mistake(
            "in place",
            (_in_place,),
            Text(
                "The images themselves are changed, so the next epoch starts from changed ones, and drifts on. Give a "
                "new array.",
                "Ce sont les images elles-mêmes qui changent : l’époque suivante part d’images déjà transformées, et "
                "cela dérive. Renvoyez un nouveau tableau.",
            ),
        ),
    ),
    right=((_all_at_once,), (_by_padding,), (_by_sign,)),
)

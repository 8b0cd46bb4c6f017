"""occlusion_map: cover a window, and see how far the score falls."""

import torch
from hypothesis import strategies as st

from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import ANOTHER_CLASS, NEARLY, PROBABILITIES, READY_MADE, explained, linear_cases, network_cases


@st.composite
def _windows(draw, networks):
    case = draw(networks)
    _, _, H, W = case["x"].shape
    size = draw(st.integers(1, min(3, H))), draw(st.integers(1, min(3, W)))
    return case | {"size": size, "fill": float(draw(st.integers(-2, 2)))}


def _scores(model, x):
    with torch.no_grad():
        return model(x)[0]


def _windowed(model, x, size, fill, channels=slice(None), short=0, stays=False):
    """The scores (rows, columns, classes) with each window covered."""
    (h, w), (H, W) = size, x.shape[2:]
    rows, copy = [], x.clone()
    for r in range(H - h + 1 - short):
        rows.append([])
        for s in range(W - w + 1 - short):
            covered = copy if stays else x.clone()
            covered[:, channels, r : r + h, s : s + w] = fill
            rows[-1].append(_scores(model, covered))
    return torch.stack([torch.stack(row) for row in rows]) if rows and rows[0] else torch.zeros(0, 0, 3)


def _reference(model, x, target, size, fill):
    return _scores(model, x)[target] - _windowed(model, x, size, fill)[..., target]


def _as_one_batch(model, x, target, size, fill):
    (h, w), (_, C, H, W) = size, x.shape
    rows, columns = H - h + 1, W - w + 1
    batch = x.repeat(rows * columns, 1, 1, 1).reshape(rows, columns, C, H, W)
    for r in range(rows):
        for s in range(columns):
            batch[r, s, :, r : r + h, s : s + w] = fill
    with torch.no_grad():
        return model(x)[0, target] - model(batch.flatten(0, 1))[:, target].reshape(rows, columns)


def _with_masks(model, x, target, size, fill):
    (h, w), (H, W) = size, x.shape[2:]
    down, across = torch.arange(H)[:, None], torch.arange(W)
    drops = torch.empty(H - h + 1, W - w + 1)
    before = model(x).detach()[0, target].item()
    for r, s in torch.cartesian_prod(torch.arange(H - h + 1), torch.arange(W - w + 1)).tolist():
        inside = (down >= r) & (down < r + h) & (across >= s) & (across < s + w)
        drops[r, s] = before - model(torch.where(inside, torch.tensor(fill), x))[0, target].item()
    return drops.numpy()


def _by_addition(model, x, target, size, fill):
    """The cover is added to the image: what brings each pixel of the window to `fill`."""
    (h, w), drops = size, []
    for window in torch.eye((x.shape[2] - h + 1) * (x.shape[3] - w + 1)):
        places = window.reshape(1, 1, x.shape[2] - h + 1, x.shape[3] - w + 1)
        cover = torch.nn.functional.conv_transpose2d(places, torch.ones(1, 1, h, w))
        drops.append((model(x) - model(x + cover * (fill - x))).detach()[0, target])
    return torch.stack(drops).reshape(x.shape[2] - h + 1, x.shape[3] - w + 1)


def _score_left(model, x, target, size, fill):
    return _windowed(model, x, size, fill)[..., target]


def _upside_down(model, x, target, size, fill):
    return -_reference(model, x, target, size, fill)


def _magnitude(model, x, target, size, fill):
    return _reference(model, x, target, size, fill).abs()


def _covers_stay(model, x, target, size, fill):
    return _scores(model, x)[target] - _windowed(model, x, size, fill, stays=True)[..., target]


def _no_copy(model, x, target, size, fill):
    whole, (h, w), (H, W) = _scores(model, x)[target], size, x.shape[2:]
    drops = torch.zeros(H - h + 1, W - w + 1)
    for r in range(H - h + 1):
        for s in range(W - w + 1):
            x[:, :, r : r + h, s : s + w] = fill
            drops[r, s] = whole - _scores(model, x)[target]
    return drops


def _always_black(model, x, target, size, fill):
    return _reference(model, x, target, size, 0.0)


def _first_channel(model, x, target, size, fill):
    return _scores(model, x)[target] - _windowed(model, x, size, fill, channels=0)[..., target]


def _best_class(model, x, target, size, fill):
    return _reference(model, x, _scores(model, x).argmax(), size, fill)


def _best_of_each(model, x, target, size, fill):
    return _scores(model, x).max() - _windowed(model, x, size, fill).amax(dim=-1)


def _probabilities(model, x, target, size, fill):
    left = _windowed(model, x, size, fill).softmax(dim=-1)
    return _scores(model, x).softmax(dim=-1)[target] - left[..., target]


def _swapped(model, x, target, size, fill):
    return _reference(model, x, target, size[::-1], fill)


def _one_short(model, x, target, size, fill):
    return _scores(model, x)[target] - _windowed(model, x, size, fill, short=1)[..., target]


occlusion_map = Exercise(
    name="occlusion_map",
    reference=(_reference,),
    parts=(
        Part(
            Text("linear networks", "réseaux linéaires"),
            (Stage(_windows(linear_cases(one=True)), 16, 6),),
        ),
        Part(
            Text("convolutional networks", "réseaux convolutifs"),
            (Stage(_windows(network_cases(one=True, sides=((4, 6), (5, 4)))), 5, 2),),
        ),
    ),
    observe=explained("size", "fill"),
    compare=NEARLY,
    rule=READY_MADE,
    picture=difference,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "the score that is left",
            (_score_left,),
            Text(
                "This is the score that is left when the window is covered. "
                "The map tells how far it falls: the score of the whole image, less that.",
                "C’est le score qui reste quand la fenêtre est cachée. "
                "La carte dit de combien il baisse : le score de l’image entière, moins celui-ci.",
            ),
        ),
        Mistake(
            "upside down",
            (_upside_down,),
            Text(
                "The signs are reversed. Where covering hurts, the score falls, and the map is positive.",
                "Les signes sont inversés. Là où cacher fait mal, le score baisse, et la carte est positive.",
            ),
        ),
        Mistake(
            "magnitude",
            (_magnitude,),
            Text(
                "The sign is lost. A place whose covering raises the score speaks against the class: "
                "there the map is negative.",
                "Le signe est perdu. Un endroit qu’il suffit de cacher pour que le score monte parle contre la "
                "classe : la carte y est négative.",
            ),
        ),
        Mistake(
            "covers stay",
            (_covers_stay,),
            Text(
                "What was covered stays covered when the window moves on. Each window starts from a fresh copy of x.",
                "Ce qui a été caché le reste quand la fenêtre avance. "
                "Pour chaque fenêtre, repartez d’une copie neuve de x.",
            ),
        ),
        Mistake(
            "no copy",
            (_no_copy,),
            Text(
                "The covers are written into x itself: `covered = x` is another name, not a copy. "
                "Each window starts from a fresh `x.clone()`.",
                "Les caches sont écrits dans x lui-même : `covered = x` est un autre nom, pas une copie. "
                "Pour chaque fenêtre, repartez d’un `x.clone()` neuf.",
            ),
        ),
        Mistake(
            "always black",
            (_always_black,),
            Text(
                "The window is always filled with 0. Use `fill`: on some images 0 is the brightest thing of all.",
                "La fenêtre est toujours remplie de 0. Utilisez `fill` : sur certaines images, 0 est ce qu’il y a de "
                "plus clair.",
            ),
        ),
        Mistake(
            "first channel",
            (_first_channel,),
            Text(
                "Only the first channel is covered. A cover hides all channels of the window.",
                "Seul le premier canal est caché. Un cache couvre tous les canaux de la fenêtre.",
            ),
        ),
        Mistake("best class", (_best_class,), ANOTHER_CLASS),
        Mistake(
            "best of each",
            (_best_of_each,),
            Text(
                "It takes the highest score, whichever class it belongs to. "
                "Once the window is covered, that may be another class than before: follow `target`.",
                "Elle prend le meilleur score, quelle que soit sa classe. Une fois la fenêtre cachée, "
                "ce peut être une autre classe qu’avant : suivez `target`.",
            ),
        ),
        Mistake("probabilities", (_probabilities,), PROBABILITIES),
        Mistake(
            "height and width swapped",
            (_swapped,),
            Text(
                "Height and width of the window are swapped. `size` is (h, w): h rows, then w columns.",
                "La hauteur et la largeur de la fenêtre sont échangées. `size` vaut (h, w) : h lignes, "
                "puis w colonnes.",
            ),
        ),
        Mistake(
            "one short",
            (_one_short,),
            Text(
                "The last row and the last column of windows are missing. The last window starts at H − h and W − w.",
                "Il manque la dernière ligne et la dernière colonne de fenêtres. "
                "La dernière fenêtre commence en H − h et W − w.",
            ),
        ),
    ),
    right=((_as_one_batch,), (_with_masks,), (_by_addition,)),
)

"""dice_loss: one minus the share that two masks have in common, soft enough to have a gradient."""

import numpy as np
import torch
from hypothesis import strategies as st

from autograder.checking.caller import Raised, as_arrays
from autograder.checking.cases import case, random_numbers, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text

SMOOTH = 1.0


def _cases(most, numbers):
    """Scores of N images, and masks of which some are empty."""
    shapes = st.tuples(st.integers(1, 3), st.integers(1, most), st.integers(2, most + 1))
    return shapes.flatmap(lambda shape: case(scores=numbers(shape), masks=_masks(shape)))


def _masks(shape):
    some = whole_numbers(shape, 0, 1)
    return st.tuples(some, st.integers(0, shape[0])).map(lambda drawn: _emptied(*drawn))


def _emptied(masks, empty):
    """The masks as float32, none of whose last `empty` images shows anything."""
    masks = masks.astype(np.float32)
    masks[len(masks) - empty :] = 0
    return masks


def _scores(shape):
    return whole_numbers(shape, -4, 4).map(lambda scores: scores.astype(np.float32))


def _far_apart(shape):
    return random_numbers(shape, scale=8.0, dtypes=(np.float32,))


def _loss_and_gradient(answer, told):
    """The loss, and what comes back to the scores from it."""
    scores = answer.give(Tensor(told["scores"], requires_grad=True))
    loss = answer.make(scores, Tensor(told["masks"]))
    value = as_arrays(loss.method("detach")())
    try:
        loss.backward()
    except Raised as raised:  # torch's word where nothing leads back to the scores
        if "does not require grad" not in raised.error.message:
            raise
        return {"loss": value, "leads back": False, "gradient": np.zeros(told["scores"].shape)}
    return {"loss": value, "leads back": True, "gradient": as_arrays(scores.method("grad").value())}


def _reference(scores, masks, smooth=SMOOTH):
    p = scores.sigmoid()
    both = (p * masks).sum(dim=(1, 2))
    sizes = p.sum(dim=(1, 2)) + masks.sum(dim=(1, 2))
    return (1 - (2 * both + smooth) / (sizes + smooth)).mean()


def _by_images(scores, masks):
    losses = []
    for score, mask in zip(scores, masks, strict=True):
        p = 1 / (1 + torch.exp(-score))
        share = (2 * torch.sum(p * mask) + 1) / (torch.sum(p) + torch.sum(mask) + 1)
        losses.append(1 - share)
    return torch.stack(losses).mean()


def _flat(scores, masks):
    p, t = torch.sigmoid(scores).flatten(1), masks.flatten(1)
    missed = (p + t - 2 * p * t).sum(1)
    return (missed / ((p + t).sum(1) + 1)).mean()


def _by_products(scores, masks):
    p = torch.sigmoid(scores)
    both = torch.einsum("nhw,nhw->n", p, masks)
    sizes = torch.einsum("nhw->n", p + masks)
    return 1 - torch.mean((both + both + 1) / (sizes + 1))


def _dice(*, soft=torch.sigmoid, above=SMOOTH, below=SMOOTH, twice=2, axes=(1, 2), power=1, minus=0, ends=None):
    """Right as it stands; each mistake says what it does otherwise."""

    def dice_loss(scores, masks):
        p = soft(scores)
        both = (p * masks).sum(dim=axes)
        sizes = (p**power).sum(dim=axes) + masks.sum(dim=axes) - minus * both
        share = (twice * both + above) / (sizes + below)
        return (1 - share).mean() if ends is None else ends(share)

    return dice_loss


def _threshold(scores):
    return (scores > 0).float()


def _means(scores, masks):
    p = scores.sigmoid()
    both, sizes = (p * masks).mean(dim=(1, 2)), (p + masks).mean(dim=(1, 2))
    return (1 - (2 * both + SMOOTH) / (sizes + SMOOTH)).mean()


dice_loss = Exercise(
    name="dice_loss",
    reference=(_reference,),
    parts=(
        Part(
            Text("masks, some of them empty", "des masques, dont certains vides"),
            (Stage(_cases(2, _scores), 16, 10), Stage(_cases(4, _far_apart), 6, 4)),
        ),
    ),
    observe=_loss_and_gradient,
    compare=Close(1e-4, least=0.1),
    rule=Rule(calls=("cnnlib.models", "torchvision")),
    properties={
        "leads back": Text(
            "no gradient leads from the loss back to the scores",
            "aucun gradient ne remonte de la perte aux scores",
        ),
    },
    seconds=20.0,
    mistakes=(
        Mistake(
            "hard threshold",
            (_dice(soft=_threshold),),
            Text(
                "The scores are cut at 0 before they are compared. A step has no slope, so nothing can be learnt: "
                "use the probabilities, `scores.sigmoid()`.",
                "Les scores sont coupés à 0 avant d’être comparés. Une marche n’a pas de pente : rien ne peut "
                "s’apprendre. Prenez les probabilités, `scores.sigmoid()`.",
            ),
        ),
        Mistake(
            "scores for probabilities",
            (_dice(soft=lambda scores: scores),),
            Text(
                "The scores themselves are summed. They have no bounds and may be negative: a sigmoid first makes "
                "probabilities of them.",
                "Ce sont les scores eux-mêmes qui sont additionnés. Ils n’ont pas de bornes et peuvent être négatifs : "
                "un sigmoïde en fait d’abord des probabilités.",
            ),
        ),
        Mistake(
            "dice itself",
            (_dice(ends=torch.mean),),
            Text(
                "This is the share in common, which is best when it is 1. A loss is best when it is small: "
                "take 1 minus it.",
                "C’est la part commune, dont la meilleure valeur est 1. Une perte est la meilleure quand elle est "
                "petite : prenez 1 moins cette part.",
            ),
        ),
        Mistake(
            "the batch as one image",
            (_dice(axes=(0, 1, 2)),),
            Text(
                "The pixels of all images are summed together, so a large mask drowns out the small ones. "
                "Sum within each image, then take the mean.",
                "Les pixels de toutes les images sont additionnés ensemble : un grand masque étouffe les petits. "
                "Additionnez dans chaque image, puis prenez la moyenne.",
            ),
        ),
        Mistake(
            "sum over the images",
            (_dice(ends=lambda share: (1 - share).sum()),),
            Text(
                "The losses of the images are summed, so the loss grows with the batch. Take their mean.",
                "Les pertes des images sont additionnées : la perte grandit avec le lot. Prenez leur moyenne.",
            ),
        ),
        Mistake(
            "no smoothing",
            (_dice(above=0, below=0),),
            Text(
                "`smooth` is missing. With an empty mask nothing can be shared, and however little is painted the "
                "loss stays 1; without any paint it is 0/0.",
                "`smooth` manque. Avec un masque vide, rien ne peut être commun : si peu que l’on peigne, la perte "
                "reste à 1 ; sans peinture du tout, c’est 0/0.",
            ),
        ),
        Mistake(
            "smoothed below only",
            (_dice(above=0),),
            Text(
                "`smooth` stands below the bar only. Then an empty mask, rightly left empty, costs 1: "
                "it belongs above as well.",
                "`smooth` n’est qu’au dénominateur. Un masque vide, laissé vide à juste titre, coûte alors 1 : "
                "il le faut aussi au numérateur.",
            ),
        ),
        Mistake(
            "not twice",
            (_dice(twice=1),),
            Text(
                "What is shared is counted once above the bar, and twice below it, in each of the masks. "
                "A 2 is missing: even a perfect mask would cost a half.",
                "Ce qui est commun compte une fois au numérateur et deux fois au dénominateur, dans chacun des "
                "masques. Il manque un 2 : même un masque parfait coûterait un demi.",
            ),
        ),
        Mistake(
            "intersection over union",
            (_dice(twice=1, minus=1),),
            Text(
                "This is one minus intersection over union. Dice divides twice what is shared by the two sizes "
                "added up.",
                "C’est un moins l’intersection sur l’union. Dice divise deux fois la part commune par la somme des "
                "deux tailles.",
            ),
        ),
        Mistake(
            "squares",
            (_dice(power=2),),
            Text(
                "The probabilities are squared below the bar. Some papers do that; here the sizes are plain sums.",
                "Les probabilités sont mises au carré au dénominateur. Certains articles le font ; ici, les tailles "
                "sont de simples sommes.",
            ),
        ),
        Mistake(
            "means for sums",
            (_means,),
            Text(
                "Means stand where sums should. A mean is at most 1, and there `smooth` outweighs everything.",
                "Des moyennes remplacent les sommes. Une moyenne vaut au plus 1, et `smooth` écrase alors tout le "
                "reste.",
            ),
        ),
    ),
    right=((_by_images,), (_flat,), (_by_products,)),
)

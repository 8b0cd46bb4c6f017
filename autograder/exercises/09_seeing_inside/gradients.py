"""saliency and guided_backprop: what the score's gradient says of each pixel, with and without a filter on the way."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.caller import as_arrays
from autograder.checking.cases import seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import (
    ALL_CLASSES,
    ANOTHER_CLASS,
    CLASSES,
    FEATURES,
    MIXED_TARGETS,
    NEARLY,
    PROBABILITIES,
    READY_MADE,
    explained,
    linear_cases,
    network,
    network_cases,
    score_of,
)


def _gradient(model, x, target, score=score_of):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(score(model(x), target).sum(), x)[0]


def _saliency(model, x, target):
    return _gradient(model, x, target).abs().amax(dim=1)


def _by_backward(model, x, target):
    pixels = x.detach().clone()
    pixels.requires_grad = True
    scores = model(pixels)
    scores.backward(nn.functional.one_hot(target, scores.shape[1]).to(scores))
    return pixels.grad.abs().max(dim=1).values


def _image_by_image(model, x, target):
    maps = []
    for image, wanted in zip(x, target.tolist(), strict=True):
        pixels = image[None].clone().requires_grad_()
        model(pixels)[0, wanted].backward()
        maps.append(np.abs(pixels.grad[0].numpy()).max(axis=0))
    return np.stack(maps)


def _by_jacobian(model, x, target):
    slopes = torch.autograd.functional.jacobian(lambda pixels: score_of(model(pixels), target), x)
    own = torch.stack([slopes[n, n] for n in range(len(x))])
    return torch.maximum(own.amax(dim=1), -own.amin(dim=1))


def _signed(model, x, target):
    return _gradient(model, x, target).amax(dim=1)


def _magnitude_last(model, x, target):
    return _gradient(model, x, target).amax(dim=1).abs()


def _mean_of_channels(model, x, target):
    return _gradient(model, x, target).abs().mean(dim=1)


def _sum_of_channels(model, x, target):
    return _gradient(model, x, target).abs().sum(dim=1)


def _channels_cancel(model, x, target):
    return _gradient(model, x, target).sum(dim=1).abs()


def _squared(model, x, target):
    return (_gradient(model, x, target) ** 2).amax(dim=1)


def _times_image(model, x, target):
    return (_gradient(model, x, target) * x).abs().amax(dim=1)


def _of_score(score):
    return lambda model, x, target: _gradient(model, x, target, score).abs().amax(dim=1)


def _best(scores, target):
    return scores.amax(dim=1)


def _all(scores, target):
    return scores


def _mixed(scores, target):
    return scores[:, target]


def _probability(scores, target):
    return score_of(scores.softmax(dim=1), target)


def _loss(scores, target):
    return nn.functional.cross_entropy(scores, target)


LOSS = Text(
    "This is the gradient of the loss. It fades where the network is sure, just where we want to know why. "
    "Take the gradient of the score itself.",
    "C’est le gradient de la perte. Il s’efface là où le réseau est sûr, juste là où l’on veut savoir pourquoi. "
    "Prenez le gradient du score lui-même.",
)
LINEAR = Text("linear networks", "réseaux linéaires")
CONVOLUTIONAL = Text("convolutional networks", "réseaux convolutifs")

saliency = Exercise(
    name="saliency",
    reference=(_saliency,),
    parts=(
        Part(LINEAR, (Stage(linear_cases(), 16, 6),)),
        Part(CONVOLUTIONAL, (Stage(network_cases(), 5, 3),)),
    ),
    observe=explained(),
    compare=NEARLY,
    rule=READY_MADE,
    picture=difference,
    seconds=20.0,  # the first optimiser or `zero_grad` of a session makes torch import for long
    budget=1.0,
    mistakes=(
        Mistake(
            "signed",
            (_signed,),
            Text(
                "It takes the greatest slope with its sign, so a pixel that pulls the score down counts for nothing. "
                "Saliency asks how much a pixel matters: take the magnitude.",
                "Elle prend la plus grande pente avec son signe : un pixel qui tire le score vers le bas ne compte "
                "alors pour rien. La saillance demande à quel point un pixel compte : prenez la valeur absolue.",
            ),
        ),
        Mistake(
            "magnitude last",
            (_magnitude_last,),
            Text(
                "The magnitude comes too late: the maximum over the channels has already thrown away a slope of −9 "
                "beside one of 1. First the magnitude, then the maximum.",
                "La valeur absolue vient trop tard : le maximum sur les canaux a déjà jeté une pente de −9 à côté "
                "d’une pente de 1. D’abord la valeur absolue, ensuite le maximum.",
            ),
        ),
        Mistake(
            "mean of the channels",
            (_mean_of_channels,),
            Text(
                "It takes the mean over the channels. Here a pixel counts as much as its strongest channel: "
                "take the maximum.",
                "Elle prend la moyenne sur les canaux. Ici, un pixel compte autant que son canal le plus fort : "
                "prenez le maximum.",
            ),
        ),
        Mistake(
            "sum of the channels",
            (_sum_of_channels,),
            Text(
                "It adds up the channels. Here a pixel counts as much as its strongest channel: take the maximum.",
                "Elle additionne les canaux. Ici, un pixel compte autant que son canal le plus fort : "
                "prenez le maximum.",
            ),
        ),
        Mistake(
            "channels cancel",
            (_channels_cancel,),
            Text(
                "The channels are added up with their signs, so that they cancel. "
                "Take the magnitude in each channel first.",
                "Les canaux sont additionnés avec leurs signes et s’annulent. "
                "Prenez d’abord la valeur absolue dans chaque canal.",
            ),
        ),
        Mistake(
            "squared",
            (_squared,),
            Text(
                "The slopes are squared, which makes small ones vanish. Take their magnitude.",
                "Les pentes sont élevées au carré, ce qui fait disparaître les petites. Prenez leur valeur absolue.",
            ),
        ),
        Mistake(
            "times the image",
            (_times_image,),
            Text(
                "The gradient is multiplied by the image. That is another method; here dark pixels count, too.",
                "Le gradient est multiplié par l’image. C’est une autre méthode ; ici, le noir compte aussi.",
            ),
        ),
        Mistake("best class", (_of_score(_best),), ANOTHER_CLASS),
        Mistake("all classes", (_of_score(_all),), ALL_CLASSES),
        Mistake("mixed targets", (_of_score(_mixed),), MIXED_TARGETS),
        Mistake("probability", (_of_score(_probability),), PROBABILITIES),
        Mistake("loss", (_of_score(_loss),), LOSS),
    ),
    right=((_by_backward,), (_image_by_image,), (_by_jacobian,)),
)


class _Guide:
    """Hooks on the ReLUs of a network while the block lasts, or for good."""

    def __init__(self, model, rule, *, only=slice(None), leave=False):
        self.rule, self.leave = rule, leave
        self.relus = [module for module in model.modules() if isinstance(module, nn.ReLU)][only]

    def __enter__(self):
        hook = lambda module, dx, dy: (self.rule(dx[0], dy[0]),)  # noqa: E731 - a hook is a value here
        self.handles = [relu.register_full_backward_hook(hook) for relu in self.relus]

    def __exit__(self, *raised):
        for handle in [] if self.leave else self.handles:
            handle.remove()


def _guided(dx, dy):
    return dx.clamp(min=0)


def _guided_by(rule=_guided, score=score_of, **how):
    def guided_backprop(model, x, target):
        with _Guide(model, rule, **how):
            return _gradient(model, x, target, score)

    return guided_backprop


def _with_own_relu(model, x, target):
    """The layers run one by one, each ReLU in a way of its own."""

    class Guided(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return z.clamp(min=0)

        @staticmethod
        def backward(context, dy):
            return dy * (dy > 0) * (context.saved_tensors[0] > 0)

    x = x.clone().requires_grad_()
    maps = x
    for layer in model.features:
        maps = Guided.apply(maps) if isinstance(layer, nn.ReLU) else layer(maps)
    scores = model.classifier(model.pool(maps))
    score_of(scores, target).sum().backward()
    return x.grad


def _with_tensor_hooks(model, x, target):
    """The gradient is filtered where it arrives at what went into a ReLU."""
    x = x.clone().requires_grad_()
    maps = x
    for layer in model.features:
        if isinstance(layer, nn.ReLU):
            maps.register_hook(lambda dz: torch.where(dz > 0, dz, 0.0))
        maps = layer(maps)
    return torch.autograd.grad(score_of(model.classifier(model.pool(maps)), target).sum(), x)[0]


def _copied(model, x, target):
    """Hooks that stay, on a copy."""
    import copy

    return _guided_by(leave=True)(copy.deepcopy(model), x, target)


def _plain(model, x, target):
    return _gradient(model, x, target)


def _clipped_at_the_end(model, x, target):
    return _gradient(model, x, target).clamp(min=0)


def _guided_and_clipped(model, x, target):
    return _guided_by()(model, x, target).clamp(min=0)


def _as_a_map(model, x, target):
    return _guided_by()(model, x, target).abs().amax(dim=1)


def _and_what_is_left(answer, case):
    """The guided gradient, and whether every ReLU of the network is as it was."""
    model = network(answer, case)
    guided = as_arrays(answer(model, Tensor(case["x"]), Tensor(case["target"])))
    clean = True
    for place, layer in FEATURES[case["network"]](1)[1].items():
        if layer.builder == "torch.nn:ReLU":
            relu = model.features.method(place)
            hooks = [relu.method(f"_{kind}_hooks").value() for kind in ("backward", "forward", "backward_pre")]
            clean = clean and relu.value().type_name.endswith("ReLU") and not any(hooks)
    return {"gradient": guided, "left as it was": clean}


@st.composite
def _few_numbers(draw):
    """A ReLU over three filters of one pixel, and pixels halfway between whole numbers."""
    N, C, H, W = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(2, 3)), draw(st.integers(2, 3))
    x = draw(st.lists(st.integers(-4, 4), min_size=N * C * H * W, max_size=N * C * H * W))
    target = np.array([draw(st.integers(0, CLASSES - 1)) for _ in range(N)])
    x = np.array(x, dtype=np.float32).reshape(N, C, H, W) + 0.5
    return {"network": "one ReLU", "head": "mean", "x": x, "target": target, "seed": draw(seeds())}


guided_backprop = Exercise(
    name="guided_backprop",
    reference=(_guided_by(),),
    parts=(
        Part(
            Text("the guided gradient", "le gradient guidé"),
            (Stage(_few_numbers(), 8, 4), Stage(network_cases(), 6, 4)),
        ),
    ),
    observe=_and_what_is_left,
    compare=NEARLY,
    rule=READY_MADE,
    seconds=20.0,
    budget=1.0,
    properties={
        "left as it was": Text(
            "the network is not left as it was: its ReLUs keep your hooks, or were replaced",
            "le réseau n’est pas rendu tel qu’il était : ses ReLU gardent vos hooks, ou ont été remplacés",
        )
    },
    mistakes=(
        Mistake(
            "plain gradient",
            (_plain,),
            Text(
                "This is the plain gradient. At each ReLU on its way back, what is negative must be dropped. "
                "Do your hooks return something?",
                "C’est le gradient ordinaire. À chaque ReLU de son chemin de retour, ce qui est négatif doit être "
                "abandonné. Vos hooks renvoient-ils quelque chose ?",
            ),
        ),
        Mistake(
            "clipped at the end",
            (_clipped_at_the_end,),
            Text(
                "What is negative is dropped once, in the image. It must be dropped at each ReLU: "
                "what a ReLU stops can no longer mix with the rest below it.",
                "Ce qui est négatif est abandonné une seule fois, dans l’image. Il faut le faire à chaque ReLU : "
                "ce qu’un ReLU arrête ne se mêle plus au reste en dessous.",
            ),
        ),
        Mistake(
            "clipped in the image too",
            (_guided_and_clipped,),
            Text(
                "The gradient in the image is clipped, too. Only ReLUs guide; the image's own gradient keeps its sign.",
                "Le gradient dans l’image est tronqué lui aussi. Seuls les ReLU guident ; "
                "le gradient de l’image garde son signe.",
            ),
        ),
        Mistake(
            "deconvnet",
            (_guided_by(lambda dx, dy: dy.clamp(min=0)),),
            Text(
                "What is positive passes even where the ReLU was closed on the way forward. "
                "That is the deconvnet's rule. Guided: the ReLU was open, and the gradient is positive.",
                "Ce qui est positif passe même là où le ReLU était fermé à l’aller. C’est la règle du deconvnet. "
                "Guidé : le ReLU était ouvert, et le gradient est positif.",
            ),
        ),
        Mistake(
            "negative kept",
            (_guided_by(lambda dx, dy: dx.clamp(max=0)),),
            Text(
                "It keeps what is negative and drops what is positive: the wrong half.",
                "Elle garde ce qui est négatif et abandonne ce qui est positif : la mauvaise moitié.",
            ),
        ),
        Mistake(
            "magnitude at the ReLU",
            (_guided_by(lambda dx, dy: dx.abs()),),
            Text(
                "At a ReLU the magnitude is passed on. What asks for less is not turned around, but dropped.",
                "Au ReLU, c’est la valeur absolue qui passe. Ce qui demande moins n’est pas retourné, mais abandonné.",
            ),
        ),
        Mistake(
            "one ReLU alone",
            (_guided_by(only=slice(-1, None)),),
            Text(
                "Only the last ReLU guides the gradient. Every ReLU does.",
                "Seul le dernier ReLU guide le gradient. Tous doivent le faire.",
            ),
        ),
        Mistake(
            "hooks left behind",
            (_guided_by(leave=True),),
            Text(
                "The gradient is right, but the hooks stay on the network, and spoil every gradient after this one. "
                "Keep the handles and `remove()` them.",
                "Le gradient est juste, mais les hooks restent sur le réseau et faussent tous les gradients suivants. "
                "Gardez les poignées rendues à l’inscription et appelez leur `remove()`.",
            ),
        ),
        Mistake(
            "as a map",
            (_as_a_map,),
            Text(
                "The channels are merged into a map. Give the gradient as it is, (N, C, H, W), signs and all.",
                "Les canaux sont fondus en une carte. Rendez le gradient tel quel, (N, C, H, W), avec ses signes.",
            ),
        ),
        Mistake("best class", (_guided_by(score=_best),), ANOTHER_CLASS),
        Mistake("all classes", (_guided_by(score=_all),), ALL_CLASSES),
        Mistake("mixed targets", (_guided_by(score=_mixed),), MIXED_TARGETS),
    ),
    right=((_with_own_relu,), (_with_tensor_hooks,), (_copied,)),
)

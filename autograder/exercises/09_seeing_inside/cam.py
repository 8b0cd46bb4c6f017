"""cam and grad_cam: the last maps, each weighted by what it does for the class."""

import torch
from torch import nn

from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import (
    ALL_CLASSES,
    ANOTHER_CLASS,
    MIXED_TARGETS,
    NEARLY,
    PROBABILITIES,
    READY_MADE,
    explained,
    linear_cases,
    network_cases,
    score_of,
)

NO_FEATURES = Text("maps that are the image itself", "des cartes qui sont l’image même")
CONVOLUTIONAL = Text("convolutional networks", "réseaux convolutifs")
UPSCALED = Text(
    "The map has the size of the image. Give it as the last maps are, (N, h, w); enlarging it is for the picture.",
    "La carte a la taille de l’image. Rendez-la à la taille des dernières cartes, (N, h, w) ; "
    "l’agrandir est l’affaire du dessin.",
)
SCALED = Text(
    "The map is scaled by its maximum. Then a network that sees nothing looks as sure as one that sees all: "
    "leave the numbers as they are.",
    "La carte est divisée par son maximum. Un réseau qui ne voit rien paraît alors aussi sûr qu’un réseau qui voit "
    "tout : laissez les nombres tels quels.",
)


def _maps(model, x):
    with torch.no_grad():
        return model.features(x)


def _weighted(weights, maps):
    # (N, C) and (N, C, h, w) -> (N, h, w)
    return torch.einsum("nc,nchw->nhw", weights, maps)


def _cam(model, x, target):
    return _weighted(model.classifier.weight[target], _maps(model, x))


def _cam_as_convolution(model, x, target):
    weights = model.classifier.weight[:, :, None, None]
    every = nn.functional.conv2d(model.features(x), weights)
    return every[torch.arange(len(x)), target]


def _cam_by_hooks(model, x, target):
    kept = []
    handle = model.features.register_forward_hook(lambda module, inputs, output: kept.append(output.detach()))
    model(x)
    handle.remove()
    return torch.stack(
        [
            (model.classifier.weight[c] @ maps.flatten(1)).reshape(maps.shape[1:])
            for c, maps in zip(target, kept[0], strict=True)
        ]
    )


def _cam_by_loops(model, x, target):
    maps, weights = _maps(model, x).numpy(), model.classifier.weight.detach().numpy()
    total = 0 * maps[:, 0]
    for n, c in enumerate(target.tolist()):
        for channel in range(maps.shape[1]):
            total[n] += weights[c, channel] * maps[n, channel]
    return total


def _cam_with_bias(model, x, target):
    return _cam(model, x, target) + model.classifier.bias[target][:, None, None]


def _cam_over_places(model, x, target):
    maps = _cam(model, x, target)
    return maps / maps[0].numel()


def _cam_rectified(model, x, target):
    return _cam(model, x, target).clamp(min=0)


def _cam_of_means(model, x, target):
    maps = _maps(model, x)
    return _weighted(maps.mean(dim=(2, 3)), maps)


def _cam_best(model, x, target):
    return _cam(model, x, model(x).argmax(dim=1))


def _cam_all(model, x, target):
    return torch.einsum("kc,nchw->nhw", model.classifier.weight, _maps(model, x))


def _cam_first_target(model, x, target):
    return _cam(model, x, target[:1].expand(len(x)))


def _cam_unweighted(model, x, target):
    return _maps(model, x).sum(dim=1)


def _cam_scaled(model, x, target):
    maps = _cam(model, x, target)
    return maps / maps.abs().amax(dim=(1, 2), keepdim=True).clamp(min=1e-12)


def _enlarged(maps):
    return nn.functional.interpolate(maps[:, None], scale_factor=2)[:, 0]


cam = Exercise(
    name="cam",
    reference=(_cam,),
    parts=(
        Part(NO_FEATURES, (Stage(linear_cases(head="mean"), 16, 6),)),
        Part(CONVOLUTIONAL, (Stage(network_cases(heads=("mean",)), 5, 3),)),
    ),
    observe=explained(),
    compare=NEARLY,
    rule=READY_MADE,
    picture=difference,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "bias added",
            (_cam_with_bias,),
            Text(
                "The bias is added at every place. It belongs to no place: it would be there if the image were empty.",
                "Le biais est ajouté à chaque endroit. Il n’appartient à aucun : "
                "il serait là même si l’image était vide.",
            ),
        ),
        Mistake(
            "divided by the places",
            (_cam_over_places,),
            Text(
                "The map is divided by the number of places, as if it were summed up later. "
                "Here its mean, with the bias, is the score.",
                "La carte est divisée par le nombre d’endroits, comme si on allait la sommer. "
                "Ici, c’est sa moyenne, plus le biais, qui donne le score.",
            ),
        ),
        Mistake(
            "rectified",
            (_cam_rectified,),
            Text(
                "What is negative is cut off. That is Grad-CAM's habit; "
                "here places that speak against the class stay in the map.",
                "Ce qui est négatif est coupé. C’est l’usage de Grad-CAM ; "
                "ici, les endroits qui parlent contre la classe restent dans la carte.",
            ),
        ),
        Mistake(
            "weighted by means",
            (_cam_of_means,),
            Text(
                "Each map is weighted by its own mean. "
                "The weight that counts is the classifier's: what it makes of that mean for this class.",
                "Chaque carte est pondérée par sa propre moyenne. Le poids qui compte est celui du classifieur : "
                "ce qu’il fait de cette moyenne pour cette classe.",
            ),
        ),
        Mistake("best class", (_cam_best,), ANOTHER_CLASS),
        Mistake("all classes", (_cam_all,), ALL_CLASSES),
        Mistake(
            "first target for all",
            (_cam_first_target,),
            Text(
                "All images are explained for the first one's class. `target` holds one class for each image.",
                "Toutes les images sont expliquées pour la classe de la première. "
                "`target` contient une classe par image.",
            ),
        ),
        Mistake(
            "unweighted",
            (_cam_unweighted,),
            Text(
                "The maps are added up as they are. Which class is it about? The classifier's weights tell.",
                "Les cartes sont additionnées telles quelles. De quelle classe s’agit-il ? "
                "Les poids du classifieur le disent.",
            ),
        ),
        Mistake("scaled", (_cam_scaled,), SCALED),
        Mistake("enlarged", (lambda model, x, target: _enlarged(_cam(model, x, target)),), UPSCALED),
    ),
    right=((_cam_as_convolution,), (_cam_by_hooks,), (_cam_by_loops,)),
)


def _maps_and_slopes(model, x, target, score=score_of):
    """The last maps, and the gradient of the score in them."""
    maps = _maps(model, x).requires_grad_()
    scores = model.classifier(model.pool(maps))
    return maps.detach(), torch.autograd.grad(score(scores, target).sum(), maps)[0]


def _grad_cam_of(score=score_of):
    def grad_cam(model, x, target):
        maps, slopes = _maps_and_slopes(model, x, target, score)
        return _weighted(slopes.mean(dim=(2, 3)), maps).clamp(min=0)

    return grad_cam


def _grad_cam_by_hooks(model, x, target):
    kept = {}
    handles = [
        model.features.register_forward_hook(lambda module, inputs, y: kept.update(maps=y.detach().clone())),
        model.features.register_full_backward_hook(lambda module, dx, dy: kept.update(slopes=dy[0])),
    ]
    scores = model(x.clone().requires_grad_())
    scores[torch.arange(len(x)), target].sum().backward()
    for handle in handles:
        handle.remove()
    weights = kept["slopes"].mean(dim=(2, 3), keepdim=True)
    return nn.functional.relu((weights * kept["maps"]).sum(dim=1))


def _grad_cam_image_by_image(model, x, target):
    maps = []
    for n, c in enumerate(target.tolist()):
        one = model.features(x[n : n + 1]).detach().requires_grad_()
        model.classifier(model.pool(one))[0, c].backward()
        weights = one.grad[0].flatten(1).mean(dim=1)
        maps.append(torch.tensordot(weights, one[0].detach(), dims=1).clamp(min=0))
    return torch.stack(maps).numpy()


def _grad_cam_retained(model, x, target):
    maps = model.features(x.clone().requires_grad_())
    maps.retain_grad()
    model.classifier(model.pool(maps)).gather(1, target[:, None]).sum().backward()
    N, C, h, w = maps.shape
    weights = maps.grad.sum(dim=(2, 3)) / (h * w)
    return torch.relu(torch.bmm(weights[:, None], maps.detach().reshape(N, C, h * w))).reshape(N, h, w)


def _not_rectified(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return _weighted(slopes.mean(dim=(2, 3)), maps)


def _summed_slopes(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return _weighted(slopes.sum(dim=(2, 3)), maps).clamp(min=0)


def _place_by_place(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return (slopes * maps).sum(dim=1).clamp(min=0)


def _rectified_one_by_one(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return (slopes.mean(dim=(2, 3), keepdim=True) * maps).clamp(min=0).sum(dim=1)


def _magnitudes(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return _weighted(slopes.mean(dim=(2, 3)), maps).abs()


def _mean_of_maps(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return _weighted(maps.mean(dim=(2, 3)), slopes).clamp(min=0)


def _grad_cam_mean_over_maps(model, x, target):
    maps, slopes = _maps_and_slopes(model, x, target)
    return (slopes.mean(dim=(2, 3), keepdim=True) * maps).mean(dim=1).clamp(min=0)


def _grad_cam_scaled(model, x, target):
    maps = _grad_cam_of()(model, x, target)
    return maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=1e-12)


grad_cam = Exercise(
    name="grad_cam",
    reference=(_grad_cam_of(),),
    parts=(
        Part(NO_FEATURES, (Stage(linear_cases(head="mean"), 16, 6),)),
        Part(
            CONVOLUTIONAL,
            (Stage(network_cases(heads=("mean",)), 3, 3), Stage(network_cases(heads=("greatest",)), 4, 4)),
        ),
    ),
    observe=explained(),
    compare=NEARLY,
    rule=READY_MADE,
    picture=difference,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "not rectified",
            (_not_rectified,),
            Text(
                "The last step is missing: places that speak against the class are set to 0.",
                "Il manque la dernière étape : les endroits qui parlent contre la classe sont mis à 0.",
            ),
        ),
        Mistake(
            "summed slopes",
            (_summed_slopes,),
            Text(
                "The gradient in each map is summed up; its mean is the map's weight.",
                "Le gradient dans chaque carte est sommé ; c’est sa moyenne qui est le poids de la carte.",
            ),
        ),
        Mistake(
            "place by place",
            (_place_by_place,),
            Text(
                "Gradient and map are multiplied place by place. Average the gradient over each map first: "
                "one weight a map.",
                "Gradient et carte sont multipliés endroit par endroit. Faites d’abord la moyenne du gradient sur "
                "chaque carte : un poids par carte.",
            ),
        ),
        Mistake(
            "rectified one by one",
            (_rectified_one_by_one,),
            Text(
                "Each weighted map is rectified before they are added. "
                "Then nothing can speak against what speaks for the class: add first, rectify the sum.",
                "Chaque carte pondérée est rectifiée avant l’addition. Plus rien ne peut alors contredire ce qui parle "
                "pour la classe : additionnez d’abord, rectifiez la somme.",
            ),
        ),
        Mistake(
            "magnitudes",
            (_magnitudes,),
            Text(
                "What speaks against the class is counted as if it spoke for it: cut it off at 0 instead of taking "
                "the magnitude.",
                "Ce qui parle contre la classe est compté comme si cela parlait pour elle : coupez à 0 au lieu de "
                "prendre la valeur absolue.",
            ),
        ),
        Mistake(
            "maps averaged, not slopes",
            (_mean_of_maps,),
            Text(
                "The maps are averaged and the gradients weighted by them. It is the other way round: "
                "averages of the gradient weight the maps.",
                "Les cartes sont moyennées et pondèrent les gradients. C’est l’inverse : "
                "les moyennes du gradient pondèrent les cartes.",
            ),
        ),
        Mistake(
            "mean of the maps",
            (_grad_cam_mean_over_maps,),
            Text(
                "The weighted maps are averaged. Add them up.",
                "Les cartes pondérées sont moyennées. Additionnez-les.",
            ),
        ),
        Mistake("best class", (_grad_cam_of(lambda scores, target: scores.amax(dim=1)),), ANOTHER_CLASS),
        Mistake("all classes", (_grad_cam_of(lambda scores, target: scores),), ALL_CLASSES),
        Mistake("mixed targets", (_grad_cam_of(lambda scores, target: scores[:, target]),), MIXED_TARGETS),
        Mistake(
            "probability",
            (_grad_cam_of(lambda scores, target: score_of(scores.softmax(dim=1), target)),),
            PROBABILITIES,
        ),
        Mistake("scaled", (_grad_cam_scaled,), SCALED),
        Mistake("enlarged", (lambda model, x, target: _enlarged(_grad_cam_of()(model, x, target)),), UPSCALED),
    ),
    right=((_grad_cam_by_hooks,), (_grad_cam_image_by_image,), (_grad_cam_retained,)),
)

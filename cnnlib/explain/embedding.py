"""Where a network sees its images: what its last linear layer is given, drawn in a plane."""

import numpy as np
import torch
from torch import Tensor, nn

from cnnlib.explain._model import Images, as_images, at_rest
from cnnlib.ops._arguments import generator, whole

_BATCH = 256


def embedding(model: nn.Module, x: Images) -> Tensor:
    """The features (N, D) that the model's last linear layer is given for x (N, C, H, W)."""
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not linears:
        raise ValueError("embedding: the model has no Linear; activations(model, x, layer) gives any layer's")
    given: list[Tensor] = []
    with at_rest(model), torch.no_grad():
        handle = linears[-1].register_forward_pre_hook(lambda _module, inputs: given.append(inputs[0].clone()))
        try:
            for batch in as_images("embedding", x).detach().split(_BATCH):
                model(batch.clone())
        finally:
            handle.remove()
    if sum(map(len, given)) != len(x):
        raise ValueError(f"embedding: the last Linear was given {sum(map(len, given))} rows for {len(x)} images")
    return torch.cat(given)


def pca(features: Tensor, dimensions: int = 2) -> Tensor:
    """The features (N, D) along the directions in which they vary most, (N, dimensions).

    A direction and its opposite do as well: the one whose largest entry is positive is taken.
    """
    whole("pca", "dimensions", dimensions, least=1)
    if features.ndim != 2 or dimensions > min(features.shape):
        raise ValueError(f"pca: features is {tuple(features.shape)}; (N, D), both {dimensions} or more, fits")
    centred = features.detach() - features.detach().mean(dim=0)
    directions = torch.linalg.svd(centred, full_matrices=False).Vh[:dimensions]
    largest = directions.gather(1, directions.abs().argmax(dim=1, keepdim=True))
    return centred @ (directions * largest.sign()).T


def tsne(features: Tensor, *, rng: np.random.Generator, perplexity: float = 30.0) -> Tensor:
    """The features (N, D) in a plane (N, 2), neighbours kept near; distances between groups mean little."""
    from sklearn.manifold import TSNE

    seed = int(generator("tsne", rng).integers(2**31))
    if not 0 < perplexity < len(features):
        raise ValueError(f"tsne: perplexity is {perplexity}; less than the {len(features)} points fits")
    plane = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(features.detach().cpu().numpy())
    return torch.from_numpy(plane).to(features)

"""What a layer gives for given images."""

import torch
from torch import Tensor, nn

from cnnlib.explain._model import Images, Layer, as_images, at_rest, capture, find_layer

_BATCH = 256


def activations(model: nn.Module, x: Images, layer: Layer) -> Tensor:
    """What the layer gives for x (N, C, H, W), as it gives it: a ReLU that works in place after it changes nothing."""
    with at_rest(model), torch.no_grad():
        images = as_images("activations", x).detach()
        module = find_layer("activations", model, layer)
        parts = []
        for batch in images.split(_BATCH):
            with capture("activations", module) as outputs:
                model(batch.clone())
            parts.append(outputs.only("activations"))
        return torch.cat(parts).clone()

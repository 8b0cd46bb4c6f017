"""The filters of a convolution, as they can be looked at."""

from torch import Tensor, nn

from cnnlib.explain._model import Layer, find_layer


def filters(model: nn.Module, layer: Layer | None = None) -> Tensor:
    """A copy of the weights (K, C, h, w) of a convolution: the named one, or the model's first."""
    if layer is None:
        convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
        if not convolutions:
            raise ValueError("filters: the model has no Conv2d")
        return convolutions[0].weight.detach().clone()
    module = find_layer("filters", model, layer)
    if not isinstance(module, nn.Conv2d):
        raise TypeError(f"filters: the layer is a {type(module).__name__}; a Conv2d fits")
    return module.weight.detach().clone()

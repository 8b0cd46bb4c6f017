"""Seeing inside a network: any torch model and images (N, C, H, W) in, tensors out, the model left as it was.

For networks that read, `top_ngrams` takes sentences (N, L).
"""

from cnnlib.explain.activations import activations
from cnnlib.explain.cam import cam
from cnnlib.explain.deconvnet import Pooled, deconvnet, pool_with_switches, unpool
from cnnlib.explain.embedding import embedding, pca, tsne
from cnnlib.explain.field import field_of
from cnnlib.explain.filters import filters
from cnnlib.explain.grad_cam import enlarge, grad_cam, guided_grad_cam
from cnnlib.explain.gradient_ascent import Ascent, ascend
from cnnlib.explain.guided_backprop import guided_backprop
from cnnlib.explain.occlusion import occlusion
from cnnlib.explain.saliency import image_gradient, saliency
from cnnlib.explain.top_ngrams import Ngram, top_ngrams
from cnnlib.explain.top_patches import Patches, top_patches

__all__ = [
    "Ascent",
    "Ngram",
    "Patches",
    "Pooled",
    "activations",
    "ascend",
    "cam",
    "deconvnet",
    "embedding",
    "enlarge",
    "field_of",
    "filters",
    "grad_cam",
    "guided_backprop",
    "guided_grad_cam",
    "image_gradient",
    "occlusion",
    "pca",
    "pool_with_switches",
    "saliency",
    "top_ngrams",
    "top_patches",
    "tsne",
    "unpool",
]

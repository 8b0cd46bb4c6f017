"""A small sequential network, and its training, in numpy."""

from cnnlib.network.autoencoder import fit_autoencoder
from cnnlib.network.layers import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Function,
    GlobalAvgPool2d,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
)
from cnnlib.network.sequential import Network
from cnnlib.network.training import Curves, accuracy, fit, predict

__all__ = [
    "BatchNorm2d",
    "Conv2d",
    "Curves",
    "Dropout",
    "Flatten",
    "Function",
    "GlobalAvgPool2d",
    "Layer",
    "Linear",
    "MaxPool2d",
    "Network",
    "ReLU",
    "accuracy",
    "fit",
    "fit_autoencoder",
    "predict",
]

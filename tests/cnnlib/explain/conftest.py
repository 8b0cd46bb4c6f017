"""Small networks that explanations are tried on, with weights and running statistics that say something."""

import pytest
import torch
from torch import nn
from torch.nn import functional


class Residual(nn.Module):
    """A block of two convolutions beside a shortcut, with one ReLU in place that runs twice."""

    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Conv2d(channels, width, 1, stride=stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.shortcut(x)
        return self.relu(y)


class Functional(nn.Module):
    """ReLU, pooling and global average as functions, which no hook on a module sees, but for a place to look at."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.maps = nn.Identity()
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = self.maps(self.conv2(x).relu_())
        return self.head(x.mean((2, 3)))


def plain():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    )


def normalised():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.AvgPool2d(2),
        nn.Dropout(0.5),
        nn.Conv2d(4, 6, 3, stride=2, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    )


def residual():
    return nn.Sequential(
        Residual(2, 4, 1),
        nn.MaxPool2d(2),
        Residual(4, 6, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    )


def shared():
    """One ReLU and one convolution that stand in it twice."""
    relu, convolution = nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3),
        relu,
        convolution,
        relu,
        convolution,
        nn.Conv2d(4, 5, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(5, 3),
    )


def double():
    return normalised().double()


MODELS = {
    "plain": plain,
    "normalised": normalised,
    "residual": residual,
    "functional": Functional,
    "shared": shared,
    "float64": double,
}


def build(name, seed=0):
    """A model in evaluation, its weights and what batch normalisation has gathered drawn anew."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = MODELS[name]()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.data.uniform_(0.5, 2)
    return model.eval()


@pytest.fixture(params=MODELS)
def model(request):
    return build(request.param)


@pytest.fixture
def make():
    return build


@pytest.fixture
def images():
    """Three images (N, C, H, W), neither square nor as many as channels, for a model of any dtype."""

    def draw(model=None, *, shape=(3, 2, 10, 12), seed=1):
        dtype = torch.float32 if model is None else next(model.parameters()).dtype
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)

    return draw

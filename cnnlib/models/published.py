"""What the architectures reached on ImageNet, and when: one point each for accuracy against cost.

Cited, not measured here: the first weights that torchvision published, one centre crop of 224x224. Its networks were
trained after the papers, by one recipe for most, and so can be compared; papers' own figures cannot.
"""

from typing import NamedTuple


class Published(NamedTuple):
    """A network's year, that of its paper's first version, and the share of validation images it got right."""

    year: int
    top1: float  # per cent
    top5: float


PUBLISHED = {
    "alexnet": Published(2012, 56.522, 79.066),
    "vgg11": Published(2014, 69.020, 88.628),
    "vgg13": Published(2014, 69.928, 89.246),
    "vgg16": Published(2014, 71.592, 90.382),
    "vgg19": Published(2014, 72.376, 90.876),
    "vgg16_bn": Published(2015, 73.360, 91.516),
    "googlenet": Published(2014, 69.778, 89.530),
    "resnet18": Published(2015, 69.758, 89.078),
    "resnet34": Published(2015, 73.314, 91.420),
    "resnet50": Published(2015, 76.130, 92.862),
    "resnet101": Published(2015, 77.374, 93.546),
    "resnet152": Published(2015, 78.312, 94.046),
    "wide_resnet50_2": Published(2016, 78.468, 94.086),
    "wide_resnet101_2": Published(2016, 78.848, 94.284),
    "densenet121": Published(2016, 74.434, 91.972),
}

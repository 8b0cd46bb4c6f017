"""LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, figure 2), as it is built today.

    32x32      C1 6@5x5    S2 pool 2    C3 16@5x5    S4 pool 2    C5 120@5x5    F6 84    10

Today's C3 looks at all six maps, and S2 and S4 learn nothing: 61,706 parameters. In 1998 each map of C3 looked at
some of the six only, which left 60,000 to learn; its ten outputs were distances to fixed patterns.
"""

from collections import OrderedDict

from torch import nn


def lenet5(classes: int = 10, *, channels: int = 1) -> nn.Sequential:
    """LeNet-5 for images (N, channels, 32, 32): handwritten digits of 28x28, padded by 2."""
    return nn.Sequential(
        OrderedDict(
            c1=nn.Conv2d(channels, 6, kernel_size=5),
            tanh1=nn.Tanh(),
            s2=nn.AvgPool2d(2),
            c3=nn.Conv2d(6, 16, kernel_size=5),
            tanh3=nn.Tanh(),
            s4=nn.AvgPool2d(2),
            c5=nn.Conv2d(16, 120, kernel_size=5),
            tanh5=nn.Tanh(),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, 84),
            tanh6=nn.Tanh(),
            output=nn.Linear(84, classes),
        )
    )

"""AlexNet, twice: as the paper of 2012 has it, and as torchvision and its published weights have it."""

from collections import OrderedDict

from torch import Tensor, nn


def alexnet(classes: int = 1000) -> "AlexNet":
    """AlexNet as torchvision has it (Krizhevsky 2014, "One weird trick", section 5), for images (N, 3, 224, 224)."""
    return AlexNet(classes)


def alexnet_2012(classes: int = 1000, *, groups: int = 2) -> nn.Sequential:
    """AlexNet (Krizhevsky, Sutskever and Hinton 2012, section 3.5), for images (N, 3, 227, 227).

    Two graphics cards each held half of the filters and met at conv3: `groups=2`, 60,965,224 parameters.
    Most tables leave that out: `groups=1`, 62,378,344.
    """
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 96, kernel_size=11, stride=4),
            relu1=nn.ReLU(),
            norm1=local_response_norm(),
            pool1=nn.MaxPool2d(3, stride=2),
            conv2=nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=groups),
            relu2=nn.ReLU(),
            norm2=local_response_norm(),
            pool2=nn.MaxPool2d(3, stride=2),
            conv3=nn.Conv2d(256, 384, kernel_size=3, padding=1),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=groups),
            relu4=nn.ReLU(),
            conv5=nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=groups),
            relu5=nn.ReLU(),
            pool5=nn.MaxPool2d(3, stride=2),
            flatten=nn.Flatten(),
            fc6=nn.Linear(256 * 6 * 6, 4096),
            relu6=nn.ReLU(),
            drop6=nn.Dropout(0.5),
            fc7=nn.Linear(4096, 4096),
            relu7=nn.ReLU(),
            drop7=nn.Dropout(0.5),
            fc8=nn.Linear(4096, classes),
        )
    )
    _initialise_2012(network)
    return network


class AlexNet(nn.Module):
    """The single-card AlexNet: fewer filters at first, no groups, no local response normalisation."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of images (N, 3, H, W)."""
        x = self.features(x)
        x = self.avgpool(x).flatten(1)  # (N, 256, 6, 6) -> (N, 9216)
        return self.classifier(x)


def local_response_norm() -> nn.LocalResponseNorm:
    """k = 2, n = 5, alpha = 1e-4, beta = 0.75 of section 3.3; torch divides alpha by n, the paper does not."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def _initialise_2012(network: nn.Sequential) -> None:
    """Section 5: small weights, and biases of 1 where they help the first ReLUs to fire."""
    for name, layer in network.named_children():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, float(name in ("conv2", "conv4", "conv5", "fc6", "fc7")))

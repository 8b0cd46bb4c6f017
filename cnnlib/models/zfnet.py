"""ZFNet (Zeiler and Fergus 2014, figure 3): AlexNet with a finer first layer, found by looking inside.

The paper does not spell its contrast normalisation out; here stands AlexNet's, across maps.
"""

from collections import OrderedDict

from torch import nn

from cnnlib.models.alexnet import local_response_norm


def zfnet(classes: int = 1000, *, wide: bool = False) -> nn.Sequential:
    """ZFNet for images (N, 3, 224, 224); `wide` has 512, 1024, 512 filters at the end, as the winner of 2013."""
    filters3, filters4, filters5 = (512, 1024, 512) if wide else (384, 384, 256)
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 96, kernel_size=7, stride=2, padding=1),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(3, stride=2, ceil_mode=True),
            norm1=local_response_norm(),
            conv2=nn.Conv2d(96, 256, kernel_size=5, stride=2),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(3, stride=2, ceil_mode=True),
            norm2=local_response_norm(),
            conv3=nn.Conv2d(256, filters3, kernel_size=3, padding=1),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(filters3, filters4, kernel_size=3, padding=1),
            relu4=nn.ReLU(),
            conv5=nn.Conv2d(filters4, filters5, kernel_size=3, padding=1),
            relu5=nn.ReLU(),
            pool5=nn.MaxPool2d(3, stride=2),
            flatten=nn.Flatten(),
            fc6=nn.Linear(filters5 * 6 * 6, 4096),
            relu6=nn.ReLU(),
            drop6=nn.Dropout(0.5),
            fc7=nn.Linear(4096, 4096),
            relu7=nn.ReLU(),
            drop7=nn.Dropout(0.5),
            fc8=nn.Linear(4096, classes),
        )
    )

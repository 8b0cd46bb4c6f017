"""Networks that have already learnt: two that come with the package, and some that torchvision publishes."""

import pickle
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import NamedTuple

import torch
from safetensors.torch import load
from torch import Tensor, nn

from cnnlib.data.download import fetch
from cnnlib.models.alexnet import alexnet
from cnnlib.models.glyph_reader import glyph_reader
from cnnlib.models.pixel_agent import PixelAgent
from cnnlib.models.resnet import resnet18, resnet50
from cnnlib.models.vgg import vgg16

# ImageNet's networks take photographs (N, 3, H, W) from 0 to 1, less this mean and over this deviation, by channel.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def pretrained(name: str, *, progress: bool = True) -> nn.Module:
    """A network with what it has learnt, ready to predict.

    "letters" is a `glyph_reader` of `cnnlib.data.LETTERS` on a cluttered canvas, "agent" a `PixelAgent` for
    `cnnlib.data.PixelWorlds`; the cards in `weights/` say how they were made. The others know ImageNet's 1,000 classes
    and are downloaded once, or else a DownloadError says what to do.
    """
    if name in _SHIPPED:
        stored = files("cnnlib.models.weights").joinpath(f"{name}.safetensors").read_bytes()
        return _filled(_SHIPPED[name], load(stored))
    if name in _DOWNLOADS:
        download = _DOWNLOADS[name]
        return _filled(download.build, _downloaded(download, progress=progress))
    raise ValueError(f"pretrained: name is {name!r}; {', '.join([*_SHIPPED, *_DOWNLOADS])} fit")


class _Download(NamedTuple):
    """A network, and the file with its parameters."""

    build: Callable[[], nn.Module]
    file: str
    checksum: str


_SHIPPED: dict[str, Callable[[], nn.Module]] = {"letters": glyph_reader, "agent": PixelAgent}
_MIRRORS = ("https://download.pytorch.org/models/",)
_DOWNLOADS = {
    "alexnet-imagenet": _Download(
        alexnet,
        "alexnet-owt-7be5be79.pth",
        "sha256:7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
    ),
    "vgg16-imagenet": _Download(
        vgg16,
        "vgg16-397923af.pth",
        "sha256:397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    ),
    "resnet18-imagenet": _Download(
        resnet18,
        "resnet18-f37072fd.pth",
        "sha256:f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
    ),
    "resnet50-imagenet": _Download(
        resnet50,
        "resnet50-0676ba61.pth",
        "sha256:0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
    ),
}


def _downloaded(download: _Download, *, progress: bool) -> Mapping[str, Tensor]:
    """The parameters in a published file; a pickle, but one that may hold tensors and nothing else."""
    path = fetch(
        [mirror + download.file for mirror in _MIRRORS],
        name=download.file,
        checksum=download.checksum,
        progress=progress,
    )
    try:
        weights: Mapping[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"pretrained: {download.file} holds more than tensors and was not opened") from error
    return weights


def _filled(build: Callable[[], nn.Module], weights: Mapping[str, Tensor]) -> nn.Module:
    """The network around these weights; none are drawn first, so that no random generator moves."""
    with torch.device("meta"):
        network = build()
    network.load_state_dict(dict(weights), assign=True)
    return network.eval()

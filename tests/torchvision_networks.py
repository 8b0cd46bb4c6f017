"""What torchvision's networks are called, how they are shaped, what they answer and how well: a file, and its making.

    pip download --no-deps -d FOLDER torchvision
    python tests/torchvision_networks.py FOLDER/torchvision-*.whl

The wheel is unpacked, not installed: beside a torch for processors alone its compiled operations cannot be loaded, and
its networks need none. So the packages around them are stood in for by empty ones, and only the networks are imported.
"""

import gzip
import importlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from math import prod
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

FILE = Path(__file__).parent / "cnnlib" / "models" / "torchvision_networks.json.gz"
NETWORKS = {  # by the file they stand in
    "alexnet": ["alexnet"],
    "vgg": [f"vgg{depth}{kind}" for depth in (11, 13, 16, 19) for kind in ("", "_bn")],
    "googlenet": ["googlenet"],
    "resnet": [*(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)), "wide_resnet50_2", "wide_resnet101_2"],
    "densenet": ["densenet121"],
}
ASKED = {"googlenet", "resnet18", "resnet50", "densenet121"}  # those with branches, and few enough parameters


def load() -> dict[str, dict]:
    """By the network's name: state (names and shapes), parameters, top1, top5, and the answer of those asked."""
    return json.loads(gzip.decompress(FILE.read_bytes()))["networks"]


def answer(network: nn.Module) -> list[float]:
    """Its first scores for a drawn image, with every parameter set by a formula."""
    network.to(torch.float64).eval()
    with torch.no_grad():
        for place, (name, tensor) in enumerate(network.state_dict().items()):
            if tensor.is_floating_point():
                tensor.copy_(_waves(tensor.shape, place, least=0.5 if name.endswith("var") else None))
        x = _waves((1, 3, 48, 48), 0)
        return network(x)[0, :8].tolist()


def _waves(shape: Sequence[int], place: int, least: float | None = None) -> torch.Tensor:
    """Numbers between -1 and 1, made smaller by the number of inputs; or, above `least`, as a variance must be."""
    waves = torch.sin(torch.arange(prod(shape), dtype=torch.float64) * 0.7 + place).reshape(shape)
    return least + 0.5 + 0.5 * waves if least is not None else waves * (2 / max(prod(shape[1:]), 1)) ** 0.5


def described(module: ModuleType, name: str) -> dict:
    """A network's names with shapes, and what its first published weights reached on ImageNet."""
    options = {"init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        network = getattr(module, name)(**options)
    (weights,) = (w for w in module.__dict__.values() if getattr(w, "__name__", "").lower() == f"{name}_weights")
    meta = weights.IMAGENET1K_V1.meta
    found = {
        "state": {key: list(tensor.shape) for key, tensor in network.state_dict().items()},
        "parameters": meta["num_params"],
        "giga_multiplications": meta["_ops"],
        "top1": meta["_metrics"]["ImageNet-1K"]["acc@1"],
        "top5": meta["_metrics"]["ImageNet-1K"]["acc@5"],
    }
    return found | ({"answer": answer(getattr(module, name)(**options))} if name in ASKED else {})


def main(wheel: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        for package in ("torchvision", "torchvision.models"):
            stand_in = ModuleType(package)
            stand_in.__path__ = [str(Path(folder, *package.split(".")))]
            sys.modules[package] = stand_in
        networks = {
            name: described(importlib.import_module(f"torchvision.models.{file}"), name)
            for file, names in NETWORKS.items()
            for name in names
        }
    version = wheel.name.split("-")[1]
    text = json.dumps({"torchvision": version, "networks": networks}, sort_keys=True)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

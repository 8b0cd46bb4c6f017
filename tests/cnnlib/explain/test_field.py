"""Where a layer's values look: against what changes when the image does, and against the arithmetic."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnlib import models
from cnnlib.explain import field_of, top_patches
from cnnlib.geometry import Field


class Inception(nn.Module):
    """Branches of different reach, side by side."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(2, 2, 1)
        self.three = nn.Conv2d(2, 2, (3, 1), padding=(1, 0))
        self.five = nn.Conv2d(2, 2, 5, padding="same")
        self.end = nn.Identity()

    def forward(self, x):
        return self.end(torch.cat([self.one(x), self.three(x), self.five(x)], dim=1))


class Gated(nn.Module):
    """Each map times a number that the whole image decides."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(2, 2, 3)
        self.end = nn.Identity()

    def forward(self, x):
        maps = self.convolution(x)
        return self.end(maps * functional.adaptive_avg_pool2d(maps, 1).sigmoid())


def in_a_row(*layers):
    return lambda: nn.Sequential(*layers)


NETWORKS = {
    "convolutions": (in_a_row(nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 5, stride=2)), "2"),
    "oblong": (in_a_row(nn.Conv2d(2, 3, (3, 2), stride=(1, 3), padding=(2, 0)), nn.ReLU()), "1"),
    "dilated": (
        in_a_row(nn.Conv2d(2, 3, 3, dilation=(1, 2)), nn.Conv2d(3, 2, 3, padding="same", dilation=2)),
        "1",
    ),
    "max": (in_a_row(nn.MaxPool2d(3, 2, padding=1), nn.Conv2d(2, 2, 3), nn.MaxPool2d(2)), "2"),
    "average": (in_a_row(nn.AvgPool2d(3, 1, padding=1), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 3, 2)), "2"),
    "inception": (Inception, "end"),
    "gated": (Gated, "end"),
    "all": (in_a_row(nn.Conv2d(2, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2)), "1"),
    "upwards": (in_a_row(nn.Conv2d(2, 2, 3), nn.ConvTranspose2d(2, 2, 3, padding=1)), "1"),
}
SEE_LESS_THAN_CLAIMED = {"upwards"}


def measured(model, layer, shape, row, column):
    """The rows and the columns of the image in which a change reaches one place of the layer."""
    given = []
    handle = dict(model.named_modules())[layer].register_forward_hook(
        lambda _m, _x, y: given.append(y[0, :, row, column])
    )
    image = torch.zeros(1, *shape, dtype=torch.float64)
    with torch.no_grad():
        model(image)
        spans = []
        for axis in (2, 3):
            seen = []
            for place in range(image.shape[axis]):
                changed = image.clone()
                changed.select(axis, place).fill_(1)
                model(changed)
                if not torch.equal(given[-1], given[0]):
                    seen.append(place)
            spans.append((min(seen), max(seen) + 1))
    handle.remove()
    return spans


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_where_a_change_is_felt(name):
    build, layer = NETWORKS[name]
    torch.manual_seed(0)
    model = build().double().eval()
    for parameter in model.parameters():
        parameter.data.uniform_(0.1, 1)  # positive: no ReLU hides anything, and no maximum stays
    H, W = 25, 27
    fields = field_of(model, torch.zeros(1, 2, H, W, dtype=torch.float64), layer)
    for row, column in [(0, 0)] if name == "all" else [(0, 0), (1, 2), (2, 2)]:
        spans = measured(model, layer, (2, H, W), row, column)
        for field, span, i, n in zip(fields, spans, (row, column), (H, W), strict=True):
            first, end = field.seen_by(i)
            assert max(first, 0) <= span[0]
            assert span[1] <= min(end, n)
            in_the_middle = first >= 0 and end <= n  # near a border, padding between the layers takes some of it
            if in_the_middle and name not in SEE_LESS_THAN_CLAIMED:
                assert (first, end) == span


def test_residual_branches(make, images):
    model = make("residual")
    assert field_of(model, images(), "0") == (Field(5, 1, -2), Field(5, 1, -2))
    assert field_of(model, images(), "1") == (Field(6, 2, -2), Field(6, 2, -2))
    assert field_of(model, images(), "2") == (Field(18, 4, -8), Field(18, 4, -8))


def test_functions_are_seen(make, images):
    assert field_of(make("functional"), images(), "maps") == (Field(8, 2, -1), Field(8, 2, -1))


def test_a_layer_that_does_not_see_the_image_is_refused(images):
    class Apart(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, x):
            self.layer(torch.zeros(1, 2))
            return x.mean((2, 3))

    with pytest.raises(ValueError, match="field_of: the layer does not see x"):
        field_of(Apart(), images(), "layer")


def test_patches_reach_past_the_border():
    model = nn.Conv2d(1, 1, 5, stride=2, padding=2)
    model.weight.data.fill_(1)
    x = torch.zeros(1, 1, 6, 6)
    x[0, 0, 0, 5] = 1
    x[0, 0, 1, 5] = 3
    found = top_patches(nn.Sequential(model), x, "0", 0, count=1)
    assert found.boxes.tolist() == [[-2, 2, 3, 7]]
    expected = torch.zeros(5, 5)
    expected[2, 3], expected[3, 3] = 1, 3
    assert torch.equal(found.patches[0, 0], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("0", 0, 4), "count is 4 but x has 3 images; each gives one patch"),
        (("0", 4, 1), "unit is 4; 0 to 3 fit"),
        (("7", 0, 1), r"the layer gives \(3, 3\); maps \(N, C, h, w\) fit"),
        (("9", 0, 1), r"activations: layer is '9'; the model has 0, 1, 2, 3, 4, 5, 6, 7"),
    ],
)
def test_top_patches_refuses(make, images, arguments, message):
    layer, unit, count = arguments
    with pytest.raises(ValueError, match=message):
        top_patches(make("plain"), images(), layer, unit, count=count)


@pytest.mark.parametrize("name", ["vgg", "nin", "inception", "resnet", "preactivation_resnet", "densenet"])
def test_it_is_as_wide_as_the_ledger_says(name):
    """The ledger counts by watching torch's inner operations; this asks for functions: two ways to one number."""
    model = getattr(models, f"small_{name}")()
    in_ledger = [row.field for row in models.summary(model, (1, 32, 32)).rows if row.layer.startswith("features")]
    down, across = field_of(model, torch.zeros(1, 1, 32, 32), "features")
    assert (down.size, across.size) == in_ledger[-1]


def test_it_is_known_of_resnet18():
    field, _ = field_of(models.resnet18(), torch.zeros(1, 3, 32, 32), "layer4")
    assert field == Field(size=435, jump=32, start=-217)

"""The ledger: counts as geometry has them, fields as gradients show them, and the network left as it was."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib import draw, geometry, models
from cnnlib.models import summary


@pytest.fixture(autouse=True)
def english():
    draw.language("en")
    yield
    draw.language("en")


@st.composite
def layers(draw_):
    """Convolutions and poolings as (channels, filters, kernel, stride, dilation, groups), filters None for pooling."""
    chosen, channels = [], 4
    for _ in range(draw_(st.integers(1, 4))):
        kernel, stride, dilation = (draw_(st.integers(1, 3)) for _ in range(3))
        filters = draw_(st.sampled_from([None, 2, 4, 6]))
        groups = draw_(st.sampled_from([1, 2]))
        chosen.append((channels, filters, kernel, stride, dilation, groups))
        channels = filters or channels
    return chosen


def built(chosen):
    made = [
        nn.MaxPool2d(kernel, stride=stride, dilation=dilation)
        if filters is None
        else nn.Conv2d(channels, filters, kernel, stride=stride, dilation=dilation, groups=groups)
        for channels, filters, kernel, stride, dilation, groups in chosen
    ]
    return nn.Sequential(*made)


@settings(deadline=None, max_examples=40)
@given(layers())
def test_agrees_with_geometry(chosen):
    with torch.device("meta"):
        ledger = summary(built(chosen), (4, 150, 170))
    sizes = (150, 170)
    for place, (row, (channels, filters, kernel, stride, dilation, groups)) in enumerate(
        zip(ledger.rows, chosen, strict=True)
    ):
        sizes = tuple(geometry.output_size(n, kernel, stride=stride, dilation=dilation) for n in sizes)
        assert row.output == (filters or channels, *sizes)
        field = geometry.receptive_field([(k, s, d) for _, _, k, s, d, _ in chosen[: place + 1]])
        assert row.field == (field, field)
        if filters is None:
            assert (row.parameters, row.multiplications) == (0, 0)
            continue
        assert row.kernel == (kernel, kernel)
        assert row.stride == (stride, stride)
        assert row.parameters == geometry.conv2d_parameters(channels, filters, kernel, groups=groups)
        assert row.multiplications == geometry.conv2d_multiplications(channels, filters, kernel, sizes, groups=groups)


class Branches(nn.Module):
    """A long path and a short one, added; what the layers between see differs along the two axes."""

    def __init__(self):
        super().__init__()
        self.long = nn.Sequential(nn.Conv2d(1, 2, (3, 5), padding=(1, 2)), nn.Conv2d(2, 2, 3, padding=1))
        self.short = nn.Conv2d(1, 2, (1, 3), padding=(0, 1))

    def forward(self, x):
        return self.long(x) + self.short(x)


class Functional(nn.Module):
    """Layers that are called as functions, and flattening by a method."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.fc = nn.Linear(3 * 3 * 3, 5)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc(x.view(x.size(0), -1))


def seen(network, size):
    """How high and wide an area of the input one value in the middle of the output depends on, by its gradient."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    x = torch.ones(1, *size, dtype=torch.float64, requires_grad=True)
    y = network.double().eval()(x)
    H, W = y.shape[2:]
    widest = (0, 0)
    for row in (H // 2, H // 2 + 1):  # neighbours differ where a transposed convolution has its seams
        for column in (W // 2, W // 2 + 1):
            (gradient,) = torch.autograd.grad(y[0, :, row, column].sum(), x, retain_graph=True)
            touched = gradient[0, 0] != 0
            spans = (np.ptp(np.flatnonzero(touched.any(dim=axis))) + 1 for axis in (1, 0))
            widest = tuple(map(max, widest, spans))
    return widest


@pytest.mark.parametrize(
    "network",
    [
        Branches(),
        models.Inception(1, 2, 2, 2, 2, 2, 2),
        nn.Sequential(models.BasicBlock(1, 2), models.BasicBlock(2, 4, stride=2), models.BasicBlock(4, 4)),
        nn.Sequential(models.PreactivationBlock(1, 2, stride=2), models.PreactivationBlock(2, 2)),
        models.dense_block(2, 1, 2),
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.AvgPool2d(3, 2), nn.Conv2d(2, 2, (3, 1)), nn.AvgPool2d(2), nn.ReLU()),
        nn.Sequential(nn.Conv2d(1, 1, 3, dilation=2), nn.ConvTranspose2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 3)),
        nn.Sequential(nn.Conv2d(1, 1, 3), nn.Upsample(scale_factor=2), nn.AvgPool2d(3, stride=1)),
        nn.Sequential(nn.Conv2d(1, 4, 3), nn.PixelShuffle(2), nn.ZeroPad2d(1), nn.LocalResponseNorm(3)),
    ],
    ids=lambda network: type(network).__name__,
)
def test_the_field_is_what_gradients_show(network):
    ledger = summary(network, (1, 64, 60))
    assert ledger.rows[-1].field == seen(network, (1, 64, 60))


def test_where_paths_meet_the_field_is_the_largest_of_any():
    ledger = summary(Branches(), (1, 20, 20))
    assert [(row.layer, row.kind, row.field) for row in ledger.rows] == [
        ("long.0", "Conv2d", (3, 5)),
        ("long.1", "Conv2d", (5, 7)),
        ("short", "Conv2d", (1, 3)),
        ("add", "add", (5, 7)),
    ]


def test_a_fully_connected_layer_sees_all_places():
    ledger = summary(Functional(), (1, 9, 9))
    assert [(row.layer, row.kernel, row.field) for row in ledger.rows] == [
        ("conv", (3, 3), (3, 3)),
        ("max_pool2d", (2, 2), (4, 4)),
        ("fc", None, (8, 8)),
    ]
    assert ledger.multiplications == 3 * 9 * 7 * 7 + 27 * 5


def test_a_mean_over_the_map_sees_all_of_it():
    head = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))
    assert [row.field for row in summary(head, (1, 11, 7)).rows] == [(3, 3), (11, 7), (11, 7), (11, 7)]


def test_reads_texts_and_sounds():
    words = nn.Sequential(nn.Embedding(10, 4), Transposed(), nn.Conv1d(4, 6, 3), nn.AdaptiveMaxPool1d(1))
    ledger = summary(words, (7,), dtype=torch.long)
    assert [(row.output, row.field) for row in ledger.rows] == [
        ((7, 4), (1,)),
        ((4, 7), (1,)),
        ((6, 5), (3,)),
        ((6, 1), (7,)),
    ]


class Transposed(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


class Detector(nn.Module):
    """Gives what detectors give: a dict of tensors, from a layer that gives a tuple."""

    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(2, 1, 1))
        self.pool = nn.MaxPool2d(2, return_indices=True)

    def forward(self, x):
        values, where = self.pool(x)
        return {"values": values + self.bias, "where": where}


def test_takes_the_first_tensor_of_whatever_comes_out():
    ledger = summary(Detector(), (2, 8, 8))
    assert [(row.kind, row.output, row.field) for row in ledger.rows] == [
        ("MaxPool2d", (2, 4, 4), (2, 2)),
        ("Detector", (2, 4, 4), (2, 2)),
    ]


class TwoWindows(nn.Module):
    """Made of no other modules, and pools twice."""

    def forward(self, x):
        return nn.functional.avg_pool2d(nn.functional.max_pool2d(x, 2), 3, stride=1)


def test_a_layer_of_two_windows_names_neither():
    (row,) = summary(nn.Sequential(TwoWindows()), (1, 12, 12)).rows
    assert (row.kernel, row.stride, row.field) == (None, None, (6, 6))


def test_names_kernels_and_strides_by_axis():
    ledger = summary(nn.Sequential(nn.Conv2d(1, 2, (3, 5), stride=(1, 2))), (1, 9, 9))
    assert ledger["0"].kernel == (3, 5)
    assert ledger["0"].stride == (1, 2)
    assert "3×5" in str(ledger)


def test_a_layer_that_serves_twice_is_counted_once():
    shared = nn.Conv2d(2, 2, 1)
    ledger = summary(nn.Sequential(shared, nn.ReLU(), shared), (2, 4, 4))
    assert [row.parameters for row in ledger.rows] == [6, 0, 0]
    assert [row.multiplications for row in ledger.rows] == [64, 0, 64]
    assert ledger.parameters == 6


class Scaled(nn.Module):
    """A module that learns something itself and holds another."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2, 1, 1))
        self.conv = nn.Conv2d(1, 2, 1)

    def forward(self, x):
        return self.conv(x) * self.scale


def test_what_a_module_learns_beside_its_layers_has_a_row():
    ledger = summary(nn.Sequential(Scaled()), (1, 4, 4))
    assert [(row.layer, row.kind, row.parameters) for row in ledger.rows] == [
        ("0.conv", "Conv2d", 4),
        ("0", "Scaled", 2),
    ]


def test_tells_which_parts_did_not_run():
    with torch.device("meta"):
        ledger = summary(models.googlenet_2014(), (3, 224, 224))
    assert ledger.idle == {"aux1": 3_188_840, "aux2": 3_190_888}
    assert ledger.parameters == 13_378_280
    assert str(ledger).endswith("Not run: aux1 (3,188,840), aux2 (3,190,888).")


def test_gathers_layers_by_their_names():
    with torch.device("meta"):
        network = models.resnet50()
        whole, ledger = summary(network, (3, 224, 224)), summary(network, (3, 224, 224), depth=1)
    assert [row.layer for row in ledger.rows] == [
        *("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "fc"),
    ]
    assert ledger["conv1"] == whole["conv1"]
    assert ledger["layer4"].kind == "Sequential"
    assert ledger["layer4"].output == (2048, 7, 7)
    assert ledger["layer4"].field == whole["layer4.2.add"].field == (427, 427)
    assert ledger["layer4"].kernel is None
    assert (ledger.parameters, ledger.multiplications) == (whole.parameters, whole.multiplications)


def test_one_window_in_a_group_is_the_groups():
    with torch.device("meta"):
        ledger = summary(models.googlenet(), (3, 224, 224), depth=1)
    assert (ledger["conv1"].kind, ledger["conv1"].kernel, ledger["conv1"].stride) == ("NormalisedConv", (7, 7), (2, 2))
    assert ledger["inception3a"].kernel is None


def test_leaves_the_network_as_it_was():
    torch.manual_seed(0)
    network = nn.Sequential(models.small_resnet(), nn.Dropout(0.5)).train()
    network[0].features[1].eval()
    network(torch.randn(4, 1, 8, 8)).sum().backward()
    modes = [module.training for module in network.modules()]
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    gradients = [parameter.grad.clone() for parameter in network.parameters()]
    random_state = torch.get_rng_state()
    summary(network, (1, 8, 8))
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(tensor, state[name]) for name, tensor in network.state_dict().items())
    assert all(torch.equal(p.grad, before) for p, before in zip(network.parameters(), gradients, strict=True))
    assert torch.equal(torch.get_rng_state(), random_state)
    assert not hooks(network)
    assert torch.is_grad_enabled()


def test_also_where_the_network_fails():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Linear(7, 2)).train()
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        summary(network, (1, 8, 8))
    assert all(module.training for module in network.modules())
    assert not hooks(network)


def hooks(network):
    return [hook for module in network.modules() for hook in (*module._forward_hooks, *module._forward_pre_hooks)]


def test_says_the_same_on_every_device():
    real = summary(models.small_inception(3, 5), (3, 16, 16))
    with torch.device("meta"):
        assert summary(models.small_inception(3, 5), (3, 16, 16)) == real


def test_works_in_half_and_double_precision():
    network = nn.Sequential(nn.Conv2d(1, 2, 3))
    assert summary(network.double(), (1, 8, 8)) == summary(network.bfloat16(), (1, 8, 8))


def test_prints_a_table():
    network = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 10))
    assert str(summary(network, (1, 4, 4))) == "\n".join(
        [
            "Sequential, 1×4×4",
            "────────────────────────────────────────────────────────────────────────────────────",
            "layer  kind     output  kernel  stride  parameters  multiplications  receptive field",
            "────────────────────────────────────────────────────────────────────────────────────",
            "0      Conv2d    8×2×2       3       1          80              288                3",
            "1      ReLU      8×2×2                           –                –                3",
            "2      Flatten      32                           –                –                3",
            "3      Linear       10                         330              320                4",
            "────────────────────────────────────────────────────────────────────────────────────",
            "total                                          410              608",
        ]
    )


def test_shows_a_table_that_takes_the_notebooks_colours():
    shown = summary(models.small_vgg(), (1, 8, 8))._repr_html_()
    assert shown.count("<tr>") == 2 + len(summary(models.small_vgg(), (1, 8, 8)).rows)
    assert "color:inherit" in shown
    assert "#" not in shown
    assert '<td style="padding:0.15em 0.7em;border:0;background:none;color:inherit' in shown
    assert ">72,890<" in shown


def test_escapes_names():
    module = nn.Sequential()
    module.add_module("<b>", nn.ReLU())
    assert "&lt;b&gt;" in summary(module, (1, 2, 2))._repr_html_()


def test_importing_the_networks_loads_no_pyplot_and_no_autograder():
    program = "import cnnlib.models, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert {"torch", "cnnlib.models"} <= loaded
    assert not {"matplotlib.pyplot", "IPython", "autograder", "torchvision"} & loaded


def test_speaks_french():
    ledger = summary(models.lenet5(), (1, 32, 32))
    draw.language("fr")
    assert "couche" in str(ledger)
    assert "61\u202f706" in str(ledger)


def test_refuses_in_the_one_wording():
    network = nn.Conv2d(1, 1, 1)
    with pytest.raises(ValueError, match=r"summary: input_size is 0; 1 or more fits"):
        summary(network, (1, 0, 4))
    with pytest.raises(ValueError, match=r"summary: depth is 0; 1 or more fits"):
        summary(network, (1, 4, 4), depth=0)
    with pytest.raises(KeyError, match="summary: fc is no layer of Conv2d"):
        summary(network, (1, 4, 4))["fc"]

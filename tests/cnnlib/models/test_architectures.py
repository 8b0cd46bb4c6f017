"""Each architecture beside its paper's table, and the properties that its blocks promise."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from cnnlib import geometry, models
from cnnlib.models import summary
from cnnlib.models.alexnet import local_response_norm
from cnnlib.models.unet import crop

K = 1024  # GoogLeNet's table counts so


def without_storage(make, *args, **options):
    with torch.device("meta"):
        return make(*args, **options)


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def rows(ledger):
    """Layer, output and parameters of what papers list: convolutions, poolings, fully connected layers."""
    listed = [row for row in ledger.rows if row.parameters or "Pool" in row.kind]
    return [(row.layer, row.output, row.parameters) for row in listed]


def test_lenet5_is_what_is_built_today():
    assert rows(summary(models.lenet5(), (1, 32, 32))) == [
        ("c1", (6, 28, 28), 156),
        ("s2", (6, 14, 14), 0),
        ("c3", (16, 10, 10), 2_416),
        ("s4", (16, 5, 5), 0),
        ("c5", (120, 1, 1), 48_120),
        ("f6", (84,), 10_164),
        ("output", (10,), 850),
    ]


def test_lenet5_of_1998_has_sixty_thousand_parameters():
    ledger = summary(models.lenet5_1998(), (1, 32, 32), depth=1)
    assert rows(ledger) == [
        ("c1", (6, 28, 28), 156),
        ("s2", (6, 14, 14), 12),
        ("c3", (16, 10, 10), 1_516),
        ("s4", (16, 5, 5), 32),
        ("c5", (120, 1, 1), 48_120),
        ("f6", (84,), 10_164),
    ]
    assert ledger.parameters == 60_000
    assert ledger["output"].output == (10,)


def test_a_map_of_c3_looks_only_where_the_table_says():
    torch.manual_seed(0)
    c3 = models.lenet5_1998().c3
    x = torch.randn(1, 6, 5, 5, requires_grad=True)
    for place, maps in enumerate(c3.table):
        (gradient,) = torch.autograd.grad(c3(x)[0, place].sum(), x)
        assert tuple(gradient.abs().sum(dim=(0, 2, 3)).nonzero().flatten().tolist()) == maps


def test_the_pattern_itself_scores_best():
    output = models.lenet5_1998().output
    scores = output(output.centres)
    assert scores.diagonal().eq(0).all()
    assert scores.argmax(dim=1).tolist() == list(range(10))


def test_alexnet_of_2012_has_the_table_of_the_sources():
    ledger = summary(without_storage(models.alexnet_2012, groups=1), (3, 227, 227))
    assert rows(ledger) == [
        ("conv1", (96, 55, 55), 34_944),
        ("pool1", (96, 27, 27), 0),
        ("conv2", (256, 27, 27), 614_656),
        ("pool2", (256, 13, 13), 0),
        ("conv3", (384, 13, 13), 885_120),
        ("conv4", (384, 13, 13), 1_327_488),
        ("conv5", (256, 13, 13), 884_992),
        ("pool5", (256, 6, 6), 0),
        ("fc6", (4096,), 37_752_832),
        ("fc7", (4096,), 16_781_312),
        ("fc8", (1000,), 4_097_000),
    ]
    assert ledger.parameters == 62_378_344


def test_two_cards_halve_three_of_alexnets_convolutions():
    two = summary(without_storage(models.alexnet_2012), (3, 227, 227))
    one = summary(without_storage(models.alexnet_2012, groups=1), (3, 227, 227))
    assert two.parameters == 60_965_224
    halved = [
        a.layer for a, b in zip(two.rows, one.rows, strict=True) if 2 * a.multiplications == b.multiplications > 0
    ]
    assert halved == ["conv2", "conv4", "conv5"]


def test_alexnet_starts_with_biases_that_let_relus_fire():
    torch.manual_seed(0)
    network = models.alexnet_2012(classes=2)
    ones = [
        name
        for name, layer in network.named_children()
        if getattr(layer, "bias", None) is not None and layer.bias.any()
    ]
    assert ones == ["conv2", "conv4", "conv5", "fc6", "fc7"]
    assert network.conv3.weight.std().item() == pytest.approx(0.01, rel=0.01)


def test_response_normalisation_divides_as_the_paper_does():
    x = torch.randn(1, 8, 1, 1, dtype=torch.float64)
    y = local_response_norm()(x)
    squares = x.square()[0, 1:6].sum()  # around channel 3, two on each side
    assert y[0, 3] == pytest.approx(x[0, 3] / (2 + 1e-4 * squares) ** 0.75)


def test_zfnet_has_the_sizes_of_figure_3():
    ledger = summary(without_storage(models.zfnet), (3, 224, 224))
    assert [(layer, output) for layer, output, _ in rows(ledger)] == [
        ("conv1", (96, 110, 110)),
        ("pool1", (96, 55, 55)),
        ("conv2", (256, 26, 26)),
        ("pool2", (256, 13, 13)),
        ("conv3", (384, 13, 13)),
        ("conv4", (384, 13, 13)),
        ("conv5", (256, 13, 13)),
        ("pool5", (256, 6, 6)),
        ("fc6", (4096,)),
        ("fc7", (4096,)),
        ("fc8", (1000,)),
    ]
    assert ledger.parameters == 62_357_608
    wide = summary(without_storage(models.zfnet, wide=True), (3, 224, 224))
    assert [wide[name].output[0] for name in ("conv3", "conv4", "conv5")] == [512, 1024, 512]


def test_vgg16_has_the_table_of_the_sources_without_its_phantom():
    ledger = summary(without_storage(models.vgg16), (3, 224, 224))
    weighted = [row.parameters for row in ledger.rows if row.parameters]
    convolutions = [1_792, 36_928, 73_856, 147_584, 295_168, 590_080, 590_080, 1_180_160, *[2_359_808] * 5]
    assert weighted == [*convolutions, 102_764_544, 16_781_312, 4_097_000]
    assert sum(weighted) == 138_357_544 == 138_423_208 - 65_664


@pytest.mark.parametrize("layers", [11, 13, 16, 19])
def test_vgg_is_named_for_its_layers_with_weights(layers):
    network = without_storage(getattr(models, f"vgg{layers}"))
    kinds = [type(module) for module in network.modules()]
    assert (kinds.count(nn.Conv2d), kinds.count(nn.Linear), kinds.count(nn.MaxPool2d)) == (layers - 3, 3, 5)


def test_network_in_network_has_a_head_that_learns_nothing():
    network = without_storage(models.network_in_network)
    ledger = summary(network, (3, 32, 32), depth=1)
    assert [(row.layer, row.output) for row in ledger.rows if "drop" not in row.layer] == [
        ("mlpconv1", (96, 32, 32)),
        ("pool1", (96, 16, 16)),
        ("mlpconv2", (192, 16, 16)),
        ("pool2", (192, 8, 8)),
        ("mlpconv3", (10, 8, 8)),
        ("head", (10,)),
    ]
    assert ledger.parameters == 966_986
    assert ledger["head"].parameters == 0


def test_googlenet_of_2014_costs_what_its_table_says_or_the_correction():
    network = without_storage(models.googlenet_2014)
    ledger = summary(network, (3, 224, 224), depth=1)
    modules = [row for row in ledger.rows if row.kind == "Inception"]
    outputs = [
        (256, 28, 28),
        (480, 28, 28),
        *[(512, 14, 14)] * 3,
        (528, 14, 14),
        (832, 14, 14),
        (832, 7, 7),
        (1024, 7, 7),
    ]
    assert [row.output for row in modules] == outputs
    costs = [128.0, 304.3, 73.6, 87.9, 99.9, 118.5, 170.0, 51.1, 70.7]
    assert [round(row.multiplications / 1e6, 1) for row in modules] == costs
    weights = [
        round(sum(p.numel() for p in getattr(network, row.layer).parameters() if p.ndim > 1) / K, 1) for row in modules
    ]
    assert weights == [159.5, 379.0, 366.8, 438.0, 497.5, 590.5, 847.0, 1018.0, 1409.0]
    assert round((ledger["conv2"].multiplications + ledger["conv3"].multiplications) / 1e6) == 360
    assert network.conv1.conv.weight.numel() == 9_408
    assert ledger.parameters - sum(ledger.idle.values()) == 6_998_552


def test_bottlenecks_cost_a_third_of_the_naive_module():
    naive = summary(without_storage(models.NaiveInception, 256, 128, 192, 96), (256, 28, 28))
    assert naive.rows[-1].output == (672, 28, 28)
    assert naive.multiplications == 854_196_224
    reduced = summary(without_storage(models.Inception, 256, 128, 64, 192, 64, 96, 64), (256, 28, 28), depth=2)
    assert reduced.rows[-1].output == (480, 28, 28)
    assert reduced.multiplications == 271_351_808
    assert (
        reduced.multiplications
        + summary(without_storage(nn.Conv2d, 64, 192, 3, padding=1), (64, 28, 28)).multiplications
        == 358_055_936
    )  # the sources count the 3x3 branch twice


@pytest.mark.parametrize("make", [models.googlenet, models.googlenet_2014])
def test_auxiliary_heads_speak_only_while_training(make):
    network = without_storage(make, classes=5)
    x = torch.empty(2, 3, 224, 224, device="meta")
    assert network.eval()(x).shape == (2, 5)
    outputs = network.train()(x)
    assert isinstance(outputs, models.GoogLeNetOutputs)
    assert [scores.shape for scores in outputs] == [(2, 5)] * 3
    assert without_storage(make, classes=5, auxiliary=False).train()(x).shape == (2, 5)


def test_an_auxiliary_head_teaches_what_comes_before_it():
    torch.manual_seed(0)
    network = models.googlenet(classes=3)
    network(torch.randn(2, 3, 32, 32)).aux_logits1.sum().backward()
    assert network.conv1.conv.weight.grad.abs().sum() > 0
    assert network.inception4b.branch1.conv.weight.grad is None


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
@pytest.mark.parametrize("kind", ["resnet", "preactivation_resnet"])
def test_resnets_are_named_for_their_layers_with_weights(kind, depth):
    network = without_storage(getattr(models, f"{kind}{depth}"))
    on_the_way = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in name
    ]
    assert len(on_the_way) == depth
    assert network(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 1000)


@pytest.mark.parametrize(
    ("block", "last"),
    [
        (models.BasicBlock(8, 8), "bn2"),
        (models.Bottleneck(8, 2), "bn3"),
        (models.PreactivationBlock(8, 8), "conv2"),
        (models.PreactivationBottleneck(8, 2), "conv3"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_with_a_residual_of_zero_a_block_is_the_identity(block, last):
    block.eval()
    x = torch.rand(2, 8, 6, 6)  # not negative, so that the last ReLU changes nothing
    assert not torch.allclose(block(x), x)
    getattr(block, last).weight.data.zero_()
    torch.testing.assert_close(block(x), x)


def test_only_pre_activation_lets_negative_values_pass():
    x = -torch.rand(1, 4, 5, 5)
    for block, last, expected in (
        (models.BasicBlock(4, 4), "bn2", torch.zeros_like(x)),
        (models.PreactivationBlock(4, 4), "conv2", x),
    ):
        getattr(block.eval(), last).weight.data.zero_()
        torch.testing.assert_close(block(x), expected)


@pytest.mark.parametrize("block", [models.BasicBlock, models.PreactivationBlock])
def test_a_shortcut_is_projected_only_where_shapes_change(block):
    assert block(4, 4).downsample is None
    assert block(4, 8).downsample is not None
    assert block(4, 4, stride=2)(torch.zeros(1, 4, 7, 9)).shape == (1, 4, 4, 5)


@pytest.mark.parametrize(("depth", "widen", "millions"), [(40, 1, 0.6), (40, 4, 8.9), (16, 8, 11.0), (28, 10, 36.5)])
def test_wide_resnets_have_the_sizes_of_their_paper(depth, widen, millions):
    network = without_storage(models.wide_resnet, depth, widen)
    assert round(count(network) / 1e6, 1) == millions
    assert sum(getattr(module, "kernel_size", None) == (3, 3) for module in network.modules()) == depth - 3
    assert network(torch.empty(1, 3, 32, 32, device="meta")).shape == (1, 10)


def test_wide_resnet_refuses_a_depth_that_does_not_divide():
    with pytest.raises(ValueError, match="wide_resnet: depth is 20; 10, 16, 22, 28 and so on fit"):
        models.wide_resnet(20)


def test_densenet_keeps_all_that_came_before():
    block = models.dense_block(3, 4, 2).eval()
    x = torch.randn(2, 4, 5, 5)
    y = block(x)
    assert y.shape == (2, 10, 5, 5)
    assert torch.equal(y[:, :4], x)
    network = without_storage(models.densenet121)
    assert sum(isinstance(module, nn.Conv2d | nn.Linear) for module in network.modules()) == 121


def test_unet_has_the_sizes_of_figure_1():
    ledger = summary(without_storage(models.unet), (1, 572, 572), depth=2)
    assert [row.output for row in ledger.rows if row.layer.startswith("down")] == [
        (64, 568, 568),
        (128, 280, 280),
        (256, 136, 136),
        (512, 64, 64),
        (1024, 28, 28),
    ]
    assert [row.output for row in ledger.rows if row.layer.startswith("up")] == [
        (512, 52, 52),
        (256, 100, 100),
        (128, 196, 196),
        (64, 388, 388),
    ]
    assert ledger["head"].output == (2, 388, 388)


def test_unet_has_the_parameters_of_figure_1():
    widths = [1, 64, 128, 256, 512, 1024]
    total = geometry.conv2d_parameters(64, 2, 1)
    for before, width in pairwise(widths):
        total += geometry.conv2d_parameters(before, width, 3) + geometry.conv2d_parameters(width, width, 3)
    for width in widths[1:-1]:  # up again: halved maps, beside those that were kept
        total += geometry.conv2d_parameters(2 * width, width, 2) + geometry.conv2d_parameters(2 * width, width, 3)
        total += geometry.conv2d_parameters(width, width, 3)
    assert count(without_storage(models.unet)) == total == 31_030_658


def test_unet_keeps_the_middle_of_what_it_kept():
    x = torch.arange(42.0).reshape(1, 1, 6, 7)
    assert torch.equal(crop(x, torch.zeros(1, 1, 2, 4)), x[:, :, 2:4, 1:5])

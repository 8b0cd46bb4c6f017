"""The ledger of lesson 08: what the sources state, recomputed; and where they are wrong, the right figure.

G: GLO-4030/7030 decks, C: Cabessa. Only cited, since nothing here can recompute them: ImageNet's 1,431,167 images
and 1,000 classes, ZFNet's 16.4 % and 11.7 %, Network in Network's 11.59, 10.88 and 10.41 %, and the growth from
10^6 to 10^9 transistors and from 10^7 to 10^14 pixels.
"""

from functools import cache

import pytest
import torch

import cnnlib
from cnnlib import models

ALEXNET_ROWS = [34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000]
VGG16_ROWS = [
    *(1_792, 36_928, 73_856, 147_584, 295_168, 590_080, 590_080, 1_180_160),
    *(2_359_808, 2_359_808, 2_359_808, 2_359_808, 2_359_808, 102_764_544, 16_781_312, 4_097_000),
]
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")


@cache
def ledger(name, side, channels=3, **options):
    with torch.device("meta"):
        return models.summary(getattr(models, name)(**options), (channels, side, side))


def learning(table):
    return [row.parameters for row in table.rows if row.parameters]


def count(table, kind):
    return sum(row.kind == kind for row in table.rows)


@cache
def inception(name):
    """The weights without biases of a module of GoogLeNet, and its multiplications."""
    with torch.device("meta"):
        network = models.googlenet_2014()
        table = models.summary(network, (3, 224, 224), depth=1)
    module = getattr(network, f"inception{name}")
    return sum(p.numel() for p in module.parameters() if p.dim() > 1), table[f"inception{name}"].multiplications


def test_g_c_alexnets_shapes_and_rows():
    table = ledger("alexnet_2012", 227, groups=1)
    assert learning(table) == ALEXNET_ROWS
    assert table.parameters == sum(ALEXNET_ROWS) == 62_378_344
    shapes = [table[layer].output for layer in ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")]
    assert [shape[0] for shape in shapes] == [96, 96, 256, 256, 384, 384, 256, 256]
    assert [shape[1] for shape in shapes] == [shape[2] for shape in shapes] == [55, 27, 27, 13, 13, 13, 13, 6]


def test_g_says_60_million_which_is_alexnet_on_its_two_cards():
    assert ledger("alexnet_2012", 227, groups=2).parameters == 60_965_224


def test_c_says_alexnet_has_two_max_poolings_where_its_table_lists_three():
    assert count(ledger("alexnet_2012", 227), "MaxPool2d") == 3


def test_the_convolutions_of_alexnet_learn_less_than_4_million_and_its_head_59_million():
    assert sum(ALEXNET_ROWS[:5]) == 3_747_200
    assert sum(ALEXNET_ROWS[5:]) == 58_631_144


def test_g_zfnet_begins_finer_than_alexnet():
    first, second = ledger("zfnet", 224)["conv1"], ledger("zfnet", 224)["conv2"]
    assert (first.kernel, first.stride, second.stride) == ((7, 7), (2, 2), (2, 2))
    before = ledger("alexnet_2012", 227)["conv1"]
    assert (before.kernel, before.stride) == ((11, 11), (4, 4))
    with torch.device("meta"):
        winner = models.zfnet(wide=True)
    assert [winner.get_submodule(f"conv{place}").out_channels for place in (3, 4, 5)] == [512, 1024, 512]


def test_g_three_3x3_see_what_one_7x7_sees_with_45_per_cent_fewer_weights():
    assert cnnlib.receptive_field([(3, 1, 1)] * 3) == cnnlib.receptive_field([(7, 1, 1)]) == 7
    C = 64
    three, one = 3 * cnnlib.conv2d_parameters(C, C, 3, bias=False), cnnlib.conv2d_parameters(C, C, 7, bias=False)
    assert (three, one) == (27 * C * C, 49 * C * C)
    assert 1 - three / one == pytest.approx(0.45, abs=0.005)


def test_g_c_vgg_rows_and_totals():
    assert learning(ledger("vgg16", 224)) == VGG16_ROWS
    assert ledger("vgg16", 224).parameters == sum(VGG16_ROWS) == 138_357_544
    assert ledger("vgg19", 224).parameters == 143_667_240


def test_c_gives_a_max_pooling_65_664_parameters_and_a_total_too_large_by_them():
    assert all(row.parameters == 0 for row in ledger("vgg16", 224).rows if row.kind == "MaxPool2d")
    assert 138_423_208 - ledger("vgg16", 224).parameters == 65_664
    assert cnnlib.conv2d_parameters(128, 128, 2) == 65_664  # what it would be as a convolution


def test_c_says_vgg_has_16_to_19_convolutions_which_are_13_to_16_and_three_linear_layers():
    for name, convolutions in (("vgg16", 13), ("vgg19", 16)):
        assert count(ledger(name, 224), "Conv2d") == convolutions
        assert count(ledger(name, 224), "Linear") == 3


def test_g_the_naive_inception_module():
    with torch.device("meta"):
        table = models.summary(models.NaiveInception(256, 128, 192, 96), (256, 28, 28))
    assert table.rows[-1].output == (672, 28, 28)
    assert table.multiplications == 854_196_224


def test_g_says_358_million_where_the_lines_add_up_to_271_and_the_3x3_is_counted_twice():
    with torch.device("meta"):
        table = models.summary(models.Inception(256, 128, 64, 192, 64, 96, 64), (256, 28, 28))
    threes = cnnlib.conv2d_multiplications(64, 192, 3, (28, 28))
    assert table.multiplications == 271_351_808
    assert table.multiplications + threes == 358_055_936
    assert threes == 86_704_128


def test_g_operations_of_googlenets_modules():
    stated = {"3a": 128, "3b": 304, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}
    assert {name: round(inception(name)[1] / 1e6) for name in stated} == stated


def test_g_operations_4a_and_5a_drift():
    assert inception("4a")[1] / 1e6 == pytest.approx(73.6, abs=0.05)  # printed 73
    assert inception("5a")[1] / 1e6 == pytest.approx(51.1, abs=0.05)  # printed 54


def test_g_parameters_of_googlenets_modules_are_weights_in_k_of_1024_and_some_are_off():
    right = {"3a": 159.5, "3b": 379.0, "4a": 366.8, "4b": 438.0, "4c": 497.5}
    right |= {"4d": 590.5, "4e": 847.0, "5a": 1018.0, "5b": 1409.0}
    printed = dict(zip(MODULES, (159, 380, 364, 437, 463, 580, 840, 1072, 1388), strict=True))
    for name in MODULES:
        assert inception(name)[0] / 1024 == pytest.approx(right[name], abs=0.06)
    assert [name for name in MODULES if abs(printed[name] / right[name] - 1) > 0.03] == ["4c", "5a"]


def test_g_googlenets_second_convolution():
    table = ledger("googlenet_2014", 224)
    rows = [table["conv2.conv"], table["conv3.conv"]]
    assert (
        cnnlib.conv2d_parameters(64, 64, 1, bias=False) + cnnlib.conv2d_parameters(64, 192, 3, bias=False) == 112 * 1024
    )
    assert round(sum(row.multiplications for row in rows) / 1e6) == 360


def test_g_gives_googlenets_first_layer_the_figures_of_a_factorised_one():
    assert cnnlib.conv2d_parameters(3, 64, 7, bias=False) == 9_408
    assert cnnlib.conv2d_multiplications(3, 64, 7, (112, 112)) == 118_013_952
    apart = cnnlib.conv2d_parameters(3, 24, 7, bias=False, groups=3)
    mixed = cnnlib.conv2d_parameters(24, 64, 1, bias=False)
    assert (apart, mixed, apart + mixed) == (1_176, 1_536, 2_712)
    assert (apart + mixed) * 112 * 112 / 1e6 == pytest.approx(34.0, abs=0.05)


def test_g_says_5_million_for_googlenet_which_has_nearly_7_without_its_heads():
    table = ledger("googlenet_2014", 224)
    heads = sum(table.idle.values())
    assert table.parameters - heads == 6_998_552
    assert heads / table.parameters == pytest.approx(0.48, abs=0.01)


def test_lenet5_today_and_in_1998():
    table = ledger("lenet5", 32, channels=1)
    assert learning(table) == [156, 2_416, 48_120, 10_164, 850]
    assert table.parameters == 61_706
    assert sum(p.numel() for p in models.lenet5_1998().parameters()) == 60_000


@pytest.mark.parametrize(
    ("name", "share"),
    [("alexnet", 0.960), ("vgg16", 0.894), ("googlenet_2014", 0.146), ("resnet50", 0.080), ("densenet121", 0.128)],
)
def test_the_classifier_fades(name, share):
    rows = ledger(name, 224).rows
    dense = sum(row.parameters for row in rows if row.kind == "Linear")
    assert dense / sum(row.parameters for row in rows) == pytest.approx(share, abs=0.001)


def test_what_the_lesson_says_of_accuracy_against_cost():
    vgg13, resnet18, googlenet = (ledger(name, 224) for name in ("vgg13", "resnet18", "googlenet"))
    for small in (resnet18, googlenet):
        assert small.multiplications < vgg13.multiplications / 6
        assert small.parameters - sum(small.idle.values()) < vgg13.parameters / 10
    tripled = ledger("resnet152", 224).multiplications / ledger("resnet50", 224).multiplications
    assert 2.7 < tripled < 3
    assert models.PUBLISHED["resnet152"].top1 - models.PUBLISHED["resnet50"].top1 == pytest.approx(2.2, abs=0.1)
    assert ledger("vgg16", 224).multiplications > 1e4 * ledger("lenet5", 32, channels=1).multiplications


def test_ten_blocks_with_their_branches_off_are_the_identity():
    blocks = torch.nn.Sequential(*[models.PreactivationBlock(3, 3) for _ in range(10)]).eval()
    assert sum(p.numel() for p in blocks.parameters()) == 1_740
    with torch.no_grad():
        for block in blocks:
            block.conv2.weight.zero_()
        x = torch.randn(2, 3, 6, 5, generator=torch.Generator().manual_seed(0))
        assert torch.equal(blocks(x), x)


def test_pre_activation_is_the_same_layers_in_another_order():
    after, before = ledger("resnet18", 224), ledger("preactivation_resnet18", 224)
    assert before.multiplications == after.multiplications
    assert before.parameters == pytest.approx(after.parameters, rel=1e-3)

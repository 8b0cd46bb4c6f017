"""The architectures of the course, readable beside their papers' tables, and the ledger of what each costs."""

from cnnlib.models.alexnet import AlexNet, alexnet, alexnet_2012
from cnnlib.models.blocks import blocks
from cnnlib.models.clip_network import clip_network
from cnnlib.models.densenet import DenseLayer, DenseNet, dense_block, densenet121, transition
from cnnlib.models.detector import Detections, Detector, Places, assign, detect, detection_loss, detector
from cnnlib.models.dice import dice_loss
from cnnlib.models.glyph_reader import glyph_reader
from cnnlib.models.googlenet import GoogLeNet, GoogLeNetOutputs, Inception, NaiveInception, googlenet, googlenet_2014
from cnnlib.models.key_points import (
    KEY_POINT_STRIDE,
    KeyPointNetwork,
    heat,
    heat_loss,
    heatmaps,
    key_point_network,
    peaks,
)
from cnnlib.models.ledger import Ledger, Row
from cnnlib.models.lenet5 import lenet5, lenet5_1998
from cnnlib.models.line_reader import line_reader
from cnnlib.models.network_in_network import global_average_head, mlpconv, network_in_network
from cnnlib.models.pixel_agent import PixelAgent
from cnnlib.models.preactivation import (
    PreactivationBlock,
    PreactivationBottleneck,
    PreactivationResNet,
    preactivation_resnet18,
    preactivation_resnet34,
    preactivation_resnet50,
    preactivation_resnet101,
    preactivation_resnet152,
    wide_resnet,
)
from cnnlib.models.pretrained import IMAGENET_DEVIATION, IMAGENET_MEAN, pretrained
from cnnlib.models.published import PUBLISHED, Published
from cnnlib.models.resnet import (
    BasicBlock,
    Bottleneck,
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    wide_resnet50_2,
    wide_resnet101_2,
)
from cnnlib.models.restoration import Colouriser, Denoiser, Enlarger, enlarge_bicubic
from cnnlib.models.small import (
    small_densenet,
    small_inception,
    small_nin,
    small_preactivation_resnet,
    small_resnet,
    small_unet,
    small_vgg,
)
from cnnlib.models.style import Painting, gram, rectified_maps, style_distances, style_grams, transfer_style
from cnnlib.models.summary import summary
from cnnlib.models.text import TextNetwork, text_network
from cnnlib.models.unet import UNet, unet
from cnnlib.models.vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn, vgg_features
from cnnlib.models.zfnet import zfnet

__all__ = [
    "IMAGENET_DEVIATION",
    "IMAGENET_MEAN",
    "KEY_POINT_STRIDE",
    "PUBLISHED",
    "VGG",
    "AlexNet",
    "BasicBlock",
    "Bottleneck",
    "Colouriser",
    "Denoiser",
    "DenseLayer",
    "DenseNet",
    "Detections",
    "Detector",
    "Enlarger",
    "GoogLeNet",
    "GoogLeNetOutputs",
    "Inception",
    "KeyPointNetwork",
    "Ledger",
    "NaiveInception",
    "Painting",
    "PixelAgent",
    "Places",
    "PreactivationBlock",
    "PreactivationBottleneck",
    "PreactivationResNet",
    "Published",
    "ResNet",
    "Row",
    "TextNetwork",
    "UNet",
    "alexnet",
    "alexnet_2012",
    "assign",
    "blocks",
    "clip_network",
    "dense_block",
    "densenet121",
    "detect",
    "detection_loss",
    "detector",
    "dice_loss",
    "enlarge_bicubic",
    "global_average_head",
    "glyph_reader",
    "googlenet",
    "googlenet_2014",
    "gram",
    "heat",
    "heat_loss",
    "heatmaps",
    "key_point_network",
    "lenet5",
    "lenet5_1998",
    "line_reader",
    "mlpconv",
    "network_in_network",
    "peaks",
    "preactivation_resnet18",
    "preactivation_resnet34",
    "preactivation_resnet50",
    "preactivation_resnet101",
    "preactivation_resnet152",
    "pretrained",
    "rectified_maps",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "small_densenet",
    "small_inception",
    "small_nin",
    "small_preactivation_resnet",
    "small_resnet",
    "small_unet",
    "small_vgg",
    "style_distances",
    "style_grams",
    "summary",
    "text_network",
    "transfer_style",
    "transition",
    "unet",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
    "vgg_features",
    "wide_resnet",
    "wide_resnet50_2",
    "wide_resnet101_2",
    "zfnet",
]

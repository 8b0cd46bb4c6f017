"""Data for the lessons: what is drawn or shipped works offline, the rest is downloaded once."""

from cnnlib.data.clips import ACTIONS, Clips, draw_clips
from cnnlib.data.clutter import paste_on_clutter
from cnnlib.data.datasets import CIFAR10_CLASSES, FASHION_CLASSES, StandIn, cifar10, fashion_mnist, mnist
from cnnlib.data.digits import load_digits, split_digits, split_digits_by_block
from cnnlib.data.download import DownloadError, fetch
from cnnlib.data.edges import ORIENTATIONS, draw_edges
from cnnlib.data.figures import BONES, JOINTS, Figures, draw_figures
from cnnlib.data.glyphs import DIGITS, LETTERS, draw_glyphs
from cnnlib.data.labelled import Labelled, Split, stratified_split
from cnnlib.data.lines import Lines, draw_lines
from cnnlib.data.photos import PHOTOS, load_photo
from cnnlib.data.pixel_world import MOVES, PixelWorlds
from cnnlib.data.restoration import Pairs, add_noise, halve, join_colours, photo_patches, psnr, split_colours
from cnnlib.data.reviews import SEVEN_WORDS, TURNS, Reviews, write_reviews
from cnnlib.data.shapes import KINDS, Scenes, draw_shapes
from cnnlib.data.vocabulary import PADDING, UNKNOWN, Vocabulary, vocabulary_of

__all__ = [
    "ACTIONS",
    "BONES",
    "CIFAR10_CLASSES",
    "DIGITS",
    "FASHION_CLASSES",
    "JOINTS",
    "KINDS",
    "LETTERS",
    "MOVES",
    "ORIENTATIONS",
    "PADDING",
    "PHOTOS",
    "SEVEN_WORDS",
    "TURNS",
    "UNKNOWN",
    "Clips",
    "DownloadError",
    "Figures",
    "Labelled",
    "Lines",
    "Pairs",
    "PixelWorlds",
    "Reviews",
    "Scenes",
    "Split",
    "StandIn",
    "Vocabulary",
    "add_noise",
    "cifar10",
    "draw_clips",
    "draw_edges",
    "draw_figures",
    "draw_glyphs",
    "draw_lines",
    "draw_shapes",
    "fashion_mnist",
    "fetch",
    "halve",
    "join_colours",
    "load_digits",
    "load_photo",
    "mnist",
    "paste_on_clutter",
    "photo_patches",
    "psnr",
    "split_colours",
    "split_digits",
    "split_digits_by_block",
    "stratified_split",
    "vocabulary_of",
    "write_reviews",
]

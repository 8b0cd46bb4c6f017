"""Data for the lessons: what is drawn or shipped works offline, the rest is downloaded once."""

from cnnlib.data.clutter import paste_on_clutter
from cnnlib.data.datasets import CIFAR10_CLASSES, FASHION_CLASSES, StandIn, cifar10, fashion_mnist, mnist
from cnnlib.data.digits import load_digits, split_digits, split_digits_by_block
from cnnlib.data.download import DownloadError, fetch
from cnnlib.data.edges import ORIENTATIONS, draw_edges
from cnnlib.data.glyphs import DIGITS, LETTERS, draw_glyphs
from cnnlib.data.labelled import Labelled, Split, stratified_split
from cnnlib.data.photos import PHOTOS, load_photo
from cnnlib.data.reviews import SEVEN_WORDS, TURNS, Reviews, write_reviews
from cnnlib.data.shapes import KINDS, Scenes, draw_shapes
from cnnlib.data.vocabulary import PADDING, UNKNOWN, Vocabulary, vocabulary_of

__all__ = [
    "CIFAR10_CLASSES",
    "DIGITS",
    "FASHION_CLASSES",
    "KINDS",
    "LETTERS",
    "ORIENTATIONS",
    "PADDING",
    "PHOTOS",
    "SEVEN_WORDS",
    "TURNS",
    "UNKNOWN",
    "DownloadError",
    "Labelled",
    "Reviews",
    "Scenes",
    "Split",
    "StandIn",
    "Vocabulary",
    "cifar10",
    "draw_edges",
    "draw_glyphs",
    "draw_shapes",
    "fashion_mnist",
    "fetch",
    "load_digits",
    "load_photo",
    "mnist",
    "paste_on_clutter",
    "split_digits",
    "split_digits_by_block",
    "stratified_split",
    "vocabulary_of",
    "write_reviews",
]

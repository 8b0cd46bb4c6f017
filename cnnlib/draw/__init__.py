"""Pictures for the lessons: arrays in, a Figure with alternative text out."""

from cnnlib.draw.architecture import Block, Branches, architecture
from cnnlib.draw.arrays import array, equation, kernels
from cnnlib.draw.bars import bars
from cnnlib.draw.bubbles import bubbles
from cnnlib.draw.curves import curves
from cnnlib.draw.difference import difference
from cnnlib.draw.graph import graph
from cnnlib.draw.heatmap import heatmap
from cnnlib.draw.histograms import histograms
from cnnlib.draw.images import filtered, images
from cnnlib.draw.journeys import journeys
from cnnlib.draw.links import links
from cnnlib.draw.overlays import with_boxes, with_masks, with_points
from cnnlib.draw.panels import panels
from cnnlib.draw.picture import Picture
from cnnlib.draw.signals import boxes, stems
from cnnlib.draw.sliding_window import SlidingWindow, sliding_window
from cnnlib.draw.sliding_window_back import sliding_window_back
from cnnlib.draw.volumes import volumes
from cnnlib.draw.words import language

__all__ = [
    "Block",
    "Branches",
    "Picture",
    "SlidingWindow",
    "architecture",
    "array",
    "bars",
    "boxes",
    "bubbles",
    "curves",
    "difference",
    "equation",
    "filtered",
    "graph",
    "heatmap",
    "histograms",
    "images",
    "journeys",
    "kernels",
    "language",
    "links",
    "panels",
    "sliding_window",
    "sliding_window_back",
    "stems",
    "volumes",
    "with_boxes",
    "with_masks",
    "with_points",
]

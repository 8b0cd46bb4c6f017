"""What lesson 10 accepts: words as vectors, filters that run along a sentence, and the maximum over time."""

from .conv_text import conv_text
from .embed import embed
from .max_over_time import max_over_time
from .predictions import text_shapes

VERSION = 1
EXERCISES = (embed, text_shapes, conv_text, max_over_time)

"""What lesson 02 accepts: sizes, padding, the whole layer, dilation, groups, what it costs and how far it sees."""

from .conv_layer import conv_layer
from .costs import count_multiplications, count_parameters
from .dilate import dilate
from .grouped_conv import grouped_conv
from .output_size import output_size
from .pointwise import pointwise
from .predictions import chain, quiz, shared_or_dense
from .receptive_field import receptive_field
from .zero_pad import zero_pad

VERSION = 1
EXERCISES = (
    chain,
    zero_pad,
    quiz,
    output_size,
    conv_layer,
    dilate,
    grouped_conv,
    shared_or_dense,
    count_parameters,
    count_multiplications,
    receptive_field,
    pointwise,
)

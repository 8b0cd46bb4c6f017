"""What lesson 04 accepts: gradients of graphs and of convolutions, columns, checks of gradients, repairs."""

from .columns import col2im, im2col
from .conv1d_backward import conv1d_backward
from .conv_layer_backward import conv_layer_backward
from .conv_transpose import conv_transpose
from .gradient_check import gradient_check
from .graph_gradients import graph_gradients
from .input_gradient import input_gradient
from .kernel_gradient import kernel_gradient
from .predictions import product_graph, sum_graph
from .repair import repair

VERSION = 1
EXERCISES = (
    product_graph,
    sum_graph,
    graph_gradients,
    conv1d_backward,
    kernel_gradient,
    input_gradient,
    conv_layer_backward,
    im2col,
    col2im,
    conv_transpose,
    gradient_check,
    repair,
)

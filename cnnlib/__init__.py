"""Reference implementations of everything in the course, short enough to read in one sitting."""

from cnnlib.geometry import (
    conv2d_multiplications,
    conv2d_parameters,
    fits_exactly,
    linear_multiplications,
    linear_parameters,
    output_size,
    receptive_field,
    same_padding,
)
from cnnlib.gradcheck import GradientMismatch, check_gradient
from cnnlib.ops.activations import (
    arctan_backward,
    arctan_forward,
    elu_backward,
    elu_forward,
    heaviside_backward,
    heaviside_forward,
    identity_backward,
    identity_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    relu_backward,
    relu_forward,
    selu_backward,
    selu_forward,
    sigmoid_backward,
    sigmoid_forward,
    softsign_backward,
    softsign_forward,
    tanh_backward,
    tanh_forward,
)
from cnnlib.ops.avg_pool2d import avg_pool2d_backward, avg_pool2d_forward
from cnnlib.ops.batch_norm import batch_norm_infer, batch_norm_train_backward, batch_norm_train_forward, update_running
from cnnlib.ops.conv1d import conv1d_backward, conv1d_forward
from cnnlib.ops.conv2d import conv2d_backward, conv2d_forward
from cnnlib.ops.conv_transpose2d import conv_transpose2d_backward, conv_transpose2d_forward
from cnnlib.ops.correlate import convolve1d, convolve2d, correlate1d, correlate2d
from cnnlib.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from cnnlib.ops.dropconnect import dropconnect_backward, dropconnect_forward
from cnnlib.ops.dropout import dropout_backward, dropout_forward
from cnnlib.ops.embedding import embedding_backward, embedding_forward
from cnnlib.ops.flatten import flatten_backward, flatten_forward
from cnnlib.ops.fractional_max_pool2d import (
    fractional_max_pool2d_backward,
    fractional_max_pool2d_forward,
    fractional_regions,
)
from cnnlib.ops.global_avg_pool2d import global_avg_pool2d_backward, global_avg_pool2d_forward
from cnnlib.ops.linear import linear_backward, linear_forward
from cnnlib.ops.local_response_norm import local_response_norm_backward, local_response_norm_forward
from cnnlib.ops.max_over_time import max_over_time_backward, max_over_time_forward
from cnnlib.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward
from cnnlib.ops.penalties import l1_penalty_backward, l1_penalty_forward, l2_penalty_backward, l2_penalty_forward
from cnnlib.ops.softmax import (
    log_softmax,
    log_softmax_backward,
    log_softmax_forward,
    softmax,
    softmax_backward,
    softmax_forward,
)
from cnnlib.ops.stochastic_pool2d import stochastic_pool2d_backward, stochastic_pool2d_forward

__all__ = [
    "GradientMismatch",
    "arctan_backward",
    "arctan_forward",
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "batch_norm_infer",
    "batch_norm_train_backward",
    "batch_norm_train_forward",
    "check_gradient",
    "conv1d_backward",
    "conv1d_forward",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_multiplications",
    "conv2d_parameters",
    "conv_transpose2d_backward",
    "conv_transpose2d_forward",
    "convolve1d",
    "convolve2d",
    "correlate1d",
    "correlate2d",
    "cross_entropy_backward",
    "cross_entropy_forward",
    "dropconnect_backward",
    "dropconnect_forward",
    "dropout_backward",
    "dropout_forward",
    "elu_backward",
    "elu_forward",
    "embedding_backward",
    "embedding_forward",
    "fits_exactly",
    "flatten_backward",
    "flatten_forward",
    "fractional_max_pool2d_backward",
    "fractional_max_pool2d_forward",
    "fractional_regions",
    "global_avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "heaviside_backward",
    "heaviside_forward",
    "identity_backward",
    "identity_forward",
    "l1_penalty_backward",
    "l1_penalty_forward",
    "l2_penalty_backward",
    "l2_penalty_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "linear_multiplications",
    "linear_parameters",
    "local_response_norm_backward",
    "local_response_norm_forward",
    "log_softmax",
    "log_softmax_backward",
    "log_softmax_forward",
    "max_over_time_backward",
    "max_over_time_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "output_size",
    "receptive_field",
    "relu_backward",
    "relu_forward",
    "same_padding",
    "selu_backward",
    "selu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax",
    "softmax_backward",
    "softmax_forward",
    "softsign_backward",
    "softsign_forward",
    "stochastic_pool2d_backward",
    "stochastic_pool2d_forward",
    "tanh_backward",
    "tanh_forward",
    "update_running",
]

"""What lesson 01 accepts: correlation and convolution by hand, and what they can be used for."""

from .conv1d import conv1d
from .conv2d import conv2d, conv2d_fast
from .conv_matrix import conv_matrix
from .convolve1d import convolve1d
from .edge_kernels import edge_kernels
from .predictions import seven_values, sobel_rows
from .recover_kernel import recover_kernel

VERSION = 1
EXERCISES = (
    seven_values,
    conv1d,
    convolve1d,
    sobel_rows,
    conv2d,
    conv2d_fast,
    edge_kernels,
    recover_kernel,
    conv_matrix,
)

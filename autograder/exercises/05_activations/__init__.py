"""What lesson 05 accepts: functions and their slopes, losses, penalties and dropout."""

from .activation import activation
from .cross_entropy import cross_entropy, cross_entropy_gradient
from .derivative import derivative
from .dropout import dropout
from .linear_backward import linear_backward
from .penalty import penalty, penalty_gradient
from .predictions import gradient_by_hand, ten_sigmoids
from .softmax import softmax

VERSION = 1
EXERCISES = (
    activation,
    derivative,
    ten_sigmoids,
    linear_backward,
    softmax,
    cross_entropy,
    gradient_by_hand,
    cross_entropy_gradient,
    penalty,
    penalty_gradient,
    dropout,
)

"""What lesson 12 accepts: a convolution over time, a line read from columns, the target of double Q-learning."""

from .conv3d import conv3d
from .greedy_decode import greedy_decode
from .td_target import td_target

VERSION = 1
EXERCISES = (conv3d, greedy_decode, td_target)

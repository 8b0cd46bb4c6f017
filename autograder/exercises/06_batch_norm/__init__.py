"""What lesson 06 accepts: batch normalisation in training and at test, backward and folded away, and its forerunner."""

from .batch_norm_backward import batch_norm_backward
from .batch_norm_infer import batch_norm_infer
from .batch_norm_train import batch_norm_train
from .fold_batch_norm import fold_batch_norm
from .local_response_norm import local_response_norm
from .predictions import normalised_by_hand, useless_bias
from .running_statistics import running_statistics

VERSION = 1
EXERCISES = (
    normalised_by_hand,
    batch_norm_train,
    running_statistics,
    batch_norm_infer,
    batch_norm_backward,
    useless_bias,
    fold_batch_norm,
    local_response_norm,
)

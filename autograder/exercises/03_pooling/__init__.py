"""What lesson 03 accepts: pooling forward and backward, by chance, and what a shift changes."""

from .avg_pool import avg_pool, avg_pool_as_conv
from .backward import avg_pool_backward, max_pool_backward
from .fractional_regions import fractional_regions
from .max_pool import max_pool
from .predictions import pooled_by_average, pooled_by_chance, pooled_by_maximum
from .shift_sensitivity import shift_sensitivity
from .stochastic_pool import stochastic_pool

VERSION = 1
EXERCISES = (
    pooled_by_maximum,
    max_pool,
    pooled_by_average,
    avg_pool,
    avg_pool_as_conv,
    max_pool_backward,
    avg_pool_backward,
    pooled_by_chance,
    stochastic_pool,
    fractional_regions,
    shift_sensitivity,
)

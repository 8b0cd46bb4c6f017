"""What lesson 07 accepts: variances worked out, weights drawn, a gain measured, and a layer trained without labels."""

from .draws import he, xavier
from .find_gain import find_gain
from .preactivation_variance import preactivation_variance
from .predictions import five_initialisations
from .train_autoencoder_layer import train_autoencoder_layer

VERSION = 1
EXERCISES = (
    preactivation_variance,
    xavier,
    he,
    find_gain,
    five_initialisations,
    train_autoencoder_layer,
)

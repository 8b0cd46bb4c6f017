"""What lesson 08 asks to work out by hand: the parameters of LeNet-5, layer by layer."""

from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

CONVOLUTIONS = ((1, 6), (6, 16), (16, 120))
DENSE = ((120, 84), (84, 10))


def _rows(*, kernel=25, bias=True):
    layers = [(C * kernel, K) for C, K in CONVOLUTIONS] + list(DENSE)
    return [(inputs + bias) * K for inputs, K in layers]


def _one_channel():
    return [26 * K for _, K in CONVOLUTIONS] + _rows()[3:]


def _bias_for_each_channel():
    return [26 * C * K for C, K in CONVOLUTIONS] + _rows()[3:]


lenet5_rows = prediction(
    "lenet5_rows",
    Text("the five counts", "les cinq nombres"),
    _rows(),
    (
        (
            "no bias",
            _rows(bias=False),
            Text(
                "The biases are missing: one for each map, one for each neuron.",
                "Il manque les biais : un par carte, un par neurone.",
            ),
        ),
        (
            "one channel",
            _one_channel(),
            Text(
                "The input channels are missing. A kernel of C3 goes through all 6 maps: 5·5·6 weights.",
                "Il manque les canaux d’entrée. Un noyau de C3 traverse les 6 cartes : 5·5·6 poids.",
            ),
        ),
        (
            "bias for each channel",
            _bias_for_each_channel(),
            Text(
                "A bias is counted for each input channel. A kernel has one, whatever it sees.",
                "Un biais est compté pour chaque canal d’entrée. Un noyau en a un seul, quoi qu’il voie.",
            ),
        ),
    ),
)

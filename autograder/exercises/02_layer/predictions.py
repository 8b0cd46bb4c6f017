"""What lesson 02 asks to work out by hand: shapes, a quiz on sizes, and what sharing saves."""

import cnnlib
from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

BANKS = ((8, 5), (32, 5), (16, 3))  # kernels, and their side


def _chain(side, *, lost=lambda kernel: kernel - 1):
    shapes = []
    for kernels, kernel in BANKS:
        side -= lost(kernel)
        shapes.append([kernels, side, side])
    return shapes


def _channels_last():
    return [[H, W, K] for K, H, W in _chain(32)]


def _channels_multiplied():
    shapes, channels = [], 3
    for kernels, H, W in _chain(32):
        channels *= kernels
        shapes.append([channels, H, W])
    return shapes


chain = prediction(
    "chain",
    Text("the three shapes", "les trois formes"),
    _chain(32),
    (
        (
            "channels last",
            _channels_last(),
            Text(
                "The numbers are right, in the order of the sources: height, width, channels. "
                "Code puts the channels first.",
                "Les nombres sont justes, mais dans l’ordre des sources : hauteur, largeur, canaux. "
                "Dans le code, les canaux viennent d’abord.",
            ),
        ),
        (
            "same size",
            _chain(32, lost=lambda kernel: 0),
            Text(
                "Nothing is lost here, as if zeros stood around each image. Without padding only whole windows count.",
                "Rien ne se perd ici, comme si chaque image était entourée de zéros. "
                "Sans remplissage, seules les fenêtres entières comptent.",
            ),
        ),
        (
            "one pixel too few",
            _chain(32, lost=lambda kernel: kernel),
            Text(
                "Each layer loses one row and one column too many: H-h+1 windows fit, not H-h.",
                "Chaque couche perd une ligne et une colonne de trop : il tient H-h+1 fenêtres, et non H-h.",
            ),
        ),
        (
            "channels multiplied",
            _channels_multiplied(),
            Text(
                "The channels have been multiplied. A kernel adds up over all channels of its input and gives one map: "
                "so there are as many maps as kernels.",
                "Les canaux ont été multipliés. Un noyau additionne sur tous les canaux de son entrée et donne une "
                "seule carte : il y a donc autant de cartes que de noyaux.",
            ),
        ),
    ),
)

quiz = prediction(
    "quiz",
    Text("the five numbers", "les cinq nombres"),
    [3, 32, 220, 220, cnnlib.same_padding(64, 9)[0]],
    (
        (
            "padding of both sides",
            [3, 32, 220, 220, 8],
            Text(
                "Eight rows of zeros are needed in all. The width of the padding counts one side: half of them.",
                "Il faut huit lignes de zéros en tout. La largeur du remplissage compte un seul côté : la moitié.",
            ),
        ),
        (
            "size kept",
            [3, 32, 224, 224, 4],
            Text(
                "224 would take padding. Without it, a kernel of 5 costs four rows and four columns.",
                "Pour garder 224, il faudrait du remplissage. Sans lui, un noyau de 5 coûte quatre lignes et "
                "quatre colonnes.",
            ),
        ),
        (
            "two lost",
            [3, 32, 222, 222, 4],
            Text(
                "Two rows are lost at the top and two more at the foot: four in all.",
                "Deux lignes se perdent en haut, et deux autres en bas : quatre en tout.",
            ),
        ),
        (
            "channels multiplied",
            [3, 96, 220, 220, 4],
            Text(
                "A kernel gives one map whatever the number of its channels: 32 kernels give 32 maps.",
                "Un noyau donne une seule carte, quel que soit le nombre de ses canaux : 32 noyaux donnent 32 cartes.",
            ),
        ),
    ),
)

DENSE = cnnlib.linear_parameters(3 * 32 * 32, 8 * 28 * 28)

shared_or_dense = prediction(
    "shared_or_dense",
    Text("both counts", "les deux nombres"),
    [cnnlib.conv2d_parameters(3, 8, 5), DENSE],
    (
        (
            "no bias",
            [cnnlib.conv2d_parameters(3, 8, 5, bias=False), cnnlib.linear_parameters(3072, 6272, bias=False)],
            Text(
                "The biases are missing: one for each kernel, and one for each neuron.",
                "Il manque les biais : un par noyau, et un par neurone.",
            ),
        ),
        (
            "input channels forgotten",
            [cnnlib.conv2d_parameters(1, 8, 5), DENSE],
            Text(
                "A kernel looks at all three channels of the image: it is 5x5x3, not 5x5.",
                "Un noyau regarde les trois canaux de l’image : il est de taille 5x5x3, et non 5x5.",
            ),
        ),
        (
            "one bias in all",
            [cnnlib.conv2d_parameters(3, 8, 5, bias=False) + 1, DENSE],
            Text(
                "The convolution has one bias for each kernel, so eight, not one.",
                "La convolution a un biais par noyau, donc huit, et non un seul.",
            ),
        ),
        (
            "biases in the convolution only",
            [cnnlib.conv2d_parameters(3, 8, 5), cnnlib.linear_parameters(3072, 6272, bias=False)],
            Text(
                "Neurons of a fully connected layer have a bias too: 3,073 numbers each.",
                "Les neurones d’une couche complètement connectée ont aussi un biais : 3073 nombres chacun.",
            ),
        ),
        (
            "one neuron a kernel",
            [cnnlib.conv2d_parameters(3, 8, 5), cnnlib.linear_parameters(3072, 8)],
            Text(
                "Eight neurons would give eight numbers. To give as much as the convolution, "
                "the layer needs one neuron for each place of each map.",
                "Huit neurones ne donneraient que huit nombres. Pour en donner autant que la convolution, "
                "il faut un neurone par place de chaque carte.",
            ),
        ),
    ),
    tolerance=1e-9,
)

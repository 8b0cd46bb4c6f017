"""The prediction of lesson 10: what each step makes of the shapes."""

import cnnlib
from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

SIZE, FILTERS, WIDTH = 4, 6, 3  # of the vectors; how many filters; how many words each sees
SHORT, LONG = 7, 12  # words


def _shapes(windows=lambda words: cnnlib.output_size(words, WIDTH), *, channels=FILTERS):
    return [[SIZE, SHORT], [channels, windows(SHORT)], [channels, windows(LONG)], [channels, 1]]


text_shapes = prediction(
    "text_shapes",
    Text("the four shapes", "les quatre formes"),
    _shapes(),
    (
        (
            "places first",
            [[places, channels] for channels, places in _shapes()],
            Text(
                "The numbers are right, the places first. Code puts the channels before the places.",
                "Les nombres sont justes, mais les places viennent d’abord. Dans le code, les canaux précèdent les "
                "places.",
            ),
        ),
        (
            "length kept",
            _shapes(lambda words: words),
            Text(
                "There are as many places as words, as if the sentence were filled up. Only whole windows count: 7 "
                "words hold 5 windows of 3.",
                "Il y a autant de places que de mots, comme si la phrase était complétée. Seules comptent les fenêtres "
                "entières : 7 mots contiennent 5 fenêtres de 3.",
            ),
        ),
        (
            "one too few",
            _shapes(lambda words: words - WIDTH),
            Text(
                "One window is missing: L words hold L-k+1 windows of k, not L-k.",
                "Il manque une fenêtre : L mots contiennent L-k+1 fenêtres de k, et non L-k.",
            ),
        ),
        (
            "channels multiplied",
            _shapes(channels=SIZE * FILTERS),
            Text(
                "The channels have been multiplied. A filter sums over all numbers of a vector: 6 filters give 6 "
                "channels.",
                "Les canaux ont été multipliés. Un filtre somme sur tous les nombres d’un vecteur : 6 filtres donnent "
                "6 canaux.",
            ),
        ),
        (
            "channels kept",
            _shapes(channels=SIZE),
            Text(
                "There are as many channels as before. Each filter gives one: 6 filters give 6 channels.",
                "Il y a autant de canaux qu’avant. Chaque filtre en donne un : 6 filtres donnent 6 canaux.",
            ),
        ),
        (
            "windows side by side",
            _shapes(lambda words: words // WIDTH),
            Text(
                "The windows lie side by side here. They move by one word at a time, and overlap.",
                "Les fenêtres sont ici côte à côte. Elles avancent d’un mot à la fois, et se chevauchent.",
            ),
        ),
        (
            "maximum over the filters",
            [*_shapes()[:3], [1, cnnlib.output_size(LONG, WIDTH)]],
            Text(
                "The maximum is over time: each filter keeps one number, so 6 channels of one place are left.",
                "Le maximum est pris le long du temps : chaque filtre garde un nombre, et il reste 6 canaux d’une "
                "place.",
            ),
        ),
    ),
)

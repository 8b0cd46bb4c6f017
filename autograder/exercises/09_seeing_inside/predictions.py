"""The prediction of lesson 09: a linear network of six pixels, each pair of neighbours covered in turn."""

import numpy as np

import cnnlib
from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

IMAGE = np.array([[1.0, 2, 0], [3, 1, 2]])
WEIGHTS = np.array([[2.0, 0, 1], [-1, 1, 3]])
PAIR = np.ones((1, 2))
PRODUCTS = IMAGE * WEIGHTS
SCORE = PRODUCTS.sum()
DROPS = cnnlib.correlate2d(PRODUCTS, PAIR)

covered_by_hand = prediction(
    "covered_by_hand",
    Text("the four drops", "les quatre baisses"),
    DROPS,
    (
        (
            "the score that is left",
            SCORE - DROPS,
            Text(
                "These are the scores that are left. How far does each fall below the score of the whole image?",
                "Ce sont les scores qui restent. De combien chacun est-il inférieur au score de l’image entière ?",
            ),
        ),
        (
            "weights alone",
            cnnlib.correlate2d(WEIGHTS, PAIR),
            Text(
                "These are sums of weights. What a pixel gives to the score is its weight times its value.",
                "Ce sont des sommes de poids. Un pixel donne au score son poids multiplié par sa valeur.",
            ),
        ),
        (
            "pixels alone",
            cnnlib.correlate2d(IMAGE, PAIR),
            Text(
                "These are sums of pixels. What a pixel gives to the score is its weight times its value.",
                "Ce sont des sommes de pixels. Un pixel donne au score son poids multiplié par sa valeur.",
            ),
        ),
        (
            "upside down",
            -DROPS,
            Text(
                "The signs are reversed: a drop is positive where the score falls.",
                "Les signes sont inversés : une baisse est positive là où le score diminue.",
            ),
        ),
        (
            "one pixel at a time",
            PRODUCTS,
            Text(
                "These are the drops for one pixel at a time. The cover hides two: 1 row, 2 columns.",
                "Ce sont les baisses pour un pixel à la fois. Le cache en couvre deux : 1 ligne, 2 colonnes.",
            ),
        ),
    ),
)

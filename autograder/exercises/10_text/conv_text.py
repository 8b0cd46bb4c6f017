"""conv_text: filters that run along sentences."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers


@st.composite
def _filtered(draw, most, numbers):
    """Sentences, filters and biases; some sentences are shorter than the filters."""
    N, D, K = draw(st.integers(1, 2)), draw(st.integers(1, most)), draw(st.integers(1, most))
    k = draw(st.integers(1, most + 2))
    L = draw(st.integers(1, k + most + 1))
    return {"x": draw(numbers((N, D, L))), "w": draw(numbers((K, D, k))), "b": draw(numbers(K))}


def _filled(x, w):
    """x with as many zeros at its end as one window needs."""
    return np.pad(x, ((0, 0), (0, 0), (0, max(w.shape[2] - x.shape[2], 0))))


def _windows(x, k):
    return np.lib.stride_tricks.sliding_window_view(x, k, axis=2)  # (N, D, windows, k)


def _reference(x, w, b):
    x, w, b = np.asarray(x), np.asarray(w), np.asarray(b)
    return cnnlib.conv1d_forward(_filled(x, w), w, b)[0]


def _by_windows(x, w, b):
    return np.einsum("ndtk,fdk->nft", _windows(_filled(x, w), w.shape[2]), w) + b[:, None]


def _by_places(x, w, b):
    x, k = _filled(x, w), w.shape[2]
    places = [(x[:, None, :, t : t + k] * w).sum(axis=(2, 3)) for t in range(x.shape[2] - k + 1)]
    return np.stack(places, axis=2) + b[:, None]


def _by_taps(x, w, b):
    x, k = _filled(x.astype(np.float32), w), w.shape[2]
    count = x.shape[2] - k + 1
    return sum(w[:, :, j].astype(np.float32) @ x[:, :, j : j + count] for j in range(k)) + b[:, None]


def _by_loops(x, w, b):
    x, (K, _, k) = _filled(x, w), w.shape
    y = np.zeros((len(x), K, x.shape[2] - k + 1))
    for n, f, t in np.ndindex(y.shape):
        y[n, f, t] = (x[n, :, t : t + k] * w[f]).sum() + b[f]
    return y


def _flipped(x, w, b):
    return _by_windows(x, w[:, :, ::-1], b)


def _one_short(x, w, b):
    return _by_windows(x, w, b)[:, :, :-1]


def _kept(x, w, b):
    """As many answers as words: zeros at both ends."""
    k = w.shape[2]
    return _by_windows(np.pad(x, ((0, 0), (0, 0), ((k - 1) // 2, k // 2))), w, b)


def _full(x, w, b):
    beyond = w.shape[2] - 1
    return _by_windows(np.pad(x, ((0, 0), (0, 0), (beyond, beyond))), w, b)


def _short_left_out(x, w, b):
    if x.shape[2] < w.shape[2]:
        return np.zeros((len(x), len(w), 0))
    return _by_windows(x, w, b)


def _short_refused(x, w, b):
    k = w.shape[2]
    places = [(x[:, None, :, t : t + k] * w).sum(axis=(2, 3)) for t in range(x.shape[2] - k + 1)]
    return np.stack(places, axis=2) + b[:, None]


def _short_at_the_end(x, w, b):
    return _by_windows(np.pad(x, ((0, 0), (0, 0), (max(w.shape[2] - x.shape[2], 0), 0))), w, b)


def _no_bias(x, w, b):
    return _by_windows(x, w, np.zeros_like(b))


def _bias_at_each_tap(x, w, b):
    return _by_windows(x, w, b * w.shape[2])


def _first_channel(x, w, b):
    return _by_windows(x[:, :1], w[:, :1], b)


def _words_averaged(x, w, b):
    return _by_windows(x, w / w.shape[2], b)


def _rectified(x, w, b):
    return np.maximum(_by_windows(x, w, b), 0)


def _side_by_side(x, w, b):
    return _by_windows(x, w, b)[:, :, :: w.shape[2]]


SHORT = Text(
    "A sentence shorter than the filter gets no answer. Fill it up with zeros at its end: then there is one window.",
    "Une phrase plus courte que le filtre ne reçoit aucune réponse. Complétez-la par des zéros à la fin : "
    "il y a alors une fenêtre.",
)

conv_text = Exercise(
    name="conv_text",
    reference=(_reference,),
    parts=(
        Part(
            Text("the answer of each filter at each place", "la réponse de chaque filtre à chaque place"),
            (Stage(_filtered(2, whole_numbers), 60, 20), Stage(_filtered(4, any_numbers), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "flipped",
            (_flipped,),
            Text(
                "The filters are flipped: each reads its phrase backwards. As everywhere in this course, "
                "cross-correlation is meant.",
                "Les filtres sont retournés : chacun lit son expression à l’envers. Comme partout dans ce cours, "
                "il s’agit de la corrélation croisée.",
            ),
        ),
        Mistake(
            "one window short",
            (_one_short,),
            Text(
                "The last window is missing: a range stops before its end. L words hold L-k+1 windows of k.",
                "Il manque la dernière fenêtre : un `range` s’arrête avant sa borne. L mots contiennent L-k+1 fenêtres "
                "de k.",
            ),
        ),
        Mistake(
            "as many answers as words",
            (_kept,),
            Text(
                "There are as many answers as words: windows reach past both ends of the sentence. Only whole windows "
                "count: 7 words give 5.",
                "Il y a autant de réponses que de mots : des fenêtres dépassent aux deux bouts de la phrase. Seules "
                "comptent les fenêtres entières : 7 mots en donnent 5.",
            ),
        ),
        Mistake(
            "more answers than words",
            (_full,),
            Text(
                "There are more answers than words: windows that hold a single word count too. Only whole windows "
                "do: 7 words give 5.",
                "Il y a plus de réponses que de mots : des fenêtres qui ne contiennent qu’un mot comptent aussi. "
                "Seules comptent les fenêtres entières : 7 mots en donnent 5.",
            ),
        ),
        Mistake("nothing for short sentences", (_short_left_out,), SHORT),
        Mistake("short sentences fail", (_short_refused,), SHORT),
        Mistake(
            "filled up in front",
            (_short_at_the_end,),
            Text(
                "A short sentence is filled up in front, so its first word meets a later weight of the filter. Zeros "
                "belong at its end.",
                "Une phrase courte est complétée au début : son premier mot rencontre donc un poids suivant du filtre. "
                "Les zéros vont à la fin.",
            ),
        ),
        Mistake(
            "no bias",
            (_no_bias,),
            Text(
                "The bias is missing: filter f adds b[f] to each of its answers.",
                "Il manque le biais : le filtre f ajoute b[f] à chacune de ses réponses.",
            ),
        ),
        Mistake(
            "a bias a word",
            (_bias_at_each_tap,),
            Text(
                "The bias is added once for each word of a window. Add it once, after the sum.",
                "Le biais est ajouté une fois par mot de la fenêtre. Ajoutez-le une seule fois, après la somme.",
            ),
        ),
        Mistake(
            "first number of each vector",
            (_first_channel,),
            Text(
                "Only the first number of each vector is looked at. Sum over all channels.",
                "Seul le premier nombre de chaque vecteur est regardé. Sommez sur tous les canaux.",
            ),
        ),
        Mistake(
            "mean over the words",
            (_words_averaged,),
            Text(
                "The products are averaged over the words of a window. They are to be summed.",
                "Les produits sont moyennés sur les mots de la fenêtre. Il faut les sommer.",
            ),
        ),
        Mistake(
            "rectified",
            (_rectified,),
            Text(
                "Negative answers have become zero. The ReLU comes later; here, give what the filter says.",
                "Les réponses négatives sont devenues nulles. La ReLU vient plus tard ; ici, donnez ce que dit le "
                "filtre.",
            ),
        ),
        Mistake(
            "side by side",
            (_side_by_side,),
            Text(
                "The windows lie side by side. They move by one word at a time.",
                "Les fenêtres sont côte à côte. Elles avancent d’un mot à la fois.",
            ),
        ),
    ),
    right=((_by_windows,), (_by_places,), (_by_taps,), (_by_loops,)),
    picture=difference,
)

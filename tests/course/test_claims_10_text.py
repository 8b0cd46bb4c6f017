"""The ledger of lesson 10: what it says of seven words, of its reviews, and of what its networks learn.

G: the GLO-4030/7030 decks, in which seven words give five.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import cnnlib
from cnnlib import explain, models
from cnnlib.data import SEVEN_WORDS, TURNS, vocabulary_of, write_reviews
from cnnlib.data._grammar import GRAMMARS

LESSON = (Path(__file__).parents[2] / "solutions" / "10_text.py").read_text(encoding="utf-8")
LANGUAGES = ("en", "fr")
by_language = pytest.mark.parametrize("language", LANGUAGES)


class Trained:
    """The lesson's reviews and its three networks, trained as the lesson trains them."""

    def __init__(self, language):
        self.language = language
        self.reviews = write_reviews(1400, rng=np.random.default_rng(0), language=language)
        self.vocabulary = vocabulary_of(self.reviews.sentences[:400])
        self.indices = torch.from_numpy(self.vocabulary.encode(self.reviews.sentences))
        self.labels = torch.from_numpy(self.reviews.labels)
        words = len(self.vocabulary)
        torch.manual_seed(0)
        # All are drawn before any learns, as in the lesson: the draws of one would move those of the next.
        self.bag = nn.EmbeddingBag(words, 2, mode="sum", padding_idx=0)
        self.single = models.text_network(words, size=16, filters=12, widths=(1,))
        self.reader = models.text_network(words, size=16, filters=6, widths=(2, 3))
        for network in (self.bag, self.single, self.reader):
            self.learn(network)

    def learn(self, network):
        optimizer = torch.optim.AdamW(network.double().parameters(), lr=5e-3, weight_decay=0.3)
        for _ in range(25):
            for rows in torch.randperm(400).split(25):
                loss = functional.cross_entropy(network(self.indices[rows]), self.labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    def right(self, network, chosen=slice(None)):
        """The share of the held-back reviews that the network gets right."""
        with torch.no_grad():
            said = network(self.indices[400:][chosen]).argmax(dim=1)
        return (said == self.labels[400:][chosen]).double().mean().item()


@pytest.fixture(scope="module")
def trained():
    return {language: Trained(language) for language in LANGUAGES}


def test_the_networks_are_trained_as_in_the_lesson():
    assert "epochs=25, rate=5e-3, decay=0.3" in LESSON
    assert "write_reviews(1400, rng=np.random.default_rng(0)" in LESSON
    assert "torch.manual_seed(0)" in LESSON
    assert "size=16, filters=6, widths=(2, 3)" in LESSON


@by_language
def test_g_seven_words_give_five(language):
    x = np.zeros((1, 4, len(SEVEN_WORDS[language])))
    assert cnnlib.conv1d_forward(x, np.zeros((1, 4, 3)))[0].shape == (1, 1, 5)
    assert cnnlib.output_size(7, 3) == 5
    assert cnnlib.output_size(12, 3) == 10


@by_language
def test_a_filter_of_unit_vectors_answers_3_to_its_phrase_and_less_elsewhere(language):
    vocabulary = vocabulary_of(write_reviews(1400, rng=np.random.default_rng(0), language=language).sentences[:400])
    vectors = np.random.default_rng(5).normal(size=(len(vocabulary), 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    strip = vectors[vocabulary.encode([SEVEN_WORDS[language]])[0]]
    answers = cnnlib.conv1d_forward(strip.T[None], strip[4:].T[None])[0][0, 0]
    assert answers[-1] == pytest.approx(3)
    assert (answers[:-1] < 2.9).all()


def test_padding_makes_the_three_wrong_answers_that_are_listed():
    answers = np.array([-2.0, -0.5, -1.5, 0.8, -0.2, 0, 0, 0])
    words, width = 5, 3
    assert answers[: words - width + 1].max() == -0.5
    assert answers.max() == answers[:words].max() == 0.8
    assert np.where(np.arange(8) < words - width + 1, answers, 0).max() == 0


@by_language
def test_reviews_are_new_and_have_from_4_to_about_30_words(trained, language):
    sentences = trained[language].reviews.sentences
    assert not set(sentences[:400]) & set(sentences[400:])
    lengths = [len(sentence) for sentence in sentences]
    assert min(lengths) == 4
    assert 28 <= max(lengths) <= 32


@by_language
def test_95_per_cent_against_at_most_65(trained, language):
    held = trained[language]
    assert held.right(held.reader) >= 0.95
    assert held.right(held.bag) <= 0.65
    assert held.right(held.single) < 0.85


@by_language
def test_filters_of_one_word_read_plain_reviews_and_guess_where_the_order_decides(trained, language):
    held = trained[language]
    turns = held.reviews.turns[400:]
    by_turn = {turn: held.right(held.single, turns == number) for number, turn in enumerate(TURNS)}
    assert by_turn["plain"] > 0.9
    assert abs(by_turn["contrast"] - 0.5) < 0.12
    assert abs(by_turn["expected"] - 0.5) < 0.12
    assert all(held.right(held.reader, turns == number) >= 0.95 for number in range(4))


@by_language
def test_short_and_long_reviews_are_read_alike(trained, language):
    held = trained[language]
    lengths = (held.indices[400:] > 0).sum(dim=1)
    for some in (lengths <= 8, lengths > 16):
        assert some.sum() > 100
        assert held.right(held.reader, some) >= 0.95


@by_language
def test_a_far_negation_is_read_wrong_and_with_certainty(trained, language):
    held = trained[language]
    distant = write_reviews(400, rng=np.random.default_rng(1), language=language, turns={"distant": 1})
    asked, right = torch.from_numpy(held.vocabulary.encode(distant.sentences)), torch.from_numpy(distant.labels)
    with torch.no_grad():
        chances = held.reader(asked).softmax(dim=1)[torch.arange(400), right]
    assert (chances > 0.5).double().mean() < 0.1
    assert (1 - chances).mean() > 0.9


@by_language
def test_words_that_do_the_same_work_have_become_alike(trained, language):
    held, grammar = trained[language], GRAMMARS[language]
    vectors = functional.normalize(held.reader.embedding.weight.detach(), dim=1)

    def alike(some, others):
        places = [[held.vocabulary.words.index(word) for word in group] for group in (some, others)]
        return np.mean([vectors[i] @ vectors[j] for i in places[0] for j in places[1] if i != j])

    known = set(held.vocabulary.words)
    good, bad = ([w for a in words for w in a.split("|") if w in known] for words in (grammar.good, grammar.bad))
    degrees = [word for word in grammar.degrees if word]
    assert min(alike(good, good), alike(bad, bad)) > 0.2 > alike(good, bad)
    assert alike(degrees, degrees) > alike(degrees, good) + 0.1


@by_language
def test_filters_vote_as_the_reviews_that_hold_their_phrases_and_but_turns_round(trained, language):
    held = trained[language]
    votes = (held.reader.classifier.weight[1] - held.reader.classifier.weight[0]).tolist()
    found = []
    for layer in ("convolutions.0", "convolutions.1"):
        found += explain.top_ngrams(held.reader, held.indices[:400], layer, words=held.vocabulary.words, count=3)
    agree = 0
    for phrases, vote in zip(found, votes, strict=True):
        wanted = f" {' '.join(phrases[0].words)} "
        pairs = zip(held.reviews.sentences, held.reviews.labels, strict=True)
        verdicts = [label for sentence, label in pairs if wanted in f" {' '.join(sentence)} "]
        agree += (np.mean(verdicts) > 0.5) == (vote > 0)
    assert agree >= 10
    phrase, wrong_side = {"en": ("lovely but", False), "fr": ("vraiment décevante mais", True)}[language]
    assert any(
        phrase == " ".join(ngram.words) and (vote > 0) == wrong_side
        for phrases, vote in zip(found, votes, strict=True)
        for ngram in phrases
    )

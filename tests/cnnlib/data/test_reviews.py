"""Reviews whose verdicts the order of the words decides, and the numbers of their words."""

from collections import Counter

import numpy as np
import pytest

from cnnlib.data import PADDING, SEVEN_WORDS, TURNS, UNKNOWN, Vocabulary, vocabulary_of, write_reviews
from cnnlib.data._grammar import GRAMMARS

LANGUAGES = tuple(GRAMMARS)
by_language = pytest.mark.parametrize("language", LANGUAGES)
NOT, BUT = {"en": "not", "fr": "pas"}, {"en": "but", "fr": "mais"}


def written(n=600, seed=0, **options):
    return write_reviews(n, rng=np.random.default_rng(seed), **options)


def sides(grammar):
    """Each adjective, in each of its forms: 1 for good, 0 for bad."""
    return {
        form: side
        for side, words in enumerate((grammar.bad, grammar.good))
        for word in words
        for form in word.split("|")
    }


@by_language
def test_no_two_are_alike_and_half_are_good(language):
    reviews = written(language=language)
    assert len(set(reviews.sentences)) == len(reviews.sentences) == 600
    assert reviews.labels.dtype == reviews.turns.dtype == np.int64
    assert np.bincount(reviews.labels).tolist() == [300, 300]


@by_language
def test_turns_come_in_their_shares(language):
    shares = np.bincount(written(2000, language=language).turns, minlength=4) / 2000
    assert shares == pytest.approx(list(TURNS.values()), abs=0.04)


@by_language
@pytest.mark.parametrize("turn", ["plain", "negated", "contrast", "expected", "distant"])
def test_the_verdict_follows_from_the_turn(language, turn):
    """Plain reviews mean the adjective that they use, negated ones the other; else what is said, not what is denied."""
    adjectives = sides(GRAMMARS[language])
    reviews = written(200, language=language, turns={turn: 1}, two_clauses=0)
    for sentence, label in zip(reviews.sentences, reviews.labels, strict=True):
        used = [adjectives[word] for word in sentence if word in adjectives]
        if turn == "plain":
            assert used == [label], sentence
        elif turn in ("negated", "distant"):
            assert used == [1 - label], sentence
        else:
            kept = used[-1] if BUT[language] in sentence else used[0]
            assert sorted(used) == [0, 1], sentence
            assert kept == label, sentence


@by_language
def test_a_bag_of_words_cannot_tell_contrasts_apart(language):
    """Among contrasts, the same words come with both verdicts."""
    reviews = written(3000, language=language, turns={"contrast": 1}, two_clauses=0)
    verdicts = {}
    for sentence, label in zip(reviews.sentences, reviews.labels, strict=True):
        verdicts.setdefault(frozenset(Counter(sentence).items()), set()).add(int(label))
    assert sum(found == {0, 1} for found in verdicts.values()) > 50


@by_language
def test_far_negations_stand_out_of_reach_of_three_words(language):
    adjectives = sides(GRAMMARS[language])
    deny = {"not", "nobody", "ne", "personne"}
    for sentence in written(200, language=language, turns={"distant": 1}, two_clauses=0).sentences:
        first = next(place for place, word in enumerate(sentence) if word in deny)
        assert next(place for place, word in enumerate(sentence) if word in adjectives) - first >= 4, sentence


def test_french_adjectives_agree_with_their_nouns():
    grammar = GRAMMARS["fr"]
    feminine = {form.split("|")[1] for form in (*grammar.good, *grammar.bad) if "|" in form}
    masculine = {form.split("|")[0] for form in (*grammar.good, *grammar.bad) if "|" in form}
    for sentence in written(400, language="fr", two_clauses=0).sentences:
        wrong = masculine if {"la", "elle"} & set(sentence) else feminine
        assert not wrong & set(sentence), sentence


def test_two_clauses_say_the_same_of_two_things():
    both = written(200, turns={"plain": 1}, two_clauses=1)
    adjectives = sides(GRAMMARS["en"])
    for sentence, label in zip(both.sentences, both.labels, strict=True):
        assert [adjectives[word] for word in sentence if word in adjectives] == [label, label]
        assert sentence.count("was") == 2


@by_language
def test_the_generator_decides_and_lengths_vary(language):
    first, again, other = written(language=language), written(language=language), written(language=language, seed=1)
    assert first.sentences == again.sentences != other.sentences
    assert len({len(sentence) for sentence in first.sentences}) > 10


@by_language
def test_the_sentence_of_seven_words_is_of_the_grammar(language):
    assert len(SEVEN_WORDS[language]) == 7
    assert set(SEVEN_WORDS[language]) <= set(vocabulary_of(written(language=language).sentences).words)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"language": "de"}, "language is 'de'; 'en' or 'fr' fits"),
        ({"turns": "plain"}, "turns is 'plain'; shares of some of plain, negated"),
        ({"turns": {"odd": 1}}, r"turns is \{'odd': 1\}; shares of some of"),
        ({"turns": {"plain": 0}}, r"turns is \{'plain': 0\}; at least one share above 0 fits"),
        ({"turns": {"plain": -1}}, "the share of plain is -1; 0 or more fits"),
        ({"two_clauses": 2}, "two_clauses is 2; 0 to 1 fits"),
        ({"n": 0}, "n is 0; 1 or more fits"),
    ],
)
def test_what_cannot_be_written_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"write_reviews: {message}"):
        written(**({"n": 3} | wrong))


def test_more_reviews_than_there_are_is_refused_and_not_tried_for_ever(monkeypatch):
    monkeypatch.setattr("cnnlib.data.reviews.MOST_REPEATS", 50)
    monkeypatch.setitem(
        GRAMMARS, "en", GRAMMARS["en"]._replace(nouns=GRAMMARS["en"].nouns[:1], openings=("",), endings=("",))
    )
    with pytest.raises(ValueError, match=r"n is 5000 but hardly more than .* reviews of these turns differ"):
        written(5000, turns={"plain": 1}, two_clauses=0)


def test_words_become_numbers_and_come_back():
    vocabulary = vocabulary_of([["b", "a"], ["c", "a", "a"]])
    assert vocabulary.words == ("·", "?", "a", "b", "c")
    assert len(vocabulary) == 5
    indices = vocabulary.encode([["a", "b"], ["c"], ["never", "a", "b"], []])
    assert indices.dtype == np.int64
    assert indices.tolist() == [[2, 3, 0], [4, 0, 0], [1, 2, 3], [0, 0, 0]]
    assert [vocabulary.decode(row) for row in indices] == [("a", "b"), ("c",), ("?", "a", "b"), ()]
    assert (PADDING, UNKNOWN) == (0, 1)


def test_an_empty_batch_has_no_places():
    assert Vocabulary(("·", "?")).encode([]).shape == (0, 0)


def test_a_text_in_one_piece_is_refused():
    with pytest.raises(
        TypeError, match=r"vocabulary: 'a b' is one text; a sequence of words fits, such as text\.split"
    ):
        vocabulary_of(["a b"])
    with pytest.raises(TypeError, match="vocabulary: 'a b' is one text"):
        Vocabulary(("·", "?", "a")).encode(["a b"])
    with pytest.raises(ValueError, match="decode: indices holds 3; whole numbers from 0 to 2 fit"):
        Vocabulary(("·", "?", "a")).decode(np.array([3]))

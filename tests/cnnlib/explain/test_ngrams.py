"""The phrases of text filters, on networks whose answer is known."""

import pytest
import torch
from torch import nn

from cnnlib import explain, models

WORDS = ("·", "?", "not", "very", "good", "bad", "soup")
NOT, VERY, GOOD, BAD, SOUP = range(2, 7)


def looking_for(*phrases):
    """A network whose filters are made of the one-hot vectors of phrases, each sure of a word by its weight."""
    network = models.text_network(len(WORDS), size=len(WORDS), filters=len(phrases), widths=(len(phrases[0]),))
    with torch.no_grad():
        network.embedding.weight[:] = torch.eye(len(WORDS))
        network.embedding.weight[0] = 0
        network.convolutions[0].weight.zero_()
        network.convolutions[0].bias.fill_(-0.5)
        for number, phrase in enumerate(phrases):
            for place, (word, weight) in enumerate(phrase.items()):
                network.convolutions[0].weight[number, word, place] = weight
    return network


SENTENCES = torch.tensor(
    [[SOUP, NOT, GOOD, 0, 0], [NOT, GOOD, VERY, BAD, SOUP], [VERY, GOOD, 0, 0, 0], [BAD, 0, 0, 0, 0]]
)


def found(network, sentences=SENTENCES, **options):
    return explain.top_ngrams(network, sentences, "convolutions.0", words=WORDS, **options)


def test_a_filter_made_of_a_phrase_finds_that_phrase_first():
    network = looking_for({NOT: 2.0, GOOD: 3.0}, {VERY: 1.0, BAD: 5.0})
    not_good, very_bad = found(network, count=3)
    assert not_good[0] == (("not", "good"), 4.5)
    assert not_good[1] == (("very", "good"), 2.5)
    assert not_good[2].activation == -0.5
    assert very_bad[0] == explain.Ngram(("very", "bad"), 5.5)


def test_a_phrase_counts_once_with_its_best_place():
    """Here the same words always get the same answer, so a phrase that stands in two reviews comes once."""
    (phrases,) = found(looking_for({NOT: 2.0, GOOD: 3.0}), count=50)
    assert [phrase.words for phrase in phrases].count(("not", "good")) == 1
    assert len(phrases) == 6
    assert [phrase.activation for phrase in phrases] == sorted((p.activation for p in phrases), reverse=True)


def test_no_phrase_reaches_into_the_padding():
    """*bad* at the end of a review, before the padding, would be the best of all."""
    (phrases,) = found(looking_for({BAD: 9.0, SOUP: 1.0}), count=50)
    assert phrases[0] == (("bad", "soup"), 9.5)
    assert all("·" not in phrase.words for phrase in phrases)
    assert all(len(phrase.words) == 2 for phrase in phrases)


def test_sentences_shorter_than_the_filter_hold_no_phrase():
    network = looking_for({NOT: 1.0, VERY: 1.0, GOOD: 1.0})
    assert found(network, SENTENCES[3:, :2]) == [[]]
    assert found(network, SENTENCES[3:]) == [[]]


def test_it_leaves_no_trace_and_takes_arrays():
    network = looking_for({NOT: 2.0, GOOD: 3.0}).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    indices = SENTENCES.clone()
    assert found(network, indices.numpy()) == found(network, indices)
    assert network.training
    assert not network.convolutions[0]._forward_hooks
    assert torch.equal(indices, SENTENCES)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_any_model_with_a_convolution_over_words_will_do():
    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(len(WORDS), 4)
            self.run = nn.Conv1d(4, 2, 3)

        def forward(self, indices):
            return self.run(self.table(indices).transpose(1, 2)).mean(dim=2)

    torch.manual_seed(0)
    model = Mean()
    first, second = explain.top_ngrams(model, SENTENCES, model.run, words=WORDS, count=2)
    assert len(first) == len(second) == 2
    vectors = model.table(torch.tensor([[WORDS.index(word) for word in first[0].words]])).transpose(1, 2)
    assert model.run(vectors)[0, 0, 0].item() == pytest.approx(first[0].activation)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"layer": "classifier"}, TypeError, "the layer is a Linear; a Conv1d fits"),
        ({"layer": "nowhere"}, ValueError, "layer is 'nowhere'; the model has embedding, convolutions"),
        ({"count": 0}, ValueError, "count is 0; 1 or more fits"),
        ({"indices": SENTENCES.double()}, TypeError, r"indices has dtype torch\.float64; whole numbers fit"),
        ({"indices": SENTENCES[0]}, ValueError, r"indices has 1 axes but 2 fit, \(N, L\)"),
        ({"indices": SENTENCES + 3}, ValueError, "indices go from 3 to 9; 0 to 6 fit"),
    ],
)
def test_refuses_in_the_one_wording(change, error, message):
    arguments = {"indices": SENTENCES, "layer": "convolutions.0", "words": WORDS} | change
    with pytest.raises(error, match=f"top_ngrams: {message}"):
        explain.top_ngrams(looking_for({NOT: 1.0, GOOD: 1.0}), **arguments)


def test_a_convolution_that_skips_words_is_refused():
    network = looking_for({NOT: 1.0, GOOD: 1.0})
    network.convolutions[0] = nn.Conv1d(len(WORDS), 1, 2, dilation=2)
    with pytest.raises(ValueError, match="one with a stride and dilation of 1 and no padding fits"):
        found(network)

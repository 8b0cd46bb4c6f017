"""The text network: its parts, the same as in numpy, and padding that never counts."""

import numpy as np
import pytest
import torch
from torch.nn import functional

import cnnlib
from cnnlib import models


def network(**options):
    torch.manual_seed(0)
    made = models.text_network(9, 3, **({"size": 5, "filters": 4, "widths": (2, 3)} | options)).double()
    for convolution in made.convolutions:
        torch.nn.init.normal_(convolution.bias)  # a bias that would win wherever padding counted
    return made


SENTENCES = torch.tensor([[3, 1, 4, 1, 5], [8, 2, 6, 0, 0], [7, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def test_has_three_parts_and_the_shapes_that_are_said():
    made = network()
    assert [name for name, _ in made.named_children()] == ["embedding", "convolutions", "classifier"]
    assert made.features(SENTENCES).shape == (4, 8)
    assert made(SENTENCES).shape == (4, 3)


def test_computes_what_numpy_computes():
    made = network()
    table = made.embedding.weight.detach().numpy()
    assert not table[0].any()
    for sentence in SENTENCES.numpy():
        real = sentence[sentence > 0]
        x = cnnlib.embedding_forward(real[None], table)[0].transpose(0, 2, 1)
        expected = []
        for convolution in made.convolutions:
            w, b = convolution.weight.detach().numpy(), convolution.bias.detach().numpy()
            if not len(real):
                expected.append(np.zeros(4))
                continue
            x_long = np.pad(x, ((0, 0), (0, 0), (0, max(w.shape[2] - x.shape[2], 0))))
            answers = np.maximum(cnnlib.conv1d_forward(x_long, w, b)[0], 0)
            expected.append(cnnlib.max_over_time_forward(answers)[0][0])
        found = made.features(torch.from_numpy(sentence[None]))[0].detach().numpy()
        np.testing.assert_allclose(found, np.concatenate(expected), atol=1e-12)


@pytest.mark.parametrize("more", [1, 7])
def test_padding_changes_nothing(more):
    made = network()
    torch.testing.assert_close(made(functional.pad(SENTENCES, (0, more))), made(SENTENCES), rtol=0, atol=1e-12)


def test_a_sentence_has_the_scores_that_it_has_alone():
    made = network()
    for sentence, scores in zip(SENTENCES, made(SENTENCES), strict=True):
        alone = sentence[sentence > 0][None]
        torch.testing.assert_close(made(alone)[0], scores, rtol=0, atol=1e-12)


def test_nothing_is_found_in_an_empty_sentence_and_its_gradient_is_finite():
    made = network()
    assert not made.features(SENTENCES[3:]).any()
    made(SENTENCES).square().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in made.parameters())


def test_every_parameter_learns_but_the_padding():
    made = network()
    made(torch.randint(1, 9, (40, 6))).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in made.parameters())
    made(SENTENCES).sum().backward()
    assert not made.embedding.weight.grad[0].any()


@pytest.mark.parametrize("widths", [(), (2, 0)])
def test_refuses_filters_that_see_nothing(widths):
    with pytest.raises(ValueError, match=r"text_network: widths is \(.*\); one or more of 1 or more fit"):
        models.text_network(9, widths=widths)

"""The weights that come with the package: they fit, they read, and the recipe that is kept beside them makes such."""

import re
import sys
from importlib.resources import files

import numpy as np
import pytest
import torch
from safetensors import safe_open

from cnnlib.data import LETTERS, Labelled, draw_glyphs
from cnnlib.models.glyph_reader import glyph_reader
from cnnlib.models.pretrained import pretrained
from cnnlib.models.weights import __main__ as command
from cnnlib.models.weights import agent, letters

FOLDER = files("cnnlib.models.weights")


def percent(pattern):
    """A figure of the data card."""
    card = FOLDER.joinpath("letters.md").read_text(encoding="utf-8")
    (figure,) = re.findall(pattern, card)
    return float(figure)


@pytest.fixture(scope="module")
def network():
    return pretrained("letters")


def test_it_reads_as_well_as_its_card_says(network):
    unseen = letters.draw_letters(2_100, rng=np.random.default_rng(7))
    measured = 100 * letters.accuracy(network, unseen)
    assert measured == pytest.approx(percent(r"\*\*([\d.]+) %\*\* of 8,400 unseen letters"), abs=3)


def test_it_is_ready_to_predict_and_to_learn(network):
    assert not any(module.training for module in network.modules())
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert {tensor.device.type for tensor in network.state_dict().values()} == {"cpu"}
    assert network(torch.zeros(2, 1, 16, 16)).shape == (2, len(LETTERS))


def test_each_caller_has_weights_of_their_own(network):
    other = pretrained("letters")
    other.classifier.weight.data.zero_()
    assert network.classifier.weight.abs().sum() > 0


def test_loading_moves_no_random_generator():
    before = torch.get_rng_state()
    pretrained("letters")
    assert torch.equal(torch.get_rng_state(), before)


def test_the_file_is_small_and_says_what_it_was_made_with():
    file = FOLDER.joinpath("letters.safetensors")
    assert len(file.read_bytes()) < 1_000_000
    with safe_open(str(file), "pt") as stored:
        assert re.fullmatch(r"80000 letters, seed 0, torch .*, numpy .*", stored.metadata()["made with"])
        shapes = {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118
    assert shapes == {name: tuple(tensor.shape) for name, tensor in glyph_reader().state_dict().items()}


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"pretrained: name is 'resnet9'; letters, agent, alexnet-imagenet, .* fit"):
        pretrained("resnet9")


class TestRecipe:
    def test_the_same_seed_gives_the_same_network(self):
        networks = []
        for seed in (3, 3, 4):
            rng = np.random.default_rng(seed)
            networks.append(letters.train(letters.draw_letters(128, rng=rng), rng=rng).state_dict())
        first, again, other = networks
        assert all(torch.equal(first[name], again[name]) for name in first)
        assert not torch.equal(first["classifier.weight"], other["classifier.weight"])

    def test_it_learns(self):
        """Four letters without clutter, from 1,200 of them."""
        rng = np.random.default_rng(0)
        easy = draw_glyphs(1_400, rng=rng, classes=LETTERS[:4], size=16)
        network = letters.train(Labelled(easy.images[:1_200], easy.labels[:1_200]), rng=rng)
        assert letters.accuracy(network, Labelled(easy.images[1_200:], easy.labels[1_200:])) > 0.6

    def test_training_leaves_the_global_generator_alone(self):
        before = torch.get_rng_state()
        rng = np.random.default_rng(0)
        letters.train(letters.draw_letters(64, rng=rng), rng=rng)
        assert torch.equal(torch.get_rng_state(), before)

    def test_the_command_writes_a_file_of_the_same_form(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["weights", "letters", "--to", str(tmp_path), "--count", "128"])
        monkeypatch.setattr(command, "TEST_COUNT", 84)
        command.main()
        assert re.search(r"letters.safetensors: [\d.]+% of 84 unseen letters", capsys.readouterr().out)
        with safe_open(str(tmp_path / "letters.safetensors"), "pt") as stored:
            assert set(stored.keys()) == set(glyph_reader().state_dict())
            assert stored.metadata()["made with"].startswith("128 letters, seed 0, ")


class TestAgentRecipe:
    def test_the_same_seed_gives_the_same_agent(self):
        first, again, other = (agent.train(4, rng=np.random.default_rng(seed)).state_dict() for seed in (3, 3, 4))
        assert all(torch.equal(first[name], again[name]) for name in first)
        assert not torch.equal(first["value.weight"], other["value.weight"])

    def test_the_command_writes_a_file_of_the_same_form(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["weights", "agent", "--to", str(tmp_path), "--count", "4"])
        monkeypatch.setattr(command, "EPISODES", 20)
        command.main()
        assert re.search(r"agent.safetensors: [\d.]+% of 20 fresh episodes", capsys.readouterr().out)
        with safe_open(str(tmp_path / "agent.safetensors"), "pt") as made:
            assert set(made.keys()) == set(pretrained("agent").state_dict())
            assert made.metadata()["made with"].startswith("4 updates, seed 0, ")

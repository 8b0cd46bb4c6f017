"""The networks that watch clips, read lines and act."""

import numpy as np
import pytest
import torch

from cnnlib import models
from cnnlib.data import PixelWorlds


@pytest.mark.parametrize(("frames", "side"), [(1, 16), (9, 16), (4, 24)])
def test_a_clip_of_any_length_is_scored(frames, side):
    assert models.clip_network(classes=5)(torch.zeros(2, 1, frames, side, side)).shape == (2, 5)


@pytest.mark.parametrize(("depth", "same"), [(1, True), (3, False)])
def test_only_deep_kernels_notice_that_a_clip_runs_backwards(depth, same):
    torch.manual_seed(0)
    network, clip = models.clip_network(depth=depth).eval(), torch.randn(1, 1, 9, 16, 16)
    assert torch.allclose(network(clip), network(clip.flip(2)), atol=1e-6) == same


@pytest.mark.parametrize("width", [20, 65, 120])
def test_a_line_is_scored_column_by_column(width):
    assert models.line_reader(classes=11)(torch.zeros(2, 1, 12, width)).shape == (2, 11, width // 2)


def test_a_line_is_read_the_same_a_little_further_right():
    torch.manual_seed(0)
    reader, line = models.line_reader().eval(), torch.randn(1, 1, 12, 40)
    moved = torch.nn.functional.pad(line, (6, 6))
    torch.testing.assert_close(reader(line)[:, :, 4:-4], reader(moved)[:, :, 7:-7])


def test_an_agent_values_four_moves_from_where_it_stands():
    torch.manual_seed(0)
    agent, images = models.PixelAgent(), torch.from_numpy(PixelWorlds(3, rng=np.random.default_rng(0)).images())
    assert agent(images).shape == (3, 4)
    nowhere = images * torch.tensor([1.0, 1, 0])[:, None, None]
    torch.testing.assert_close(agent(nowhere), agent.value.bias.expand(3, 4))

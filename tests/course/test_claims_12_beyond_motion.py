"""What lesson 12 says of its clips, its lines and its agent."""

import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

from cnnlib import models
from cnnlib.data import ACTIONS, PixelWorlds, draw_clips, draw_lines
from cnnlib.models.weights import agent

ROOT = Path(__file__).parents[2]
LESSON = " ".join((ROOT / "solutions" / "12_beyond.py").read_text(encoding="utf-8").replace("\n#", "\n").split())
CARD = files("cnnlib.models.weights").joinpath("agent.md").read_text(encoding="utf-8")


def test_guessing_names_one_action_of_eight():
    assert len(ACTIONS) == 8
    assert "once in eight, 12.5 %" in LESSON


def test_the_frame_in_the_middle_says_nothing_of_the_action():
    discs = np.hypot(*np.indices((9, 9)) - 4)[None, None] < 3.5
    clips, actions = draw_clips(np.repeat(discs, 1600, axis=0), rng=np.random.default_rng(0))
    middle = clips[:, 0, clips.shape[2] // 2].reshape(1600, -1)
    for statistic in (middle.mean(axis=1), middle.std(axis=1), middle.max(axis=1)):
        means = np.array([statistic[actions == action].mean() for action in range(8)])
        error = statistic.std() / np.sqrt(200)
        assert abs(means - statistic.mean()).max() < 4 * error


def test_the_test_lines_are_twice_as_long_as_those_learnt_from():
    assert "We train on lines of 5 digits, and test on lines of 10." in LESSON
    assert draw_lines(1, rng=np.random.default_rng(0), length=10).digits.shape == (1, 10)


def test_the_agent_reaches_as_many_goals_as_its_card_and_the_lesson_say():
    (claimed,) = re.findall(r"\*\*(\S+) %\*\* of 2,000 fresh episodes", CARD)
    assert f"In 2,000 others it reaches the goal in {claimed} %." in LESSON
    found = agent.success(models.pretrained("agent"), 2000, rng=np.random.default_rng(1))
    assert abs(100 * found - float(claimed)) < 0.5


def test_the_agent_has_made_as_many_updates_and_steps_as_the_lesson_says():
    assert f"has made {agent.UPDATES:,} updates, from {agent.UPDATES * agent.WORLDS:,} steps" in LESSON
    assert agent.LEAST_CHANCE == 0.3
    assert agent.DISCOUNT == 0.9


def test_a_move_at_random_seldom_reaches_the_goal():
    rng = np.random.default_rng(0)
    worlds = PixelWorlds(2000, rng=rng)
    playing, reached = np.ones(2000, bool), np.zeros(2000, bool)
    for _ in range(worlds.limit):
        reward, done, _ = worlds.step(rng.integers(0, 4, 2000))
        reached |= playing & (reward > 0)
        playing &= ~done
    assert reached.mean() < 0.35


def test_where_the_agent_fails_it_runs_out_of_time_rather_than_into_lava():
    worlds, network = PixelWorlds(1000, rng=np.random.default_rng(2)), models.pretrained("agent")
    playing, burnt = np.ones(1000, bool), np.zeros(1000, bool)
    for _ in range(worlds.limit):
        with torch.no_grad():
            moves = network(torch.from_numpy(worlds.images())).argmax(dim=1).numpy()
        reward, done, _ = worlds.step(moves)
        burnt |= playing & (reward < 0)
        playing &= ~done
    assert burnt.mean() < 0.02
    assert burnt.sum() < playing.sum()

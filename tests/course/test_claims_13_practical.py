"""The ledger of lesson 13: CLAIMS.md has no row for it, so these are the figures that its own prose states."""

import math
from pathlib import Path

import numpy as np
import pytest

from cnnlib.data import load_digits, split_digits
from cnnlib.ops.cross_entropy import cross_entropy_forward
from cnnlib.optim import Adam

ROOT = Path(__file__).parents[2]


def test_the_first_loss_of_ten_classes():
    loss, _ = cross_entropy_forward(np.zeros((4, 10)), np.arange(4))
    assert loss == pytest.approx(2.303, abs=5e-4)


def test_a_second_softmax_leaves_a_loss_of_1_46():
    loss, _ = cross_entropy_forward(np.eye(10), np.arange(10))
    assert loss == pytest.approx(1.461, abs=5e-4)
    assert math.e / (math.e + 9) == pytest.approx(0.232, abs=5e-4)


def test_where_the_loss_ends_with_smoothed_labels():
    shares = np.full(10, 0.01)
    shares[0] += 0.9
    loss, _ = cross_entropy_forward(np.log(shares)[None], np.array([0]))
    assert loss == pytest.approx(0.094, abs=5e-4)


def test_adams_first_step_is_as_long_as_its_rate_whatever_the_gradient():
    p = np.zeros(3)
    Adam(0.1).step({"p": p}, {"p": np.array([1e-3, -1.0, 1e3])})
    np.testing.assert_allclose(p, [-0.1, 0.1, -0.1], rtol=1e-4)


def test_without_corrections_the_first_step_would_be_3_16_times_as_long():
    assert (1 - 0.9) / math.sqrt(1 - 0.999) == pytest.approx(3.16, abs=5e-3)


def test_the_digits_and_how_they_are_dealt_out():
    assert len(load_digits().labels) == 1797
    parts = split_digits(rng=np.random.default_rng(13))
    assert [round(len(part.labels) / 1797, 2) for part in parts] == [0.6, 0.2, 0.2]


def test_how_sure_360_images_make():
    assert math.sqrt(0.99 * 0.01 / 360) == pytest.approx(0.005, abs=5e-4)


def test_the_lesson_shows_what_the_benchmarks_show():
    lesson = (ROOT / "solutions/13_practical.py").read_text(encoding="utf-8").splitlines()
    shown = [line.removeprefix("# ") for line in lesson if line.startswith("# | width")]
    benchmarks = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8").splitlines()
    assert shown == [line for line in benchmarks if line.startswith("| width")]
    assert len(shown) == 4

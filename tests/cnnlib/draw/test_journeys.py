"""Maps and the ways gone on them."""

import numpy as np
import pytest

from cnnlib import draw
from cnnlib.data import PixelWorlds

MAPS = PixelWorlds(2, rng=np.random.default_rng(0)).images()
WAYS = [[(0, 0), (0, 1), (1, 1)], [(5, 5)]]


def test_a_way_goes_from_cell_to_cell():
    first, _ = (axes for axes in draw.journeys(MAPS, WAYS).axes)
    way, start, end = first.lines
    assert way.get_xydata().tolist() == [[0, 0], [1, 0], [1, 1]]
    assert start.get_xydata().tolist() == [[0, 0]]
    assert end.get_xydata().tolist() == [[1, 1]]


def test_walls_lava_and_goal_have_signs_and_shades_of_their_own():
    first, _ = draw.journeys(MAPS, WAYS).axes
    assert sorted(text.get_text() for text in first.texts) == sorted("▦▦▦≈≈≈★")
    assert len({patch.get_facecolor() for patch in first.patches}) == 4


def test_it_says_how_far_each_went():
    assert draw.journeys(MAPS, WAYS).alt == (
        "2 maps and the way gone on each: 2 steps from (0, 0) to (1, 1); 0 steps from (5, 5) to (5, 5)."
    )


@pytest.mark.parametrize(
    ("maps", "ways", "titles", "message"),
    [
        (MAPS[0], WAYS, (), "maps has 3 axes but 4 fit"),
        (MAPS, WAYS[:1], (), "ways has 1 entries but there are 2 maps"),
        (MAPS, WAYS, ("a",), "titles has 1 entries but there are 2 maps"),
        (MAPS + 2, WAYS, (), r"maps holds a pixel \(\d, \d, \d\)"),
    ],
)
def test_what_does_not_fit_is_refused(maps, ways, titles, message):
    with pytest.raises(ValueError, match=rf"draw\.journeys: {message}"):
        draw.journeys(maps, ways, titles=titles)

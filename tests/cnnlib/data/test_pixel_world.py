import numpy as np
import pytest

from cnnlib.data import MOVES, PixelWorlds

UP, RIGHT, DOWN, LEFT = range(4)
COLOURS = {"wall": (1, 1, 0), "lava": (1, 0, 0), "goal": (0, 1, 0), "agent": (0, 0, 1)}


def one(rows, start, **options):
    """A world with this map: . floor, # wall, ~ lava, G goal."""
    world = PixelWorlds(1, rng=np.random.default_rng(0), size=len(rows), **options)
    world.cells[0] = [[".#~G".index(sign) for sign in row] for row in rows]
    world.places[0] = start
    return world


def test_images_show_what_there_is():
    worlds = PixelWorlds(200, rng=np.random.default_rng(0))
    images = worlds.images()
    assert images.shape == (200, 3, 6, 6)
    assert images.dtype == np.float32
    for name, count in (("wall", 3), ("lava", 3), ("goal", 1), ("agent", 1)):
        same = (images == np.array(COLOURS[name], np.float32)[:, None, None]).all(axis=1)
        assert (same.sum(axis=(1, 2)) == count).all()


def test_every_goal_can_be_reached_in_the_steps_that_are_said():
    worlds = PixelWorlds(300, rng=np.random.default_rng(1))
    left, reached = worlds.shortest(), np.zeros(300, bool)
    assert left.min() >= 1
    assert left.max() < 36
    for _ in range(36):
        nearer = np.zeros(300, int)
        for move in range(4):
            trial = PixelWorlds(300, rng=np.random.default_rng(2))
            trial.cells, trial.places = worlds.cells, worlds.places
            trial.step(np.full(300, move))
            nearer[trial.shortest() == worlds.shortest() - 1] = move
        reward, _, _ = worlds.step(nearer)
        reached |= reward > 0
        left -= 1
        assert ((left == 0) <= reached).all()
    assert reached.all()


def test_moves_go_where_they_say_and_stop_at_walls_and_borders():
    world = one(["....", ".#..", "....", "...G"], (0, 1))
    places = []
    for move in (UP, DOWN, RIGHT, DOWN, LEFT, DOWN, LEFT, LEFT, LEFT):
        world.step(np.array([move]))
        places.append(tuple(world.places[0].tolist()))
    assert places == [(0, 1), (0, 1), (0, 2), (1, 2), (1, 2), (2, 2), (2, 1), (2, 0), (2, 0)]
    assert MOVES == ("up", "right", "down", "left")


@pytest.mark.parametrize(("move", "reward"), [(RIGHT, 1), (DOWN, -1)])
def test_goal_and_lava_end_an_episode(move, reward):
    earned, done, late = one([".G..", "~...", "....", "...."], (0, 0)).step(np.array([move]))
    assert (earned.tolist(), done.tolist(), late.tolist()) == ([reward], [True], [False])


def test_time_ends_it_too():
    world = one(["....", "....", "....", "...G"], (0, 0), limit=3)
    said = [[flag.item() for flag in world.step(np.array([UP]))[1:]] for _ in range(3)]
    assert said == [[False, False], [False, False], [False, True]]


def test_a_restart_deals_new_maps_to_the_worlds_marked_alone():
    worlds = PixelWorlds(40, rng=np.random.default_rng(0))
    worlds.step(np.zeros(40, int))
    before, marked = worlds.images(), np.arange(40) < 20
    worlds.restart(marked)
    same = (worlds.images() == before).all(axis=(1, 2, 3))
    assert not same[:20].any()
    assert same[20:].all()
    assert worlds.steps.tolist() == [0] * 20 + [1] * 20


def test_the_generator_decides_every_map():
    first, again, other = (PixelWorlds(9, rng=np.random.default_rng(seed)).images().tobytes() for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("options", "message"),
    [({"n": 0}, "n is 0; 1"), ({"n": 1, "size": 3}, "size is 3; 4"), ({"n": 1, "limit": 0}, "limit is 0; 1")],
)
def test_worlds_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=f"PixelWorlds: {message} or more fits"):
        PixelWorlds(rng=np.random.default_rng(0), **options)

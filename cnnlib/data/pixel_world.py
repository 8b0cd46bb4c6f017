"""Little worlds of pixels to act in: walls, lava and a goal on a map that is new in each episode."""

import numpy as np

from cnnlib.ops._arguments import Array, generator, whole

MOVES = ("up", "right", "down", "left")

_STEPS = np.array([(-1, 0), (0, 1), (1, 0), (0, -1)])
_FLOOR, _WALL, _LAVA, _GOAL, _AGENT = range(5)
_COLOURS = np.array([(0, 0, 0), (1, 1, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], np.float32)
_FAR = 10_000  # further than any way


class PixelWorlds:
    """n worlds side by side, each a map of size x size cells with 3 walls, 3 cells of lava and a goal.

    The goal can always be reached. It pays 1, lava costs 1, and both end the episode; so does time, after `limit`
    steps. A move against a wall or the border leaves the agent where it is.
    """

    def __init__(self, n: int, *, rng: np.random.Generator, size: int = 6, limit: int = 30) -> None:
        self.rng = generator("PixelWorlds", rng)
        n, self.size = whole("PixelWorlds", "n", n, least=1), whole("PixelWorlds", "size", size, least=4)
        self.limit = whole("PixelWorlds", "limit", limit, least=1)
        self.cells = np.zeros((n, size, size), np.int64)
        self.places = np.zeros((n, 2), np.int64)
        self.steps = np.zeros(n, np.int64)
        self.restart(np.ones(n, bool))

    def restart(self, which: Array) -> None:
        """Give the worlds that `which` (n,) marks a new map and a new agent."""
        rows = np.flatnonzero(which)
        self.steps[rows] = 0
        while len(rows):
            cells, places = self._dealt(len(rows))
            reached = _ways(cells)[np.arange(len(rows)), *places.T] < _FAR
            self.cells[rows[reached]], self.places[rows[reached]] = cells[reached], places[reached]
            rows = rows[~reached]

    def images(self) -> Array:
        """What is seen, (n, 3, size, size), a pixel a cell: walls yellow, lava red, the goal green, the agent blue."""
        seen = self.cells.copy()
        seen[np.arange(len(seen)), *self.places.T] = _AGENT
        return np.ascontiguousarray(_COLOURS[seen].transpose(0, 3, 1, 2))

    def shortest(self) -> Array:
        """How many steps the shortest way to the goal takes from where each agent is: (n,)."""
        return _ways(self.cells)[np.arange(len(self.cells)), *self.places.T]

    def step(self, moves: Array) -> tuple[Array, Array, Array]:
        """Move each agent, and say what it earned, whether goal or lava ended the episode, and whether time did."""
        n = np.arange(len(self.cells))
        there = np.clip(self.places + _STEPS[moves], 0, self.size - 1)
        self.places = np.where((self.cells[n, *there.T] == _WALL)[:, None], self.places, there)
        here = self.cells[n, *self.places.T]
        self.steps += 1
        reward = (here == _GOAL).astype(np.float32) - (here == _LAVA)
        done = reward != 0
        return reward, done, ~done & (self.steps >= self.limit)

    def _dealt(self, n: int) -> tuple[Array, Array]:
        """n maps dealt at random, and where the agents start."""
        order = self.rng.random((n, self.size**2)).argsort(axis=1)
        cells = np.zeros((n, self.size**2), np.int64)
        for kind, dealt in ((_WALL, order[:, :3]), (_LAVA, order[:, 3:6]), (_GOAL, order[:, 6:7])):
            np.put_along_axis(cells, dealt, kind, axis=1)
        return cells.reshape(n, self.size, self.size), np.stack(np.divmod(order[:, 7], self.size), axis=1)


def _ways(cells: Array) -> Array:
    """For each cell how many steps it is from the goal, around walls and lava: one more than its nearest neighbour."""
    ways, free = np.where(cells == _GOAL, 0, _FAR), (cells == _FLOOR) | (cells == _GOAL)
    while True:
        framed = np.pad(ways, ((0, 0), (1, 1), (1, 1)), constant_values=_FAR)
        around = [framed[:, :-2, 1:-1], framed[:, 2:, 1:-1], framed[:, 1:-1, :-2], framed[:, 1:-1, 2:]]
        nearer = np.where(free, np.minimum(ways, np.minimum.reduce(around) + 1), _FAR)
        if (nearer == ways).all():
            return ways
        ways = nearer

"""Bounds how many are at work at the same time, where the bound changes as workers come and go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """Places, given out in turn."""

    def __init__(self, size: int) -> None:
        self._size, self._taken = size, 0
        self._waiting: list[asyncio.Future[None]] = []

    def resize(self, size: int) -> None:
        """Have so many places from now on; nobody loses one."""
        self._size = size
        self._let_in()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the body, once there is one."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._let_in()
        try:
            await turn
            yield
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)
            else:
                self._taken -= 1
                self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._taken < self._size:
            self._taken += 1
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)

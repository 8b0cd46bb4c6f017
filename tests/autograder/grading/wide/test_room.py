"""No more at a time than there is room for, also when the room changes or somebody gives up waiting."""

import asyncio

from autograder.grading.wide.room import Room


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def test_places_are_given_out_in_turn():
    async def scenario():
        room, inside, leave = Room(2), [], asyncio.Event()

        async def visit(name):
            async with room.place():
                inside.append(name)
                await leave.wait()

        visits = [asyncio.create_task(visit(name)) for name in range(6)]
        await settle()
        assert inside == [0, 1]
        visits[2].cancel()
        room.resize(3)
        await settle()
        assert inside == [0, 1, 3]
        room.resize(1)
        visits[0].cancel()
        await settle()
        assert inside == [0, 1, 3]  # two are left, and there is room for one
        leave.set()
        await asyncio.gather(*visits, return_exceptions=True)
        assert inside == [0, 1, 3, 4, 5]

    asyncio.run(scenario())

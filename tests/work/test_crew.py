"""One child is always there; the others come when there is much to do, and go when there is nothing."""

import asyncio
from contextlib import ExitStack

from smtpd_billbee.work.children import Children
from smtpd_billbee.work.crew import ENOUGH, Crew

GIB = 1024**3


async def test_others_come_and_go() -> None:
    """Two pieces of work are enough for one child; the third one sends for the others, who take the next."""
    crew = Crew(
        lambda many: Children("reader", many, 10.0, 2 * GIB),
        lambda children: children.start(len, (), time_limit=60.0),
        processes=3,
        idle=0.3,
    )
    crew.start()
    try:
        with ExitStack() as work:
            few = [work.enter_context(crew.least_busy()) for _ in range(ENOUGH)]
            before = crew.has_others
            third = work.enter_context(crew.least_busy())
            while not (others := crew._others) or not others.children.are_born:  # noqa: ASYNC110 - no bell rings
                await asyncio.sleep(0.02)
            many = [work.enter_context(crew.least_busy()) for _ in range(3)]
            answers = [await each.run(len, (1, 2)) for each in (crew.first, others.children)]
        there = crew.has_others
        async with asyncio.timeout(10):
            while crew.has_others:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        crew.close()

    assert [crew.first] * 3 == [*few, third]
    assert (False, True, True) == (before, others.size == 2, there)
    assert [others.children] * 3 == many
    assert [2, 2] == answers


async def test_one_is_all() -> None:
    """Where one child is all that is allowed, nobody else comes."""
    crew = Crew(lambda many: Children("reader", many, 10.0, 2 * GIB), lambda children: None, processes=1)
    with ExitStack() as work:
        chosen = [work.enter_context(crew.least_busy()) for _ in range(5)]
    crew.close()

    assert [crew.first] * 5 == chosen
    assert not crew.has_others

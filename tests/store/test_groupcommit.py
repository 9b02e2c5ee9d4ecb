"""Many that wait share one commit."""

import asyncio
import gc
import weakref
from collections.abc import Sequence
from contextlib import suppress

import pytest

from smtpd_billbee.store import groupcommit
from smtpd_billbee.store.groupcommit import MOST, TURNS, GroupCommit


class Thing:
    """Can be seen to be gone."""


class Ledger:
    """Notes each group; a group with a bad number fails as a whole."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    async def commit(self, group: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if any(number < 0 for number in group):
            raise ValueError(len(group))
        self.groups.append(list(group))


async def test_those_that_wait_share_a_commit() -> None:
    """The first goes alone; what came meanwhile goes together, in order, and never more than MOST at once."""
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        await asyncio.gather(*(group.put(number) for number in range(MOST + 50)))
        group.close()

    assert list(range(MOST + 50)) == [number for each in ledger.groups for number in each]
    assert len(ledger.groups) <= 3
    assert max(map(len, ledger.groups)) <= MOST


async def test_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that wait are joined by who comes a moment later; one that waits alone is committed at once."""
    monkeypatch.setattr(groupcommit, "LINGER_SECONDS", 10.0)  # a machine that is busy with others takes its time
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        await group.put(1)
        pair = [tasks.create_task(group.put(number)) for number in (2, 3)]
        for _ in range(TURNS):  # the pair waits by now, and lingers
            await asyncio.sleep(0)
        await asyncio.gather(*pair, group.put(4))
        group.close()

    assert [[1], [2, 3, 4]] == ledger.groups


async def test_all_lose_patience_while_they_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is nothing to commit, and the next one finds the group at work."""
    monkeypatch.setattr(groupcommit, "LINGER_SECONDS", 10.0)  # as above
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        impatient = [group.put(number, patience=0.0) for number in (1, 2)]
        results = await asyncio.gather(*impatient, return_exceptions=True)
        await group.put(3)
        group.close()

    assert ["TimeoutError"] * 2 == [type(each).__name__ for each in results]
    assert [[3]] == ledger.groups


async def test_none_waits_for_company_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of the loop may be long: then the clock ends it."""
    monkeypatch.setattr(groupcommit, "LINGER_SECONDS", 0.0)
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        pair = [tasks.create_task(group.put(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        tasks.create_task(group.run())
        await asyncio.sleep(0)
        await asyncio.gather(*pair, group.put(3))
        group.close()

    assert [[1, 2], [3]] == ledger.groups


@pytest.mark.parametrize("patience", [None, 60.0])
async def test_a_failure_keeps_nothing(patience: float | None) -> None:
    """A mail whose commit failed is gone with the last who asks for it, not with the next collection of the heap."""
    alive = weakref.WeakSet[Thing]()

    async def commit(group: Sequence[Thing]) -> None:
        raise ValueError

    async def fails(group: GroupCommit[Thing]) -> None:
        thing = Thing()
        alive.add(thing)
        with suppress(ValueError):
            await group.put(thing, patience)

    group = GroupCommit(commit)
    gc.disable()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.run())
            await asyncio.gather(*(fails(group) for _ in range(10)))
            await fails(group)
            group.close()
        assert len(alive) <= 1
    finally:
        gc.enable()


async def test_a_bad_one_fails_alone() -> None:
    """The error reaches its own waiter; its neighbours are kept."""
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        results = await asyncio.gather(*(group.put(number) for number in (1, -2, 3)), return_exceptions=True)
        group.close()

    assert [None, "ValueError", None] == [type(each).__name__ if each else None for each in results]
    assert [1, 3] == sorted(number for each in ledger.groups for number in each)


async def test_closing_keeps_what_waits() -> None:
    """Whoever was told to wait is served before the end; nobody is taken after it."""
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(group.put(1))
        await asyncio.sleep(0)
        group.close()
        tasks.create_task(group.run())
    with pytest.raises(RuntimeError):
        await group.put(2)

    assert waiting.done()
    assert [[1]] == ledger.groups


async def test_a_failure_nobody_waits_for_is_quiet() -> None:
    """The client has gone and the commit fails: no warning about an exception that nobody fetched."""
    group = GroupCommit(Ledger().commit)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(group.put(-1))
        await asyncio.sleep(0)
        waiting.cancel()
        tasks.create_task(group.run())
        group.close()

    assert waiting.cancelled()


async def test_patience() -> None:
    """Who has waited long enough is told so, and is not committed any more; the others wait on, each for its time."""
    ledger = Ledger()
    group = GroupCommit(ledger.commit)
    start = asyncio.get_running_loop().time()
    each = enumerate((0.2, 0.05, None), start=1)
    waiting = [asyncio.create_task(group.put(number, patience)) for number, patience in each]
    results = await asyncio.gather(*waiting[:2], return_exceptions=True)
    seconds = asyncio.get_running_loop().time() - start
    running = asyncio.create_task(group.run())
    await waiting[2]
    group.close()
    await running

    assert [TimeoutError, TimeoutError] == [type(each) for each in results]
    assert seconds >= 0.2
    assert [[3]] == ledger.groups

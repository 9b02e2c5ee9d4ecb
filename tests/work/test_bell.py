"""The bell wakes who waits, and is not missed by who does not wait yet."""

import asyncio
import time

import pytest

from smtpd_billbee.work import bell as bell_module
from smtpd_billbee.work.bell import AT_ONCE, MANY, Bell


async def test_a_ring_wakes():
    """Who waits goes on at the next ring, not at the end of its patience."""
    bell = Bell()
    asyncio.get_running_loop().call_later(0.02, bell.ring)
    start = time.monotonic()
    await bell.wait(10)

    assert time.monotonic() - start < 5


async def test_a_ring_before_counts_once():
    """A ring that came while nobody waited is heard by the next who does; two of them are one."""
    bell = Bell()
    bell.ring()
    bell.ring()
    start = time.monotonic()
    await bell.wait(10)
    heard = time.monotonic() - start
    await bell.wait(0.1)

    assert heard < 5
    assert time.monotonic() - start >= 0.1


async def test_patience_ends():
    """Without a ring it goes on by itself; nothing, or less, is no time to wait."""
    start = time.monotonic()
    await Bell().wait(0.05)
    await Bell().wait(0)
    await Bell().wait(-1)

    assert 0.05 <= time.monotonic() - start < 5


async def test_many_at_once_go_first():
    """While many things come, the role waits, and goes on soon after the last of them; a few keep nobody waiting."""
    few, many = Bell(), Bell()
    few.ring(MANY - 1)
    many.ring(MANY)
    start = time.monotonic()
    await few.calm()
    at_once = time.monotonic() - start
    await many.calm()
    later = time.monotonic() - start

    assert at_once < AT_ONCE / 2
    assert AT_ONCE / 2 < later < 5


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch):
    """However long many things come, the role has its turn in between: a copy waits for the reading of its mail."""
    monkeypatch.setattr(bell_module, "PATIENCE", 0.3)
    bell = Bell()

    async def storm() -> None:
        while True:
            bell.ring(MANY)
            await asyncio.sleep(0.01)

    storming = asyncio.get_running_loop().create_task(storm())
    await asyncio.sleep(0.02)
    start = time.monotonic()
    await asyncio.wait_for(bell.calm(), 5)
    waited = time.monotonic() - start
    storming.cancel()

    assert 0.2 < waited

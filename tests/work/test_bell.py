"""The bell wakes who waits, and is not missed by who does not wait yet."""

import asyncio
import time

from smtpd_billbee.work.bell import Bell


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

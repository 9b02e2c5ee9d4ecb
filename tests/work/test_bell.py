"""The bell wakes who waits, and is not missed by who does not wait yet."""

import asyncio
import time

from smtpd_billbee.work.bell import QUIET, Bell


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


async def test_who_brings_more_goes_first():
    """While somebody brings more, the role waits, and goes on soon after the last of it; else it goes on at once."""
    bell = Bell()
    start = time.monotonic()
    await bell.quiet()
    at_once = time.monotonic() - start
    bell.hold()
    asyncio.get_running_loop().call_later(0.05, bell.let_go)
    await bell.quiet()
    later = time.monotonic() - start

    assert at_once < QUIET
    assert 0.05 + QUIET <= later < 5


async def test_nobody_waits_for_ever():
    """However long others come, the role has its turn, and not only once: a copy waits for the reading of its mail."""
    bell = Bell(patience=0.3)
    bell.hold()
    start = time.monotonic()
    await bell.quiet()
    waited = time.monotonic() - start
    await bell.quiet()
    again = time.monotonic() - start - waited

    assert 0.3 <= waited < 5
    assert again < 0.2

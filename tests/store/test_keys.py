"""Secrets that all nodes share."""

import asyncio

from smtpd_billbee.links import window_key
from smtpd_billbee.store.store import Store
from tests.conftest import NOON


async def test_a_secret_is_made_once(store: Store) -> None:
    """Whoever asks for it later gets the same; another name has another."""
    async with store.transaction() as tx:
        one, same, other = [await tx.keys.get_or_make(name, NOON) for name in ("copies", "copies", "other")]

    assert one == same != other
    assert 32 == len(one) == len(other)


async def test_what_stood_there_before(store: Store) -> None:
    """Nothing at first, then what was kept last."""
    async with store.transaction() as tx:
        before = [await tx.keys.swap("dkim.key", value, NOON) for value in (b"1", b"2", b"2", b"3")]

    assert [None, b"1", b"2", b"2"] == before


async def test_a_start_beside_a_writer(store: Store) -> None:
    """A secret that is there is had while somebody else writes: on SQLite a second writer would have to wait."""
    made = await window_key(store)
    async with store.transaction() as tx:
        await tx.keys.get_or_make("other", NOON)
        again = await asyncio.wait_for(window_key(store), 5)

    assert made == again

"""Secrets that all nodes share."""

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

"""Several nodes on one database are in each other's way: a transaction is begun anew, and sees what the other did."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.store.store import COLLISIONS, Store, Tx, open_store
from smtpd_billbee.work.owners import DeclaredAccount, declare
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.making import SHOP


@pytest.fixture
async def two(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """Two nodes' stores on one PostgreSQL database."""
    address = await fresh_database(postgresql_server)
    folder = tmp_path_factory.mktemp("state")
    return await open_store(address, folder), await open_store(address, folder)


async def _close(stores: tuple[Store, Store]) -> None:
    for store in stores:
        await store.close()


async def test_the_same_at_the_same_moment(two: tuple[Store, Store]) -> None:
    """Both add one account: the second one waits for the first, fails, and finds it in its next try."""
    here, there = two
    tries = 0

    async def add(tx: Tx) -> str:
        nonlocal tries
        tries += 1
        if account := await tx.accounts.by_email("owner@example.org"):
            return f"found {account.name}"
        await tx.accounts.add("owner@example.org", "second", "de", NOON)
        return "added"

    async with here.transaction() as tx:
        await tx.accounts.add("owner@example.org", "first", "de", NOON)
        second = asyncio.create_task(there.repeated(add))
        await asyncio.sleep(0.3)
    found = await second
    await _close(two)

    assert ("found first", 2) == (found, tries)


async def test_a_deadlock(two: tuple[Store, Store]) -> None:
    """PostgreSQL ends one of two that wait for each other: that one is begun anew."""
    here, there = two
    async with here.transaction() as tx:
        accounts = [await tx.accounts.add(f"{name}@example.org", "", "de", NOON) for name in ("a", "b")]

    async def change(order: int) -> None:
        async def work(tx: Tx) -> None:
            for account in accounts[::order]:
                await tx.accounts.change(account)
                await asyncio.sleep(0.2)

        await (here if order == 1 else there).repeated(work)

    await asyncio.gather(change(1), change(-1))
    await _close(two)


async def test_not_for_ever(two: tuple[Store, Store]) -> None:
    """What collides each time is a mistake of ours, and fails."""
    tries = 0

    async def add(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        await tx.accounts.add("owner@example.org", "", "de", NOON)
        await tx.accounts.add("owner@example.org", "", "de", NOON)

    with pytest.raises(IntegrityError):
        await two[0].repeated(add)
    await _close(two)

    assert COLLISIONS + 1 == tries


async def test_other_errors(store: Store) -> None:
    """Only a collision is tried again."""
    tries = 0

    async def fail(_: Tx) -> None:
        nonlocal tries
        tries += 1
        raise StoreAway

    with pytest.raises(StoreAway):
        await store.repeated(fail)

    assert 1 == tries


async def test_nodes_declare_the_same_at_once(two: tuple[Store, Store]) -> None:
    """Nodes that start at once have the same settings: their accounts and shops are made once."""
    declared = [DeclaredAccount("owner@example.org", {}, {SHOP: {"name": "Teeladen"}})]

    await asyncio.gather(*(declare(store, declared, NOON) for store in two * 3))
    async with two[0].reading() as tx:
        accounts = await tx.accounts.all()
    await _close(two)

    assert ["owner@example.org"] == [account.email for account in accounts]

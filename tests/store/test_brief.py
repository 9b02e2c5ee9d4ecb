"""A brief transaction is one like any other; its statements take no way to another thread."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.store.store import Store, open_store
from tests.making import SHOP, make_shop

NAME = text("SELECT name FROM shops")
RENAME = text("UPDATE shops SET name = :name")


async def name(store: Store) -> object:
    async with store.reading(brief=True) as tx:
        return (await tx.connection.execute(NAME)).scalar()


async def test_kept_or_undone(store: Store) -> None:
    """Committed at its end, undone when it fails; a mistake in a statement is the same error."""
    await make_shop(store)
    async with store.transaction(brief=True) as tx:
        await tx.connection.execute(RENAME, {"name": "kept"})
    with pytest.raises(ZeroDivisionError):
        async with store.transaction(brief=True) as tx:
            await tx.connection.execute(RENAME, {"name": "undone"})
            raise ZeroDivisionError
    with pytest.raises(StoreAway):
        async with store.transaction(brief=True) as tx:
            await tx.connection.execute(text("UPDATE nonsense SET a = 1"))

    assert "kept" == await name(store)


async def test_repeated_statements(store: Store) -> None:
    """Many rows in one statement, and what it returns, are as ever."""
    await make_shop(store)
    async with store.transaction(brief=True) as tx:
        await tx.connection.execute(text("UPDATE shops SET secret = :s WHERE id = :i"), [{"s": "x", "i": SHOP}] * 3)
        found = await tx.shops.some({SHOP})
        urls = await tx.webhooks.urls(found[SHOP].account_id)

    assert ("x", []) == (found[SHOP].secret, list(urls))


async def test_a_reader_writes_nothing(store: Store) -> None:
    """It sees what was committed before it, and a snapshot of it until its end."""
    await make_shop(store)
    async with store.reading(brief=True) as tx:
        before = (await tx.connection.execute(NAME)).scalar()
        async with store.transaction(brief=True) as other:
            await other.connection.execute(RENAME, {"name": "new"})
        if store.engines.is_sqlite:
            assert before == (await tx.connection.execute(NAME)).scalar()

    assert "new" == await name(store)


async def test_a_cancelled_wait_for_the_writer_leaves_nothing_behind(tmp_path: Path) -> None:
    """Who waits for another process's write lock and gives up has no transaction open afterwards."""
    store, other = await open_store("", tmp_path), await open_store("", tmp_path, checkpoints=False)
    try:
        await make_shop(store)
        async with other.transaction() as tx:
            await tx.connection.execute(RENAME, {"name": "theirs"})
            waiting = asyncio.create_task(_rename(store, "cancelled"))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.sleep(0.05)
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5):
            await _rename(other, "theirs again")
            await _rename(store, "ours")

        assert "ours" == await name(other)
    finally:
        await store.close()
        await other.close()


async def _rename(store: Store, to: str) -> None:
    async with store.transaction(brief=True) as tx:
        await tx.connection.execute(RENAME, {"name": to})


async def test_only_briefly(tmp_path: Path) -> None:
    """A statement of a brief transaction is carried out by the loop's thread, any other by another one."""
    store = await open_store("", tmp_path)
    try:
        assert threading.current_thread().name == await _thread(store, brief=True)
        assert threading.current_thread().name != await _thread(store, brief=False)
    finally:
        await store.close()


async def _thread(store: Store, *, brief: bool) -> str:
    async with store.reading(brief=brief) as tx:
        raw: Any = (await tx.connection.get_raw_connection()).driver_connection
        await raw.create_function("this_thread", 0, lambda: threading.current_thread().name)
        return str((await tx.connection.execute(text("SELECT this_thread()"))).scalar())

"""Keeping arrivals takes a way of its own on SQLite; what it leaves in the database is what everybody's way leaves."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.mail import MailState, NewMail, Recipient
from smtpd_billbee.store.books import Books
from smtpd_billbee.store.mails import NOTHING_PACKED
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.store.tables import jobs, mails, raws
from tests.conftest import NOON
from tests.making import OWNER, SHOP, TO_SHOP, arrival, make_shop

LATER = NOON + timedelta(minutes=5, microseconds=7)
OPERATOR = Recipient("postmaster@inbound.example")
Rows = dict[str, list[dict[str, Any]]]


async def _work(books: Books, contents: Sequence[bytes]) -> list[int]:
    """Every sort of row, so many that they take several statements."""
    arrivals = [arrival(content) for content in contents]
    checksums = [content[:32].hex() for content in contents]
    new = [(i, NewMail(TO_SHOP, each, MailState.RECEIVED, LATER)) for i, each in enumerate(checksums)]
    new.append((0, NewMail(OPERATOR, "0", MailState.NOT_AN_ORDER, None, "für den Betreiber")))
    ids = await books.keep(arrivals, new, NOTHING_PACKED)
    await books.add_jobs([NewJob(JobKind.COPY, OWNER, NOON, LATER, mail_id=ids[0], urgent=True)])
    await books.add_jobs([NewJob(JobKind.COPY, OWNER, NOON, None, mail_id=ids[1], given_up="Kreis")])
    return ids


async def _rows(store: Store) -> Rows:
    async with store.reading() as tx:
        found = {}
        for table in (raws, mails, jobs):
            rows = (await tx.connection.execute(select(table).order_by(table.c.id))).mappings()
            found[table.name] = [dict(row) for row in rows]
        return found


def _without_ids(rows: Rows) -> Rows:
    keys = {"id", "raw_id", "mail_id", "checksum"}
    return {table: [{k: v for k, v in row.items() if k not in keys} for row in each] for table, each in rows.items()}


@pytest.mark.parametrize("brief", [True, False])
async def test_the_same_rows(store: Store, brief: bool) -> None:
    """All ways write every column alike: times, flags, JSON, packed bytes, defaults."""
    await make_shop(store)
    contents = [b"x" * 100, b"short", *(b"%d" % number * 9 for number in range(50))]
    async with store.transaction() as tx:
        await _work(tx.books, contents)
    common = await _rows(store)
    async with store.transaction() as tx:
        for table in (jobs, mails, raws):
            await tx.connection.execute(text(f"DELETE FROM {table.name}"))
    ids = await store.keeping(lambda books: _work(books, contents), brief=brief)
    own = await _rows(store)

    assert _without_ids(common) == _without_ids(own)
    assert [row["id"] for row in own["mails"]] == ids
    assert sorted(row["id"] for row in own["raws"]) == sorted({row["raw_id"] for row in own["mails"]})


async def test_the_same_letters(store: Store) -> None:
    """SQLite compares moments as texts: a whole second must be written alike, too, or it is another one."""
    await make_shop(store)
    await store.keeping(lambda books: _work(books, [b"1", b"2"]))
    async with store.transaction() as tx:
        await _work(tx.books, [b"3", b"4"])
        written = await tx.connection.execute(
            text("SELECT DISTINCT received_at, due_at FROM mails WHERE due_at IS NOT NULL")
        )
        assert not store.engines.is_sqlite or 1 == len(written.all())

        assert await tx.books.has_of_operator("q1", NOON)


async def test_the_same_answers(store: Store) -> None:
    """Shops and what is known of them are told alike."""
    await make_shop(store)
    await store.keeping(lambda books: _work(books, [b"1", b"2"]))
    pairs = {(SHOP, b"1".hex()), (SHOP, b"3".hex()), (777, b"2".hex())}

    async def asked(books: Books) -> Any:
        nothing = await books.shops(set()), await books.known(set())
        return await books.shops({SHOP, 777}), await books.known(pairs), nothing

    async with store.transaction() as tx:
        common = await asked(tx.books)

    assert common == await store.keeping(asked)
    assert ({(SHOP, b"1".hex())}, [SHOP]) == (common[1], list(common[0]))


@pytest.mark.parametrize("brief", [True, False])
async def test_all_or_nothing(store: Store, brief: bool) -> None:
    """What fails leaves nothing, and the next transaction finds the connection free."""
    await make_shop(store)

    async def failing(books: Books) -> None:
        await _work(books, [b"1", b"2"])
        raise ValueError("on request")

    with pytest.raises(ValueError, match="on request"):
        await store.keeping(failing, brief=brief)

    assert {"raws": [], "mails": [], "jobs": []} == await _rows(store)
    assert 3 == len(await store.keeping(lambda books: _work(books, [b"1", b"2"]), brief=brief))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # on PostgreSQL nobody waits for a turn
async def test_somebody_else_writes(store: Store, database: str) -> None:
    """A brief transaction waits for its turn like any other, and the loop goes on meanwhile."""
    await make_shop(store)
    with closing(sqlite3.connect(store.where, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        keeping = asyncio.create_task(store.keeping(lambda books: _work(books, [b"1", b"2"]), brief=True))
        done, _ = await asyncio.wait({keeping}, timeout=0.3)
        other.execute("COMMIT")

    assert set() == done
    assert 3 == len(await keeping)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_caller_that_goes(store: Store, database: str) -> None:
    """Cancelled while it waits for its turn, it leaves the connection free for the next one."""
    await make_shop(store)
    with closing(sqlite3.connect(store.where, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        keeping = asyncio.create_task(store.keeping(lambda books: _work(books, [b"1", b"2"]), brief=True))
        await asyncio.wait({keeping}, timeout=0.1)
        keeping.cancel()
        other.execute("COMMIT")
    await asyncio.wait({keeping})

    assert keeping.cancelled()
    assert {"raws": [], "mails": [], "jobs": []} == await _rows(store)
    assert 3 == len(await store.keeping(lambda books: _work(books, [b"1", b"2"]), brief=True))


@pytest.mark.parametrize("brief", [True, False])
async def test_no_connection_at_hand(store: Store, brief: bool) -> None:
    """Where the only writer is busy it is waited for, and where it is closed it is opened again."""
    await make_shop(store)
    async with store.transaction() as tx:
        await tx.shops.alive()
        keeping = asyncio.create_task(store.keeping(lambda books: _work(books, [b"1", b"2"]), brief=brief))
        done, _ = await asyncio.wait({keeping}, timeout=0.1 if store.engines.is_sqlite else 5)

    assert store.engines.is_sqlite is not bool(done)
    assert 3 == len(await keeping)

    await store.engines.writer.dispose()

    assert 3 == len(await store.keeping(lambda books: _work(books, [b"3", b"4"]), brief=brief))


async def test_away(store: Store) -> None:
    """A database that does not do its work is away, whatever way was taken; a broken rule is a mistake of ours."""
    await make_shop(store)
    async with store.transaction() as tx:
        await tx.connection.execute(text("ALTER TABLE jobs RENAME TO gone"))
    with pytest.raises(StoreAway):
        await store.keeping(lambda books: _work(books, [b"1", b"2"]))
    async with store.transaction() as tx:
        await tx.connection.execute(text("ALTER TABLE gone RENAME TO jobs"))

    assert {"raws": [], "mails": [], "jobs": []} == await _rows(store)


@pytest.mark.parametrize("checkpoints", [True, False])
async def test_the_log_in_a_rush(tmp_path: Path, checkpoints: bool) -> None:
    """While mails are put aside nobody waits for a checkpoint; who makes none still makes none."""

    async def pages(store: Store) -> int:
        async with store.transaction() as tx:
            return int((await tx.connection.exec_driver_sql("PRAGMA wal_autocheckpoint")).scalar_one())

    store = await open_store("", tmp_path, checkpoints=checkpoints)
    await store.keeping(lambda books: books.put_aside([b"x"]), brief=True)
    in_rush = await pages(store)
    await store.keeping(lambda books: books.filed([1]), brief=True)
    after = await pages(store)
    await store.close()

    assert ((8_000, 1_000) if checkpoints else (0, 0)) == (in_rush, after)

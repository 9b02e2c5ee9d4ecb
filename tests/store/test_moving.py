"""A database moves into another: every row, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select, text

from smtpd_billbee.errors import Refused, StartError
from smtpd_billbee.store.keys import MOVED
from smtpd_billbee.store.moving import mark_moved, move
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.store.tables import metadata
from tests.bench.window_data import Size, fill
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.making import ORDER, make_shop
from tests.serving import run, serving, write_config
from tests.store.test_retention import ended
from tests.test_app import send

OURS = 777  # a shop beside those of the generator
VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {"total": {"line": 7, "text": "ä\u2028ß"}}}


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Store]:
    """An installation on SQLite, with more rows than are moved at once."""
    store = await open_store("", tmp_path)
    await fill(store, Size(orders=1200, shops=4, own=200), lambda words: None)
    await make_shop(store, shop_id=OURS, email="other@example.org")
    async with store.transaction() as tx:
        await tx.orders.add(OURS, ORDER, {}, VALUES, NOON)
    yield store
    await store.close()


@pytest.fixture
async def new(postgresql_server: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database on PostgreSQL."""
    store = await open_store(await fresh_database(postgresql_server), tmp_path)
    yield store
    await store.close()


async def counts(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    async with store.reading() as tx:
        tables = metadata.sorted_tables
        return {each.name: await tx.connection.scalar(select(func.count()).select_from(each)) or 0 for each in tables}


async def test_everything_moves(old: Store, new: Store) -> None:
    """The same rows are there, the order reads the same, and what comes later gets the next number."""
    moved = await move(old, new)
    there = await counts(new)
    async with new.transaction() as tx:
        order = await tx.orders.by_number(OURS, ORDER.number)
        later = await tx.orders.add(OURS, replace(ORDER, number="1043"), {}, VALUES, NOON)

    assert await counts(old) == there == {each.table: each.rows for each in moved}
    assert 1201 == there["orders"]
    assert order is not None
    assert (ORDER, order.id + 1) == (order.order, later)


async def test_removed_mails_move(new: Store, tmp_path: Path) -> None:
    """Where every mail's text was removed, too; and the next mail gets a number of its own."""
    old = await open_store("", tmp_path / "removed")
    await make_shop(old)
    ids = await ended(old, content=b"1")
    async with old.transaction() as tx:
        await tx.retention.remove(ids, NOON + timedelta(days=1))
    await move(old, new)
    await old.close()
    later = await ended(new, content=b"2")
    async with new.reading() as tx:
        contents = await tx.mails.contents([*ids, *later])

    assert {ids[0]: b"", later[0]: b"2"} == contents


async def test_not_into_a_full_one(old: Store, new: Store) -> None:
    """A second move would mix two installations."""
    await move(old, new)
    before = await counts(new)
    with pytest.raises(Refused, match="not empty: there are rows in its table accounts"):
        await move(old, new)

    assert before == await counts(new)


async def test_a_row_that_changed_on_the_way(old: Store, new: Store) -> None:
    """A database that does not keep what it was given gets nothing."""
    async with new.transaction() as tx:
        for statement in (
            "CREATE FUNCTION other() RETURNS trigger AS $$ BEGIN NEW.total = NEW.total + 0.01; RETURN NEW; END $$"
            " LANGUAGE plpgsql",
            "CREATE TRIGGER other BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id = 7) EXECUTE FUNCTION other()",
        ):
            await tx.connection.execute(text(statement))
    with pytest.raises(Refused, match="the table orders has other rows"):
        await move(old, new)

    assert {0} == set((await counts(new)).values())


def test_the_command(postgresql_server: str, tmp_path: Path) -> None:
    """A stopped installation moves, a running one is refused; then `serve` goes on with the new database."""
    address = asyncio.run(fresh_database(postgresql_server))
    write_config(tmp_path)
    with serving(tmp_path, "--only", "door,reading") as server:
        send(server)
        running = run(tmp_path, "migrate", "--to", address)
        server.stop()
    moved = run(tmp_path, "migrate", "--to", address)
    wrong = run(tmp_path, "migrate", "--to", "mysql://host/name")
    write_config(tmp_path, more=f'database = "{address}"')
    orders = run(tmp_path, "mail", "list")
    again = run(tmp_path, "migrate", "--to", address)

    assert (2, True) == (running.returncode, "another `serve` is running" in running.stderr)
    assert 0 == moved.returncode, moved.stderr
    assert "Every row is in the new database" in moved.stdout
    assert "unreadable" in orders.stdout
    assert (2, True) == (wrong.returncode, "must be the address of a PostgreSQL database" in wrong.stderr)
    assert (1, True) == (again.returncode, "only an installation on SQLite can move" in again.stderr)


def test_the_old_file_afterwards(postgresql_server: str, tmp_path: Path) -> None:
    """Who starts the old settings again reads whereto all was moved; nothing comes into the old file unasked."""
    address = asyncio.run(fresh_database(postgresql_server)).replace("billbee@", "billbee:secret@")
    write_config(tmp_path)
    with serving(tmp_path, "--only", "door"):
        pass
    early = run(tmp_path, "migrate", "--undo")
    moved = run(tmp_path, "migrate", "--to", address)
    refused = [run(tmp_path, *words) for words in (["serve"], ["mail", "list"], ["migrate", "--to", address])]
    undone = run(tmp_path, "migrate", "--undo")
    with serving(tmp_path, "--only", "door") as server:
        send(server)
    mails = run(tmp_path, "mail", "list")

    assert (1, True) == (early.returncode, "was not moved" in early.stderr)
    assert (0, True) == (moved.returncode, "migrate --undo" in moved.stdout)
    assert [2] * 3 == [each.returncode for each in refused]
    assert all("was moved to postgresql://billbee@/test_" in each.stderr for each in refused)
    assert not any("secret" in each.stderr for each in refused)
    assert (0, True) == (undone.returncode, "is used again" in undone.stdout)
    assert "received" in mails.stdout


async def test_the_new_one_is_not_marked(old: Store, new: Store) -> None:
    """What marks the old file stays there: the new database can be moved into, dumped and opened like any other."""
    await move(old, new)
    await mark_moved(old, new, NOON)
    async with old.reading() as was, new.reading() as tx:
        marks = await was.keys.get(MOVED), await tx.keys.get(MOVED)

    assert (new.where.encode(), None) == marks


@pytest.mark.parametrize(
    ("statements", "taken"),
    [
        ("CREATE TABLE invoices (id int); INSERT INTO invoices VALUES (1)", "invoices"),
        ('CREATE TABLE "Odd name" (id int); INSERT INTO "Odd name" VALUES (1)', "Odd name"),
        ("CREATE TABLE orders (id int)", "orders"),
        (
            "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('ae1027a6')",
            "alembic_version",
        ),
        ("CREATE TABLE invoices (id int)", ""),
        ("CREATE SCHEMA other; CREATE TABLE other.invoices (id int); INSERT INTO other.invoices VALUES (1)", ""),
    ],
)
async def test_a_database_of_another_program(
    postgresql_server: str, tmp_path: Path, statements: str, taken: str
) -> None:
    """Nothing is made beside its tables; an empty one, or one in another schema, is in nobody's way."""
    address = await fresh_database(postgresql_server)
    connection = await asyncpg.connect(address)
    await connection.execute(statements)
    try:
        if taken:
            with pytest.raises(StartError, match=f"another program's table is in it: {taken};"):
                await open_store(address, tmp_path)
        else:
            await (await open_store(address, tmp_path)).close()
        made = await connection.fetchval("SELECT to_regclass('mails') IS NOT NULL")
    finally:
        await connection.close()

    assert made is not bool(taken)


async def test_a_table_of_an_extension(postgresql_server: str, tmp_path: Path) -> None:
    """PostGIS brings a table with rows into every database; it is no other program's."""
    address = await fresh_database(postgresql_server)
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE spatial_ref_sys AS SELECT 1 AS srid")
    await connection.execute("CREATE EXTENSION IF NOT EXISTS plpgsql")
    await connection.execute("ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys")
    await connection.close()
    await (await open_store(address, tmp_path)).close()


def test_what_is_wrong_with_the_new_database(tmp_path: Path) -> None:
    """It is --to that is at fault, not `database` in the settings; nothing of its password is said."""
    write_config(tmp_path)
    with serving(tmp_path, "--only", "relaying"):
        pass
    said = {}
    for to in ("sqlite:", "postgresql://u:secret@127.0.0.1:1/x?option=1", "postgres://u:secret@127.0.0.1:1/x"):
        done = run(tmp_path, "migrate", "--to", to)
        said[done.stderr] = done.returncode

    assert {2} == set(said.values())
    assert not any("secret" in each or "database: " in each or "must be empty" in each for each in said)
    assert "smtpd-billbee: --to: postgresql://u@127.0.0.1:1/x cannot be opened: Connection refused" in list(said)[2]

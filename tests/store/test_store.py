"""Opening, transactions, migrations."""

import asyncio
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import StartError, StoreAway
from smtpd_billbee.model.article import ArticleFields
from smtpd_billbee.model.order import Address
from smtpd_billbee.model.order_list import OrderQuery
from smtpd_billbee.store import migrations
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.store.tables import metadata
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.making import ORDER, SHOP, make_shop

VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {}}


def differences(connection: Connection) -> list[object]:
    """Between the tables of the database and those of our statements."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_the_tables(store: Store) -> None:
    """A fresh database has exactly the tables and columns that the statements use."""
    async with store.transaction() as tx:
        found = await tx.connection.run_sync(differences)

    assert found == []


# What leads back from the newest schema to the one of migration 0002.
OLDER = (
    "DROP TABLE arrivals",
    "DROP INDEX ix_jobs_urgent",
    *(f"ALTER TABLE jobs DROP COLUMN {name}" for name in ("urgent", "wrapped")),
    "ALTER TABLE accounts DROP COLUMN second_email",
    "DROP TABLE traces",
    "DROP TABLE marks",
    *(f"ALTER TABLE shops DROP COLUMN {name}" for name in ("trust", "only_with_secret", "secret", "best_level")),
    "ALTER TABLE mails DROP COLUMN trust",
    "DROP INDEX ix_mails_evidence_due_at",
    *(f"ALTER TABLE mails DROP COLUMN {name}" for name in ("evidence", "evidence_asked", "evidence_due_at")),
    "DROP TABLE sessions",
    "ALTER TABLE users DROP COLUMN totp_step",
    "DROP TABLE told",
    "DROP TABLE notices",
    "DROP TABLE views",
    *(f"ALTER TABLE accounts DROP COLUMN {name}" for name in ("by_sku", "by_ean", "by_title")),
    *(f"DROP INDEX ix_articles_account_id_{name}" for name in ("title_key", "ean")),
    "ALTER TABLE articles DROP COLUMN title_key",
    *(
        f"DROP INDEX {name}"
        for name in ("ix_orders_list", "ix_mails_list", "ix_mails_shop_id_state_id", "ix_jobs_open")
    ),
    "DROP INDEX ix_order_items_without_article",
    "ALTER TABLE order_items DROP COLUMN shop_id",
    "CREATE INDEX ix_order_items_without_article ON order_items (order_id)",
    "ALTER TABLE orders DROP COLUMN search_words",
    "ALTER TABLE mails DROP COLUMN search_words",
    "CREATE INDEX ix_mails_shop_id_id ON mails (shop_id, id)",
    "CREATE INDEX ix_orders_shop_id_id ON orders (shop_id, id)",
    "UPDATE alembic_version SET version_num = '0002'",
)


async def test_an_older_schema_is_brought_up(store: Store, database: str, tmp_path: Path) -> None:
    """A database of an older release gets the newer tables, keeps what it has, and finds it by its words."""
    await make_shop(store)
    async with store.transaction() as tx:
        await tx.orders.add(SHOP, replace(ORDER, billing_address=Address(last_name="MÜLLER")), {}, VALUES, NOON)
        (account,) = await tx.accounts.all()
        await tx.article_changes.add(account.id, [ArticleFields("A-1", "Tasse  GROẞ")], NOON)
        for statement in OLDER:
            await tx.connection.execute(text(statement))
    newer = await open_store(database, tmp_path)
    async with newer.transaction() as tx:
        (account,) = await tx.accounts.all()
        wanted = await tx.notices.wanted(account.id)
        keys = list((await tx.connection.execute(text("SELECT title_key FROM articles"))).scalars())
        (found,) = await tx.order_lists.page(OrderQuery(account.id, "müller"))
        loose = await tx.to_check.items(account.id)
        differing = await tx.connection.run_sync(differences)
    await newer.close()

    assert [] == differing
    assert ("owner@example.org", {True}, ["tasse gross"]) == (account.email, set(wanted.values()), keys)
    assert ORDER.number == found.number
    assert sorted(item.title for item in ORDER.items) == sorted(item.title for item in loose)


async def test_opening_twice_keeps_everything(store: Store, database: str, tmp_path: Path) -> None:
    """A second start finds what the first one wrote."""
    async with store.transaction() as tx:
        await tx.accounts.add("owner@example.org", "Olga", "de", NOON)
    again = await open_store(database, tmp_path)
    async with again.reading() as tx:
        account = await tx.accounts.by_email("owner@example.org")
    await again.close()

    assert account is not None
    assert account.name == "Olga"


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    """All or nothing."""
    with pytest.raises(RuntimeError):
        async with store.transaction() as tx:
            await tx.accounts.add("owner@example.org", "", "de", NOON)
            raise RuntimeError
    async with store.reading() as tx:
        assert [] == await tx.accounts.all()


async def test_behind_a_pooler(postgresql_server: str, tmp_path: Path) -> None:
    """A pooler gives each transaction another connection: no statement outlives its own, and no two have one name."""
    address = await fresh_database(postgresql_server)
    pooled = await open_store(f"{address}&prepared_statement_cache_size=0", tmp_path)
    names = []
    for _ in range(2):
        async with pooled.transaction() as tx:
            await tx.accounts.all()
            rows = await tx.connection.execute(text("SELECT name FROM pg_prepared_statements"))
            names.append(set(rows.scalars()))
    await pooled.close()

    assert all(name.startswith("smtpd_billbee_") for name in names[0] | names[1])
    assert names[0]
    assert not names[0] & names[1]


async def test_head_is_the_newest_migration() -> None:
    """A new migration file that HEAD does not name would never run."""
    newest = max(path.name for path in (Path(migrations.__file__).parent / "versions").glob("0*.py"))

    assert newest.startswith(migrations.HEAD)


async def test_sqlite_promises_durability(tmp_path: Path) -> None:
    """WAL with synchronous=FULL on the writer: with NORMAL acknowledged mails are lost at a power cut."""
    store = await open_store("", tmp_path)
    async with store.transaction() as tx:
        synchronous = await _pragma(tx.connection, "synchronous")
        mode = await _pragma(tx.connection, "journal_mode")
    async with store.reading() as tx:
        checkpoints = await _pragma(tx.connection, "wal_autocheckpoint")
    await store.close()

    assert (synchronous, mode, checkpoints) == (2, "wal", 0)


async def test_one_process_checkpoints(tmp_path: Path) -> None:
    """A command beside the server writes, but leaves the log to it: two checkpoints at once can corrupt the file."""
    server = await open_store("", tmp_path)
    command = await open_store("", tmp_path, checkpoints=False)
    async with server.transaction() as tx:
        of_server = await _pragma(tx.connection, "wal_autocheckpoint")
    async with command.transaction() as tx:
        of_command = await _pragma(tx.connection, "wal_autocheckpoint")
        await tx.accounts.add("owner@example.org", "", "de", NOON)
    await command.close()
    async with server.reading() as tx:
        seen = await tx.accounts.all()
    await server.close()

    assert (1000, 0, 1) == (of_server, of_command, len(seen))


async def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """A state folder that cannot be made is one sentence, not a trace."""
    (tmp_path / "var").write_text("")

    with pytest.raises(StartError, match="state_dir"):
        await open_store("", tmp_path / "var")


async def test_no_server_there() -> None:
    """A database that does not answer is one sentence at the start."""
    with pytest.raises(
        StartError,
        match=r"postgresql://nobody@127\.0\.0\.1:1/none cannot be opened: Connection refused; is ",
    ):
        await open_store("postgresql://nobody@127.0.0.1:1/none", Path())


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    """A file that is no database is refused with a sentence and left alone."""
    file = tmp_path / "smtpd-billbee.sqlite3"
    file.write_bytes(b"certainly not a database" * 100)

    with pytest.raises(StartError, match="is not our database"):
        await open_store("", tmp_path)
    assert file.read_bytes()[:9] == b"certainly"


async def test_sql_that_fails_is_away(store: Store) -> None:
    """What the database refuses is StoreAway, which the door turns into 451."""
    with pytest.raises(StoreAway):
        async with store.transaction() as tx:
            await tx.connection.execute(text("SELECT * FROM no_such_table"))


async def _pragma(connection: AsyncConnection, name: str) -> object:
    return (await connection.execute(text(f"PRAGMA {name}"))).scalar()


async def test_the_file_is_nobody_elses(tmp_path: Path, sqlite_schema: Path) -> None:
    """It holds mails: one that others could read is closed to them, with its log."""
    await asyncio.to_thread(Path(shutil.copy(sqlite_schema, tmp_path)).chmod, 0o644)
    store = await open_store("", tmp_path)
    async with store.transaction() as tx:
        await tx.shops.alive()
    modes = {oct(each.stat().st_mode & 0o777) for each in os.scandir(tmp_path)}
    await store.close()

    assert {"0o600"} == modes

"""What is committed outlives a power cut, on PostgreSQL too; test_store.py tries the same for SQLite."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from smtpd_billbee.store.store import open_store
from tests.databases import fresh_database


@pytest.mark.parametrize(("server_says", "ours"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
async def test_postgresql_promises_durability(
    postgresql_server: str, tmp_path: Path, server_says: str, ours: str
) -> None:
    """With synchronous_commit off, acknowledged mails are lost at a power cut: our connections turn it on.

    Whoever waits for standbys as well keeps that.
    """
    address = await fresh_database(postgresql_server)
    administrator = await asyncpg.connect(address)
    name = await administrator.fetchval("SELECT current_database()")
    await administrator.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = {server_says}')
    await administrator.close()
    store = await open_store(address, tmp_path)
    found = []
    for begun in (store.transaction, store.reading, store.transaction):
        async with begun() as tx:
            found.append((await tx.connection.execute(text("SHOW synchronous_commit"))).scalar())
    await store.close()

    assert [ours] * 3 == found

"""What PostgreSQL says of itself: its clock, its connections and who has them."""

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from smtpd_billbee.clock import now
from smtpd_billbee.store import engine
from smtpd_billbee.store.engine import MOST_CONNECTIONS
from smtpd_billbee.store.store import open_store
from tests.databases import fresh_database


async def test_who_has_connections(postgresql_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes are told apart by the names of their connections; whoever asks counts as none of them."""
    database = await fresh_database(postgresql_server)
    ours = await open_store(database, tmp_path)
    async with ours.reading() as tx:
        alone = await tx.database_server.connections()
    stores = []
    for name in ("smtpd-billbee 7@one", "smtpd-billbee 7@two"):
        monkeypatch.setattr(engine, "own_name", lambda name=name: name)
        stores.append(await open_store(database, tmp_path))
    stranger = await asyncpg.connect(database)
    async with ours.reading() as tx:
        together = await tx.database_server.connections()
        clock = await tx.database_server.clock()
    await stranger.close()
    for store in (ours, *stores):
        await store.close()

    assert (0, 2) == (alone.nodes, together.nodes)
    assert 1 == together.others - alone.others
    assert 197 == together.most  # of the 200 that the tests' server has, 3 are for superusers
    assert abs(clock - now()) < timedelta(minutes=1)


async def test_no_node_has_more(postgresql_server: str, tmp_path: Path) -> None:
    """What `doctor` and the README say a node takes at most."""
    store = await open_store(await fresh_database(postgresql_server), tmp_path)
    pool = store.engines.writer.pool
    most = pool.size() + pool._max_overflow  # type: ignore[attr-defined]
    await store.close()

    assert store.engines.writer is store.engines.reader
    assert MOST_CONNECTIONS == most == 20

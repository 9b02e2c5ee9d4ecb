"""kill -9 at random moments, at least twenty times: what got its 250 is there, once, and so is what became of it."""

import asyncio
import os
import random
from pathlib import Path

import asyncpg
import pytest

from tests.journeys.storms import KILLS, Aftermath, storm

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def database() -> str:
    """One fixture makes both storms at the same time."""
    return ""


@pytest.fixture(scope="module")
def aftermaths(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Aftermath]:
    """One storm on each database, both at the same time.  KILL_SEED=n lets the same moments be chosen again."""
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"KILL_SEED={seed}")
    folders = tmp_path_factory.mktemp("sqlite"), tmp_path_factory.mktemp("postgresql")
    found = asyncio.run(_both(*folders, postgresql_server, seed))
    for database, aftermath in found.items():
        got, gave_up, copies = len(aftermath.acknowledged), len(aftermath.given_up), aftermath.copies.total()
        print(f"{database}: {aftermath.kills} kills, {got} mails got 250, {gave_up} were given up, {copies} copies")
    return found


async def _both(of_sqlite: Path, of_postgresql: Path, postgresql_server: str, seed: int) -> dict[str, Aftermath]:
    connection = await asyncpg.connect(postgresql_server.format(database="postgres"))
    await connection.execute("CREATE DATABASE storm")
    await connection.close()
    sqlite, postgresql = await asyncio.gather(
        storm(of_sqlite, "", seed),
        storm(of_postgresql, postgresql_server.format(database="storm"), seed + 1),
    )
    return {"sqlite": sqlite, "postgresql": postgresql}


@pytest.fixture(params=["sqlite", "postgresql"])
def found(aftermaths: dict[str, Aftermath], request: pytest.FixtureRequest) -> Aftermath:
    aftermath: Aftermath = aftermaths[request.param]
    return aftermath


def test_it_was_a_storm(found: Aftermath):
    """The server was killed often enough, under load: some mails needed more than one try."""
    assert found.kills >= KILLS >= 20
    assert len(found.acknowledged) >= 2 * KILLS
    assert found.tries > len(found.acknowledged) + len(found.given_up)


def test_mails(found: Aftermath):
    """Every mail that got 250 is kept exactly once; of the others, at most once."""
    assert found.acknowledged <= set(found.mails)
    assert {1} == set(found.mails.values())
    assert set(found.mails) <= found.acknowledged | found.given_up


def test_orders(found: Aftermath):
    """Every kept mail was read, and has its order exactly once."""
    assert 0 == found.unread
    assert set(found.mails) == set(found.orders)
    assert {1} == set(found.orders.values())


def test_copies(found: Aftermath):
    """Every kept mail was copied to its owner at least once, and nothing waits any more."""
    assert 0 == found.unsent
    assert set(found.mails) == set(found.copies)


def test_no_orphans(found: Aftermath):
    """The readers of a killed server end by themselves."""
    assert [] == found.orphans

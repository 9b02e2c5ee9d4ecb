"""What many tests need: a store on each database, a clock that the test sets."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import settings

from smtpd_billbee.store.store import FILE, Store, open_store
from tests import postgresql

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = itertools.count()
# A machine that is busy is no defect: how long an example takes is no test's business.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


class Clock:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture(autouse=True)
def _plain_log() -> None:
    """A command that ran in this process set up the log for itself; the next test reads what is written."""
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """One real PostgreSQL server for the whole run."""
    with postgresql.server() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, made by the migrations once for the whole run."""
    folder = tmp_path_factory.mktemp("schema")
    asyncio.run(_made("", folder))
    return folder / FILE


@pytest.fixture(scope="session")
def postgresql_schema(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with an empty store."""
    asyncio.run(_create(postgresql_server, "ours"))
    asyncio.run(_made(postgresql_server.format(database="ours"), tmp_path_factory.mktemp("schema")))
    return "ours"


async def _made(database: str, folder: Path) -> None:
    await (await open_store(database, folder)).close()


async def _create(address: str, name: str, template: str = "template0") -> None:
    connection = await asyncpg.connect(address.format(database="postgres"))
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await connection.close()


async def fresh_database(server: str) -> str:
    """The address of a new, wholly empty database on a PostgreSQL server."""
    name = f"test_{next(_numbers)}"
    await _create(server, name)
    return server.format(database=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The `database` setting: a test that asks for it runs on each; empty means SQLite."""
    if request.param == "sqlite":
        return ""
    address: str = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    is_made = "store" in request.fixturenames
    asyncio.run(_create(address, name, request.getfixturevalue("postgresql_schema") if is_made else "template0"))
    return address.format(database=name)


@pytest.fixture
async def store(database: str, tmp_path: Path, sqlite_schema: Path) -> AsyncIterator[Store]:
    """An empty store, on each database; what its tables come from is tried by tests/store/test_store.py."""
    if not database:
        shutil.copy(sqlite_schema, tmp_path)
    store = await open_store(database, tmp_path)
    yield store
    await store.close()

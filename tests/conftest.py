"""What many tests need: a store on each database, a clock that the test sets."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from smtpd_billbee.store.store import FILE, Store, open_store
from tests import postgresql
from tests.databases import Emptied, fresh_database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
# A machine that is busy is no defect: how long an example takes is no test's business.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


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
    """A command that ran in this process set up the log for itself; the next test reads what is written.

    Tracebacks are plain: to draw one with colours and all variables takes longer than most tests.
    """
    structlog.reset_defaults()
    *others, _ = structlog.get_config()["processors"]
    structlog.configure([*others, PLAIN])


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
    asyncio.run(_made(folder))
    return folder / FILE


async def _made(folder: Path) -> None:
    await (await open_store("", folder)).close()


@pytest.fixture(scope="session")
def emptied(postgresql_server: str) -> Emptied:
    """PostgreSQL databases with an empty store."""
    return Emptied(postgresql_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The `database` setting: a test that asks for it runs on each; empty means SQLite.  `made`: it has our tables."""
    if request.param == "sqlite":
        yield ""
    elif "made" in request.fixturenames:
        kept: Emptied = request.getfixturevalue("emptied")
        address = asyncio.run(kept.take())
        yield address
        asyncio.run(kept.give_back(address))
    else:
        yield asyncio.run(fresh_database(request.getfixturevalue("postgresql_server")))


@pytest.fixture
def made() -> None:
    """A PostgreSQL `database` is an empty store; what its tables come from is tried by tests/store/test_store.py."""


@pytest.fixture
async def store(database: str, made: None, tmp_path: Path, sqlite_schema: Path) -> AsyncIterator[Store]:
    """An empty store, on each database; what its tables come from is tried by tests/store/test_store.py."""
    if not database:
        shutil.copy(sqlite_schema, tmp_path)
    store = await open_store(database, tmp_path)
    yield store
    await store.close()

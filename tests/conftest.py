"""What many tests need: a store on each database, a clock that the test sets."""

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import structlog

from smtpd_billbee.store.store import Store, open_store
from tests import postgresql

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = itertools.count()


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


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest) -> str:
    """The `database` setting: a test that asks for it runs on each; empty means SQLite."""
    if request.param == "sqlite":
        return ""
    address: str = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(address.format(database="postgres"))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return address.format(database=name)


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, on each database."""
    store = await open_store(database, tmp_path)
    yield store
    await store.close()

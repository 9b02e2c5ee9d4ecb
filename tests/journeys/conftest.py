"""Every journey is made on each database; a server that serves, for those that need nothing special."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys import running
from tests.journeys.running import Server, serving
from tests.sink import Sink


@pytest.fixture(autouse=True)
def _on_each_database(database: str, made: None, sqlite_schema: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a journey's servers keep their mails in, unless it says otherwise; a first start is that of test_kill.py."""
    monkeypatch.setattr(running, "DATABASE", database)
    monkeypatch.setattr(running, "SCHEMA", sqlite_schema)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Server, Sink]]:
    """A server with every role, and its smarthost."""
    async with serving(tmp_path) as both:
        yield both

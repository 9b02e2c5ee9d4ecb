"""A window over a SQLite file."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from smtpd_billbee.store.store import open_store
from smtpd_billbee.work import users
from tests.web.asking import Window, window_on


@pytest.fixture(autouse=True)
def _light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2 hashes, but quick ones: nobody attacks these passwords, and each test makes and verifies some."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def window(tmp_path: Path, sqlite_schema: Path) -> AsyncIterator[Window]:
    """A window with an empty store."""
    shutil.copy(sqlite_schema, tmp_path)
    store = await open_store("", tmp_path)
    try:
        async with window_on(store) as up:
            yield up
    finally:
        await store.close()

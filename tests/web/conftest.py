"""A window over a SQLite file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smtpd_billbee.store.store import open_store
from tests.web.asking import Window, window_on


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[Window]:
    """A window with an empty store."""
    store = await open_store("", tmp_path)
    try:
        async with window_on(store) as up:
            yield up
    finally:
        await store.close()

"""A window over a SQLite file."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from smtpd_billbee.store.store import open_store
from smtpd_billbee.web.admin import Pages
from smtpd_billbee.work import users
from tests.web.asking import Window, window_on


@pytest.fixture(autouse=True)
def _light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2 hashes, but quick ones: nobody attacks these passwords, and each test makes and verifies some."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


class Compiled(BytecodeCache):
    """Templates, by their text."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._kept.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Each test has a window of its own; they need not all compile the same templates."""
    set_up, compiled = Pages._setup_templates, Compiled()

    def with_compiled(pages: Pages) -> None:
        set_up(pages)
        pages.templates.env.bytecode_cache = compiled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pages, "_setup_templates", with_compiled)
        yield


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

"""A door that is open."""

import asyncio
from asyncio import AbstractEventLoop as Loop
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from importlib.util import find_spec

import pytest

from tests.smtp.playing import Open, open_door


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """A door with ordinary limits, without TLS."""
    async with open_door() as opened:
        yield opened


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Loop]]:
    """Both loops: asyncio's, and uvloop's where it is installed, for that is what `serve` takes then."""
    factories: dict[str, Callable[[], Loop]] = {"asyncio": asyncio.new_event_loop}
    if find_spec("uvloop") is not None:
        factories["uvloop"] = import_module("uvloop").new_event_loop
    return factories

"""A server that serves, for journeys that need nothing special."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.running import Server, serving
from tests.sink import Sink


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Server, Sink]]:
    """A server with every role, and its smarthost."""
    async with serving(tmp_path) as both:
        yield both

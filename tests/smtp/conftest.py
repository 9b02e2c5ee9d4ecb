"""A door that is open."""

from collections.abc import AsyncIterator

import pytest

from tests.smtp.playing import Open, open_door


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """A door with ordinary limits, without TLS."""
    async with open_door() as opened:
        yield opened

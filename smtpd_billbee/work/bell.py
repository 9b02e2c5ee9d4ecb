"""Wakes a role when there is something to do; without a ring it looks by itself now and then.

While many things come at once, the role lets who brings them go first: a sender waits for its 250, nobody for an order
that is read a second later.  But never for long: no copy must go before its mail was read only because others came.
"""

import asyncio

MANY = 10  # things
AT_ONCE = 0.1  # seconds
PATIENCE = 5.0  # seconds; less than a copy waits for the reading of its mail (relay.wait_for_reading)
_LOOKS_AGAIN = 0.02  # seconds
_LONG_AGO = float("-inf")


class Bell:
    """`ring()` from anywhere in the loop; one role waits."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._counted_since = self._many_at = self._many_since = _LONG_AGO
        self._counted = 0

    def ring(self, things: int = 0) -> None:
        """There is something to do; so many new things."""
        self._event.set()
        if things:
            self._count(things, asyncio.get_running_loop().time())

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or after that many seconds."""
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()

    async def calm(self) -> None:
        """Return when no more than a few things come at once, or they have done so for long enough."""
        while self._is_rush(asyncio.get_running_loop().time()):  # noqa: ASYNC110 - nobody rings for calm
            await asyncio.sleep(_LOOKS_AGAIN)

    def _count(self, things: int, now: float) -> None:
        if now - self._counted_since > AT_ONCE:
            self._counted_since, self._counted = now, 0
        self._counted += things
        if self._counted >= MANY:
            if now - self._many_at > 2 * AT_ONCE:
                self._many_since = now
            self._many_at = now

    def _is_rush(self, now: float) -> bool:
        return now - self._many_at <= AT_ONCE and now - self._many_since <= PATIENCE

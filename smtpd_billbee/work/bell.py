"""Wakes a role when there is something to do; without a ring it looks by itself now and then.

Who brings us a mail goes first: a sender waits for its 250, nobody for an order that is read a moment later.  So a role
that takes what the door brings begins when nobody was at the door for some milliseconds.  But it is never kept for
long: no copy must go before its mail was read only because others came.
"""

import asyncio

QUIET = 0.005  # seconds; who sends one mail after the other begins the next one sooner
PATIENCE = 5.0  # seconds from a mail's filing; less than its copy waits for its reading (relay.wait_for_reading)
_LONG_AGO = float("-inf")


class Bell:
    """`ring()` from anywhere in the loop; one role waits.

    `quiet_seconds`: how long nobody came before it is quiet; `patience`: how many seconds the role waits for that.
    """

    def __init__(self, quiet_seconds: float = QUIET, patience: float = PATIENCE) -> None:
        self._quiet_seconds = quiet_seconds
        self._patience = patience
        self._event = asyncio.Event()
        self._before_us = 0
        self._busy_at = self._free_until = _LONG_AGO

    def ring(self) -> None:
        """There is something to do."""
        self._event.set()

    def hold(self) -> None:
        """Somebody goes first, until `let_go`."""
        self._before_us += 1

    def let_go(self) -> None:
        """He is done, or about to come again soon."""
        self._before_us -= 1
        self._busy_at = asyncio.get_running_loop().time()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or after that many seconds."""
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()

    async def quiet(self) -> None:
        """Return when nobody goes first; or when patience is over, and then at once for as long again."""
        loop = asyncio.get_running_loop()
        begun = now = loop.time()
        while self._before_us or now - self._busy_at < self._quiet_seconds:
            if now < self._free_until:
                return
            if now - begun >= self._patience:
                self._free_until = now + self._patience
                return
            await asyncio.sleep(min(self._quiet_seconds, begun + self._patience - now))
            now = loop.time()

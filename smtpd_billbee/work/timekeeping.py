"""A clock that was set back: what came while it was ahead is due in its future, and must not wait for that.

A machine that starts with a wrong clock, and is told the right time a minute later, has kept mails meanwhile.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell

log = structlog.get_logger()

LOOK_SECONDS = 10.0
SLACK = timedelta(seconds=60)  # clocks of several machines on one database differ a little


class Timekeeping:
    """Compares the clock with the loop's, which nobody sets, until it is stopped."""

    def __init__(self, store: Store, clock: Callable[[], datetime], look: float = LOOK_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._look = look
        self._stopped = Bell()
        self._stopping = False

    async def run(self) -> None:
        """Look now and then, until stop().  At the start nobody knows what the clock was before."""
        loop = asyncio.get_running_loop()
        is_behind = True
        while not self._stopping:
            if is_behind:
                is_behind = not await self._bring_forward()
            moment, monotonic = self._clock(), loop.time()
            await self._stopped.wait(self._look)
            passed = timedelta(seconds=loop.time() - monotonic)
            is_behind = is_behind or self._clock() < moment + passed - SLACK

    def stop(self) -> None:
        """End run()."""
        self._stopping = True
        self._stopped.ring()

    async def _bring_forward(self) -> bool:
        now = self._clock()
        try:
            async with self._store.transaction() as tx:
                mails = await tx.mails.bring_forward(now, now + SLACK)
                jobs = await tx.jobs.bring_forward(now, now + SLACK)
        except StoreAway:
            return False
        if mails or jobs:
            log.warning("the clock was set back", mails=mails, jobs=jobs)
        return True

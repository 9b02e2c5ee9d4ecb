"""A clock that was set back: what came while it was ahead is due in its future, and must not wait for that.

A machine that starts with a wrong clock, and is told the right time a minute later, has kept mails meanwhile.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell

log = structlog.get_logger()

LOOK_SECONDS = 10.0
SLACK = timedelta(seconds=60)  # clocks of several machines on one database differ a little


class Timekeeping:
    """Looks for mails and jobs that came later than now, until it is stopped."""

    def __init__(self, store: Store, clock: Callable[[], datetime], look: float = LOOK_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._look = look
        self._stopped = Bell()
        self._stopping = False

    async def run(self) -> None:
        """Look now and then, until stop(): what waited in the spool may come long after the clock was set."""
        while not self._stopping:
            with suppress(StoreAway):
                await self._bring_forward()
            await self._stopped.wait(self._look)

    def stop(self) -> None:
        """End run()."""
        self._stopping = True
        self._stopped.ring()

    async def _bring_forward(self) -> None:
        now = self._clock()
        later = now + SLACK
        async with self._store.reading() as tx:
            is_ahead = await tx.mails.has_ahead(now, later) or await tx.jobs.has_ahead(now, later)
        if is_ahead:
            async with self._store.transaction() as tx:
                mails, jobs = await tx.mails.bring_forward(now, later), await tx.jobs.bring_forward(now, later)
            log.warning("the clock was set back", mails=mails, jobs=jobs)

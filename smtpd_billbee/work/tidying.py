"""Mails are kept for as many days as the settings say; then their bytes are removed, a few at a time.

What was read from them stays.  A mail that is unread, unreadable, quarantined or to be checked, or whose copy has not
arrived, is kept however old it is.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell

log = structlog.get_logger()

IS_REMOVED = "the mail itself was removed, as the settings say; what was read from it is kept"
LOOK_SECONDS = 3600.0
AT_ONCE = 300  # mails in a transaction: others wait for it
PAUSE_SECONDS = 0.1  # between two of them


class Tidying:
    """Removes what is older than `days`, until it is stopped; 0 days: nothing ever."""

    def __init__(
        self, store: Store, days: int, clock: Callable[[], datetime], look: float = LOOK_SECONDS, at_once: int = AT_ONCE
    ) -> None:
        self._store = store
        self._days = days
        self._clock = clock
        self._look = look
        self._at_once = at_once
        self._stopped = Bell()
        self._stopping = False

    async def run(self) -> None:
        """Look now and then, until stop()."""
        while self._days and not self._stopping:
            with suppress(StoreAway):
                await self.tidy()
            await self._stopped.wait(self._look)

    def stop(self) -> None:
        """End run(), between two transactions."""
        self._stopping = True
        self._stopped.ring()

    async def tidy(self) -> int:
        """Remove what is too old now; how many mails that were.  Raises StoreAway."""
        before = self._clock() - timedelta(days=self._days)
        removed, last = 0, 0
        while not self._stopping:
            async with self._store.reading() as tx:
                some = await tx.retention.kept(last, self._at_once)
            old = [mail.id for mail in some if mail.received_at < before]
            if old:
                removed += await self._remove(old, before)
            if len(some) < self._at_once or some[-1].received_at >= before:
                break
            last = some[-1].raw_id
            await asyncio.sleep(PAUSE_SECONDS)
        if removed:
            log.info("old mails removed", mails=removed, days=self._days)
        return removed

    async def _remove(self, mail_ids: list[int], before: datetime) -> int:
        return await self._store.repeated(lambda tx: tx.retention.remove(mail_ids, before))

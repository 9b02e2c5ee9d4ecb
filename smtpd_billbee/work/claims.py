"""Claims: the mails that this process has in hand.

Their leases are short, so that after a crash nobody waits long for an order, and are renewed for as long as we work on
them.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.mail import ClaimedMail
from smtpd_billbee.store.store import Store

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
MOST_OCTETS = 64 * 1024 * 1024  # of the mails that are loaded at once


class Claims:
    """Takes mails to read, and lets none of them go unnoticed."""

    def __init__(self, store: Store, clock: Callable[[], datetime], lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._in_hand: dict[int, ClaimedMail] = {}

    async def due(self, limit: int) -> list[ClaimedMail]:
        """The mails due longest.  Raises StoreAway."""
        async with self._store.transaction(brief=True) as tx:
            return self._take(await tx.mails.claim(self._clock(), self._lease, limit))

    async def these(self, mail_ids: Collection[int]) -> list[ClaimedMail]:
        """These mails, but for those that are being read just now.  Raises StoreAway."""
        async with self._store.transaction() as tx:
            return self._take(await tx.mails.claim_these(mail_ids, self._clock(), self._lease))

    def let_go(self, mail: ClaimedMail) -> None:
        """It is saved, or its lease may end."""
        self._in_hand.pop(mail.id, None)

    async def give_back(self, mail: ClaimedMail, pause: timedelta) -> None:
        """Whoever comes first may have it, after a pause."""
        self.let_go(mail)
        with contextlib.suppress(StoreAway):  # then its lease ends by itself
            async with self._store.transaction() as tx:
                await tx.mails.release(mail, self._clock() + pause)

    async def give_all_back(self) -> None:
        """We stop: all that is still in hand is for whoever comes next, at once."""
        for mail in tuple(self._in_hand.values()):
            await self.give_back(mail, timedelta())

    async def keep_renewing(self) -> None:
        """Renew the leases of what is in hand, until cancelled."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._store.transaction() as tx:
                    await tx.mails.extend(tuple(self._in_hand.values()), self._clock() + self._lease)
            except StoreAway as error:
                log.warning("leases not renewed", cause=str(error))

    def _take(self, claimed: list[ClaimedMail]) -> list[ClaimedMail]:
        self._in_hand |= {mail.id: mail for mail in claimed}
        return claimed


def portions(claimed: Sequence[ClaimedMail], most: int, octets: int = MOST_OCTETS) -> Iterator[list[ClaimedMail]]:
    """At most so many mails and so many octets at once; a mail that is larger than that comes alone."""
    portion: list[ClaimedMail] = []
    for mail in claimed:
        if portion and (len(portion) == most or sum(each.size for each in portion) + mail.size > octets):
            yield portion
            portion = []
        portion.append(mail)
    if portion:
        yield portion

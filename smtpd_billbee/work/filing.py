"""Filing: what was put aside in a rush becomes mails, when the door is quiet; what a crash left, at the next start.

An arrival is filed and no more aside in one transaction.  Several processes may file at the same time.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from smtpd_billbee.errors import StoreAway, place
from smtpd_billbee.formats.spooled import aside
from smtpd_billbee.model.mail import Arrival
from smtpd_billbee.store.books import Books
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import keeping
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.keeping import IntakeSettings

log = structlog.get_logger()

SMALL = 64 * 1024  # octets; a larger mail is filed at once
AT_ONCE = 16  # in one transaction, for which the loop waits
QUIET_SECONDS = 0.02  # without a mail: the rush is over
PATIENCE_SECONDS = 2.0  # then a part is filed between the mails that come
LOOK_SECONDS = 5.0  # another node may have been killed
AGAIN_SECONDS = 60.0  # until what could not be filed is tried again
LAST_SECONDS = 5.0  # for what is still aside when we stop; the rest is filed at the next start


class Damaged(Exception):
    """An arrival cannot be read."""


class Filing:
    """Files until stop().  `bell` is rung by who puts something aside, `bells` are when there are mails to read."""

    def __init__(
        self, store: Store, settings: IntakeSettings, clock: Callable[[], datetime], bells: Sequence[Bell] = ()
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._bells = bells
        self.bell = Bell(QUIET_SECONDS, PATIENCE_SECONDS)
        self._after = 0  # what has no higher number could not be filed, and is passed over
        self._again_at = 0.0  # the loop's time: until then
        self._told: set[int] = set()
        self._stopping = False
        self._leaves_it = False

    async def run(self) -> None:
        """File what is aside, whenever it is quiet."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            await self.bell.quiet()
            if await self._filed_some():
                continue
            if loop.time() >= self._again_at:
                self._after = 0
            await self.bell.wait(LOOK_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                while not self._leaves_it and await self._filed_some():
                    pass

    def stop(self, *, is_away: bool = False) -> None:
        """End run() after what is aside, if that does not take too long, and if the database is not away."""
        self._leaves_it = is_away
        self._stopping = True
        self.bell.ring()

    async def _filed_some(self) -> bool:
        """File the next ones.  Whether there may be more."""
        try:
            some = await self._file_together()
        except StoreAway as error:
            log.warning("filing waits for the database", cause=str(error))
            return False
        if some:
            for bell in self._bells:
                bell.ring()
        return bool(some)

    async def _file_together(self) -> int:
        try:
            return await self._file(AT_ONCE)
        except Exception:
            await self._store.check_writable()  # then it is one of them that does harm to the others
            return await self._file_one()

    async def _file_one(self) -> int:
        """The next one alone; if it cannot be filed, it stays, and those behind it are next."""
        try:
            return await self._file(1)
        except Exception as error:
            await self._store.check_writable()  # what fails while it is away is no row's fault
            self._pass_over(await self._store.keeping(lambda books: books.next_aside(self._after)), error)
            return 1

    def _pass_over(self, number: int, error: Exception) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._again_at:
            self._again_at = loop.time() + AGAIN_SECONDS
        self._after = number
        if number not in self._told:
            self._told.add(number)
            name = type(error).__name__
            log.error("not filed: it stays in the table arrivals", id=number, error=name, where=place(error))

    async def _file(self, limit: int) -> int:
        """File so many at most; how many there were."""

        async def work(books: Books) -> int:
            found = await books.aside(self._after, limit)
            if found:
                await keeping.file(books, self._settings, [_arrival(octets) for _, octets in found], self._clock())
                await books.filed([number for number, _ in found])
            return len(found)

        return await self._store.keeping(work, brief=True)


def _arrival(octets: bytes) -> Arrival:
    arrival = aside(octets)
    if arrival is None:
        raise Damaged
    return arrival

"""Draining: mails of the emergency spool go into the database, as soon as it is back, and at every start.

A crash between the commit and the removal of the file costs nothing: the mail is known then, and is not kept twice.
"""

import asyncio
from pathlib import Path

import structlog

from smtpd_billbee.errors import StoreAway, place, plain_words
from smtpd_billbee.formats.spooled import unspooled
from smtpd_billbee.model.overview import SpoolState
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.spool import Spool

log = structlog.get_logger()

AGAIN_SECONDS = 5.0  # after a failure, however many mails are spooled meanwhile
SLOW_SECONDS = 5.0  # a commit that takes longer is no sign that all is well
LOOK_SECONDS = 60.0  # another process may have left something


class Draining:
    """Drains until stop().  Several processes may drain one folder."""

    def __init__(self, spool: Spool, intake: Intake, again: float = AGAIN_SECONDS) -> None:
        self._spool = spool
        self._intake = intake
        self._again = again
        self._failures: dict[str, int] = {}  # of files: those that fail wait behind the others
        self._told = SpoolState()
        self._stopped = Bell()
        self._stopping = False

    async def run(self) -> None:
        """Drain now, then whenever something was spooled, until stop()."""
        while not self._stopping:
            try:
                is_done = await self._drain()
            except OSError as error:
                log.error("spool cannot be looked at", cause=plain_words(error))
                is_done = False
                await self._answers()  # new mails go by the database all the same, if it is back
            if self._stopping:
                return
            await (self._intake.spooled.wait(LOOK_SECONDS) if is_done else self._stopped.wait(self._again))

    def stop(self) -> None:
        """End run() after the mail that is being drained."""
        self._stopping = True
        self._stopped.ring()
        self._intake.spooled.ring()

    async def _drain(self) -> bool:
        """One round.  Whether there is nothing left to do."""
        await asyncio.to_thread(self._spool.tidy)
        files = await asyncio.to_thread(self._spool.waiting)
        self._failures = {file.name: self._failures[file.name] for file in files if file.name in self._failures}
        answers = True
        for file in sorted(files, key=lambda file: self._failures.get(file.name, 0)):
            if self._stopping:
                break
            # A mail that the database does not take must not keep those behind it; one that is away keeps all.
            if not await self._drain_file(file) and not (answers := await self._answers()):
                break
        if self._intake.is_away and answers and not self._stopping:
            answers = await self._answers()
        self._tell(await asyncio.to_thread(self._spool.state))
        return answers and not self._failures

    async def _drain_file(self, file: Path) -> bool:
        """Whether it is done with; a file that cannot be opened or removed waits behind the others until it can."""
        try:
            return await self._drain_open(file)
        except OSError as error:
            if self._count_failure(file) == 1:
                log.error("a file of the spool cannot be opened", file=file.name, cause=plain_words(error))
            return False

    async def _drain_open(self, file: Path) -> bool:
        with self._spool.taken(file) as octets:
            if octets is None:
                return True
            arrival = await asyncio.to_thread(unspooled, octets)
            if arrival is None:
                await asyncio.to_thread(self._spool.set_aside, file)
                log.error("a file of the spool cannot be read: it is set aside", file=file.name)
                return True
            begun = asyncio.get_running_loop().time()
            try:
                await self._intake.keep_late(arrival)
            except Exception as error:  # whatever it is: the mail stays where it is safe
                self._note_failure(file, error)
                return False
            if asyncio.get_running_loop().time() - begun < SLOW_SECONDS:
                self._intake.is_away = False
            await asyncio.to_thread(self._spool.remove, file)
        self._failures.pop(file.name, None)
        log.info("drained", mail=arrival.queue_id)
        return True

    async def _answers(self) -> bool:
        """Whether the database can be written again: then new mails need no spool."""
        try:
            await self._intake.look_for_the_store()
        except StoreAway:
            return False
        self._intake.is_away = False
        return True

    def _note_failure(self, file: Path, error: Exception) -> None:
        if self._count_failure(file) == 1 and not isinstance(error, StoreAway):
            log.error("not drained", file=file.name, error=type(error).__name__, where=place(error))

    def _count_failure(self, file: Path) -> int:
        self._failures[file.name] = self._failures.get(file.name, 0) + 1
        return self._failures[file.name]

    def _tell(self, state: SpoolState) -> None:
        """What has changed since we last told."""
        if state == self._told:
            return
        if state.waiting or state.unreadable:
            since = state.oldest.isoformat(timespec="seconds") if state.oldest else None
            log.warning("spool", waiting=state.waiting, oldest=since, unreadable=state.unreadable)
        elif self._told.waiting:
            log.info("the spool is empty again")
        self._told = state

"""Relaying: due copies go to the smarthost, and what it said is written down.  Never waits for the reader.

A copy is claimed for the length of a lease, which is renewed while we work on it: after a crash it is sent again when
the lease is over.  So a copy is sent at least once, and twice only if we die between its 250 and the commit.
"""

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.job import Attempt, Delivered, Job, JobKind, Later, Try
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.breaker import WAY_OUT, Breaker, domain_of
from smtpd_billbee.work.copying import Copying, Sent
from smtpd_billbee.work.retries import next_try

log = structlog.get_logger()

POLL_SECONDS = 1.0
BEHIND_OTHERS = "not tried yet: several copies before it were not taken, so it waits"
IN_HAND = 40  # claimed at once: one commit for many copies
MOST_OCTETS = 64 * 1024 * 1024  # of mails whose copies are sent at once; each lies in memory three times

# A server's number with its status, or a status of ours; the name of one server of several may stand before it.
_STATUS = re.compile(r"(?:[\w.-]+: )?(\d{3}(?: \d\.\d{1,3}\.\d{1,3})?|4\.\d\.\d)(?![\w.])")


@dataclass(frozen=True, slots=True)
class RelayingSettings:
    """How many copies are sent at once, how long one waits after a crash (`lease`), and how many seconds a running
    delivery gets when we stop (`grace`).
    """

    at_once: int = 5
    lease: timedelta = timedelta(seconds=30)
    grace: float = 5.0


class Relaying:
    """The role `relaying`.  `chance` gives numbers from 0 to 1 (random.random)."""

    def __init__(
        self,
        store: Store,
        copying: Copying,
        settings: RelayingSettings,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        bell: Bell,
    ) -> None:
        self._store = store
        self._copying = copying
        self._settings = settings
        self._clock = clock
        self._chance = chance
        self._bell = bell
        self._records = GroupCommit(self._record_group)
        self._held: dict[int, Job] = {}  # claimed by us and not recorded yet
        self._waiting: deque[Job] = deque()  # those of them that nobody delivers yet
        self._running = 0
        self._octets = 0  # of the mails whose copies are running
        self._more = False  # the last claim was full: there may be others
        self._breaker = Breaker()
        self._stopping = False

    async def run(self) -> None:
        """Send what is due until stop().

        Being cancelled is a stop, too: a running delivery gets its few seconds, and what it brought is recorded.
        """
        # A task of its own takes no cancellation from outside; it is awaited on every way out.
        work = asyncio.get_running_loop().create_task(self._run())
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self.stop()
            await work
            raise

    def stop(self) -> None:
        """End run() after the deliveries that are running."""
        self._stopping = True
        self._bell.ring()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._records.run())
            renewing = tasks.create_task(self._renew_leases())
            await self._deliver_until_stopped()
            renewing.cancel()
            self._records.close()
        await self._give_back()

    async def _deliver_until_stopped(self) -> None:
        try:
            async with asyncio.timeout(None) as patience, asyncio.TaskGroup() as deliveries:
                while not self._stopping:
                    seconds = await self._claim()
                    self._start(deliveries)
                    await self._bell.wait(seconds)
                patience.reschedule(asyncio.get_running_loop().time() + self._settings.grace)
        except TimeoutError:
            if not self._stopping:
                raise
            log.warning("deliveries cut off: the server is stopping")

    def _start(self, deliveries: asyncio.TaskGroup) -> None:
        put_off: defaultdict[tuple[str, datetime], list[Job]] = defaultdict(list)
        while self._running < self._settings.at_once and not self._stopping and (job := self._next()):
            if (closed := self._closed(job)) is not None:
                put_off[closed].append(job)
                continue
            self._running += 1
            self._octets += job.size
            deliveries.create_task(self._one(job))
        for (way, until), jobs in put_off.items():
            deliveries.create_task(self._put_off(way, until, jobs))

    def _next(self) -> Job | None:
        """The first one that waits and for which there is memory: a large one waits until others are done."""
        room = MOST_OCTETS - self._octets
        job = next((each for each in self._waiting if each.size <= room or not self._running), None)
        if job is not None:
            self._waiting.remove(job)
        return job

    def _closed(self, job: Job) -> tuple[str, datetime] | None:
        """Which way is closed to a copy, and until when.  What somebody waits for is always tried."""
        if job.urgent:
            return None
        now = self._clock()
        for way in (WAY_OUT, domain_of(job.destination)):
            if (until := self._breaker.closed_until(way, now)) is not None:
                return way, until
        return None

    async def _put_off(self, way: str, until: datetime, jobs: Sequence[Job]) -> None:
        """Their turn comes when the pause is over; so does that of all others that would go the same way."""
        try:
            async with self._store.transaction() as tx:
                await tx.jobs.put_off([job.id for job in jobs], until, BEHIND_OTHERS)
                domain = "" if way == WAY_OUT else way
                await tx.jobs.put_off_all(JobKind.COPY, domain, self._clock(), until, BEHIND_OTHERS)
        except StoreAway as error:  # their leases end by themselves
            log.warning("copies not put off", cause=str(error))
        for job in jobs:
            self._held.pop(job.id, None)
        self._bell.ring()

    def _learn(self, job: Job, attempt: Attempt) -> None:
        """What this delivery says about those after it: a refusal for good is an answer, too."""
        way = domain_of(job.destination)
        if not isinstance(attempt, Later):
            self._breaker.went_well(way)
            self._breaker.went_well(WAY_OUT)
            return
        if not attempt.for_all:
            self._breaker.went_well(WAY_OUT)
        closed = WAY_OUT if attempt.for_all else way
        if self._breaker.failed(closed, self._clock()):
            log.warning("copies pause", job=job.id, all=attempt.for_all)

    async def _claim(self) -> float:
        """Claim what is due if there is room for it; how many seconds until there may be more."""
        if len(self._held) > self._settings.at_once:
            return POLL_SECONDS  # a delivery that ends rings
        await self._bell.quiet()
        try:
            return await self._claim_due()
        except StoreAway as error:
            log.warning("relaying waits for the database", cause=str(error))
            return POLL_SECONDS

    async def _claim_due(self) -> float:
        async with self._store.reading(brief=True) as tx:  # cheap; a claim takes the one writer's turn
            due = await tx.jobs.next_due(JobKind.COPY)
        now = self._clock()
        if due is None or due > now:
            return POLL_SECONDS if due is None else min(POLL_SECONDS, (due - now).total_seconds())
        room = IN_HAND - len(self._held)
        async with self._store.transaction(brief=True) as tx:
            claimed = await tx.jobs.claim(JobKind.COPY, now, self._settings.lease, room)
        self._more = len(claimed) == room
        for job in claimed:
            if job.id not in self._held:  # else its lease ran out while the database was away, and is ours again
                self._held[job.id] = job
                (self._waiting.appendleft if job.urgent else self._waiting.append)(job)
        return POLL_SECONDS

    async def _one(self, job: Job) -> None:
        try:
            sent = await self._send(job)
        except StoreAway as error:
            log.warning("relaying waits for the database", mail=job.mail_id, cause=str(error))
            del self._held[job.id]  # its lease ends by itself
            return
        finally:
            self._running -= 1
            self._octets -= job.size
            self._ring_for_more()
        self._learn(job, sent.attempt)
        await self._record(self._outcome(job, sent))

    async def _send(self, job: Job) -> Sent:
        try:
            return await self._copying.send(job)
        except StoreAway:
            raise
        except Exception as error:  # a mistake of ours in one mail must not stop the others
            log.exception("not copied", mail=job.mail_id, cause=type(error).__name__)
            return Sent(Later(f"an error of our own: {type(error).__name__}"), wrapped=job.wrapped)

    def _outcome(self, job: Job, sent: Sent) -> Try:
        now = self._clock()
        is_put_off = isinstance(sent.attempt, Later)
        again = next_try(job.first_at, job.attempts + 1, now, self._chance()) if is_put_off else None
        return Try(job, now, sent.attempt, again, sent.wrapped, sent.as_it_is)

    async def _record(self, outcome: Try) -> None:
        """Write it down, however long the database is away: what was sent must not be sent again."""
        while True:
            try:
                await self._records.put(outcome)
            except StoreAway as error:
                log.warning("outcome not recorded yet", mail=outcome.job.mail_id, cause=str(error))
                await asyncio.sleep(POLL_SECONDS)
            else:
                return

    async def _record_group(self, group: Sequence[Try]) -> None:
        async with self._store.transaction(brief=True) as tx:
            await tx.jobs.record(group)
        for outcome in group:
            del self._held[outcome.job.id]
            _log(outcome)
        self._ring_for_more()

    def _ring_for_more(self) -> None:
        """There is room again.  Nobody asks the database after each copy: who brings a new one rings."""
        if self._waiting or self._more:
            self._bell.ring()

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._settings.lease.total_seconds() / 3)
            if self._held:
                await self._extend(self._clock() + self._settings.lease)

    async def _give_back(self) -> None:
        """What we did not come to, or had to cut off, is due at once for whoever comes next."""
        if self._held:
            await self._extend(self._clock())

    async def _extend(self, until: datetime) -> None:
        try:
            async with self._store.transaction() as tx:
                await tx.jobs.extend(list(self._held), until)
        except StoreAway as error:
            log.warning("leases not renewed", cause=str(error))


def _log(outcome: Try) -> None:
    """One line in the diary.  The reply itself may name addresses, so only its number is told."""
    status = _STATUS.match(outcome.attempt.reply)
    told: dict[str, object] = {
        "mail": outcome.job.mail_id,
        "job": outcome.job.id,
        "tries": outcome.job.attempts + 1,
        "status": status[1] if status else None,
    }
    match outcome.attempt:
        case Delivered():
            log.info("copied", **told)
        case Later() if outcome.next_at:
            log.info("copy put off", **told, until=outcome.next_at.isoformat(timespec="seconds"))
        case _:
            log.warning("copy failed", **told)

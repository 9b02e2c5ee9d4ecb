"""Whom to leave in peace: after several troubles in a row, for longer and longer, until one copy gets through."""

from datetime import timedelta

from smtpd_billbee.model.job import Attempt, Delivered, JobState, Later
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.breaker import AGAIN, FIRST_PAUSE, LONGEST_PAUSE, PROBE, ROW, Breaker, domain_of
from smtpd_billbee.work.relaying import BEHIND_OTHERS
from tests.conftest import NOON, Clock
from tests.work.test_relaying import CONTENT, job_at, keep, relaying

WAY = "example.org"
SECOND = timedelta(seconds=1)


def closed() -> Breaker:
    """One whose way has just been closed."""
    breaker = Breaker()
    assert [False] * (ROW - 1) + [True] == [breaker.failed(WAY, NOON) for _ in range(ROW)]
    return breaker


def test_in_a_row() -> None:
    """Only troubles one after the other count; another way is not touched."""
    breaker = Breaker()
    for _ in range(3 * ROW):
        breaker.failed(WAY, NOON)
        breaker.went_well(WAY)

    assert None is breaker.closed_until(WAY, NOON)
    assert None is closed().closed_until("other.example", NOON)


def test_pause_and_probe() -> None:
    """After the pause one tries and the others wait; what it brings decides for all."""
    breaker = closed()
    end = NOON + FIRST_PAUSE

    assert end == breaker.closed_until(WAY, NOON)
    assert None is breaker.closed_until(WAY, end)
    assert end + AGAIN == breaker.closed_until(WAY, end)
    breaker.went_well(WAY)
    assert None is breaker.closed_until(WAY, end)


def test_longer_and_longer() -> None:
    """Each probe that fails doubles the pause, up to a quarter of an hour."""
    breaker, now, pauses = closed(), NOON, []
    for _ in range(8):
        until = breaker.closed_until(WAY, now)
        assert until is not None
        pauses.append((until - now).total_seconds())
        now = until
        assert None is breaker.closed_until(WAY, now)
        assert breaker.failed(WAY, now)

    assert [30, 60, 120, 240, 480, 900, 900, 900] == pauses
    assert LONGEST_PAUSE == timedelta(seconds=pauses[-1])


def test_those_that_had_begun() -> None:
    """Deliveries that were under way when the way was closed make no pause longer."""
    breaker = closed()

    assert not breaker.failed(WAY, NOON + SECOND)
    assert NOON + FIRST_PAUSE == breaker.closed_until(WAY, NOON + SECOND)


def test_a_probe_that_is_lost() -> None:
    """If nothing is heard of the one that tried, another one may."""
    breaker = closed()
    end = NOON + FIRST_PAUSE
    breaker.closed_until(WAY, end)

    assert None is breaker.closed_until(WAY, end + PROBE)


def test_ways() -> None:
    """Case does not count."""
    assert WAY == domain_of("Owner@Example.ORG")


class Domains:
    """A courier that refuses a domain for now, or everybody, and counts what it was asked for."""

    def __init__(self, refused: str, for_all: bool = False) -> None:
        self.refused, self.for_all = refused, for_all
        self.asked: list[str] = []

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        self.asked.append(recipient)
        if self.refused and recipient.endswith(self.refused):
            return Later("421 4.7.28 too many", self.for_all)
        return Delivered("250 OK")


async def test_a_busy_domain(store: Store, clock: Clock):
    """A domain that refuses five in a row is asked no more for now; other domains get theirs; nothing is lost."""
    busy = [await keep(store, clock, CONTENT + b"%d" % n, f"{n}@busy.example") for n in range(ROW + 15)]
    courier, bell = Domains("busy.example"), Bell()
    async with relaying(store, courier, clock, bell, at_once=1):
        for job_id in busy[:ROW]:
            await job_at(store, job_id, JobState.PENDING, tries=1)
        others = [await keep(store, clock, CONTENT + b"x%d" % n, f"{n}@other.example") for n in range(3)]
        bell.ring()
        for job_id in others:
            await job_at(store, job_id, JobState.SENT)
        waiting = [await job_at(store, job_id, JobState.PENDING, tries=0) for job_id in busy[ROW:]]
        asked = len([each for each in courier.asked if each.endswith("busy.example")])
        courier.refused = ""
        clock.forward(minutes=2)
        bell.ring()
        for job_id in busy:
            await job_at(store, job_id, JobState.SENT)

    assert ROW == asked
    assert {(NOON + FIRST_PAUSE, BEHIND_OTHERS)} == {(job.next_at, job.last_reply) for job in waiting}


async def test_the_way_out(store: Store, clock: Clock):
    """A smarthost that nobody reaches is left in peace with everybody's copies; one that a person sends is tried."""
    jobs = [await keep(store, clock, CONTENT + b"%d" % n, f"{n}@{n}.example") for n in range(ROW + 3)]
    courier, bell = Domains("example", for_all=True), Bell()
    async with relaying(store, courier, clock, bell, at_once=1):
        for job_id in jobs[:ROW]:
            await job_at(store, job_id, JobState.PENDING, tries=1)
        for job_id in jobs[ROW:]:
            await job_at(store, job_id, JobState.PENDING, tries=0)
        asked = len(courier.asked)
        courier.refused = ""
        async with store.transaction() as tx:
            await tx.jobs.retry([jobs[-1]], clock())
        bell.ring()
        await job_at(store, jobs[-1], JobState.SENT)

    assert ROW == asked

"""A clock that was set back delays no mail that came meanwhile."""

import asyncio
from datetime import timedelta

from smtpd_billbee.model.job import JobKind
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.timekeeping import Timekeeping
from tests.conftest import NOON, Clock
from tests.making import MAIL, arrival, make_shop
from tests.work.test_intake import running

LATER = timedelta(hours=2)


async def due(store: Store, clock: Clock) -> tuple[int, int]:
    """How many mails and copies somebody may take now."""
    async with store.reading() as tx:
        jobs = [job for job in await tx.jobs.open(10) if job.next_at and job.next_at <= clock()]
        next_due = await tx.mails.next_due()
    return int(next_due is not None and next_due <= clock()), len(jobs)


async def test_set_back(store: Store, clock: Clock) -> None:
    """What came by the wrong clock is due when the clock is right again, with its copy, also after a restart."""
    await make_shop(store)
    clock.now = NOON + LATER
    keeping = Timekeeping(store, clock, look=0.05)
    async with running(store) as intake, asyncio.TaskGroup() as tasks:
        tasks.create_task(keeping.run())
        await asyncio.sleep(0.1)
        await intake.accept(arrival(MAIL, at=NOON + LATER))
        clock.now = NOON
        before = await due(store, clock)
        async with asyncio.timeout(10):
            while await due(store, clock) != (1, 1):  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.05)
        keeping.stop()

    assert (0, 0) == before


async def test_after_a_restart(store: Store, clock: Clock) -> None:
    """At its start it does not know what the clock was: it looks at what is kept."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, at=NOON + LATER))
    keeping = Timekeeping(store, clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keeping.run())
        async with asyncio.timeout(10):
            while await due(store, clock) != (1, 1):  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.05)
        keeping.stop()


async def test_nothing_else_is_hurried(store: Store, clock: Clock) -> None:
    """A mail that waits by its shop's rule goes on waiting."""
    await make_shop(store, ShopRules(name="Teeladen", minimum_age=60))
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, at=NOON))
    keeping = Timekeeping(store, clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keeping.run())
        await asyncio.sleep(0.2)
        keeping.stop()
    async with store.reading() as tx:
        assert NOON + timedelta(minutes=60) == await tx.mails.next_due()


async def test_a_lease_of_the_wrong_clock(store: Store, clock: Clock) -> None:
    """A mail and a copy that somebody took by the wrong clock, and never gave back, are due; a true lease is kept."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, at=NOON))
        await intake.accept(arrival(MAIL + b"2", at=NOON))
    async with store.transaction() as tx:
        for now, lease in ((NOON, timedelta(minutes=1)), (NOON + LATER, timedelta(minutes=1))):
            await tx.mails.claim(now, lease, 1)
            await tx.jobs.claim(JobKind.COPY, now, lease, 1)
    keeping = Timekeeping(store, clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keeping.run())
        async with asyncio.timeout(10):
            while await due(store, clock) != (1, 1):  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.05)
        keeping.stop()

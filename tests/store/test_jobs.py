"""Jobs: each is in one pair of hands at a time, and what every try brought stays."""

from datetime import timedelta

import pytest

from smtpd_billbee.model.job import Attempt, Delivered, JobKind, JobState, Later, Never, NewJob
from smtpd_billbee.store.store import Store
from tests.conftest import NOON

LEASE = timedelta(seconds=30)
OWNER = "owner@example.org"


async def make(store: Store, *jobs: NewJob) -> list[int]:
    """The new jobs' ids."""
    async with store.transaction() as tx:
        await tx.jobs.add(jobs)
        return [job.id for job in await tx.jobs.open(100)][-len(jobs) :]


def copy(minutes: float | None = 0) -> NewJob:
    """A copy due so many minutes after noon, or held."""
    due = None if minutes is None else NOON + timedelta(minutes=minutes)
    return NewJob(JobKind.COPY, OWNER, NOON, due)


async def claim(store: Store, minutes: float = 0, limit: int = 10) -> list[int]:
    async with store.transaction() as tx:
        claimed = await tx.jobs.claim(JobKind.COPY, NOON + timedelta(minutes=minutes), LEASE, limit)
    return [job.id for job in claimed]


async def test_claims(store: Store):
    """Only what is due is given out, the longest due first, once until its lease ends; held copies never."""
    late, early, _young, _held = await make(store, copy(2), copy(1), copy(9), copy(None))

    assert [early] == await claim(store, minutes=3, limit=1)
    assert [late] == await claim(store, minutes=3)
    assert [] == await claim(store, minutes=3)
    assert [late, early] == await claim(store, minutes=3.5)


@pytest.mark.parametrize(
    ("attempt", "again", "state"),
    [
        (Delivered("250 OK"), None, JobState.SENT),
        (Later("451 busy"), NOON + timedelta(minutes=1), JobState.PENDING),
        (Later("451 busy"), None, JobState.FAILED),
        (Never("550 no"), None, JobState.FAILED),
    ],
)
async def test_record(store: Store, attempt: Attempt, again: object, state: JobState):
    """After a try the job stands where the answer says, with the answer, and the try is kept."""
    (job_id,) = await make(store, copy())
    async with store.transaction() as tx:
        (job,) = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        await tx.jobs.record(job, NOON, attempt, again)
        after, past = await tx.jobs.get(job_id), await tx.jobs.past(job_id)

    assert (state, again, 1, attempt.reply) == (after.state, after.next_at, after.attempts, after.last_reply)
    assert [(NOON, type(attempt).__name__.lower(), attempt.reply)] == [(p.at, p.outcome, p.reply) for p in past]


async def test_retry(store: Store):
    """By hand every failed job, or the named ones, are due at once with five new days; not what is being sent."""
    later = NOON + timedelta(days=9)
    failed, pending, sending = await make(store, copy(-1), copy(60), copy(0))
    async with store.transaction() as tx:
        (job,) = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        await tx.jobs.record(job, NOON, Never("550 no"), None)
        await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        all_failed = await tx.jobs.retry(None, later)
        named = await tx.jobs.retry([pending, sending], later)
        jobs = {job.id: job for job in await tx.jobs.open(10)}

    assert (1, 1) == (all_failed, named)
    assert {(JobState.PENDING, later, later, 0)} == {
        (jobs[number].state, jobs[number].next_at, jobs[number].first_at, jobs[number].attempts)
        for number in (failed, pending)
    }
    assert JobState.SENDING == jobs[sending].state


async def test_extend(store: Store):
    """A lease can be prolonged, and given back; a job that is done already is left alone."""
    done, mine = await make(store, copy(-1), copy())
    async with store.transaction() as tx:
        job, _ = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 2)
        await tx.jobs.record(job, NOON, Delivered("250 OK"), None)
        await tx.jobs.extend([done, mine], NOON + timedelta(minutes=5))

    assert [] == await claim(store, minutes=4)

    async with store.transaction() as tx:
        await tx.jobs.extend([done, mine], NOON)

    assert [mine] == await claim(store)


async def test_kinds_are_apart(store: Store):
    """Who sends copies gets no pushes, and is not woken for them."""
    await make(store, NewJob(JobKind.PUSH, "https://example.org/hook", NOON, NOON))
    async with store.reading() as tx:
        assert (None, NOON) == (await tx.jobs.next_due(JobKind.COPY), await tx.jobs.next_due(JobKind.PUSH))

    assert [] == await claim(store)

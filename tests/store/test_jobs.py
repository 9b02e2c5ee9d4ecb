"""Jobs: each is in one pair of hands at a time, and what every try brought stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smtpd_billbee.model.job import Attempt, Delivered, JobKind, JobState, Later, Never, NewJob, Try
from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import TO_SHOP, arrival, make_shop

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


async def test_leases_of_the_dead(store: Store):
    """They end at once, and what waits for its next try goes on waiting."""
    held, _later = await make(store, copy(1), copy(9))
    assert [held] == await claim(store, minutes=3)
    async with store.transaction() as tx:
        await tx.jobs.release_all(NOON + timedelta(minutes=3))

    assert [held] == await claim(store, minutes=3)


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
        await tx.jobs.record([Try(job, NOON, attempt, again)])
        after, past = await tx.jobs.get(job_id), await tx.jobs.past(job_id)

    assert (state, again, 1, attempt.reply) == (after.state, after.next_at, after.attempts, after.last_reply)
    assert [(NOON, type(attempt).__name__.lower(), attempt.reply)] == [(p.at, p.outcome, p.reply) for p in past]


async def test_record_many(store: Store):
    """Tries that are recorded together stay apart."""
    first, second = await make(store, copy(), copy())
    again = NOON + timedelta(minutes=1)
    async with store.transaction() as tx:
        one, two = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 2)
        await tx.jobs.record([Try(one, NOON, Never("550 no"), None), Try(two, NOON, Later("451 busy"), again)])
        await tx.jobs.record([])
        jobs = [await tx.jobs.get(number) for number in (first, second)]

    assert [(JobState.FAILED, None, 1, "550 no"), (JobState.PENDING, again, 1, "451 busy")] == [
        (job.state, job.next_at, job.attempts, job.last_reply) for job in jobs
    ]


async def test_decide_held(store: Store):
    """When the readings are known, held copies go at once or are dropped; others are left alone."""
    await make_shop(store)
    new = [(0, NewMail(TO_SHOP, f"{number}", MailState.RECEIVED, NOON)) for number in range(3)]
    async with store.transaction() as tx:
        mails = await tx.mails.keep([arrival()], new)
        await tx.jobs.add([replace(copy(None), mail_id=number) for number in mails])
        await tx.jobs.decide_held(mails[:1], True, NOON)
        await tx.jobs.decide_held(mails[1:2], False, NOON)
        await tx.jobs.decide_held([], False, NOON)
        jobs = [job for number in mails for job in await tx.jobs.of_mail(number)]

    expected = [(JobState.PENDING, NOON), (JobState.DROPPED, None), (JobState.HELD, None)]
    assert expected == [(job.state, job.next_at) for job in jobs]


async def test_copies_that_wait_for_a_reading(store: Store):
    """They go at once when it is known; one that was tried already keeps its turn."""
    await make_shop(store)
    new = [(0, NewMail(TO_SHOP, f"{number}", MailState.RECEIVED, NOON)) for number in range(2)]
    again = NOON + timedelta(minutes=1)
    async with store.transaction() as tx:
        waits, tried = await tx.mails.keep([arrival()], new)
        await tx.jobs.add([replace(copy(0), mail_id=tried)])
        (job,) = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        await tx.jobs.record([Try(job, NOON, Later("451 busy"), again)])
        await tx.jobs.add([replace(copy(10), mail_id=waits)])
        await tx.jobs.decide_held([waits, tried], True, NOON)
        decided = [job for number in (waits, tried) for job in await tx.jobs.of_mail(number)]

    assert [NOON, again] == [job.next_at for job in decided]


async def test_retry(store: Store):
    """By hand every failed job, or the named ones, are due at once with five new days; not what is being sent."""
    later = NOON + timedelta(days=9)
    failed, pending, sending = await make(store, copy(-1), copy(60), copy(0))
    async with store.transaction() as tx:
        (job,) = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        await tx.jobs.record([Try(job, NOON, Never("550 no"), None)])
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
        await tx.jobs.record([Try(job, NOON, Delivered("250 OK"), None)])
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


async def test_put_off(store: Store):
    """Claimed copies go back untried; with them wait all that are due for the same domain, but for the urgent ones."""
    until = NOON + timedelta(minutes=15)
    new = [copy(-2), *(replace(copy(), destination=f"x@{domain}") for domain in ("EXAMPLE.org", "an.example.org"))]
    mine, same, _below, _later, _urgent = await make(store, *new, copy(5), replace(copy(), urgent=True))
    async with store.transaction() as tx:
        await tx.jobs.claim(JobKind.COPY, NOON - timedelta(minutes=1), LEASE, 1)
        await tx.jobs.put_off([mine], until)
        await tx.jobs.put_off_all(JobKind.COPY, "example.org", NOON, until)
        jobs = await tx.jobs.open(10)

    assert [mine, same] == [job.id for job in jobs if job.next_at == until]
    assert {(JobState.PENDING, 0)} == {(job.state, job.attempts) for job in jobs}


async def test_a_domain_is_no_pattern(store: Store):
    """LIKE's signs stand for themselves; no domain at all is every domain."""
    until, twice_until = NOON + timedelta(minutes=15), NOON + timedelta(minutes=30)
    await make(store, *(replace(copy(), destination=f"x@{domain}") for domain in ("a_c.example", "abc.example")))
    async with store.transaction() as tx:
        await tx.jobs.put_off_all(JobKind.COPY, "a_c.example", NOON, until)
        one = [job.next_at for job in await tx.jobs.open(10)]
        await tx.jobs.put_off_all(JobKind.COPY, "", NOON, twice_until)
        others = [job.next_at for job in await tx.jobs.open(10)]

    assert ([until, NOON], [until, twice_until]) == (one, others)


async def test_a_clock_that_was_ahead(store: Store):
    """What was made or claimed in a wrong future is due now; what waits for its next try goes on waiting."""
    future = NOON + timedelta(days=365)
    ahead, retried = await make(store, replace(copy(), first_at=future, next_at=future), copy(60))
    async with store.transaction() as tx:
        await tx.jobs.add([copy(-1)])
        (leased,) = await tx.jobs.claim(JobKind.COPY, NOON, timedelta(days=365), 1)
        found = [await tx.jobs.has_ahead(NOON, NOON + timedelta(hours=1))]
        brought = await tx.jobs.bring_forward(NOON, NOON + timedelta(hours=1))
        found.append(await tx.jobs.has_ahead(NOON, NOON + timedelta(hours=1)))
        due = {job.id: job.next_at for job in await tx.jobs.open(10)}

    assert ([True, False], 2) == (found, brought)
    assert {ahead: NOON, retried: NOON + timedelta(hours=1), leased.id: NOON} == due


@pytest.mark.parametrize(
    ("again", "expected"), [(False, (JobState.FAILED, None, False)), (True, (JobState.PENDING, NOON, True))]
)
async def test_bounced(store: Store, again: bool, expected: object):
    """A copy that came back has failed, or goes once more in a mail of ours; the report stays among its tries."""
    (job_id,) = await make(store, copy())
    async with store.transaction() as tx:
        (job,) = await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        await tx.jobs.record([Try(job, NOON, Delivered("250 OK"), None)])
        await tx.jobs.bounced(job_id, "bounced: 5.1.1", NOON, again)
        after, past = await tx.jobs.get(job_id), await tx.jobs.past(job_id)

    assert (expected, "bounced: 5.1.1") == ((after.state, after.next_at, after.wrapped), after.last_reply)
    assert ["delivered", "never"] == [each.outcome for each in past]


async def test_redirect(store: Store):
    """An account's copies that nobody took yet go to its new address; others' do not, nor what is on its way."""
    await make_shop(store)
    await make_shop(store, shop_id=777, email="other@example.org")
    new = [(0, NewMail(each, "c", MailState.RECEIVED, NOON)) for each in (TO_SHOP, replace(TO_SHOP, shop_id=777))]
    async with store.transaction() as tx:
        account = (await tx.accounts.by_email(OWNER)).id
        mine, theirs = await tx.mails.keep([arrival()], new)
        await tx.jobs.add([replace(copy(-1), mail_id=mine)])
        await tx.jobs.claim(JobKind.COPY, NOON, LEASE, 1)
        more = replace(copy(5), mail_id=mine, destination="second@example.org")
        await tx.jobs.add([replace(copy(5), mail_id=mine), more, replace(copy(5), mail_id=theirs), copy(5)])
        moved = await tx.jobs.redirect(account, OWNER, "new@example.org")
        found = [job.destination for job in await tx.jobs.open(10)]

    assert 1 == moved
    assert [OWNER, "new@example.org", "second@example.org", OWNER, OWNER] == found

"""Copies on their way: sent at least once, every try written down, and never in each other's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256

import pytest
from aiosmtpd.smtp import SMTP
from structlog.testing import capture_logs

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.copies import copy_of, mail_of_sender
from smtpd_billbee.model.evidence import Evidence, Result, Signature
from smtpd_billbee.model.job import Attempt, Delivered, Job, JobKind, JobState, Later, NewJob
from smtpd_billbee.model.mail import Arrival, MailState, NewMail, Recipient, Session
from smtpd_billbee.send.smtp import Smarthost, SmarthostSettings
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work import relaying as relaying_role
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.copying import Copying, CopySettings, Courier, Form, Proofs
from smtpd_billbee.work.relaying import Relaying, RelayingSettings
from smtpd_billbee.work.signing import OwnKey, Signer
from tests.conftest import Clock
from tests.journeys.running import soon
from tests.sink import DROP, Sink

KEY = b"k" * 32
OWNER = "owner@example.org"
TRACE = b"Return-Path: <a@shop.example>\r\nReceived: from shop.example by mx.inbound.example; now\r\n"
CONTENT = "Subject: Bestellung\r\n\r\n.\r\n..für Jürgen\r\n".encode()


async def keep(store: Store, clock: Clock, content: bytes = CONTENT, destination: str = OWNER) -> int:
    """Keep a mail with its copy job, as intake does; the job's id."""
    recipient = Recipient("12345-jimdo-orderimport@inbound.example")
    arrival = Arrival("q", "a@shop.example", (recipient,), TRACE, content, Session("127.0.0.1", 1, "x"), clock())
    new = NewMail(recipient, sha256(content).hexdigest(), MailState.NOT_AN_ORDER, None)
    async with store.transaction() as tx:
        (mail_id,) = await tx.mails.keep([arrival], [(0, new)])
        await tx.jobs.add([NewJob(JobKind.COPY, destination, clock(), clock(), mail_id=mail_id)])
        (job,) = await tx.jobs.of_mail(mail_id)
    return job.id


class Proved:
    """Whether each mail counts as signed."""

    def __init__(self, signed: bool) -> None:
        result = Result.PASS if signed else Result.TEMPERROR
        self._evidence = Evidence(signatures=(Signature(result, "shop.example", aligned=True),))

    async def evidence_of(self, mail_id: int) -> Evidence:
        return self._evidence


SIGNED = Proved(True)


def copying(
    store: Store,
    courier: Sink | Courier,
    clock: Clock,
    proofs: Proofs = SIGNED,
    wrap: Form = Form.UNSIGNED,
    key: OwnKey | None = None,
) -> Copying:
    """What makes the copies and hands them to this sink or courier."""
    if isinstance(courier, Sink):
        courier = Smarthost(SmarthostSettings("127.0.0.1", courier.port, "mx.inbound.example"))
    settings = CopySettings("mx.inbound.example", "bounce.example", KEY, wrap)
    return Copying(store, courier, settings, clock, proofs, Signer(key, clock))


@asynccontextmanager
async def relaying(
    store: Store, courier: Sink | Courier, clock: Clock, bell: Bell | None = None, **settings: object
) -> AsyncIterator[Relaying]:
    """The role at work, stopped in the end.  Every mail counts as signed, so that its copy goes as it came."""
    role = Relaying(
        store, copying(store, courier, clock), RelayingSettings(**settings), clock, lambda: 0.0, bell or Bell()
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        yield role
        role.stop()


async def job_at(store: Store, job_id: int, state: JobState, tries: int | None = None) -> Job:
    """The job, as soon as it stands there (after so many tries)."""
    async with asyncio.timeout(10):
        while True:
            async with store.reading() as tx:
                job = await tx.jobs.get(job_id)
            assert job is not None
            if job.state is state and tries in (None, job.attempts):
                return job
            await asyncio.sleep(0.01)


async def past(store: Store, job_id: int) -> list[tuple[str, str]]:
    """What each try brought."""
    async with store.reading() as tx:
        return [(attempt.outcome, attempt.reply) for attempt in await tx.jobs.past(job_id)]


async def test_copied(store: Store, clock: Clock):
    """The owner gets the stored bytes, byte for byte, behind headers of ours, from a sender of ours."""
    job_id = await keep(store, clock)
    async with Sink() as sink, relaying(store, sink, clock):
        job = await job_at(store, job_id, JobState.SENT)

    (taken,) = sink.mails
    assert taken.raw.endswith(TRACE + CONTENT)
    assert b"Delivered-To: 12345-jimdo-orderimport@inbound.example\r\n" in taken.raw.removesuffix(TRACE + CONTENT)
    assert job.mail_id == copy_of(taken.raw, KEY) == mail_of_sender(taken.sender, KEY, "bounce.example")
    assert OWNER == taken.recipient
    assert (1, None, "250 2.0.0 taken as 1") == (job.attempts, job.next_at, job.last_reply)


async def test_put_off(store: Store, clock: Clock):
    """While the smarthost answers 451 the copy waits, 1 and 4 minutes; then it goes.  Every reply is kept."""
    job_id, bell = await keep(store, clock), Bell()
    async with Sink() as sink, relaying(store, sink, clock, bell):
        sink.refuse("RCPT", "451 4.3.0 busy", times=2)
        first = await job_at(store, job_id, JobState.PENDING, tries=1)
        clock.forward(minutes=1)
        bell.ring()
        second = await job_at(store, job_id, JobState.PENDING, tries=2)
        clock.forward(minutes=4)
        bell.ring()
        await job_at(store, job_id, JobState.SENT)

    assert (timedelta(minutes=1), "451 4.3.0 busy") == (first.next_at - first.first_at, first.last_reply)
    assert timedelta(minutes=5) == second.next_at - second.first_at
    expected = [("later", "451 4.3.0 busy"), ("later", "451 4.3.0 busy"), ("delivered", "250 2.0.0 taken as 1")]
    assert expected == await past(store, job_id)
    assert 1 == len(sink.mails)


async def test_refused_for_good(store: Store, clock: Clock):
    """550 in both forms ends the tries and shows the reply; trying again by hand sends it, as it came."""
    job_id, bell = await keep(store, clock), Bell()
    async with Sink() as sink, relaying(store, sink, clock, bell):
        sink.refuse("DATA", "550 5.7.1 we do not like it", times=2)
        failed = await job_at(store, job_id, JobState.FAILED)
        async with store.transaction() as tx:
            await tx.jobs.retry([job_id], clock())
        bell.ring()
        await job_at(store, job_id, JobState.SENT)

    assert (None, "550 5.7.1 we do not like it") == (failed.next_at, failed.last_reply)
    assert [("never", "550 5.7.1 we do not like it")] * 2 == (await past(store, job_id))[:2]
    assert sink.mails[0].raw.endswith(TRACE + CONTENT)


async def test_given_up(store: Store, clock: Clock):
    """After five days the copy has failed, with the last reply."""
    job_id = await keep(store, clock)
    clock.forward(days=5)
    async with Sink() as sink, relaying(store, sink, clock):
        sink.refuse("MAIL", "450 4.2.0 not now", times=None)
        failed = await job_at(store, job_id, JobState.FAILED)

    assert "450 4.2.0 not now" == failed.last_reply


async def test_smarthost_away(store: Store, clock: Clock):
    """A smarthost that breaks the connection costs a try, not the copy."""
    job_id = await keep(store, clock)
    async with Sink() as sink, relaying(store, sink, clock):
        sink.refuse("DATA", DROP)

        assert 1 == (await job_at(store, job_id, JobState.PENDING, tries=1)).attempts


async def test_rung(store: Store, clock: Clock):
    """A ring sends a fresh copy at once."""
    bell = Bell()
    async with Sink() as sink, relaying(store, sink, clock, bell):
        await asyncio.sleep(0.2)  # it looked and found nothing
        await keep(store, clock)
        bell.ring()
        await sink.wait_for(1, seconds=0.7)


async def test_not_rung(store: Store, clock: Clock):
    """A copy made by another process, which cannot ring here, goes within a second or so."""
    async with Sink() as sink, relaying(store, sink, clock):
        await asyncio.sleep(0.1)
        await keep(store, clock)
        await sink.wait_for(1, seconds=3)


async def test_many(store: Store, clock: Clock):
    """Many copies go a few at a time, each of them once."""
    jobs = [await keep(store, clock, CONTENT + b"%d\r\n" % number) for number in range(60)]
    async with Sink() as sink, relaying(store, sink, clock, at_once=3):
        sink.delays["DATA"] = 0.005
        for job_id in jobs:
            await job_at(store, job_id, JobState.SENT)

    assert 60 == len(sink.mails) == len({taken.raw for taken in sink.mails})
    assert 3 == sink.most_sessions


@pytest.mark.parametrize(("octets", "at_once"), [(1500, 1), (1_000_000, 3)])
async def test_large_ones(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, octets: int, at_once: int):
    """Only so many octets are on their way at once, and one mail that has more than that goes alone."""
    monkeypatch.setattr(relaying_role, "MOST_OCTETS", octets)
    jobs = [
        await keep(store, clock, CONTENT + b"%d" % number * size + b"\r\n")
        for number, size in enumerate((999, 1999, 998))
    ]
    async with Sink() as sink:
        sink.delays["DATA"] = 0.2  # for all that may to be there at the same time, on a busy machine, too
        async with relaying(store, sink, clock):
            for job_id in jobs:
                await job_at(store, job_id, JobState.SENT)

    assert at_once == sink.most_sessions


async def test_a_small_one_passes(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """While a large one waits for memory, a small one behind it goes."""
    monkeypatch.setattr(relaying_role, "MOST_OCTETS", 1500)
    sizes = (999, 999, 1)
    jobs = [await keep(store, clock, CONTENT + b"%d" % number * size + b"\r\n") for number, size in enumerate(sizes)]
    async with Sink() as sink:
        sink.delays["DATA"] = 0.1
        async with relaying(store, sink, clock):
            for job_id in jobs:
                await job_at(store, job_id, JobState.SENT)

    assert 2 == sink.most_sessions


async def test_two_nodes(store: Store, clock: Clock):
    """Two processes on one database share the copies and send none twice."""
    jobs = [await keep(store, clock, CONTENT + b"%d\r\n" % number) for number in range(60)]
    async with Sink() as sink, relaying(store, sink, clock), relaying(store, sink, clock):
        for job_id in jobs:
            await job_at(store, job_id, JobState.SENT)

    assert 60 == len(sink.mails) == len({taken.raw for taken in sink.mails})


async def test_stop_lets_it_end(store: Store, clock: Clock):
    """A delivery that runs when we stop may end, and its outcome is recorded; nothing new is begun."""
    jobs = [await keep(store, clock), await keep(store, clock)]
    async with Sink() as sink:
        sink.delays["DATA"] = 0.3
        async with relaying(store, sink, clock, at_once=1):
            await job_at(store, jobs[0], JobState.SENDING)
            await asyncio.sleep(0.1)

        assert JobState.SENT == (await job_at(store, jobs[0], JobState.SENT)).state
        assert clock() == (await job_at(store, jobs[1], JobState.SENDING)).next_at
        assert 1 == len(sink.mails)


async def test_stop_cuts_off(store: Store, clock: Clock):
    """A delivery that takes too long is cut off when we stop, and whoever comes next begins it anew at once."""
    job_id = await keep(store, clock)
    async with Sink() as sink:
        sink.delays["DATA"] = 30
        async with relaying(store, sink, clock, grace=0.1):
            await job_at(store, job_id, JobState.SENDING)
            await asyncio.sleep(0.1)
        sink.delays.clear()
        async with relaying(store, sink, clock):
            await job_at(store, job_id, JobState.SENT)

    assert 1 == len(sink.mails)


async def test_cancelled(store: Store, clock: Clock):
    """Being cancelled in the middle of a delivery loses no outcome: what was sent is not sent again."""
    job_id = await keep(store, clock)
    async with Sink() as sink:
        sink.delays["DATA"] = 0.3
        role = Relaying(store, copying(store, sink, clock), RelayingSettings(), clock, lambda: 0.0, Bell())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await role.run()

        assert 1 == (await job_at(store, job_id, JobState.SENT)).attempts


async def test_crashed(store: Store, clock: Clock):
    """A copy that was in the hands of a process that died is sent when its lease is over, not before."""
    job_id, bell = await keep(store, clock), Bell()
    async with store.transaction() as tx:
        await tx.jobs.claim(JobKind.COPY, clock(), timedelta(seconds=30), 10)
    async with Sink() as sink, relaying(store, sink, clock, bell):
        await asyncio.sleep(0.1)
        assert [] == sink.mails

        clock.forward(seconds=30)
        bell.ring()
        await job_at(store, job_id, JobState.SENT)


class Holding(Sink):
    """Answers DATA when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def _answer(self, server: SMTP, stage: str) -> str | None:
        if stage == "DATA":
            await self.may.wait()
        return await super()._answer(server, stage)


async def test_lease_renewed(store: Store, clock: Clock):
    """A delivery may take longer than the lease: nobody else begins it meanwhile."""
    job_id, bell = await keep(store, clock), Bell()
    lease = timedelta(seconds=0.3)

    async def renewed() -> bool:
        return (await job_at(store, job_id, JobState.SENDING)).next_at == clock() + lease

    async with Holding() as sink, relaying(store, sink, clock, bell, lease=lease):
        await job_at(store, job_id, JobState.SENDING)
        for _tenth in range(8):
            clock.forward(seconds=0.1)
            assert await soon(renewed, 30)
        sink.may.set()
        await job_at(store, job_id, JobState.SENT)

    assert 1 == len(sink.mails)


class Flaky(Store):
    """A real store that can be away."""

    away = False

    @asynccontextmanager
    async def transaction(self, *, brief: bool = False) -> AsyncIterator[Tx]:
        if self.away:
            raise StoreAway
        async with super().transaction(brief=brief) as tx:
            yield tx


async def test_database_away_before(store: Store, clock: Clock):
    """Without the database nothing is sent; when it is back, everything is."""
    job_id, flaky, bell = await keep(store, clock), Flaky(store.engines, store.where), Bell()
    flaky.away = True
    async with Sink() as sink, relaying(flaky, sink, clock, bell):
        await asyncio.sleep(0.1)
        assert [] == sink.mails

        flaky.away = False
        bell.ring()
        await job_at(store, job_id, JobState.SENT)


async def test_database_away_after(store: Store, clock: Clock):
    """What was sent while the database is away is recorded when it is back, and not sent again by us."""
    job_id, flaky, bell = await keep(store, clock), Flaky(store.engines, store.where), Bell()
    async with Sink() as sink, relaying(flaky, sink, clock, bell):
        sink.delays["DATA"] = 0.1
        await job_at(store, job_id, JobState.SENDING)
        flaky.away = True
        await sink.wait_for(1)
        clock.forward(minutes=10)  # its lease is over
        await asyncio.sleep(0.2)
        flaky.away = False
        bell.ring()
        await job_at(store, job_id, JobState.SENT)

    assert 1 == len(sink.mails)


class Stumbling:
    """A courier with a mistake in it, for one recipient."""

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        if recipient == OWNER:
            raise KeyError(recipient)
        return Delivered("250 OK")


class Saying:
    """A courier that is told the same each time."""

    def __init__(self, reply: str) -> None:
        self._reply = reply

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        return Later(self._reply)


async def test_a_mistake_of_ours(store: Store, clock: Clock):
    """A mistake of ours with one mail is tried again later, and stops no other."""
    bad, good = await keep(store, clock), await keep(store, clock, destination="other@example.org")
    async with relaying(store, Stumbling(), clock):
        await job_at(store, good, JobState.SENT)
        job = await job_at(store, bad, JobState.PENDING, tries=1)

    assert "an error of our own: KeyError" == job.last_reply


async def test_job_without_mail(store: Store, clock: Clock):
    """A copy of nothing fails for good instead of coming back for ever."""
    async with store.transaction() as tx:
        await tx.jobs.add([NewJob(JobKind.COPY, OWNER, clock(), clock())])
        ((job_id, *_),) = [(job.id,) for job in await tx.jobs.open(1)]
    async with relaying(store, Stumbling(), clock):
        await job_at(store, job_id, JobState.FAILED)


async def test_pushes_are_left_alone(store: Store, clock: Clock):
    """Relaying takes copies only."""
    async with store.transaction() as tx:
        await tx.jobs.add([NewJob(JobKind.PUSH, "https://example.org/hook", clock(), clock())])
        (job,) = await tx.jobs.open(1)
    async with relaying(store, Stumbling(), clock):
        await asyncio.sleep(0.1)

    assert 0 == (await job_at(store, job.id, JobState.PENDING)).attempts


async def test_log(store: Store, clock: Clock):
    """The diary has the mail's id and the reply's number, and nobody's address."""
    job_id = await keep(store, clock)
    with capture_logs() as entries:
        async with Sink() as sink, relaying(store, sink, clock):
            sink.refuse("RCPT", f"550 5.1.1 <{OWNER}>: unknown")
            await job_at(store, job_id, JobState.FAILED)

    (entry,) = [entry for entry in entries if entry["event"] == "copy failed"]
    assert ("550 5.1.1", 1) == (entry["status"], entry["tries"])
    assert "example" not in repr(entries)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 4.3.0 <owner@example.org> busy", "451 4.3.0"),
        ("421 busy", "421"),
        ("first.d.example: 450 4.2.0 later", "450 4.2.0"),
        ("second.d.example: 4.4.1 the recipient's mail server at 192.0.2.1:25 cannot be reached", "4.4.1"),
        ("4.4.2 the smarthost took too long", "4.4.2"),
        ("192.0.2.1 is what owner@example.org says", None),
    ],
)
async def test_status(store: Store, clock: Clock, reply: str, expected: str | None):
    """The diary tells a try by its number and status alone, whoever gave them."""
    job_id = await keep(store, clock)
    with capture_logs() as entries:
        async with relaying(store, Saying(reply), clock):
            assert reply == (await job_at(store, job_id, JobState.PENDING, tries=1)).last_reply

    assert [expected] == [entry["status"] for entry in entries if entry["event"] == "copy put off"]


async def test_first_in_line(store: Store, clock: Clock):
    """What somebody waits for does not stand behind thousands of other copies: a few at most go before it."""
    async with store.transaction() as tx:
        waiting = [NewJob(JobKind.COPY, OWNER, clock(), clock()) for _ in range(10_000)]
        await tx.jobs.add(waiting)
    clock.forward(minutes=1)
    urgent, found = await keep(store, clock), await keep(store, clock, CONTENT + b"2")
    async with store.transaction() as tx:
        (job,) = [job for job in await tx.jobs.of_mail(2) if job.id == found]
        await tx.jobs.hurry([1, 2])
        claimed = await tx.jobs.claim(JobKind.COPY, clock(), timedelta(minutes=1), 5)
        third = await tx.jobs.claim(JobKind.COPY, clock(), timedelta(minutes=1), 1)

    assert not job.urgent
    assert [urgent, found] == [each.id for each in claimed if each.urgent]
    assert [urgent, found] == [each.id for each in claimed[:2]]
    assert 5 == len(claimed)
    assert [False] == [each.urgent for each in third]

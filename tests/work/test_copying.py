"""In which form a copy goes: as it came, in a mail of ours, and the other way once more when it was refused."""

import asyncio

import dkim
import pytest
from sqlalchemy import update

from smtpd_billbee.formats.copies import copy_of, mail_of_sender
from smtpd_billbee.model.job import Attempt, Delivered, JobState, Later, Never
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import mails
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.copying import Form, worth_another_form
from smtpd_billbee.work.relaying import Relaying, RelayingSettings
from tests.auth.test_own_signatures import dns, own
from tests.conftest import Clock
from tests.sink import Sink
from tests.work.test_relaying import CONTENT, KEY, TRACE, Proved, copying, job_at, keep, past

REFUSED = "550 5.7.26 the author's domain does not let you send this"
RAW = TRACE + CONTENT


class Replies:
    """A courier that answers these, one after the other, and keeps what it was given."""

    def __init__(self, *attempts: Attempt) -> None:
        self.given: list[bytes] = []
        self.will_answer(*attempts)

    def will_answer(self, *attempts: Attempt) -> None:
        """From now on."""
        self.attempts = list(attempts)
        self.asked = asyncio.Event()  # for all of them

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        self.given.append(raw)
        attempt = self.attempts.pop(0)
        if not self.attempts:
            self.asked.set()
        return attempt

    @property
    def forms(self) -> list[str]:
        """How each of them travelled."""
        return ["as it came" if raw.endswith(RAW) else "in ours" if RAW in raw else "?" for raw in self.given]


async def at_work(store: Store, clock: Clock, courier: Replies, job_id: int, state: JobState, **how: object) -> None:
    """The role until the job stands there."""
    role = Relaying(store, copying(store, courier, clock, **how), RelayingSettings(), clock, lambda: 0.0, Bell())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        await courier.asked.wait()
        await job_at(store, job_id, state)
        role.stop()


@pytest.mark.parametrize(
    ("signed", "wrap", "form"),
    [
        (True, Form.UNSIGNED, "as it came"),
        (False, Form.UNSIGNED, "in ours"),
        (False, Form.NEVER, "as it came"),
        (True, Form.ALWAYS, "in ours"),
    ],
)
async def test_form(store: Store, clock: Clock, signed: bool, wrap: Form, form: str) -> None:
    """What a signature of its author vouches for goes as it came, all else in a mail of ours."""
    job_id, courier = await keep(store, clock), Replies(Delivered("250 OK"))
    await at_work(store, clock, courier, job_id, JobState.SENT, proofs=Proved(signed), wrap=wrap)

    assert [form] == courier.forms


async def test_both_forms_are_known_again(store: Store, clock: Clock) -> None:
    """Both carry our mark in front, and the sender by which a bounce finds back."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED), Delivered("250 OK"))
    await at_work(store, clock, courier, job_id, JobState.SENT)
    mail_id = (await job_at(store, job_id, JobState.SENT)).mail_id

    assert [mail_id, mail_id] == [copy_of(raw, KEY) for raw in courier.given]


async def test_sender(store: Store, clock: Clock) -> None:
    """The envelope's sender is ours, whoever is named in the mail."""
    job_id = await keep(store, clock)
    async with Sink() as sink:
        role = Relaying(
            store, copying(store, sink, clock, Proved(False)), RelayingSettings(), clock, lambda: 0.0, Bell()
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(role.run())
            job = await job_at(store, job_id, JobState.SENT)
            role.stop()
        (taken,) = sink.mails

    assert job.mail_id == mail_of_sender(taken.sender, KEY, "bounce.example")
    assert RAW in taken.raw


async def test_refused_as_it_came(store: Store, clock: Clock) -> None:
    """A 5xx for the mail as it came costs one more try in a mail of ours, at once; both answers are kept."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED), Delivered("250 OK"))
    await at_work(store, clock, courier, job_id, JobState.SENT)

    assert ["as it came", "in ours"] == courier.forms
    assert [("never", REFUSED), ("delivered", "250 OK")] == await past(store, job_id)


async def test_refused_in_both_forms(store: Store, clock: Clock) -> None:
    """After that it has failed: there is no third form."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED), Never("554 5.7.1 no"))
    await at_work(store, clock, courier, job_id, JobState.FAILED)
    job = await job_at(store, job_id, JobState.FAILED)

    assert ("554 5.7.1 no", 1) == (job.last_reply, job.attempts)


async def test_refused_in_ours(store: Store, clock: Clock) -> None:
    """What went in a mail of ours at first is not tried the other way."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED))
    await at_work(store, clock, courier, job_id, JobState.FAILED, proofs=Proved(False))

    assert ["in ours"] == courier.forms


async def test_put_off_in_ours(store: Store, clock: Clock) -> None:
    """Once refused as it came, its later tries are in a mail of ours, too; sent again by hand, it goes as it came."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED), Later("451 not now"))
    await at_work(store, clock, courier, job_id, JobState.PENDING)
    clock.forward(minutes=1)
    courier.will_answer(Never(REFUSED))
    await at_work(store, clock, courier, job_id, JobState.FAILED)
    async with store.transaction() as tx:
        await tx.jobs.retry([job_id], clock())
    courier.will_answer(Delivered("250 OK"))
    await at_work(store, clock, courier, job_id, JobState.SENT)

    assert ["as it came", "in ours", "in ours", "as it came"] == courier.forms


async def test_never_in_ours(store: Store, clock: Clock) -> None:
    """Where the server is set up so, a refusal stands."""
    job_id, courier = await keep(store, clock), Replies(Never(REFUSED))
    await at_work(store, clock, courier, job_id, JobState.FAILED, wrap=Form.NEVER)

    assert ["as it came"] == courier.forms


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (REFUSED, True),
        ("554 policy", True),
        ("550 5.1.0 sender rejected", True),
        ("550 5.1.8 sender's domain", True),
        ("550 5.1.1 no such user", False),
        ("550-5.1.1 no such user", False),
        ("550 5.1.10 null MX", False),
        ("550 5.1.15 what is that", True),
        ("the mail has 9 bytes, the smarthost takes 8", False),
    ],
)
def test_worth_another_form(reply: str, expected: bool) -> None:
    """A server that says that there is no such mailbox (RFC 3463 3.2) will say so of every mail."""
    assert expected == worth_another_form(reply)


async def test_what_was_found(store: Store, clock: Clock) -> None:
    """A copy as it came has our findings in front; a line that claims to be ours is gone, all else is as it was."""
    forged = b"Authentication-Results: MX.inbound.example; dmarc=pass\r\n"
    others = b"Authentication-Results: mx.example; dmarc=none\r\n"
    job_id, courier = await keep(store, clock, forged + others + CONTENT), Replies(Delivered("250 OK"))
    await at_work(store, clock, courier, job_id, JobState.SENT)
    (raw,) = courier.given

    assert raw.endswith(TRACE + others + CONTENT)
    head = raw.removesuffix(TRACE + others + CONTENT)
    assert forged not in raw
    assert b"\r\nAuthentication-Results: mx.inbound.example;\r\n\tdkim=pass header.d=shop.example" in head


async def test_signed(store: Store, clock: Clock) -> None:
    """With a key of ours, a mail of ours is signed, and one that goes as it came is sealed; dkimpy finds both right."""
    ours, theirs = Replies(Delivered("250 OK")), Replies(Delivered("250 OK"))
    first = await keep(store, clock, b"From: a@shop.example\r\n" + CONTENT)
    await at_work(store, clock, ours, first, JobState.SENT, proofs=Proved(False), key=own())
    second = await keep(store, clock, b"From: b@shop.example\r\n" + CONTENT)
    await at_work(store, clock, theirs, second, JobState.SENT, key=own())

    assert dkim.verify(ours.given[0], dnsfunc=dns)
    assert b"pass" == dkim.arc_verify(theirs.given[0], dnsfunc=dns)[0]
    assert b"DKIM-Signature" not in theirs.given[0]


@pytest.mark.parametrize(
    ("signed", "wrap", "says_so"),
    [(True, Form.UNSIGNED, True), (False, Form.UNSIGNED, True), (True, Form.NEVER, False)],
)
async def test_quarantined(store: Store, clock: Clock, signed: bool, wrap: Form, says_so: bool) -> None:
    """The copy of a mail that waits for a person says so first in the text of a mail of ours, and in a header."""
    job_id, courier = await keep(store, clock), Replies(Delivered("250 OK"))
    async with store.transaction() as tx:
        waits = {"state": MailState.QUARANTINED, "reason": "nothing proves who sent it"}
        await tx.connection.execute(update(mails).values(waits))
    await at_work(store, clock, courier, job_id, JobState.SENT, wrap=wrap, proofs=Proved(signed))
    (raw,) = courier.given

    assert b"\r\nX-Smtpd-Billbee-Import: no; nothing proves who sent it\r\n" in raw
    assert says_so is (b"Aus dieser E-Mail ist keine Bestellung geworden" in raw)

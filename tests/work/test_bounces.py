"""A copy that came back: it has failed, with the reason, or goes once more; and nobody is ever answered."""

import asyncio
from datetime import timedelta

import pytest

from smtpd_billbee.errors import NoReport
from smtpd_billbee.formats.copies import copy_sender
from smtpd_billbee.model.job import Delivered, JobKind, JobState, Try
from smtpd_billbee.model.mail import Mail, MailState, Recipient
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.keeping import IntakeSettings
from tests.conftest import NOON, Clock
from tests.formats.test_bounces import report, words
from tests.making import SHOP, arrival, make_shop
from tests.work.test_copying import Replies, at_work
from tests.work.test_relaying import Proved, job_at, past

KEY = b"k" * 32
REFUSED = report("failed", "5.7.26", "smtp; 550 5.7.26 unauthenticated")
UNKNOWN = report("failed", "5.1.1", "smtp; 550 5.1.1 no such user")


async def take(store: Store, *mails: tuple[bytes, *tuple[Recipient, ...]], wraps: bool = True) -> None:
    """These come in through intake."""
    bell = Bell()
    settings = IntakeSettings(
        frozenset({"inbound.example"}), "operator@example.org", KEY, sender_domain="bounce.example", wraps=wraps
    )
    intake = Intake(store, settings, (bell,))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        for raw, *recipients in mails:
            await intake.accept(arrival(raw, *recipients))
        intake.stop()


def to_copy(mail_id: int) -> Recipient:
    """The sender of a mail's copy."""
    return Recipient(copy_sender(mail_id, KEY, "bounce.example"))


async def sent(store: Store, clock: Clock, signed: bool = True) -> tuple[int, int]:
    """A mail of the shop whose copy was taken: the ids of the mail and of the job."""
    await make_shop(store)
    order = b"Subject: x\r\nX-Sample: synthetic\r\n\r\nx\r\n"
    await take(store, (order, Recipient("12345-jimdo-orderimport@inbound.example", SHOP, "jimdo")))
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        (job,) = await tx.jobs.of_mail(mail.id)
    await at_work(store, clock, Replies(Delivered("250 OK")), job.id, JobState.SENT, proofs=Proved(signed))
    return mail.id, job.id


async def newest(store: Store) -> Mail:
    """What was kept last."""
    async with store.reading() as tx:
        return (await tx.mails.list())[0]


async def test_bounced(store: Store, clock: Clock) -> None:
    """The copy has failed with the reason, the journal has it, and the bounce is kept, copied to nobody."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (UNKNOWN, to_copy(mail_id)))
    job, bounce = await job_at(store, job_id, JobState.FAILED), await newest(store)
    async with store.reading() as tx:
        entries = await tx.journal.of_shop(SHOP, "copy bounced", NOON)
        copies, to_check = await tx.jobs.of_mail(bounce.id), await tx.to_check.copies(None)

    assert ("bounced: 5.1.1 550 5.1.1 no such user", None) == (job.last_reply, job.next_at)
    assert [("delivered", "250 OK"), ("never", "bounced: 5.1.1 550 5.1.1 no such user")] == await past(store, job_id)
    assert [("bounce", SHOP, {"status": "5.1.1", "bounce": bounce.id, "sent again": False})] == [
        (entry.actor, entry.shop_id, entry.detail) for entry in entries
    ]
    assert (None, MailState.NOT_AN_ORDER) == (bounce.shop_id, bounce.state)
    assert f"about the copy of mail {mail_id}: it could not be delivered (5.1.1)" == bounce.reason
    assert [] == copies
    assert [job_id] == [each.job_id for each in to_check]


async def test_once_more_in_ours(store: Store, clock: Clock) -> None:
    """Behind a smarthost the refusal of an unwelcome form comes as a bounce: it goes once more in a mail of ours."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (REFUSED, to_copy(mail_id)))
    waiting, courier = await job_at(store, job_id, JobState.PENDING), Replies(Delivered("250 OK again"))
    await at_work(store, clock, courier, job_id, JobState.SENT)
    await take(store, (REFUSED, to_copy(mail_id)))
    failed = await job_at(store, job_id, JobState.FAILED)

    assert NOON == waiting.next_at
    assert b"message/rfc822" in courier.given[0]
    assert "bounced: 5.7.26 550 5.7.26 unauthenticated" == failed.last_reply


async def test_it_was_in_ours(store: Store, clock: Clock) -> None:
    """What went in a mail of ours already has no other form."""
    mail_id, job_id = await sent(store, clock, signed=False)
    await take(store, (REFUSED, to_copy(mail_id)))

    assert JobState.FAILED == (await job_at(store, job_id, JobState.FAILED)).state


async def test_never_in_ours(store: Store, clock: Clock) -> None:
    """Where the server is set up so, a bounce is the end."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (REFUSED, to_copy(mail_id)), wraps=False)

    assert JobState.FAILED == (await job_at(store, job_id, JobState.FAILED)).state


async def test_given_up_by_the_next_server(store: Store, clock: Clock) -> None:
    """A temporary trouble that lasted until the next server gave up is an end, too."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (report("failed", "4.4.7"), to_copy(mail_id)))

    assert "bounced: 4.4.7 It could not be delivered." == (await job_at(store, job_id, JobState.FAILED)).last_reply


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (report("delayed", "4.4.1"), "delivery takes longer"),
        (report("delivered", "2.0.0"), "it was delivered"),
    ],
)
async def test_no_bounce(store: Store, clock: Clock, raw: bytes, reason: str) -> None:
    """What says nothing against the delivery is kept and changes nothing."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (raw, to_copy(mail_id)))

    assert 1 == len(await past(store, job_id))
    assert JobState.SENT == (await job_at(store, job_id, JobState.SENT)).state
    assert f"about the copy of mail {mail_id}: {reason}" == (await newest(store)).reason


@pytest.mark.parametrize(
    "raw",
    [
        words("I am away", "owner@example.org", "Auto-Submitted: auto-replied\r\n"),
        words("Thank you", "owner@example.org"),
    ],
)
async def test_no_report(store: Store, clock: Clock, raw: bytes) -> None:
    """What is no report is refused, and kept nowhere, spool or not; beside a shop's mail it is kept for both."""
    mail_id, _ = await sent(store, clock)
    with pytest.raises(ExceptionGroup) as refused:
        await take(store, (raw, to_copy(mail_id)))
    only = await newest(store)
    await take(store, (raw, to_copy(mail_id), Recipient("12345-jimdo-orderimport@inbound.example", SHOP, "jimdo")))

    assert refused.group_contains(NoReport)
    assert mail_id == only.id
    assert mail_id < (await newest(store)).id


async def test_twice(store: Store, clock: Clock) -> None:
    """The same bounce twice, in one commit or in two, is kept and changes nothing more."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (UNKNOWN, to_copy(mail_id)), (UNKNOWN, to_copy(mail_id)))
    await take(store, (UNKNOWN, to_copy(mail_id)))

    assert 2 == len(await past(store, job_id))


async def test_of_nothing(store: Store, clock: Clock) -> None:
    """A bounce of a mail that we do not have is kept and harmless."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (UNKNOWN, to_copy(mail_id + 1000)), (UNKNOWN, to_copy(2**63 - 1)))

    assert f"about the copy of mail {2**63 - 1}: it could not be delivered (5.1.1)" == (await newest(store)).reason
    assert JobState.SENT == (await job_at(store, job_id, JobState.SENT)).state


async def test_on_its_way_again(store: Store, clock: Clock) -> None:
    """A copy that a person has sent again meanwhile is not stopped by the bounce of the first one."""
    mail_id, job_id = await sent(store, clock)
    async with store.transaction() as tx:
        await tx.jobs.retry([job_id], clock())
    await take(store, (UNKNOWN, to_copy(mail_id)))

    assert JobState.PENDING == (await job_at(store, job_id, JobState.PENDING)).state


async def test_faster_than_we_write(store: Store, clock: Clock) -> None:
    """A bounce that is here before the delivery is written down counts: what a try brings ends only what is sent."""
    mail_id, job_id = await sent(store, clock)
    async with store.transaction() as tx:
        await tx.jobs.retry([job_id], clock())
        (job,) = await tx.jobs.claim(JobKind.COPY, clock(), timedelta(minutes=1), 1)
    await take(store, (UNKNOWN, to_copy(mail_id)))
    async with store.transaction() as tx:
        await tx.jobs.record([Try(job, clock(), Delivered("250 OK"), None)])

    assert "bounced: 5.1.1 550 5.1.1 no such user" == (await job_at(store, job_id, JobState.FAILED)).last_reply


async def test_never_answered(store: Store, clock: Clock) -> None:
    """No mail of ours is ever made for a bounce, nor for a copy that failed but the owner's notices: no backscatter."""
    mail_id, job_id = await sent(store, clock)
    await take(store, (UNKNOWN, to_copy(mail_id)), (REFUSED, to_copy(mail_id)))
    async with store.reading() as tx:
        jobs = await tx.jobs.open(100)

    assert [job_id] == [job.id for job in jobs]

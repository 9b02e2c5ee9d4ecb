"""A mail is kept for good before anybody hears 250."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.copies import Copy, copy_headers, copy_sender
from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.mail import MailState, NotServed, Recipient
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import owners
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.keeping import IntakeSettings
from tests.conftest import NOON
from tests.making import MAIL, OWNER, SHOP, TO_SHOP, arrival, make_shop

SETTINGS = IntakeSettings(
    frozenset({"inbound.example", "two.example"}),
    "operator@example.org",
    b"key",
    sender_domain="bounce.example",
)


@asynccontextmanager
async def running(store: Store, *bells: Bell, settings: IntakeSettings = SETTINGS) -> AsyncIterator[Intake]:
    intake = Intake(store, settings, bells)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        yield intake
        intake.stop()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("12345-jimdo-orderimport@inbound.example", SHOP),
        ("12345-JIMDO-OrderImport@TWO.example", SHOP),
        ("54321-jimdo-orderimport@inbound.example", NotServed.UNKNOWN_SHOP),
        ("123456789012345678901234567890-jimdo-orderimport@inbound.example", NotServed.UNKNOWN_SHOP),
        ("12345-ebay-orderimport@inbound.example", NotServed.UNKNOWN_SHOP),
        ("info@inbound.example", NotServed.UNKNOWN_SHOP),
        ("12345-jimdo-orderimport@elsewhere.example", NotServed.FOREIGN_DOMAIN),
        ("postmaster@elsewhere.example", NotServed.FOREIGN_DOMAIN),
        ("12345-jimdo-orderimport", NotServed.UNKNOWN_SHOP),
        ("Postmaster@inbound.example", None),
        ("abuse@two.example", None),
        ("postmaster", None),
        (copy_sender(7, b"key", "bounce.example"), None),
        (copy_sender(7, b"key", "bounce.example").upper(), None),
        (copy_sender(7, b"another key", "bounce.example"), NotServed.UNKNOWN_SHOP),
        (copy_sender(7, b"key", "inbound.example"), NotServed.UNKNOWN_SHOP),
        (copy_sender(7, b"key", "elsewhere.example"), NotServed.FOREIGN_DOMAIN),
        ("copy+aaaaaaaaaaaaaaaa.7@bounce.example", NotServed.UNKNOWN_SHOP),
        ("copy@bounce.example", NotServed.UNKNOWN_SHOP),
        ("12345-jimdo-orderimport@bounce.example", NotServed.UNKNOWN_SHOP),
        ("postmaster@bounce.example", None),
    ],
)
async def test_recipient(store: Store, address: str, expected: object) -> None:
    """Shops we have, senders of our copies and the operator's addresses are taken, all else is refused."""
    await make_shop(store)
    async with running(store) as intake:
        found = await intake.recipient(address)

    assert expected == (found.shop_id if isinstance(found, Recipient) else found)


async def test_kept_with_its_copy_job(store: Store) -> None:
    """Bytes, row and copy job are there when accept() returns, and the roles are woken."""
    await make_shop(store)
    bell = Bell()
    async with running(store, bell) as intake:
        await intake.accept(arrival())
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        (job,) = await tx.jobs.of_mail(mail.id)
        raw = await tx.mails.raw(mail.id)

    assert arrival().trace + MAIL == raw
    assert (SHOP, MailState.RECEIVED, len(MAIL)) == (mail.shop_id, mail.state, mail.size)
    assert (JobKind.COPY, JobState.PENDING, OWNER, NOON) == (job.kind, job.state, job.destination, job.next_at)
    await asyncio.wait_for(bell.wait(60), 1)


async def test_one_row_per_recipient(store: Store) -> None:
    """Two shops in one transaction have two fates; the same shop twice has one."""
    await make_shop(store)
    await make_shop(store, shop_id=777, email="other@example.org")
    other = Recipient("777-jimdo-orderimport@inbound.example", 777, "jimdo")
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, TO_SHOP, other, TO_SHOP))
    async with store.reading() as tx:
        mails = await tx.mails.list()

    assert {SHOP, 777} == {mail.shop_id for mail in mails}
    assert 2 == len(mails)


async def test_the_same_bytes_again_are_kept_once(store: Store) -> None:
    """A peer that did not hear our 250 sends again: one mail, one copy; in one commit or in two."""
    await make_shop(store)
    async with running(store) as intake:
        await asyncio.gather(*(intake.accept(arrival()) for _ in range(5)))
        await intake.accept(arrival())
    async with store.reading() as tx:
        mails = await tx.mails.list()
        jobs = await tx.jobs.open(10)

    assert (1, 1) == (len(mails), len(jobs))


async def test_many_at_once(store: Store) -> None:
    """Everything that waits is kept, whatever group it falls into."""
    await make_shop(store)
    async with running(store) as intake:
        await asyncio.gather(*(intake.accept(arrival(MAIL + b"%d" % n)) for n in range(450)))
    async with store.reading() as tx:
        assert 450 == len(await tx.mails.list(limit=1000))


async def test_a_shop_that_does_not_relay_everything_holds_the_copy(store: Store) -> None:
    """With one switch off the copy waits for the reading."""
    await make_shop(store, ShopRules(name="Teeladen", relay_others=False))
    async with running(store) as intake:
        await intake.accept(arrival())
    async with store.reading() as tx:
        (job,) = await tx.jobs.open(10)

    assert (JobState.HELD, None) == (job.state, job.next_at)


async def test_a_closed_shop_is_as_one_that_is_not_there(store: Store) -> None:
    """Its address is refused; who was answered just before it closed is told to come again, and then 550."""
    await make_shop(store)
    async with running(store) as intake:
        open_ = await intake.recipient(TO_SHOP.address)
        await owners.set_open(store, SHOP, False, OWNER, NOON)
        with pytest.raises(StoreAway):
            await intake.accept(arrival())
    async with running(store) as intake:
        closed = await intake.recipient(TO_SHOP.address)
        await owners.set_open(store, SHOP, True, OWNER, NOON)
        again = await intake.recipient(TO_SHOP.address)
        await intake.accept(arrival())

    assert [TO_SHOP, NotServed.UNKNOWN_SHOP, TO_SHOP] == [open_, closed, again]


async def test_mail_for_the_operator(store: Store) -> None:
    """postmaster@ is kept, never read as an order, and copied to the operator."""
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, Recipient("postmaster@inbound.example")))
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        (job,) = await tx.jobs.of_mail(mail.id)

    assert (None, MailState.NOT_AN_ORDER) == (mail.shop_id, mail.state)
    assert "operator@example.org" == job.destination


async def test_our_own_copy_comes_back(store: Store) -> None:
    """The owner's mailbox forwards to us: the copy is kept, answered 250, and not copied again."""
    await make_shop(store)
    copy = copy_headers(Copy(7, "x@inbound.example", OWNER, NOON, "inbound.example"), SETTINGS.copy_key) + MAIL
    async with running(store) as intake:
        await intake.accept(arrival(copy))
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        jobs = await tx.jobs.of_mail(mail.id)

    assert (MailState.DUPLICATE, "our own copy of mail 7 came back", []) == (mail.state, mail.reason, jobs)


async def test_a_client_that_goes_does_not_undo_the_commit(store: Store) -> None:
    """aiosmtpd cancels the handler when the client closes after the dot; the mail is kept all the same."""
    await make_shop(store)
    async with running(store) as intake, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(intake.accept(arrival()))
        await asyncio.sleep(0)
        task.cancel()
    async with store.reading() as tx:
        assert 1 == len(await tx.mails.list())


async def test_a_store_that_is_away_says_so(store: Store) -> None:
    """What cannot be kept is not accepted: the door answers 451."""
    await make_shop(store)
    async with store.transaction() as tx:
        await tx.connection.execute(text("ALTER TABLE raws RENAME TO raws_gone"))
    async with running(store) as intake:
        with pytest.raises(StoreAway):
            await intake.accept(arrival())


async def test_a_known_shop_is_not_asked_for_again(store: Store) -> None:
    """A RCPT costs no question for a shop that was there a moment ago; one that is gone is noticed at the commit."""
    await make_shop(store)
    async with running(store) as intake:
        before = await intake.recipient(TO_SHOP.address)
        async with store.transaction() as tx:
            await tx.connection.execute(text("UPDATE journal SET shop_id = NULL"))
            await tx.connection.execute(text("DELETE FROM shops"))
        after = await intake.recipient(TO_SHOP.address)
        with pytest.raises(StoreAway):
            await intake.accept(arrival())

    assert TO_SHOP == before == after
    async with store.reading() as tx:
        assert [] == await tx.mails.list()


@pytest.mark.parametrize(("servers", "expected"), [(50, JobState.PENDING), (51, JobState.FAILED)])
async def test_a_mail_in_circles_is_not_copied(store: Store, servers: int, expected: JobState) -> None:
    """RFC 5321 6.3: after so many servers it is a loop.  The mail is kept and read; its copy waits for a person."""
    await make_shop(store)
    raw = b"Received: from a by b\r\n" * servers + MAIL
    async with running(store) as intake:
        await intake.accept(arrival(raw))
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        (job,) = await tx.jobs.of_mail(mail.id)

    assert (MailState.RECEIVED, expected) == (mail.state, job.state)
    assert ("circles" in (job.last_reply or "")) is (expected is JobState.FAILED)


async def test_somebody_waits(store: Store) -> None:
    """The copy of an activation mail is urgent from the start, that of an order is not."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(
            arrival(b"Subject: Bitte aktivieren Sie Ihre E-Mail-Adresse\r\nX-Sample: synthetic\r\n\r\n")
        )
        await intake.accept(arrival(b"Subject: Ihre Bestellung\r\nX-Sample: synthetic\r\n\r\n"))
    async with store.reading() as tx:
        jobs = await tx.jobs.open(10)

    assert [True, False] == [job.urgent for job in jobs]

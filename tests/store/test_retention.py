"""Old mails: which of them may lose their bytes, and what is left of those that did."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from smtpd_billbee.model.job import JobKind, JobState, NewJob
from smtpd_billbee.model.mail import REMOVED, MailState, NewMail, Recipient
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import jobs, mails, orders, raws
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, TO_SHOP, arrival, make_shop

LATER = NOON + timedelta(days=1)
POSTMASTER = Recipient("postmaster@inbound.example")


async def ended(
    store: Store, *recipients: Recipient, content: bytes = MAIL, copy: JobState | None = JobState.SENT, **values: Any
) -> list[int]:
    """A mail whose reading is over, with a copy in this state, one row for each recipient."""
    recipients = recipients or (TO_SHOP,)
    async with store.transaction() as tx:
        new = [(0, NewMail(each, f"{hash(content)}", MailState.RECEIVED, None)) for each in recipients]
        ids = await tx.mails.keep([arrival(content)], new)
        await tx.connection.execute(
            update(mails).where(mails.c.id.in_(ids)).values({"state": MailState.ORDER, **values})
        )
        if copy:
            await tx.jobs.add([NewJob(JobKind.COPY, "o@example.org", NOON, NOON, mail_id=each) for each in ids])
            due = NOON if copy in (JobState.PENDING, JobState.SENDING) else None
            await tx.connection.execute(
                update(jobs).where(jobs.c.mail_id.in_(ids)).values({"state": copy, "next_at": due})
            )
    return ids


async def remove(store: Store, ids: list[int]) -> int:
    async with store.transaction() as tx:
        return await tx.retention.remove(ids, LATER)


async def raw_ids(store: Store) -> list[int]:
    """The rows of bytes that there are."""
    async with store.reading() as tx:
        return list((await tx.connection.execute(select(raws.c.id).order_by(raws.c.id))).scalars())


async def test_removed(store: Store) -> None:
    """The bytes are gone, what was read of them is there; a second time changes nothing."""
    await make_shop(store)
    ids = await ended(store, subject="Neue Bestellung")
    counts = [await remove(store, ids), await remove(store, ids)]
    async with store.reading() as tx:
        mail = await tx.mails.get(ids[0])
        raw, outgoing, kept = await tx.mails.raw(ids[0]), await tx.mails.outgoing(ids[0]), await tx.retention.kept(0, 9)

    assert mail is not None
    assert [1, 0] == counts
    assert (True, "Neue Bestellung", MailState.ORDER) == (mail.is_removed, mail.subject, mail.state)
    assert (b"", None, []) == (raw, outgoing, kept)
    assert [REMOVED] == await raw_ids(store)


@pytest.mark.parametrize("state", [each for each in MailState if each not in ("order", "not_an_order", "duplicate")])
async def test_waits_for_somebody(store: Store, state: MailState) -> None:
    """Unread, in doubt, unreadable and quarantined mails stay, however old."""
    await make_shop(store)

    assert 0 == await remove(store, await ended(store, state=state))


@pytest.mark.parametrize("copy", [each for each in JobState if each not in ("sent", "dropped")])
async def test_copy_not_delivered(store: Store, copy: JobState) -> None:
    """A mail whose copy is held, on its way or has failed stays."""
    await make_shop(store)

    assert 0 == await remove(store, await ended(store, copy=copy))


@pytest.mark.parametrize("values", [{"due_at": NOON}, {"evidence_due_at": NOON}], ids=["reading", "evidence"])
async def test_work_is_due(store: Store, values: dict[str, Any]) -> None:
    """Somebody is going to need the bytes."""
    await make_shop(store)

    assert 0 == await remove(store, await ended(store, **values))


async def test_too_young(store: Store) -> None:
    """The moment itself is not before it."""
    await make_shop(store)
    ids = await ended(store, received_at=LATER)
    older = await ended(store, content=b"x", received_at=LATER - timedelta(seconds=1))

    assert [0, 1] == [await remove(store, ids), await remove(store, older)]


async def test_order_in_doubt(store: Store) -> None:
    """The mail reads well, but another one said something else of its order: a person will look at both."""
    await make_shop(store)
    ids = await ended(store)
    async with store.transaction() as tx:
        beside = {"state": 1, "to_check": True, "provenance": {}, "mail_id": ids[0]}
        order_id = await tx.orders.add(SHOP, ORDER, {}, beside, NOON)
        await tx.connection.execute(update(mails).values(order_id=order_id))
    in_doubt = await remove(store, ids)
    async with store.transaction() as tx:
        await tx.connection.execute(update(orders).values(to_check=False))

    assert [0, 1] == [in_doubt, await remove(store, ids)]


async def test_several_shops(store: Store) -> None:
    """The bytes stay until the last of their mails needs them no more."""
    await make_shop(store)
    await make_shop(store, shop_id=23456)
    first, second = await ended(store, TO_SHOP, replace(TO_SHOP, shop_id=23456))
    before = await raw_ids(store)
    removed = await remove(store, [first])
    between = await raw_ids(store)
    async with store.reading() as tx:
        raw = await tx.mails.raw(second)

    assert (1, [REMOVED, *before]) == (removed, between)
    assert raw.endswith(MAIL)
    assert [1, [REMOVED]] == [await remove(store, [second]), await raw_ids(store)]


@pytest.mark.parametrize(("copy", "removed"), [(None, 0), (JobState.SENT, 1)])
async def test_of_the_operator(store: Store, copy: JobState | None, removed: int) -> None:
    """What came for postmaster@ and went to nobody was never seen."""
    assert removed == await remove(store, await ended(store, POSTMASTER, copy=copy, state=MailState.NOT_AN_ORDER))


async def test_nothing_asks_for_the_bytes(store: Store) -> None:
    """It cannot be read again, nor its copy sent again, and the removal of its order does not have it read."""
    await make_shop(store)
    ids = await ended(store, order_id=7)
    await remove(store, ids)
    async with store.transaction() as tx:
        claimed = await tx.mails.claim_these(ids, NOON, timedelta(seconds=30))
        tried = await tx.jobs.retry([job.id for job in await tx.jobs.of_mail(ids[0])], NOON)
        await tx.mails.forget_orders([7], NOON)
        mail, due = await tx.mails.get(ids[0]), await tx.mails.next_due()

    assert mail is not None
    assert ([], 0, None, None) == (claimed, tried, mail.order_id, due)


async def test_kept(store: Store) -> None:
    """The oldest first, some at a time."""
    await make_shop(store)
    ids = [(await ended(store, content=b"%d" % number))[0] for number in range(3)]
    async with store.reading() as tx:
        first = await tx.retention.kept(0, 2)
        rest = await tx.retention.kept(first[-1].raw_id, 2)

    assert [ids[:2], ids[2:]] == [[mail.id for mail in some] for some in (first, rest)]

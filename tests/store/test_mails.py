"""Mails: the bytes as they came, the rows by recipient, and who may read them."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.mail import MailState, NewMail, Outgoing, Recipient
from smtpd_billbee.store.packing import LARGE
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import mails, raws
from tests.conftest import NOON
from tests.making import SHOP, TO_SHOP, arrival, make_shop

LEASE = timedelta(seconds=30)


async def keep(store: Store, *contents: bytes, minutes: float = 0) -> list[int]:
    """Keep a mail for the shop with each of these contents; their ids."""
    due_at = NOON + timedelta(minutes=minutes)
    new = [(i, NewMail(TO_SHOP, f"{hash(raw)}", MailState.RECEIVED, due_at)) for i, raw in enumerate(contents)]
    async with store.transaction() as tx:
        return await tx.mails.keep([arrival(raw) for raw in contents], new)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", bytes(range(256)) * 3, b"a" * 100_000, Random(1).randbytes(LARGE + 1), b"line\r\n" * (LARGE // 5)],
    ids=["empty", "NUL", "every octet", "packs well", "packs badly", "large"],
)
async def test_bytes(store: Store, content: bytes):
    """Whatever is kept comes back byte for byte; `raw` has our trace headers in front, `contents` has not."""
    await make_shop(store)
    (mail_id,) = await keep(store, content)
    async with store.reading() as tx:
        mail = await tx.mails.get(mail_id)

        assert arrival().trace + content == await tx.mails.raw(mail_id)
        assert {mail_id: content} == await tx.mails.contents([mail_id])
    assert len(content) == mail.size


async def test_one_row_per_recipient_one_copy_of_the_bytes(store: Store):
    """Two shops of one mail have a fate each, and share its bytes."""
    await make_shop(store)
    await make_shop(store, shop_id=23456)
    recipients = (TO_SHOP, replace(TO_SHOP, shop_id=23456), Recipient("postmaster"))
    new = [(0, NewMail(each, "c", MailState.RECEIVED, NOON)) for each in recipients]
    async with store.transaction() as tx:
        first, second, third = await tx.mails.keep([arrival(b"x")], new)
        kept = [await tx.mails.get(number) for number in (first, second, third)]
        count = (await tx.connection.execute(select(func.count()).select_from(raws))).scalar()

        assert {(SHOP, "c"), (23456, "c")} == await tx.mails.known({(SHOP, "c"), (23456, "c"), (SHOP, "d")})
    assert [SHOP, 23456, None] == [mail.shop_id for mail in kept]
    assert 1 == count


async def test_twice_is_refused(store: Store):
    """The database itself keeps a shop's same bytes once, whoever forgets to ask."""
    await make_shop(store)
    await keep(store, b"x")
    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await keep(store, b"x")

    assert not isinstance(raised.value, StoreAway)  # a mistake of ours or a race, no trouble of the database


async def test_claims(store: Store):
    """Due mails are given out once, the longest due first; young and finished ones are not."""
    await make_shop(store)
    late, early = await keep(store, b"1") + await keep(store, b"2", minutes=-1)
    await keep(store, b"3", minutes=30)
    async with store.transaction() as tx:
        (first,) = await tx.mails.claim(NOON, LEASE, 1)
        (second,) = await tx.mails.claim(NOON, LEASE, 9)
        assert await tx.mails.finish(first, MailState.UNREADABLE, {"reason": "no number"})
        assert [] == await tx.mails.claim(NOON, LEASE, 9)
        done = await tx.mails.get(early)

    assert (early, late) == (first.id, second.id)
    assert (MailState.UNREADABLE, "no number") == (done.state, done.reason)


async def test_claim_these(store: Store):
    """By hand any mail can be claimed, whatever became of it; not one that is being read just now."""
    await make_shop(store)
    done, reading, young = [*await keep(store, b"1"), *await keep(store, b"2"), *await keep(store, b"3", minutes=30)]
    async with store.transaction() as tx:
        first, second = await tx.mails.claim(NOON, LEASE, 9)
        await tx.mails.finish(first, MailState.ORDER, {})
        claimed = await tx.mails.claim_these([done, reading, young, 4711], NOON, LEASE)

        assert [done, young] == [mail.id for mail in claimed]
        assert await tx.mails.finish(second, MailState.ORDER, {})


async def test_lists(store: Store):
    """Newest first, by shop and by state."""
    await make_shop(store)
    await keep(store, b"1", b"2", b"3")
    async with store.transaction() as tx:
        (first, *_) = await tx.mails.claim(NOON, LEASE, 1)
        await tx.mails.finish(first, MailState.ORDER, {})
        everything = [mail.id for mail in await tx.mails.list(limit=2)]
        orders = [mail.id for mail in await tx.mails.list(SHOP, [MailState.ORDER])]

        assert [] == await tx.mails.list(shop_id=1)
    assert ([3, 2], [first.id]) == (everything, orders)


async def test_leases_of_the_dead(store: Store):
    """They end at once: another may take the mails, and a late word of the dead counts no more."""
    await make_shop(store)
    await keep(store, b"x")
    async with store.transaction() as tx:
        [first] = await tx.mails.claim(NOON, LEASE, 9)
        assert [] == await tx.mails.claim(NOON, LEASE, 9)
        await tx.mails.release_all(NOON)
        [second] = await tx.mails.claim(NOON, LEASE, 9)

        assert first.id == second.id
        assert not await tx.mails.finish(first, MailState.UNREADABLE, {})


async def test_a_clock_that_was_ahead(store: Store):
    """A mail that came in a wrong future, or was claimed for it, is due now; what waits a little goes on waiting."""
    await make_shop(store)
    future, hour = NOON + timedelta(days=365), NOON + timedelta(hours=1)
    new = [(i, NewMail(TO_SHOP, f"{i}", MailState.RECEIVED, due)) for i, due in enumerate((future, hour, NOON))]
    came = [replace(arrival(b"1", at=future), queue_id="q2"), arrival(b"2"), arrival(b"3")]
    async with store.transaction() as tx:
        ahead, waits, leased = await tx.mails.keep(came, new)
        await tx.mails.claim_these([leased], NOON, timedelta(days=365))
        found = [await tx.mails.has_ahead(NOON, hour)]
        brought = await tx.mails.bring_forward(NOON, hour)
        found.append(await tx.mails.has_ahead(NOON, hour))
        claimed = {mail.id for mail in await tx.mails.claim(NOON, LEASE, 10)}

    assert ([True, False], 2) == (found, brought)
    assert {ahead, leased} == claimed
    assert waits not in claimed


@pytest.mark.parametrize(
    ("state", "expected"), [(MailState.QUARANTINED, "its origin is in doubt"), (MailState.UNREADABLE, "")]
)
async def test_what_a_copy_is_made_of(store: Store, state: MailState, expected: str):
    """The bytes as they came, the owner's language, and why it waits, if it waits for a person."""
    await make_shop(store)
    (mail_id,) = await keep(store, b"x" * 9_000)
    async with store.transaction() as tx:
        (claimed,) = await tx.mails.claim(NOON, LEASE, 1)
        await tx.mails.finish(claimed, state, {"reason": "its origin is in doubt"})
        outgoing, nothing = await tx.mails.outgoing(mail_id), await tx.mails.outgoing(4711)

    came = arrival(b"x" * 9_000)
    assert Outgoing(TO_SHOP.address, came.sender, "de", came.trace, came.content, expected) == outgoing
    assert nothing is None


async def test_mails_for_the_operator(store: Store):
    """They have no shop: one is known by the transaction that brought it, not by its bytes."""
    new = [(0, NewMail(Recipient("postmaster"), "c", MailState.NOT_AN_ORDER, None))]
    async with store.transaction() as tx:
        await tx.mails.keep([arrival(b"x")], new)
        found = [
            await tx.mails.has_of_operator("q1", NOON),
            await tx.mails.has_of_operator("q1", NOON + timedelta(seconds=1)),
            await tx.mails.has_of_operator("q2", NOON),
        ]

    assert [True, False, False] == found


async def test_who_brought_them(store: Store):
    """The newest first, and no more than asked for."""
    await make_shop(store)
    came = [arrival(b"%d" % last) for last in (1, 2, 3)]
    came = [replace(one, session=replace(one.session, peer=f"192.0.2.{i}")) for i, one in enumerate(came)]
    async with store.transaction() as tx:
        await tx.mails.keep(came, [(i, NewMail(TO_SHOP, f"{i}", MailState.ORDER, None)) for i in range(3)])

        assert ["192.0.2.2", "192.0.2.1"] == await tx.mails.peers(2)


async def test_how_they_came(store: Store):
    """Who brought a mail, and whether it has bare line ends."""
    await make_shop(store)
    await keep(store, b"a\n", b"a\r\n")
    async with store.reading() as tx:
        found = (await tx.connection.execute(select(mails.c.session).order_by(mails.c.id))).scalars().all()

    assert [True, False] == [each["bare_lf"] for each in found]
    assert [arrival().session.peer] * 2 == [each["peer"] for each in found]

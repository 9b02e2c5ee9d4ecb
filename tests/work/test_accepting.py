"""A person accepts what waits for its origin's sake, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.evidence import Evidence, Result
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal as journal_table
from smtpd_billbee.work.accepting import accept
from tests.conftest import NOON, Clock
from tests.evidence import by_mailbox, direct, dkim, spf
from tests.making import MAIL, reading_of
from tests.work.test_origins import DEARER, OTHER, OURS, Desk, desk

ACTOR = "owner@example.org"
SIGNED = Evidence("x@a.example", "a.example", spf("a.example", aligned=True), (dkim("a.example"),), Result.PASS)
AGAIN = replace(SIGNED, signatures=(replace(dkim("a.example"), digest="another"),))


async def say_yes(shop: Desk, mail_id: int, trust: bool = False) -> None:
    await accept(shop.store, shop.role(), mail_id, trust, ACTOR, NOON)


async def journal(store: Store, mail_id: int) -> list[tuple[str, str]]:
    query = select(journal_table).where(journal_table.c.mail_id == mail_id).order_by(journal_table.c.id)
    async with store.reading() as tx:
        return [(row["actor"], row["action"]) for row in (await tx.connection.execute(query)).mappings()]


async def test_one_click(store: Store, clock: Clock) -> None:
    """The mail becomes the order that it holds; who said so stands in the journal; the next one asks again."""
    shop = await desk(store, clock)
    mail = await shop.take(MAIL, Evidence())
    await say_yes(shop, mail.id)
    second = await shop.take(MAIL + b"2", Evidence(), OTHER)

    assert (MailState.ORDER, MailState.QUARANTINED) == ((await shop.mail(mail.id)).state, second.state)
    assert [OURS] == [each.order for each in await shop.orders()]
    assert [("reader", "quarantined"), (ACTOR, "origin accepted")] == (await journal(store, mail.id))[:2]


async def test_trust_asks_once(store: Store, clock: Clock) -> None:
    """With trust, whatever else of this sender waits is imported as well, and the next ones come in unasked."""
    shop = await desk(store, clock)
    first = await shop.take(MAIL, SIGNED)
    second = await shop.take(MAIL + b"2", AGAIN, OTHER)
    stranger = await shop.take(MAIL + b"3", Evidence(), replace(OURS, number="1045"))
    readings = [reading_of(replace(OURS, number=number)) for number in ("1042", "1043", "1045")]
    await accept(store, shop.role(*readings), first.id, True, ACTOR, NOON)
    third = await shop.take(MAIL + b"4", replace(SIGNED, signatures=()), replace(OURS, number="1044"))
    states = [(await shop.mail(each.id)).state for each in (first, second, stranger)]

    assert [MailState.ORDER, MailState.ORDER, MailState.QUARANTINED] == states
    assert MailState.ORDER == third.state


async def test_who_proved_nothing_is_not_trusted(store: Store, clock: Clock) -> None:
    """Said with a sentence, and nothing is changed."""
    shop = await desk(store, clock)
    mail = await shop.take(MAIL, Evidence())
    with pytest.raises(Refused, match="nothing proves its sender"):
        await say_yes(shop, mail.id, trust=True)

    assert MailState.QUARANTINED == (await shop.mail(mail.id)).state


async def test_a_marked_order(store: Store, clock: Clock) -> None:
    """Its mark goes; other doubts stay for whoever knows the order."""
    shop = await desk(store, clock)
    mail = await shop.take(MAIL, by_mailbox("example.org"), problem="no address was found")
    await say_yes(shop, mail.id, trust=True)
    second = await shop.take(MAIL + b"2", by_mailbox("example.org"), OTHER)
    by_number = {each.order.number: each.problems for each in await shop.orders()}

    assert {"1042": ("no address was found",), "1043": ()} == by_number
    assert MailState.ORDER == second.state


async def test_an_accepted_mail_changes_no_order(store: Store, clock: Clock) -> None:
    """One that says otherwise than the order we have puts it in doubt; a person has to look at both."""
    shop = await desk(store, clock)
    await shop.take(MAIL, direct())
    mail = await shop.take(MAIL + b"2", Evidence(), DEARER)
    await say_yes(shop, mail.id)
    (order,) = await shop.orders()

    assert (OURS, True, MailState.TO_CHECK) == (order.order, order.to_check, (await shop.mail(mail.id)).state)


async def test_what_cannot_be_accepted(store: Store, clock: Clock) -> None:
    """A mail that waits for nobody, and one that is not there."""
    shop = await desk(store, clock)
    mail = await shop.take(MAIL, direct())
    with pytest.raises(Refused, match="only a mail whose origin is in doubt"):
        await say_yes(shop, mail.id)
    with pytest.raises(NoSuchThing):
        await say_yes(shop, 4711)

"""The workbench's work: comparing kept mails in portions, and what counts as different."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.errors import NoSuchThing
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.workbench import AT_ONCE, apply, compare, difference
from tests.conftest import NOON, Clock
from tests.making import MAIL, ORDER, OWNER, make_shop, reading_of
from tests.work.test_reading import UNREADABLE, PlayedReaders, take


async def test_compare_in_portions(store: Store, clock: Clock) -> None:
    """Newest first, each mail once, to the end; nothing is kept and no lease is left."""
    await make_shop(store)
    contents = [MAIL + b"%d" % number for number in range(AT_ONCE + 3)]
    mails = await take(store, clock, *contents, readings=[UNREADABLE] * len(contents))
    readers = PlayedReaders(*[UNREADABLE] * (len(contents) - 1), reading_of())
    async with store.reading() as tx:
        account = await tx.accounts.by_email(OWNER)
    assert account is not None
    first = await compare(store, readers, account.id, None)  # type: ignore[arg-type]
    second = await compare(store, readers, account.id, first.before)  # type: ignore[arg-type]
    foreign = await compare(store, readers, account.id + 1, None)  # type: ignore[arg-type]
    async with store.reading() as tx:
        after = list(reversed(await tx.mails.list()))

    assert (AT_ONCE, 3, 0) == (first.read, second.read, foreign.read)
    assert (mails[3].id, None) == (first.before, second.before)
    assert ((), [mails[0].id]) == (first.different, [change.id for change in second.different])
    assert mails == after


async def test_apply_notes_who_did_it(store: Store, clock: Clock) -> None:
    """A foreign mail stops it all; else each mail is read again, and the journal has the person's name."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[UNREADABLE])
    async with store.reading() as tx:
        account = await tx.accounts.by_email(OWNER)
    assert account is not None
    role = ReadingRole(store, PlayedReaders(reading_of()), clock, Bell())  # type: ignore[arg-type]
    with pytest.raises(NoSuchThing):
        await apply(store, role, account.id + 1, [mail.id], "other@example.org", NOON)
    (change,) = await apply(store, role, account.id, [mail.id], "olga@example.org", NOON)
    async with store.reading() as tx:
        (entry,) = await tx.journal.of_shop(mail.shop_id or 0, "mail read again", NOON)

    assert (MailState.UNREADABLE, MailState.ORDER) == (change.state_before, change.state)
    assert ("olga@example.org", account.id, mail.id) == (entry.actor, entry.account_id, entry.mail_id)


async def test_what_is_different(store: Store, clock: Clock) -> None:
    """Another value, another doubt, another state; the same again and a contradicted order are no difference."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of(ORDER, "look")])
    async with store.reading() as tx:
        kept = await tx.orders.get(mail.order_id or 0)
    assert kept is not None
    better = difference(mail, kept, reading_of(replace(ORDER, total=Decimal(40))))
    gone = difference(mail, kept, Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, reason="it is no order"))

    assert better is not None
    assert ("total: 38.20, now 40.00", "no longer in doubt: look") == better.changes
    assert MailState.ORDER == better.state
    assert gone is not None
    assert MailState.NOT_AN_ORDER == gone.state
    assert None is difference(mail, kept, reading_of(ORDER, "look"))
    assert None is difference(mail, replace(kept, mail_id=mail.id + 1), reading_of(replace(ORDER, total=Decimal(40))))

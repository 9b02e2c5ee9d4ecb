"""Reading kept mails again, and what is told of it."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.editing import Beside, Editor
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import reread
from tests.conftest import Clock
from tests.making import MAIL, ORDER, arrival, make_shop, reading_of
from tests.work.test_intake import running
from tests.work.test_reading import UNREADABLE, PlayedReaders, due, take


async def test_all_of_some_states(store: Store, clock: Clock) -> None:
    """Only mails in those states are read, and each change is told with its field."""
    await make_shop(store)
    readings = [reading_of(replace(ORDER, number="1"), "look"), UNREADABLE, reading_of(replace(ORDER, number="3"))]
    await take(store, clock, MAIL, MAIL + b"2", MAIL + b"3", readings=readings)
    async with store.reading() as tx:
        states = {mail.state: mail.id for mail in await tx.mails.list()}
    better = [reading_of(replace(ORDER, number="1", total=Decimal(40))), reading_of(replace(ORDER, number="2"))]
    if states[MailState.UNREADABLE] < states[MailState.TO_CHECK]:
        better.reverse()
    role = ReadingRole(store, PlayedReaders(*better), clock, Bell())  # type: ignore[arg-type]
    changes = await reread(store, role, None, [MailState.UNREADABLE, MailState.TO_CHECK])

    told = {change.id: change for change in changes}
    checked, unread = told[states[MailState.TO_CHECK]], told[states[MailState.UNREADABLE]]

    assert sorted(told) == [change.id for change in changes]
    assert (MailState.TO_CHECK, MailState.ORDER, None) == (checked.state_before, checked.state, checked.reason)
    assert ("total: 38.20, now 40.00", "no longer in doubt: look") == checked.changes
    assert (MailState.UNREADABLE, MailState.ORDER) == (unread.state_before, unread.state)
    assert ("became order 2", "number: now 2") == unread.changes[:2]


async def test_beside_a_running_role(store: Store, clock: Clock) -> None:
    """What runs goes on when a mail was read again, and it can be read again once more."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[UNREADABLE])
    readings = [reading_of(replace(ORDER, number=str(number))) for number in (1, 1, 2)]
    role = ReadingRole(store, PlayedReaders(*readings), clock, Bell())  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        first, again = [(await reread(store, role, [mail.id], ()))[0] for _ in range(2)]
        async with running(store) as intake:
            await intake.accept(arrival(MAIL + b"2", at=clock()))
        while await due(store, clock):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.005)
        role.stop()
    async with store.reading() as tx:
        newest = (await tx.mails.list())[0]

    assert (MailState.ORDER, ()) == (first.state, again.differences)
    assert ("number", None, "1") == (first.differences[0].field, first.differences[0].was, first.differences[0].now)
    assert MailState.ORDER == newest.state


async def test_what_another_mail_says_against_an_order_stays(store: Store, clock: Clock) -> None:
    """The first mail is read again and says the same: the second one still contradicts it."""
    await make_shop(store)
    readings = [reading_of(), reading_of(replace(ORDER, total=Decimal(40)))]
    await take(store, clock, MAIL, readings=readings[:1])
    await take(store, clock, MAIL + b"2", readings=readings[1:])
    role = ReadingRole(store, PlayedReaders(reading_of()), clock, Bell())  # type: ignore[arg-type]
    (again,) = await reread(store, role, [1], ())
    async with store.reading() as tx:
        (order,) = await tx.orders.list()

    assert MailState.ORDER == again.state
    assert (True, ("a later mail differs: total: 38.20, now 40.00",)) == (order.to_check, order.problems)


async def test_what_a_person_wrote_stays(store: Store, clock: Clock) -> None:
    """A corrected order is not overwritten by a later reading of its mail: where that differs is a doubt."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    async with store.reading() as tx:
        whole = await tx.order_pages.get(None, 1)
    assert whole
    editor = Editor(store, whole.account_id, "clerk@example.org", clock())
    assert await editor.edit(1, whole.changed_at, replace(ORDER, note="ruft an"), Beside((), None, None, None))
    readers = PlayedReaders(reading_of(replace(ORDER, total=Decimal(40))))
    role = ReadingRole(store, readers, clock, Bell())  # type: ignore[arg-type]
    await reread(store, role, [1], ())
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()

    assert ("ruft an", Decimal("38.20"), True) == (kept.order.note, kept.order.total, kept.to_check)
    assert "its mail, read again, says otherwise: total: 38.20, now 40.00" in kept.problems

"""Reading kept mails again, and what is told of it."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import reread
from tests.conftest import Clock
from tests.making import MAIL, ORDER, make_shop, reading_of
from tests.work.test_reading import UNREADABLE, PlayedReaders, take


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


async def test_again_and_again_beside_the_role(store: Store, clock: Clock) -> None:
    """The role goes on while mails are read again, however often; each time what was read is kept."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    totals = [Decimal(40), Decimal(41)]
    better = [reading_of(replace(ORDER, total=total)) for total in totals]
    role = ReadingRole(store, PlayedReaders(*better), clock, Bell())  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        found = [(await reread(store, role, [1], ()))[0].changes for _ in totals]
        role.stop()

    assert [("total: 38.20, now 40.00",), ("total: 40.00, now 41.00",)] == found

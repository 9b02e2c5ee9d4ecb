"""Kept mails become orders: all of it or nothing, and never twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import Mail, MailState, Recipient
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.model.shop import ORDERED, PAID, ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import articles, job_attempts, jobs, order_items
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.claims import LEASE
from smtpd_billbee.work.reading import AGAIN_AFTER, MANY, TRIES, ReadingRole
from smtpd_billbee.work.together import one_of
from tests.conftest import NOON, Clock
from tests.making import MAIL, ORDER, SHOP, TO_SHOP, arrival, make_shop, reading_of
from tests.work.test_intake import running

NEWSLETTER = Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, reason="a newsletter")
UNREADABLE = Reading(Outcome.UNREADABLE, Kind.ORDER, reason="no items were found")


class PlayedReaders:
    """Says of each mail what the test wants; the real ones are tested in test_readers.py."""

    def __init__(self, *readings: Reading) -> None:
        self.readings = list(readings)

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


async def take(
    store: Store, clock: Clock, *contents: bytes, readings: Sequence[Reading], to: Recipient = TO_SHOP
) -> list[Mail]:
    """Let these mails come in, and read all that is due; the mails as they are then, oldest first."""
    async with running(store) as intake:
        for content in contents:
            await intake.accept(arrival(content, to, at=clock()))
    await read_due(store, clock, readings)
    async with store.reading() as tx:
        return list(reversed(await tx.mails.list()))


async def read_due(store: Store, clock: Clock, readings: Sequence[Reading]) -> None:
    """Run the role until nothing is due."""
    role = ReadingRole(store, PlayedReaders(*readings), clock, Bell())  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        while await due(store, clock):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.005)
        role.stop()


async def due(store: Store, clock: Clock) -> bool:
    async with store.reading() as tx:
        next_due = await tx.mails.next_due()
        reading = await tx.mails.list(states=[MailState.READING])
    return bool(reading) or (next_due is not None and next_due <= clock())


async def test_an_order_arrives(store: Store, clock: Clock) -> None:
    """Order, items, articles, journal and state are there, exactly as read."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    async with store.reading() as tx:
        kept = await tx.orders.by_number(SHOP, "1042")
        assert kept is not None
        journal = await tx.journal.of_order(kept.id)
        skus = (await tx.connection.execute(select(articles.c.sku))).scalars().all()

    assert (MailState.ORDER, kept.id) == (mail.state, mail.order_id)
    assert (ORDER, mail.id, ORDERED, False) == (kept.order, kept.mail_id, kept.state, kept.to_check)
    assert ["imported"] == [entry.action for entry in journal]
    assert ["A-1"] == skus


async def test_a_doubt_is_to_check(store: Store, clock: Clock) -> None:
    """An order with a problem is kept and shown, never imported in silence."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of(ORDER, "the sum is 38.20, the mail says 39.20")])
    async with store.reading() as tx:
        (kept,) = await tx.orders.list(to_check=True)

    assert MailState.TO_CHECK == mail.state
    assert ("the sum is 38.20, the mail says 39.20",) == kept.problems == mail.problems


async def test_the_same_order_again(store: Store, clock: Clock) -> None:
    """A second mail about the same order is a duplicate, noted; there is one order and one article."""
    await make_shop(store)
    first, second = await take(store, clock, MAIL, MAIL + b"again", readings=[reading_of()])
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()
        actions = [entry.action for entry in await tx.journal.of_order(kept.id)]

    assert (MailState.ORDER, MailState.DUPLICATE) == (first.state, second.state)
    assert (kept.id, kept.id) == (first.order_id, second.order_id)
    assert ["imported", "duplicate"] == actions


async def test_a_contradiction_is_to_check(store: Store, clock: Clock) -> None:
    """The same number with another total: nothing is overwritten, a person decides."""
    await make_shop(store)
    readings = [reading_of(), reading_of(replace(ORDER, total=Decimal("48.20"), site="teeladen.example"))]
    await take(store, clock, MAIL, readings=readings[:1])
    _, second = await take(store, clock, MAIL + b"other", readings=readings[1:])
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()

    assert MailState.TO_CHECK == second.state
    assert ("a later mail differs: total: 38.20, now 48.20",) == second.problems == kept.problems
    assert (Decimal("38.20"), True) == (kept.order.total, kept.to_check)


async def test_the_same_number_in_another_shop(store: Store, clock: Clock) -> None:
    """Order numbers are small integers per shop: 1042 of another shop is another order."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    async with store.transaction() as tx:
        await tx.connection.execute(text("UPDATE orders SET shop_id = shop_id"))
    async with store.reading() as tx:
        assert None is await tx.orders.by_number(SHOP + 1, "1042")


@pytest.mark.parametrize(
    ("reading", "state"), [(NEWSLETTER, MailState.NOT_AN_ORDER), (UNREADABLE, MailState.UNREADABLE)]
)
async def test_no_order(store: Store, clock: Clock, reading: Reading, state: MailState) -> None:
    """What is no order is filed away with its reason and makes none."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading])
    async with store.reading() as tx:
        orders = await tx.orders.list()

    assert (state, reading.kind, reading.reason, None) == (mail.state, mail.kind, mail.reason, mail.order_id)
    assert [] == orders


@pytest.mark.parametrize(
    ("rules", "reading", "expected"),
    [
        ({"relay_orders": False}, reading_of(), JobState.DROPPED),
        ({"relay_orders": False}, NEWSLETTER, JobState.PENDING),
        ({"relay_others": False}, reading_of(), JobState.PENDING),
        ({"relay_others": False}, NEWSLETTER, JobState.DROPPED),
        ({"relay_orders": False, "relay_others": False}, UNREADABLE, JobState.PENDING),
    ],
)
async def test_relay_switches(
    store: Store, clock: Clock, rules: dict[str, bool], reading: Reading, expected: JobState
) -> None:
    """The held copy goes or is dropped as the shop's switches say; what could not be read always goes."""
    await make_shop(store, ShopRules(name="Teeladen", **rules))  # type: ignore[arg-type]
    (mail,) = await take(store, clock, MAIL, readings=[reading])
    async with store.reading() as tx:
        (job,) = await tx.jobs.of_mail(mail.id)

    assert expected == job.state


@pytest.mark.parametrize(
    ("rules", "state", "paid_on"),
    [
        ({}, ORDERED, None),
        ({"paypal_as_paid": True}, PAID, None),
        ({"set_payment_date": True}, PAID, "2026-03-02"),
    ],
)
async def test_paid(store: Store, clock: Clock, rules: dict[str, bool], state: int, paid_on: str | None) -> None:
    """PayPal as paid, and the day of import as payment date, as Billbee's two switches do it."""
    await make_shop(store, ShopRules(name="Teeladen", **rules))  # type: ignore[arg-type]
    await take(store, clock, MAIL, readings=[reading_of()])
    async with store.reading() as tx:
        row = (await tx.connection.execute(text("SELECT state, paid_on FROM orders"))).one()

    assert (state, paid_on) == tuple(row)


async def test_minimum_age(store: Store, clock: Clock) -> None:
    """A young order waits; its copy does not."""
    await make_shop(store, ShopRules(name="Teeladen", minimum_age=30))
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    assert MailState.RECEIVED == mail.state

    clock.forward(minutes=30)
    await read_due(store, clock, [reading_of()])
    async with store.reading() as tx:
        assert 1 == len(await tx.orders.list())


async def test_a_lost_lease_changes_nothing(store: Store, clock: Clock) -> None:
    """A reader that was too slow must not write beside the one that has the mail by now."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival())
    async with store.transaction() as tx:
        (slow,) = await tx.mails.claim(NOON, LEASE, 10)
    later = NOON + LEASE
    async with store.transaction() as tx:
        (quick,) = await tx.mails.claim(later, LEASE, 10)
        assert [] == await tx.mails.claim(later, LEASE, 10)
    async with store.transaction() as tx:
        assert not await tx.mails.finish(slow, MailState.ORDER, {})
        assert await tx.mails.finish(quick, MailState.ORDER, {})


async def test_read_again(store: Store, clock: Clock) -> None:
    """An unreadable mail can be read again, and its order then again: one order, with the change in the journal."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[UNREADABLE])
    dearer = replace(ORDER, total=Decimal("48.20"))
    role = ReadingRole(store, PlayedReaders(reading_of(), reading_of(dearer)), clock, Bell())  # type: ignore[arg-type]
    assert [mail.id] == await role.reread([mail.id])
    role = ReadingRole(store, PlayedReaders(reading_of(dearer)), clock, Bell())  # type: ignore[arg-type]
    assert [mail.id] == await role.reread([mail.id, 4711])
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()
        actions = [(entry.action, entry.detail) for entry in await tx.journal.of_order(kept.id)]
        items = (await tx.connection.execute(select(order_items.c.id))).scalars().all()

    assert dearer == kept.order
    assert ("read again", {"changes": ["total: 38.20, now 48.20"]}) == actions[-1]
    assert 2 == len(items)


async def test_a_mistake_of_ours_does_not_stop_the_others(store: Store, clock: Clock) -> None:
    """One reading that cannot be saved is given back; the mails beside it become orders."""
    await make_shop(store)
    poison = reading_of(replace(ORDER, number="1043", payment_type=2**70))
    first, second = await take_once(store, clock, [poison, reading_of()])

    assert {MailState.RECEIVED, MailState.ORDER} == {first.state, second.state}


async def test_a_reading_that_is_never_saved(store: Store, clock: Clock) -> None:
    """After a few tries the owner sees the mail as unreadable and gets its copy: it is not read for ever."""
    await make_shop(store, ShopRules(name="Teeladen", relay_orders=False))
    async with running(store) as intake:
        await intake.accept(arrival())
    bell, poison = Bell(), reading_of(replace(ORDER, payment_type=2**70))
    role = ReadingRole(store, PlayedReaders(poison), clock, bell)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        for _ in range(TRIES + 1):
            while await due(store, clock):  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.005)
            clock.forward(seconds=AGAIN_AFTER.total_seconds())
            bell.ring()
        role.stop()
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        (copy,) = await tx.jobs.of_mail(mail.id)

    assert (MailState.UNREADABLE, "what was read of it cannot be saved") == (mail.state, mail.reason)
    assert JobState.PENDING == copy.state


async def test_what_no_database_takes(store: Store, clock: Clock) -> None:
    """A NUL or half a surrogate pair in what a stranger wrote is replaced, and the order is there all the same."""
    await make_shop(store)
    odd = replace(ORDER, note="Bitte\0klingeln \ud83d", items=(replace(ORDER.items[0], title="Tasse \udc80"),))
    handed_over = one_of(reading_of, odd, "the note \0 is odd")  # as a child does
    (mail,) = await take(store, clock, MAIL, readings=[handed_over])
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()

    assert ("Bitte\ufffdklingeln \ufffd", "Tasse \ufffd") == (kept.order.note, kept.order.items[0].title)
    assert ("the note \ufffd is odd",) == mail.problems


class SlowReaders(PlayedReaders):
    """Takes its time."""

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        await asyncio.sleep(30)
        return await super().read(raw, taught)


async def test_stop_does_not_wait_for_slow_readers(store: Store, clock: Clock) -> None:
    """A mail that is still being read a while after we were told to stop is given back, due at once."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival())
    role = ReadingRole(store, SlowReaders(reading_of()), clock, Bell(), grace=0.1)  # type: ignore[arg-type]
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        while not await reading_now(store):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.005)
        role.stop()
    async with store.reading() as tx:
        (mail,) = await tx.mails.list()
        next_due = await tx.mails.next_due()

    assert (MailState.RECEIVED, clock()) == (mail.state, next_due)


async def reading_now(store: Store) -> bool:
    async with store.reading() as tx:
        return bool(await tx.mails.list(states=[MailState.READING]))


async def take_once(store: Store, clock: Clock, readings: Sequence[Reading]) -> list[Mail]:
    return await take(store, clock, MAIL, MAIL + b"two", readings=readings)


async def test_many(store: Store, clock: Clock) -> None:
    """Each of a hundred mails becomes its order, and nothing stays claimed."""
    await make_shop(store)
    contents = [MAIL + b"%d" % number for number in range(100)]
    readings = [reading_of(replace(ORDER, number=str(number))) for number in range(100)]
    mails = await take(store, clock, *contents, readings=readings)
    async with store.reading() as tx:
        numbers = {kept.order.number for kept in await tx.orders.list(limit=200)}
        attempts = (await tx.connection.execute(select(job_attempts.c.id).join(jobs))).scalars().all()

    assert {str(number) for number in range(100)} == numbers
    assert {MailState.ORDER} == {mail.state for mail in mails}
    assert [] == attempts


async def test_read_again_with_another_number(store: Store, clock: Clock) -> None:
    """When the reader learnt to read the number better, the mail's order gets it; there are never two."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    better = replace(ORDER, number="10-42")
    await ReadingRole(store, PlayedReaders(reading_of(better)), clock, Bell()).reread([mail.id])  # type: ignore[arg-type]
    async with store.reading() as tx:
        (kept,) = await tx.orders.list()

    assert (better, mail.id) == (kept.order, kept.mail_id)


async def test_read_again_and_no_order_any_more(store: Store, clock: Clock) -> None:
    """An order is never taken away by a reader: a person is asked."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    await ReadingRole(store, PlayedReaders(UNREADABLE), clock, Bell()).reread([mail.id])  # type: ignore[arg-type]
    async with store.reading() as tx:
        (kept,) = await tx.orders.list(to_check=True)

    assert ("its mail 1, read again, gave no order: no items were found",) == kept.problems


class WaitingReaders(PlayedReaders):
    """Begin at once, and go on when they may."""

    def __init__(self, *readings: Reading) -> None:
        super().__init__(*readings)
        self.begun, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        self.begun.set()
        await self.may_go_on.wait()
        return await super().read(raw, taught)


@pytest.mark.parametrize(("mails", "copies_wait"), [(MANY, True), (MANY - 1, False)])
async def test_orders_before_copies(store: Store, clock: Clock, mails: int, copies_wait: bool) -> None:
    """Of many mails at once the orders come first; a few hold no copy up."""
    await make_shop(store)
    async with running(store) as intake:
        await asyncio.gather(*(intake.accept(arrival(MAIL + b"%d" % n, TO_SHOP, at=clock())) for n in range(mails)))
    readers, relaying = WaitingReaders(NEWSLETTER), Bell()
    role = ReadingRole(store, readers, clock, Bell(), relaying)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        await readers.begun.wait()
        copying = tasks.create_task(relaying.quiet())
        done, _ = await asyncio.wait({copying}, timeout=0.1)
        readers.may_go_on.set()
        await copying
        role.stop()

    assert copies_wait == (not done)

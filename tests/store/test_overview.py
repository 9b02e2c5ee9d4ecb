"""The start page's counts, each bound to its account."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.mail import MailState, NewMail, Recipient
from smtpd_billbee.model.overview import Needs, RelayHealth
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import orders
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, arrival, make_shop

FOREIGN_SHOP = 34567


async def mail(store: Store, shop: int, name: str, state: MailState, hours: float) -> int:
    """A kept mail that came so long ago."""
    new = NewMail(Recipient("x@inbound.example", shop, "jimdo"), name, state, None)
    async with store.transaction() as tx:
        at = NOON - timedelta(hours=hours)
        return (await tx.mails.keep([replace(arrival(MAIL), received_at=at)], [(0, new)]))[0]


@pytest.fixture
async def accounts(store: Store) -> tuple[int, int]:
    await make_shop(store, ShopRules(name="Teeladen"))
    await make_shop(store, shop_id=FOREIGN_SHOP, email="other@example.org")
    async with store.reading() as tx:
        found = await tx.shops.some([SHOP, FOREIGN_SHOP])
    return found[SHOP].account_id, found[FOREIGN_SHOP].account_id


async def test_nothing_yet(store: Store, accounts: tuple[int, int]) -> None:
    """A new account needs nothing."""
    async with store.reading() as tx:
        assert not (await tx.overview.needs(accounts[0])).any
        assert (True, False, False) == (
            await tx.overview.has_shop(accounts[0]), await tx.overview.has_shop(99), await tx.overview.has_order(None),
        )  # fmt: skip
        assert RelayHealth(0, 0, None) == await tx.overview.relay(None)
        assert [] == await tx.overview.silent_shops(None, NOON)


async def test_what_needs_a_person(store: Store, accounts: tuple[int, int]) -> None:
    """Doubts, unread and quarantined mails, failed copies, items without article; nobody sees the other account's."""
    await mail(store, SHOP, "1", MailState.UNREADABLE, 1)
    await mail(store, SHOP, "2", MailState.QUARANTINED, 1)
    failed = await mail(store, SHOP, "3", MailState.ORDER, 2)
    await mail(store, FOREIGN_SHOP, "4", MailState.UNREADABLE, 30)
    async with store.transaction() as tx:
        first, second = NOON - timedelta(hours=3), NOON
        await tx.jobs.add([NewJob(JobKind.COPY, "o@example.org", at, at, mail_id=failed) for at in (first, second)])
        values = {"state": 1, "to_check": True, "provenance": {}}
        await tx.orders.add(SHOP, ORDER, {}, values, NOON)
        await tx.orders.add(SHOP, replace(ORDER, number="2"), {}, values | {"state": 6, "to_check": False}, NOON)
    async with store.reading() as tx:
        mine, foreign = [await tx.overview.needs(account) for account in accounts]
        hours = await tx.overview.mails_by_hour(accounts[0], NOON - timedelta(hours=24))
        relay = [await tx.overview.relay(account) for account in accounts]

    assert Needs(1, 1, 1, 0, 2, 0) == mine
    assert Needs(0, 1, 0, 0, 0, 0) == foreign
    assert {"2026-03-02 11": 2, "2026-03-02 10": 1} == hours
    assert [RelayHealth(2, 0, first), RelayHealth(0, 0, None)] == relay


async def test_silent_shops(store: Store, accounts: tuple[int, int]) -> None:
    """One that sold every day and then nothing for a month; not one whose orders came from files."""
    for number in range(6):
        at = NOON - timedelta(hours=48 + 6 * number)
        mail_id = await mail(store, SHOP, str(number), MailState.ORDER, 48 + 6 * number)
        async with store.transaction() as tx:
            values = {"state": 1, "to_check": False, "provenance": {}, "mail_id": mail_id}
            order = replace(ORDER, number=str(number))
            await tx.orders.add(SHOP, order, {}, values, at + timedelta(days=-1 + number))
            await tx.orders.add(FOREIGN_SHOP, order, {}, values | {"mail_id": None}, at)
    async with store.reading() as tx:
        later = [await tx.overview.silent_shops(account, NOON + timedelta(days=30)) for account in (*accounts, None)]

    assert [[SHOP], [], [SHOP]] == [[shop.id for shop in shops] for shops in later]
    assert "Teeladen" == later[0][0].name


async def test_doubts_are_found_by_their_index(store: Store) -> None:
    """A database takes a partial index only when the statement says the same words; else every order is looked at."""
    query = select(orders.c.id).where(orders.c.to_check, orders.c.shop_id == SHOP)
    async with store.reading() as tx:
        dialect = tx.connection.dialect
        statement = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        if dialect.name == "sqlite":
            plan = (await tx.connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))).all()
        else:
            await tx.connection.execute(text("SET LOCAL enable_seqscan = off"))  # there are no rows yet
            plan = (await tx.connection.execute(text(f"EXPLAIN {statement}"))).all()

    assert "ix_orders_to_check" in str(plan)

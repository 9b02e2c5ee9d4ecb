"""Many mails in one transaction: together they change what they would change one after the other."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from smtpd_billbee.model.evidence import UNANSWERED, Known
from smtpd_billbee.model.mail import ClaimedMail, MailState, Recipient
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import article_titles, articles, jobs, order_items, orders, webhooks
from smtpd_billbee.work.claims import LEASE
from smtpd_billbee.work.saving import LeaseLost, Read, save
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, TO_SHOP, arrival, make_shop, reading_of
from tests.work.test_intake import running

CUP, WOOL = ORDER.items
MUG = Item("Becher", Decimal(1), sku="B-2", unit_price=Decimal("5.00"), total=Decimal("5.00"))
RENAMED = replace(CUP, title="Tasse, blau")
OTHER = 23456  # a shop of another account


def numbered(number: str, *items: Item) -> Order:
    return replace(ORDER, number=number, items=items or ORDER.items)


async def taken(store: Store, count: int, *shops: int) -> list[ClaimedMail]:
    """So many mails for each of these shops, claimed."""
    async with running(store) as intake:
        for shop in shops:
            for number in range(count):
                await intake.accept(arrival(MAIL + b"%d" % number, Recipient(TO_SHOP.address, shop, "jimdo")))
    async with store.transaction() as tx:
        return await tx.mails.claim(NOON, LEASE, 100)


def reads(mails: Sequence[ClaimedMail], new: Sequence[Order]) -> list[Read]:
    """These orders, read in these mails."""
    return [
        Read(mail, reading_of(order), "Bestellung", "shop@example.org", Known(UNANSWERED))
        for mail, order in zip(mails, new, strict=True)
    ]


async def kept(store: Store, shop: int) -> list[object]:
    """All that stands in the database of a shop's orders and mails, but for its ids."""
    async with store.reading() as tx:
        ask = tx.connection.execute
        theirs = select(order_items.c.title, articles.c.sku, articles.c.title, articles.c.price).select_from(
            order_items.join(orders).outerjoin(articles, articles.c.id == order_items.c.article_id)
        )
        items = (await ask(theirs.where(orders.c.shop_id == shop).order_by(order_items.c.id))).all()
        urls = select(orders.c.number, jobs.c.destination).select_from(
            jobs.join(orders, orders.c.id == jobs.c.order_id)
        )
        pushes = (await ask(urls.where(orders.c.shop_id == shop).order_by(jobs.c.id))).all()
        account = (await tx.shops.some({shop}))[shop].account_id
        told = select(article_titles.c.sku_key, article_titles.c.title).where(article_titles.c.account_id == account)
        mails = [
            (mail.state, mail.problems, mail.subject, mail.order_id is None)
            for mail in sorted(await tx.mails.list(shop), key=lambda each: each.id)
        ]
        said = [
            (each.order.number, each.order.total, each.problems, [e.action for e in await tx.journal.of_order(each.id)])
            for each in sorted(await tx.orders.list(shop), key=lambda each: each.id)
        ]
        return [items, pushes, sorted((await ask(told)).all()), mails, said]


GROUPS = {
    "all new": [numbered("1"), numbered("2", MUG), numbered("3", CUP, MUG)],
    "the same twice": [numbered("1"), numbered("1"), numbered("2")],
    "a contradiction": [numbered("1"), replace(numbered("1"), total=Decimal(7)), numbered("1")],
    "another title": [numbered("1"), numbered("2", RENAMED), numbered("3", RENAMED, WOOL)],
    "without items": [replace(numbered("1"), items=()), replace(numbered("2"), items=())],
}


@pytest.mark.parametrize("group", GROUPS.values(), ids=list(GROUPS))
@pytest.mark.parametrize("begins_known", [False, True])
async def test_together_as_one_by_one(store: Store, group: list[Order], begins_known: bool) -> None:
    """Two shops get the same mails, one of them in one transaction: orders, articles, pushes, journal are the same."""
    await make_shop(store)
    await make_shop(store, shop_id=OTHER, email="another@example.org")
    async with store.transaction() as tx:
        for shop in (await tx.shops.some({SHOP, OTHER})).values():
            values = {"account_id": shop.account_id, "url": "https://h.example/", "secret": "s", "events": []}
            await tx.connection.execute(webhooks.insert().values(values | {"created_at": NOON}))
    before = [numbered("0", CUP, MUG)] if begins_known else []
    mails = await taken(store, len(before) + len(group), SHOP, OTHER)
    mine, theirs = ([mail for mail in mails if mail.shop_id == shop] for shop in (SHOP, OTHER))
    for read in reads(mine, before + group):
        async with store.transaction() as tx:
            await save(tx, [read], None, NOON)
    first, then = reads(theirs, before + group)[: len(before)], reads(theirs, before + group)[len(before) :]
    for some in filter(None, (first, then)):
        async with store.transaction() as tx:
            await save(tx, some, None, NOON)

    assert await kept(store, SHOP) == await kept(store, OTHER)


async def test_two_shops_in_one_transaction(store: Store) -> None:
    """Each has its own order of the same number, and its own article of the same SKU."""
    await make_shop(store)
    await make_shop(store, shop_id=OTHER, email="another@example.org")
    mails = await taken(store, 2, SHOP, OTHER)
    async with store.transaction() as tx:
        states = await save(tx, reads(mails, [numbered("1"), numbered("2")] * 2), None, NOON)
    async with store.reading() as tx:
        found = sorted((each.shop_id, each.order.number, each.mail_id) for each in await tx.orders.list())
        skus = (await tx.connection.execute(select(articles.c.account_id, articles.c.sku))).all()

    assert [MailState.ORDER] * 4 == states
    assert sorted(zip([SHOP, SHOP, OTHER, OTHER], ["1", "2"] * 2, [m.id for m in mails], strict=True)) == found
    assert {(1, "A-1"), (2, "A-1")} == {tuple(each) for each in skus}


async def test_one_lost_lease_keeps_nothing_of_a_group(store: Store) -> None:
    """Somebody else has one of the mails by now: the whole transaction is undone, and each is tried alone."""
    await make_shop(store)
    mails = await taken(store, 2, SHOP)
    async with store.transaction() as tx:
        await tx.mails.claim(NOON + 2 * LEASE, LEASE, 1)
    with pytest.raises(LeaseLost):
        async with store.transaction() as tx:
            await save(tx, reads(mails, [numbered("1"), numbered("2")]), None, NOON)
    async with store.reading() as tx:
        assert [] == await tx.orders.list()

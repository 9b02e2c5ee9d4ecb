"""Orders come back as they were kept, and one number of one shop is one order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import ORDER, SHOP, make_shop

VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {}}


async def add(store: Store, order: Order, shop_id: int = SHOP, **values: object) -> int:
    async with store.transaction() as tx:
        return await tx.orders.add(shop_id, order, {}, VALUES | values, NOON)


@pytest.mark.parametrize("order", [ORDER, Order("1"), replace(ORDER, note="Grüße 😀", items=ORDER.items * 50)])
async def test_comes_back(store: Store, order: Order):
    """Every field, the items in their order, and None where the mail says nothing."""
    await make_shop(store)
    await add(store, order)
    async with store.reading() as tx:
        kept = await tx.orders.by_number(SHOP, order.number)

    assert (order, SHOP, 1, False, ()) == (kept.order, kept.shop_id, kept.state, kept.to_check, kept.problems)


async def test_one_number_is_one_order(store: Store):
    """(shop, number) is unique in the database; another shop may have the same number."""
    await make_shop(store)
    await make_shop(store, shop_id=23456)
    await add(store, ORDER)
    await add(store, ORDER, shop_id=23456)
    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await add(store, ORDER)

    assert not isinstance(raised.value, StoreAway)


async def test_replace(store: Store):
    """A newer reading takes the place of the older, with all items; the order's own state stays."""
    await make_shop(store)
    order_id = await add(store, ORDER, state=4)
    newer = replace(ORDER, total=Decimal("39.20"), items=(Item("Tee", Decimal(1)),))
    async with store.transaction() as tx:
        values = {"to_check": True, "problems": ["the sum is wrong"], "provenance": {}}
        await tx.orders.replace(order_id, newer, {}, values, NOON)
        (kept,) = await tx.orders.list()

    assert (newer, 4, True, ("the sum is wrong",)) == (kept.order, kept.state, kept.to_check, kept.problems)


async def test_lists(store: Store):
    """Newest first; by shop, by state, and by whether somebody should look."""
    await make_shop(store)
    await make_shop(store, shop_id=23456)
    one, two = await add(store, replace(ORDER, number="1")), await add(store, replace(ORDER, number="2"), state=3)
    three = await add(store, ORDER, shop_id=23456)
    async with store.transaction() as tx:
        await tx.orders.mark(two, ["look"], NOON)

        def ids(orders: object) -> list[int]:
            return [kept.id for kept in orders]  # type: ignore[attr-defined]

        assert [three, two] == ids(await tx.orders.list(limit=2))
        assert [two, one] == ids(await tx.orders.list(SHOP))
        assert [two] == ids(await tx.orders.list(states=[3]))
        assert [two] == ids(await tx.orders.list(to_check=True))
        assert [three, one] == ids(await tx.orders.list(to_check=False))


async def test_articles(store: Store):
    """One article per account and SKU, whatever its case and however many shops sell it; none without a SKU."""
    await make_shop(store)
    await make_shop(store, shop_id=23456)
    async with store.transaction() as tx:
        account = (await tx.accounts.all())[0].id
        first = await tx.articles.of_items(account, SHOP, ORDER.items, NOON)
        again = await tx.articles.of_items(account, 23456, [Item("Tasse", Decimal(1), sku="a-1")], NOON)
        none = await tx.articles.of_items(account, SHOP, [Item("Wolle", Decimal(1))], NOON)

    assert [ORDER.items[0]] == list(first)
    assert (list(first.values()), {}) == (list(again.values()), none)


async def test_keys(store: Store):
    """A secret is made once, and is the same for everybody who asks."""
    async with store.transaction() as tx:
        made = await tx.keys.get_or_make("copies", NOON)
    async with store.transaction() as tx:
        assert made == await tx.keys.get_or_make("copies", NOON) != await tx.keys.get_or_make("other", NOON)
    assert 32 == len(made)

"""An account's orders as a list: its own only, the newest first, by words and conditions, page by page."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.order_list import OrderQuery, Rule, Rules
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import ORDER, SHOP, make_shop

VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {}}
OTHER_SHOP = 23456
UMLAUT = Address(first_name="Zoë", last_name="Müller", email="zoe@example.com")


async def account(store: Store, email: str) -> int:
    async with store.reading() as tx:
        found = await tx.accounts.by_email(email)
    assert found
    return found.id


@pytest.fixture
async def owner(store: Store) -> int:
    """Three orders of one account; a fourth is another one's."""
    await make_shop(store)
    await make_shop(store, shop_id=OTHER_SHOP, email="other@example.org")
    mine = await account(store, "owner@example.org")
    dear = replace(ORDER, number="1043", ordered_at="2026-03-05", total=Decimal("500.00"), payment_method="Rechnung",
                   billing_address=UMLAUT, items=(Item("Teppich", Decimal(1), sku="T-9"),))  # fmt: skip
    plain = replace(ORDER, number="AB-7", ordered_at=None, items=(), billing_address=None)
    async with store.transaction() as tx:
        for order, values in (
            (ORDER, {"tags": ["eilig", "b%"]}),
            (dear, {"state": 3, "to_check": True, "problems": ["total: ?"]}),
            (plain, {"state": 6}),
        ):
            articles = await tx.articles.of_items(mine, SHOP, order.items, NOON)
            await tx.orders.add(SHOP, order, articles, VALUES | values, NOON)
        await tx.orders.add(OTHER_SHOP, ORDER, {}, VALUES, NOON)
    return mine


async def numbers(store: Store, query: OrderQuery, *sorts: tuple[str, str]) -> list[str]:
    async with store.reading() as tx:
        lines = await tx.order_lists.page(query, sorts)
        assert len(lines) == await tx.order_lists.count(query)
        assert (lines, len(lines)) == await tx.order_lists.search(query, sorts)
        assert (lines[1:2], len(lines)) == await tx.order_lists.search(query, sorts, 1, 1)
    return [line.number for line in lines]


async def test_own_ones_newest_first(store: Store, owner: int) -> None:
    """Nobody sees another account's; the administrator (None) sees all of them."""
    assert ["AB-7", "1043", "1042"] == await numbers(store, OrderQuery(owner))
    assert 4 == len(await numbers(store, OrderQuery(None)))
    assert [] == await numbers(store, OrderQuery(owner + 1000))


async def test_a_line(store: Store, owner: int) -> None:
    """What a list shows of an order."""
    async with store.reading() as tx:
        line = (await tx.order_lists.page(OrderQuery(owner, "1043")))[0]

    assert ("Teeladen", "Zoë Müller", Decimal("500.00"), 3, True) == (
        line.shop_name, line.customer_name, line.total, line.state, line.to_check,
    )  # fmt: skip
    assert (("total: ?",), ((Decimal(1), "Teppich"),)) == (line.problems, line.items)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("104", ["1043", "1042"]),
        ("ab-", ["AB-7"]),
        ("anna", ["1042"]),
        ("zoe@EXAMPLE", ["1043"]),
        ("MÜLLER", ["1043"]),
        ("müller", ["1043"]),
        ("Müller  Zoe", ["1043"]),
        ("t-9", ["1043"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("  ", ["AB-7", "1043", "1042"]),
    ],
)
async def test_words(store: Store, owner: int, words: str, found: list[str]) -> None:
    """Number, name, address, SKU; whatever the case; signs of the database's patterns are letters like others."""
    assert found == await numbers(store, OrderQuery(owner, words))


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule("state", "in", [1, 3]), ["1043", "1042"]),
        (Rule("state", "not_in", [6]), ["1043", "1042"]),
        (Rule("shop", "in", [OTHER_SHOP]), []),
        (Rule("payment", "in", ["Rechnung"]), ["1043"]),
        (Rule("payment", "not_in", ["Rechnung"]), ["AB-7", "1042"]),
        (Rule("to_check", "is_true"), ["1043"]),
        (Rule("to_check", "is_false"), ["AB-7", "1042"]),
        (Rule("date", "eq", date(2026, 3, 2)), ["1042"]),
        (Rule("date", "gte", date(2026, 3, 3)), ["1043"]),
        (Rule("date", "lte", date(2026, 3, 5)), ["1043", "1042"]),
        (Rule("date", "between", date(2026, 3, 1), date(2026, 3, 2)), ["1042"]),
        (Rule("total", "gte", Decimal("38.21")), ["1043"]),
        (Rule("total", "lte", Decimal("38.20")), ["AB-7", "1042"]),
        (Rule("customer", "contains", "beispiel"), ["1042"]),
        (Rule("number", "eq", "1042"), ["1042"]),
        (Rule("tags", "in", ["eilig"]), ["1042"]),
        (Rule("tags", "in", ["b%", "none"]), ["1042"]),
        (Rule("tags", "in", ["eil"]), []),
    ],
)
async def test_conditions(store: Store, owner: int, rule: Rule, found: list[str]) -> None:
    """Each condition by itself."""
    assert found == await numbers(store, OrderQuery(owner, rules=Rules([rule])))


async def test_conditions_together(store: Store, owner: int) -> None:
    """All of them, or any; groups in groups."""
    paid, tagged = Rule("state", "in", [3]), Rule("tags", "in", ["eilig"])

    assert [] == await numbers(store, OrderQuery(owner, rules=Rules([paid, tagged])))
    assert ["1043", "1042"] == await numbers(store, OrderQuery(owner, rules=Rules([paid, tagged], "or")))
    inner = Rules([Rules([paid, tagged], "or"), Rule("to_check", "is_true")])
    assert ["1043"] == await numbers(store, OrderQuery(owner, rules=inner))
    assert inner.speak_of("state")
    assert not inner.speak_of("shop")


async def test_sequence_and_pages(store: Store, owner: int) -> None:
    """Sorted as asked, a page after the other, each order on one page."""
    query = OrderQuery(owner, rules=Rules([Rule("state", "not_in", [6])]))

    assert ["1042", "1043"] == await numbers(store, query, ("total", "asc"))
    assert ["1043", "1042"] == await numbers(store, query, ("date", "desc"))
    async with store.reading() as tx:
        pages = [await tx.order_lists.page(OrderQuery(owner), (), skip, 1) for skip in range(4)]
    assert [["AB-7"], ["1043"], ["1042"], []] == [[line.number for line in page] for page in pages]


async def test_newer_ones(store: Store, owner: int) -> None:
    """How many came after one that was seen; those of others do not count."""
    async with store.reading() as tx:
        newest = await tx.order_lists.newest(owner)
        everybodys = await tx.order_lists.newest(None)
        lines = await tx.order_lists.page(OrderQuery(owner))

        assert 0 == await tx.order_lists.newer(owner, newest)
        assert 2 == await tx.order_lists.newer(owner, lines[2].id)
        assert 0 == await tx.order_lists.newest(owner + 1000)
    assert everybodys > newest


async def test_choices(store: Store, owner: int) -> None:
    """The account's shops and ways of payment."""
    async with store.reading() as tx:
        assert {SHOP: "Teeladen"} == await tx.order_lists.shops(owner)
        assert {SHOP, OTHER_SHOP} == set(await tx.order_lists.shops(None))
        assert ["PayPal", "Rechnung"] == await tx.order_lists.payments(owner)
        newest = await tx.order_lists.newest(None)
        assert [] == await tx.order_lists.some(owner, [newest])


@pytest.mark.parametrize("name", ["x" * 100_000, "ﷺ" * 300, "\U0001f600" * 300])
async def test_a_name_of_any_length_is_kept(store: Store, name: str) -> None:
    """An index takes rows of a bounded length only; an order is not refused for a long name, nor for its folding."""
    await make_shop(store)
    order = replace(ORDER, number="n" * 200, billing_address=Address(last_name=name, email=f"{name}@example.org"))
    async with store.transaction() as tx:
        await tx.orders.add(SHOP, order, {}, VALUES, NOON)

    assert ["n" * 200] == await numbers(store, OrderQuery(None, "nnnn"))

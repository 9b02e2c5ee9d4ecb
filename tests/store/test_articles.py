"""Which article an item is; what a SKU does not say; and the lists of articles."""

from datetime import date
from decimal import Decimal as D

import pytest

from smtpd_billbee.errors import TakenMeanwhile
from smtpd_billbee.model.article import ArticleFields, is_ean, price_of
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import SHOP, make_shop

CUP = Item("Tasse Blau", D(2), "A-1", unit_price=D("14.90"), total=D("29.80"))
LOOSE = Item("Wolle", D("0.5"), total=D("3.50"))
NAMED_OTHERWISE = Item("Tasse Rot", D(1), "a-1", total=D("9.00"))
VALUES = {"state": 1, "to_check": False, "provenance": {}}


@pytest.fixture
async def account(store: Store) -> int:
    await make_shop(store)
    async with store.reading() as tx:
        return (await tx.shops.some([SHOP]))[SHOP].account_id


async def order(store: Store, account: int, number: str, *items: Item, at: str = "2026-03-01T10:00") -> int:
    """An order as intake keeps it."""
    async with store.transaction() as tx:
        articles = await tx.articles.of_items(account, SHOP, items, NOON)
        return await tx.orders.add(SHOP, Order(number, ordered_at=at, items=items), articles, VALUES, NOON)


async def test_made_from_skus(store: Store, account: int) -> None:
    """A SKU makes an article; the same SKU in other letters is the same one, with both as its sources."""
    await order(store, account, "1", CUP, LOOSE)
    await order(store, account, "2", Item("TASSE  blau", D(1), "a-1"), at="2026-01-01")
    async with store.reading() as tx:
        (article,) = await tx.article_lists.page(account)
        sources = await tx.article_lists.sources(article.id)
        sold = await tx.article_lists.sold(account, [article.id], date(2026, 2, 1))
        months = await tx.article_lists.months(article.id)
        orders = await tx.article_lists.orders_of(article.id)
        others = await tx.article_lists.other_titles(account)

    assert ArticleFields("A-1", "Tasse Blau", None, D("14.90")) == article.fields
    assert ["A-1", "a-1"] == sorted(each.source for each in sources)
    assert {article.id: D(2)} == sold
    assert [("2026-01", D(1), D(0)), ("2026-03", D(2), D("29.80"))] == [
        (each.month, each.quantity, each.revenue) for each in months
    ]
    assert ["2", "1"] == [each.number for each in orders]
    assert [] == others


async def test_the_same_sku_with_another_title_is_reported(store: Store, account: int) -> None:
    """Once, until somebody says that it is the same; then it is never asked again."""
    await order(store, account, "1", CUP)
    await order(store, account, "2", NAMED_OTHERWISE)
    await order(store, account, "3", NAMED_OTHERWISE)
    async with store.transaction() as tx:
        (other,) = await tx.article_lists.other_titles(account)
        await tx.article_changes.settle([other.id], NOON)
    await order(store, account, "4", NAMED_OTHERWISE)
    async with store.reading() as tx:
        assert ("Tasse Rot", "Tasse Blau") == (other.title, other.article.fields.title)
        assert [] == await tx.article_lists.other_titles(account)
        assert [] == await tx.article_lists.other_titles(account + 1)


async def test_another_title_can_be_another_article(store: Store, account: int) -> None:
    """What was bound is moved, and later orders follow."""
    await order(store, account, "1", CUP)
    await order(store, account, "2", NAMED_OTHERWISE)
    async with store.transaction() as tx:
        (other,) = await tx.article_lists.other_titles(account)
        (red,) = await tx.article_changes.add(account, [ArticleFields("A-2", "Tasse Rot")], NOON)
        moved = await tx.article_changes.move_title(other, red)
        await tx.article_changes.remember(account, "a-1", other.title, red, NOON)
    await order(store, account, "3", NAMED_OTHERWISE)
    async with store.reading() as tx:
        assert 1 == moved
        assert {red: D(2)} == await tx.article_lists.sold(account, [red], date(2026, 2, 1))
        assert [] == await tx.article_lists.other_titles(account)


async def test_items_without_article(store: Store, account: int) -> None:
    """They are listed by title; one, or all of a title, can be given to an article, and later ones follow."""
    await order(store, account, "1", CUP, LOOSE)
    await order(store, account, "2", LOOSE)
    async with store.transaction() as tx:
        (article,) = await tx.article_lists.page(account)
        (stray,) = await tx.article_lists.stray_titles(account)
        item = (await tx.article_lists.stray_items(account, "Wolle"))[0]
        assert await tx.article_lists.stray_item(account + 1, item.id) is None
        one = await tx.article_changes.bind_item(item.id, article.id)
        again = await tx.article_changes.bind_item(item.id, article.id)
        rest = await tx.article_changes.bind_title(account, "Wolle", article.id)
        foreign = await tx.article_changes.bind_title(account + 1, "Wolle", article.id)
        await tx.article_changes.remember(account, "", "Wolle", article.id, NOON)
    await order(store, account, "3", LOOSE)
    async with store.reading() as tx:
        assert ("Wolle", 2, D(1)) == (stray.title, stray.items, stray.quantity)
        assert ("2", True, False, 1, 0) == (item.number, one, again, rest, foreign)
        assert [] == await tx.article_lists.stray_titles(account)


async def test_a_given_article_survives_another_reading(store: Store, account: int) -> None:
    """A mail that is read again keeps what somebody said about an item without SKU."""
    order_id = await order(store, account, "1", CUP, LOOSE)
    async with store.transaction() as tx:
        (article,) = await tx.article_lists.page(account)
        (item,) = await tx.article_lists.stray_items(account, None)
        await tx.article_changes.bind_item(item.id, article.id)
        articles = await tx.articles.of_items(account, SHOP, (CUP, LOOSE), NOON)
        await tx.orders.replace(order_id, Order("1", items=(CUP, LOOSE)), articles, {}, NOON)
    async with store.reading() as tx:
        assert [] == await tx.article_lists.stray_items(account, None)


async def test_search_and_sort(store: Store, account: int) -> None:
    """Every word must stand somewhere; a sign of LIKE is just a sign; a foreign account finds nothing."""
    await order(store, account, "1", CUP, Item("Tee 100%", D(1), "T-9"), Item("Kanne", D(1), "K-5"))
    async with store.reading() as tx:
        lists = tx.article_lists
        assert ["A-1", "K-5", "T-9"] == [each.fields.sku for each in await lists.page(account)]
        assert ["Kanne"] == [each.fields.title for each in await lists.page(account, sort="title", skip=0, limit=1)]
        assert ["A-1"] == [each.fields.sku for each in await lists.page(account, "BLAU tasse")]
        assert ["T-9"] == [each.fields.sku for each in await lists.page(account, "0%")]
        assert (3, 1, 0) == (
            await lists.count(account), await lists.count(account, "kanne"), await lists.count(account + 1),
        )  # fmt: skip
        assert [] == await lists.page(account, "_")


async def test_two_people_at_one_article(store: Store, account: int) -> None:
    """The second one overwrites nothing; nobody makes a SKU twice."""
    await order(store, account, "1", CUP)
    async with store.transaction() as tx:
        (shown,) = await tx.article_lists.page(account)
        first = await tx.article_changes.change(shown, ArticleFields("A-1", "Becher", "4006381333931", D("1.00")))
        second = await tx.article_changes.change(shown, ArticleFields("A-1", "Krug"))
        changed = await tx.article_lists.get(account, shown.id)

    assert (True, False) == (first, second)
    assert changed
    assert ArticleFields("A-1", "Becher", "4006381333931", D("1.00")) == changed.fields
    with pytest.raises(TakenMeanwhile):
        async with store.transaction() as tx:
            await tx.article_changes.add(account, [ArticleFields(" a-1 ", "")], NOON)


@pytest.mark.parametrize(
    ("text", "price"),
    [("12,90", "12.90"), ("12.9", "12.90"), ("1.234,50 €", "1234.50"), ("1,234.50", "1234.50"), ("7", "7.00"),
     ("1.234", None), ("-3", None), ("1,2,3", None), ("abc", None), ("", None), ("1" * 50, None)],
)  # fmt: skip
def test_prices(text: str, price: str | None) -> None:
    """As people write them; '1.234' could be two prices and is none."""
    if price is None:
        with pytest.raises(ValueError):
            price_of(text)
    else:
        assert D(price) == price_of(text)


def test_eans() -> None:
    """The check digit tells a mistake."""
    assert [True, True, False, False, False] == [
        is_ean(code) for code in ("4006381333931", "73513537", "4006381333932", "12", "٤006381333931")
    ]

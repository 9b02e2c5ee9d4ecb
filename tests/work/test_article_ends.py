"""Articles are merged, deleted and recognised as the owner wants."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.article import Article, ArticleFields, Recognition
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal
from smtpd_billbee.work import article_ends, articles
from tests.conftest import NOON
from tests.making import SHOP, make_shop

WHO, EAN = "clerk@example.org", "4006381333931"
CUP, MUG = Item("Tasse", D(2), "A-1", total=D("10.00")), Item("Becher", D(1), "B-1", total=D("7.00"))


@pytest.fixture
async def account(store: Store) -> int:
    """The account of two shops; another one has the same SKU."""
    await make_shop(store)
    await make_shop(store, shop_id=34567, email="other@example.org")
    async with store.transaction() as tx:
        shops = await tx.shops.some([SHOP, 34567])
        await tx.articles.of_items(shops[34567].account_id, 34567, [CUP, MUG], NOON)
        return shops[SHOP].account_id


async def order(store: Store, account: int, number: str, *items: Item, shop: int = SHOP) -> list[str | None]:
    """An order comes; the SKUs of its items' articles."""
    async with store.transaction() as tx:
        found = await tx.articles.of_items(account, shop, items, NOON)
        values = {"state": 1, "to_check": False, "provenance": {}}
        await tx.orders.add(shop, Order(number, ordered_at="2026-03-01T10:00", items=items), found, values, NOON)
        known = {each.id: each.fields.sku for each in await tx.article_lists.page(account)}
    return [known[found[item]] if item in found else None for item in items]


async def by_sku(store: Store, account: int) -> dict[str, Article]:
    async with store.reading() as tx:
        return {each.fields.sku: each for each in await tx.article_lists.page(account)}


async def test_two_are_one(store: Store, account: int) -> None:
    """Items and sales go over, the SKU leads there in every shop, titles that were known are no news; it is noted."""
    await order(store, account, "1", CUP, MUG)
    known = await by_sku(store, account)
    await article_ends.merge(store, account, known["B-1"].id, " a-1 ", WHO, NOON)
    later = await order(store, account, "2", MUG, replace(MUG, title="Krug"))
    async with store.reading() as tx:
        (left,) = await tx.article_lists.page(account)
        (month,) = await tx.article_lists.months(left.id)
        others = await tx.article_lists.other_titles(account)
        foreign = await tx.article_lists.count(account + 1)
        (noted,) = await tx.connection.execute(select(journal.c.detail).where(journal.c.action == "articles merged"))

    assert (known["A-1"].id, ["A-1", "A-1"], 2) == (left.id, later, foreign)
    assert (D(5), D("31.00")) == (month.quantity, month.revenue)
    assert ["Krug"] == [each.title for each in others]
    assert {"article": left.id, "merged": known["B-1"].id, "sku": "B-1", "items": 1} == noted[0]


async def test_what_cannot_be_merged(store: Store, account: int) -> None:
    """Not with itself, not with what is not there or another's, and nobody else's."""
    await order(store, account, "1", CUP)
    cup = (await by_sku(store, account))["A-1"]
    for sku, whose, error in (("A-1", account, Refused), ("B-1", account, Refused), ("A-1", account + 1, NoSuchThing)):
        with pytest.raises(error):
            await article_ends.merge(store, whose, cup.id, sku, WHO, NOON)

    assert {"A-1": cup} == await by_sku(store, account)


async def test_deleted(store: Store, account: int) -> None:
    """Its items have no article, and the next order with its SKU makes it anew."""
    await order(store, account, "1", CUP, MUG)
    cup = (await by_sku(store, account))["A-1"]
    with pytest.raises(NoSuchThing):
        await article_ends.delete(store, account + 1, cup.id, WHO, NOON)
    assert 1 == await article_ends.delete(store, account, cup.id, WHO, NOON)
    async with store.reading() as tx:
        assert ["Tasse"] == [each.title for each in await tx.article_lists.stray_titles(account)]
    assert ["A-1"] == await order(store, account, "2", CUP)


async def test_recognised_by_sku_alone(store: Store, account: int) -> None:
    """As long as nobody says otherwise, neither an EAN nor a title binds an item."""
    async with store.transaction() as tx:
        await tx.article_changes.add(account, [ArticleFields("A-1", "Tasse", EAN)], NOON)

    assert [EAN, None, "A-1"] == await order(store, account, "1", Item("X", D(1), EAN), Item("Tasse", D(1)), CUP)


async def test_recognised_by_ean_and_title(store: Store, account: int) -> None:
    """An EAN in the SKU's place, then the title; what two articles share binds nothing; another title is reported."""
    async with store.transaction() as tx:
        new = [ArticleFields("A-1", "Tasse", EAN), ArticleFields("C-1", "Teller"), ArticleFields("C-2", "Teller")]
        await tx.article_changes.add(account, new, NOON)
    assert await article_ends.recognise(store, account, Recognition(True, True, True), WHO, NOON)
    assert not await article_ends.recognise(store, account, Recognition(True, True, True), WHO, NOON)
    items = (Item("Mug", D(1), EAN), Item(" TASSE", D(1)), Item("Teller", D(1)), Item("tasse", D(1), "NEW-1"))
    found = await order(store, account, "1", *items)
    async with store.reading() as tx:
        others = await tx.article_lists.other_titles(account)

    assert ["A-1", "A-1", None, "A-1"] == found
    assert [("Mug", "Tasse")] == [(each.title, each.article.fields.title) for each in others]


async def test_without_the_sku(store: Store, account: int) -> None:
    """A SKU that an article has binds no item then, and makes no second article; a new one makes one."""
    with pytest.raises(Refused):
        await article_ends.recognise(store, account, Recognition(False, False, False), WHO, NOON)
    await order(store, account, "1", CUP)
    await article_ends.recognise(store, account, Recognition(False, False, True), WHO, NOON)

    found = await order(store, account, "2", CUP, replace(CUP, title="Krug"), MUG)
    assert ["A-1", "A-1", "B-1"] == found  # by its title; beside it the same SKU, reported
    assert [None, "B-1"] == await order(store, account, "3", replace(CUP, title="Vase"), replace(MUG, sku="Z-9"))


async def test_a_title_is_taken_back(store: Store, account: int) -> None:
    """Its items have no article again, those that come later neither; another's title is not touched; it is noted."""
    wool = Item("Wolle", D(3), total=D("9.00"))
    await order(store, account, "1", CUP, wool, replace(wool, title="wolle "))
    cup = (await by_sku(store, account))["A-1"]
    for title in ("Wolle", "wolle "):
        await articles.give_title(store, account, title, cup.id, WHO, NOON)
    bound = await order(store, account, "2", wool)
    async with store.reading() as tx:
        titles = await tx.article_lists.bound_titles(cup.id)
    with pytest.raises(NoSuchThing):
        await article_ends.take_back(store, account + 1, cup.id, titles[0].id, WHO, NOON)
    freed = await article_ends.take_back(store, account, cup.id, titles[0].id, WHO, NOON)
    async with store.reading() as tx:
        left = await tx.article_lists.items_of(cup.id), await tx.article_lists.bound_titles(cup.id)
        noted = list(await tx.connection.scalars(select(journal.c.detail).where(journal.c.action == "title freed")))

    assert (["A-1"], 3, (1, [])) == (bound, freed, left)
    assert [None] == await order(store, account, "3", wool)
    assert [{"article": cup.id, "items": 3}] == noted
    with pytest.raises(NoSuchThing):
        await article_ends.take_back(store, account, cup.id, titles[0].id, WHO, NOON)


async def test_another_articles_title_is_taken_back(store: Store, account: int) -> None:
    """Items of a SKU whose title was another article go back to the SKU's article, and their title is asked again."""
    red = replace(CUP, title="Tasse rot")
    await order(store, account, "1", CUP, red)
    async with store.reading() as tx:
        (other,) = await tx.article_lists.other_titles(account)
    made = await articles.part(store, account, other.id, ArticleFields("A-2", "Tasse rot"), WHO, NOON)
    async with store.reading() as tx:
        (bound,) = await tx.article_lists.bound_titles(made)
    items = await article_ends.take_back(store, account, made, bound.id, WHO, NOON)
    after = await order(store, account, "2", red)
    async with store.reading() as tx:
        asked = [each.title for each in await tx.article_lists.other_titles(account)]

    assert (1, ["A-1"], ["Tasse rot"]) == (items, after, asked)

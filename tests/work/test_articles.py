"""Articles are changed, given and taken in, and each act is noted."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from smtpd_billbee.errors import NoSuchThing, Refused, TakenMeanwhile
from smtpd_billbee.formats.article_files import Complaint, Wrong
from smtpd_billbee.model.article import Article, ArticleFields
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import articles
from tests.conftest import NOON
from tests.making import SHOP, make_shop

WHO = "clerk@example.org"
CUP, LOOSE = Item("Tasse", D(2), "A-1", unit_price=D("5.00")), Item("Wolle", D(1))


@pytest.fixture
async def article(store: Store) -> Article:
    """An article of an order that has an item without article, too."""
    await make_shop(store)
    await make_shop(store, shop_id=34567, email="other@example.org")
    async with store.transaction() as tx:
        account_id = (await tx.shops.some([SHOP]))[SHOP].account_id
        items = (CUP, LOOSE, replace(CUP, title="Becher"))
        ids = await tx.articles.of_items(account_id, SHOP, items, NOON)
        values = {"state": 1, "to_check": False, "provenance": {}}
        await tx.orders.add(SHOP, Order("1", items=items), ids, values, NOON)
        return (await tx.article_lists.page(account_id))[0]


async def strays(store: Store) -> list[str]:
    async with store.reading() as tx:
        return [each.title for each in await tx.article_lists.stray_titles(None)]


async def actions(store: Store) -> list[tuple[str, str]]:
    from sqlalchemy import text

    async with store.reading() as tx:
        found = await tx.connection.execute(text("SELECT actor, action FROM journal ORDER BY id"))
        return [(row[0], row[1]) for row in found if row[0] == WHO]


async def test_changed(store: Store, article: Article) -> None:
    """The old title is no news when a shop goes on writing it; who saw an older article is told."""
    to = ArticleFields("A-1", "Tasse Blau", "4006381333931", None)
    await articles.change(store, article.account_id, article, to, WHO, NOON)
    with pytest.raises(TakenMeanwhile):
        await articles.change(store, article.account_id, article, to, WHO, NOON)
    with pytest.raises(NoSuchThing):
        await articles.change(store, article.account_id + 1, article, to, WHO, NOON)
    async with store.transaction() as tx:
        await tx.articles.of_items(article.account_id, SHOP, [CUP], NOON)
        others = await tx.article_lists.other_titles(None)

    assert ["Becher"] == [each.title for each in others]
    assert [(WHO, "article changed")] == await actions(store)


async def test_given(store: Store, article: Article) -> None:
    """An item, or a title, becomes an article's; not another account's."""
    async with store.reading() as tx:
        (item,) = await tx.article_lists.stray_items(None, None)
        other = await tx.shops.get(34567)
    assert other
    with pytest.raises(NoSuchThing):
        await articles.give_item(store, other.account_id, item.id, article.id, WHO, NOON)
    with pytest.raises(NoSuchThing):
        await articles.give_title(store, other.account_id, "Wolle", article.id, WHO, NOON)
    await articles.give_item(store, None, item.id, article.id, WHO, NOON)

    assert [] == await strays(store)
    assert [(WHO, "article given")] == await actions(store)


async def test_made_of_a_title(store: Store, article: Article) -> None:
    """A new article takes the items whose title it was made of."""
    made = await articles.make_of_title(store, article.account_id, "Wolle", ArticleFields("W-1", "Wolle"), WHO, NOON)
    with pytest.raises(TakenMeanwhile):
        await articles.make_of_title(store, article.account_id, "x", ArticleFields("w-1", "Wolle"), WHO, NOON)

    assert made != article.id
    assert [] == await strays(store)
    assert [(WHO, "article made"), (WHO, "article given")] == await actions(store)


async def test_other_titles(store: Store, article: Article) -> None:
    """The same article, or one of its own; a foreign title cannot be settled."""
    async with store.reading() as tx:
        (other,) = await tx.article_lists.other_titles(None)
    assert 0 == await articles.settle(store, article.account_id + 1, [other.id], WHO, NOON)
    with pytest.raises(NoSuchThing):
        await articles.part(store, article.account_id + 1, other.id, ArticleFields("B", "x"), WHO, NOON)
    with pytest.raises(Refused):
        await articles.part(store, None, other.id, ArticleFields("a-1", "Becher"), WHO, NOON)
    made = await articles.part(store, article.account_id, other.id, ArticleFields("B-1", "Becher"), WHO, NOON)
    async with store.reading() as tx:
        assert [] == await tx.article_lists.other_titles(None)
        assert 1 == len(await tx.article_lists.orders_of(made))


async def test_a_file(store: Store, article: Article) -> None:
    """New ones are made, known ones changed; a column that is not there and an empty title leave what is known."""
    content = b"SKU;Titel;EAN\na-1;;4006381333931\nN-1;Neu;\nM-1;;\n"
    seen = await articles.planned(store, article.account_id, content)
    async with store.reading() as tx:
        assert 1 == await tx.article_lists.count(article.account_id)
    done = await articles.take_in(store, article.account_id, content, WHO, NOON)
    again = await articles.take_in(store, article.account_id, content, WHO, NOON)

    assert seen == done
    assert (ArticleFields("N-1", "Neu"),) == done.new
    assert ((article, ArticleFields("A-1", "Tasse", "4006381333931", D("5.00"))),) == done.changed
    assert (Complaint(4, Wrong.NO_TITLE, "title"),) == done.complaints
    assert ((), (), 2) == (again.new, again.changed, again.same)
    assert [(WHO, "article made"), (WHO, "article changed")] == await actions(store)

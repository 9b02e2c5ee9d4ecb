"""What is changed of articles: their fields, and which items are theirs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import TakenMeanwhile
from smtpd_billbee.model.article import LONGEST_KEY, Article, ArticleFields, OtherTitle, title_key
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import article_sources, article_titles, articles, order_items, orders, shops
from smtpd_billbee.store.whose import owned_by, shops_of


class ArticleChanges:
    """Statements that change articles."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, account_id: int, new: Sequence[ArticleFields], now: datetime) -> list[int]:
        """Make articles; their ids in the same sequence.  Raises TakenMeanwhile for a SKU that is there."""
        rows = [
            {
                "account_id": account_id,
                "sku_key": sku_key(each.sku),
                "title_key": title_key(each.title),
                "created_at": now,
            }
            | asdict(each)
            for each in new
        ]
        statement = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
        try:
            return list((await self._connection.execute(statement, rows)).scalars())
        except IntegrityError:
            raise TakenMeanwhile from None

    async def change(self, article: Article, to: ArticleFields) -> bool:
        """Give an article another title, EAN and price.  False: it is no longer as it was shown."""
        was = article.fields
        as_shown = (
            (articles.c.id == article.id)
            & (articles.c.title == was.title)
            & articles.c.ean.is_not_distinct_from(was.ean)
            & articles.c.price.is_not_distinct_from(was.price)
        )
        values = {"title": to.title, "title_key": title_key(to.title), "ean": to.ean, "price": to.price}
        return (await self._connection.execute(update(articles).where(as_shown).values(values))).rowcount == 1

    async def bind_item(self, item_id: int, article_id: int) -> bool:
        """Give one item without article to this one.  False: it has one meanwhile."""
        free = (order_items.c.id == item_id) & order_items.c.article_id.is_(None)
        return (
            await self._connection.execute(update(order_items).where(free).values(article_id=article_id))
        ).rowcount == 1

    async def bind_title(self, account_id: int, title: str, article_id: int) -> int:
        """Give every item without article that has this title to the article; how many there were."""
        theirs = select(orders.c.id).join(shops).where(owned_by(account_id))
        free = order_items.c.article_id.is_(None) & (order_items.c.title == title) & order_items.c.order_id.in_(theirs)
        return (await self._connection.execute(update(order_items).where(free).values(article_id=article_id))).rowcount

    async def move_title(self, other: OtherTitle, article_id: int) -> int:
        """Items of a SKU's article that have another title become those of this article; how many there were."""
        theirs = (order_items.c.article_id == other.article.id) & (order_items.c.title == other.title)
        return (
            await self._connection.execute(update(order_items).where(theirs).values(article_id=article_id))
        ).rowcount

    async def merge(self, article: Article, into: Article) -> int:
        """All that was the article's is the other's, and it is gone; how many items there were.

        Its SKU leads to the other one from now on, in every shop of the account.
        """
        moved = await self._connection.execute(
            update(order_items).where(order_items.c.article_id == article.id).values(article_id=into.id)
        )
        for table in (article_sources, article_titles):
            theirs = update(table).where(table.c.article_id == article.id)
            await self._connection.execute(theirs.values(article_id=into.id))
        ours = await self._connection.scalars(shops_of(into.account_id))
        sources = [{"article_id": into.id, "shop_id": shop_id, "source": article.fields.sku} for shop_id in ours]
        if sources:
            await self._connection.execute(insert_new(self._connection, article_sources), sources)
        await self._connection.execute(delete(articles).where(articles.c.id == article.id))
        return moved.rowcount

    async def remove(self, article: Article) -> int:
        """The article is gone, and its items have none; how many there were."""
        freed = await self._connection.execute(
            update(order_items).where(order_items.c.article_id == article.id).values(article_id=None)
        )
        for table in (article_sources, article_titles):
            await self._connection.execute(delete(table).where(table.c.article_id == article.id))
        await self._connection.execute(delete(articles).where(articles.c.id == article.id))
        return freed.rowcount

    async def remember(self, account_id: int, sku: str, title: str, article_id: int, now: datetime) -> None:
        """From now on items with this title, and this SKU or ('') none, belong to the article."""
        key = {"account_id": account_id, "sku_key": sku_key(sku)[:LONGEST_KEY], "title_key": title_key(title)}
        new = key | {"title": title, "article_id": article_id, "seen_at": now, "settled_at": now}
        done = await self._connection.execute(insert_new(self._connection, article_titles), [new])
        if done.rowcount != 1:
            known = (
                (article_titles.c.account_id == account_id)
                & (article_titles.c.sku_key == key["sku_key"])
                & (article_titles.c.title_key == key["title_key"])
            )
            values = {"article_id": article_id, "settled_at": now}
            await self._connection.execute(update(article_titles).where(known).values(values))

    async def settle(self, title_ids: Collection[int], now: datetime) -> None:
        """Somebody said that these titles are those of their articles."""
        open_ = article_titles.c.id.in_(title_ids) & article_titles.c.settled_at.is_(None)
        await self._connection.execute(update(article_titles).where(open_).values(settled_at=now))

"""Articles as lists and pages show them.  `account_id` None: every account's."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.article import (
    Article,
    ArticleFields,
    ArticleMonth,
    ArticleOrder,
    ArticleSource,
    OtherTitle,
    StrayItem,
    StrayTitle,
)
from smtpd_billbee.store import sales
from smtpd_billbee.store.tables import article_sources, article_titles, articles, order_items, orders, shops
from smtpd_billbee.store.types import Quantity
from smtpd_billbee.store.whose import of_account

MOST = 500  # rows of a list that has no pages
DELETED = 6

_SORTS = {"sku": articles.c.sku_key, "title": articles.c.title, "ean": articles.c.ean, "price": articles.c.price}


class ArticleLists:
    """Statements that look at articles."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, account_id: int | None, q: str = "", sort: str = "sku", descending: bool = False, skip: int = 0,
        limit: int | None = None,
    ) -> list[Article]:  # fmt: skip
        """Articles in whose SKU, title or EAN the words stand, sorted by a column."""
        column = _SORTS.get(sort, articles.c.sku_key)
        query = _searched(select(articles), account_id, q)
        query = query.order_by(column.desc() if descending else column, articles.c.id).offset(skip).limit(limit)
        return [_article(row) for row in (await self._connection.execute(query)).mappings()]

    async def count(self, account_id: int | None, q: str = "") -> int:
        """How many there are on all pages."""
        found = await self._connection.execute(_searched(select(func.count()).select_from(articles), account_id, q))
        return int(found.scalar_one())

    async def some(self, account_id: int | None, article_ids: Collection[int]) -> list[Article]:
        """These articles; foreign ones are left out."""
        query = _searched(select(articles), account_id, "").where(articles.c.id.in_(article_ids))
        return [_article(row) for row in (await self._connection.execute(query)).mappings()]

    async def by_sku_keys(self, account_id: int, keys: Sequence[str]) -> dict[str, Article]:
        """Those of an account that are there, by the key of their SKU."""
        found: dict[str, Article] = {}
        for start in range(0, len(keys), MOST):
            query = _searched(select(articles), account_id, "")
            rows = await self._connection.execute(query.where(articles.c.sku_key.in_(keys[start : start + MOST])))
            found |= {row["sku_key"]: _article(row) for row in rows.mappings()}
        return found

    async def get(self, account_id: int | None, article_id: int) -> Article | None:
        """One article."""
        found = await self.some(account_id, [article_id])
        return found[0] if found else None

    async def sold(self, account_id: int | None, article_ids: Collection[int], first: date) -> dict[int, Decimal]:
        """How many of these were sold from that day on."""
        wanted = set(article_ids)
        counted = sales.counted(account_id, first, None, sales.IDS).subquery()
        query = (
            select(order_items.c.article_id, func.sum(order_items.c.quantity))
            .select_from(counted.join(order_items, order_items.c.order_id == counted.c.id))
            .where(order_items.c.article_id.isnot(None))
            .group_by(order_items.c.article_id)
        )
        # Told apart here: else a database looks through all that was ever sold of them.
        return {row[0]: row[1] for row in await self._connection.execute(query) if row[0] in wanted}

    async def months(self, article_id: int) -> list[ArticleMonth]:
        """What was sold of an article, month by month, oldest first."""
        month = func.substr(sales.day_of(self._connection), 1, 7)
        query = (
            select(month, orders.c.currency, func.sum(order_items.c.quantity), func.sum(order_items.c.total))
            .select_from(order_items.join(orders, orders.c.id == order_items.c.order_id))
            .where(order_items.c.article_id == article_id, orders.c.state.not_in(sales.LEFT_OUT))
            .group_by(month, orders.c.currency)
            .order_by(month, orders.c.currency)
        )
        rows = await self._connection.execute(query)
        return [ArticleMonth(row[0], row[1], row[2], row[3] or Decimal(0)) for row in rows]

    async def orders_of(self, article_id: int, limit: int = 50) -> list[ArticleOrder]:
        """The newest orders in which an article stands."""
        day = sales.day_of(self._connection)
        query = (
            select(orders.c.id, orders.c.number, shops.c.name, day, orders.c.state, order_items.c.quantity)
            .select_from(order_items.join(orders, orders.c.id == order_items.c.order_id).join(shops))
            .where(order_items.c.article_id == article_id)
            .order_by(order_items.c.id.desc())
            .limit(limit)
        )
        rows = await self._connection.execute(query)
        return [ArticleOrder(row[0], row[1], row[2], date.fromisoformat(row[3]), row[4], row[5]) for row in rows]

    async def items_of(self, article_id: int) -> int:
        """How many items are an article's."""
        query = select(func.count()).select_from(order_items).where(order_items.c.article_id == article_id)
        return int((await self._connection.execute(query)).scalar_one())

    async def sources(self, article_id: int) -> list[ArticleSource]:
        """Which shops write which SKU for an article."""
        query = (
            select(shops.c.id, shops.c.name, article_sources.c.source)
            .select_from(article_sources.join(shops))
            .where(article_sources.c.article_id == article_id)
            .order_by(shops.c.id, article_sources.c.source)
        )
        return [ArticleSource(*row) for row in await self._connection.execute(query)]

    async def stray_titles(self, account_id: int | None) -> list[StrayTitle]:
        """Titles of items without article, those that stand in most items first."""
        quantity = type_coerce(func.sum(order_items.c.quantity), Quantity)
        query = _stray(select(shops.c.account_id, order_items.c.title, func.count(), quantity), account_id)
        query = query.group_by(shops.c.account_id, order_items.c.title)
        query = query.order_by(func.count().desc(), order_items.c.title).limit(MOST)
        return [StrayTitle(row[0], row[1], row[2], row[3]) for row in await self._connection.execute(query)]

    async def stray_items(self, account_id: int | None, title: str | None, limit: int = MOST) -> list[StrayItem]:
        """Items without article, newest first; of one title."""
        columns = (
            order_items.c.id, shops.c.account_id, orders.c.id, orders.c.number, shops.c.name, order_items.c.title,
            order_items.c.variant, order_items.c.quantity,
        )  # fmt: skip
        query = _stray(select(*columns), account_id).order_by(order_items.c.id.desc()).limit(limit)
        if title is not None:
            query = query.where(order_items.c.title == title)
        return [StrayItem(*row) for row in await self._connection.execute(query)]

    async def stray_item(self, account_id: int | None, item_id: int) -> StrayItem | None:
        """One item without article."""
        columns = (
            order_items.c.id, shops.c.account_id, orders.c.id, orders.c.number, shops.c.name, order_items.c.title,
            order_items.c.variant, order_items.c.quantity,
        )  # fmt: skip
        row = (await self._connection.execute(_stray(select(*columns), account_id, item_id))).first()
        return StrayItem(*row) if row else None

    async def other_titles(self, account_id: int | None) -> list[OtherTitle]:
        """SKUs that came with another title and wait for somebody to say what it means, newest first."""
        query = (
            select(articles, article_titles.c.id.label("row"), article_titles.c.title.label("other"),
                   article_titles.c.seen_at)
            .select_from(article_titles.join(articles, articles.c.id == article_titles.c.article_id))
            .where(article_titles.c.settled_at.is_(None))
            .order_by(article_titles.c.id.desc())
            .limit(MOST)
        )  # fmt: skip
        if account_id is not None:
            query = query.where(article_titles.c.account_id == account_id)
        rows = (await self._connection.execute(query)).mappings()
        return [OtherTitle(row["row"], row["account_id"], _article(row), row["other"], row["seen_at"]) for row in rows]


def _searched(query: Select[Any], account_id: int | None, q: str) -> Select[Any]:
    if account_id is not None:
        query = query.where(articles.c.account_id == account_id)
    for word in q.split()[:8]:
        columns = (articles.c.sku, articles.c.title, articles.c.ean)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return query


def _stray(query: Select[Any], account_id: int | None, item_id: int | None = None) -> Select[Any]:
    """Items without article of orders that are not deleted."""
    joined = order_items.join(orders, orders.c.id == order_items.c.order_id).join(shops, shops.c.id == orders.c.shop_id)
    query = query.select_from(joined).where(order_items.c.article_id.is_(None), orders.c.state != DELETED)
    query = query.where(of_account(order_items.c.shop_id, account_id))
    return query if item_id is None else query.where(order_items.c.id == item_id)


def _article(row: Any) -> Article:
    return Article(row["id"], row["account_id"], ArticleFields(row["sku"], row["title"], row["ean"], row["price"]))

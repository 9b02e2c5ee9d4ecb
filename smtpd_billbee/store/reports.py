"""Reports: revenue by day, shop, payment and country, and by article.  The rule of what counts stands in `sales`.

Currencies are never added up: each line has one.  `account_id` None: every account's orders.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.period import Period
from smtpd_billbee.model.sales import ArticleSales, LeftOut, Sales
from smtpd_billbee.store.sales import IDS, counted, half_days
from smtpd_billbee.store.tables import articles, order_items, orders, shops
from smtpd_billbee.store.types import Exact, Money

_MONEY = (orders.c.currency, orders.c.total)


class Reports:
    """Statements that add up orders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def days(self, account_id: int | None, period: Period) -> list[Sales]:
        """For each day on which something was ordered: '2026-03-02'."""
        return await self._by(half_days(self._connection), account_id, period)

    async def shops(self, account_id: int | None, period: Period) -> list[Sales]:
        """For each shop, by its name."""
        found = await self._by(orders.c.shop_id.label("shop"), account_id, period)
        query = select(shops.c.id, shops.c.name).where(shops.c.id.in_({int(each.key or 0) for each in found}))
        names = {str(row.id): row.name for row in await self._connection.execute(query)}
        return [Sales(names[each.key or ""], each.currency, each.orders, each.revenue, each.unknown) for each in found]

    async def payments(self, account_id: int | None, period: Period) -> list[Sales]:
        """For each of Billbee's payment types, by its number; None: the mail names none."""
        return await self._by(orders.c.payment_type.label("payment"), account_id, period)

    async def countries(self, account_id: int | None, period: Period) -> list[Sales]:
        """For each country that is delivered to; None: no address names one."""
        where_to = func.coalesce(
            orders.c.shipping_address["country"].as_string(), orders.c.billing_address["country"].as_string()
        )
        return await self._by(where_to.label("country"), account_id, period)

    async def articles(self, account_id: int | None, period: Period, limit: int | None = None) -> list[ArticleSales]:
        """For each article, the best sold first."""
        sold = counted(account_id, period.first, period.last, (*IDS, orders.c.currency)).subquery()
        # A row without a sum of its own is its price times its quantity.
        product = type_coerce(order_items.c.unit_price, Exact(0)) * type_coerce(order_items.c.quantity, Exact(0))
        summed = (
            select(
                order_items.c.article_id,
                sold.c.currency,
                func.sum(order_items.c.quantity).label("quantity"),
                func.sum(order_items.c.total).label("stated"),
                type_coerce(func.sum(case((order_items.c.total.is_(None), product))), Exact(6)).label("worked_out"),
            )
            .select_from(sold.join(order_items, order_items.c.order_id == sold.c.id))
            .where(order_items.c.article_id.isnot(None))
            .group_by(order_items.c.article_id, sold.c.currency)
            .subquery()
        )
        _, currency, quantity, stated, worked_out = summed.c
        query = (
            select(articles.c.id, articles.c.sku, articles.c.title, currency, quantity, stated, worked_out)
            .select_from(summed.join(articles, articles.c.id == summed.c.article_id))
            .order_by(quantity.desc(), articles.c.id)
            .limit(limit)
        )
        return [_article(row) for row in await self._connection.execute(query)]

    async def left_out(self, account_id: int | None, period: Period) -> LeftOut:
        """What the report of articles cannot tell: items that belong to none, and the orders in which they stand."""
        sold = counted(account_id, period.first, period.last, IDS).subquery()
        items = sold.join(order_items, order_items.c.order_id == sold.c.id)
        query = select(func.count(order_items.c.order_id.distinct()), func.count()).select_from(items)
        row = (await self._connection.execute(query.where(order_items.c.article_id.is_(None)))).one()
        return LeftOut(row[0], row[1])

    async def _by(self, key: Any, account_id: int | None, period: Period) -> list[Sales]:
        sold = counted(account_id, period.first, period.last, (key, *_MONEY)).subquery()
        by, currency, total = sold.columns
        revenue = type_coerce(func.sum(total), Money)
        query = select(by, currency, func.count(), revenue, func.count() - func.count(total))
        query = query.group_by(by, currency).order_by(by, currency)
        return [_sales(row) for row in await self._connection.execute(query)]


def _sales(row: Sequence[Any]) -> Sales:
    key, currency, count, revenue, unknown = row
    return Sales(None if key is None else str(key), currency, count, revenue or Decimal(0), unknown)


def _article(row: Sequence[Any]) -> ArticleSales:
    id_, sku, title, currency, quantity, stated, worked_out = row
    revenue = (stated or Decimal(0)) + (worked_out or Decimal(0))
    return ArticleSales(id_, sku, title, currency, quantity, revenue.quantize(Decimal("0.01")))

"""Orders and their items.  (shop, number) is unique: the same order twice is never two orders."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import TakenMeanwhile
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.order import Address, Item, KeptOrder, Order
from smtpd_billbee.model.searching import search_words
from smtpd_billbee.store.tables import journal, mails, order_items, orders

_PLAIN = [f.name for f in dataclasses.fields(Order) if f.name not in ("items", "billing_address", "shipping_address")]

AT_ONCE = 500  # numbers in one statement


@dataclass(frozen=True, slots=True)
class NewRow:
    """A new order; `articles` are their ids by item."""

    shop_id: int
    order: Order
    articles: Mapping[Item, int]
    values: Mapping[str, Any]


class Orders:
    """Statements about orders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_number(self, shop_id: int, number: str) -> KeptOrder | None:
        """The order with that number in that shop."""
        return await self._one((orders.c.shop_id == shop_id) & (orders.c.number == number))

    async def by_numbers(self, shop_id: int, numbers: Sequence[str]) -> dict[str, KeptOrder]:
        """Those orders of a shop that are there, by number."""
        found: list[KeptOrder] = []
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            query = select(orders).where(orders.c.shop_id == shop_id, orders.c.number.in_(some))
            found += await self._with_items((await self._connection.execute(query)).mappings().all())
        return {kept.order.number: kept for kept in found}

    async def untouched(self, import_id: int, harmless: Collection[str]) -> dict[int, str]:
        """Ids and numbers of the orders that a file made and with which nothing but these actions happened."""
        happened = exists().where(journal.c.order_id == orders.c.id, journal.c.action.not_in(harmless))
        made = (orders.c.import_id == import_id) & orders.c.mail_id.is_(None)
        query = select(orders.c.id, orders.c.number).where(made, ~happened).order_by(orders.c.id)
        return {row.id: row.number for row in await self._connection.execute(query)}

    async def of_import(self, import_id: int) -> Sequence[KeptOrder]:
        """The orders that a file made, and those of mails that it was the last to complete."""
        query = select(orders).where(orders.c.import_id == import_id).order_by(orders.c.id)
        return await self._with_items((await self._connection.execute(query)).mappings().all())

    async def get(self, order_id: int) -> KeptOrder | None:
        """One order."""
        return await self._one(orders.c.id == order_id)

    async def some(self, order_ids: Collection[int]) -> Sequence[KeptOrder]:
        """These orders, as far as they are there."""
        query = select(orders).where(orders.c.id.in_(order_ids))
        return await self._with_items((await self._connection.execute(query)).mappings().all())

    async def list(
        self,
        shop_id: int | None = None,
        states: Collection[int] = (),
        to_check: bool | None = None,
        limit: int = 100,
    ) -> Sequence[KeptOrder]:
        """The newest orders, newest first."""
        query = select(orders).order_by(orders.c.id.desc()).limit(limit)
        if shop_id is not None:
            query = query.where(orders.c.shop_id == shop_id)
        if states:
            query = query.where(orders.c.state.in_(states))
        if to_check is not None:
            query = query.where(orders.c.to_check if to_check else ~orders.c.to_check)
        return await self._with_items((await self._connection.execute(query)).mappings().all())

    async def add(
        self, shop_id: int, order: Order, articles: Mapping[Item, int], values: Mapping[str, Any], now: datetime
    ) -> int:
        """Keep a new order with its items; `articles` are their ids by item.  Its id."""
        row = {"shop_id": shop_id, "created_at": now, "changed_at": now} | columns_of(order) | dict(values)
        order_id: int = (await self._connection.execute(insert(orders).values(row).returning(orders.c.id))).scalar_one()
        await self._add_items(shop_id, order_id, order, articles)
        return order_id

    async def add_many(
        self,
        shop_id: int,
        new: Sequence[tuple[Order, Mapping[str, Any]]],
        articles: Mapping[Item, int],
        now: datetime,
    ) -> Sequence[int]:
        """Keep new orders, each with the same columns as the others; their ids in the same sequence.

        Raises TakenMeanwhile where another node was first.
        """
        try:
            return await self.add_all([NewRow(shop_id, order, articles, values) for order, values in new], now)
        except IntegrityError:
            raise TakenMeanwhile from None

    async def add_all(self, new: Sequence[NewRow], now: datetime) -> Sequence[int]:
        """Keep new orders of several shops, each with the same columns as the others; their ids in the same sequence.

        Where another node was first, the database says so: the transaction may be begun anew.
        """
        common = {"created_at": now, "changed_at": now}
        rows = [common | {"shop_id": each.shop_id} | columns_of(each.order) | dict(each.values) for each in new]
        statement = insert(orders).returning(orders.c.id, sort_by_parameter_order=True)
        ids = list((await self._connection.execute(statement, rows)).scalars())
        items = [
            row
            for order_id, each in zip(ids, new, strict=True)
            for row in item_rows(each.shop_id, order_id, each.order, each.articles)
        ]
        if items:
            await self._connection.execute(insert(order_items), items)
        return ids

    async def remove(self, order_ids: Collection[int]) -> None:
        """Remove orders and their items; nothing else may point at them."""
        await self._connection.execute(delete(order_items).where(order_items.c.order_id.in_(order_ids)))
        await self._connection.execute(delete(orders).where(orders.c.id.in_(order_ids)))

    async def replace(
        self,
        order_id: int,
        order: Order,
        articles: Mapping[Item, int],
        values: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Put a newer reading of the same mail in place of the old; an article that somebody gave an item stays."""
        given = await self._given_articles(order_id)
        articles = {item: given[item.title] for item in order.items if not item.sku and item.title in given} | dict(
            articles
        )
        row = {"changed_at": now} | columns_of(order) | dict(values)
        change = update(orders).where(orders.c.id == order_id).values(row).returning(orders.c.shop_id)
        shop_id = (await self._connection.execute(change)).scalar_one()
        await self._connection.execute(delete(order_items).where(order_items.c.order_id == order_id))
        await self._add_items(shop_id, order_id, order, articles)

    async def mark(self, order_id: int, problems: Sequence[str], now: datetime) -> None:
        """Ask for a person's eye, for these reasons."""
        values = {"to_check": True, "problems": list(problems), "changed_at": now}
        await self._connection.execute(update(orders).where(orders.c.id == order_id).values(values))

    async def settle(self, order_id: int, problems: Sequence[str], now: datetime) -> None:
        """A doubt has ended; these are left, and without any nobody needs to look."""
        values = {"to_check": bool(problems), "problems": list(problems), "changed_at": now}
        await self._connection.execute(update(orders).where(orders.c.id == order_id).values(values))
        if not problems:
            mine = (mails.c.order_id == order_id) & (mails.c.state == MailState.TO_CHECK)
            await self._connection.execute(update(mails).where(mine).values(state=MailState.ORDER, problems=[]))

    async def _given_articles(self, order_id: int) -> dict[str, int]:
        """The articles of an order's items without SKU, by title: somebody gave them by hand."""
        by_hand = order_items.c.sku.is_(None) & order_items.c.article_id.isnot(None)
        query = select(order_items.c.title, order_items.c.article_id).where(order_items.c.order_id == order_id, by_hand)
        return {row[0]: row[1] for row in await self._connection.execute(query)}

    async def _add_items(self, shop_id: int, order_id: int, order: Order, articles: Mapping[Item, int]) -> None:
        rows = item_rows(shop_id, order_id, order, articles)
        if rows:
            await self._connection.execute(insert(order_items), rows)

    async def _one(self, which: Any) -> KeptOrder | None:
        found = await self._with_items((await self._connection.execute(select(orders).where(which))).mappings().all())
        return found[0] if found else None

    async def _with_items(self, rows: Sequence[Mapping[Any, Any]]) -> Sequence[KeptOrder]:
        items: dict[int, list[Item]] = {row["id"]: [] for row in rows}
        query = (
            select(order_items)
            .where(order_items.c.order_id.in_(items))
            .order_by(order_items.c.order_id, order_items.c.position)
        )
        for row in (await self._connection.execute(query)).mappings() if items else ():
            items[row["order_id"]].append(Item(**{name: row[name] for name in Item.__dataclass_fields__}))
        return [_kept(row, items[row["id"]]) for row in rows]


def item_rows(shop_id: int, order_id: int, order: Order, articles: Mapping[Item, int]) -> list[dict[str, Any]]:
    """The items as rows; `articles` are their ids by item."""
    return [
        {name: getattr(item, name) for name in Item.__dataclass_fields__}
        | {"shop_id": shop_id, "order_id": order_id, "position": position, "article_id": articles.get(item)}
        for position, item in enumerate(order.items)
    ]


def columns_of(order: Order) -> dict[str, Any]:
    """What an order says, but its items, by column."""
    billing, shipping = order.billing_address, order.shipping_address
    customer = billing or shipping or Address()
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return {
        **{name: getattr(order, name) for name in _PLAIN},
        "billing_address": asdict(billing) if billing else None,
        "shipping_address": asdict(shipping) if shipping else None,
        "customer_name": name or customer.company,
        "customer_email": customer.email,
        "search_words": search_words(name or customer.company, customer.email, order.number),
    }


def _kept(row: Mapping[Any, Any], items: Sequence[Item]) -> KeptOrder:
    billing, shipping = row["billing_address"], row["shipping_address"]
    order = Order(
        **{name: row[name] for name in _PLAIN},
        items=tuple(items),
        billing_address=Address(**billing) if billing else None,
        shipping_address=Address(**shipping) if shipping else None,
    )
    return KeptOrder(
        id=row["id"],
        shop_id=row["shop_id"],
        mail_id=row["mail_id"],
        state=row["state"],
        to_check=row["to_check"],
        problems=tuple(row["problems"]),
        created_at=row["created_at"],
        order=order,
        import_id=row["import_id"],
    )

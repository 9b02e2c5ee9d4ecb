"""The orders of an account as a list: search, conditions, sequence, pages.  Every statement is bound to the account."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, false, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.order_list import OrderLine, OrderQuery, Rule, Rules
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.searching import has_words
from smtpd_billbee.store.tables import articles, order_items, orders, shops
from smtpd_billbee.store.whose import of_account, owned_by

MOST_COUNTED = 100_000  # nobody leafs through more pages than these fill
LATEST = 1_000  # orders whose ways of payment are offered for choice

_of = partial(of_account, orders.c.shop_id)
_LINE = [orders.c[f.name] for f in fields(OrderLine) if f.name not in ("shop_name", "items")]
_SORTED_BY = {
    "id": orders.c.id,
    "number": orders.c.number,
    "date": orders.c.ordered_at,
    "shop": orders.c.shop_id,
    "customer": func.lower(orders.c.customer_name),
    "total": orders.c.total,
    "payment": func.lower(orders.c.payment_method),
    "state": orders.c.state,
    "to_check": orders.c.to_check,
}
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "number": orders.c.number,
    "date": orders.c.ordered_at,
    "shop": orders.c.shop_id,
    "customer": orders.c.customer_name,
    "total": orders.c.total,
    "payment": orders.c.payment_method,
    "state": orders.c.state,
    "to_check": orders.c.to_check,
}

_TESTS: dict[str, Callable[[ColumnElement[Any], Any, Any], ColumnElement[bool]]] = {
    "in": lambda column, values, _: column.in_(values),
    "not_in": lambda column, values, _: or_(column.is_(None), not_(column.in_(values))),
    "contains": lambda column, value, _: column.icontains(value, autoescape=True),
    "eq": lambda column, value, _: column == value,
    "gte": lambda column, value, _: column >= value,
    "lte": lambda column, value, _: column <= value,
    "between": lambda column, first, last: column.between(first, last),
    "is_true": lambda column, *_: column == true(),  # the words of the index, which `IS` would pass by
    "is_false": lambda column, *_: column == false(),
}


class OrderLists:
    """Statements about lists of orders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, query: OrderQuery, sorts: Sequence[tuple[str, str]] = (), skip: int = 0, limit: int = 100
    ) -> list[OrderLine]:
        """The lines of one page; the newest first where no other sequence is asked for."""
        return await self._in_sequence(await self._ids(query, sorts, skip, limit))

    async def search(
        self, query: OrderQuery, sorts: Sequence[tuple[str, str]] = (), skip: int = 0, limit: int = 100
    ) -> tuple[list[OrderLine], int]:
        """`page` and `count` at once: words are looked for in every order of the account, so only one time."""
        ids = await self._ids(query, sorts, 0, MOST_COUNTED)
        return await self._in_sequence(ids[skip : skip + limit]), len(ids)

    async def _ids(self, query: OrderQuery, sorts: Sequence[tuple[str, str]], skip: int, limit: int) -> Sequence[int]:
        keys = [_SORTED_BY[name].desc() if way == "desc" else _SORTED_BY[name] for name, way in sorts]
        found = self._where(select(orders.c.id), query).order_by(*keys, orders.c.id.desc()).offset(skip).limit(limit)
        return list((await self._connection.execute(found)).scalars())

    async def _in_sequence(self, ids: Sequence[int]) -> list[OrderLine]:
        lines = {line.id: line for line in await self._lines(ids)}
        return [lines[order_id] for order_id in ids]

    async def count(self, query: OrderQuery) -> int:
        """How many orders they are, as far as MOST_COUNTED."""
        some = self._where(select(orders.c.id), query).limit(MOST_COUNTED).subquery()
        return int((await self._connection.execute(select(func.count()).select_from(some))).scalar_one())

    async def some(self, account_id: int | None, order_ids: Collection[int]) -> list[OrderLine]:
        """Those of these orders that are the account's, the newest first."""
        query = select(orders.c.id).where(orders.c.id.in_(order_ids), _of(account_id)).order_by(orders.c.id.desc())
        return await self._lines((await self._connection.execute(query)).scalars().all())

    async def newest(self, account_id: int | None) -> int:
        """The id of the account's newest order; 0: there is none."""
        if account_id is None:
            newest: Select[Any] = select(func.max(orders.c.id))
        else:  # shop by shop: of an account that has sold nothing for long, no other account's orders are passed by
            theirs = orders.alias("theirs")
            last = select(func.max(theirs.c.id)).where(theirs.c.shop_id == shops.c.id).scalar_subquery()
            newest = select(func.max(last)).where(owned_by(account_id)).select_from(shops)
        return (await self._connection.execute(newest)).scalar() or 0

    async def newer(self, account_id: int | None, order_id: int, most: int = 100) -> int:
        """How many orders came after that one."""
        some = select(orders.c.id).where(orders.c.id > order_id, _of(account_id)).limit(most).subquery()
        return int((await self._connection.execute(select(func.count()).select_from(some))).scalar_one())

    async def shops(self, account_id: int | None) -> dict[int, str]:
        """The names of the account's shops by their numbers."""
        query = select(shops.c.id, shops.c.name).where(owned_by(account_id)).order_by(shops.c.name, shops.c.id)
        return {row.id: row.name for row in await self._connection.execute(query.limit(1000))}

    async def payments(self, account_id: int | None) -> list[str]:
        """The ways in which the account's latest orders are paid."""
        latest = select(orders.c.payment_method).where(_of(account_id)).order_by(orders.c.id.desc()).limit(LATEST)
        rows = await self._connection.execute(select(latest.subquery().c.payment_method).distinct())
        return sorted(each for each in rows.scalars() if each)

    async def _lines(self, ids: Sequence[int]) -> list[OrderLine]:
        query = (
            select(*_LINE, shops.c.name.label("shop_name"))
            .join(shops, shops.c.id == orders.c.shop_id)
            .where(orders.c.id.in_(ids))
            .order_by(orders.c.id.desc())
        )
        rows = (await self._connection.execute(query)).mappings().all() if ids else []
        items = await self._items(ids) if ids else {}
        return [_line(row, items.get(row["id"], ())) for row in rows]

    async def _items(self, ids: Sequence[int]) -> dict[int, list[tuple[Decimal, str]]]:
        query = (
            select(order_items.c.order_id, order_items.c.quantity, order_items.c.title)
            .where(order_items.c.order_id.in_(ids))
            .order_by(order_items.c.order_id, order_items.c.position)
        )
        found: dict[int, list[tuple[Decimal, str]]] = {}
        for row in await self._connection.execute(query):
            found.setdefault(row.order_id, []).append((row.quantity, row.title))
        return found

    def _where(self, statement: Select[Any], query: OrderQuery) -> Select[Any]:
        statement = statement.where(_of(query.account_id), self._all(query.rules))
        if words := query.words.strip():
            statement = statement.where(_says(words, query.account_id))
        return statement

    def _all(self, rules: Rules) -> ColumnElement[bool]:
        parts = [self._all(rule) if isinstance(rule, Rules) else self._one(rule) for rule in rules.rules]
        if not parts:
            return true()
        return or_(*parts) if rules.join == "or" else and_(*parts)

    def _one(self, rule: Rule) -> ColumnElement[bool]:
        if rule.field == "tags":
            return or_(*(self._tagged(tag) for tag in rule.value)) if rule.value else false()
        return _holds(rule)

    def _tagged(self, tag: str) -> ColumnElement[bool]:
        if self._connection.dialect.name == "postgresql":
            return orders.c.tags.op("@>")(cast([tag], JSONB))
        each = func.json_each(orders.c.tags).table_valued("value")
        return select(each.c.value).where(each.c.value == tag).exists()


def _says(words: str, account_id: int | None) -> ColumnElement[bool]:
    """In number, name, address of the customer; or the SKU of an item, which every article knows."""
    bought = (
        select(order_items.c.order_id)
        .join(articles, articles.c.id == order_items.c.article_id)
        .where(articles.c.sku_key.contains(sku_key(words), autoescape=True))
    )
    if account_id is not None:
        bought = bought.where(articles.c.account_id == account_id)
    return or_(has_words(orders.c.search_words, words), orders.c.id.in_(bought))


def _holds(rule: Rule) -> ColumnElement[bool]:
    column = _COLUMNS[rule.field]
    if isinstance(rule.value, date):
        return _on(rule.test, rule.value, rule.value2)
    return _TESTS[rule.test](column, rule.value, rule.value2)


def _on(test: str, first: date, last: date | None) -> ColumnElement[bool]:
    """An order's moment is kept as its mail gives it; ISO 8601 sorts by itself."""
    moment = orders.c.ordered_at
    since = moment >= first.isoformat()
    until = moment < ((last or first) + timedelta(days=1)).isoformat()
    match test:
        case "gte":
            return since
        case "lte":
            return until
        case _:
            return and_(since, until)


def _line(row: Mapping[Any, Any], items: Sequence[tuple[Decimal, str]]) -> OrderLine:
    whole = dict(row) | {"tags": tuple(row["tags"]), "problems": tuple(row["problems"]), "items": tuple(items)}
    return OrderLine(**whole)

"""The orders that count as revenue, by the day on which they were ordered.

The rule: every order but those deleted, cancelled, under complaint or only offered, by its order date, with the total
that the customer pays, tax and shipping included.  An order whose mail names no date counts on the day it came (UTC).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, String, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.store.tables import orders
from smtpd_billbee.store.whose import shops_of

LEFT_OUT = (5, 6, 8, 14)  # reclamation, deleted, cancelled, offered

IDS: Sequence[Any] = (orders.c.id,)


@dataclass(frozen=True, slots=True)
class ByHalf:
    """A column of `counted` that is another one for orders with a date than for those without."""

    dated: ColumnElement[Any]
    undated: ColumnElement[Any]


def counted(account_id: int | None, first: date, last: date | None, columns: Sequence[Any]) -> CompoundSelect[Any]:
    """These columns of the orders that count; each half is found by an index of its own."""
    ours = orders.c.shop_id.in_(shops_of(account_id)) & orders.c.state.not_in(LEFT_OUT)
    dated = ours & (orders.c.ordered_at >= first.isoformat())
    undated = ours & orders.c.ordered_at.is_(None) & (orders.c.created_at >= _midnight(first))
    if last is not None:
        behind = last + timedelta(days=1)
        dated &= orders.c.ordered_at < behind.isoformat()
        undated &= orders.c.created_at < _midnight(behind)
    halves = [(each.dated, each.undated) if isinstance(each, ByHalf) else (each, each) for each in columns]
    return union_all(
        select(*(each[0] for each in halves)).where(dated), select(*(each[1] for each in halves)).where(undated)
    )


def day_of(connection: AsyncConnection) -> ColumnElement[str]:
    """The day of an order, as text: '2026-03-02'."""
    return _ten_letters(func.coalesce(orders.c.ordered_at, _came(connection)))


def half_days(connection: AsyncConnection) -> ByHalf:
    """The same as a column of `counted`: where there is a date, an index holds all that is asked."""
    return ByHalf(_ten_letters(orders.c.ordered_at), _ten_letters(_came(connection)))


def _came(connection: AsyncConnection) -> ColumnElement[str]:
    if connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", orders.c.created_at), "YYYY-MM-DD")
    return cast(orders.c.created_at, String)


def _ten_letters(moment: ColumnElement[Any]) -> ColumnElement[str]:
    day: ColumnElement[str] = func.substr(moment, literal_column("1"), literal_column("10"))
    return day.label("day")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""Orders with all that is kept beside them, and changes of them by a person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import TakenMeanwhile
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.order import Item, KeptOrder, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.store.orders import Orders, columns_of, item_rows
from smtpd_billbee.store.tables import mails, order_items, orders, shops
from smtpd_billbee.store.whose import owned_by

_BESIDE = ("changed_at", "paid_on", "shipped_on", "tags", "comment", "provenance")


class OrderPages:
    """Statements about whole orders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, account_id: int | None, order_id: int) -> WholeOrder | None:
        """One order of the account (None: of any)."""
        found = await self.some(account_id, [order_id])
        return found[0] if found else None

    async def some(self, account_id: int | None, order_ids: Collection[int]) -> list[WholeOrder]:
        """Those of these orders that are the account's, the newest first."""
        query = (
            select(orders.c.id, *(orders.c[name] for name in _BESIDE), shops.c.account_id, shops.c.name)
            .join(shops, shops.c.id == orders.c.shop_id)
            .where(orders.c.id.in_(order_ids), owned_by(account_id))
            .order_by(orders.c.id.desc())
        )
        rows = (await self._connection.execute(query)).mappings().all()
        ids = [row["id"] for row in rows]
        kept = {order.id: order for order in await Orders(self._connection).some(ids)}
        articles = await self._articles(ids)
        return [_whole(row, kept[row["id"]], articles.get(row["id"], [])) for row in rows]

    async def _articles(self, order_ids: Collection[int]) -> dict[int, list[int | None]]:
        query = (
            select(order_items.c.order_id, order_items.c.article_id)
            .where(order_items.c.order_id.in_(order_ids))
            .order_by(order_items.c.order_id, order_items.c.position)
        )
        found: dict[int, list[int | None]] = {}
        for row in await self._connection.execute(query):
            found.setdefault(row.order_id, []).append(row.article_id)
        return found

    async def change(self, order_id: int, values: Mapping[str, Any], now: datetime, seen: datetime | None) -> bool:
        """Put these values into an order.  False: it is not any more as it was `seen`, and nothing changed."""
        which = orders.c.id == order_id
        if seen is not None:
            which &= orders.c.changed_at == seen
        try:
            done = await self._connection.execute(update(orders).where(which).values(**values, changed_at=now))
        except IntegrityError:
            raise TakenMeanwhile from None
        return done.rowcount == 1

    async def change_fields(
        self, order_id: int, order: Order, beside: Mapping[str, Any], now: datetime, seen: datetime
    ) -> bool:
        """Put all that an order says to this, but its items.  False: see `change`."""
        return await self.change(order_id, columns_of(order) | dict(beside), now, seen)

    async def put_items(self, shop_id: int, order_id: int, order: Order, articles: Mapping[Item, int]) -> None:
        """Put these items in place of the order's."""
        await self._connection.execute(delete(order_items).where(order_items.c.order_id == order_id))
        if rows := item_rows(shop_id, order_id, order, articles):
            await self._connection.execute(insert(order_items), rows)

    async def settle_mails(self, order_id: int) -> None:
        """A person has looked at the order: its mails need nobody any more."""
        which = (mails.c.order_id == order_id) & (mails.c.state == MailState.TO_CHECK)
        await self._connection.execute(update(mails).where(which).values(state=MailState.ORDER))


def _whole(row: Mapping[Any, Any], kept: KeptOrder, articles: Sequence[int | None]) -> WholeOrder:
    return WholeOrder(
        kept=kept,
        account_id=row["account_id"],
        shop_name=row["name"],
        changed_at=row["changed_at"],
        paid_on=row["paid_on"],
        shipped_on=row["shipped_on"],
        tags=tuple(row["tags"]),
        comment=row["comment"],
        provenance={name: _origin(value) for name, value in row["provenance"].items()},
        articles=tuple(articles),
    )


def _origin(value: Mapping[str, Any]) -> Origin:
    return Origin(Part(value["part"]), value["text"], value.get("label"), value.get("line"))

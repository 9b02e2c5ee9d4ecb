"""The journal: who changed what, when, because of which mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.journal import Entry
from smtpd_billbee.store.tables import journal


class Journal:
    """Statements about journal entries; they are written, and only lose an order that is gone."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(self, entries: Sequence[Entry]) -> None:
        """Add entries."""
        if entries:
            await self._connection.execute(insert(journal), [asdict(entry) for entry in entries])

    async def of_order(self, order_id: int) -> list[Entry]:
        """What happened to an order, oldest first."""
        rows = await self._connection.execute(
            select(journal).where(journal.c.order_id == order_id).order_by(journal.c.id)
        )
        return [_entry(row) for row in rows.mappings()]

    async def has(self, order_id: int, action: str) -> bool:
        """Whether that happened to an order."""
        query = select(journal.c.id).where(journal.c.order_id == order_id, journal.c.action == action).limit(1)
        return (await self._connection.execute(query)).first() is not None

    async def of_shop(self, shop_id: int, action: str, at: datetime) -> list[Entry]:
        """What was done to a shop's orders at that moment, oldest first."""
        which = (journal.c.shop_id == shop_id) & (journal.c.action == action) & (journal.c.at == at)
        rows = await self._connection.execute(select(journal).where(which).order_by(journal.c.id))
        return [_entry(row) for row in rows.mappings()]

    async def forget_orders(self, order_ids: Collection[int]) -> None:
        """These orders are about to be removed: what was noted of them stays, with the shop alone."""
        await self._connection.execute(update(journal).where(journal.c.order_id.in_(order_ids)).values(order_id=None))


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__dataclass_fields__})

"""The journal: who changed what, when, because of which mail."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.journal import Entry
from smtpd_billbee.store.tables import journal


class Journal:
    """Statements about journal entries; they are written, never changed."""

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


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__dataclass_fields__})

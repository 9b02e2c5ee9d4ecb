"""Arrivals: what is kept for good as it came, until it is filed as mails."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.store.tables import arrivals


class Arrivals:
    """Statements about arrivals."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, octets: Sequence[bytes]) -> None:
        """Keep these, one row each."""
        await self._connection.execute(insert(arrivals), [{"octets": each} for each in octets])

    async def next(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The oldest with a higher number; nobody else gets them before this transaction ends."""
        query = select(arrivals.c.id, arrivals.c.octets).where(arrivals.c.id > after).order_by(arrivals.c.id)
        rows = await self._connection.execute(query.limit(limit).with_for_update(skip_locked=True))
        return [(number, octets) for number, octets in rows]

    async def next_number(self, after: int) -> int:
        """The number of the oldest with a higher one, without reading its octets; `after` if there is none."""
        return await self._connection.scalar(select(func.min(arrivals.c.id)).where(arrivals.c.id > after)) or after

    async def count(self) -> int:
        """How many there are: none, as nearly always."""
        return await self._connection.scalar(select(func.count()).select_from(arrivals)) or 0

    async def remove(self, ids: Collection[int]) -> None:
        """They are filed."""
        await self._connection.execute(delete(arrivals).where(arrivals.c.id.in_(ids)))

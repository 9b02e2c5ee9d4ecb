"""Words that an owner taught the reader."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import labels


class Labels:
    """Statements about taught labels."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def for_shops(self, shop_ids: Collection[int]) -> dict[int, list[TaughtLabel]]:
        """The words that hold for each of these shops: its own and those for every shop."""
        which = or_(labels.c.shop_id.in_(shop_ids), labels.c.shop_id.is_(None))
        taught: dict[int, list[TaughtLabel]] = {shop_id: [] for shop_id in shop_ids}
        for row in (await self._connection.execute(select(labels).where(which).order_by(labels.c.id))).mappings():
            label = TaughtLabel(language=row["language"], field=row["field"], words=row["words"])
            for shop_id in [row["shop_id"]] if row["shop_id"] is not None else taught:
                taught[shop_id].append(label)
        return taught

    async def all(self) -> list[tuple[int | None, TaughtLabel]]:
        """Every taught label with its shop."""
        rows = (await self._connection.execute(select(labels).order_by(labels.c.id))).mappings()
        return [(row["shop_id"], TaughtLabel(row["language"], row["field"], row["words"])) for row in rows]

    async def add(self, label: TaughtLabel, shop_id: int | None, now: datetime) -> None:
        """Teach a label; teaching it twice is no error."""
        if shop_id is None and await self._is_known_everywhere(label):
            return  # a unique constraint does not see two NULLs as the same
        values = {"shop_id": shop_id, "language": label.language, "field": label.field, "words": label.words}
        await self._connection.execute(insert_new(self._connection, labels), [values | {"created_at": now}])

    async def _is_known_everywhere(self, label: TaughtLabel) -> bool:
        query = select(labels.c.id).where(labels.c.shop_id.is_(None), *_is(label))
        return (await self._connection.execute(query)).first() is not None

    async def remove(self, label: TaughtLabel, shop_id: int | None) -> int:
        """Forget a label; how many there were."""
        same_shop = labels.c.shop_id.is_(None) if shop_id is None else labels.c.shop_id == shop_id
        return (await self._connection.execute(delete(labels).where(same_shop, *_is(label)))).rowcount


def _is(label: TaughtLabel) -> tuple[ColumnElement[bool], ...]:
    return labels.c.language == label.language, labels.c.field == label.field, labels.c.words == label.words

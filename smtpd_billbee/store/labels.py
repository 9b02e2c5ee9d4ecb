"""Words that an owner taught the reader."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import labels


class Labels:
    """Statements about taught labels."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def for_shop(self, shop_id: int | None) -> list[TaughtLabel]:
        """The words that hold for this shop: its own and those for every shop."""
        query = select(labels).where(or_(labels.c.shop_id == shop_id, labels.c.shop_id.is_(None))).order_by(labels.c.id)
        rows = (await self._connection.execute(query)).mappings()
        return [TaughtLabel(language=row["language"], field=row["field"], words=row["words"]) for row in rows]

    async def add(self, label: TaughtLabel, shop_id: int | None, now: datetime) -> None:
        """Teach a label; teaching it twice is no error."""
        known = await self.for_shop(shop_id)
        if label in known:
            return
        values = {"shop_id": shop_id, "language": label.language, "field": label.field, "words": label.words}
        await self._connection.execute(insert_new(self._connection, labels), [values | {"created_at": now}])

    async def remove(self, label: TaughtLabel, shop_id: int | None) -> int:
        """Forget a label; how many there were."""
        same_shop = labels.c.shop_id.is_(None) if shop_id is None else labels.c.shop_id == shop_id
        query = delete(labels).where(
            same_shop,
            labels.c.language == label.language,
            labels.c.field == label.field,
            labels.c.words == label.words,
        )
        return (await self._connection.execute(query)).rowcount

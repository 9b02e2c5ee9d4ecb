"""Articles: made from SKUs, one per account and SKU."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.order import Item
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import article_sources, articles


class Articles:
    """Statements about articles."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_items(
        self, account_id: int, shop_id: int, items: Sequence[Item], now: datetime
    ) -> dict[str | None, int]:
        """Article ids by the items' SKUs; articles not known yet are made.  Items without SKU are left out."""
        first: dict[str, Item] = {}
        for item in items:
            if item.sku:
                first.setdefault(sku_key(item.sku), item)
        if not first:
            return {}
        ids = await self._ids(account_id, first)
        if missing := {key: item for key, item in first.items() if key not in ids}:
            new = [_new_article(account_id, key, item, now) for key, item in missing.items()]
            await self._connection.execute(insert_new(self._connection, articles), new)
            ids = await self._ids(account_id, first)
        sources = [{"article_id": ids[key], "shop_id": shop_id, "source": key} for key in first]
        await self._connection.execute(insert_new(self._connection, article_sources), sources)
        return {item.sku: ids[sku_key(item.sku)] for item in items if item.sku}

    async def _ids(self, account_id: int, keys: dict[str, Item]) -> dict[str, int]:
        query = select(articles.c.sku_key, articles.c.id).where(
            articles.c.account_id == account_id, articles.c.sku_key.in_(keys)
        )
        rows = await self._connection.execute(query)
        return {row.sku_key: row.id for row in rows}


def _new_article(account_id: int, key: str, item: Item, now: datetime) -> dict[str, object]:
    return {
        "account_id": account_id,
        "sku": item.sku,
        "sku_key": key,
        "title": item.title,
        "price": item.unit_price,
        "tax_rate": item.tax_rate,
        "created_at": now,
    }

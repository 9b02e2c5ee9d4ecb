"""Articles as orders bring them: made from SKUs, one per account and SKU.

An item goes to the article of its SKU.  What a SKU does not say stands in `article_titles`: an owner's word about items
without one, and each other title that a known SKU came with, until somebody has said what it means.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.article import LONGEST_KEY, title_key
from smtpd_billbee.model.order import Item
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import article_sources, article_titles, articles

_Known = dict[str, tuple[int, str]]  # SKU's key: the article's id and the key of its title


class Articles:
    """Statements about the articles of orders that come in."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_items(self, account_id: int, shop_id: int, items: Sequence[Item], now: datetime) -> dict[Item, int]:
        """Article ids by item; articles not known yet are made.  Items of which nobody knows are left out."""
        first: dict[str, Item] = {}
        for item in items:
            if item.sku:
                first.setdefault(sku_key(item.sku), item)
        known = await self._known(account_id, first)
        if missing := {key: item for key, item in first.items() if key not in known}:
            new = [_new_article(account_id, key, item, now) for key, item in missing.items()]
            await self._connection.execute(insert_new(self._connection, articles), new)
            known = await self._known(account_id, first)
        if first:
            await self._add_sources(shop_id, items, known)
        by_sku = {item: known[sku_key(item.sku)][0] for item in items if item.sku}
        return by_sku | await self._by_title(account_id, items, known, now)

    async def _known(self, account_id: int, keys: Collection[str]) -> _Known:
        if not keys:
            return {}
        query = select(articles.c.sku_key, articles.c.id, articles.c.title).where(
            articles.c.account_id == account_id, articles.c.sku_key.in_(keys)
        )
        rows = await self._connection.execute(query)
        return {row.sku_key: (row.id, title_key(row.title)) for row in rows}

    async def _add_sources(self, shop_id: int, items: Sequence[Item], known: _Known) -> None:
        """Note how this shop writes the SKUs."""
        written = {item.sku: known[sku_key(item.sku)][0] for item in items if item.sku}
        sources = [{"article_id": id_, "shop_id": shop_id, "source": sku} for sku, id_ in written.items()]
        await self._connection.execute(insert_new(self._connection, article_sources), sources)

    async def _by_title(self, account_id: int, items: Sequence[Item], known: _Known, now: datetime) -> dict[Item, int]:
        """The articles of items that their SKU does not tell, or not by itself; other titles are noted."""
        strange = {item: _keys(item) for item in items if not item.sku or _is_another(item, known)}
        if not strange:
            return {}
        ours = (article_titles.c.account_id == account_id) & article_titles.c.title_key.in_(
            {title for _, title in strange.values()}
        )
        columns = (article_titles.c.sku_key, article_titles.c.title_key, article_titles.c.article_id)
        told = {(row[0], row[1]): row[2] for row in await self._connection.execute(select(*columns).where(ours))}
        new = [
            _new_title(account_id, known[sku_key(item.sku)][0], item, keys, now)
            for item, keys in strange.items()
            if item.sku and keys not in told
        ]
        if new:
            await self._connection.execute(insert_new(self._connection, article_titles), new)
        return {item: told[keys] for item, keys in strange.items() if keys in told}


def _keys(item: Item) -> tuple[str, str]:
    return sku_key(item.sku or "")[:LONGEST_KEY], title_key(item.title)


def _is_another(item: Item, known: _Known) -> bool:
    return known[sku_key(item.sku or "")][1] != title_key(item.title)


def _new_title(account_id: int, article_id: int, item: Item, keys: tuple[str, str], now: datetime) -> dict[str, object]:
    return {
        "account_id": account_id,
        "sku_key": keys[0],
        "title_key": keys[1],
        "title": item.title,
        "article_id": article_id,
        "seen_at": now,
    }


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

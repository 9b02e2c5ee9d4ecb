"""Articles as orders bring them: made from SKUs, one per account and SKU.

An item goes to the article that recognition.py finds, mostly by its SKU.  What a SKU does not say stands in
`article_titles`: an owner's word about items without one, and each other title that a known SKU came with, until
somebody has said what it means.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.article import LONGEST_KEY, Recognition, title_key
from smtpd_billbee.model.order import Item
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.recognition import Known, Recognising
from smtpd_billbee.store.tables import article_sources, article_titles, articles


class Articles:
    """Statements about the articles of orders that come in."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._switches: dict[int, Recognition] = {}  # they stay as they are while a transaction reads orders

    async def of_orders(
        self, account_id: int, shop_id: int, several: Sequence[Sequence[Item]], now: datetime
    ) -> list[dict[Item, int]]:
        """The same as of_items() for the items of several orders, one after the other; mostly they cost as one does."""
        every = list(dict.fromkeys(item for items in several for item in items))
        if len(several) > 1 and not await self._all_known(account_id, shop_id, every):
            # What the first one makes is there for the next one.
            return [await self.of_items(account_id, shop_id, items, now) for items in several]
        found = await self.of_items(account_id, shop_id, every, now)
        return [found] * len(several)

    async def _all_known(self, account_id: int, shop_id: int, items: Sequence[Item]) -> bool:
        """Whether no article has to be made for any of them."""
        by = await self._recognition(account_id)
        first = _by_key(items)
        return first.keys() <= (await Recognising(self._connection).by_code(by, account_id, shop_id, first)).keys()

    async def _recognition(self, account_id: int) -> Recognition:
        if account_id not in self._switches:
            self._switches[account_id] = await Recognising(self._connection).switches(account_id)
        return self._switches[account_id]

    async def of_items(self, account_id: int, shop_id: int, items: Sequence[Item], now: datetime) -> dict[Item, int]:
        """Article ids by item; articles not known yet are made.  Items of which nobody knows are left out."""
        recognising = Recognising(self._connection)
        by = await self._recognition(account_id)
        first = _by_key(items)
        known = await recognising.by_code(by, account_id, shop_id, first)
        strays = [item for item in items if not item.sku or sku_key(item.sku) not in known]
        titled = await recognising.by_title(by, account_id, strays)
        known |= {
            sku_key(item.sku): titled[key] for item in strays if item.sku and (key := title_key(item.title)) in titled
        }
        known |= await self._made(account_id, {key: item for key, item in first.items() if key not in known}, now)
        if known:
            await self._add_sources(shop_id, items, known)
        by_sku = {item: known[key][0] for item in items if item.sku and (key := sku_key(item.sku)) in known}
        by_title = {
            item: titled[key][0] for item in strays if not item.sku and (key := title_key(item.title)) in titled
        }
        return by_title | by_sku | await self._by_word(account_id, items, known, now)

    async def _made(self, account_id: int, missing: Mapping[str, Item], now: datetime) -> Known:
        """Articles of SKUs that no article has; with the SKU switched off, one that an article has is not bound."""
        recognising = Recognising(self._connection)
        taken = await recognising.by_sku(account_id, missing)
        new = [_new_article(account_id, key, item, now) for key, item in missing.items() if key not in taken]
        if not new:
            return {}
        await self._connection.execute(insert_new(self._connection, articles), new)
        return await recognising.by_sku(account_id, missing.keys() - taken.keys())

    async def _add_sources(self, shop_id: int, items: Sequence[Item], known: Known) -> None:
        """Note how this shop writes the SKUs."""
        written = {item.sku: known[key][0] for item in items if item.sku and (key := sku_key(item.sku)) in known}
        sources = [{"article_id": id_, "shop_id": shop_id, "source": sku} for sku, id_ in written.items()]
        await self._connection.execute(insert_new(self._connection, article_sources), sources)

    async def _by_word(self, account_id: int, items: Sequence[Item], known: Known, now: datetime) -> dict[Item, int]:
        """The articles of items of which an owner has said it; other titles of known SKUs are noted."""
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
            if item.sku and keys not in told and sku_key(item.sku) in known
        ]
        if new:
            await self._connection.execute(insert_new(self._connection, article_titles), new)
        return {item: told[keys] for item, keys in strange.items() if keys in told}


def _by_key(items: Sequence[Item]) -> dict[str, Item]:
    """The first item of each SKU, by its key."""
    first: dict[str, Item] = {}
    for item in items:
        if item.sku:
            first.setdefault(sku_key(item.sku), item)
    return first


def _keys(item: Item) -> tuple[str, str]:
    return sku_key(item.sku or "")[:LONGEST_KEY], title_key(item.title)


def _is_another(item: Item, known: Known) -> bool:
    known_as = known.get(sku_key(item.sku or ""))
    return known_as is None or known_as[1] != title_key(item.title)


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
        "title_key": title_key(item.title),
        "price": item.unit_price,
        "tax_rate": item.tax_rate,
        "created_at": now,
    }

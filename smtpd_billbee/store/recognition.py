"""By what the items of an account find their articles: SKU, EAN, title, each switched on or off (billbee.md 2.5).

What two articles share recognises neither: nothing is bound by chance.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.article import Recognition, is_ean, title_key
from smtpd_billbee.model.order import Item
from smtpd_billbee.store.tables import accounts, article_sources, articles

Known = dict[str, tuple[int, str]]  # a SKU's key: the article's id and the key of its title


class Recognising:
    """Statements that find articles, and the switches that say how."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def switches(self, account_id: int) -> Recognition:
        """What an account wants."""
        query = select(accounts.c.by_sku, accounts.c.by_ean, accounts.c.by_title).where(accounts.c.id == account_id)
        row = (await self._connection.execute(query)).first()
        return Recognition(*row) if row else Recognition()

    async def switch(self, account_id: int, to: Recognition) -> None:
        """Put them to these."""
        await self._connection.execute(update(accounts).where(accounts.c.id == account_id).values(**asdict(to)))

    async def by_code(self, by: Recognition, account_id: int, shop_id: int, first: Mapping[str, Item]) -> Known:
        """Articles by the SKUs of items: as this shop wrote them before, then as SKU or EAN of an article."""
        known = await self._by_source(shop_id, first) if by.by_sku else {}
        if by.by_sku:
            known = await self.by_sku(account_id, [key for key in first if key not in known]) | known
        codes = [key for key in first if key not in known and is_ean(key)] if by.by_ean else []
        return known | await self._only(account_id, articles.c.ean, codes)

    async def by_title(self, by: Recognition, account_id: int, items: Iterable[Item]) -> Known:
        """Articles by the keys of these items' titles."""
        return await self._only(
            account_id, articles.c.title_key, {title_key(i.title) for i in items} if by.by_title else ()
        )

    async def by_sku(self, account_id: int, keys: Collection[str]) -> Known:
        """Articles by the keys of their SKUs."""
        return await self._only(account_id, articles.c.sku_key, keys)

    async def _by_source(self, shop_id: int, first: Mapping[str, Item]) -> Known:
        written = {item.sku: key for key, item in first.items() if item.sku}
        query = select(article_sources.c.source, articles.c.id, articles.c.title).select_from(
            article_sources.join(articles, articles.c.id == article_sources.c.article_id)
        )
        query = query.where(article_sources.c.shop_id == shop_id, article_sources.c.source.in_(written))
        rows = await self._connection.execute(query) if written else ()
        return {written[source]: (id_, title_key(title)) for source, id_, title in rows}

    async def _only(self, account_id: int, column: Any, keys: Collection[str]) -> Known:
        """The articles with these values, where just one has it."""
        if not keys:
            return {}
        query = select(column, articles.c.id, articles.c.title)
        rows: Sequence[Any] = (
            await self._connection.execute(query.where(articles.c.account_id == account_id, column.in_(keys)))
        ).all()
        found: Known = {}
        twice: set[str] = set()
        for value, id_, title in rows:
            twice |= {value} if value in found else set()
            found[value] = (id_, title_key(title))
        return {value: known for value, known in found.items() if value not in twice}

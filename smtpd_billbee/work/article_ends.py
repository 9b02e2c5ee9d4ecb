"""Articles are merged or deleted, a title is theirs no more, and it is said by what items find theirs; all is noted."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.article import Article, Recognition
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.store import Store, Tx


async def merge(
    store: Store, account_id: int | None, article_id: int, into_sku: str, actor: str, now: datetime
) -> Article:
    """The items and sales of an article become those of the one with that SKU, which is left over.

    Raises NoSuchThing, Refused.
    """
    async with store.transaction() as tx:
        article = await _article(tx, account_id, article_id)
        key = sku_key(into_sku)
        into = (await tx.article_lists.by_sku_keys(article.account_id, [key])).get(key)
        if into is None:
            raise Refused(f"there is no article with the SKU {into_sku[:200]}")
        if into.id == article.id:
            raise Refused("that is the SKU of the article itself")
        items = await tx.article_changes.merge(article, into)
        # Shops go on writing its title with its SKU; that is no news.
        await tx.article_changes.remember(into.account_id, article.fields.sku, article.fields.title, into.id, now)
        detail = {"article": into.id, "merged": article.id, "sku": article.fields.sku, "items": items}
        await tx.journal.write([_entry("articles merged", into.account_id, actor, now, detail)])
        return into


async def delete(store: Store, account_id: int | None, article_id: int, actor: str, now: datetime) -> int:
    """The article is gone, and its items have none; how many there were.  Raises NoSuchThing."""
    async with store.transaction() as tx:
        article = await _article(tx, account_id, article_id)
        items = await tx.article_changes.remove(article)
        detail = {"article": article.id, "sku": article.fields.sku, "items": items}
        await tx.journal.write([_entry("article deleted", article.account_id, actor, now, detail)])
        return items


async def take_back(
    store: Store, account_id: int | None, article_id: int, title_id: int, actor: str, now: datetime
) -> int:
    """A title that somebody gave to the article is its no more: items without SKU have none again, those with one
    go back to the article of their SKU, where there is one; how many there were.  Raises NoSuchThing.
    """
    async with store.transaction() as tx:
        article = await _article(tx, account_id, article_id)
        bound = {each.id: each for each in await tx.article_lists.bound_titles(article.id)}.get(title_id)
        if bound is None:
            raise NoSuchThing("there is no such title")
        back = None
        if bound.sku_key:
            known = await tx.article_lists.by_sku_keys(article.account_id, [bound.sku_key])
            back = known[bound.sku_key].id if bound.sku_key in known else article.id
        items = await tx.article_changes.take_back(bound, back)
        detail = {"article": article.id, "items": items}
        await tx.journal.write([_entry("title freed", article.account_id, actor, now, detail)])
        return items


async def recognise(store: Store, account_id: int, by: Recognition, actor: str, now: datetime) -> bool:
    """From now on items find their articles so.  False: they did before.  Raises Refused."""
    if not (by.by_sku or by.by_ean or by.by_title):
        raise Refused("by something an article must be recognised")
    async with store.transaction() as tx:
        if await tx.recognition.switches(account_id) == by:
            return False
        await tx.recognition.switch(account_id, by)
        await tx.journal.write([_entry("recognition changed", account_id, actor, now, asdict(by))])
        return True


async def _article(tx: Tx, account_id: int | None, article_id: int) -> Article:
    article = await tx.article_lists.get(account_id, article_id)
    if article is None:
        raise NoSuchThing("there is no such article")
    return article


def _entry(action: str, account_id: int, actor: str, now: datetime, detail: dict[str, Any]) -> Entry:
    return Entry(now, actor, action, account_id=account_id, detail=detail)

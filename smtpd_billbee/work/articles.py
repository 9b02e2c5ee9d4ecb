"""Articles are changed, items without article given to one, files of articles taken in; each act is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smtpd_billbee.errors import NoSuchThing, Refused, TakenMeanwhile
from smtpd_billbee.formats.article_files import ArticleRow, Complaint, Wrong, read_article_file
from smtpd_billbee.model.article import Article, ArticleFields, OtherTitle
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.store.store import Store, Tx


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """What a file would do: articles to make, and known ones with what they would become."""

    new: tuple[ArticleFields, ...]
    changed: tuple[tuple[Article, ArticleFields], ...]
    same: int
    complaints: tuple[Complaint, ...]


async def change(
    store: Store, account_id: int | None, was: Article, to: ArticleFields, actor: str, now: datetime
) -> None:
    """Give an article other words.  Raises NoSuchThing, and TakenMeanwhile when somebody else changed it since."""
    async with store.transaction() as tx:
        await _article(tx, account_id, was.id)
        if not await _changed(tx, was, to, actor, now):
            raise TakenMeanwhile


async def _changed(tx: Tx, was: Article, to: ArticleFields, actor: str, now: datetime) -> bool:
    if not await tx.article_changes.change(was, to):
        return False
    if was.fields.title != to.title:
        # Shops go on writing the old title; that is no news.
        await tx.article_changes.remember(was.account_id, was.fields.sku, was.fields.title, was.id, now)
    changed = {
        name: [_plain(getattr(was.fields, name)), _plain(getattr(to, name))]
        for name in ("title", "ean", "price")
        if getattr(was.fields, name) != getattr(to, name)
    }
    await tx.journal.write([_entry("article changed", was.account_id, was.id, actor, now, changed=changed)])
    return True


async def give_item(
    store: Store, account_id: int | None, item_id: int, article_id: int, actor: str, now: datetime
) -> None:
    """One item without article becomes this article's.  Raises NoSuchThing, Refused, TakenMeanwhile."""
    async with store.transaction() as tx:
        item = await tx.article_lists.stray_item(account_id, item_id)
        article = await _article(tx, account_id, article_id)
        if item is None:
            raise NoSuchThing("there is no such item without article")
        _same_account(item.account_id, article)
        if not await tx.article_changes.bind_item(item_id, article_id):
            raise TakenMeanwhile
        entry = _entry("article given", article.account_id, article_id, actor, now, items=1)
        await tx.journal.write([replace(entry, order_id=item.order_id)])


async def give_title(store: Store, account_id: int, title: str, article_id: int, actor: str, now: datetime) -> int:
    """Every item of the account with this title and without article becomes this article's, later ones too."""
    async with store.transaction() as tx:
        article = await _article(tx, account_id, article_id)
        _same_account(account_id, article)
        return await _given(tx, article, title, actor, now)


async def _given(tx: Tx, article: Article, title: str, actor: str, now: datetime) -> int:
    given = await tx.article_changes.bind_title(article.account_id, title, article.id)
    await tx.article_changes.remember(article.account_id, "", title, article.id, now)
    await tx.journal.write([_entry("article given", article.account_id, article.id, actor, now, items=given)])
    return given


async def make_of_title(
    store: Store, account_id: int, title: str, new: ArticleFields, actor: str, now: datetime
) -> int:
    """Make an article, and give it every item without article that has this title; its id.  Raises TakenMeanwhile."""
    async with store.transaction() as tx:
        article = await _made(tx, account_id, new, actor, now)
        await _given(tx, article, title, actor, now)
        return article.id


async def _made(tx: Tx, account_id: int, new: ArticleFields, actor: str, now: datetime) -> Article:
    (made,) = await tx.article_changes.add(account_id, [new], now)
    await tx.journal.write([_entry("article made", account_id, made, actor, now, sku=new.sku)])
    return Article(made, account_id, new)


async def settle(store: Store, account_id: int | None, title_ids: Sequence[int], actor: str, now: datetime) -> int:
    """These other titles are those of the same articles; how many there were."""
    async with store.transaction() as tx:
        known = {each.id: each for each in await tx.article_lists.other_titles(account_id)}
        ours = [known[number] for number in title_ids if number in known]
        await tx.article_changes.settle([each.id for each in ours], now)
        await tx.journal.write(
            [_entry("title accepted", each.account_id, each.article.id, actor, now) for each in ours]
        )
        return len(ours)


async def part(
    store: Store, account_id: int | None, title_id: int, new: ArticleFields, actor: str, now: datetime
) -> int:
    """Another title is another article: found by the SKU, or made with it; its id.  Raises NoSuchThing, Refused."""
    async with store.transaction() as tx:
        other = {each.id: each for each in await tx.article_lists.other_titles(account_id)}.get(title_id)
        if other is None:
            raise NoSuchThing("there is no such title")
        found = await tx.article_lists.by_sku_keys(other.account_id, [sku_key(new.sku)])
        article = next(iter(found.values()), None) or await _made(tx, other.account_id, new, actor, now)
        await _parted(tx, other, article, actor, now)
        return article.id


async def _parted(tx: Tx, other: OtherTitle, article: Article, actor: str, now: datetime) -> None:
    if article.id == other.article.id:
        raise Refused("that is the SKU of the article itself")
    moved = await tx.article_changes.move_title(other, article.id)
    await tx.article_changes.remember(other.account_id, other.article.fields.sku, other.title, article.id, now)
    entry = _entry("title moved", other.account_id, article.id, actor, now, items=moved, of=other.article.id)
    await tx.journal.write([entry])


async def planned(store: Store, account_id: int, content: bytes) -> ArticlePlan:
    """What the file would do to the account's articles; nothing is changed."""
    file = read_article_file(content)
    async with store.reading() as tx:
        known = await tx.article_lists.by_sku_keys(account_id, [sku_key(row.fields.sku) for row in file.rows])
    return plan(file.rows, file.complaints, known)


def plan(rows: Sequence[ArticleRow], complaints: Sequence[Complaint], known: Mapping[str, Article]) -> ArticlePlan:
    """Decided here, touching nothing: a column that the file lacks, and an empty title, leave what is known."""
    new: list[ArticleFields] = []
    changed: list[tuple[Article, ArticleFields]] = []
    wrong = list(complaints)
    for row in rows:
        article = known.get(sku_key(row.fields.sku))
        if article is None and row.fields.title:
            new.append(row.fields)
        elif article is None:
            wrong.append(Complaint(row.line, Wrong.NO_TITLE, "title"))
        elif (to := _merged(article.fields, row)) != article.fields:
            changed.append((article, to))
    same = len(rows) - len(new) - len(changed) - (len(wrong) - len(complaints))
    wrong.sort(key=lambda each: each.line or 0)
    return ArticlePlan(tuple(new), tuple(changed), same, tuple(wrong))


def _merged(was: ArticleFields, row: ArticleRow) -> ArticleFields:
    return ArticleFields(
        was.sku,
        row.fields.title or was.title,
        row.fields.ean if "ean" in row.has else was.ean,
        row.fields.price if "price" in row.has else was.price,
    )


async def take_in(store: Store, account_id: int, content: bytes, actor: str, now: datetime) -> ArticlePlan:
    """Do what the file says; what was done.  Raises TakenMeanwhile when somebody changed one of them just now."""
    file = read_article_file(content)
    async with store.transaction() as tx:
        known = await tx.article_lists.by_sku_keys(account_id, [sku_key(row.fields.sku) for row in file.rows])
        done = plan(file.rows, file.complaints, known)
        if done.new:
            made = await tx.article_changes.add(account_id, done.new, now)
            await tx.journal.write(
                [
                    _entry("article made", account_id, id_, actor, now, sku=new.sku, file=True)
                    for id_, new in zip(made, done.new, strict=True)
                ]
            )
        for was, to in done.changed:
            if not await _changed(tx, was, to, actor, now):
                raise TakenMeanwhile
        return done


async def _article(tx: Tx, account_id: int | None, article_id: int) -> Article:
    article = await tx.article_lists.get(account_id, article_id)
    if article is None:
        raise NoSuchThing("there is no such article")
    return article


def _same_account(account_id: int, article: Article) -> None:
    if article.account_id != account_id:
        raise Refused("the article is another account's")


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _entry(action: str, account_id: int, article_id: int, actor: str, now: datetime, **detail: Any) -> Entry:
    return Entry(now, actor, action, account_id=account_id, detail={"article": article_id} | detail)

"""Mails as lists and pages of the window show them: bound to an account, with their shop, order and copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.store.searching import has_words
from smtpd_billbee.store.tables import IS_OPEN, jobs, mails, orders, shops
from smtpd_billbee.store.whose import of_account, owned_by

MOST = 10_000  # a list is not counted further
HELD_UP = (MailState.UNREADABLE, MailState.QUARANTINED)  # they wait for a person


@dataclass(frozen=True, slots=True)
class MailWish:
    """Which mails are wanted.  `words` stand in the subject, the author, the sender or the order's number."""

    words: str = ""
    state: MailState | None = None
    shop_id: int | None = None
    copy: JobState | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail with what belongs to it.  `copy`: where its newest copy stands; None: it has none."""

    mail: Mail
    shop_name: str | None
    order_number: str | None
    copy: JobState | None


DONE = (JobState.SENT, JobState.DROPPED)
_newest_copy = (
    select(jobs.c.state)
    .where(jobs.c.mail_id == mails.c.id, jobs.c.kind == JobKind.COPY)
    .order_by(jobs.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LINE = (
    select(
        *(mails.c[name] for name in Mail.__dataclass_fields__),
        shops.c.name.label("shop_name"),
        orders.c.number.label("order_number"),
        _newest_copy.label("copy"),
    )
    .outerjoin(shops, mails.c.shop_id == shops.c.id)
    .outerjoin(orders, mails.c.order_id == orders.c.id)
)


class MailLists:
    """Statements about mails that are shown.  `account_id` None: every account's, and those of the operator."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def shops(self, account_id: int | None) -> dict[int, str]:
        """The shops whose mails may be shown: number and name."""
        query = select(shops.c.id, shops.c.name).where(owned_by(account_id)).order_by(shops.c.name, shops.c.id)
        return {row.id: row.name for row in await self._connection.execute(query)}

    async def find(
        self, account_id: int | None, wish: MailWish, skip: int, limit: int, *, oldest_first: bool = False
    ) -> Sequence[MailLine]:
        """A page of the list; newest first, unless the oldest are wanted first."""
        order = mails.c.id if oldest_first else mails.c.id.desc()
        # Words may be nowhere: PostgreSQL must not look for them in every account's mails from the newest on.
        key = order if not wish.words else mails.c.id + 0 if oldest_first else (mails.c.id + 0).desc()
        page = _wanted(select(mails.c.id), account_id, wish).order_by(key).offset(skip).limit(limit).subquery()
        rows = await self._connection.execute(_LINE.join(page, page.c.id == mails.c.id).order_by(order))
        return [_line(row) for row in rows.mappings()]

    async def count(self, account_id: int | None, wish: MailWish) -> int:
        """How many there are; MOST stands for as many or more."""
        some = _wanted(select(mails.c.id), account_id, wish).limit(MOST).subquery()
        number: int = (await self._connection.execute(select(func.count()).select_from(some))).scalar_one()
        return number

    async def get(self, account_id: int | None, mail_id: int) -> MailLine | None:
        """One mail, if the account may see it."""
        query = _LINE.where(mails.c.id == mail_id, of_account(mails.c.shop_id, account_id))
        row = (await self._connection.execute(query)).mappings().first()
        return _line(row) if row else None

    async def file_away(self, mail_id: int, reason: str) -> bool:
        """Take a mail out of those that wait for a person; False: it does not wait."""
        waiting = (mails.c.id == mail_id) & mails.c.state.in_(HELD_UP)
        done = await self._connection.execute(
            update(mails).where(waiting).values(state=MailState.NOT_AN_ORDER, reason=reason)
        )
        return bool(done.rowcount)


def _wanted(query: Select[Any], account_id: int | None, wish: MailWish) -> Select[Any]:
    query = query.where(of_account(mails.c.shop_id, account_id))
    if wish.shop_id is not None:
        query = query.where(mails.c.shop_id == wish.shop_id)
    if wish.state is not None:
        query = query.where(mails.c.state == wish.state)
    if wish.copy is not None:
        query = query.where(_newest_copy == wish.copy)
        if wish.copy not in DONE:
            query = query.where(mails.c.id.in_(select(jobs.c.mail_id).where(IS_OPEN)))
    if wish.since is not None:
        query = query.where(mails.c.received_at >= wish.since)
    if wish.until is not None:
        query = query.where(mails.c.received_at < wish.until)
    if wish.words:
        query = query.where(_has(wish.words, account_id))
    return query


def _has(words: str, account_id: int | None) -> ColumnElement[bool]:
    numbered = select(orders.c.id).where(orders.c.number == words, of_account(orders.c.shop_id, account_id))
    theirs = mails.alias("theirs")  # so that the search itself reads nothing but its index
    of_order = select(theirs.c.id).where(theirs.c.order_id.in_(numbered))
    return or_(has_words(mails.c.search_words, words), mails.c.id.in_(of_order))


def _line(row: Mapping[Any, Any]) -> MailLine:
    values = {name: row[name] for name in Mail.__dataclass_fields__}
    mail = Mail(**(values | {"state": MailState(row["state"]), "problems": tuple(row["problems"])}))
    return MailLine(mail, row["shop_name"], row["order_number"], JobState(row["copy"]) if row["copy"] else None)

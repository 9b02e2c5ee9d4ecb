"""The start page's counts.  Each is bounded: nobody needs to know whether 5,000 or 6,000 wait."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.overview import MOST, Needs, RelayHealth, SilentShop
from smtpd_billbee.model.period import is_silent
from smtpd_billbee.store.tables import IS_OPEN, article_titles, jobs, mails, order_items, orders, shops
from smtpd_billbee.store.whose import of_account, owned_by, shops_of

HABIT = 20  # orders that tell how often a shop sells
LOOKED_AT = 500  # orders among which those that came by mail are looked for
SHOPS = 50  # whose habits are looked at
DELETED = 6
_WAITING = (JobState.HELD, JobState.PENDING, JobState.SENDING)


class Overview:
    """Statements of the start page; `account_id` None: all accounts together."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def has_shop(self, account_id: int | None) -> bool:
        """Whether there is a shop at all."""
        return await self._count(shops_of(account_id), 1) == 1

    async def has_order(self, account_id: int | None) -> bool:
        """Whether an order ever came."""
        return await self._count(select(orders.c.id).where(orders.c.shop_id.in_(shops_of(account_id))), 1) == 1

    async def needs(self, account_id: int | None) -> Needs:
        """What waits for a person."""
        ours = orders.c.shop_id.in_(shops_of(account_id))
        items = order_items.c.shop_id.in_(shops_of(account_id))
        stray = order_items.join(orders, orders.c.id == order_items.c.order_id)
        titles = select(article_titles.c.id).where(article_titles.c.settled_at.is_(None))
        if account_id is not None:
            titles = titles.where(article_titles.c.account_id == account_id)
        return Needs(
            doubtful=await self._count(select(orders.c.id).where(orders.c.to_check, ours)),
            unreadable=await self._mails(account_id, MailState.UNREADABLE),
            quarantined=await self._mails(account_id, MailState.QUARANTINED),
            failed_copies=await self._count(_copies(account_id, JobState.FAILED)),
            strays=await self._count(
                select(order_items.c.id)
                .select_from(stray)
                .where(order_items.c.article_id.is_(None), orders.c.state != DELETED, items)
            ),
            other_titles=await self._count(titles),
        )

    async def relay(self, account_id: int | None) -> RelayHealth:
        """How the copies go."""
        waiting = _copies(account_id, *_WAITING)
        oldest = select(func.min(waiting.add_columns(jobs.c.first_at).limit(MOST).subquery().c.first_at))
        since = (await self._connection.execute(oldest)).scalar()
        return RelayHealth(await self._count(waiting), await self._count(_copies(account_id, JobState.FAILED)), since)

    async def mails_by_hour(self, account_id: int | None, since: datetime) -> dict[str, int]:
        """How many mails came in each hour (UTC, '2026-03-02 12') from that moment on."""
        if self._connection.dialect.name == "postgresql":
            hour: Any = func.to_char(func.timezone("UTC", mails.c.received_at), "YYYY-MM-DD HH24")
        else:
            hour = func.substr(cast(mails.c.received_at, String), 1, 13)
        came = select(hour.label("hour")).where(
            mails.c.shop_id.in_(shops_of(account_id)), mails.c.received_at >= since
        )  # fmt: skip
        hours = came.subquery()
        query = select(hours.c.hour, func.count()).group_by(hours.c.hour)
        return {row[0]: row[1] for row in await self._connection.execute(query)}

    async def silent_shops(self, account_id: int | None, now: datetime) -> list[SilentShop]:
        """Shops that bring no order mails for longer than usual, the longest silent first."""
        theirs = orders.alias("theirs")
        last = select(func.max(theirs.c.id)).where(theirs.c.shop_id == shops.c.id).scalar_subquery()
        query = (
            select(shops.c.id, shops.c.name, orders.c.created_at)
            .select_from(shops.join(orders, orders.c.id == last))
            .where(owned_by(account_id), shops.c.active, orders.c.created_at < now - timedelta(days=1))
            .order_by(orders.c.created_at)
            .limit(SHOPS)
        )
        quiet = [SilentShop(*row) for row in await self._connection.execute(query)]
        return [shop for shop in quiet if is_silent(await self._habit(shop.id), now)]

    async def _habit(self, shop_id: int) -> list[datetime]:
        """When its latest orders came by mail; those of files tell nothing."""
        latest = select(orders.c.id, orders.c.created_at, orders.c.mail_id).where(orders.c.shop_id == shop_id)
        some = latest.order_by(orders.c.id.desc()).limit(LOOKED_AT).subquery()
        query = select(some.c.created_at).where(some.c.mail_id.isnot(None)).order_by(some.c.id.desc()).limit(HABIT)
        return list((await self._connection.execute(query)).scalars())

    async def _mails(self, account_id: int | None, state: MailState) -> int:
        return await self._count(
            select(mails.c.id).where(mails.c.state == state, mails.c.shop_id.in_(shops_of(account_id)))
        )

    async def _count(self, query: Select[Any], most: int = MOST) -> int:
        some = query.limit(most).subquery()
        return int((await self._connection.execute(select(func.count()).select_from(some))).scalar_one())


def _copies(account_id: int | None, *states: JobState) -> Select[Any]:
    joined = jobs.join(mails, mails.c.id == jobs.c.mail_id)
    query = select(jobs.c.id).select_from(joined).where(IS_OPEN, jobs.c.kind == JobKind.COPY, jobs.c.state.in_(states))
    return query.where(of_account(mails.c.shop_id, account_id))

"""Notices: what an owner wants to be told of by mail, what there is to tell, and what was told."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.notice import Happening, NoticeKind, Watched
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import jobs, mails, notices, orders, shops, told

MOST = 1000  # things in one look; what is left is told in the next one


class Notices:
    """Statements about notices."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wanted(self, account_id: int) -> dict[NoticeKind, bool]:
        """Which notices the account wants: all, but for those that were switched off."""
        query = select(notices.c.kind, notices.c.wanted).where(notices.c.account_id == account_id)
        kept = {row.kind: row.wanted for row in await self._connection.execute(query)}
        return {kind: kept.get(kind, True) for kind in NoticeKind}

    async def switch(self, account_id: int, kind: NoticeKind, wanted: bool) -> None:
        """Switch a sort of notice on or off."""
        await self._there(account_id, kind)
        await self._connection.execute(update(notices).where(_is(account_id, kind)).values(wanted=wanted))

    async def claim(self, account_id: int, kind: NoticeKind, now: datetime, pause: timedelta) -> bool:
        """Whether a notice may go now; then none of its kind may for the pause, from whichever node."""
        await self._there(account_id, kind)
        due = or_(notices.c.next_at.is_(None), notices.c.next_at <= now)
        statement = update(notices).where(_is(account_id, kind), notices.c.wanted, due).values(next_at=now + pause)
        return (await self._connection.execute(statement)).rowcount == 1

    async def put_off(self, account_id: int, kind: NoticeKind, until: datetime) -> None:
        """The next of this kind may go then: this one did not reach anybody."""
        await self._connection.execute(update(notices).where(_is(account_id, kind)).values(next_at=until))

    async def _there(self, account_id: int, kind: NoticeKind) -> None:
        row = {"account_id": account_id, "kind": kind}
        await self._connection.execute(insert_new(self._connection, notices), [row])

    async def unreadable(self, since: datetime) -> list[Happening]:
        """Mails that could not be read and that nobody was told of, newest first."""
        return await self._waiting(NoticeKind.UNREADABLE, MailState.UNREADABLE, since)

    async def quarantined(self, since: datetime) -> list[Happening]:
        """The same of mails that wait because of their origin."""
        return await self._waiting(NoticeKind.QUARANTINED, MailState.QUARANTINED, since)

    async def _waiting(self, kind: NoticeKind, state: MailState, since: datetime) -> list[Happening]:
        query = (
            _shops_with(mails.c.id.label("thing_id"), mails.c.id.label("mail_id"))
            .join(mails, mails.c.shop_id == shops.c.id)
            .outerjoin(told, and_(told.c.kind == kind, told.c.thing_id == mails.c.id))
            .where(mails.c.state == state, mails.c.received_at >= since, told.c.id.is_(None))
            .order_by(mails.c.id.desc())
            .limit(MOST)
        )
        return await self._happenings(query)

    async def failed_copies(self, since: datetime) -> list[Happening]:
        """Copies that failed for good since somebody was told of them last, newest first."""
        before = and_(told.c.kind == NoticeKind.FAILED_COPY, told.c.thing_id == jobs.c.id, told.c.at >= jobs.c.first_at)
        query = (
            _shops_with(jobs.c.id.label("thing_id"), jobs.c.mail_id, jobs.c.destination)
            .join(mails, mails.c.shop_id == shops.c.id)
            .join(jobs, jobs.c.mail_id == mails.c.id)
            .outerjoin(told, before)
            .where(jobs.c.state == JobState.FAILED, jobs.c.kind == JobKind.COPY, jobs.c.first_at >= since)
            .where(told.c.id.is_(None))
            .order_by(jobs.c.id.desc())
            .limit(MOST)
        )
        return await self._happenings(query)

    async def _happenings(self, query: Select[Any]) -> list[Happening]:
        return [Happening(**row) for row in (await self._connection.execute(query)).mappings()]

    async def watched_shops(self, after: int, limit: int) -> list[tuple[int, int, str, datetime | None]]:
        """Active shops by number, from the one behind `after`: (account, shop, name, when its silence was told)."""
        silence = and_(told.c.kind == NoticeKind.SILENT_SHOP, told.c.thing_id == shops.c.id)
        query = (
            select(shops.c.account_id, shops.c.id, shops.c.name, told.c.at)
            .outerjoin(told, silence)
            .where(shops.c.active, shops.c.id > after)
            .order_by(shops.c.id)
            .limit(limit)
        )
        return [(row[0], row[1], row[2], row[3]) for row in await self._connection.execute(query)]

    async def watched(self, after: int, limit: int, orders_each: int) -> list[Watched]:
        """The same with the moments of each shop's last orders by mail, newest first."""
        found = []
        for account_id, shop_id, name, told_at in await self.watched_shops(after, limit):
            query = (
                select(orders.c.created_at)
                .where(orders.c.shop_id == shop_id, orders.c.mail_id.isnot(None))
                .order_by(orders.c.id.desc())
                .limit(orders_each)
            )
            moments = tuple((await self._connection.execute(query)).scalars())
            found.append(Watched(account_id, shop_id, name, moments, told_at))
        return found

    async def tell(self, kind: NoticeKind, account_id: int, thing_ids: Collection[int], now: datetime) -> None:
        """Note that these were told of."""
        same = (told.c.kind == kind) & told.c.thing_id.in_(thing_ids)
        await self._connection.execute(delete(told).where(same))
        rows = [{"account_id": account_id, "kind": kind, "thing_id": each, "at": now} for each in thing_ids]
        await self._connection.execute(insert(told), rows)


def _is(account_id: int, kind: NoticeKind) -> ColumnElement[bool]:
    return (notices.c.account_id == account_id) & (notices.c.kind == kind)


def _shops_with(*columns: Any) -> Select[Any]:
    shop = (shops.c.account_id, shops.c.id.label("shop_id"), shops.c.name.label("shop_name"))
    return select(*shop, *columns).select_from(shops)

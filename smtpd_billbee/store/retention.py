"""Mails whose bytes are removed, because they are old and nobody waits for anything of them.

Such a mail goes on being a row, with all that was read from it; it points at the one row of `raws` that holds nothing.
That row's number is before all others, so that the index of what is still kept begins with the oldest.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.mail import REMOVED, MailState
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import jobs, mails, orders, raws

ENDED = (MailState.ORDER, MailState.NOT_AN_ORDER, MailState.DUPLICATE)  # nobody has to look at them
DONE = (JobState.SENT, JobState.DROPPED)


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail whose bytes are kept."""

    id: int
    raw_id: int
    received_at: datetime


class Retention:
    """Statements about mails that get old."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def kept(self, after: int, limit: int) -> list[KeptMail]:
        """The next mails whose bytes are kept, the oldest first; `after`: the `raw_id` of the last one."""
        query = select(mails.c.id, mails.c.raw_id, mails.c.received_at).where(mails.c.raw_id > max(after, REMOVED))
        rows = await self._connection.execute(query.order_by(mails.c.raw_id, mails.c.id).limit(limit))
        return [KeptMail(*row) for row in rows]

    async def remove(self, mail_ids: Collection[int], before: datetime) -> int:
        """Remove the bytes of those of these mails that came before that moment and are needed no more; how many."""
        done = (
            select(mails.c.id, mails.c.raw_id)
            .where(mails.c.id.in_(mail_ids), mails.c.received_at < before, _needs_nobody())
            .with_for_update(skip_locked=True)
        )
        found = (await self._connection.execute(done)).all()
        if not found:
            return 0
        empty = {"id": REMOVED, "trace": b"", "content": b"", "packing": "plain"}
        await self._connection.execute(insert_new(self._connection, raws).values(empty))
        ids, raw_ids = {row.id for row in found}, {row.raw_id for row in found}
        await self._connection.execute(update(mails).where(mails.c.id.in_(ids)).values(raw_id=REMOVED))
        # A mail to several shops is several mails with the same bytes.
        in_use = exists().where(mails.c.raw_id == raws.c.id)
        await self._connection.execute(delete(raws).where(raws.c.id.in_(raw_ids), ~in_use))
        return len(ids)


def _needs_nobody() -> ColumnElement[bool]:
    """It was read, no person has to look at it or its order, and the copy has arrived or is not wanted."""
    copy = jobs.c.mail_id == mails.c.id
    doubtful = exists().where(orders.c.id == mails.c.order_id, orders.c.to_check)
    return and_(
        mails.c.raw_id > REMOVED,
        mails.c.state.in_(ENDED),
        mails.c.due_at.is_(None),
        mails.c.evidence_due_at.is_(None),
        ~exists().where(copy, jobs.c.state.not_in(DONE)),
        # The operator's mails are no shop's; without a copy nobody has ever seen them.
        or_(mails.c.shop_id.isnot(None), exists().where(copy, jobs.c.state == JobState.SENT)),
        or_(mails.c.order_id.is_(None), ~doubtful),
    )

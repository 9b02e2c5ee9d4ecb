"""What was proved of mails' origin, beside the mails: once for each, whoever asks first."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.evidence import Known, evidence_as_json, evidence_from_json
from smtpd_billbee.model.mail import Delivery
from smtpd_billbee.store.tables import mails

_COLUMNS = (
    mails.c.id, mails.c.session, mails.c.sender, mails.c.received_at, mails.c.evidence, mails.c.evidence_asked,
    mails.c.evidence_due_at,
)  # fmt: skip
_KEEP = (
    update(mails)
    .where(mails.c.id == bindparam("one"))
    .values(evidence=bindparam("found"), evidence_asked=bindparam("asked"), evidence_due_at=bindparam("again_at"))
)


class KeptEvidence:
    """Statements about evidence."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_mails(self, mail_ids: Collection[int]) -> dict[int, tuple[Delivery, Known]]:
        """Who brought these mails, and what is known of them."""
        rows = await self._connection.execute(select(*_COLUMNS).where(mails.c.id.in_(mail_ids)))
        return {row.id: (_delivery(row), _known(row)) for row in rows}

    async def keep(self, found: Mapping[int, Known]) -> None:
        """Write down what is known of these mails."""
        rows = [
            {
                "one": mail_id,
                "found": evidence_as_json(known.evidence) if known.evidence else None,
                "asked": known.asked,
                "again_at": known.again_at,
            }
            for mail_id, known in found.items()
        ]
        await self._connection.execute(_KEEP, rows)

    async def due(self, now: datetime, limit: int) -> list[int]:
        """The mails for which DNS is to be asked again."""
        query = select(mails.c.id).where(mails.c.evidence_due_at <= now).order_by(mails.c.evidence_due_at).limit(limit)
        return list((await self._connection.execute(query)).scalars())


def _delivery(row: Any) -> Delivery:
    return Delivery(row.session["peer"], row.session["helo"], row.sender, row.received_at)


def _known(row: Any) -> Known:
    evidence = evidence_from_json(row.evidence) if row.evidence else None
    return Known(evidence, row.evidence_asked, row.evidence_due_at)

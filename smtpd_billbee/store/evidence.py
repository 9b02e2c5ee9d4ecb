"""What was proved of mails' origin, beside the mails: once for each, whoever asks first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.evidence import Known, evidence_as_json, evidence_from_json
from smtpd_billbee.model.mail import Delivery
from smtpd_billbee.store.tables import mails


class KeptEvidence:
    """Statements about evidence."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_mail(self, mail_id: int) -> tuple[Delivery, Known] | None:
        """Who brought a mail, and what is known of it."""
        columns = (
            mails.c.session, mails.c.sender, mails.c.received_at, mails.c.evidence, mails.c.evidence_asked,
            mails.c.evidence_due_at,
        )  # fmt: skip
        row = (await self._connection.execute(select(*columns).where(mails.c.id == mail_id))).first()
        if row is None:
            return None
        came = Delivery(row.session["peer"], row.session["helo"], row.sender, row.received_at)
        evidence = evidence_from_json(row.evidence) if row.evidence else None
        return came, Known(evidence, row.evidence_asked, row.evidence_due_at)

    async def keep(self, found: Mapping[int, Known]) -> None:
        """Write down what is known of these mails."""
        for mail_id, known in found.items():
            values: dict[str, Any] = {
                "evidence": evidence_as_json(known.evidence) if known.evidence else None,
                "evidence_asked": known.asked,
                "evidence_due_at": known.again_at,
            }
            await self._connection.execute(update(mails).where(mails.c.id == mail_id).values(values))

    async def due(self, now: datetime, limit: int) -> list[int]:
        """The mails for which DNS is to be asked again."""
        query = select(mails.c.id).where(mails.c.evidence_due_at <= now).order_by(mails.c.evidence_due_at).limit(limit)
        return list((await self._connection.execute(query)).scalars())

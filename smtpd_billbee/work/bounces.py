"""What a bounce changes: the copy that it is about has failed after all, or goes once more in a mail of ours.

A bounce is kept like any mail, and neither copied nor answered (RFC 5321 4.5.5).  The same one twice, one of a mail
that we do not have, and a report that is no bounce change nothing.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from smtpd_billbee.formats.bounces import Bounce, NoBounce, Permanence, read_bounce
from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.copying import worth_another_form

log = structlog.get_logger()

_SAID = {
    NoBounce.AUTOMATIC_REPLY: "it is an automatic answer",
    NoBounce.ABUSE_REPORT: "it is a report of abuse",
    NoBounce.DELAYED: "delivery takes longer",
    NoBounce.DELIVERED: "it was delivered",
    NoBounce.UNKNOWN: "nothing is said about its delivery",
}


@dataclass(frozen=True, slots=True)
class About:
    """Which mail's copy the bounce is about, as which mail the bounce is kept, and when it came."""

    mail_id: int
    bounce_id: int
    at: datetime


def reason(mail_id: int, raw: bytes) -> str:
    """What a mail about the copy of that mail is, in words for its page."""
    found = _read(raw)
    why = _SAID[found] if isinstance(found, NoBounce) else f"it could not be delivered ({found.status})"
    return f"about the copy of mail {mail_id}: {why}"


def is_report(raw: bytes) -> bool:
    """Whether it says anything about a copy's delivery; else it has no business at its sender's address."""
    try:
        return read_bounce(raw) not in (NoBounce.UNKNOWN, NoBounce.AUTOMATIC_REPLY)
    except Exception:  # a mistake of ours must not cost the mail
        log.exception("bounce not read")
        return True


async def take(tx: Tx, about: About, raw: bytes, wraps: bool) -> None:
    """Mark the copy, in the transaction in which its bounce is kept."""
    found = _read(raw)
    if isinstance(found, NoBounce):
        log.info("no bounce", mail=about.mail_id, kept_as=about.bounce_id, sort=found.name.lower())
        return
    reply = f"bounced: {found.status} {found.text}".rstrip()
    for job in await tx.jobs.of_mail(about.mail_id):
        if job.kind is not JobKind.COPY or job.state not in (JobState.SENT, JobState.SENDING):
            continue  # failed already, or on its way once more
        again = wraps and not job.wrapped and found.permanence is Permanence.PERMANENT
        again = again and worth_another_form(f"550 {found.status}")
        await tx.jobs.bounced(job.id, reply, about.at, again)
        await tx.journal.write([await _entry(tx, about, found, again)])
        log.warning("copy bounced", mail=about.mail_id, status=found.status, kept_as=about.bounce_id, again=again)


async def _entry(tx: Tx, about: About, found: Bounce, again: bool) -> Entry:
    mail = await tx.mails.get(about.mail_id)
    shop_id = mail.shop_id if mail else None
    shop = await tx.shops.get(shop_id) if shop_id is not None else None
    return Entry(
        about.at, "bounce", "copy bounced", account_id=shop.account_id if shop else None, shop_id=shop_id,
        mail_id=about.mail_id, detail={"status": found.status, "bounce": about.bounce_id, "sent again": again},
    )  # fmt: skip


def _read(raw: bytes) -> Bounce | NoBounce:
    try:
        return read_bounce(raw)
    except Exception as error:  # a mistake of ours must not cost the mail
        log.exception("bounce not read", cause=type(error).__name__)
        return NoBounce.UNKNOWN

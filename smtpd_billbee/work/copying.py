"""One copy on its way: as it came where a signature vouches for it, else in a mail of ours; refused so, once more.

Nothing is written down here: relaying.py records what a try brought.
"""

import re
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from smtpd_billbee.formats.auth_results import without_ours
from smtpd_billbee.formats.copies import Copy, copy_headers, copy_sender
from smtpd_billbee.formats.quarantine import quarantine_header, quarantine_line
from smtpd_billbee.formats.wrapping import Why, Wrapping, wrapped
from smtpd_billbee.model.evidence import Evidence
from smtpd_billbee.model.job import Attempt, Job, Never
from smtpd_billbee.model.mail import Outgoing
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.signing import LARGE, Signer

# RFC 3463 3.2: these say that the destination's address is wrong, whatever the mail is.
_NO_SUCH_MAILBOX = re.compile(r"5\d\d[ -]5\.1\.(?:1|2|3|6|10)(?!\d)")
_REFUSED = re.compile(r"5\d\d\b")


class Courier(Protocol):
    """Takes one mail to one recipient; send/smtp.py has the real one."""

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt: ...


class Proofs(Protocol):
    """Says what is proved of a mail's origin; work/verifying.py has the real one."""

    async def evidence_of(self, mail_id: int) -> Evidence: ...


class Form(StrEnum):
    """Which copies go in a mail of ours."""

    UNSIGNED = "unsigned"  # those that no signature vouches for
    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class CopySettings:
    """Our name in Received lines, the domain of the copies' senders, and the key of their marks."""

    hostname: str
    sender_domain: str
    key: bytes
    wrap: Form = Form.UNSIGNED


@dataclass(frozen=True, slots=True)
class Sent:
    """What one try brought.  `as_it_is`: how the mail as it came was refused just before it went in one of ours."""

    attempt: Attempt
    wrapped: bool = False
    as_it_is: Never | None = None


class Copying:
    """Makes copies and hands them to the courier."""

    def __init__(
        self,
        store: Store,
        courier: Courier,
        settings: CopySettings,
        clock: Callable[[], datetime],
        proofs: Proofs,
        signer: Signer,
    ) -> None:
        self._store = store
        self._courier = courier
        self._settings = settings
        self._clock = clock
        self._proofs = proofs
        self._signer = signer

    async def send(self, job: Job) -> Sent:
        """Send the copy of a claimed job.  Raises StoreAway."""
        if job.mail_id is None:
            return Sent(Never("the job names no mail"))
        async with self._store.reading(brief=True) as tx:
            mail = await tx.mails.outgoing(job.mail_id)
        if mail is None:
            return Sent(Never("the mail is not kept any more"))
        evidence = await self._proofs.evidence_of(job.mail_id)
        why = self._why_wrapped(job, mail, evidence)
        if why is not None:
            return Sent(await self._in_ours(job, job.mail_id, mail, why), wrapped=True)
        attempt = await self._as_it_is(job, job.mail_id, mail, evidence)
        if isinstance(attempt, Never) and worth_another_form(attempt.reply) and self._settings.wrap is not Form.NEVER:
            again = await self._in_ours(job, job.mail_id, mail, Why.REFUSED)
            return Sent(again, wrapped=True, as_it_is=attempt)
        return Sent(attempt)

    def _why_wrapped(self, job: Job, mail: Outgoing, evidence: Evidence) -> Why | None:
        """Why this copy goes in a mail of ours; None: it goes as it came.

        What DNS did not tell holds no copy up: it is not proved.
        """
        if self._settings.wrap is Form.NEVER:
            return None
        if self._settings.wrap is Form.ALWAYS:
            return Why.ALWAYS
        if not evidence.signed:
            return Why.UNSIGNED
        if mail.quarantined:
            return Why.WAITS
        return Why.REFUSED if job.wrapped else None

    async def _as_it_is(self, job: Job, mail_id: int, mail: Outgoing, evidence: Evidence) -> Attempt:
        """What we found goes in front; what claims to be ours and is not goes away (RFC 8601 5)."""
        hostname = self._settings.hostname
        raw = mail.trace + without_ours(mail.content, hostname)
        raw = await self._signer.sealed(raw, evidence, hostname, null_sender=not mail.sender)
        raw = self._marks(job, mail_id, mail) + raw
        return await self._courier.deliver(self._sender(mail_id), job.destination, raw)

    async def _in_ours(self, job: Job, mail_id: int, mail: Outgoing, why: Why) -> Attempt:
        wrapping = Wrapping(
            mail_id=mail_id, recipient=mail.recipient, destination=job.destination, domain=self._settings.sender_domain,
            language=mail.language, why=why, made_at=job.first_at, sent_at=self._clock(),
            note=quarantine_line(mail.quarantined, mail.language or "de") if mail.quarantined else "",
        )  # fmt: skip
        raw = wrapped(mail.raw, wrapping) if len(mail.content) < LARGE else await to_thread(wrapped, mail.raw, wrapping)
        raw = await self._signer.signed(raw)
        raw = self._marks(job, mail_id, mail) + raw  # one name for all of it: a large mail is not held more than once
        return await self._courier.deliver(self._sender(mail_id), job.destination, raw)

    def _marks(self, job: Job, mail_id: int, mail: Outgoing) -> bytes:
        s = self._settings
        marks = quarantine_header(mail.quarantined) if mail.quarantined else b""
        return copy_headers(Copy(mail_id, mail.recipient, job.destination, self._clock(), s.hostname), s.key) + marks

    def _sender(self, mail_id: int) -> str:
        return copy_sender(mail_id, self._settings.key, self._settings.sender_domain)


def worth_another_form(reply: str) -> bool:
    """Whether a server that refused with this reply may have meant the mail rather than the address.

    RFC 7489 10.3: a refusal by the author's DMARC policy is a 5xx; which one it was, replies do not say reliably.
    """
    return _REFUSED.match(reply) is not None and _NO_SUCH_MAILBOX.match(reply) is None

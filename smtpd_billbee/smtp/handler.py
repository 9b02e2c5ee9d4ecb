"""What SMTP asks, put to a Reception; what it says, put into replies.  Nothing is decided here.

The hooks' names are aiosmtpd's; tests/smtp/test_contract.py holds them, because a misspelt one is never called.
"""

import asyncio
import os
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Protocol, assert_never

import structlog
from aiosmtpd.smtp import SMTP

from smtpd_billbee.errors import NoReport, StoreAway
from smtpd_billbee.formats.trace import trace_headers
from smtpd_billbee.model.mail import Arrival, NotServed, Recipient
from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.guesses import Guesses
from smtpd_billbee.smtp.limits import Limits
from smtpd_billbee.smtp.replies import Reply
from smtpd_billbee.smtp.transaction import Caller, Transaction, facts

log = structlog.get_logger()

_ID_OCTETS = 8
_IDS_AT_ONCE = 64


class Reception(Protocol):
    """Who takes the mails behind the door."""

    async def recipient(self, address: str) -> Recipient | NotServed:
        """Whom the address reaches.  Raises StoreAway."""

    def known(self, address: str) -> Recipient | None:
        """The same as far as it can be said at once; None: `recipient` knows more."""

    async def accept(self, arrival: Arrival) -> None:
        """Keep the mail for good; returns only when it survives a power cut.  Raises StoreAway, NoReport."""


class Handler:
    """The hooks that the protocol calls, one object for all sessions."""

    def __init__(
        self, reception: Reception, hostname: str, clock: Callable[[], datetime], limits: Limits | None = None
    ) -> None:
        self._reception = reception
        self._hostname = hostname
        self._clock = clock
        self._guesses = Guesses(limits or Limits())
        self._ids = _Ids()
        self._log = log.bind()  # once: to look one up anew takes a third of the time of a line
        self.accepted = 0

    def known(self, ip: str, address: str, now: float) -> Recipient | None:
        """Whom the address surely reaches, without asking anybody; None: handle_RCPT has to say it."""
        return None if self._guesses.is_over(ip, now) else self._reception.known(address)

    async def handle_RCPT(
        self, server: SMTP, caller: Caller, mail: Transaction, address: str, options: list[str]
    ) -> Reply:
        """One more recipient, if we serve it."""
        if self._guesses.is_over(caller.ip, server.loop.time()):
            return replies.TOO_MANY_GUESSES
        match await self._reception.recipient(address):
            case Recipient() as recipient:
                mail.add(recipient)
                return replies.RECIPIENT_OK
            case NotServed.UNKNOWN_SHOP:
                await asyncio.sleep(self._guesses.pause(caller.ip, server.loop.time()))
                return replies.UNKNOWN_SHOP
            case NotServed.FOREIGN_DOMAIN:
                return replies.FOREIGN_DOMAIN
            case never:
                assert_never(never)

    async def handle_DATA(self, server: SMTP, caller: Caller, mail: Transaction) -> Reply:
        """The mail is whole: 250 after the reception has it for good, not a moment earlier."""
        arrival = self._arrival(caller, mail)
        try:
            await self._reception.accept(arrival)
        except NoReport:
            return replies.REPORTS_ONLY
        self.accepted += 1
        self._log.info(
            "accepted",
            mail=arrival.queue_id,
            peer=arrival.session.peer,
            size=len(arrival.content),
            recipients=len(arrival.recipients),
        )
        return replies.accepted(arrival.queue_id)

    async def handle_exception(self, error: Exception) -> Reply:
        """Whatever went wrong in here is ours and passes.  The stranger reads a fixed text."""
        if isinstance(error, StoreAway):
            log.warning("store away", why=str(error))
        else:
            log.error("failed", error=type(error).__name__, where=_where(error))
        return replies.OUR_FAULT

    def _arrival(self, caller: Caller, transaction: Transaction) -> Arrival:
        mail, parcel = transaction.mail, transaction.parcel
        assert mail is not None
        assert parcel is not None
        session = facts(caller, mail)
        addresses = [recipient.address for recipient in transaction.recipients]
        queue_id, now = self._ids.next(), self._clock()
        return Arrival(
            queue_id=queue_id,
            sender=mail.sender,
            recipients=tuple(transaction.recipients),
            trace=trace_headers(session, mail.sender, addresses, self._hostname, queue_id, now),
            content=parcel.whole(),
            session=session,
            received_at=now,
        )


class _Ids:
    """Queue ids that nobody can guess: 16 digits, drawn many at once, for a draw is a system call."""

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def next(self) -> str:
        if not self._drawn:
            digits = os.urandom(_ID_OCTETS * _IDS_AT_ONCE).hex()
            width = 2 * _ID_OCTETS
            self._drawn = [digits[start : start + width] for start in range(0, len(digits), width)]
        return self._drawn.pop()


def _where(error: Exception) -> list[str]:
    """The way to the error without its text: a database's message quotes the row, and that is personal."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]

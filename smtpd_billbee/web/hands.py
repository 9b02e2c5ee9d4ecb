"""What the window sets going beside the store: reading mails, waking the relay, sending a mail of our own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from smtpd_billbee.model.job import Attempt
from smtpd_billbee.model.overview import SpoolState
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.reading import ReadingRole


@dataclass(frozen=True)
class Hands:
    """`readers` read a mail that is shown; `reading` reads kept mails again and keeps what they say.

    `relaying` is rung when copies are due at once; `send` hands (recipient, mail) to the smarthost; `spool` looks into
    the emergency spool, which blocks.
    """

    readers: Readers
    reading: ReadingRole
    relaying: Bell
    send: Callable[[str, bytes], Awaitable[Attempt]]
    spool: Callable[[], SpoolState] = SpoolState

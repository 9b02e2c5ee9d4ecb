"""A mail as it arrives, and the words for what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

_NO_LINE_ENDS: Final = bytes(octet for octet in range(256) if octet not in b"\r\n")
_PIECE: Final = 256 * 1024  # octets that are looked at in one go: no other thread runs meanwhile


class MailState(StrEnum):
    """The life of a kept mail.  All but the first two are ends, and each end can be read again."""

    RECEIVED = "received"  # kept, not read yet
    READING = "reading"  # a reader has it for the length of a lease
    ORDER = "order"  # became an order without any doubt
    TO_CHECK = "to_check"  # became an order, but a person should look
    NOT_AN_ORDER = "not_an_order"  # activation, contact form, newsletter
    UNREADABLE = "unreadable"  # looks like an order, or could not be read at all
    DUPLICATE = "duplicate"  # says what we knew already, or is our own copy come back
    QUARANTINED = "quarantined"  # its sender is not trusted: not imported until somebody says so


@dataclass(frozen=True, slots=True)
class Session:
    """Who brought the mail.  `tls` is 'TLSv1.3 TLS_AES_256_GCM_SHA384' or None."""

    peer: str
    port: int
    helo: str
    tls: str | None = None
    esmtp: bool = True
    smtputf8: bool = False
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the checks of a mail's origin need of its session: who brought it, MAIL FROM, and when."""

    peer: str
    helo: str
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """A RCPT that we serve.  `shop_id` and `channel` are None for postmaster@ and abuse@."""

    address: str
    shop_id: int | None = None
    channel: str | None = None


class NotServed(StrEnum):
    """Why a RCPT is refused for good."""

    UNKNOWN_SHOP = "unknown_shop"  # 550 5.1.1
    FOREIGN_DOMAIN = "foreign_domain"  # 550 5.7.1


@dataclass(frozen=True, slots=True)
class Arrival:
    """One SMTP transaction after its final dot.

    `sender` is MAIL FROM without brackets, '' for the null sender.  `content` is what the client sent, dots unstuffed,
    not one other byte changed; `trace` are the headers that we put in front of it (RFC 5321 4.4).
    """

    queue_id: str
    sender: str
    recipients: tuple[Recipient, ...]
    trace: bytes
    content: bytes
    session: Session
    received_at: datetime

    @property
    def bare_lf(self) -> bool:
        """Whether a line of it ends in an LF or CR without the other: a remark, no verdict."""
        content, start = self.content, 0
        while start < len(content):
            end = start + _PIECE
            if content[end - 1 : end + 1] == b"\r\n":
                end += 1  # pairs stay together
            if _has_bare(content[start:end]):
                return True
            start = end
        return False


def _has_bare(piece: bytes) -> bool:
    # Each pair takes two of the octets that end lines, so no octet is left over when all of them are in pairs.
    return len(piece.translate(None, _NO_LINE_ENDS)) != 2 * piece.count(b"\r\n")


@dataclass(frozen=True, slots=True)
class NewMail:
    """One recipient's row of an arrival, as intake decided it.  `due_at`: when a reader may take it; None: never."""

    recipient: Recipient
    checksum: str
    state: MailState
    due_at: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that a reader has for the length of a lease.

    `claim` counts how often it was claimed: whoever has an older number has lost it, however its lease was renewed.
    """

    id: int
    shop_id: int
    channel: str | None
    received_at: datetime
    size: int
    claim: int
    order_id: int | None
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a copy is made of: the recipient here, MAIL FROM, our trace headers, what the client sent.

    `language` is the account's; '' for the operator's mails.  `quarantined`: why it waits for a person, as far as that
    is known by now; '' if it does not.
    """

    recipient: str
    sender: str
    language: str
    trace: bytes
    content: bytes
    quarantined: str = ""

    @property
    def raw(self) -> bytes:
        """The mail as it is kept."""
        return self.trace + self.content


REMOVED = 0  # the `raw_id` of a mail whose bytes are not kept any more


@dataclass(frozen=True, slots=True)
class Mail:
    """A kept mail as lists and pages show it, without its bytes."""

    id: int
    queue_id: str
    shop_id: int | None
    recipient: str
    sender: str
    received_at: datetime
    size: int
    state: MailState
    kind: str | None
    reason: str | None
    problems: tuple[str, ...]
    subject: str | None
    author: str | None
    order_id: int | None
    raw_id: int | None = None

    @property
    def is_removed(self) -> bool:
        """Whether its bytes are not kept any more."""
        return self.raw_id == REMOVED

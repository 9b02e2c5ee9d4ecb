"""The headers in front of a copy, and how a copy or its bounce is recognised when it comes back.

The stored bytes are never written anew: what is said about the copy stands before them, so that signatures stay valid.
Both marks carry a keyed hash, so nobody can stop the copies of a shop by writing the header himself.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

MARK = "X-Smtpd-Billbee-Copy"
SCAN_LIMIT = 128 * 1024  # Postfix keeps 100 KiB of headers (header_size_limit); beyond that nobody's mark survives
HASH_DIGITS = 32  # 128 bits
MAX_ID = 2**63 - 1  # what a database can number

_LOWER_MARK = MARK.lower().encode()
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_MARK = re.compile(
    rb"^" + MARK.encode() + rb":[ \t]*v1;[ \t]*id=(\d{1,19});[ \t]*t=(\d{1,12});[ \t]*h=([0-9a-f]{32})[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_SENDER = re.compile(r"copy\+([a-z2-7]{16})\.(\d{1,19})@(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: of which mail, from which import address, to whom, and when it is sent.

    `hostname` is our name in the Received line.
    """

    mail_id: int
    recipient: str
    destination: str
    sent_at: datetime
    hostname: str


def copy_headers(copy: Copy, key: bytes) -> bytes:
    """The lines to put in front of the stored bytes."""
    us, recipient, destination = _clean(copy.hostname), _clean(copy.recipient), _clean(copy.destination)
    seconds = int(copy.sent_at.timestamp())
    lines = (
        # RFC 5321 4.4: every server that passes a mail on says so, and the hop counters of others rely on it.
        f"Received: from {us} by {us} (smtpd_billbee)",
        f"\tid {copy.mail_id}; {format_datetime(copy.sent_at)}",
        f"Delivered-To: {recipient}",  # RFC 9228
        f"X-Forwarded-To: {destination}",
        f"X-Forwarded-For: {recipient} {destination}",  # both addresses, as Gmail writes it
        f"{MARK}: v1; id={copy.mail_id}; t={seconds}; h={_mark_hash(copy.mail_id, seconds, key)}",
    )
    return b"".join(line.encode() + b"\r\n" for line in lines)


def copy_of(raw: bytes, key: bytes) -> int | None:
    """The id of the mail that this one is our copy of, or None.

    Only headers of the mail itself count: a copy that somebody attaches to a new mail is a new mail.
    """
    top = b"\n" + raw[:SCAN_LIMIT]  # with the line end in front, a mail without headers is no special case
    end = _HEADER_END.search(top)
    head = top[: end.start()] if end else top
    if _LOWER_MARK not in head.lower():  # nearly always so; folding takes much longer
        return None
    headers = _FOLD.sub(b" ", head)
    for found in _MARK.finditer(headers):
        mail_id, seconds = int(found[1]), int(found[2])
        if mail_id <= MAX_ID and _is_same(_mark_hash(mail_id, seconds, key), found[3].decode().lower()):
            return mail_id
    return None


def copy_sender(mail_id: int, key: bytes, domain: str) -> str:
    """The envelope sender of a copy: bounces come to us, never to the shop's customer, and name the mail."""
    return f"copy+{_sender_hash(mail_id, key)}.{mail_id}@{domain}"


def mail_of_sender(address: str, key: bytes, domain: str) -> int | None:
    """The id of the mail whose copy was sent from this address, or None if we never made the address."""
    found = _SENDER.fullmatch(address.lower())  # bounces come in any case: many servers change it
    if found is None or found[3] != domain.lower():
        return None
    mail_id = int(found[2])
    return mail_id if mail_id <= MAX_ID and _is_same(_sender_hash(mail_id, key), found[1]) else None


def _clean(text: str) -> str:
    """A line break in an address must not begin a header of its own."""
    return "".join(c for c in text if c.isprintable())


def _mark_hash(mail_id: int, seconds: int, key: bytes) -> str:
    return hmac.digest(key, b"copy mark v1 %d %d" % (mail_id, seconds), hashlib.sha256).hex()[:HASH_DIGITS]


def _sender_hash(mail_id: int, key: bytes) -> str:
    """16 letters of base32, 80 bits: they survive servers that change the case, and fit into 64 octets."""
    return b32encode(hmac.digest(key, b"copy sender v1 %d" % mail_id, hashlib.sha256)[:10]).decode().lower()


def _is_same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours, theirs)

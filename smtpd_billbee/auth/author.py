"""The one address in From, and the addresses in To and Cc, read so that nobody can read them otherwise.

A From that two programs could take for two authors proves neither (RFC 7489 6.6.1 leaves these mails to the receiver).
Whoever shows a mail reads leniently; this is for those who vouch.
"""

import re
from collections.abc import Iterable

from smtpd_billbee.auth.domains import domain_of
from smtpd_billbee.auth.message import Message
from smtpd_billbee.formats.structured import masked

LONGEST = 8 * 1024  # bytes of a header
MOST_RECIPIENTS = 50

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}")


def author_of(message: Message) -> tuple[str, str]:
    """Address and domain, in small letters; ('', '') unless there is one From with one plain address."""
    found = message.named(b"from")
    if not message.sound or len(found) != 1:
        return "", ""
    text = _text(found[0].unfolded)
    plain = masked(text) if text is not None else None
    if plain is None or set(plain) & set(",:;"):  # several, a group, or a route
        return "", ""
    address = _address(plain)
    return address, address.rpartition("@")[2]


def recipients_of(message: Message, keys: Iterable[bytes] = (b"to", b"cc")) -> tuple[str, ...]:
    """The plain addresses in these headers, in small letters; what is anything else is left out."""
    found: dict[str, None] = {}
    for key in keys:
        for header in message.named(key):
            text = _text(header.unfolded)
            for piece in (masked(text) or "").split(",") if text is not None else ():
                if address := _address(piece):
                    found[address] = None
    return tuple(found)[:MOST_RECIPIENTS]


def _text(value: bytes) -> str | None:
    text = value[: LONGEST + 1].decode("latin-1")
    return None if len(text) > LONGEST or _CONTROLS.search(text) else text.strip(" \t")


def _address(text: str) -> str:
    """The address of one mailbox, 'name <address>' or bare; '' if it is not plain."""
    name, opened, rest = text.partition("<")
    inner, closed, behind = rest.partition(">")
    if not opened:
        return "" if ">" in text else _plain(text)
    if not closed or behind.strip(" \t") or "<" in inner or ">" in name:
        return ""
    address = _plain(inner)
    # `shop@good.example <shop@evil.example>`: some show the one, some the other.
    if "@" in name and name.strip(" \t").lower() != address:
        return ""
    return address


def _plain(text: str) -> str:
    local, at, domain = text.strip(" \t").rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or "=?" in local or not domain_of(domain):
        return ""
    return f"{local}@{domain}".lower()

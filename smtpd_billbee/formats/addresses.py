"""Addresses as SMTP writes them (RFC 5321 4.1.2, RFC 6531 3.3), and the addresses that shops are given.

A path is read strictly: what a sender may not write is not guessed at.  Two leniencies, because a refused path is a
lost order: an underscore in a domain (hosts do carry it), and a local part of more than 64 octets (bounce addresses of
big senders have it; 4.5.3.1 asks for no limit where none is needed).
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

# Each channel's word in an import address, and whose mails it brings.  A new one is one line here.
CHANNELS: Mapping[str, str] = MappingProxyType(
    {"jimdo": "order mails of Jimdo shops", "json": "orders as JSON in a mail (order_json.py)"}
)

# RFC 5321 4.5.3.1.3: a path has at most 256 octets, of which two are the brackets.
LONGEST = 254

# What RFC 6531 adds to letters and digits; without C1 controls, line separators and U+FFFD, which stands for no UTF-8.
_BEYOND_ASCII = r"\u00a0-\u2027\u202a-\ufefe\uff00-\ufffc\U00010000-\U0010ffff"
_ATEXT = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND_ASCII}-]"
_ALNUM = rf"[A-Za-z0-9_{_BEYOND_ASCII}]"
_LABEL = rf"{_ALNUM}(?:[A-Za-z0-9_{_BEYOND_ASCII}-]*{_ALNUM})?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_LITERAL = r"\[[0-9A-Fa-f:.IPv]+\]"
_DOT_STRING = rf"{_ATEXT}+(?:\.{_ATEXT}+)*"
_QUOTED = rf'"(?:[ !#-\[\]-~{_BEYOND_ASCII}]|\\[ -~])*"'

# RFC 5321 4.1.2: a source route must be accepted and should be ignored.
_MAILBOX = rf"(?:{_DOT_STRING}|{_QUOTED})@(?:{_DOMAIN}|({_LITERAL}))|(?i:postmaster)"
_PATH = re.compile(rf"<(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?({_MAILBOX})>(?: +|\Z)")
_HOST = re.compile(_DOMAIN)
_IMPORT = re.compile(r"([0-9]+)-([a-z0-9]+)-orderimport(?:\+([a-z0-9]{0,64}))?@(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Path:
    """An address without its brackets ('' for the null sender), and the parameters that came after it."""

    address: str
    parameters: str


def read_path(text: str) -> Path | None:
    """'<shop@example.org> SIZE=3' -> Path; None if no path stands at the beginning.

    The bare <postmaster> of RFC 5321 4.1.1.3 is a path too; who reads MAIL FROM has to refuse it.
    """
    if text.startswith("<>"):
        return Path("", text[2:].strip()) if text[2:3] in ("", " ") else None
    match = _PATH.match(text)
    if match is None:
        return None
    address, literal = match.groups()
    if len(address if address.isascii() else address.encode()) > LONGEST or (literal and not is_literal(literal)):
        return None
    return Path(address, text[match.end() :].strip())


def is_literal(text: str) -> bool:
    """Is this an address in brackets, [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 4.1.3)?"""
    inner = text[1:-1]
    try:
        if inner[:5].lower() == "ipv6:":
            IPv6Address(inner[5:])
        else:
            IPv4Address(inner)
    except AddressValueError:
        return False
    return text[:1] == "[" and text[-1:] == "]"


def is_host(text: str) -> bool:
    """Could this be the name of a host, in ASCII?"""
    return len(text) <= 255 and text.isascii() and _HOST.fullmatch(text) is not None


def literal(ip: str) -> str:
    """An IP address in the brackets of RFC 5321 4.1.3."""
    return f"[IPv6:{ip}]" if ":" in ip else f"[{ip}]"


@dataclass(frozen=True, slots=True)
class ImportAddress:
    """What an import address says: `<digits>-<channel>-orderimport@<inbound domain>`.

    A word may stand before the @, behind a plus: `secret`, if it is the shop's; in small letters, '' for none.
    `domain` is in small letters.  Whether we serve it, and whether the shop exists, is not known here; `shop_id` has as
    many digits as were written, which can be more than a database's integer holds.
    """

    shop_id: int
    channel: str
    domain: str
    secret: str = ""

    def __str__(self) -> str:
        return f"{self.shop_id}-{self.channel}-orderimport@{self.domain}"


@lru_cache(256)  # a shop has one, and each of its mails asks several times
def read_import_address(address: str) -> ImportAddress | None:
    """The shop and channel that an address names, in any case; None if it is another sort of address."""
    match = _IMPORT.fullmatch(address) if len(address) <= LONGEST and address.isascii() else None
    if match is None or match[2].lower() not in CHANNELS:
        return None
    return ImportAddress(int(match[1]), match[2].lower(), match[4].lower(), (match[3] or "").lower())


def is_secret(given: str, secret: str) -> bool:
    """Whether an address carries this secret.  How long the answer takes tells nothing of it."""
    return hmac.compare_digest(given.lower().encode(), secret.encode())


def with_secret(address: str, secret: str | None) -> str:
    """The import address with the secret in it, if there is one."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{secret}@{domain}" if secret else address

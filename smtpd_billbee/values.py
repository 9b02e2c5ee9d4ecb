"""What the value of a setting may be.  Whatever is wrong with one is said in a sentence."""

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator

T = TypeVar("T")


def _check_listen(text: str) -> str:
    split_listen(text)
    return text


def _check_domain(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", text.lower()):
        raise ValueError(f"{text!r} is not a domain name; write it like inbound.example")
    return text.lower()


def _check_network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an address or a network; write it like 192.0.2.1 or 192.0.2.0/24") from None
    return text


def _check_hostname(text: str) -> str:
    if not re.fullmatch("[!-~]*", text):
        raise ValueError(f"{text!r} is not the name of a host; write it like mx.inbound.example")
    return text


def first_twice(things: Iterable[T]) -> T | None:
    """The first of these that stands there once more, if any."""
    seen: set[T] = set()
    for thing in things:
        if thing in seen:
            return thing
        seen.add(thing)
    return None


def check_each_once(texts: list[str]) -> list[str]:
    # Port 0 is any free port: twice gives two.
    if twice := first_twice(text for text in texts if split_listen(text)[1]):
        raise ValueError(f"{twice!r} stands there twice")
    return texts


def _refuse_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"must be a number, not {str(value).lower()}")
    return value


def _check_email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>\x00-\x1f\x7f]+@[^@\s<>\x00-\x1f\x7f]+", text):
        raise ValueError(f"{text!r} is not an e-mail address; write it like owner@example.org")
    return text


def _check_name(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(f"{text!r} is not one line of text")
    return text


def check_database(text: str) -> str:
    """The address of a database, or nothing.  Raises ValueError with the end of a sentence."""
    if not text:
        return text
    # The address may hold a password: it does not stand in the sentence.
    if not re.match(r"postgres(ql)?://", text):
        raise ValueError("must be empty or begin with postgresql:// or postgres://")
    try:
        address = urlsplit(text)
        named = bool(address.path.strip("/")) and (address.port is None or address.port > 0)
    except ValueError:
        named = False
    if not named:
        raise ValueError("is no address of a database; write it like postgresql://user@host/name")
    if unknown := sorted(parse_qs(address.query, keep_blank_values=True).keys() - _DATABASE_OPTIONS):
        raise ValueError(f"has no option {unknown[0]!r} behind its '?'; there are {', '.join(_DATABASE_OPTIONS)}")
    return text


_DATABASE_OPTIONS = (
    "host", "port", "user", "password", "passfile", "service", "servicefile", "ssl", "sslmode", "target_session_attrs",
    "krbsrvname", "gsslib", "prepared_statement_cache_size",
)  # fmt: skip


def split_listen(text: str) -> tuple[str, int]:
    """'127.0.0.1:2525' or '[::1]:2525' as (host, port).  Raises ValueError with a sentence."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT; write it like 127.0.0.1:2525 or [::1]:2525")
    return host.removeprefix("[").removesuffix("]"), int(port)


def split_nameserver(text: str) -> tuple[str, int]:
    """'192.0.2.53', '192.0.2.53:5353' or '[2001:db8::53]:53' as (address, port).  Raises ValueError with a sentence."""
    host, port = split_listen(text) if re.fullmatch(r"\[.*\]:\d+|[^:]*:\d+", text) else (text.strip("[]"), 53)
    try:
        return str(ip_address(host)), port
    except ValueError:
        raise ValueError(f"{text!r} is not the address of a name server; write it like 192.0.2.53") from None


def _check_nameserver(text: str) -> str:
    split_nameserver(text)
    return text


def _check_public_url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError(f"{text!r} is not the address of a site; write it like https://orders.example")
    return text.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
Nameserver = Annotated[str, AfterValidator(_check_nameserver)]
Listen = Annotated[str, AfterValidator(_check_listen)]
Network = Annotated[str, AfterValidator(_check_network)]
Domain = Annotated[str, AfterValidator(_check_domain)]
Email = Annotated[str, AfterValidator(_check_email)]
DomainOrNone = Annotated[str, AfterValidator(lambda text: _check_domain(text) if text else text)]
EmailOrNone = Annotated[str, AfterValidator(lambda text: _check_email(text) if text else text)]
Hostname = Annotated[str, AfterValidator(_check_hostname)]
Whole = Annotated[int, BeforeValidator(_refuse_bool)]
Seconds = Annotated[float, BeforeValidator(_refuse_bool)]
Name = Annotated[str, AfterValidator(_check_name)]
Database = Annotated[str, AfterValidator(check_database)]
TlsMode = Literal["none", "starttls", "tls"]
Wrap = Literal["unsigned", "never", "always"]

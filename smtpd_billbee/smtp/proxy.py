"""The header in which a proxy tells for whom it speaks (haproxy.org, proxy-protocol.txt, versions 1 and 2).

It stands before everything else on a connection.  Without it, nobody is spoken to.
"""

import ipaddress
import re
import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"  # section 2.2
_LONGEST_LINE: Final = 107  # section 2.1, with its CRLF
_LONGEST_REST: Final = 4096  # addresses, and what else a proxy may add; 216 octets are the longest addresses
_LINE: Final = re.compile(r"PROXY (TCP4|TCP6) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) ([0-9]{1,5}) ([0-9]{1,5})\r\n")
_FAMILIES: Final = {1: (4, "!4s4sHH"), 2: (16, "!16s16sHH")}  # AF_INET, AF_INET6

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadHeader(Exception):
    """This is no header of a proxy."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose connection the proxy hands on."""

    ip: str
    port: int


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before everything else."""

    source: Source | None  # None: the proxy speaks for itself, as for its health checks
    length: int


def unmapped(ip: str) -> str:
    """192.0.2.1 for ::ffff:192.0.2.1, as whoever listens on both sorts at once sees it (RFC 4291 2.5.5.2).

    Python takes the whole of ::ffff:0:0/96 for private, and SPF would look for an ip6.
    """
    if not ip.startswith("::ffff:"):
        return ip
    try:
        return str(ipaddress.IPv6Address(ip).ipv4_mapped or ip)
    except ValueError:
        return ip


def may_speak(ip: str, proxies: Collection[Network]) -> bool:
    """Whether this peer is one of our proxies."""
    try:
        address = ipaddress.ip_address(unmapped(ip.partition("%")[0]))
    except ValueError:
        return False
    return any(address in network for network in proxies)


def read_header(octets: bytes) -> Header | None:
    """The header that they begin with; None: more has to come.  Raises BadHeader."""
    if len(octets) < len(SIGNATURE):  # both versions are longer than this
        return None
    if octets.startswith(SIGNATURE):
        return _read_octets(octets)
    end = octets.find(b"\n", len(SIGNATURE) - 1, _LONGEST_LINE) + 1
    if end:
        return Header(source_of_line(octets[:end]), end)
    if len(octets) >= _LONGEST_LINE or not octets.startswith(b"PROXY "):
        raise BadHeader
    return None


def _read_octets(octets: bytes) -> Header | None:
    start = len(SIGNATURE) + 4
    if len(octets) < start:
        return None
    head = octets[len(SIGNATURE) : start]
    length = int.from_bytes(head[2:])
    if length > _LONGEST_REST:
        raise BadHeader
    if len(octets) < start + length:
        return None
    return Header(source_of_octets(head, octets[start : start + length]), start + length)


def source_of_line(line: bytes) -> Source | None:
    """Version 1: 'PROXY TCP4 192.0.2.1 198.51.100.7 56324 25' or 'PROXY UNKNOWN' and whatever.  Raises BadHeader."""
    if re.match(rb"PROXY UNKNOWN[ \r]", line) and line.endswith(b"\r\n"):
        return None
    if not (found := _LINE.fullmatch(line.decode("ascii", "replace"))):
        raise BadHeader
    family, ip, _, port, _ = found.groups()
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        raise BadHeader from None
    if f"TCP{address.version}" != family or int(port) > 65535:
        raise BadHeader
    return Source(str(address), int(port))


def source_of_octets(head: bytes, rest: bytes) -> Source | None:
    """Version 2: version and command, family and protocol, the length of the rest; the rest.  Raises BadHeader."""
    version, command = head[0] >> 4, head[0] & 0x0F
    family, protocol = head[1] >> 4, head[1] & 0x0F
    if version != 2 or command > 1:
        raise BadHeader
    if command == 0 or family == 0:  # LOCAL; AF_UNSPEC
        return None
    if family not in _FAMILIES or protocol != 1:  # STREAM
        raise BadHeader
    size, form = _FAMILIES[family]
    if len(rest) < 2 * size + 4:
        raise BadHeader
    packed, _, port, _ = struct.unpack_from(form, rest)
    return Source(str(ipaddress.ip_address(packed)), port)

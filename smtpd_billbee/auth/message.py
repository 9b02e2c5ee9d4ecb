"""A mail as signatures see it: headers from its first line on, and a body, with line ends as SMTP has them.

Programs differ in where a broken head ends: at a line without a colon, at a bare CR, at a NUL.  Who signed one reading
must not vouch for the other, so a head that can be read in two ways is not `sound`, and nothing is proved of it.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_HEAD = 512 * 1024  # bytes
MOST_HEADERS = 2_000

_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"[!-9;-~]+")  # RFC 5322 3.6.8; no blank before the colon
_OF_MBOX = re.compile(rb"From [ \t]*[^ \t:]")
_NEVER = re.compile(rb"\r|\0")


@dataclass(frozen=True, slots=True)
class Header:
    """One header: `name` and `value` as written; the value begins behind the colon and ends with its CRLF."""

    name: bytes
    value: bytes

    @property
    def key(self) -> bytes:
        """The name in small letters."""
        return self.name.lower()

    @property
    def unfolded(self) -> bytes:
        """The value on one line (RFC 5322 2.2.3)."""
        return self.value.replace(b"\r\n", b"")


class Message:
    """A mail's headers, top to bottom, and its body.  Bare LFs count as CRLF, as senders and dkimpy take them."""

    def __init__(self, raw: bytes) -> None:
        head, self._raw_body, is_whole = _parted(raw)
        self.headers, is_plain = _headers(head)
        self.sound = is_whole and is_plain

    @functools.cached_property
    def body(self) -> bytes:
        return self._raw_body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    @functools.cached_property
    def places(self) -> dict[bytes, list[int]]:
        """Where the headers of each name stand, top to bottom."""
        found: dict[bytes, list[int]] = {}
        for place, header in enumerate(self.headers):
            found.setdefault(header.key, []).append(place)
        return found

    def named(self, key: bytes) -> list[Header]:
        """The headers of that name, top to bottom."""
        return [self.headers[place] for place in self.places.get(key, ())]


def _parted(raw: bytes) -> tuple[bytes, bytes, bool]:
    """Head, body, and whether the head's end was found within bounds."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return b"", raw.partition(b"\n")[2], True
    top = raw[:LONGEST_HEAD]
    if end := _END.search(top):
        return top[: end.start()], raw[end.end() :], True
    return top, b"", len(raw) <= LONGEST_HEAD


def _headers(head: bytes) -> tuple[Sequence[Header], bool]:
    head = head.replace(b"\r\n", b"\n").removesuffix(b"\n")
    if _NEVER.search(head):
        return (), False
    lines = head.split(b"\n") if head else []
    if lines and _OF_MBOX.match(lines[0]):  # no header, and taken for none everywhere; `From :` is taken for one
        del lines[0]
    fields: list[list[bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        elif len(fields) == MOST_HEADERS or not _is_field(line):
            return (), False
        else:
            fields.append([line])
    return [_header(field) for field in fields], True


def _is_field(line: bytes) -> bool:
    return bool(_NAME.fullmatch(line.partition(b":")[0])) and b":" in line


def _header(lines: list[bytes]) -> Header:
    name, _, value = b"\r\n".join(lines).partition(b":")
    return Header(name, value + b"\r\n")

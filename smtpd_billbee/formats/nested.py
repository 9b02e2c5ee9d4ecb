"""The mails that hang on a mail, byte for byte: only so do their signatures still fit.

mime.py opens the same mails to read them; what it gives is text, and how their bytes stood is lost.
"""

import re
from collections.abc import Iterator, Mapping

from smtpd_billbee.formats.header_words import parameters
from smtpd_billbee.formats.transfer import undone

MOST = 5  # mails
DEPTH = 6
_MOST_PARTS = 200
_HEAD = 128 * 1024  # bytes of a part's headers

_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)", re.ASCII)
_MAILS = ("message/rfc822", "message/global")
_AUTHOR = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)


def nested_mails(raw: bytes) -> tuple[bytes, ...]:
    """The mails inside, outer ones first."""
    hints = raw.lower()
    if not any(hint in hints for hint in (b"message/rfc822", b"message/global", b".eml")):
        return ()
    walk = _Walk()
    walk.into(raw, 0)
    return tuple(walk.found[:MOST])


class _Walk:
    """A walk through the parts, as far as one mail may cost."""

    def __init__(self) -> None:
        self.found: list[bytes] = []
        self._parts = 0

    def into(self, part: bytes, depth: int) -> None:
        self._parts += 1
        if depth > DEPTH or self._parts > _MOST_PARTS or len(self.found) >= MOST:
            return
        headers, body = _parted(part)
        kind, of_type = _kind(headers), parameters(headers.get("content-type", ""))
        if kind.startswith("multipart/") and (boundary := of_type.get("boundary", "").rstrip()):
            for inner in _cut(body, boundary.encode("utf-8", "surrogateescape")):
                self.into(inner, depth + 1)
        elif kind in _MAILS or _is_file_of_a_mail(headers, of_type):
            mail = _decoded(body, headers.get("content-transfer-encoding", ""))
            if _AUTHOR.search(mail[:_HEAD]):
                self.found.append(mail)
                self.into(mail, depth + 1)


def _parted(part: bytes) -> tuple[Mapping[str, str], bytes]:
    if part[:1] == b"\n" or part[:2] == b"\r\n":
        return {}, part.partition(b"\n")[2]
    end = _END.search(part, 0, _HEAD)
    head, body = (part[: end.start()], part[end.end() :]) if end else (part[:_HEAD], b"")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(b" ", head).split(b"\n"):
        name, _, value = line.partition(b":")
        headers.setdefault(name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape").strip())
    return headers, body


def _kind(headers: Mapping[str, str]) -> str:
    found = _TYPE.match(headers.get("content-type", "")[:200])
    return found[1].lower() if found else "text/plain"


def _is_file_of_a_mail(headers: Mapping[str, str], of_type: Mapping[str, str]) -> bool:
    of_file = parameters(headers.get("content-disposition", ""))
    return (of_file.get("filename") or of_type.get("name", "")).lower().endswith(".eml")


def _decoded(body: bytes, encoding: str) -> bytes:
    """RFC 2046 5.2.1 forbids to encode a mail; it is done."""
    return undone(body, encoding) if encoding.lower() in ("base64", "quoted-printable") else body


def _cut(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The parts between the delimiter lines (RFC 2046 5.1.1): the line end before a delimiter belongs to it."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)")
    begin: int | None = None
    for found in line.finditer(body):
        if begin is not None:
            yield body[begin : found.start()].removeprefix(b"\r").removeprefix(b"\n")
        if found[1]:
            return
        begin = found.end()
    if begin is not None:
        yield body[begin:].removeprefix(b"\r").removeprefix(b"\n")

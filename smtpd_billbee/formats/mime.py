"""A mail's bytes become a Letter: its author, its texts, and the letters attached to it.

The tree of the standard library under its policy compat32 is the authority: it alone takes any bytes at any speed
(the newer policy is quadratic on hostile headers, python/cpython#136063).  Headers and contents are decoded here, by
charsets.py and transfer.py.  Any bytes give a Letter; what was too much or too broken is said in `defects`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from smtpd_billbee.formats.charsets import decode, repaired
from smtpd_billbee.formats.flowed import unwrapped
from smtpd_billbee.formats.header_words import LONGEST, author, parameters, readable
from smtpd_billbee.formats.transfer import undone

MAX_HEADERS = 2_000
MAX_PARTS = 500
MAX_DEPTH = 20
MAX_BYTES = 50 * 1024 * 1024


_HTML = ("text/html", "application/xhtml+xml", "text/xhtml")
_JSON = ("application/json", "application/ld+json", "text/json")
_NO_TEXT = ("text/x-amp-html", "text/rfc822-headers", "text/calendar", "text/directory", "text/vcard", "text/css")
_LIKE_HTML = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_META = re.compile(
    rb"<meta\s[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})"
    rb"|\A\s*<\?xml[^>]{0,80}encoding=[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_OF_A_MAIL = re.compile(rb"^(from|subject|date|received|message-id|mime-version|to|return-path):", re.I | re.MULTILINE)
_BOUNDARY = re.compile(rb"^--([^\s\"\\]{1,70})[ \t]{0,9}\r?\nContent-[a-z]{1,30}[-a-z]{0,30}:", re.I | re.MULTILINE)
_FIRST_HEADER = re.compile(rb"(?:From .{0,200}\r?\n)?[A-Za-z][A-Za-z0-9-]{0,60}:[ \t\r\n]")
_BEFORE_HEADERS = b"\xef\xbb\xbf \t\r\n"
_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")

if TYPE_CHECKING:
    _Message = Message[str, str]
else:
    _Message = Message  # only the stubs know its parameters


class _Part(_Message):
    """A part whose Content-Type is read by us: the stdlib needs 1.4 s for a quoted string of 50,000 semicolons."""

    def get_content_type(self) -> str:
        """type/subtype in small letters; RFC 2045 5.2: what is missing or broken is plain text."""
        kind = _TYPE.match(_raw(self, "content-type")[:200])
        if kind:
            return kind[1].lower()
        return "text/plain" if self.get_default_type() != "message/rfc822" else "message/rfc822"

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]

    def get_boundary(self, failobj: Any = None) -> Any:
        return parameters(_raw(self, "content-type")).get("boundary", "").rstrip() or failobj

    def content(self) -> Any:
        """Text as it came, bytes as surrogates, or a list of parts; get_payload() would decode by the label."""
        return self._payload  # type: ignore[attr-defined]  # the stubs do not show it


def _parsed(raw: bytes) -> _Part:
    return cast(_Part, message_from_bytes(raw, _Part, policy=compat32))


@dataclass(frozen=True, slots=True)
class Body:
    """A text of a letter.  `kind`: 'text', 'html', 'json', or 'attachment' for a text that hangs on it as a file."""

    kind: str
    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, read as far as its bytes allow.

    `headers`: names in small letters, each with its first value.  `alternatives`: text and HTML are said to be two
    forms of the same (RFC 2046 5.1.4).  `sender` is '' if the From header names no address.
    """

    subject: str = ""
    sender_name: str = ""
    sender: str = ""
    date: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bodies: tuple[Body, ...] = ()
    attached: tuple["Letter", ...] = ()
    alternatives: bool = False
    defects: tuple[str, ...] = ()


def open_mail(raw: bytes) -> Letter:
    """The letter that these bytes are."""
    return _opened(raw, _Reading(), 0)


class _Reading:
    """What one mail may still cost, and what was wrong with it."""

    def __init__(self) -> None:
        self.parts = 0
        self.bytes = 0
        self.defects: dict[str, None] = {}

    def complain(self, defect: str) -> None:
        self.defects[defect] = None

    def may_open(self, depth: int) -> bool:
        self.parts += 1
        if self.parts > MAX_PARTS:
            self.complain(f"more than {MAX_PARTS} parts")
        elif depth > MAX_DEPTH:
            self.complain(f"parts nested deeper than {MAX_DEPTH}")
        else:
            return True
        return False

    def may_decode(self, size: int) -> bool:
        if self.bytes + size > MAX_BYTES:
            self.complain(f"more than {MAX_BYTES} bytes of text and attachments")
            return False
        self.bytes += size
        return True


@dataclass(slots=True)
class _Found:
    """What the walk through one letter has found so far."""

    bodies: list[Body] = field(default_factory=list)
    attached: list[Letter] = field(default_factory=list)
    alternatives: bool = False
    of_alternatives: int = 0


def _opened(raw: bytes, reading: _Reading, depth: int) -> Letter:
    top = raw.lstrip(_BEFORE_HEADERS)  # an empty line or a BOM in front would make a text of the headers
    if len(top) != len(raw) and _FIRST_HEADER.match(top):
        raw = top
    try:
        tree = _parsed(raw)
        letter = _letter(tree, reading, depth)
    except RecursionError:
        reading.complain("parts nested too deeply to be opened")
        tree = cast(_Part, BytesHeaderParser(_Part, policy=compat32).parsebytes(raw))
        letter = _without_parts(tree, reading)
    if depth == 0 and not letter.attached and not any(body.text.strip() for body in letter.bodies):
        return _second_look(raw, letter)
    return letter


def _without_parts(tree: _Part, reading: _Reading) -> Letter:
    """Only the headers of the whole are known; what stands below is shown as it is."""
    payload = _payload(tree)[: 64 * 1024]
    text = _lines(repaired(decode(payload, None)))
    return _made(tree, reading, _Found(bodies=[Body("text", text)] if text.strip() else []))


def _second_look(raw: bytes, letter: Letter) -> Letter:
    from smtpd_billbee.formats import second_view  # its parser takes 1.5 MiB, and hardly a mail needs it

    plain, html = second_view.texts(raw)
    bodies = [Body("text", _lines(text)) for text in plain] + [Body("html", _lines(text)) for text in html]
    bodies = [body for body in bodies if body.text.strip()]
    if not bodies:
        return letter
    defects = (*letter.defects, "the parts are broken: text found by a second parser")
    return Letter(
        letter.subject, letter.sender_name, letter.sender, letter.date, letter.headers, tuple(bodies), defects=defects
    )


def _letter(tree: _Part, reading: _Reading, depth: int) -> Letter:
    found = _Found()
    _walk(tree, found, reading, depth)
    return _made(tree, reading, found)


def _made(tree: _Part, reading: _Reading, found: _Found) -> Letter:
    headers = _headers(tree, reading)
    name, address = author(_raw(tree, "from"))
    return Letter(
        subject=headers.get("subject", ""),
        sender_name=name,
        sender=address,
        date=headers.get("date", ""),
        headers=MappingProxyType(headers),
        bodies=tuple(found.bodies),
        attached=tuple(found.attached),
        alternatives=found.alternatives,
        defects=tuple(reading.defects),
    )


def _headers(tree: _Part, reading: _Reading) -> dict[str, str]:
    headers: dict[str, str] = {}
    for count, (name, value) in enumerate(tree.raw_items()):
        if count == MAX_HEADERS:
            reading.complain(f"more than {MAX_HEADERS} headers")
            break
        key = name.lower()
        if key in headers:
            continue
        if len(value) > LONGEST:
            reading.complain(f"a header longer than {LONGEST} characters")
        headers[key] = readable(value)
    return headers


def _raw(part: _Part, name: str) -> str:
    """The first value of a header, bytes as surrogates; the stdlib's own access makes objects of them."""
    return next((value for key, value in part.raw_items() if key.lower() == name), "")


def _walk(part: _Part, found: _Found, reading: _Reading, depth: int) -> None:
    if not reading.may_open(depth):
        return
    kind = part.get_content_type()
    if kind.startswith("message/"):
        _open_message(part, kind, found, reading, depth)
    elif part.is_multipart():
        before = len(found.bodies)
        for child in _children(part):
            _walk(child, found, reading, depth + 1)
        if kind == "multipart/alternative" and len(found.bodies) > before + 1:
            found.alternatives = True
    else:
        _open_leaf(part, kind, found, reading, depth)


def _children(part: _Part) -> Iterator[_Part]:
    payload = part.content()
    return (child for child in payload if isinstance(child, _Part))


def _open_message(part: _Part, kind: str, found: _Found, reading: _Reading, depth: int) -> None:
    """A letter inside.  Its encoding (which RFC 2046 5.2.1 forbids, and which is sent) is undone first."""
    if kind not in ("message/rfc822", "message/global", "message/news"):
        return
    encoding = _raw(part, "content-transfer-encoding").lower()
    for child in _children(part) if part.is_multipart() else ():
        if _is_encoded(child, encoding):
            raw = undone(_source(child), encoding)
            if reading.may_decode(len(raw)):
                found.attached.append(_opened(raw, reading, depth + 1))
        elif reading.may_open(depth + 1):
            found.attached.append(_letter(child, reading, depth + 1))


def _is_encoded(letter: _Part, encoding: str) -> bool:
    """Was the letter encoded as a whole?  Where it has parts, the parser could read it, so it was not."""
    if letter.is_multipart():
        return False
    return "quoted-printable" in encoding or ("base64" in encoding and not letter.keys())


def _source(letter: _Part) -> bytes:
    """A letter of one part as it was written."""
    headers = "".join(f"{name}: {value}\n" for name, value in letter.raw_items())
    return _as_bytes(f"{headers}\n") * bool(headers) + _payload(letter)


def _payload(part: _Part) -> bytes:
    """The part's content as it was sent; nothing where it has parts of its own."""
    payload = part.content()
    return _as_bytes(payload) if isinstance(payload, str) else b""


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _open_leaf(part: _Part, kind: str, found: _Found, reading: _Reading, depth: int) -> None:
    disposition = _raw(part, "content-disposition")
    of_type = parameters(_raw(part, "content-type"))
    name = _file_name(parameters(disposition).get("filename") or of_type.get("name"))
    is_file = disposition.strip().lower().startswith("attachment")
    is_json = kind in _JSON or bool(name and name.lower().endswith(".json") and kind == "application/octet-stream")
    is_text = kind in _HTML or is_json or (kind.startswith("text/") and kind not in _NO_TEXT)
    may_be_letter = bool(name and name.lower().endswith(".eml")) or kind == "application/octet-stream" or is_file
    if not (is_text or may_be_letter or kind.startswith("multipart/")):
        return
    payload = _payload(part)
    if not reading.may_decode(len(payload)):
        return
    if (parts := _lost_parts(part, kind, payload)) is not None:
        reading.complain("the boundary of the parts is not the one that the header names")
        _walk(parts, found, reading, depth + 1)
        return
    content = undone(payload, _raw(part, "content-transfer-encoding"))
    if may_be_letter and _is_letter(content):
        found.attached.append(_opened(content, reading, depth + 1))
    elif is_text or kind.startswith("multipart/"):
        found.bodies.append(_body(content, kind, of_type, name, is_file))


def _lost_parts(part: _Part, kind: str, payload: bytes) -> _Part | None:
    """Parts under a wrong or missing boundary: 'Content-...:' behind a line of '--...' shows the right one."""
    if not kind.startswith("multipart/") and (_raw(part, "content-type") or not payload.lstrip().startswith(b"--")):
        return None
    boundary = _BOUNDARY.search(payload)
    if boundary is None:
        return None
    subtype = kind.encode() if kind.startswith("multipart/") else b"multipart/mixed"
    parts = _parsed(b'Content-Type: %b; boundary="%b"\n\n' % (subtype, boundary[1]) + payload)
    return parts if parts.is_multipart() else None


def _body(content: bytes, kind: str, of_type: Mapping[str, str], name: str | None, is_file: bool) -> Body:
    label = of_type.get("charset")
    if not label and kind in _HTML and (meta := _META.search(content[:4096])):
        label = (meta[1] or meta[2]).decode("ascii", "ignore")
    text = _lines(repaired(decode(content, label)))
    if kind == "text/plain" and of_type.get("format", "").lower() == "flowed":
        text = unwrapped(text, of_type.get("delsp", "").lower() == "yes")
    if is_file or (kind.startswith("text/") and kind not in ("text/plain", "text/enriched", *_HTML, *_JSON)):
        return Body("attachment", text, name)
    if kind in _JSON:
        return Body("json", text, name)
    return Body("html" if kind in _HTML or _LIKE_HTML.match(text) else "text", text, name)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _file_name(name: str | None) -> str | None:
    """The last part of the name only, without controls."""
    return _UNSAFE.sub("", name.replace("\\", "/").rpartition("/")[2])[:255].strip() or None if name else None


def _is_letter(content: bytes) -> bool:
    """Does this file begin like a mail: with a header, and two of those that every mail has?"""
    head = content[:8192].lstrip(_BEFORE_HEADERS)
    if not _FIRST_HEADER.match(head):
        return False
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len({found[1].lower() for found in _OF_A_MAIL.finditer(head)}) >= 2

"""A mail with other words in the same form: MIME tree, kinds of headers, charsets and encodings stay as they are.

What is said is decided by the caller; here a text comes out of its part, and goes back the way it came.
"""

import base64
import binascii
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import Message
from email.policy import Compat32, compat32
from typing import Any

from smtpd_billbee.formats.charsets import codecs_of, decode
from smtpd_billbee.formats.header_words import parameters, readable
from smtpd_billbee.formats.transfer import undone

_NO_FILE = b"This file was left out.\n"
_DEEPEST = 5
_TEXTS = ("application/json", "application/ld+json", "application/xhtml+xml", "application/xml")


class _AsItIs(Compat32):
    """Writes headers as they are: the stdlib's own way wraps them, and fails on hostile ones."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        lines = self.linesep.join(str(value).splitlines())
        return f"{name}: {lines}{self.linesep}".encode("ascii", "surrogateescape")


@dataclass(slots=True)
class Rewriter:
    """How texts and headers change.  `text(text, is_html)`; `header(name, value)`: None leaves the header out."""

    text: Callable[[str, bool], str]
    header: Callable[[str, str], str | None]
    left_out: list[str] = field(default_factory=list)  # kinds of parts that nobody can look into


def rewritten(raw: bytes, rewriter: Rewriter, depth: int = 0) -> bytes:
    """The mail with every text and header changed, and with files that are no text left out."""
    tree = message_from_bytes(raw, policy=compat32)
    for number, part in enumerate(tree.walk()):
        _part(part, rewriter, depth, is_top=number == 0)
    out = io.BytesIO()
    linesep = "\r\n" if b"\r\n" in raw[:2000] else "\n"
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0, policy=_AsItIs(linesep=linesep)).flatten(tree)
    return out.getvalue()


def _part(part: "Message[Any, Any]", rewriter: Rewriter, depth: int, is_top: bool) -> None:
    kind = part.get_content_type()
    _headers(part, rewriter)
    part.preamble = rewriter.text(part.preamble, False) if part.preamble else part.preamble
    part.epilogue = rewriter.text(part.epilogue, False) if part.epilogue else part.epilogue
    if part.is_multipart() or not isinstance(payload := part._payload, str):  # type: ignore[attr-defined]
        return
    encoding = str(part.get("content-transfer-encoding", ""))
    content = undone(payload.encode("utf-8", "surrogateescape"), encoding)
    if kind == "text/rfc822-headers":  # a bounce brings the headers of the mail that it is about (RFC 6522 4)
        changed = rewritten(content, rewriter, depth + 1) if depth < _DEEPEST else b""
    elif kind.startswith(("text/", "multipart/")) or kind in _TEXTS:
        changed = _changed(content, part, kind, rewriter)
    elif _is_letter(content, kind) and depth < _DEEPEST:
        changed = rewritten(content, rewriter, depth + 1)
    else:
        rewriter.left_out.append(kind)
        changed = _NO_FILE
    _put(part, changed, encoding, was_encoded=content != payload.encode("utf-8", "surrogateescape"))


def _is_letter(content: bytes, kind: str) -> bool:
    head = content[:4000].lower()
    return kind in ("message/rfc822", "application/octet-stream") and b"from:" in head and b"subject:" in head


def _changed(content: bytes, part: "Message[Any, Any]", kind: str, rewriter: Rewriter) -> bytes:
    label = parameters(str(part.get("content-type", ""))).get("charset")
    text = decode(content, label)
    is_html = "html" in kind or text[:500].lstrip().lower().startswith(("<!doctype html", "<html"))
    changed = rewriter.text(text, is_html)
    for codec in (*codecs_of(label), "utf_8", "cp1252"):
        try:
            if content.decode(codec) == text:
                return changed.encode(codec, "xmlcharrefreplace" if is_html else "replace")
        except (UnicodeError, ValueError, LookupError):
            continue
    return changed.encode("utf-8", "replace")


def _put(part: "Message[Any, Any]", content: bytes, encoding: str, was_encoded: bool) -> None:
    token = encoding.strip().lower()
    if was_encoded and token == "base64":
        content = base64.encodebytes(content)
    elif was_encoded and "quoted-printable" in token:
        content = binascii.b2a_qp(content, istext=True)
    part._payload = content.decode("ascii", "surrogateescape")  # type: ignore[attr-defined]


def _headers(part: "Message[Any, Any]", rewriter: Rewriter) -> None:
    headers = list(part.raw_items())
    for name in {name for name, _ in headers}:
        del part[name]
    for name, value in headers:
        said = readable(value)
        changed = rewriter.header(name, said)
        if changed is not None:
            part[name] = value if changed == said else _written(changed, value)


def _written(text: str, before: str) -> str:
    """A header's text in the form that it had: plain, bytes of eight bits, or words of RFC 2047 in one charset."""
    if text.isascii() and "=?" not in text:
        return text
    if "=?" not in before:
        return text.encode("utf-8").decode("ascii", "surrogateescape")
    start = before.index("=?") + 2
    charset = before[start:].partition("?")[0].partition("*")[0]
    codec = next(iter(codecs_of(charset)), "utf_8")
    words, line = [], ""
    for letter in text:
        if len((line + letter).encode(codec, "replace")) > 42:
            words.append(line)
            line = ""
        line += letter
    encoded = [base64.b64encode(word.encode(codec, "replace")).decode() for word in [*words, line]]
    return "\n ".join(f"=?{charset}?b?{word}?=" for word in encoded)

"""What a signature leaves open: headers that say how the signed body is to be read.

Whoever changes an unsigned Content-Type chooses which of the signed bytes are shown: the part between two lines that he
has written into an order's note, or nothing of what follows his `<!--`.  Gmail signs none.  So an unsigned one counts
if the body itself, which is signed, shows that it can be no other; anything else and the signature proves nothing.
"""

import re

from smtpd_billbee.auth.message import Message
from smtpd_billbee.formats.header_words import parameters

LONGEST = 8 * 1024  # bytes of a Content-Type

_TYPE = re.compile(r"\s*([a-z]{1,20}/[a-z0-9.+-]{1,60})\s*(?:;|$)", re.IGNORECASE)
_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=?-]{1,70}")  # RFC 2046 5.1.1, without blanks
_CHARSETS = re.compile(r"(?:us-ascii|ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d)?", re.IGNORECASE)  # all hold ASCII
_PLAIN = ("", "7bit", "8bit", "binary")
_ENCODED = re.compile(rb"=(?:\r\n|[0-9A-F]{2})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\r\n]*")
_BLANK = b" \t\r\n"


def left_open(message: Message, covered: frozenset[bytes]) -> str:
    """What is to be said against a signature that covers these headers as a whole; '' for nothing."""
    for name in (b"content-type", b"content-transfer-encoding", b"subject"):
        if len(message.named(name)) > 1:
            return f"the mail has more than one {name.decode().title()}"
    if b"subject" not in covered and message.named(b"subject"):
        return "it does not cover the Subject"
    if b"content-transfer-encoding" not in covered and not _is_as_it_stands(message):
        return "it does not cover the Content-Transfer-Encoding"
    if b"content-type" not in covered and not _shows_its_type(message):
        return "it does not cover the Content-Type"
    return ""


def _is_as_it_stands(message: Message) -> bool:
    """No encoding is named, and none may have been taken away: parts name their own, in the signed body."""
    if _value(message, b"content-transfer-encoding").strip().lower() not in _PLAIN:
        return False
    return _is_multipart(message) or not (
        _ENCODED.search(message.body) or (message.body.strip(_BLANK) and _BASE64.fullmatch(message.body))
    )


def _shows_its_type(message: Message) -> bool:
    value = _value(message, b"content-type")
    named = _TYPE.match(value) if value.strip() else None
    kind = named[1].lower() if named else "text/plain"
    if len(value) > LONGEST or (value.strip() and not named):
        return False
    given = parameters(value)
    if kind.startswith("multipart/"):
        return _is_parted_by(given.get("boundary", ""), message.body)
    if set(given) - {"charset"} or not _CHARSETS.fullmatch(given.get("charset", "")):
        return False
    begins = message.body.lstrip(_BLANK)[:2]
    if kind == "text/html":
        return begins[:1] == b"<"
    return kind == "text/plain" and begins[:1] != b"<" and begins != b"--"


def _is_multipart(message: Message) -> bool:
    return _value(message, b"content-type").strip().lower().startswith("multipart/")


def _is_parted_by(boundary: str, body: bytes) -> bool:
    """Between the first line and the last one: nothing of the body is left out."""
    line = b"--" + boundary.encode("ascii", "replace")
    content = body.strip(_BLANK)
    is_begun = content.startswith(line + b"\r\n") and content.endswith(b"\r\n" + line + b"--")
    # A closing line further above would end the parts there (RFC 2046 5.1.1).
    return bool(_BOUNDARY.fullmatch(boundary)) and is_begun and content.count(b"\r\n" + line + b"--") == 1


def _value(message: Message, name: bytes) -> str:
    found = message.named(name)
    return found[0].unfolded.decode("latin-1") if found else ""

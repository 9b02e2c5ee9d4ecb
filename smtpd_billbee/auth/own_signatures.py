"""What we sign: our own mails (RFC 6376), and as an ARC set what we had proved of a mail that we pass on (RFC 8617)."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from dkim.crypto import RSASSA_PKCS1_v1_5_sign

from smtpd_billbee.auth.canonical import RELAXED, canonical_body, canonical_header
from smtpd_billbee.auth.message import Header, Message
from smtpd_billbee.auth.own_keys import OwnKey
from smtpd_billbee.auth.seals import sets_in
from smtpd_billbee.auth.signing import Unverified
from smtpd_billbee.model.evidence import Evidence, Result

MOST_SETS = 50  # RFC 8617 4.2.1
# RFC 6376 5.4.1: what a reader sees, and what says how the body is to be read.
_SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"cc",
    b"mime-version", b"content-type", b"content-transfer-encoding", b"auto-submitted",
)  # fmt: skip
# RFC 6376 8.15: named once more than they are there, so that nobody can add one.
_ONCE = frozenset({b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"cc", b"content-type"})


def dkim_signature(raw: bytes, key: OwnKey, at: datetime) -> bytes:
    """The DKIM-Signature to put in front of a mail of ours, with its line end; b'' for one without a sound head."""
    message = Message(raw)
    if not message.sound:
        return b""
    names, headers = _covered(message, _SIGNED)
    tags = _tags(key, at, names, message)
    return _signed(b"DKIM-Signature", b" v=1;" + tags, headers, key)


def arc_seal(raw: bytes, key: OwnKey, at: datetime, results: bytes, evidence: Evidence) -> bytes:
    """An ARC set to put in front of a mail that we pass on; b'' where none can be made.

    `results`: the value of our Authentication-Results.  A chain that is broken, or not checked, is not gone on with:
    a seal over it would only say so (RFC 8617 5.1.1).
    """
    message = Message(raw)
    if not message.sound or b"\r" in raw.replace(b"\r\n", b""):  # a bare CR becomes CRLF on the wire
        return b""
    try:
        before = sets_in(message, MOST_SETS - 1)
    except Unverified:
        return b""
    if bool(before) != (evidence.arc.result is Result.PASS) or evidence.arc.result not in (Result.PASS, Result.NONE):
        return b""
    number = len(before) // 3 + 1
    instance = b" i=%d;" % number
    found = b"ARC-Authentication-Results:" + instance + b" " + results.strip() + b"\r\n"
    names, headers = _covered(message, (*_SIGNED, b"dkim-signature"))
    ours = _signed(b"ARC-Message-Signature", instance + _tags(key, at, names, message), headers, key)
    chain = [*before, _header(found), _header(ours)]
    value = instance + b" a=rsa-sha256; t=%d; cv=%s;\r\n\td=%s; s=%s;\r\n\tb=" % (
        int(at.timestamp()), b"pass" if before else b"none", key.domain.encode(), key.selector.encode(),
    )  # fmt: skip
    return _signed(b"ARC-Seal", value, chain, key) + ours + found


def _covered(message: Message, wanted: Sequence[bytes]) -> tuple[list[bytes], list[Header]]:
    """The names for h=, and the headers that they mean: of several, the lowest first (RFC 6376 5.4.2)."""
    names: list[bytes] = []
    headers: list[Header] = []
    for name in wanted:
        found = message.named(name)[::-1]
        headers += found
        names += [name] * (len(found) + (name in _ONCE))
    return names, headers


def _tags(key: OwnKey, at: datetime, names: list[bytes], message: Message) -> bytes:
    body = base64.b64encode(hashlib.sha256(canonical_body(message.body, RELAXED)).digest())
    return b" a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s;\r\n\tt=%d; h=%s;\r\n\tbh=%s;\r\n\tb=" % (
        key.domain.encode(), key.selector.encode(), int(at.timestamp()), _folded(names), body,
    )  # fmt: skip


def _folded(names: list[bytes]) -> bytes:
    """h= on lines of at most 78 letters."""
    lines: list[bytes] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 60:
            lines[-1] += b":" + name
        else:
            lines.append(name)
    return b":\r\n\t ".join(lines)


def _signed(name: bytes, value: bytes, headers: Sequence[Header], key: OwnKey) -> bytes:
    """The header with its signature: over these, and over itself without it (RFC 6376 3.7)."""
    hashed = hashlib.sha256(b"".join(canonical_header(header, RELAXED) for header in headers))
    hashed.update(canonical_header(Header(name, value + b"\r\n"), RELAXED).removesuffix(b"\r\n"))
    packed = base64.b64encode(RSASSA_PKCS1_v1_5_sign(hashed, key.numbers))
    lines = [packed[start : start + 72] for start in range(0, len(packed), 72)]
    return name + b":" + value + b"\r\n\t ".join(lines) + b"\r\n"


def _header(raw: bytes) -> Header:
    name, _, value = raw.partition(b":")
    return Header(name, value)

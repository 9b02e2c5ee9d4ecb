"""Content-Transfer-Encoding (RFC 2045 6), undone also where it is broken: what can be read of a part is read."""

import binascii
import re

_TOKEN = re.compile(r"[\w-]+", re.ASCII)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_SPACE = b" \t\r\n\0"
_PADDED = re.compile(rb"[A-Za-z0-9+/]+")
# RFC 2045 6.7 (3): white space at a line's end is no part of it.
_SOFT_BREAK_WITH_SPACE = re.compile(rb"=[ \t]+(?=\r?\n)")
_HEX = re.compile(rb"=[0-9A-Fa-f]{2}")
_SOFT_BREAK = re.compile(rb"=\r?\n")


def undone(payload: bytes, encoding: str) -> bytes:
    """The bytes behind the encoding that the header names; an unknown one encodes nothing."""
    token = _TOKEN.search(encoding.lower())
    match token[0] if token else "":
        case "base64":
            return _from_base64(payload)
        case "quoted-printable":
            return binascii.a2b_qp(_SOFT_BREAK_WITH_SPACE.sub(b"=", payload))
        case "" | "7bit" | "8bit" | "binary" if _is_quoted_printable(payload):
            return binascii.a2b_qp(payload)
        case _:
            return payload


def _is_quoted_printable(payload: bytes) -> bool:
    """Has a relay lost the header?  Soft breaks, codes, and no '=' that is neither."""
    if b"=" not in payload:
        return False
    breaks, codes = len(_SOFT_BREAK.findall(payload)), len(_HEX.findall(payload))
    return breaks > 0 and codes > 0 and breaks + codes == payload.count(b"=")


def _from_base64(payload: bytes) -> bytes:
    packed = payload.translate(None, _SPACE)
    strange = len(packed.translate(None, _ALPHABET))
    if strange and b"-" not in packed and b"_" not in packed and strange * 20 > len(packed):
        return payload  # the label is wrong: this is plain text
    if not strange and _has_words(payload):
        return payload
    packed = packed.translate(_URL_SAFE)
    if b"=" not in packed.rstrip(b"="):
        return _quads(packed.translate(None, bytes(set(range(256)) - set(_ALPHABET))).rstrip(b"="))
    # Pieces that were encoded one by one, or a footer in clear text behind the end.
    pieces = packed.split(b"=")
    return b"".join(_quads(piece) for piece in pieces if _PADDED.fullmatch(piece))


def _has_words(payload: bytes) -> bool:
    """Blanks inside the first lines: base64 has none."""
    return any(b" " in line.strip() for line in payload[:2000].splitlines()[:5])


def _quads(packed: bytes) -> bytes:
    """Whole groups of four; a last one that lacks something gives what it has."""
    left = len(packed) % 4
    if left == 1:
        packed, left = packed[:-1], 0
    return binascii.a2b_base64(packed + b"=" * (-left % 4))

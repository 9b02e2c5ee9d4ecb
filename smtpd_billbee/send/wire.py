"""A mail as it goes over the wire: every line ends in CRLF, and a dot that begins one has another before it.  Pure."""

import re
from collections.abc import Iterator
from typing import Final

PIECE: Final = 64 * 1024  # octets; what is made of a whole large mail lies in memory several times

_LINE_END = re.compile(rb"\r\n|\n|\r")


def wire_size(raw: bytes) -> int:
    """Length of the mail on the wire: each bare CR or LF becomes CRLF, and the last line has one (RFC 1870 5)."""
    bare = raw.count(b"\n") + raw.count(b"\r") - 2 * raw.count(b"\r\n")
    return len(raw) + bare + (0 if raw.endswith((b"\r", b"\n")) else 2)


def wire_pieces(raw: bytes) -> Iterator[bytes]:
    """The content of DATA with its final dot (RFC 5321 4.1.1.4, 4.5.2), in pieces of whole lines."""
    start, is_open = 0, True
    while start < len(raw):
        end = raw.find(b"\n", start + PIECE) + 1 or len(raw)
        piece = raw[start:end]
        if not piece.count(b"\r\n") == piece.count(b"\n") == piece.count(b"\r"):
            piece = _LINE_END.sub(b"\r\n", piece)
        stuffed = piece.replace(b"\n.", b"\n..")
        yield b"." + stuffed if piece.startswith(b".") else stuffed
        start, is_open = end, not piece.endswith(b"\r\n")
    yield b"\r\n.\r\n" if is_open else b".\r\n"

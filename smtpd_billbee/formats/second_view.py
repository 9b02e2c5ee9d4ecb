"""mail-parser's view of a mail, asked only when our own walk found no text at all.  It never decides alone."""

import logging

import mailparser

# It reads everything that is attached, several times; a mail without text and of this size is a picture.
LARGEST = 1024 * 1024

# It logs what it reads: names and subjects of customers have no place in a log.
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)


def texts(raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Plain texts and HTML texts; nothing if mail-parser stumbles, which it does in many ways."""
    if len(raw) > LARGEST:
        return (), ()
    try:
        seen = mailparser.parse_from_bytes(raw)
        return tuple(map(_clean, seen.text_plain)), tuple(map(_clean, seen.text_html))
    except Exception:
        return (), ()


def _clean(text: object) -> str:
    """Without the lone surrogates that stand for bytes."""
    return str(text).encode("utf-8", "replace").decode("utf-8")

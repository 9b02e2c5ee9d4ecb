"""What lists show of a mail, and by what it is known again: from its first headers alone."""

import re
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import lru_cache

from smtpd_billbee.formats.header_words import author, readable

HEAD = 64 * 1024  # bytes that are looked at
SHOWN = 500  # letters that are kept

_END = re.compile(rb"\r?\n\r?\n")
_LONGEST = 10_000  # letters of a header that are looked through


def subject_and_author(raw: bytes) -> tuple[str, str]:
    """The first Subject; and the From as 'Name <address>', or what of it there is."""
    subject = sender = ""
    for name, value in _headers(raw):
        match name.lower():
            case "subject" if not subject:
                subject = readable(value)
            case "from" if not sender:
                shown, address = author(value)
                sender = f"{shown} <{address}>" if shown and address else shown or address
    return subject[:SHOWN], sender[:SHOWN]


def message_id(raw: bytes) -> str:
    """The first Message-ID with its brackets; '' if there is none that could tell mails apart."""
    value = next((value for name, value in _headers(raw) if name.lower() == "message-id"), "").strip()
    is_one = value.startswith("<") and value.endswith(">") and "@" in value[2:-2]
    return value if is_one and len(value) <= _LONGEST else ""


def _headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    head = raw[:HEAD]
    end = _END.search(head)
    return _parsed(head[: end.start()] if end else head)


@lru_cache(maxsize=16)  # one mail's are asked for several times, one after the other
def _parsed(head: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(BytesHeaderParser(policy=compat32).parsebytes(head).raw_items())

"""What lists show of a mail: its subject and its author, from its first headers alone."""

import re
from email.parser import BytesHeaderParser
from email.policy import compat32

from smtpd_billbee.formats.header_words import author, readable

HEAD = 64 * 1024  # bytes that are looked at
SHOWN = 500  # letters that are kept

_END = re.compile(rb"\r?\n\r?\n")


def subject_and_author(raw: bytes) -> tuple[str, str]:
    """The first Subject; and the From as 'Name <address>', or what of it there is."""
    head = raw[:HEAD]
    end = _END.search(head)
    subject = sender = ""
    for name, value in BytesHeaderParser(policy=compat32).parsebytes(head[: end.start()] if end else head).raw_items():
        match name.lower():
            case "subject" if not subject:
                subject = readable(value)
            case "from" if not sender:
                shown, address = author(value)
                sender = f"{shown} <{address}>" if shown and address else shown or address
    return subject[:SHOWN], sender[:SHOWN]

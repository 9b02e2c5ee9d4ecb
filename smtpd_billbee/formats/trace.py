"""The headers that a final delivery puts in front of a mail (RFC 5321 4.4).

Everything that a stranger chose is checked or cleaned before it stands in a header: nothing here can end a line early.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from smtpd_billbee.formats.addresses import is_host, is_literal, literal
from smtpd_billbee.model.mail import Session

# RFC 5322 3.2.2: parentheses, backslashes and controls would change a comment's meaning; few others are needed.
_NOT_IN_A_COMMENT = re.compile(r"[^A-Za-z0-9._:\[\]@+-]")
_LONGEST_HELO = 100


def trace_headers(
    session: Session, sender: str, recipients: Sequence[str], by: str, queue_id: str, when: datetime
) -> bytes:
    """`Return-Path:` and `Received:`, each line with its CRLF.  Addresses must have been read by `read_path`."""
    clauses = [
        f"Received: from {_from(session)}",
        f"by {by} with {_protocol(session)}{_tls(session)}",
        f"id {queue_id}{_for(recipients)}; {_date(when.replace(microsecond=0))}",
    ]
    return (f"Return-Path: <{sender}>\r\n" + "\r\n\t".join(clauses) + "\r\n").encode()


@lru_cache(4)
def _date(when: datetime) -> str:
    """RFC 5322 3.3; the same for all mails of a second."""
    return format_datetime(when)


def _from(session: Session) -> str:
    """RFC 5321 4.4, Extended-Domain: the name it gave, then the address that we saw."""
    seen = literal(session.peer)
    if is_host(session.helo) or is_literal(session.helo):
        return f"{session.helo} ({seen})"
    # A name that is none must not stand where a domain is promised; it is kept as a remark.
    return f"{seen} ({seen} HELO {clean(session.helo)})"


def clean(helo: str) -> str:
    """A stranger's text as it can stand in a comment: one word, ASCII, of bearable length."""
    return _NOT_IN_A_COMMENT.sub("?", helo[:_LONGEST_HELO])


def _protocol(session: Session) -> str:
    """The keyword of RFC 3848, and RFC 6531 4.3 for SMTPUTF8."""
    if session.smtputf8:
        return "UTF8SMTPS" if session.tls else "UTF8SMTP"
    if session.tls:
        return "ESMTPS"
    return "ESMTP" if session.esmtp else "SMTP"


def _tls(session: Session) -> str:
    return f" ({session.tls})" if session.tls else ""


def _for(recipients: Sequence[str]) -> str:
    """RFC 5321 7.2: with several recipients, none of them is told about the others."""
    return f" for <{recipients[0]}>" if len(recipients) == 1 else ""

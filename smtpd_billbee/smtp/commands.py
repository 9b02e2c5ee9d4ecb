"""The arguments of MAIL, RCPT and BDAT, read, or refused with the reply that says why.  Pure."""

import re
from dataclasses import dataclass

from smtpd_billbee.formats.addresses import read_path
from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.replies import Reply

_BODIES = frozenset({"7BIT", "8BITMIME"})
_SIZE = re.compile(r"[0-9]{1,20}")
_CHUNK = re.compile(r"([0-9]{1,20})(?: +(LAST))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """MAIL FROM, as far as we understand it."""

    sender: str
    size: int = 0
    body: str | None = None
    smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """BDAT: so many octets follow the command's line (RFC 3030)."""

    size: int
    last: bool


def read_mail(argument: str, max_size: int) -> Mail | Reply:
    """'FROM:<jimdo@example.org> SIZE=8192' -> Mail."""
    path = read_path(argument[5:].lstrip(" ")) if argument[:5].upper() == "FROM:" else None
    if path is None or path.address.lower() == "postmaster":
        return replies.BAD_SENDER
    if not path.parameters:
        return Mail(path.address) if path.address.isascii() else replies.NOT_ASCII
    mail = _read_mail_parameters(path.address, path.parameters)
    if isinstance(mail, Reply):
        return mail
    if not (mail.smtputf8 or mail.sender.isascii()):
        return replies.NOT_ASCII
    return replies.TOO_BIG if mail.size > max_size else mail


def _read_mail_parameters(sender: str, parameters: str) -> Mail | Reply:
    """SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531): what we advertise, each at most once."""
    found: dict[str, str] = {}
    for parameter in parameters.upper().split():
        key, _, value = parameter.partition("=")
        if key in found:
            return replies.BAD_PARAMETER
        found[key] = value
    if not found.keys() <= {"SIZE", "BODY", "SMTPUTF8"}:
        return replies.UNKNOWN_PARAMETER
    size, body, utf8 = found.get("SIZE", "0"), found.get("BODY"), found.get("SMTPUTF8")
    if not _SIZE.fullmatch(size) or (body is not None and body not in _BODIES) or utf8:
        return replies.BAD_PARAMETER
    return Mail(sender, int(size), body, utf8 is not None)


def read_rcpt(argument: str, *, smtputf8: bool) -> str | Reply:
    """'TO:<12345-jimdo-orderimport@inbound.example>' -> the address."""
    path = read_path(argument[3:].lstrip(" ")) if argument[:3].upper() == "TO:" else None
    if path is None or not path.address:
        return replies.BAD_RECIPIENT
    if path.parameters:
        return replies.UNKNOWN_PARAMETER
    return path.address if smtputf8 or path.address.isascii() else replies.NOT_ASCII


def read_chunk(argument: str) -> Chunk | Reply:
    """'8192 LAST' -> Chunk."""
    match = _CHUNK.fullmatch(argument)
    return Chunk(int(match[1]), match[2] is not None) if match else replies.BAD_CHUNK

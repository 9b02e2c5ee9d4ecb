"""Authentication-Results (RFC 8601): what we found, as one header; what others found; and nobody speaks for us.

Everything that is written here of a stranger's mail has been read as a domain or a selector before: nothing of it can
end a line or a comment early.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smtpd_billbee.formats.structured import masked, pieces
from smtpd_billbee.model.evidence import Evidence, Result

NAME = "Authentication-Results"
LONGEST = 16 * 1024  # bytes of a header that is read
_HEAD = 512 * 1024  # bytes in which headers are looked for

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+")
_METHOD = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,40})(?:/\d{1,3})?\s*=\s*([A-Za-z]{1,20})(?=\s|\Z)")
_PROPERTY = re.compile(r"(?:^|(?<=\s))([A-Za-z]{1,20}\.[A-Za-z0-9_-]{1,40})=(\"[^\"]*\"|[^\s\"]+)")
_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_OURS_OR_THEIRS = re.compile(rb"authentication-results[ \t]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One result of somebody else: `dmarc=pass header.from=shop.example`."""

    method: str
    result: str
    properties: Mapping[str, str]


def auth_results(evidence: Evidence, authserv_id: str, *, null_sender: bool = False) -> bytes:
    """Our header, with its line ends.  `authserv_id` is our name; `null_sender`: SPF was asked of the HELO name."""
    found = [_spf(evidence, "helo" if null_sender else "mailfrom"), *_dkim(evidence), _dmarc(evidence), _arc(evidence)]
    results = [result for result in found if result] or ["none"]
    return (";\r\n\t".join([f"{NAME}: {_identity(authserv_id)}", *results]) + "\r\n").encode("ascii", "replace")


def read_results(text: str) -> list[Found]:
    """The results in a header's value, whoever's they are."""
    found = []
    for piece in pieces(text[:LONGEST]):
        if method := _METHOD.match(piece):
            rest = piece[method.end() :]
            properties = {name.lower(): value.strip('"') for name, value in _PROPERTY.findall(rest)}
            found.append(Found(method[1].lower(), method[2].lower(), properties))
    return found


def without_ours(raw: bytes, authserv_id: str) -> bytes:
    """The mail without headers that claim to be our results (RFC 8601 5); not one other byte is changed."""
    end = _END.search(raw, 0, _HEAD)
    head = raw[: end.end()] if end else raw[:_HEAD]
    kept = [b"".join(lines) for lines in _fields(head) if not _speaks_for_us(lines, authserv_id)]
    return b"".join(kept) + raw[len(head) :]


def _fields(head: bytes) -> Iterator[list[bytes]]:
    """The lines of each header."""
    field: list[bytes] = []
    for line in _LINE.findall(head):
        if field and line[:1] not in (b" ", b"\t"):
            yield field
            field = []
        field.append(line)
    if field:
        yield field


def _speaks_for_us(lines: list[bytes], authserv_id: str) -> bool:
    """Is our name before the first semicolon?  What cannot be read there, and holds our name, counts as ours."""
    if not _OURS_OR_THEIRS.match(lines[0]):
        return False
    value = b"".join(lines)[:LONGEST].decode("latin-1").partition(":")[2].lower()
    hidden, ours = masked(value), authserv_id.lower()
    if hidden is None:
        return ours in value
    end = hidden.find(";")
    name = pieces(value)[0] if end >= 0 else value
    words = [word.strip('"') for word in re.split(r"[\s/]+", name.strip()) if word]
    return words[:1] == [ours] or f'"{ours}"' in name


def _spf(evidence: Evidence, what: str) -> str:
    spf = evidence.spf
    if spf.result is Result.NONE and not spf.domain:
        return ""
    return f"spf={spf.result}" + (f" smtp.{what}={spf.domain}" if spf.domain else "")


def _dkim(evidence: Evidence) -> Iterator[str]:
    for each in evidence.signatures:
        why = f" ({each.why})" if each.why else ""
        domain = f" header.d={each.domain}" if each.domain else ""
        selector = f" header.s={each.selector}" if each.selector else ""
        yield f"dkim={each.result}{why}{domain}{selector}"
    if not evidence.signatures:
        yield "dkim=none"


def _dmarc(evidence: Evidence) -> str:
    policy = f" (p={evidence.policy})" if evidence.policy else ""
    author = f" header.from={evidence.domain}" if evidence.domain else ""
    return f"dmarc={evidence.dmarc}{policy}{author}"


def _arc(evidence: Evidence) -> str:
    arc = evidence.arc
    if arc.result is Result.NONE:
        return ""
    return f"arc={arc.result}" + (f" (sealed by {arc.sealer})" if arc.sealer else "")


def _identity(name: str) -> str:
    if _TOKEN.fullmatch(name):
        return name
    return '"' + "".join(char for char in name if char.isprintable() and char not in '"\\') + '"'

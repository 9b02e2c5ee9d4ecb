"""A mail to the sender of one of our copies: does it say that the copy was not delivered, and why?

RFC 3464 where it is spoken; else the plain text that mail systems write.  An automatic reply, an abuse report (RFC
5965), a notice of delay and one of success are no bounces.  Linear: every byte is looked at a few times, in the first
128 KiB only; a report stands in front of what it returns.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from smtpd_billbee.formats.charsets import decode
from smtpd_billbee.formats.header_words import author, parameters, readable
from smtpd_billbee.formats.transfer import undone

LOOKED_AT = 128 * 1024
LONGEST_SAID = 16 * 1024  # letters in which words and replies are looked for
DEEPEST = 5
MOST_PARTS = 50
LONGEST_TEXT = 300

_DELIVERY = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers")
_FAILED = ("failed", "expired")  # the second is no word of RFC 3464 2.3.3, and is sent
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_CODE = re.compile(r"(?<![\d.#=-])([45]\d\d)(?=$|[\s:;,'\"-])(?!-\d)")
_CODE_AND_STATUS = re.compile(r"(?<![\d.])[45]\d\d[ \t-]{1,3}([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|postmaster|mdaemon|mail delivery (?:sub)?system|mail delivery service",
    re.IGNORECASE,
)
# Where the returned mail begins: what stands behind says nothing about the delivery.
_BELOW = re.compile(
    r"^[ \t]{0,8}(?:-{2,10} ?(?:the header of the original message|below this line is a copy|this is a copy of"
    r"|original message|the body of the message|eine kopie|kopie der nachricht)|below is a copy of the original"
    r"|original message (?:headers|follows)|received ?:|return-path ?:|message-id ?:|dkim-signature ?:)",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = re.compile(
    r"warning message only|has been delayed|is delayed|message will be retried|temporary failure report"
    r"|(?:do|need) not (?:need to )?(?:re-?send|try to re-?send)|delivery is delayed|verz[öo]e?ger"
    r"|wird weiter versucht",
    re.IGNORECASE,
)
_UNDELIVERED = re.compile(
    r"could ?n[o']t be delivered|not be delivered|delivery has failed|delivery (?:to [^\n]{1,80} )?failed"
    r"|failed permanently|permanent (?:fatal )?error|was ?n[o']t able to deliver|not able to (?:be )?deliver"
    r"|undeliver(?:able|ed)|error has occurred while attempting to deliver|unable to deliver"
    r"|address(?:\(?es\)?)? failed|did not reach|nicht zugestellt|unzustellbar"
    r"|zustellung [^\n]{0,60}(?:fehlgeschlagen|gescheitert)"
    r"|n'a pas pu [êe]tre",
    re.IGNORECASE,
)
# What the words say where no status stands; the first that fits.
_MEANINGS = (
    ("4.4.7", r"retry time(?:out)? (?:was )?exceeded|expired|too long in the queue|in the queue too long"),
    ("4.4.1", r"not reachable|connection timed out|could not connect|no route to host|connection refused"),
    ("5.1.2", r"domain (?:does not exist|not found)|host (?:not found|unknown)|unknown (?:host|domain)"),
    ("5.2.2", r"mailbox (?:is )?full|over ?quota|quota (?:exceeded|full)|postfach[^\n]{0,30}voll"),
    ("5.3.4", r"size limit|message (?:is )?too (?:large|big)|exceed[^\n]{0,30}size"),
    (
        "5.1.1",
        r"user unknown|unknown (?:user|recipient|local part)|no such (?:user|mailbox|recipient|address)"
        r"|(?:user|mailbox|address|recipient)[^\n]{0,20} (?:not found|unknown|unavailable|does not exist)"
        r"|unknown or illegal|invalid (?:recipient|mailbox)",
    ),
    ("5.7.1", r"spam|blocked|blacklist|policy|denied|rejected"),
)
_MEANT = tuple((status, re.compile(words, re.IGNORECASE)) for status, words in _MEANINGS)


class Permanence(StrEnum):
    """Whether the same mail to the same address may go through another day; delivered it was not, either way."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail was not delivered: the enhanced status of RFC 3463, and what the server said, on one line."""

    permanence: Permanence
    status: str
    text: str


class NoBounce(StrEnum):
    """What else comes to such an address, and says nothing against the delivery."""

    AUTOMATIC_REPLY = "automatic reply"
    ABUSE_REPORT = "abuse report"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        """Its words, on lines that end in LF."""
        content = undone(self.body, self.headers.get("content-transfer-encoding", ""))
        label = parameters(self.headers.get("content-type", "")).get("charset")
        return decode(content, label).replace("\r\n", "\n")


def read_bounce(raw: bytes) -> Bounce | NoBounce:
    """What the mail says of the delivery."""
    top = _opened(raw[:LOOKED_AT].replace(b"\r\n", b"\n"), "text/plain")
    # A report under a boundary that stands nowhere: its words and its fields are looked for in all of it.
    parts = list(_leaves(top, 0)) or [_Part("text/plain", {}, top.body), _Part(_DELIVERY[0], {}, top.body)]
    kinds = {part.kind for part in parts}
    of_type = parameters(top.headers.get("content-type", ""))
    if "message/feedback-report" in kinds or of_type.get("report-type", "").lower() == "feedback-report":
        return NoBounce.ABUSE_REPORT
    said = _above([part.text() for part in parts if part.kind == "text/plain"] or _htmls(parts))
    for part in parts:
        if part.kind in _DELIVERY and (found := _of_fields(part.text(), said)) is not None:
            return found
    return _of_words(top.headers, said)


def _htmls(parts: list[_Part]) -> list[str]:
    return [_TAG.sub(" ", part.text()) for part in parts if part.kind == "text/html"]


_TAG = re.compile(r"<[^<>]{0,1000}>")


def _opened(raw: bytes, default: str) -> _Part:
    """Headers and body; of a header that stands there twice the first counts."""
    if raw.startswith(b"\n"):
        return _Part(default, {}, raw[1:])
    head, _, body = raw.partition(b"\n\n")
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "surrogateescape").split("\n"):
        if line[:1] in (" ", "\t"):
            if name and len(headers[name]) < 8000:
                headers[name] += line
            continue
        said, colon, value = line.partition(":")
        name = said.strip().lower() if colon else ""
        if name in headers:
            name = ""
        elif name:
            headers[name] = value.strip()
    kind = re.match(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", headers.get("content-type", "")[:200])
    return _Part(kind[0].lower() if kind else default, headers, body)


def _leaves(part: _Part, depth: int) -> Iterator[_Part]:
    """The parts without parts of their own, in their order; what was returned to us stays closed."""
    boundary = parameters(part.headers.get("content-type", "")).get("boundary", "").rstrip()
    if not part.kind.startswith("multipart/") or not boundary or depth == DEEPEST:
        yield part
        return
    mark = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    for piece in (b"\n" + part.body).split(mark, MOST_PARTS)[1:]:
        if piece.startswith(b"--"):
            return
        inner = _opened(piece.partition(b"\n")[2], "text/plain")
        if inner.kind not in _RETURNED:
            yield from _leaves(inner, depth + 1)


def _above(texts: list[str]) -> str:
    """The words of the mail system: the texts as far as the mail that they return."""
    text = "\n".join(texts)[:LONGEST_SAID]
    below = _BELOW.search(text)
    return text[: below.start()] if below else text


def _of_fields(text: str, said: str) -> Bounce | NoBounce | None:
    """RFC 3464 2.3: the fields of each recipient.  A copy has one recipient: the first failure is the failure."""
    other: NoBounce | None = None
    for group in text.split("\n\n", MOST_PARTS)[:MOST_PARTS]:
        fields = _opened(group.strip("\n").encode("utf-8", "surrogateescape") + b"\n\n", "").headers
        action = fields.get("action", "").split(" ", 1)[0].lower()
        if action in _FAILED or (not action and fields.get("status", "").startswith("5")):
            return _failure(fields, said)
        if action == "delayed":
            other = NoBounce.DELAYED
        elif action in ("delivered", "relayed", "expanded"):
            other = NoBounce.DELIVERED
    return other


def _failure(fields: Mapping[str, str], said: str) -> Bounce:
    reported, diagnostic = _STATUS.search(fields.get("status", "")), readable(fields.get("diagnostic-code", ""))
    status = reported[1] if reported else ""
    if not status or status.endswith(".0.0"):  # says less than the reply that it stands for
        status = _exact_status(diagnostic, status[:1]) or status or _status_of(said)
    kind, semicolon, reply = diagnostic.partition(";")
    text = (reply if semicolon and " " not in kind.strip() else diagnostic) or _telling_line(said)
    return _bounce(status, text)


def _of_words(headers: Mapping[str, str], said: str) -> Bounce | NoBounce:
    name, address = author(headers.get("from", ""))
    by_system = _DAEMON.search(f"{name} {address}") is not None or "x-failed-recipients" in headers
    if not by_system:
        is_automatic = headers.get("auto-submitted", "no").strip().lower() not in ("no", "")
        return NoBounce.AUTOMATIC_REPLY if is_automatic or _replies_by_itself(headers) else NoBounce.UNKNOWN
    if _DELAYED.search(said):
        return NoBounce.DELAYED
    if _UNDELIVERED.search(said):
        return _bounce(_status_of(said), _telling_line(said))
    return NoBounce.AUTOMATIC_REPLY if _replies_by_itself(headers) else NoBounce.UNKNOWN


_AWAY = re.compile(
    r"auto(?:matic|matische)? ?-?(?:reply|response|antwort)|out of (?:the )?office|away until|abwesen|vacation|urlaub",
    re.IGNORECASE,
)


def _replies_by_itself(headers: Mapping[str, str]) -> bool:
    if {"x-autoreply", "x-autorespond", "x-auto-response-suppress"} & set(headers):
        return True
    return headers.get("precedence", "").lower() == "auto_reply" or bool(
        _AWAY.search(readable(headers.get("subject", "")))
    )


def _bounce(status: str, text: str) -> Bounce:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_TEXT]
    permanence = Permanence.TEMPORARY if status.startswith("4") else Permanence.PERMANENT
    return Bounce(permanence, status, line)


def _exact_status(text: str, sort: str) -> str:
    """A status in a reply that says more than 'other or undefined' (RFC 3463 3.1), or what its words mean."""
    exact = next((found[1] for found in _STATUS.finditer(text) if not found[1].endswith(".0.0")), "")
    return exact or _meant(text, sort)


def _status_of(said: str) -> str:
    """The status that a plain text gives, behind a reply code if it can be had."""
    found = _CODE_AND_STATUS.search(said) or _STATUS.search(said)
    if found is not None and found[1].endswith(".0.0"):
        line = said[found.start() :].partition("\n")[0]
        return _meant(line, found[1][0]) or found[1]
    if found is not None:
        return found[1]
    code = _CODE.search(said)
    return _meant(said) or (f"{code[1][0]}.0.0" if code else "5.0.0")


def _meant(text: str, sort: str = "") -> str:
    """What the words mean, among the statuses of this sort: '4' or '5'."""
    return next((status for status, words in _MEANT if status.startswith(sort) and words.search(text)), "")


def _telling_line(said: str) -> str:
    """The line with the status or the code; else the first one behind the sentence that it was not delivered."""
    lines = [line.strip() for line in said.split("\n")]
    for pattern in (_CODE_AND_STATUS, _STATUS, _CODE):
        for line in lines:
            if found := pattern.search(line):  # of a whole paragraph on one line, the reply
                return line if found.start() < LONGEST_TEXT // 2 else line[found.start() :]
    for pattern in (*(words for _, words in _MEANT), _UNDELIVERED):
        for line in lines:
            if pattern.search(line):
                return line
    return ""

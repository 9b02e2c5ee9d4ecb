"""A copy as a mail of ours: why it comes from us, and the original behind it, byte for byte.

What no signature of its author's domain vouches for is refused by many mailboxes when a third server passes it on
(RFC 7489 6.6.2: it fails DMARC).  So it travels inside a mail that we answer for.
"""

import base64
import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256

from smtpd_billbee.formats.header_words import author, readable

PRODUCT = "smtpd-billbee"
HEAD = 64 * 1024  # bytes in which author and subject are looked for
LONGEST_LINE = 998  # RFC 5322 2.1.1, and RFC 2045 2.7 and 2.8 for 7bit and 8bit
LONGEST_NAME = 60
LONGEST_SUBJECT = 250
LONGEST_PLAIN = 70  # RFC 5322 2.1.1: lines should have 78 letters at most

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_TOO_LONG = re.compile(rb"^[^\r\n]{%d}" % (LONGEST_LINE + 1), re.MULTILINE)  # begins at line starts only: linear
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,20}")


class Why(StrEnum):
    """Why the mail does not travel as it is."""

    UNSIGNED = "unsigned"  # nothing proves that it comes from its author's domain
    REFUSED = "refused"  # it was sent as it is, and refused
    WAITS = "waits"  # its order waits for a person, and the copy has to say so where he reads it
    ALWAYS = "always"  # the server is set up so


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What our mail says around the original.

    `made_at` is when the copy was ordered: its tries are one mail with one Message-ID, so that a mailbox which got it
    twice can tell.  `note` is a sentence of ours that stands first, '' for none.
    """

    mail_id: int
    recipient: str
    destination: str
    domain: str
    language: str
    why: Why
    made_at: datetime
    sent_at: datetime
    note: str = ""


_WORDS = {
    "de": {
        "copy": "[Kopie]",
        "nobody": "Absender unbekannt",
        "what": "Angehängt ist eine Mail, die an {recipient} kam, so wie sie kam.",
        "from": "Von",
        "subject": "Betreff",
        "date": "Datum",
        "as_file": "Die Datei heißt mail.eml und lässt sich mit jedem Mailprogramm öffnen. Als Mail angehängt käme sie "
        "nicht unverändert an: Sie hat Zeilen oder Zeichen, die auf dem Weg hierher zerbrechen.",
        Why.UNSIGNED: "Warum angehängt: Die Mail trägt keine gültige Unterschrift (DKIM) der Domain ihres Absenders. "
        "Viele Postfächer weisen solche Mails ab, wenn ein anderer Server sie weiterreicht. Das heißt auch: Wer sie "
        "wirklich geschickt hat, ist nicht bewiesen.",
        Why.REFUSED: "Warum angehängt: Ihr Postfach hat die Mail abgewiesen, als wir sie so weiterreichten, wie sie "
        "kam.",
        Why.WAITS: "Warum angehängt: damit dieser Hinweis vor ihr stehen kann.",
        Why.ALWAYS: "Warum angehängt: Dieser Server verschickt jede Kopie so.",
    },
    "en": {
        "copy": "[Copy]",
        "nobody": "Unknown sender",
        "what": "Attached is a mail that came to {recipient}, as it came.",
        "from": "From",
        "subject": "Subject",
        "date": "Date",
        "as_file": "The file is named mail.eml, and every mail program opens it. Attached as a mail it would not "
        "arrive unchanged: it has lines or characters that break on the way here.",
        Why.UNSIGNED: "Why attached: the mail has no valid signature (DKIM) of its sender's domain. Many mailboxes "
        "refuse such mails when another server passes them on. It also means that nothing proves who really sent it.",
        Why.REFUSED: "Why attached: your mailbox refused the mail when we passed it on as it came.",
        Why.WAITS: "Why attached: so that this note can stand before it.",
        Why.ALWAYS: "Why attached: this server sends every copy this way.",
    },
}  # fmt: skip


def wrapped(raw: bytes, wrapping: Wrapping) -> bytes:
    """The mail of ours around `raw`; CRLF throughout, no line longer than 998 bytes but those of the original."""
    original = _Original.of(raw)
    words = _WORDS.get(wrapping.language, _WORDS["de"])
    is_file = not travels_well(raw)
    # The boundary is a hash of what stands between: no original can hold the hash of itself.
    boundary = f"=_{sha256(raw).hexdigest()[:48]}"
    return b"".join(
        (
            _headers(original, wrapping, words, boundary, has_eight_bits=not is_file and not raw.isascii()),
            f"--{boundary}\r\n".encode(),
            _as_text(_text(original, wrapping, words, is_file)),
            f"\r\n--{boundary}\r\n".encode(),
            *(_as_file(raw) if is_file else _as_mail(raw)),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def travels_well(raw: bytes) -> bool:
    """Whether SMTP carries these bytes as they are, but for a bare LF, which becomes CRLF on every way.

    RFC 2045 2.8: 8bit has no NUL, no bare CR and no line of more than 998 bytes; RFC 2046 5.2.1 allows a message
    inside a mail no other encoding.
    """
    return b"\0" not in raw and raw.count(b"\r") == raw.count(b"\r\n") and _TOO_LONG.search(raw) is None


@dataclass(frozen=True, slots=True)
class _Original:
    """What is said of the original, as plain words: every header value is one printable line.

    `answer_to` is who gets the answer, as with the original: its Reply-To, else its author; '' if neither is plain.
    """

    name: str = ""
    address: str = ""
    answer_to: str = ""
    subject: str = ""
    date: str = ""

    @classmethod
    def of(cls, raw: bytes) -> "_Original":
        head = raw[:HEAD]
        end = _HEADER_END.search(head)
        found: dict[str, str] = {}
        for name, value in (
            BytesHeaderParser(policy=compat32).parsebytes(head[: end.start()] if end else head).raw_items()
        ):
            found.setdefault(name.lower(), value)
        name, address = author(found.get("from", ""))
        _, answer_to = author(found.get("reply-to", ""))
        return cls(
            name=_line(name, LONGEST_NAME),
            address=_line(readable(address), 320),
            answer_to=next((each for each in (answer_to, address) if _is_plain(each)), ""),
            subject=_line(readable(found.get("subject", "")), LONGEST_SUBJECT),
            date=_line(readable(found.get("date", "")), 80),
        )


def _headers(
    original: _Original, wrapping: Wrapping, words: dict[str, str], boundary: str, *, has_eight_bits: bool
) -> bytes:
    shown = original.name or original.address or words["nobody"]
    # A name that holds an address of another domain looks like a forgery to filters, and to people.
    shown = shown.replace("@", " at ")
    subject = f"{words['copy']} {original.subject}".rstrip()
    lines = [
        f"From: {_phrase(f'{shown} via {PRODUCT}')} <copy@{wrapping.domain}>",
        f"To: {_line(wrapping.destination, 320)}",
        f"Reply-To: {original.answer_to}" if original.answer_to else "",
        f"Subject: {_unstructured(subject)}",
        f"Date: {format_datetime(wrapping.sent_at)}",
        f"Message-ID: <copy.{wrapping.mail_id}.{int(wrapping.made_at.timestamp())}@{wrapping.domain}>",
        "Auto-Submitted: auto-forwarded",  # RFC 3834 5: nobody's holiday answers it
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"',
        # RFC 2045 6.4: a multipart says what its parts need.
        f"Content-Transfer-Encoding: {'8bit' if has_eight_bits else '7bit'}",
    ]
    return "".join(f"{line}\r\n" for line in (*filter(None, lines), "")).encode()


def _phrase(text: str) -> str:
    """A name for an address header (RFC 5322 3.2.5); the stdlib's own folding has broken quotes (CVE-2025-1795)."""
    if not text.isascii() or "=?" in text:
        return _encoded(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unstructured(text: str) -> str:
    return text if text.isascii() and "=?" not in text and len(text) < LONGEST_PLAIN else _encoded(text)


def _encoded(text: str) -> str:
    """RFC 2047 2 and 5 (3): words of at most 75 letters, none split within a character."""
    words, piece = [], b""
    for character in text:
        more = character.encode("utf-8", "replace")
        if len(piece) + len(more) > 45:
            words.append(piece)
            piece = b""
        piece += more
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in (*words, piece))


def _is_plain(address: str) -> bool:
    """Whether it can stand in a header of ours without quotes or other signs than ASCII."""
    return len(address) <= 254 and _PLAIN_ADDRESS.fullmatch(address) is not None


def _text(original: _Original, wrapping: Wrapping, words: dict[str, str], is_file: bool) -> str:
    author_line = f"{original.name} <{original.address}>" if original.name and original.address else ""
    facts = (
        ("from", author_line or original.address or original.name or words["nobody"]),
        ("subject", original.subject),
        ("date", original.date),
    )
    paragraphs = [
        _line(wrapping.note, 1000),
        words["what"].format(recipient=_line(wrapping.recipient, 320)),
        "\n".join(f"  {words[name]}: {value}" for name, value in facts if value),
        words["as_file"] if is_file else "",
        words[wrapping.why],
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _as_text(text: str) -> bytes:
    return (
        b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    ) + b2a_qp(text.replace("\n", "\r\n").encode(), istext=True).rstrip(b"\r\n")


def _as_mail(raw: bytes) -> tuple[bytes, bytes]:
    """Headers, and the mail, which is large now and then: it is not copied here once more."""
    encoding = b"7bit" if raw.isascii() else b"8bit"
    headers = (
        b'Content-Type: message/rfc822; name="mail.eml"\r\n'
        b'Content-Disposition: attachment; filename="mail.eml"\r\n'
        b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    )
    has_crlf = raw.count(b"\n") == raw.count(b"\r\n")
    return headers, raw if has_crlf else raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _as_file(raw: bytes) -> tuple[bytes, bytes]:
    headers = (
        b'Content-Type: application/octet-stream; name="mail.eml"\r\n'
        b'Content-Disposition: attachment; filename="mail.eml"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return headers, base64.encodebytes(raw).rstrip(b"\n").replace(b"\n", b"\r\n")


def _line(text: str, longest: int) -> str:
    """One printable line: no line break begins a header of its own, no mark turns the writing's direction."""
    text = text[: 8 * longest].encode("utf-8", "replace").decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"

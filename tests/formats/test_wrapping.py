"""A copy in a mail of ours: the original byte for byte behind an explanation, whatever the original is made of."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee import reader
from smtpd_billbee.formats.header_words import author
from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.formats.wrapping import Why, Wrapping, travels_well, wrapped
from tests.pace import LINEAR, growth

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EARLIER = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
ORIGINAL = (
    "From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <j@shop.example>\r\nSubject: Bestellung 7\r\n"
    "Date: Mon, 2 Mar 2026 11:00:00 +0100\r\nX-Sample: synthetic\r\n\r\n.\r\nGrüße\r\n"
).encode()


def wrapping(language: str = "de", why: Why = Why.UNSIGNED, note: str = "") -> Wrapping:
    """What our mail says around the original of these tests."""
    return Wrapping(
        7, "12345-jimdo-orderimport@inbound.example", "owner@example.org", "bounce.example", language, why, EARLIER,
        NOON, note,
    )  # fmt: skip


def opened(raw: bytes) -> EmailMessage:
    """Our mail as a mail program sees it."""
    mail = message_from_bytes(raw, _class=EmailMessage, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def carried(raw: bytes) -> bytes:
    """The bytes of the part behind the text, decoded as its encoding says."""
    boundary = opened(raw).get_boundary().encode()
    part = raw.split(b"\r\n--" + boundary)[2].removeprefix(b"\r\n")
    headers, _, content = part.partition(b"\r\n\r\n")
    if b"base64" in headers:
        return message_from_bytes(headers + b"\r\n\r\n" + content).get_payload(decode=True)
    return content


def test_who_and_what() -> None:
    """It comes from us in the author's name, is answered to the author, and says in its subject what it is."""
    mail = opened(wrapped(ORIGINAL, wrapping()))

    (sender,) = mail["From"].addresses
    assert Address("Jürgen Müller via smtpd-billbee", "copy", "bounce.example") == sender
    assert ("owner@example.org", "j@shop.example") == (mail["To"], mail["Reply-To"])
    assert "[Kopie] Bestellung 7" == mail["Subject"]
    assert "auto-forwarded" == mail["Auto-Submitted"]
    assert NOON == mail["Date"].datetime
    assert None is mail["List-Id"]


def test_the_tries_of_one_copy_are_one_mail() -> None:
    """The Message-ID names the mail and when its copy was ordered, not when it was sent."""
    assert "<copy.7.1772449200@bounce.example>" == opened(wrapped(ORIGINAL, wrapping()))["Message-ID"]


def test_byte_for_byte() -> None:
    """What is carried are the stored bytes; RFC 2046 5.2.1: as 8bit, never encoded."""
    raw = wrapped(ORIGINAL, wrapping())

    assert ORIGINAL == carried(raw)
    assert ["multipart/mixed", "text/plain", "message/rfc822", "text/plain"] == [
        part.get_content_type() for part in opened(raw).walk()
    ]
    assert ["8bit", "8bit"] == [opened(raw)["Content-Transfer-Encoding"], _carrier(raw)["Content-Transfer-Encoding"]]


def _carrier(raw: bytes) -> EmailMessage:
    return next(part for part in opened(raw).walk() if part.get_content_disposition())  # type: ignore[return-value]


def test_seven_bits() -> None:
    """A mail of ASCII asks nothing of the servers on its way."""
    raw = wrapped(ORIGINAL.replace("Grüße".encode(), b"Gruesse"), wrapping())

    assert raw.isascii()
    assert ["7bit", "7bit"] == [opened(raw)["Content-Transfer-Encoding"], _carrier(raw)["Content-Transfer-Encoding"]]


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [("de", "[Kopie] ", "keine gültige Unterschrift"), ("en", "[Copy] ", "no valid signature"), ("", "[Kopie] ", "so")],
)
def test_language(language: str, subject: str, said: str) -> None:
    """The owner is told in his language why this is an attachment."""
    mail = opened(wrapped(ORIGINAL, wrapping(language)))

    assert mail["Subject"].startswith(subject)
    assert said in mail.get_body().get_content()


def test_it_hangs_on_the_mail() -> None:
    """As a file, not below the text: nobody takes it for a part of ours, and whoever sends ours on sends it whole."""
    (attached,) = opened(wrapped(ORIGINAL, wrapping())).iter_attachments()

    assert "attachment" == attached.get_content_disposition()


def test_what_is_told() -> None:
    """Who wrote what and when, and a sentence of ours first."""
    mail = opened(wrapped(ORIGINAL, wrapping(note="Nicht übernommen:\n zu prüfen.")))
    text = mail.get_body().get_content().replace("\r\n", "\n")

    assert text.startswith("Nicht übernommen: zu prüfen.\n\nAngehängt ist eine Mail, die an 12345-jimdo-orderimport@")
    facts = ("Von: Jürgen Müller <j@shop.example>", "Betreff: Bestellung 7", "Datum: Mon, 2 Mar 2026 11:00:00 +0100")
    assert [] == [fact for fact in facts if f"\n  {fact}\n" not in text]


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_words(why: Why) -> None:
    """In each language."""
    texts = [opened(wrapped(ORIGINAL, wrapping(language, why))).get_body().get_content() for language in ("de", "en")]

    assert ["Warum angehängt", "Why attached"] == [
        word for word, text in zip(("Warum angehängt", "Why attached"), texts, strict=True) if word in text
    ]


@pytest.mark.parametrize(
    "content",
    [b"a" * 999, b"a\0b", b"a\rb", "ü".encode() * 500, b"\r", b"a\r\r\nb"],
    ids=["a long line", "NUL", "bare CR", "a long line of eight bits", "CR at the end", "CR CR LF"],
)
def test_what_breaks_on_the_way(content: bytes) -> None:
    """RFC 2045 2.8: 8bit has no such thing.  Then the original is a file, byte for byte, and the text says why."""
    original = ORIGINAL + content
    raw = wrapped(original, wrapping("en"))

    assert not travels_well(original)
    assert original == carried(raw)
    assert ("application/octet-stream", "mail.eml") == (_carrier(raw).get_content_type(), _carrier(raw).get_filename())
    assert "would not arrive unchanged" in opened(raw).get_body().get_content()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("content", [b"a" * 998 + b"\r\n", b"a\nb\n", b""], ids=["998", "bare LF", "nothing"])
def test_what_travels(content: bytes) -> None:
    """A line of 998 bytes is allowed; a bare LF becomes CRLF, as on every way."""
    original = ORIGINAL + content

    assert travels_well(original)
    assert original.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") == carried(wrapped(original, wrapping()))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'From: "a\r\n b" <x@y.example>', "a b"),
        (b"From: =?utf-8?q?a=0D=0ABcc:_victim=40example.org?= <x@y.example>", "a Bcc: victim at example.org"),
        (b'From: "boss@bank.example" <x@y.example>', "boss at bank.example"),
        (b"From: x@y.example", "x at y.example"),
        (b"From: =?utf-8?q?=22=2C_evil=3Cx=40y=3E?= <x@y.example>", ", evil<x at y>"),
        (b"From: =?utf-8?b?4oCuYWJj?= <x@y.example>", "abc"),
        (b"From: " + b"A" * 50_000 + b" <x@y.example>", "A" * 59 + "…"),
        (b"From: ,;:<>", ";:<>"),
        (b"From: J\xfcrgen <x@y.example>", "Jürgen"),
        (b"To: nobody", "Absender unbekannt"),
        (b"", "Absender unbekannt"),
    ],
)
def test_hostile_names(header: bytes, name: str) -> None:
    """A name is one printable line of at most 60 letters without an @; nothing in it begins a header of its own."""
    raw = wrapped(header + b"\r\nX-Sample: synthetic\r\n\r\n", wrapping())
    mail = opened(raw)

    # The stdlib of Python 3.11 puts a blank between encoded words of a name; RFC 2047 6.2 has none there.
    assert (f"{name} via smtpd-billbee", "copy@bounce.example") == author(message_from_bytes(raw)["From"])
    assert ["copy@bounce.example"] == [each.addr_spec for each in mail["From"].addresses]
    assert [] == list(mail.defects)
    assert None is mail["Bcc"]


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        (b"From: a@shop.example\r\nReply-To: Anna <anna@example.org>", "anna@example.org"),
        (b"From: a@shop.example\r\nReply-To: ,;:<>", "a@shop.example"),
        ("From: jürgen@shop.example".encode(), None),
        (b"From: <a@b\r\n Bcc: x@y.example>", "a@b"),
        (b"From: " + b"a" * 300 + b"@shop.example", None),
    ],
)
def test_answers(headers: bytes, answer: str | None) -> None:
    """They go where those to the original would: to its Reply-To, else to its author; to nobody we cannot write."""
    assert answer == opened(wrapped(headers + b"\r\n\r\n", wrapping()))["Reply-To"]


def test_subjects() -> None:
    """A subject is one line of at most 250 letters; one with a line break in an encoded word is no new header."""
    evil = opened(wrapped(b"Subject: =?utf-8?q?a=0D=0ABcc:_x=40y.example?=\r\n\r\n", wrapping()))
    long = opened(wrapped(b"Subject: " + "ü".encode() * 4000 + b"\r\n\r\n", wrapping()))

    assert ("[Kopie] a Bcc: x@y.example", None) == (evil["Subject"], evil["Bcc"])
    assert "[Kopie] " + "ü" * 249 + "…" == long["Subject"]


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    """Any bytes make a mail without defects that carries them."""
    raw = wrapped(content, wrapping())

    assert [] == list(opened(raw).defects)
    expected = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if travels_well(content) else content
    assert expected == carried(raw)


def test_we_read_our_own_copies() -> None:
    """An order forwarded by hand from such a copy is read: the original is found behind the explanation."""
    for original in (ORIGINAL, ORIGINAL + b"a" * 999):
        (attached,) = open_mail(wrapped(original, wrapping())).attached
        assert ("j@shop.example", "Bestellung 7") == (attached.sender, attached.subject)
    assert reader.read(wrapped(ORIGINAL, wrapping())) is not None


@pytest.mark.parametrize(
    "unit", [b"a" * 900 + b"\r\n", b"a" * 1000, b"\r", b"\n", b"From: <" * 9, b"=?utf-8?q?a?= "], ids=range(6)
)
def test_pace(unit: bytes) -> None:
    """Linear in the size of the original."""

    def work(size: int) -> bytes:
        return wrapped(b"Subject: x\r\n\r\n" + unit * (size // len(unit)), wrapping())

    assert growth(work, 4_000_000) < LINEAR

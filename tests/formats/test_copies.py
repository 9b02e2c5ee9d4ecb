"""The headers in front of a copy, and the marks by which copies and bounces are known again."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.copies import MARK, MAX_ID, Copy, copy_headers, copy_of, copy_sender, mail_of_sender
from tests.pace import LINEAR, growth

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
COPY = Copy(42, "12345-jimdo-orderimport@inbound.example", "owner@example.org", NOON, "mx.inbound.example")
MAIL = b"Return-Path: <a@shop.example>\r\nSubject: Bestellung\r\n\r\nHallo\r\n"
IDS = st.integers(min_value=1, max_value=MAX_ID)


def test_headers():
    """A copy says where it comes from, for whom it was, and that it is ours."""
    expected = (
        b"Received: from mx.inbound.example by mx.inbound.example (smtpd_billbee)\r\n"
        b"\tid 42; Tue, 01 Sep 2026 12:00:00 +0000\r\n"
        b"Delivered-To: 12345-jimdo-orderimport@inbound.example\r\n"
        b"X-Forwarded-To: owner@example.org\r\n"
        b"X-Forwarded-For: 12345-jimdo-orderimport@inbound.example owner@example.org\r\n"
        b"X-Smtpd-Billbee-Copy: v1; id=42; t=1788264000; h=0989"
    )
    headers = copy_headers(COPY, KEY)

    assert expected == headers[: len(expected)]


def test_headers_only():
    """The lines are headers and nothing else: the mail behind them keeps its own."""
    mail = message_from_bytes(copy_headers(COPY, KEY) + MAIL)

    names = ["Received", "Delivered-To", "X-Forwarded-To", "X-Forwarded-For", MARK, "Return-Path", "Subject"]
    assert names == mail.keys()
    assert [] == mail.defects


def test_line_break_in_an_address():
    """An address cannot add a header of its own."""
    copy = Copy(42, "x@y\r\nBcc: everybody@example.org", "o@example.org\nTo: \udcff", NOON, "mx.example")

    assert 5 == len(message_from_bytes(copy_headers(copy, KEY)).keys())


@given(IDS)
def test_round_trip(mail_id: int):
    """Our copy coming back is known again, with the mail it is a copy of."""
    copy = Copy(mail_id, COPY.recipient, COPY.destination, NOON, COPY.hostname)

    assert mail_id == copy_of(copy_headers(copy, KEY) + MAIL, KEY)


def _mark() -> bytes:
    return copy_headers(COPY, KEY).splitlines()[-1]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw,
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: b"".join(b"ARC-Seal: i=%d; b=%s\r\n" % (n, b"x" * 900) for n in range(60)) + raw,
        lambda raw: raw.replace(b"; h=", b";\r\n\th="),
        lambda raw: raw.replace(b"Copy: v1", b"Copy:\r\n v1"),
        lambda raw: raw.replace(MARK.encode(), MARK.lower().encode()),
        lambda raw: raw.replace(_mark(), b"X-Smtpd-Billbee-Copy: v1; id=42; t=1; h=" + b"0" * 32 + b"\r\n" + _mark()),
        lambda raw: raw.partition(b"\r\n\r\n")[0],
        lambda raw: _mark(),
    ],
    ids=["as-is", "lf", "many-headers", "folded", "folded-first", "lower-case", "forged-before", "no-body", "alone"],
)
def test_known_again(change):
    """What other servers do to headers on the way does not hide our mark."""
    assert 42 == copy_of(change(copy_headers(COPY, KEY) + MAIL), KEY)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        MAIL,
        MAIL + copy_headers(COPY, KEY),
        b"\r\n" + copy_headers(COPY, KEY),
        MAIL.replace(b"Bestellung", b"Bestellung\r\n " + _mark()),
        MAIL.replace(b"Bestellung", b"Bestellung " + _mark()),
        copy_headers(COPY, OTHER_KEY) + MAIL,
        copy_headers(COPY, KEY).replace(b"id=42", b"id=43") + MAIL,
        copy_headers(COPY, KEY).replace(b"t=1788264000", b"t=1788264001") + MAIL,
        b"X-Smtpd-Billbee-Copy: v1; id=99999999999999999999; t=1; h=" + b"0" * 32 + b"\r\n\r\n",
        b"X-Smtpd-Billbee-Copy: v1; id=9999999999999999999; t=1; h=" + b"0" * 32 + b"\r\n\r\n",
        b"X: y\r\n" * 30_000 + copy_headers(COPY, KEY) + MAIL,
    ],
    ids=[
        "nothing", "empty", "plain", "in-the-body", "after-the-headers", "in-a-fold", "in-a-value",
        "other-key", "other-id", "other-time", "huge-id", "large-id", "too-far-down",
    ],
)  # fmt: skip
def test_not_ours(raw: bytes):
    """A forged mark, or one that does not stand in the mail's own headers, is ignored."""
    assert copy_of(raw, KEY) is None


def test_attached_copy():
    """A copy attached to a new mail is a new mail."""
    attached = b"Subject: Fwd: Bestellung\r\nContent-Type: message/rfc822\r\n\r\n" + copy_headers(COPY, KEY) + MAIL

    assert copy_of(attached, KEY) is None


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes(before: bytes, after: bytes):
    """Any bytes give an answer, never an exception, and never a wrong mail."""
    assert copy_of(before + _mark() + after, KEY) in {42, None}


@pytest.mark.parametrize(
    "line", [b"X-Smtpd-Billbee-Copy: v1; id=1; t=1; h=" + b"0" * 32 + b"\r\n", b"\r\n ", b"\n\t", b" " * 100, b"\r"]
)
def test_hostile_headers(line: bytes):
    """A mail made of nothing but marks, folds or blanks takes as long as its parts."""
    assert growth(lambda size: copy_of(b"X: y" + line * (size // len(line)), KEY), 8 * 2**20) < LINEAR


@given(IDS)
def test_sender_round_trip(mail_id: int):
    """A bounce names its mail, in any case it comes back in; the local part has room (RFC 5321 4.5.3.1.1)."""
    address = copy_sender(mail_id, KEY, "inbound.example")

    assert mail_id == mail_of_sender(address, KEY, "inbound.example")
    assert mail_id == mail_of_sender(address.upper(), KEY, "Inbound.Example")
    assert 64 >= len(address.partition("@")[0])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "owner@example.org",
        copy_sender(42, OTHER_KEY, "inbound.example"),
        copy_sender(42, KEY, "inbound.example").replace(".42@", ".43@"),
        copy_sender(42, KEY, "other.example"),
        copy_sender(42, KEY, "inbound.example") + "\n",
        "copy+aaaaaaaaaaaaaaaa.9999999999999999999@inbound.example",
        "copy+aaaaaaaaaaaaaaaa.٤٢@inbound.example",
    ],
)
def test_not_our_sender(address: str):
    """Nobody can make up a bounce address for a mail."""
    assert mail_of_sender(address, KEY, "inbound.example") is None


def test_marks_differ():
    """The hash in the header is no help in making the sender's, which everybody sees less often."""
    sender = copy_sender(42, KEY, "x").removeprefix("copy+").partition(".")[0]

    assert sender.encode() not in copy_headers(COPY, KEY)

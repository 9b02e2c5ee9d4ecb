"""The headers in front of a mail."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.trace import trace_headers
from smtpd_billbee.model.mail import Session

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TO = ("x@y.example",)
SESSION = Session("192.0.2.7", 4711, "mail.jimdo.example")


def _trace(
    session: Session = SESSION, sender: str = "a@b.example", recipients: tuple[str, ...] = ("x@y.example",)
) -> str:
    return trace_headers(session, sender, recipients, "mx.example", "0123456789abcdef", NOON).decode()


def test_whole() -> None:
    """RFC 5321 4.4: Return-Path first, then Received with from, by, with, id, for and the date."""
    expected = (
        "Return-Path: <a@b.example>\r\n"
        "Received: from mail.jimdo.example ([192.0.2.7])\r\n"
        "\tby mx.example with ESMTP\r\n"
        "\tid 0123456789abcdef for <x@y.example>; Mon, 02 Mar 2026 12:00:00 +0000\r\n"
    )

    assert expected == _trace()


@pytest.mark.parametrize(
    ("session", "word"),
    [
        (Session("192.0.2.7", 1, "a", esmtp=False), "SMTP"),
        (Session("192.0.2.7", 1, "a"), "ESMTP"),
        (Session("192.0.2.7", 1, "a", tls="TLSv1.3 X"), "ESMTPS (TLSv1.3 X)"),
        (Session("192.0.2.7", 1, "a", smtputf8=True), "UTF8SMTP"),
        (Session("192.0.2.7", 1, "a", smtputf8=True, tls="TLSv1.3 X"), "UTF8SMTPS (TLSv1.3 X)"),
    ],
)
def test_with(session: Session, word: str) -> None:
    """RFC 3848 and RFC 6531 4.3 name the ways that a mail can come; TLS is told in a comment."""
    assert f"by mx.example with {word}\r\n" in _trace(session)


def test_ipv6_and_literals() -> None:
    """RFC 5321 4.1.3: addresses stand in brackets, IPv6 with its tag."""
    session = Session("2001:db8::1", 1, "[IPv6:2001:db8::1]")

    assert "from [IPv6:2001:db8::1] ([IPv6:2001:db8::1])\r\n" in _trace(session)


def test_hostile_name() -> None:
    """A HELO that is no host name stands in a comment, cleaned; it cannot forge a header."""
    session = Session("192.0.2.7", 1, "x) by evil\r\nSubject: (öl\\\0")

    assert "from [192.0.2.7] ([192.0.2.7] HELO x??by?evil??Subject:???l??)\r\n" in _trace(session)


def test_null_sender_and_several_recipients() -> None:
    """RFC 5321 7.2: of several recipients none is named."""
    trace = _trace(sender="", recipients=("x@y.example", "z@y.example"))

    assert trace.startswith("Return-Path: <>\r\n")
    assert "for" not in trace


@given(st.text(max_size=3000), st.sampled_from(["192.0.2.7", "2001:db8::1", ""]))
def test_any_name_gives_two_headers(helo: str, ip: str) -> None:
    """Whatever a peer says at HELO, there are two headers in short lines, and the body stays the body."""
    trace = trace_headers(Session(ip, 1, helo), "", ("x@y.example",), "mx.example", "1", NOON)
    mail = message_from_bytes(trace + b"Subject: s\r\n\r\nbody", policy=compat32)

    assert ["Return-Path", "Received", "Subject"] == mail.keys()
    assert max(map(len, trace.split(b"\r\n"))) < 400
    assert trace.isascii()

"""The arguments of commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.commands import Chunk, Mail, read_chunk, read_mail, read_rcpt
from smtpd_billbee.smtp.replies import Reply


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<a@b.example>", Mail("a@b.example")),
        ("from: <a@b.example>", Mail("a@b.example")),
        ("FROM:<>", Mail("")),
        ("FROM:<> SIZE=1000", Mail("", 1000)),
        ("FROM:<a@b.example> SIZE=1 body=8bitmime SMTPUTF8", Mail("a@b.example", 1, "8BITMIME", True)),
        ("FROM:<ö@b.example> SMTPUTF8", Mail("ö@b.example", smtputf8=True)),
        ("FROM:<ö@b.example>", replies.NOT_ASCII),
        ("FROM:<ö@b.example> SIZE=1", replies.NOT_ASCII),
        ("FROM:<a@b.example> SIZE=1001", replies.TOO_BIG),
        ("FROM:<a@b.example> SIZE", replies.BAD_PARAMETER),
        ("FROM:<a@b.example> SIZE=x", replies.BAD_PARAMETER),
        ("FROM:<a@b.example> SIZE=1 SIZE=1", replies.BAD_PARAMETER),
        ("FROM:<a@b.example> BODY=BINARYMIME", replies.BAD_PARAMETER),
        ("FROM:<a@b.example> SMTPUTF8=yes", replies.BAD_PARAMETER),
        ("FROM:<a@b.example> RET=FULL", replies.UNKNOWN_PARAMETER),
        ("FROM:<a@b.example> AUTH=<>", replies.UNKNOWN_PARAMETER),
        ("FROM:a@b.example", replies.BAD_SENDER),
        ("FROM:<postmaster>", replies.BAD_SENDER),
        ("FROM:<a@b.example\0>", replies.BAD_SENDER),
        ("<a@b.example>", replies.BAD_SENDER),
        ("", replies.BAD_SENDER),
    ],
)
def test_mail(argument: str, expected: Mail | Reply) -> None:
    """RFC 5321 4.1.1.2, RFC 1870, RFC 6152, RFC 6531; with a largest mail of 1,000 octets."""
    assert expected == read_mail(argument, 1000)


@pytest.mark.parametrize(
    ("argument", "smtputf8", "expected"),
    [
        ("TO:<a@b.example>", False, "a@b.example"),
        ("to:  <a@b.example>", False, "a@b.example"),
        ("TO:<postmaster>", False, "postmaster"),
        ("TO:<ö@b.example>", True, "ö@b.example"),
        ("TO:<ö@b.example>", False, replies.NOT_ASCII),
        ("TO:<>", False, replies.BAD_RECIPIENT),
        ("TO:a@b.example", False, replies.BAD_RECIPIENT),
        ("", False, replies.BAD_RECIPIENT),
        ("TO:<a@b.example> NOTIFY=NEVER", False, replies.UNKNOWN_PARAMETER),
    ],
)
def test_rcpt(argument: str, smtputf8: bool, expected: str) -> None:
    """RFC 5321 4.1.1.3; DSN is not offered, so its parameters are not taken."""
    assert expected == read_rcpt(argument, smtputf8=smtputf8)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("0", Chunk(0, False)),
        ("86 LAST", Chunk(86, True)),
        ("86 last", Chunk(86, True)),
        ("", replies.BAD_CHUNK),
        ("-1", replies.BAD_CHUNK),
        ("86 FIRST", replies.BAD_CHUNK),
        ("86LAST", replies.BAD_CHUNK),
        ("9" * 21, replies.BAD_CHUNK),
    ],
)
def test_chunk(argument: str, expected: Chunk | Reply) -> None:
    """RFC 3030 2."""
    assert expected == read_chunk(argument)


@given(st.text(max_size=60))
def test_any_argument(text: str) -> None:
    """Any text is read or refused."""
    for argument in (text, f"FROM:<{text}", f"FROM:<a@b.example> {text}"):
        assert isinstance(read_mail(argument, 1000), Mail | Reply)
    assert isinstance(read_rcpt(f"TO:<{text}", smtputf8=True), str)
    assert isinstance(read_chunk(text), Chunk | Reply)

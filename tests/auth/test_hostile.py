"""Mails made to keep a verifier busy: all of it takes time in proportion to its size, or is not looked into."""

import random
from collections.abc import Callable

import pytest
from dkim.canonicalization import CanonicalizationPolicy
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.auth.canonical import canonical_body
from smtpd_billbee.formats.auth_results import read_results, without_ours
from smtpd_billbee.formats.nested import nested_mails
from smtpd_billbee.model.evidence import Evidence
from tests.auth.playing import mail, proved, signed, zone
from tests.pace import LINEAR, growth

GENUINE = signed(mail())
HEADER = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s1; h=from; bh=AA==; b="
PARTS = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n.eml"
SEAL = b"ARC-Seal: i=%d; a=rsa-sha256; cv=none; d=shop.example; s=s1; b=AA==\r\n"


def _body(filling: bytes) -> Callable[[int], Evidence]:
    """Its signature does not fit, which is known only when the body is hashed; dkimpy takes minutes to sign these."""
    return lambda size: proved(GENUINE + filling * (size // len(filling)) + b"x\r\n")


def _head(filling: bytes) -> Callable[[int], Evidence]:
    return lambda size: proved(filling * (size // len(filling)) + GENUINE)


def _value(name: bytes, filling: bytes) -> Callable[[int], Evidence]:
    return lambda size: proved(name + b": " + filling * (size // len(filling)) + b"!\r\n" + GENUINE)


HOSTILE = {
    "blanks in the body": (_body(b" "), 2_000_000),
    "tabs and blanks": (_body(b"\t "), 2_000_000),
    "lines of blanks": (_body(b" \r\n"), 500_000),
    "empty lines": (_body(b"\r\n"), 1_000_000),
    "bare CRs": (_body(b"\r"), 1_000_000),
    "empty lines at the end": (lambda size: proved(GENUINE + b"\r\n" * (size // 2)), 1_000_000),
    "a header in many lines": (_value(b"X-A", b"a\r\n "), 400_000),
    "a header of blanks": (_value(b"X-A", b" "), 400_000),
    "many headers": (_head(b"a:\r\n"), 7_000),
    "too many headers": (_head(b"a:\r\n"), 400_000),
    "lines that are no headers": (_head(b"a\r\n"), 400_000),
    "many signatures": (_head(HEADER + b"AA==\r\n"), 150_000),
    "many sets": (lambda size: proved(b"".join(SEAL % (n % 99) for n in range(size // 70)) + GENUINE), 100_000),
    "a signature of blanks": (_value(HEADER, b" "), 400_000),
    "a signature of semicolons": (_value(HEADER, b";"), 400_000),
    "many names in h=": (_value(HEADER.replace(b"h=from", b"h=from" + b":x" * 200), b"A"), 15_000),
    "quotes in From": (_value(b"From", b'"'), 8_000),
    "brackets in From": (_value(b"From", b"("), 8_000),
    "angles in From": (_value(b"From", b"<a@b.example>,"), 8_000),
    "dots in From": (_value(b"From", b"a."), 8_000),
    "many recipients": (_value(b"To", b"a@b.example,"), 8_000),
    "parts": (lambda size: nested_mails(PARTS + b"\r\n--a" * size), 100_000),
    "blanks behind a boundary": (lambda size: nested_mails(PARTS + b"\r\n--a" + b" " * size + b"x"), 500_000),
    "mails in mails": (lambda size: nested_mails((PARTS + b"\r\n--a\r\n") * (size // len(PARTS))), 100_000),
    "results in brackets": (lambda size: read_results("(" * size), 16_000),
    "results of blanks": (lambda size: read_results("spf = pass" + " " * size + "x=y"), 16_000),
    "results to be stripped": (
        lambda size: without_ours(b"Authentication-Results: (\r\n" * (size // 27) + b"\r\n\r\n", "mx.example"), 500_000,
    ),
    "an SPF record": (
        lambda size: proved(mail(), zone({"evil.example": {"TXT": [b"v=spf1 a:" + b"a" * size + b"! -all"]}})), 4_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("work", "size"), HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_size(work: Callable[[int], object], size: int) -> None:
    """Eight times the size, about eight times the time."""
    assert growth(work, size) < LINEAR


@given(st.text(alphabet=" \t\r\nab").map(lambda text: text.replace("\r", "").replace("\n", "\r\n").encode()))
def test_the_same_as_dkimpy(body: bytes) -> None:
    """The linear forms are those of dkimpy for every body whose last line is ended, as SMTP's always is."""
    body += b"\r\n"
    for form in (b"relaxed", b"simple"):
        theirs = CanonicalizationPolicy.from_c_value(b"relaxed/" + form)

        assert theirs.canonicalize_body(body) == canonical_body(body, form)


PIECES = (
    b"From: a@shop.example\r\n", b"From: ", b"\r\n", b"\n", b"\r", b"\0", b" ", b"DKIM-Signature: ", b"v=1; ",
    b"d=shop.example; ", b"b=AA==; ", b"h=from:to; ", b"bh=; ", b"s=s1; ", b"a=rsa-sha256; ", b"ARC-Seal: ", b"i=1; ",
    b"cv=none; ", b"ARC-Message-Signature: ", b"ARC-Authentication-Results: ", b"x=", b"t=9; ", b"l=", b"\xff",
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
)  # fmt: skip


@given(st.binary(max_size=300) | st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_any_bytes(raw: bytes) -> None:
    """Any bytes give an Evidence, and without the key nothing is proved."""
    assert not proved(raw).signed


def test_no_order_of_headers_is_needed() -> None:
    """Headers that a signature does not cover may be added anywhere above it (they are, on the way)."""
    chance = random.Random(1)
    for _ in range(20):
        added = b"".join(b"X-%d: %d\r\n" % (chance.randrange(9), chance.randrange(99)) for _ in range(9))
        assert proved(added + GENUINE).signed

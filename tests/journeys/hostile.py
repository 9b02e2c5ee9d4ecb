"""Mails that nobody writes by accident; each with the name of what is wrong with it.  All synthetic."""

import random
from collections.abc import Iterator

HEAD = b"From: x <x@shop.example>\r\nX-Sample: synthetic\r\n"
PLAIN = b"\r\nBestellnummer: 1\r\n"
LONG = 50_000


def mails() -> Iterator[tuple[str, bytes]]:
    """(what is wrong, content)"""
    yield "no octets", b""
    yield "one line end", b"\r\n"
    yield "one dot", b".\r\n"
    yield "no end of headers", HEAD + b"Subject: x\r\n"
    yield "random octets", random.Random(4711).randbytes(60_000).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"
    yield "random lines", b"".join(_random_lines(random.Random(4712)))
    yield "NULs", HEAD + b"Subject: \0\0\0\r\n\r\nBestell\0nummer: \0\r\n"
    yield "a line of 64 KiB", HEAD + b"\r\n" + b"x" * 65536 + b"\r\n"
    yield "a header of 64 KiB", HEAD + b"Subject: " + b"x" * 65536 + b"\r\n" + PLAIN
    yield "1,500 nested multiparts", _multiparts(1500)
    yield "1,500 nested messages", _messages(1500)
    yield "1,500 parts side by side", _siblings(1500)
    yield "20,000 headers", HEAD + b"X-A: b\r\n" * 20_000 + PLAIN
    yield "20,000 folded lines", HEAD + b"Subject: a\r\n" + b" b\r\n" * 20_000 + PLAIN
    yield "50,000 nested elements", _html(b"<div>" * LONG + b"Bestellnummer: 1")
    yield "20,000 nested tables", _html(b"<table><tr><td>" * 20_000 + b"Bestellnummer: 1")
    yield "a colspan of a thousand million", _html(b"<table><tr><td colspan=1000000000 rowspan=1000000000>1</table>")
    yield "base64 without end", HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A" * LONG + b"=\r\n"
    yield "a charset of NULs", HEAD + b'Content-Type: text/plain; charset="\0\0"\r\n' + PLAIN
    yield "a charset that is none", HEAD + b"Content-Type: text/plain; charset=rot13\r\n" + PLAIN
    for name, header in _headers():
        yield f"50 kB: {name}", HEAD + header + b"\r\n" + PLAIN


def _headers() -> Iterator[tuple[str, bytes]]:
    """Headers over which Python's own parsers take quadratic time or recurse (mail.md, section 3.1)."""
    yield "parameters of Content-Type", b"Content-Type: text/plain" + b"; a=b" * (LONG // 5)
    yield "continued parameters", b"Content-Disposition: attachment" + b"".join(b"; f*%d=x" % n for n in range(5000))
    yield "a boundary", b'Content-Type: multipart/mixed; boundary="' + b"=" * LONG + b'"'
    yield "addresses", b"To: " + b"a@b.example, " * (LONG // 13)
    yield "an open group", b"To: " + b"a:" * (LONG // 2)
    yield "angle brackets", b"To: " + b"<" * LONG
    yield "comments", b"To: " + b"(" * LONG
    yield "quotes", b"To: " + b'"\\' * (LONG // 2)
    yield "encoded words", b"Subject: " + b"=?utf-8?q?=C3=BC?= " * (LONG // 19)
    yield "half encoded words", b"Subject: " + b"=?utf-8?b?" * (LONG // 10)
    yield "spaces", b"Subject: a" + b" \t" * (LONG // 2) + b"b"
    yield "references", b"References: " + b"<a@b> " * (LONG // 6)
    yield "a Message-ID", b"Message-ID: <" + b"a." * (LONG // 2)
    yield "a date", b"Date: " + b"Mon, " * (LONG // 5)
    yield "a Received", b"Received: " + b"from a by b; " * (LONG // 13)
    yield "our mark", b"X-Smtpd-Billbee-Copy: v1;" + b" \t" * (LONG // 2) + b"id=1"
    yield "8-bit octets", b"Subject: " + b"\xff" * LONG
    yield "a name without a colon", b"X" * LONG


def _random_lines(chance: random.Random) -> Iterator[bytes]:
    for _ in range(500):
        yield chance.randbytes(chance.randrange(100)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"


def _multiparts(depth: int) -> bytes:
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + head + b"Content-Type: text/plain\r\n\r\nBestellnummer: 1\r\n"


def _messages(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + PLAIN


def _siblings(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/html\r\n\r\n<p>Bestellnummer: 1</p>\r\n"
    return HEAD + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def _html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body + b"\r\n"

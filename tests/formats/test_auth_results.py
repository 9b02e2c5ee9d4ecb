"""Authentication-Results: ours says what we found, and nobody else's says so in our name."""

import pytest

from smtpd_billbee.formats.auth_results import Found, auth_results, read_results, without_ours
from smtpd_billbee.model.evidence import Arc, Evidence, Result, Signature, Spf

US = "mx.inbound.example"
REST = b"From: a@shop.example\r\nX-Sample: synthetic\r\n\r\nAuthentication-Results: mx.inbound.example; in the text\r\n"


def test_ours() -> None:
    """RFC 8601 2.2: our name, then a result for each method, one a line."""
    evidence = Evidence(
        "order@shop.example", "shop.example", Spf(Result.FAIL, "bounce.example"),
        (Signature(Result.PASS, "shop.example", "s1", True), Signature(Result.POLICY, "", why="it is too long")),
        Result.PASS, "reject", Arc(Result.PASS, "google.com"),
    )  # fmt: skip
    lines = (
        b"Authentication-Results: mx.inbound.example;\r\n"
        b"\tspf=fail smtp.mailfrom=bounce.example;\r\n"
        b"\tdkim=pass header.d=shop.example header.s=s1;\r\n"
        b"\tdkim=policy (it is too long);\r\n"
        b"\tdmarc=pass (p=reject) header.from=shop.example;\r\n"
        b"\tarc=pass (sealed by google.com)\r\n"
    )

    assert lines == auth_results(evidence, US)
    assert b"smtp.helo=bounce.example" in auth_results(evidence, US, null_sender=True)


def test_nothing_found() -> None:
    """A mail of which nothing is known says just that; an odd name of ours is quoted."""
    expected = b'Authentication-Results: "our host";\r\n\tdkim=none;\r\n\tdmarc=none\r\n'

    assert expected == auth_results(Evidence(), "our host\r\n")


@pytest.mark.parametrize(
    "header",
    [
        b"Authentication-Results: mx.inbound.example; dkim=pass\r\n",
        b"AUTHENTICATION-RESULTS:MX.Inbound.Example;dkim=pass\r\n",
        b"authentication-results:\r\n\tmx.inbound.example;\r\n dkim=pass\r\n",
        b"Authentication-Results \t: mx.inbound.example; dkim=pass\r\n",
        b"Authentication-Results: mx.inbound.example 1; dkim=pass\r\n",
        b"Authentication-Results: mx.inbound.example/1; dkim=pass\r\n",
        b"Authentication-Results: (a (nested;) comment) mx.inbound.example (;); dkim=pass\r\n",
        b'Authentication-Results: "mx.inbound.example"; dkim=pass\r\n',
        b"Authentication-Results: mx.inbound.example\r\n",
        b"Authentication-Results: (never closed mx.inbound.example; dkim=pass\r\n",
        b"Authentication-Results: mx.inbound.example; dkim=pass\n",
    ],
)
def test_in_our_name(header: bytes) -> None:
    """RFC 8601 5: whoever speaks in our name is silenced; not one other byte is changed."""
    above = b"Received: by x.example;\r\n now\r\n"

    assert above + REST == without_ours(above + header + REST, US)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        REST,
        b"Authentication-Results: mx.google.com; dkim=pass header.d=mx.inbound.example\r\n" + REST,
        b"Authentication-Results: a.mx.inbound.example; dkim=pass\r\n" + REST,
        b"X-Authentication-Results: mx.inbound.example; dkim=pass\r\n" + REST,
        b"ARC-Authentication-Results: i=1; mx.inbound.example; dkim=pass\r\n" + REST,
        b"Authentication-Results: mx.google.com;\n dkim=pass\n\nbody\r\n\0",
    ],
)
def test_in_others_names(raw: bytes) -> None:
    """Everybody else may say what they like, and the text of a mail is no header."""
    assert raw == without_ours(raw, US)


def test_what_others_found() -> None:
    """As Google writes it: comments and unknown methods among it."""
    text = (
        " mx.google.com;\r\n dkim=pass header.i=@shop.example header.s=s1;\r\n spf=pass (google.com: a; b) "
        'smtp.mailfrom="a b@shop.example"; x-thing/2 = fail; dmarc=pass (p=REJECT sp=REJECT) header.from=Shop.example'
    )

    assert [
        Found("dkim", "pass", {"header.i": "@shop.example", "header.s": "s1"}),
        Found("spf", "pass", {"smtp.mailfrom": "a b@shop.example"}),
        Found("x-thing", "fail", {}),
        Found("dmarc", "pass", {"header.from": "Shop.example"}),
    ] == read_results(text)


def test_found_in_no_comment() -> None:
    """A result within a comment or a quoted string is none."""
    assert [] == read_results('mx.example; (dmarc=pass); "; dmarc=pass"')
    assert [] == read_results("mx.example; (dmarc=pass; dmarc=pass header.from=shop.example")


def test_our_own_can_be_read() -> None:
    """What we write, we can read."""
    evidence = Evidence(domain="shop.example", dmarc=Result.PASS, policy="none")
    text = auth_results(evidence, US).decode().partition(";")[2]

    assert Found("dmarc", "pass", {"header.from": "shop.example"}) == read_results(text)[-1]

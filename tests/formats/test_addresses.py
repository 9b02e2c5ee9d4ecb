"""Paths as RFC 5321 writes them, and the addresses of shops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.addresses import (
    CHANNELS,
    ImportAddress,
    Path,
    is_host,
    is_literal,
    is_secret,
    literal,
    read_import_address,
    read_path,
    with_secret,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("<>", ""),
        ("<a@b.example>", "a@b.example"),
        ("<Postmaster>", "Postmaster"),
        ("<bounce+12=a.b{x}~#@mail_1.b-c.example>", "bounce+12=a.b{x}~#@mail_1.b-c.example"),
        ('<"a b>\\"c"@b.example>', '"a b>\\"c"@b.example'),
        ("<a@[192.0.2.1]>", "a@[192.0.2.1]"),
        ("<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"),
        ("<@one.example,@two.example:a@b.example>", "a@b.example"),
        ("<bestellung@käse.example>", "bestellung@käse.example"),
        ("<grüße@b.example>", "grüße@b.example"),
        (f"<{'l' * 100}@b.example>", f"{'l' * 100}@b.example"),
    ],
)
def test_paths(text: str, address: str) -> None:
    """RFC 5321 4.1.2: what a path may be; a source route is read over."""
    assert Path(address, "") == read_path(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "a@b.example",
        "<a@b.example",
        "<a@b.example>SIZE=3",
        "<>SIZE=3",
        "< a@b.example>",
        "<a@@b.example>",
        "<a@b@c.example>",
        "<.a@b.example>",
        "<a..b@b.example>",
        "<a@b..example>",
        "<a@-b.example>",
        "<a@b-.example>",
        "<a@b.example.>",
        "<a@>",
        "<@b.example>",
        "<a>",
        "<a b@c.example>",
        "<a\0b@c.example>",
        "<a\x7fb@c.example>",
        "<a@[999.1.1.1]>",
        "<a@[192.0.2.1>",
        "<a@[IPv6:zz]>",
        '<"a@b.example>',
        '<"a\nb"@b.example>',
        "<@[\t",
        '<"',
        "<|/bin/sh@x y>",
        "<a(comment)@b.example>",
        "<a\ufffd@b.example>",
        "<a\u0085b@c.example>",
        "<a\u2028b@c.example>",
        "<a@b.example>\n",
        f"<{'l' * 300}@b.example>",
        f"<{'ü' * 130}@b.example>",
    ],
)
def test_no_paths(text: str) -> None:
    """What is not a path is not guessed at."""
    assert None is read_path(text)


def test_parameters() -> None:
    """What stands behind a path are its parameters."""
    assert Path("a@b.example", "SIZE=3 BODY=8BITMIME") == read_path("<a@b.example>  SIZE=3 BODY=8BITMIME ")
    assert Path("", "SIZE=3") == read_path("<> SIZE=3")


@given(st.text(max_size=80) | st.text('<>@".[]:,\\ ab1-\0\n', max_size=40).map("<".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Any text gives a path or None; an address can always be written into a header line."""
    path = read_path(text)

    assert path is None or not set(path.address) & set("\r\n\0")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("12345-jimdo-orderimport@inbound.example", ImportAddress(12345, "jimdo", "inbound.example")),
        ("12345-JIMDO-OrderImport@Inbound.EXAMPLE", ImportAddress(12345, "jimdo", "inbound.example")),
        ("7-jimdo-orderimport@b.example", ImportAddress(7, "jimdo", "b.example")),
        (f"{'9' * 40}-jimdo-orderimport@b.example", ImportAddress(int("9" * 40), "jimdo", "b.example")),
        ("0042-jimdo-orderimport@b.example", ImportAddress(42, "jimdo", "b.example")),
        ("12345-json-orderimport@b.example", ImportAddress(12345, "json", "b.example")),
        ("12345-jimdo-orderimport+Abc234@b.example", ImportAddress(12345, "jimdo", "b.example", "abc234")),
        ("12345-jimdo-orderimport+@b.example", ImportAddress(12345, "jimdo", "b.example")),
        (f"12345-jimdo-orderimport+{'a' * 65}@b.example", None),
        ("12345-jimdo-orderimport+a+b@b.example", None),
        ("12345-ebay-orderimport@b.example", None),
        ("-jimdo-orderimport@b.example", None),
        ("12345-jimdo@b.example", None),
        ("x12345-jimdo-orderimport@b.example", None),
        ("12345-jimdo-orderimport-x@b.example", None),
        ("١٢-jimdo-orderimport@b.example", None),  # Arabic digits are digits to str.isdigit()
        ("postmaster@b.example", None),
        ("9" * 5000 + "-jimdo-orderimport@b.example", None),
        ("", None),
    ],
)
def test_import_addresses(address: str, expected: ImportAddress | None) -> None:
    """`<digits>-<channel>-orderimport@<domain>`, in any case, with any number of digits, with or without a secret."""
    assert expected == read_import_address(address)


@given(st.integers(min_value=0, max_value=10**60), st.sampled_from(sorted(CHANNELS)))
def test_an_import_address_comes_back(shop_id: int, channel: str) -> None:
    """What we write, we read."""
    address = ImportAddress(shop_id, channel, "inbound.example")

    assert address == read_import_address(str(address))


def test_secrets() -> None:
    """A secret is the same in any case, and nothing else is it; an address without one stays as it is."""
    address = "7-jimdo-orderimport@b.example"

    assert "7-jimdo-orderimport+abc234@b.example" == with_secret(address, "abc234")
    assert address == with_secret(address, None)
    assert [True, False, False] == [is_secret(given, "abc234") for given in ("ABC234", "abc23", "")]


def test_hosts_and_literals() -> None:
    """What may stand in a Received line as it came."""
    assert [True, False, False] == [is_host("mx.b-c.example"), is_host("a b"), is_host("käse.example")]
    assert [True, True] == [is_literal("[192.0.2.1]"), is_literal("[IPv6:2001:db8::1]")]
    assert [False] * 4 == [is_literal(text) for text in ("[999.1.1.1]", "x192.0.2.1x", "[]", "")]
    assert ["[192.0.2.1]", "[IPv6:2001:db8::1]"] == [literal("192.0.2.1"), literal("2001:db8::1")]

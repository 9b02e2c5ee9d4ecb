"""Header values: encoded words, raw bytes, parameters, authors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.header_words import author, parameters, readable


def _raw(text: bytes) -> str:
    return text.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bestellung 1234", "Bestellung 1234"),
        ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_Z=C3=BCrich?=", "Grüße aus Zürich"),
        ("=?iso-8859-1?q?12_=80?=", "12 €"),
        ("=?us-ascii?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("Re: =?utf-8?b?R3LDvMOfZQ==?= und mehr", "Re: Grüße und mehr"),
        ("=?utf-8?b?R3LD?=\r\n =?utf-8?b?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LD?= \t=?UTF-8*de?b?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=FC?= b", "aü b"),
        ("=?utf-8?q?zwei Worte?=", "zwei Worte"),
        ("=?utf-8?q?ohne_Ende", "ohne Ende"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?x-unknown?q?Gr=FC=DFe?=", "Grüße"),
        ("=?iso-2022-jp?B?GyRCJDRDbUo4GyhC?=", "ご注文"),
        ("=?koi8-r?B?+sHLwdo=?=", "Заказ"),
        ("=?utf-8?x?a?= =? ?=", "=?utf-8?x?a?= =? ?="),
        ("a\r\n\t b", "a b"),
        ("a\x00\x07b", "ab"),
        (_raw("Grüße".encode()), "Grüße"),
        (_raw("Grüße €".encode("cp1252")), "Grüße €"),
    ],
)
def test_readable(value: str, expected: str):
    """RFC 2047 as it is sent: split letters, wrong labels, missing ends; and raw bytes of UTF-8 or cp1252."""
    assert expected == readable(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/plain; charset=utf-8", {"charset": "utf-8"}),
        ('text/plain; Charset = "utf-8" ; format=flowed', {"charset": "utf-8", "format": "flowed"}),
        (r'attachment; filename="a \"b\"; c.txt"', {"filename": 'a "b"; c.txt'}),
        ("attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.eml", {"filename": "Grüße.eml"}),
        ("attachment; filename*0*=iso-8859-1''Gr%FC; filename*1=sse.eml", {"filename": "Grüsse.eml"}),
        ('attachment; filename*1="b.eml"; filename*0="a"', {"filename": "ab.eml"}),
        ('attachment; filename="=?utf-8?q?Gr=C3=BC=C3=9Fe=2Eeml?="', {"filename": "Grüße.eml"}),
        ('attachment; filename="never closed', {"filename": "never closed"}),
        ("attachment", {}),
        ("; ;;=;a", {}),
        ("a; charset=utf-8\0", {"charset": "utf-8"}),
    ],
)
def test_parameters(value: str, expected: dict[str, str]):
    """RFC 2231, quoted strings, and encoded words where none may stand."""
    assert expected == parameters(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Shop <shop@example.org>", ("Shop", "shop@example.org")),
        ('"Müller, Jörg" <a@example.org>', ("Müller, Jörg", "a@example.org")),
        ('"a@b.example <c@d.example>" <e@f.example>', ("a@b.example <c@d.example>", "e@f.example")),
        ("=?utf-8?q?Shop_=3Ca=40b=2Eexample=3E?= <x@example.org>", ("Shop <a@b.example>", "x@example.org")),
        ("shop@example.org (Der Shop)", ("Der Shop", "shop@example.org")),
        ("shop@example.org", ("", "shop@example.org")),
        ("A <a@example.org>, B <b@example.org>", ("A", "a@example.org")),
        ("=?utf-8?q?Shop_<a=40example=2Eorg>?=", ("Shop", "a@example.org")),
        ('Rohre 5" <a@example.org>', ("Rohre 5", "a@example.org")),
        ("Nobody", ("Nobody", "")),
        ("", ("", "")),
    ],
)
def test_author(value: str, expected: tuple[str, str]):
    """The address is what stands in the last place for it; a name that looks like one stays a name."""
    assert expected == author(value)


@given(st.binary())
def test_any_bytes(raw: bytes):
    """Nothing raises, and every text can be written down."""
    value = _raw(raw)
    for text in (readable(value), *parameters(value), *parameters(value).values(), *author(value)):
        text.encode("utf-8", "surrogateescape")
    readable(value).encode("utf-8")

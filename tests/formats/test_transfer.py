"""Content-Transfer-Encoding, also broken."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.transfer import undone

TEXT = "Grüße, Ihre Bestellung über 12,50 €\r\n".encode() * 5


def test_whole():
    """What was encoded by the rules comes back."""
    assert TEXT == undone(base64.encodebytes(TEXT), "base64")
    assert TEXT == undone(base64.encodebytes(TEXT).replace(b"\n", b"\r\n"), " BASE64 (comment)")
    assert TEXT.replace(b"\r\n", b"\n") == undone(
        quopri.encodestring(TEXT.replace(b"\r\n", b"\n")), "Quoted-Printable;"
    )
    assert TEXT == undone(TEXT, "8bit")


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_base64_cut_off(cut: int):
    """A cut tail loses its last bytes only."""
    packed = base64.b64encode(b"Bestellnummer 1234")[:-cut]

    assert b"Bestellnummer 1234".startswith(undone(packed, "base64"))
    assert len(undone(packed, "base64")) >= 15


def test_base64_in_pieces():
    """Pieces that were encoded one by one are one content; a footer in clear text behind them is left out."""
    packed = base64.b64encode(b"Hallo ") + b"\r\n" + base64.b64encode(b"Welt") + b"\r\n-- \r\nlist@example.org\r\n"

    assert b"Hallo Welt" == undone(packed, "base64")


def test_base64_with_strange_signs():
    """A sign that a relay put in is passed over; the alphabet of URLs is known."""
    packed = base64.b64encode(TEXT)

    assert TEXT == undone(packed[:8] + b"!" + packed[8:], "base64")
    assert b"\xfb\xff\xfe" == undone(b"-__-", "base64")


def test_not_base64_at_all():
    """Clear text under this label is clear text."""
    assert b"Ihre Bestellung 1234\nDanke\n" == undone(b"Ihre Bestellung 1234\nDanke\n", "base64")
    assert TEXT == undone(TEXT, "base64")


def test_quoted_printable_with_white_space():
    """White space behind a soft break was added on the way (RFC 2045 6.7 (3))."""
    assert b"Bestellnummer" == undone(b"Bestell=  \r\nnummer", "quoted-printable")


def test_quoted_printable_without_its_header():
    """Soft breaks, codes, and no other '=': the header was lost on the way.  A line of '=====' is none of that."""
    assert "Größe 1".encode() == undone(b"Gr=C3=B6=\r\n=C3=9Fe 1", "7bit")
    assert b"=====\r\nGr=C3=B6=\r\n" == undone(b"=====\r\nGr=C3=B6=\r\n", "")


@given(st.binary(), st.sampled_from(["base64", "quoted-printable", "7bit", "x-uuencode", "", "\0"]))
def test_any_bytes(payload: bytes, encoding: str):
    """Nothing raises."""
    undone(payload, encoding)


@given(st.binary())
def test_round_trip(content: bytes):
    """Base64 comes back as it was."""
    assert content == undone(base64.encodebytes(content), "base64")

"""Mails that hang on a mail are found byte for byte."""

import base64

import pytest

from smtpd_billbee.formats.nested import MOST, nested_mails

INNER = b"From: a@shop.example\r\nX-Sample: synthetic\r\n\r\nOrder \xe4 \r\n\r\n"
PACKED = base64.encodebytes(INNER).replace(b"\n", b"\r\n")


MAIL = b"Content-Type: message/rfc822\r\n"
FILE = b'Content-Type: application/octet-stream;\r\n\tname="x.EML"\r\n'
PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
IN_BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n" + PACKED


def _around(*parts: bytes) -> bytes:
    head = b'From: owner@home.example\r\nContent-Type: multipart/mixed; charset=x; boundary="a b?"\r\n\r\npreamble\r\n'
    return head + b"".join(b"--a b?\r\n" + part + b"\r\n" for part in parts) + b"--a b?--\r\nepilogue\r\n"


TEXT = b"Content-Type: text/plain\r\n\r\nsee message/rfc822 below"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (INNER, []),
        (_around(TEXT), []),
        (_around(TEXT, MAIL + b"\r\n" + INNER), [INNER]),
        (_around(b"content-type: Message/RFC822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + INNER), [INNER]),
        (_around(MAIL + IN_BASE64), [INNER]),
        (_around(FILE + IN_BASE64), [INNER]),
        (_around(b"Content-Disposition: attachment; filename=x.eml\r\n\r\n" + INNER), [INNER]),
        (_around(b"Content-Disposition: attachment; filename=x.eml\r\n\r\nno mail"), []),
        (MAIL + b"\r\n" + INNER, [INNER]),
        (_around(PARTS + MAIL + b"\r\n" + INNER), [INNER]),
        (_around(MAIL + b"\r\n" + INNER).replace(b"\r\n", b"\n"), [INNER.replace(b"\r\n", b"\n")]),
    ],
)
def test_nested(raw: bytes, expected: list[bytes]) -> None:
    """As a part, as a file, encoded or not, deeper down, with bare LFs; a mere word of it is none."""
    assert expected == list(nested_mails(raw))


def test_a_mail_in_a_mail() -> None:
    """A forward of a forward: both, the outer one first."""
    outer = b"From: b@home.example\r\nContent-Type: message/rfc822\r\n\r\n" + INNER

    assert (outer, INNER) == nested_mails(_around(b"Content-Type: message/rfc822\r\n\r\n" + outer))


def test_not_too_many() -> None:
    """A hundred attached mails: the first few are enough."""
    assert MOST == len(nested_mails(_around(*[b"Content-Type: message/rfc822\r\n\r\n" + INNER] * 100)))

"""A mail with other words in the same form."""

import base64
from email import message_from_bytes

import pytest

from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.formats.rewriting import Rewriter, rewritten

HEAD = (
    "X-Sample: synthetic\nSubject: {subject}\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: "
)


def louder() -> Rewriter:
    """Says Größe where Müller stood, and Osaka for Tokyo."""
    return Rewriter(
        lambda text, _: text.replace("Müller", "Größe").replace("東京", "大阪"),
        lambda _, value: value.replace("Müller", "Größe"),
    )


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_charset_and_encoding_stay(charset: str, encoding: str) -> None:
    """The new text goes back through the charset and the encoding that the old one came through."""
    content = "Frau Müller\nzahlt 5,00 EUR\n".encode(charset)
    packed = {
        "base64": base64.encodebytes(content),
        "quoted-printable": content.replace(b"\xfc", b"=FC"),
        "8bit": content,
    }
    packed["quoted-printable"] = packed["quoted-printable"].replace(b"\xc3\xbc", b"=C3=BC")
    raw = HEAD.format(subject="x", charset=charset).encode() + encoding.encode() + b"\n\n" + packed[encoding]
    new = rewritten(raw, louder())

    assert "Frau Größe\nzahlt 5,00 EUR\n" == open_mail(new).bodies[0].text
    assert charset == message_from_bytes(new).get_content_charset()
    assert encoding == message_from_bytes(new)["Content-Transfer-Encoding"]


def test_japanese() -> None:
    """ISO-2022-JP stays ISO-2022-JP."""
    raw = HEAD.format(subject="x", charset="iso-2022-jp").encode() + b"7bit\n\n" + "東京都".encode("iso2022_jp")
    new = rewritten(raw, louder())

    assert "大阪都".encode("iso2022_jp") in new
    assert "大阪都" == open_mail(new).bodies[0].text


@pytest.mark.parametrize("subject", ["=?iso-8859-1?q?Frau_M=FCller?=", "=?utf-8?b?RnJhdSBNw7xsbGVy?=", "Frau Müller"])
def test_headers(subject: str) -> None:
    """A subject stays in its form: words of RFC 2047, or bytes."""
    new = rewritten((HEAD.format(subject=subject, charset="utf-8") + "8bit\n\nx").encode(), louder())

    assert "Frau Größe" == open_mail(new).subject
    assert (b"=?" in new) == ("=?" in subject)


def test_what_does_not_change_stays() -> None:
    """A mail in which nothing is replaced keeps every byte: folds, boundaries, blanks, line ends."""
    raw = (
        b'X-Sample: synthetic\r\nSubject: a\r\n  b\r\nContent-Type: multipart/mixed;\r\n boundary="b"\r\n\r\n'
        b"preamble\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>x </p>\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Subject: in\r\n\r\ny\r\n--b--\r\nepilogue\r\n"
    )

    assert raw == rewritten(raw, Rewriter(lambda text, _: text, lambda _, value: value))

"""What a signature leaves open: who may still choose how the signed bytes are read (unsigned headers of MIME)."""

import pytest

from smtpd_billbee.model.evidence import Result
from tests.auth.playing import SHOP, key, mail, proved, sealed, signed, zone

PARTS = "--b\r\nContent-Type: text/plain\r\n\r\nOrder 1\r\n--b--\r\n"
HTML = "<html><body>Order 1</body></html>\r\n"
PLAIN = "Order 1\r\n"


def typed(content_type: str, body: str, more: str = "") -> bytes:
    return mail(body=body, more=f"Content-Type: {content_type}\r\n{more}")


OF_ITSELF = {
    "no type": mail(),
    "plain": typed("text/plain; charset=utf-8", PLAIN),
    "eight bits": typed("text/plain", PLAIN, "Content-Transfer-Encoding: 8bit\r\n"),
    "html": typed("text/html; charset=iso-8859-1", HTML),
    "parts": typed("multipart/alternative; boundary=b", PARTS),
    "parts in quotes": typed('multipart/mixed;\r\n\tboundary="b"', PARTS),
}
LEFT_OPEN = {
    "plain that is shown as HTML": typed("text/html", "Order <!-- 1\r\n"),
    "HTML that is shown as it is written": typed("text/plain", HTML),
    "no type for HTML": mail(body=HTML),
    "no type for parts": mail(body=PARTS),
    "parts in a note": typed("multipart/mixed; boundary=b", f"Order 2\r\n{PARTS}"),
    "parts before the end": typed("multipart/mixed; boundary=b", f"{PARTS}Order 2\r\n"),
    "two ends": typed("multipart/mixed; boundary=b", f"{PARTS}--c\r\n--b--\r\n"),
    "another boundary": typed("multipart/mixed; boundary=c", PARTS),
    "a boundary of all": typed('multipart/mixed; boundary=""', PARTS),
    "a charset with other letters": typed("text/plain; charset=utf-7", PLAIN),
    "flowed": typed("text/plain; format=flowed; delsp=yes", PLAIN),
    "a name": typed("text/plain; name=order.json", PLAIN),
    "another type": typed("application/json", "{}"),
    "no type at all": typed("hello", PLAIN),
    "an encoding": typed("text/plain", PLAIN, "Content-Transfer-Encoding: quoted-printable\r\n"),
    "an encoding that was taken away": typed("text/plain", "Order=20\r\n"),
    "base64 that was taken away": typed("text/plain", "T3JkZXI=\r\n"),
}


@pytest.mark.parametrize("raw", OF_ITSELF.values(), ids=OF_ITSELF.keys())
def test_the_body_shows_its_type(raw: bytes) -> None:
    """Gmail signs no Content-Type: where the signed body itself can be no other, the signature counts."""
    assert proved(signed(raw)).signed
    assert "" == of_seal(raw)


@pytest.mark.parametrize("raw", LEFT_OPEN.values(), ids=LEFT_OPEN.keys())
def test_somebody_else_may_have_chosen_the_type(raw: bytes) -> None:
    """Else whoever had the mail in between chooses what is read: it proves nothing, whoever has signed or sealed it."""
    evidence = proved(signed(raw))

    assert [Result.POLICY] == [each.result for each in evidence.signatures]
    assert not evidence.signed
    assert of_seal(raw).startswith("it does not cover the Content-T")


@pytest.mark.parametrize("raw", [*OF_ITSELF.values(), *LEFT_OPEN.values()])
def test_a_signature_that_covers_them(raw: bytes) -> None:
    """What is signed is the signer's own."""
    names = "from:to:subject:content-type:content-transfer-encoding"

    assert proved(signed(raw, names=names)).signed


@pytest.mark.parametrize("more", ["Subject: Order 2", "Content-Type: text/html", "Content-Transfer-Encoding: base64"])
def test_a_second_one_above(more: str) -> None:
    """RFC 6376 8.15: the lower of two is the signed one, and the upper one is shown."""
    raw = signed(typed("text/plain", PLAIN, "Content-Transfer-Encoding: 7bit\r\n"))
    evidence = proved(more.encode() + b"\r\n" + raw)

    assert not evidence.signed


def test_a_subject_that_is_not_signed() -> None:
    """It says what sort of mail it is."""
    assert not proved(signed(mail(), names="from:to")).signed


def of_seal(raw: bytes) -> str:
    """What the seal of the shop's domain leaves open."""
    arc = proved(sealed(raw, SHOP, "dmarc=pass header.from=shop.example", key()), zone()).arc
    assert Result.PASS == arc.result
    return arc.left_open

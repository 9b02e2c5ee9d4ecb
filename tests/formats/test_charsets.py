"""Charsets: what the label says, what it means, and what the bytes say themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.charsets import codecs_of, decode, repaired
from tests.pace import LINEAR, growth

LABELS = [
    "utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "gb2312", "iso-2022-jp", "euc-jp", "big5", "koi8-r", "utf-7",
    "utf-16", "utf-32", "ks_c_5601-1987", "shift_jis", "windows-1251", "hz", "x-unknown", "iso-2022-kr", "\0", None,
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("utf-8", "utf-8", "Grüße, 12,50 €"),
        ("UTF8", "utf-8", "Grüße, 12,50 €"),
        ("iso-8859-1", "cp1252", "Grüße, 12,50 € – „gut“"),
        ("us-ascii", "cp1252", "Grüße, 12,50 €"),
        ("windows-1252", "cp1252", "Grüße, 12,50 €"),
        ("iso-8859-15", "iso-8859-15", "Grüße, 12,50 €"),
        ("utf-8\0", "utf-8", "Grüße"),
        ('"utf-8"', "utf-8", "Grüße"),
        ("utf-8*de", "utf-8", "Grüße"),
        ("gb2312", "gb18030", "订单号：𠀀 12,50 €"),
        ("GBK", "gbk", "订单号"),
        ("big5", "big5", "訂單號碼"),
        ("shift_jis", "cp932", "ご注文①㈱"),
        ("euc-jp", "euc_jp", "ご注文番号"),
        ("iso-2022-jp", "iso2022_jp", "ご注文番号"),
        (None, "iso2022_jp", "ご注文番号"),
        ("ks_c_5601-1987", "cp949", "주문 번호"),
        ("koi8-r", "koi8_r", "Номер заказа"),
        ("windows-1251", "cp1251", "Номер заказа"),
        ("cp-1250", "cp1250", "Zamówienie: łódź"),
        ("iso-8859-2", "iso8859_2", "PÓŁKA"),
        ("iso_8859-2:1987", "iso8859_2", "Zamówienie: łódź"),
        ("utf-16", "utf-16-le", "Grüße"),
        ("utf-7", "utf-7", "Grüße"),
    ],
)
def test_labels(label: str | None, codec: str, text: str):
    """A label means what browsers take it for (WHATWG Encoding Standard)."""
    assert text == decode(text.encode(codec), label)


@pytest.mark.parametrize("label", [None, "us-ascii", "iso-8859-1", "windows-1252", "iso-8859-15", "x-unknown", "rot13"])
def test_utf_8_under_a_careless_label(label: str | None):
    """What is UTF-8 to its last byte is UTF-8, under the labels that are written without thought."""
    assert "Grüße, 12,50 €" == decode("Grüße, 12,50 €".encode(), label)


@pytest.mark.parametrize("label", [None, "utf-8", "x-unknown", "utf-16", "utf-7", "big5"])
def test_what_the_label_does_not_fit(label: str | None):
    """Bytes that their label cannot mean are UTF-8 or else cp1252; Big5 keeps what it can."""
    assert "Gr" == decode("Grüße".encode("cp1252"), label)[:2]
    if label != "big5":
        assert "Grüße ü" == decode("Grüße ü".encode("cp1252"), label)


def test_letters_of_cp1252_in_utf_8():
    """A name in another charset, pasted into a template, is read; the template stays what it is."""
    raw = "Grüße von Jörg, ".encode() + "Müller".encode("cp1252")

    assert "Grüße von Jörg, Müller" == decode(raw, "utf-8")


def test_torn_letters_are_seen():
    """A torn sequence in UTF-8 is a replacement character, not a wrong letter."""
    assert "Grüße 12 \ufffd" == decode("Grüße 12 €".encode()[:-1], "utf-8")


@pytest.mark.parametrize(("mark", "codec"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
def test_byte_order_marks(mark: bytes, codec: str):
    """A byte order mark is surer than any label, and is no part of the text."""
    assert "Grüße" == decode(mark + "Grüße".encode(codec), "iso-8859-1")


def test_controls_of_c1():
    """C1 controls are cp1252 that went through a wrong label: the Euro sign comes back."""
    assert "12 € – „a“" == decode("12 \x80 \x96 \x84a\x93".encode(), "utf-8")
    assert "12 €" == decode(b"12 \x80", "iso-8859-15")


def test_utf_7_hides_nothing():
    """Brackets written in UTF-7's base64 stay as they were sent, and halves of pairs never become text."""
    assert "+ADw-b+AD4-" == decode(b"+ADw-b+AD4-", "utf-7")
    assert "+2AA-" == decode(b"+2AA-", "utf-7")


def test_japanese_of_windows():
    """ISO-2022-JP with characters beyond JIS X 0208 is read as Windows means it, line ends and all."""
    assert "㈱ご注文①\nabc" == decode(b"\x1b$B-j$4CmJ8-!\n\x1b(Babc", "iso-2022-jp")


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r"])
def test_cyrillic_without_a_label(codec: str):
    """Words without ASCII, of small letters: Russian; whatever else has no label is UTF-8, or western."""
    text = "Здравствуйте! Вы получили новый заказ: Чашка керамическая 1 780,00 руб."

    assert text == decode(text.encode(codec), None)
    assert "Größe für Jörg" == decode("Größe für Jörg".encode("cp1252"), None)


@pytest.mark.parametrize("label", ["rot13", "zlib", "unicode_escape", "punycode", "os.path", "idna", "undefined", "\0"])
def test_no_charsets(label: str):
    """A codec that is no charset is an unknown label."""
    assert () == codecs_of(label)


@given(st.binary(), st.one_of(st.sampled_from(LABELS), st.text()))
def test_any_bytes(raw: bytes, label: str | None):
    """Any bytes under any label give a text that can be written down."""
    decode(raw, label).encode("utf-8")


@given(st.text(), st.sampled_from(["utf-8", "gb18030"]))
def test_round_trip(text: str, label: str):
    """What was written right is read right, but for C1 controls, which nobody writes, and a mark at the beginning."""
    plain = "".join(char for char in text if not "\x80" <= char <= "\x9f").lstrip("\ufeff")

    assert plain == decode(plain.encode(label), label) or plain.encode(label)[:2] in (b"\xff\xfe", b"\xfe\xff")


@pytest.mark.parametrize(
    "text", ["für Größe 12 €", "„Müller“ – Zürich", "zł: Łódź, żółć, ąę", "Номер", "ご注文", "naïve…"]
)
def test_encoded_twice(text: str):
    """UTF-8 that was read as cp1252 and encoded again is read as it was meant."""
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())

    assert text == repaired(twice)


@pytest.mark.parametrize(
    "text",
    [
        "für Größe 12 €", "FÃ¼r Größe", "CAFÉ…", "SÃO PAULO", "„Ä“", "PÓŁKA", "Ã", "Ã¼ → b", "plain", "Â", "«MAÇû", "",
    ],
)  # fmt: skip
def test_not_encoded_twice(text: str):
    """One character beyond ASCII that is no part of such a sequence, and the text is as it was meant."""
    assert text == repaired(text)


@given(st.text())
def test_repairing_any_text(text: str):
    """Any text can be asked about."""
    repaired(text)


@pytest.mark.parametrize("raw", [b"\x80\xc3\xbc", b"\xe2\x82", b"\x1b$B\x1b(B", b"\xc3\x83\xc2\xbc", b"\xf0\x90\x80"])
@pytest.mark.parametrize("label", ["utf-8", None, "iso-2022-jp"])
def test_time(raw: bytes, label: str | None):
    """Eight times the damage takes about eight times as long."""
    assert growth(lambda size: repaired(decode(raw * (size // len(raw)), label)), 1_000_000) < LINEAR

"""An anonymised mail reads as the original did, and names nobody of it.

What is personal in tests/mails stands in their expectations, which know nothing of the reader.
"""

import functools
import json
import re
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.mime import Letter, open_mail
from smtpd_billbee.model.anonymised import Anonymised
from smtpd_billbee.model.reading import Reading, reading_as_json
from smtpd_billbee.reader import anonymise, read
from smtpd_billbee.reader.anonymising import DIFFERENT
from tests.journeys.orders import json_document, order_mail

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
SUMS = (
    "subtotal",
    "shipping_cost",
    "payment_fee",
    "discount",
    "tax_total",
    "total",
    "currency",
    "language",
    "ordered_at",
)
# A town that is a label's word, too, stays where it stands alone; a parcel locker is nobody's street, and one that is
# called only 'long' every town's: its number is another one.
STAY = {"Porto", "Packstation", "Postfach", "Lange Straße"}
PERSONAL = ("first_name", "last_name", "email", "phone", "street", "city", "postcode", "company")


@functools.cache
def once(raw: bytes) -> Anonymised:
    """Three tests look at each mail."""
    return anonymise(raw)


def anonymised(raw: bytes) -> bytes:
    mail = once(raw).mail
    assert mail is not None
    return mail


def shape(reading: Reading) -> Any:
    """All that must stay, by the reading's own JSON; titles are compared elsewhere."""
    order = reading_as_json(reading)["order"] or {"items": []}
    items = [[item[name] for name in ("quantity", "unit_price", "total", "tax_rate")] for item in order["items"]]
    persons = [
        [field for field, value in (order.get(name) or {}).items() if value is not None]
        for name in ("billing_address", "shipping_address")
    ]
    sums = [order.get(name) for name in SUMS]
    return reading.outcome, reading.kind, reading.reason, len(reading.problems), items, persons, sums


def texts(letter: Letter) -> str:
    """All that a person or a program can see of a mail."""
    own = [*letter.headers.values(), *(body.text for body in letter.bodies)]
    return re.sub(r"[\s>]+|&nbsp;|\xad|\u200b", " ", "\n".join([*own, *map(texts, letter.attached)]))


def lines(mail: bytes) -> int:
    """The lines below the headers."""
    return len(re.split(rb"\r?\n\r?\n", mail, maxsplit=1)[-1].split(b"\n"))


def stands_in(value: str, text: str) -> bool:
    if value[0] > "\u3000" and len(value) > 1:  # scripts without blanks between words
        return value in text
    return re.search(rf"(?<!\w){re.escape(' '.join(value.split()))}(?!\w)", text) is not None


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_reads_the_same(mail: Path) -> None:
    """Outcome, kind, doubts, items, sums, and which fields an address has; else it says that it reads differently."""
    raw = mail.read_bytes()
    new = once(raw)
    assert new.mail is not None

    assert (DIFFERENT not in new.doubts) == (shape(read(raw)) == shape(read(new.mail)))


def test_nearly_all_read_the_same() -> None:
    """At least 97 of 100 mails."""
    different = [mail for mail in MAILS if DIFFERENT in once(mail.read_bytes()).doubts]

    assert len(different) < len(MAILS) * 0.03


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_nobody_is_named(mail: Path) -> None:
    """No name, address, telephone number, date of birth, customer's number, host or note of the original is left."""
    order = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8")).get("order") or {}
    addresses = [order.get(name) or {} for name in ("billing_address", "shipping_address")]
    values = [address.get(name) for address in addresses for name in PERSONAL]
    values += [order.get(name) for name in ("note", "customer_number", "vat_id", "birth_date", "site")]
    text = texts(open_mail(anonymised(mail.read_bytes())))

    assert [] == [value for value in values if value and value not in STAY and stands_in(value, text)]


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_the_same_form(mail: Path) -> None:
    """The tree of parts with types, charsets and encodings, and nearly as many lines; no trace of the way it came."""
    raw = mail.read_bytes()
    new = anonymised(raw)
    before, after = (
        [
            (part.get_content_type(), part.get_content_charset(), part["content-transfer-encoding"])
            for part in tree.walk()
        ]
        for tree in (message_from_bytes(raw), message_from_bytes(new))
    )

    assert before == after
    assert 0.8 < lines(new) / lines(raw) < 1.25
    assert new.startswith(b"X-Sample: anonymised")
    assert not re.search(
        rb"^(received|dkim-signature|return-path|x-sample: synthetic)", new, re.IGNORECASE | re.MULTILINE
    )


def test_everywhere_the_same() -> None:
    """A name is another name in the subject, the headers and every part; prices, labels and articles stay."""
    raw = (
        "X-Sample: synthetic\nDKIM-Signature: v=1; d=teeladen.example\nReceived: from a by b\n"
        'From: "Anna Beispiel" <anna.beispiel@kunden.example>\nTo: 12345-jimdo-orderimport@inbound.example\n'
        "Subject: Neue Bestellung 60112 von Anna Beispiel\nContent-Type: text/html; charset=utf-8\n\n"
        "<p>Bestellnummer: <b>60112</b></p><p>Rechnungsadresse:<br>"
        "Anna B&#101;ispiel<br>M&uuml;hlweg&nbsp;12<br>50667 Köln</p>"
        '<p>2 x Beispiel-Tasse 5,00 EUR 10,00 EUR</p><p>Gesamtbetrag: 10,00 EUR</p><img alt="Anna" src="a.png">'
        "<p>IBAN DE89 3704 0044 0532 0130 00</p>"
        '<a href="https://teeladen.example/o?t=ab12cd34&amp;k=60112">Zur Bestellung</a>'
    ).encode()
    new = anonymised(raw).decode()
    order = read(new.encode()).order

    assert order is not None
    assert order.billing_address is not None
    first, last = order.billing_address.first_name, order.billing_address.last_name
    assert f"Subject: Neue Bestellung {order.number} von {first} {last}" in new
    assert f'From: "{first} {last}" <' in new
    assert f"2 x {last}-Tasse 5,00 EUR 10,00 EUR" in new
    assert f'<img alt="{first}" src="a.png">' in new
    for gone in (
        "Anna",
        "ispiel",
        "hlweg",
        "60112",
        "DKIM",
        "Received",
        "teeladen",
        "ab12cd34",
        "3704",
        "12345",
        "Köln",
    ):
        assert gone not in new, gone
    assert re.search(r"IBAN DE\d\d \d{4} \d{4} \d{4} \d{4} \d\d\n?<", new)
    assert re.search(r"To: \d{5}-jimdo-orderimport@inbound\.example", new)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_json(kind: str) -> None:
    """An order as JSON, its letters written as escapes, reads the same."""
    head = f"X-Sample: synthetic\nContent-Type: text/{kind}; charset=utf-8\n\n"
    raw = (head + json.dumps(json_document())).encode()
    new = anonymised(raw)

    assert shape(read(raw)) == shape(read(new))
    for gone in (b"Anna", b"Beispiel", b"anna", b'ln"', b"5550123", b"klingeln", b"50667"):
        assert gone not in new, gone


def test_files_are_left_out() -> None:
    """Nobody can look into a picture: it is left out, and said."""
    raw = (
        b'X-Sample: synthetic\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
        + order_mail(60112).replace(b"\r\n", b"\n")
        + b"\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nQW5uYSBCZWlzcGllbA==\n--b--\n"
    )
    found = anonymise(raw)

    assert "a file was left out (image/png)" in found.doubts
    assert found.mail is not None
    assert b"QW5uYSBCZWlzcGllbA" not in found.mail


def test_what_is_no_order() -> None:
    """In a mail without an order only forms tell what is personal, and that is said."""
    assert any(doubt.startswith("it is no order") for doubt in anonymise(b"X-Sample: synthetic\n\nhallo").doubts)


@given(st.binary(max_size=600) | st.tuples(st.integers(0, 900), st.binary(max_size=9)).map(
    lambda cut: order_mail(60112)[: cut[0]] + cut[1] + order_mail(60112)[cut[0] :]
))  # fmt: skip
def test_any_bytes(raw: bytes) -> None:
    """Any bytes have an answer."""
    assert isinstance(anonymise(raw).doubts, tuple)


@pytest.mark.parametrize(
    "street",
    [
        "Straße des 17. Juni 135",
        "Q7, 24",
        "Lindenweg Nr. 12a",
        "12 bis, rue de la Paix",
        "Calle 2 de Mayo, 31",
        "1200 W 5th Ave",
        "Packstation 145",
        "北京市朝阳区建国路88号",
    ],
)
def test_streets_and_numbers(street: str) -> None:
    """No number of a street's name and no house number stays, in either form of the body; the mail reads the same."""
    block = f"王小明\n{street}\n100022" if street[0] > "\u3000" else f"Erika Muster\n{street}\n68161 Mannheim"
    raw = (
        'X-Sample: synthetic\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
        "Content-Type: text/plain; charset=utf-8\n\n"
        f"Bestellnummer: 60112\n\nRechnungsadresse:\n{block}\n\n3 x Tasse 4,70 EUR 14,10 EUR\nGesamtbetrag: 14,10 EUR\n"
        "--b\nContent-Type: text/html; charset=utf-8\n\n"
        f"<p>Bestellnummer: 60112</p><p>Rechnungsadresse:<br>{block.replace(chr(10), '<br>')}</p>"
        "<p>3 x Tasse 4,70 EUR 14,10 EUR</p><p>Gesamtbetrag: 14,10 EUR</p>\n--b--\n"
    ).encode()
    new = once(raw)
    assert new.mail is not None

    assert (shape(read(raw)), ()) == (shape(read(new.mail)), new.doubts)
    assert set(re.findall(r"\d+", street)).isdisjoint(re.findall(r"\d+", texts(open_mail(new.mail))))


def test_words_beside_names() -> None:
    """'z. Hd.', titles and 'Hinterhaus' stay, the names behind them go, and so does a VAT id without its colon."""
    raw = (
        "X-Sample: synthetic\nContent-Type: text/plain; charset=utf-8\n\nBestellnummer: 60112\n\nRechnungsadresse:\n"
        "Muster GmbH\nz. Hd. Frau Dr. Erika von der Aue\nHinterhaus bei Krause\nLindenweg 12\n1010 Wien\nÖsterreich\n"
        "USt-IdNr. ATU48273915\n\n2 x Tasse 5,00 EUR 10,00 EUR\nGesamtbetrag: 10,00 EUR\n"
    ).encode()
    new = anonymised(raw).decode()

    assert shape(read(raw)) == shape(read(new.encode()))
    assert re.search(r"\nz\. Hd\. Frau Dr\. \w+ von der \w+\nHinterhaus bei \w+\n", new)
    assert [] == [gone for gone in ("Muster", "Erika", "Aue", "Krause", "Linden", "48273915") if gone in new]

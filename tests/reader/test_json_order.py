"""An order that came as JSON becomes the same kind of Reading as any other mail."""

import base64
import html
import json
import quopri
from decimal import Decimal
from typing import Any

import pytest

from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.reading import Origin, Outcome, Part, Reading
from smtpd_billbee.reader import read
from tests.journeys.orders import MAILS, json_document


def mail(
    document: Any = None, kind: str = "text/html", encoding: str = "8bit", more: str = "", body: str = ""
) -> bytes:
    content = (body or json.dumps(document or json_document(), ensure_ascii=False, indent=1)).encode()
    if encoding == "base64":
        content = base64.encodebytes(content)
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    head = (
        f'X-Sample: synthetic\nSubject: x\nContent-Type: {kind}; charset="UTF-8"\nContent-Transfer-Encoding: {encoding}'
    )
    return f"{head}\n{more}\n".encode() + content


def read_document(**changes: Any) -> Reading:
    return read(mail(json_document() | changes))


def test_the_order() -> None:
    """Every field where it belongs; what the mail does not say is not there; nothing to look at."""
    reading = read(mail())
    order = reading.order

    assert (Outcome.ORDER, ()) == (reading.outcome, reading.problems)
    assert order is not None
    assert ("J-1042", "2026-03-02T11:58:00", "EUR") == (order.number, order.ordered_at, order.currency)
    assert ("paypal", 3, "Bitte klingeln") == (order.payment_method, order.payment_type, order.note)
    assert (
        Address(
            first_name="Anna", last_name="Beispiel", street="Musterweg", house_number="12", postcode="50667",
            city="Köln", country="DE", phone="0221 5550123", email="anna@example.com",
        )
        == order.billing_address
    )  # fmt: skip
    assert order.shipping_address is None
    assert (
        Item("Kräutertee lose", Decimal(2), "T-1", None, Decimal("5.00"), Decimal("10.00"), Decimal(7)),
        Item("Gebühr", Decimal(1), None, None, Decimal("-0.50"), Decimal("-0.50"), Decimal(19)),
    ) == order.items
    assert (Decimal("4.90"), Decimal("14.40")) == (order.shipping_cost, order.total)
    assert Origin(Part.HTML, "50667", "invoice.zip", 15) == reading.provenance["billing_address.postcode"]


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/json"])
def test_every_dress(kind: str, encoding: str) -> None:
    """The type and the encoding of the body do not matter."""
    assert read(mail()).order == read(mail(kind=kind, encoding=encoding)).order


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_as_a_file(kind: str) -> None:
    """The JSON may hang on the mail as a file."""
    inner = mail(kind=kind, encoding="base64", more='Content-Disposition: attachment; filename="order.json"\n')
    raw = (
        b'X-Sample: synthetic\nContent-Type: multipart/mixed; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nDie Bestellung liegt bei.\n--b\n" + inner + b"\n--b--\n"
    )

    assert read(mail()).order == read(raw).order


def test_dressed_as_html_and_forwarded() -> None:
    """A mailer that makes HTML of it, and a mail that is attached to another, change nothing."""
    dressed = f"<html><body><pre>{html.escape(json.dumps(json_document(), indent=1))}</pre></body></html>"
    attached = b"X-Sample: synthetic\nContent-Type: message/rfc822\n\n" + mail()

    assert read(mail()).order == read(mail(body=dressed)).order == read(attached).order


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"currency_code": "Taler"}, "the currency is none that is known"),
        ({"order_date": "gestern"}, "the order date cannot be read"),
        ({"invoice": {}}, "no postal address was found"),
        ({"total": 99}, "items 9.50 + shipping 4.90 = 14.40, but the total says 99.00"),
        ({"order_items": [{"name": "Tee", "totalprice": 5}]}, "item 1 has no quantity"),
        ({"order_items": [{"name": "Tee", "totalprice": 5, "quantity": 0}]}, "an item has no quantity"),
        ({"shipcost": "frei Haus"}, "shipcost is no number"),
        ({"shipcost": -4.9}, "the shipping cost is below zero"),
        ({"payment_method": "paypal\0"}, "payment_method holds characters that belong in no text"),
        ({"invoice": json_document()["invoice"] | {"country": "Atlantis"}}, "a country is none that is known"),
    ],
)
def test_doubts(changes: dict[str, Any], problem: str) -> None:
    """What cannot be taken is a problem, and the order is kept."""
    reading = read_document(**changes)

    assert Outcome.ORDER == reading.outcome
    assert problem in reading.problems


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"order_id": " "}, "its number"),
        ({"order_items": []}, "its items"),
        ({"order_items": [{"name": "Tee", "quantity": 1}]}, "its total"),
    ],
)
def test_unreadable(changes: dict[str, Any], missing: str) -> None:
    """Without a number, items or prices it is no order that can be kept."""
    reading = read_document(**changes)

    assert Outcome.UNREADABLE == reading.outcome
    assert missing in (reading.reason or "")


def test_cut_off() -> None:
    """Broken JSON is unreadable and says where; no label of it is read as an order in words."""
    reading = read(mail(body=json.dumps(json_document())[:-9]))

    assert (Outcome.UNREADABLE, "it is an order in JSON, but the JSON is broken in line 1") == (
        reading.outcome,
        reading.reason,
    )


def test_other_mails_stay() -> None:
    """A mail of words is read as before."""
    reading = read((MAILS / "german-order.eml").read_bytes())

    assert Outcome.ORDER == reading.outcome

"""Billbee's JSON order mail as named values, from any text."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.order_json import BrokenJson, JsonItem, JsonOrder, Place, read_order_json

# Synthetic: the fields as billbee.md 3.7 lists them.
DOCUMENT: dict[str, Any] = {
    "order_id": "J-1042",
    "currency_code": "EUR",
    "payment_method": "paypal",
    "order_date": "2026-03-02 11:58:00",
    "ust_id": None,
    "email": "anna@example.com",
    "invoice": {"salutation": 0, "firstname": "Anna", "lastname": "Beispiel", "zip": "50667", "city": "Köln"},
    "shipping": {},
    "shipcost": 4.9,
    "order_items": [{"quantity": 2, "totalprice": 12.990000000000002, "name": "Tee", "sku": "T-1", "taxrate": 7}],
}


def text_of(indent: int | None = 1, **changes: Any) -> str:
    return json.dumps(DOCUMENT | changes, indent=indent, ensure_ascii=False)


def read(text: str) -> JsonOrder:
    found = read_order_json(text)
    assert isinstance(found, JsonOrder)
    return found


def test_the_fields() -> None:
    """Each field by its own name; null and blank say nothing; a program's floating-point number is rounded."""
    order = read(text_of())

    assert ("J-1042", "anna@example.com") == (order.texts["order_id"], order.texts["email"])
    assert "ust_id" not in order.texts
    assert {"firstname": "Anna", "lastname": "Beispiel", "zip": "50667", "city": "Köln"} == order.invoice
    assert {} == order.shipping
    assert (Decimal("4.9"), None, ()) == (order.shipping_cost, order.total, order.doubts)
    assert (JsonItem("Tee", Decimal(2), Decimal("12.99"), "T-1", Decimal(7)),) == order.items


def test_places() -> None:
    """Every value knows its name and its line, though the same name stands in several objects."""
    order = read("\n" + text_of(shipping={"zip": "10115"}))
    lines = ["", *text_of(shipping={"zip": "10115"}).split("\n")]

    assert "order_id" in lines[(order.places["order_id"].line or 0) - 1]
    assert Place("invoice.zip", "50667", 1 + lines.index('  "zip": "50667",')) == order.places["invoice.zip"]
    assert Place("shipping.zip", "10115", 1 + lines.index('  "zip": "10115"')) == order.places["shipping.zip"]
    assert "sku" in lines[(order.places["order_items.0.sku"].line or 0) - 1]


def test_numbers_as_text() -> None:
    """A number in quotes is a number, with a point or a comma; any other text is a doubt."""
    items = [{"quantity": "2", "totalprice": "12,50", "name": "Tee"}, {"quantity": "zwei", "name": "Tee"}]
    order = read(text_of(order_items=items, order_id=1042))

    assert (Decimal("12.50"), None) == (order.items[0].total, order.items[1].quantity)
    assert ("order_items.1.quantity is no number",) == order.doubts
    assert "1042" == order.texts["order_id"]


@pytest.mark.parametrize("unfit", ["\0", "\x1b", "\ud800"])
def test_what_is_no_letter(unfit: str) -> None:
    """JSON can spell characters that no text has: they are shown as unknown ones, and a person looks."""
    order = read(json.dumps(DOCUMENT | {"order_items": [{"name": f"Tee{unfit}", "quantity": 1, "totalprice": 3}]}))

    assert "Tee\ufffd" == order.items[0].name
    assert ("order_items.0.name holds characters that belong in no text",) == order.doubts


def test_what_stands_around_it() -> None:
    """A list of one, lines above and below, a line end that a mailer put into a string."""
    for text in (
        f"[{text_of()}]",
        f"Von: shop\n\n{text_of(None)}\n-- \nGruss",
        text_of().replace("J-1042", "J-\n1042"),
        f"[image: logo]\n{text_of()}",
    ):
        assert read(text).texts["order_id"] in ("J-1042", "J- 1042")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (text_of()[:-30], "it is an order in JSON, but the JSON is broken in line"),
        (text_of().replace("2,", "NaN,"), "it is an order in JSON, but the JSON is broken"),
        (f"[{text_of()},{text_of()}]", "it brings more than one order"),
        (text_of() + text_of(), "it brings more than one order"),
        (text_of().replace('"email"', '"order_id"'), "it is an order in JSON, but a name stands in it twice"),
        ("[" * 100_000 + '"order_items":', "it is an order in JSON, but the JSON is broken"),
        (text_of(order_items="2 x Tee"), "it is an order in JSON, but its order_items are no list"),
        ('{"order_id": "7", "order_items": {"0": {}}}', "it is an order in JSON, but its order_items are no list"),
        ('{"order_id": "7", "shipcost": 4.9 "email": ""}', "it is an order in JSON, but the JSON is broken in line 1"),
        ("{'order_id': '7', 'order_items': []}", "it is an order in JSON, but the JSON is broken in line 1"),
        ("{“order_id”: “7”, “order_items”: []}", "it is an order in JSON, but the JSON is broken in line 1"),
    ],
    ids=["cut", "NaN", "list of two", "two", "twice", "deep", "text", "object", "comma", "python", "typographic"],
)
def test_broken(text: str, reason: str) -> None:
    """It is meant to be an order and cannot be taken: a sentence says why, and nothing is guessed."""
    found = read_order_json(text)

    assert isinstance(found, BrokenJson)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "text", ["", "{}", "Bestellnummer: 7", '{"order_id": 7}', 'the field "order_items" is {missing}']
)
def test_no_order(text: str) -> None:
    """Other texts and other JSON are none of our business."""
    assert read_order_json(text) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*DOCUMENT, "x"]), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries(dict.fromkeys(DOCUMENT, _JSON)) | _JSON, st.integers(0, 400))
def test_any_json(document: Any, cut: int) -> None:
    """Any JSON, whole or cut off, gives an answer; numbers are finite."""
    for text in (json.dumps(document), json.dumps(document)[:-cut]):
        found = read_order_json(text)
        if isinstance(found, JsonOrder):
            assert all(item.total is None or item.total.is_finite() for item in found.items)

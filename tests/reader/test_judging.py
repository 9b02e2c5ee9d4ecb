"""The judge of readings: what it takes as right, and above all that it sees what is wrong."""

import copy
from typing import Any

import pytest

from tests.reader.judging import differences, is_silent_error

READING: dict[str, Any] = {
    "outcome": "order",
    "kind": "order",
    "problems": [],
    "order": {
        "number": "1042",
        "ordered_at": "2025-04-03T10:22:05",
        "currency": "EUR",
        "site": "shop.example.org",
        "payment_method": "PayPal",
        "payment_type": 3,
        "prices_include_tax": True,
        "total": "27.50",
        "shipping_cost": "2.50",
        "discount": None,
        "note": None,
        "items": [
            {"title": "Tasse", "variant": "blau", "sku": "A-1", "quantity": "2", "unit_price": "12.50", "total": None}
        ],
        "billing_address": {
            "salutation": "Frau", "first_name": "Erika", "last_name": "Muster", "street": "Lindenweg",
            "house_number": "7", "city": "Köln", "phone": "+49 221 / 1234", "email": "erika@example.org",
            "company": None,
        },
        "shipping_address": None,
    },
}  # fmt: skip


def expectation(**more: Any) -> dict[str, Any]:
    """What the reading above says, with some of it taken from `more`."""
    order = copy.deepcopy(READING["order"])
    del order["discount"], order["note"], order["shipping_address"], order["items"][0]["total"]
    del order["billing_address"]["company"]
    return {"outcome": "order", "kind": "order", "order": order, **more}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The reading with one value changed."""
    reading = copy.deepcopy(READING)
    *way, last = path.split(".")
    place: Any = reading["order"]
    for name in way:
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    return reading


def said(expected: dict[str, Any], reading: dict[str, Any]) -> list[str]:
    """The paths of the differences."""
    return [found.path for found in differences(expected, reading)]


def test_the_same() -> None:
    """What is the same has no difference."""
    assert [] == differences(expectation(), READING)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("number", "1 042"),
        ("ordered_at", "2025-04-03T10:22:06"),
        ("ordered_at", "2025-04-03"),
        ("ordered_at", None),
        ("currency", "CHF"),
        ("currency", "eur"),
        ("site", "shop.example.com"),
        ("payment_method", "Rechnung"),
        ("payment_type", 4),
        ("payment_type", True),
        ("prices_include_tax", None),
        ("prices_include_tax", False),
        ("total", "27.51"),
        ("total", None),
        ("total", "27,50"),
        ("items.0.title", "Tasse groß"),
        ("items.0.variant", None),
        ("items.0.variant", "rot"),
        ("items.0.sku", "A1"),
        ("items.0.quantity", "20"),
        ("items.0.unit_price", "1.25"),
        ("billing_address.last_name", "Mustermann"),
        ("billing_address.last_name", "muster"),
        ("billing_address.street", "Lindenweg 7"),
        ("billing_address.house_number", None),
        ("billing_address.phone", "0221 1234"),
        ("billing_address.email", "erik@example.org"),
    ],
)
def test_one_wrong_value_is_seen(path: str, value: Any) -> None:
    """Whatever value is wrong or missing, the judge names just this field."""
    assert [path] == said(expectation(), changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ordered_at", "2025-04-03T10:22:05Z"),
        ("site", "Shop.Example.org"),
        ("payment_method", "paypal"),
        ("total", "27.5"),
        ("items.0.title", "TASSE."),
        ("items.0.variant", "(Blau)"),
        ("items.0.quantity", "2.0"),
        ("billing_address.city", "  Ko\u0308ln "),
        ("billing_address.salutation", "FRAU"),
        ("billing_address.phone", "+492211234"),
        ("billing_address.email", "Erika@Example.ORG"),
        ("note", "was nobody judges"),
    ],
)
def test_what_is_only_written_otherwise_is_right(path: str, value: Any) -> None:
    """Blanks, letter forms, and case and signs where they do not matter."""
    assert [] == said(expectation(), changed(path, value))


def test_a_value_that_nobody_expects_in_an_address_is_invented() -> None:
    """An address is judged as a whole: a company where there is none is wrong."""
    assert ["billing_address.company"] == said(expectation(), changed("billing_address.company", "Muster GmbH"))


def test_a_missing_address_is_seen() -> None:
    """No address where one was expected is one difference."""
    assert ["billing_address"] == said(expectation(), changed("billing_address", None))


def test_an_invented_variant_is_seen() -> None:
    """A variant where the item has none is wrong."""
    expected = expectation()
    del expected["order"]["items"][0]["variant"]

    assert ["items.0.variant"] == said(expected, READING)


def test_items_are_counted() -> None:
    """One item too many, and one too few."""
    assert ["items.count"] == said(expectation(), changed("items", READING["order"]["items"] * 2))
    assert ["items.count"] == said(expectation(), changed("items", []))


def test_ambiguous_with_and_without_prefix() -> None:
    """What has two defensible readings is not judged; the name of an address covers all its fields."""
    wrong = changed("billing_address.city", "Bonn")

    assert [] == said(expectation(ambiguous=["billing_address.city"]), wrong)
    assert [] == said(expectation(ambiguous=["billing_address"]), wrong)
    assert ["billing_address.city"] == said(expectation(ambiguous=["billing_address.cit", "city", "billing"]), wrong)
    assert [] == said(expectation(ambiguous=["items"]), changed("items", []))
    assert [] == said(expectation(ambiguous=["items.tail"]), changed("items", READING["order"]["items"] * 2))
    assert ["items.0.sku"] == said(expectation(ambiguous=["items.tail"]), changed("items.0.sku", "B"))


def test_also() -> None:
    """A further right value is right, any other stays wrong."""
    expected = expectation(also={"billing_address.city": ["Cologne"], "total": ["27.49"]})

    assert [] == said(expected, changed("billing_address.city", "Cologne"))
    assert [] == said(expected, changed("total", "27.490"))
    assert ["billing_address.city"] == said(expected, changed("billing_address.city", "Bonn"))


def test_absent() -> None:
    """A value of a field that the mail surely lacks is invented."""
    expected = expectation(absent=["discount", "note", "shipping_address"])

    assert [] == said(expected, READING)
    assert ["discount"] == said(expected, changed("discount", "0.00"))
    assert ["shipping_address"] == said(expected, changed("shipping_address", {"city": "Bonn"}))


def test_variant_in_title() -> None:
    """Where the layout writes the variant into the title, both are compared as one."""
    expected = expectation(variant_in_title=True)
    reading = changed("items.0.variant", None)
    reading["order"]["items"][0]["title"] = "Tasse, blau"

    assert [] == said(expected, reading)
    assert ["items.0.title"] == said(expectation(variant_in_title=True), changed("items.0.variant", "rot"))
    assert ["items.0.title", "items.0.variant"] == said(expectation(), reading)


def test_outcome_and_kind() -> None:
    """A wrong outcome is the only difference; a wrong kind is one."""
    other = {"outcome": "not_an_order", "kind": "other", "problems": [], "order": None}

    assert ["outcome"] == said(expectation(), other)
    assert [] == said(expectation(ambiguous=["outcome", "kind"]), other)
    assert ["kind"] == said({"outcome": "not_an_order", "kind": "activation"}, other)
    assert [] == said({"outcome": "not_an_order", "kind": "activation", "ambiguous": ["kind"]}, other)
    assert ["outcome"] == said({"outcome": "not_an_order", "kind": "other"}, READING)


def test_problems() -> None:
    """An order has no needless problem; one that is deliberately inconsistent has one."""
    doubted = {**READING, "problems": ["the sums do not come out"]}

    assert ["problems"] == said(expectation(), doubted)
    assert ["problems"] == said(expectation(must_have_problem=True), READING)
    assert [] == said(expectation(must_have_problem=True), doubted)
    assert [] == said(expectation(ambiguous=["problems"]), doubted)


def test_silent_errors() -> None:
    """A wrong total without any problem is silent; with a problem, or about a note, it is not."""
    wrong = changed("total", "1.00")

    assert is_silent_error(expectation(), wrong)
    assert is_silent_error(expectation(), changed("billing_address.city", "Bonn"))
    assert is_silent_error(expectation(), changed("items", []))
    assert is_silent_error({"outcome": "not_an_order", "kind": "other"}, READING)
    assert not is_silent_error(expectation(), READING)
    assert not is_silent_error(expectation(), {**wrong, "problems": ["look at it"]})
    assert not is_silent_error(expectation(), changed("payment_method", "Rechnung"))
    assert not is_silent_error(expectation(), changed("items.0.title", "Teller"))


def test_a_sentence() -> None:
    """Each difference says the field and both values."""
    [found] = differences(expectation(), changed("total", "1.00"))

    assert "total: expected '27.50', got '1.00'" == str(found)

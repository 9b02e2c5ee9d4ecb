"""schema.org/Order in the head of an HTML mail."""

import json
from decimal import Decimal

import pytest

from smtpd_billbee.reader.json_ld import draft_of, scripts_of

ORDER = {
    "@context": "http://schema.org", "@type": "Order", "orderNumber": "1042", "orderDate": "2025-04-03T10:22:05+02:00",
    "price": "14.90", "priceCurrency": "EUR",
    "acceptedOffer": [
        {"@type": "Offer", "itemOffered": {"@type": "Product", "name": "Becher", "sku": "A-1"}, "price": "3.50",
         "eligibleQuantity": {"@type": "QuantitativeValue", "value": "2"}},
        {"@type": "Offer", "itemOffered": {"@type": "Product", "name": "Teller"}, "price": 4.0},
    ],
}  # fmt: skip


def script(value: object) -> str:
    """The script of an HTML mail."""
    return json.dumps(value)


@pytest.mark.parametrize(
    "value", [ORDER, [ORDER], {"@graph": [{"@type": "Person"}, ORDER]}, {**ORDER, "@type": ["Order"]}]
)
def test_an_order(value: object) -> None:
    """Alone, in a list, in a graph, with several types."""
    draft = draft_of(script(value))

    assert draft is not None
    assert {"number": "1042", "total": Decimal("14.90"), "currency": "EUR"}.items() <= draft.values.items()
    assert str(draft.values["ordered_at"]).startswith("2025-04-03T10:22:05")
    assert [("Becher", Decimal(2), "A-1", Decimal("3.50")), ("Teller", Decimal(1), None, Decimal(4))] == [
        (item.title, item.quantity, item.sku, item.unit_price) for item in draft.items
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"Order"', '{"@type": "Person"}', "[" * 100_000, '{"@graph":' * 5_000, "NaN"]
)
def test_no_order(text: str) -> None:
    """Broken or other scripts give none, never an exception."""
    assert draft_of(text) is None


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1e999", True, None, [], {}, "1e30", "x"])
def test_strange_prices(price: object) -> None:
    """What is no amount is left out."""
    draft = draft_of(script({**ORDER, "price": price}))

    assert draft is not None
    assert "total" not in draft.values


def test_strange_offers() -> None:
    """Offers without a name, and things that are no offers, are left out."""
    draft = draft_of(script({**ORDER, "acceptedOffer": [None, 7, "x", {}, {"itemOffered": {"name": " "}}, [ORDER]]}))

    assert draft is not None
    assert () == draft.items


def test_scripts() -> None:
    """The scripts of this type, and no others; one that does not end is none."""
    html = (
        "<script>a</script><script type='application/ld+json'>b</script>"
        '<SCRIPT type="application/ld+json" id=x>c</SCRIPT><script type="application/ld+json">d'
    )

    assert ["b", "c"] == [text for text in scripts_of(html) if text in ("a", "b", "c", "d")]

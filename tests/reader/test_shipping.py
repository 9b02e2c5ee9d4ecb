"""The way of shipping beside its cost, and costs that are named by it."""

from decimal import Decimal

import pytest

from tests.reader.making import draft_of

HEAD = "Bestellnummer: 1042\n\n1 x Tasse  20,00 €\n\nZwischensumme: 20,00 €\n"


def costs_and_method(line: str, above: str = "") -> tuple[object, object]:
    """What an order says of its shipping, with this line among its sums."""
    values = draft_of(above + HEAD + line + "\nGesamtsumme: 24,90 €\n").values
    return values.get("shipping_cost"), values.get("shipping_method")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Versand: 4,90 € über Bergkurier", "Bergkurier"),
        ("Versand: 4,90 € via Bergkurier", "Bergkurier"),
        ("Versand (DPD Classic): 4,90 €", "DPD Classic"),
        ("Versand (Express Shipping): 4,90 €", "Express Shipping"),
        ("Shipping & Handling (Flat Rate - Fixed): 4,90 €", "Flat Rate - Fixed"),
        ("Versand: DHL Paket 4,90 €", "DHL Paket"),
        ("DHL Paket (Deutschland): 4,90 €", "DHL Paket (Deutschland)"),
        ("Versandart: Bergkurier (4,90 €)", "Bergkurier"),
        ("Versandart Versand per DPD   4,90 €", "Versand per DPD"),
        ("Versand - DPD Classic: 4,90 €", "DPD Classic"),
        ("Versand (via USPS Priority Mail): 4,90 €", "USPS Priority Mail"),
        ("DHL (Lieferung): 4,90 €", "DHL"),
        ("Versand (Deutschland): 4,90 €", None),
        ("Versand (inkl. MwSt.): 4,90 €", None),
        ("Versand (2 kg): 4,90 €", None),
        ("Versand: 4,90 € mit Sendungsverfolgung", None),
        ("Versand: 4,90 €", None),
    ],
)
def test_the_method_beside_its_cost(line: str, expected: str | None) -> None:
    """Behind 'über'; in brackets or behind the colon only a name that is known; a country and a weight are none."""
    assert (Decimal("4.90"), expected) == costs_and_method(line)


def test_a_cost_named_by_the_method() -> None:
    """The way of shipping that the mail says, with an amount among the sums."""
    assert (Decimal("4.90"), "Bergkurier") == costs_and_method("Bergkurier: 4,90 €", "Versandart: Bergkurier\n\n")


def test_an_amount_of_unknown_name_stays_unknown() -> None:
    """No way of shipping, no carrier: it could be anything."""
    assert (None, None) == costs_and_method("Bergkurier: 4,90 €")


def test_nothing_is_no_fee() -> None:
    """Of a discount and a fee of 0,00 € there is none; shipping of 0,00 € is free."""
    values = draft_of(HEAD + "Rabatt: 0,00 €\nNachnahmegebühr: 0,00 €\nVersand: 0,00 €\nGesamtsumme: 20,00 €\n").values
    assert Decimal(0) == values["shipping_cost"]
    assert not {"discount", "payment_fee"} & values.keys()


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Standardversand", "Standardversand"), ("Envío estándar", "Envío estándar"), ("Versandkosten Express", None)],
)
def test_the_name_of_the_cost_is_the_way(words: str, expected: str | None) -> None:
    """'Standardversand: 4,90 €' says the way of shipping; words for costs do not."""
    assert (Decimal("4.90"), expected) == costs_and_method(f"{words}: 4,90 €")


def test_a_name_with_the_word_free() -> None:
    """'Kostenloser Versand' behind 'Versandart' is a name; 'kostenlos' only says what it costs."""
    values = draft_of(HEAD + "Gesamtsumme: 20,00 €\n\nShipping method: Free shipping\n").values
    assert "Free shipping" == values["shipping_method"]
    assert "shipping_method" not in draft_of(HEAD + "Gesamtsumme: 20,00 €\n\nVersandart: kostenlos\n").values


def test_a_carrier_behind_a_label_without_a_mark() -> None:
    """'TRANSPORTADORA Sedex': only where the rest is a carrier; 'Lieferung in 3 Tagen' says no way of shipping."""
    values = draft_of(HEAD + "Gesamtsumme: 20,00 €\n\nTRANSPORTADORA Sedex\n").values
    assert "Sedex" == values["shipping_method"]
    assert "shipping_method" not in draft_of(HEAD + "Gesamtsumme: 20,00 €\n\nLieferung in 3 Tagen\n").values

"""What the names of columns mean."""

import pytest

from smtpd_billbee.formats.column_names import address_of, field_of, rank_of


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Nr.", "number"),
        ("N°", "number"),
        ("N° d'article", "sku"),
        ("Rechn. E-Mail", "billing.email"),
        ("Email pour facturation", "billing.email"),
        ("E-Mail pour livraison", "shipping.email"),
        ("Remarque (facture)", "billing.note"),
        ("Prix à l'unité net", "unit_net"),
        ("MwSt. %", "tax_rate"),
        ("Delivery ZIP", "shipping.postcode"),
        ("shipping_last_name", "shipping.last_name"),
        ("Ship to city", "shipping.city"),
        ("Grand Total", "order_total"),
        ("Lieblingsfarbe", None),
        ("Straße" * 50, None),
    ],
)
def test_a_column(column: str, field: str | None) -> None:
    """Columns are known by their names in several languages, loosely."""
    assert field == field_of(column)


def test_the_surer_name() -> None:
    """'Amount' may be money: beside 'Quantity' it does not count."""
    assert rank_of("Quantity") < rank_of("Amount") < rank_of("unknown")


@pytest.mark.parametrize(
    ("words", "whose"),
    [("Rechnungsadresse", "billing"), ("ship_to", "shipping"), ("customer", ""), ("Adresse", ""), ("warehouse", None)],
)
def test_whose_address(words: str, whose: str | None) -> None:
    """The name of a group says whose address is in it, or only that it is one."""
    assert whose == address_of(words)

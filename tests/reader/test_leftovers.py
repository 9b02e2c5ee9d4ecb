"""What stands in an item's rows and ended up nowhere is a doubt."""

import pytest

from smtpd_billbee.reader.draft import Draft
from smtpd_billbee.reader.leftovers import LEFT_OVER, UNREAD_COLUMN
from tests.reader.making import draft_of, draft_of_html

DOUBT = f"item 1: {LEFT_OVER}"


def table(*rows: str) -> Draft:
    """An order of one table, whose cells are written with bars."""
    inner = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    return draft_of_html(f"<table>{inner}</table><p>Summe: 18,00 €</p>")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Artikel|Xyz|Menge|Einzelpreis|Gesamt", "Tasse|AB-1234|2|9,00 €|18,00 €"),
        ("Artikel|Xyz|Menge|Einzelpreis|Gesamt", "Tasse|10815|2|9,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Xyz|Gesamt", "Tasse|2|9,00 €|4,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Gesamt", "Tasse<br>blau<br>Zusatz 3,00 € einmal<br>rund|2|9,00 €|18,00 €"),
    ],
)
def test_what_is_left_over_in_a_table(header: str, row: str) -> None:
    """A code or an amount below a name that nobody listed, or below the title: it could be the item's."""
    assert [DOUBT] == table(header, row).doubts


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Artikel|EAN|Menge|Einzelpreis|Gesamt", "Tasse|4006381333931|2|9,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Gesamt", "Tasse|2|9,00 EUR|18,00 EUR"),
        ("Artikel|Menge|Einzelpreis|MwSt.|Gesamt", "Tasse|2|9,00 €|2,87 €|18,00 €"),
        ("Artikel|Lager|Menge|Einzelpreis|Gesamt", "Tasse|2024|2|9,00 €|18,00 €"),
        ("Artikel|VPE|Menge|Einzelpreis|Gesamt", "Tasse|300 ml|2|9,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Gesamt", "Tasse 1234-X<br>Farbe: B-1234|2|9,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Gesamt", "Tasse<br>Lieferzeit: 10-14 Tage<br>90,00 € / kg|2|9,00 €|18,00 €"),
        ("Artikel|Menge|Einzelpreis|Gesamt", "Tasse<br>statt 12,00 €<br>Box (+2,00 €)|2|9,00 €|18,00 €"),
    ],
)
def test_what_is_no_part_of_an_item(header: str, row: str) -> None:
    """Columns and labels of something else, years, measures, old prices, what is in the title or was chosen."""
    assert [] == table(header, row).doubts


@pytest.mark.parametrize(
    ("header", "row", "unread"),
    [
        ("Artikel|Jahrgang|Menge|Einzelpreis|Gesamt", "Wein|2019|2|9,00 €|18,00 €", True),
        ("Artikel|Extras|Menge|Einzelpreis|Gesamt", "Tasse|Name: Tim|2|9,00 €|18,00 €", True),
        ("Artikel|Bemerkung|Menge|Einzelpreis|Gesamt", "Tasse|eilig|2|9,00 €|18,00 €", True),
        ("Artikel|Extras|Menge|Einzelpreis|Gesamt", "Tasse|–|2|9,00 €|18,00 €", False),
        ("Artikel|Einh.|Menge|Einzelpreis|Gesamt", "Tasse|Stk|2|9,00 €|18,00 €", False),
        ("Artikel|Xyz|Menge|Einzelpreis|Gesamt", "Tasse|Stk|2|9,00 €|18,00 €", False),
        ("Xyz|Artikel|Menge|Einzelpreis|Gesamt", "1|Tasse|2|9,00 €|18,00 €", False),
        ("Artikel|Xyz|Menge|Einzelpreis|Gesamt", "Tasse blau|blau|2|9,00 €|18,00 €", False),
    ],
)
def test_a_column_that_nobody_knows(header: str, row: str, unread: bool) -> None:
    """It may hold what the customer chose; a unit, the item's number, and what the title says already, do not."""
    assert ([f"item 1: {UNREAD_COLUMN}"] if unread else []) == table(header, row).doubts


def test_lines() -> None:
    """Below a title in a text, too; what a label says that is no item's is no loss."""
    text = "Artikel:\n\n2 x Tasse 9,00 € 18,00 €\n   blau\n   rund\n   {}\n   schön\n   gut\n\nSumme: 18,00 €\n"

    assert [DOUBT] == draft_of(text.format("Lager 7788-K")).doubts
    assert [] == draft_of(text.format("Lieferzeit: 7788-K")).doubts

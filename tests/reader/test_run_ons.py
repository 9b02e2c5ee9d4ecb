"""Lines in which several things stand one behind the other."""

import pytest

from smtpd_billbee.reader.run_ons import taken_apart
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary
from tests.reader.making import draft_of


def parts(line: str) -> list[str]:
    """The rows that a line becomes."""
    return [row.text for row in taken_apart(rows_of_text(line), dictionary())]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2x Tasse 9,00 EUR, 1x Kanne 24,00 EUR", ["2x Tasse 9,00 EUR", "1x Kanne 24,00 EUR"]),
        ("2x Tasse [12] 9,00 EUR; 1x Kanne [14] 24,00 EUR", ["2x Tasse [12] 9,00 EUR", "1x Kanne [14] 24,00 EUR"]),
        ("Ihre Artikel: 2 x Tasse 9,00 EUR", ["Ihre Artikel:", "2 x Tasse 9,00 EUR"]),
        ("Versand 4,90 EUR, Summe 46,90 EUR", ["Versand 4,90 EUR", "Summe 46,90 EUR"]),
        ("Bestellnummer: 1042; Zahlungsart: PayPal", ["Bestellnummer: 1042", "Zahlungsart: PayPal"]),
        ("Bestellnummer: 1042 · Zahlungsart: PayPal", ["Bestellnummer: 1042", "Zahlungsart: PayPal"]),
    ],
)
def test_taken_apart(line: str, expected: list[str]) -> None:
    """Items with count and price, sums with their names, labels with their values."""
    assert expected == parts(line)


@pytest.mark.parametrize(
    "line",
    [
        "2x Tasse, blau, 9,00 EUR",
        "2x Tasse (12) 9,00 EUR, 1x Kanne (14) 24,00 EUR",
        "Versand 4,90 EUR, und morgen kostet es 9,00 EUR",
        "Anmerkung: bitte klingeln; Telefon: 030 1234; Zahlungsart: bar",
        "Wir liefern am Montag; danke",
        "Laden Muster · Telefon: 030 555 · E-Mail: laden@example.org",
        "Bestellnummer: 1042 · danke",
        "Versand 4,90 EUR, gern wieder",
    ],
)
def test_left_whole(line: str) -> None:
    """A part that is nothing of its own, a number in brackets that can be anything, the customer's words."""
    assert [line] == parts(line)


def test_a_short_mail() -> None:
    """An order of three lines is read like any other."""
    draft = draft_of("Bestellnummer: 1042; Zahlungsart: PayPal\n2x Tasse 18,00 EUR, 1x Kanne 24,00 EUR\n"
                     "Versand 4,90 EUR, Summe 46,90 EUR\n")  # fmt: skip
    assert ("1042", "PayPal") == (draft.values["number"], draft.values["payment_method"])
    assert ["Tasse", "Kanne"] == [item.title for item in draft.items]
    assert draft.sums.balanced


def test_sums_that_are_added_up_in_one_line() -> None:
    """'A + B - C = D': each with the name of a sum; without the names nothing tells what is added."""
    line = "Warenwert 48,00 € + Versand 4,90 € - Rabatt 5,00 € = Gesamtsumme 47,90 €"
    assert ["Warenwert 48,00 €", "Versand 4,90 €", "Rabatt 5,00 €", "Gesamtsumme 47,90 €"] == parts(line)

    bare = "Gesamtsumme: 48,00 € + 4,90 € = 52,90 €"
    assert [bare] == parts(bare)

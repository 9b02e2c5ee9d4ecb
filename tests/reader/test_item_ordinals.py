"""Numbers that count the items are no part of their titles."""

import pytest

from smtpd_billbee.reader.item_lines import from_lines
from smtpd_billbee.reader.item_ordinals import ordinal_in
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Pos. 1: ", "Pos. 2: "),
        ("Pos. 1 ", "Pos. 2 "),
        ("Position 1 - ", "Position 2 - "),
        ("Pos.01 ", "Pos.02 "),
        ("Artikel 1 von 2: ", "Artikel 2 von 2: "),
        ("Article 1 sur 2 : ", "Article 2 sur 2 : "),
        ("Item 1: ", "Item 2: "),
        ("【商品1】", "【商品2】"),
        ("[Artikel 1] ", "[Artikel 2] "),
        ("1. ", "2. "),
        ("1) ", "2) "),
        ("(1) ", "(2) "),
        ("01 ", "02 "),
        ("1/2 ", "2/2 "),
        ("1 ", "2 "),
    ],
)
def test_the_number_of_an_item(one: str, two: str) -> None:
    """'Pos. 1:' before the first item, 'Pos. 2:' before the second."""
    rows = rows_of_text(
        f"{one}Becher\nMenge: 2\nEinzelpreis: 3,50 €\nGesamt: 7,00 €\n\n"
        f"{two}Teller\nMenge: 1\nEinzelpreis: 4,00 €\nGesamt: 4,00 €\n"
    )
    items = from_lines(rows, range(len(rows)), KNOWN, ",", None)

    assert [("Becher", 2), ("Teller", 1)] == [(each.item.title, each.item.quantity) for each in items.found]


@pytest.mark.parametrize("text", ["1 Jahr Abo", "Duft No. 5", "2024er Riesling", "Set 3 klein", "Tasse 1", "4711"])
def test_numbers_of_a_title(text: str) -> None:
    """Without a mark or a word for positions nothing says that a number counts."""
    assert ordinal_in(text, KNOWN) is None


def test_a_lone_number_stays() -> None:
    """'1 Jahr Abo' alone, or above 'Tee', keeps its number: it counts no items."""
    for more in ("", "\n\nTee\nMenge: 1\nEinzelpreis: 4,00 €\nGesamt: 4,00 €"):
        rows = rows_of_text(f"1 Jahr Abo\nMenge: 2\nEinzelpreis: 3,50 €\nGesamt: 7,00 €{more}\n")

        assert "1 Jahr Abo" == from_lines(rows, range(len(rows)), KNOWN, ",", None).found[0].item.title

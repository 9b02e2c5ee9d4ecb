"""A number before a title, and what the prices say of it."""

import pytest

from smtpd_billbee.reader.items import NO_QUANTITY
from tests.reader.test_items import items


@pytest.mark.parametrize(
    ("line", "title", "quantity"),
    [
        ("1,5 m Stoff  10,00 EUR  15,00 EUR", "Stoff", "1.5"),
        ("0,5 kg Kaffee  20,00 EUR  10,00 EUR", "Kaffee", "0.5"),
        ("2 Paar Socken  5,00 EUR  10,00 EUR", "Socken", "2"),
        ("10 Pck. Tee  2,00 EUR  20,00 EUR", "Tee", "10"),
        ("1 Set Gläser  20,00 EUR  20,00 EUR", "Gläser", "1"),
        ("2 500 g Kaffee  10,00 EUR  20,00 EUR", "500 g Kaffee", "2"),
        ("2 Knopf 1 Euro  1,00 EUR  2,00 EUR", "Knopf 1 Euro", "2"),
        ("3 Schafe Socken  5,00 EUR  10,00 EUR", "3 Schafe Socken", "2"),
    ],
)
def test_a_number_before_the_title(line: str, title: str, quantity: str) -> None:
    """It is the quantity where quantity x unit price is just the row total, and else a part of the title."""
    [found] = items(line).found

    assert (title, quantity, None) == (found.item.title, f"{found.item.quantity:f}", found.doubt)


def test_a_number_that_the_prices_do_not_confirm() -> None:
    """'500 g Kaffee' at one price: nothing says how many."""
    [found] = items("500 g Kaffee  10,00 EUR  10,00 EUR").found

    assert ("500 g Kaffee", NO_QUANTITY) == (found.item.title, found.doubt)


def test_numbers_before_every_title() -> None:
    """Where all lines begin with a number, and their prices come to the sum, the numbers count."""
    text = "1 Borsa in pelle 145,00 EUR\n2 Camicia in lino 72,00 EUR\n4 Sapone al miele 20,80 EUR"

    assert [("Borsa in pelle", 1, None), ("Camicia in lino", 2, None), ("Sapone al miele", 4, None)] == [
        (each.item.title, each.item.quantity, each.doubt) for each in items(text, "237.80").found
    ]
    assert all(each.doubt == NO_QUANTITY for each in items(text, "300.00").found)


def test_counts_behind_every_title() -> None:
    """'(2 Stück)' behind one title may be its pack; behind all of them, with prices that come to the sum, it counts."""
    text = "Uhr (2 Stück) 198,00 EUR\nBand 30 x 40 (3 Stk.) 30,00 EUR"

    assert [("Uhr", 2, None), ("Band 30 x 40", 3, None)] == [
        (each.item.title, each.item.quantity, each.doubt) for each in items(text, "228.00").found
    ]
    assert all(each.doubt == NO_QUANTITY for each in items(text, "300.00").found)
    assert [NO_QUANTITY] == [each.doubt for each in items("Seife (3 Stück) 9,00 EUR", "9.00").found]


@pytest.mark.parametrize(
    ("lines", "title", "quantity", "variant"),
    [
        ("3 x Seife, Menge: 100 g\nEinzelpreis: 5,40 EUR\nGesamtpreis: 16,20 EUR", "Seife", "3", "Menge: 100 g"),
        ("3 x Seife\n6 Stück\nEinzelpreis: 5,40 EUR\nGesamtpreis: 16,20 EUR", "Seife", "3", "6 Stück"),
        ("Seife 60 x 80\n3 Stück\nEinzelpreis: 5,40 EUR\nGesamtpreis: 16,20 EUR", "Seife 60 x 80", "3", None),
        ("Seife rot 3 Stk. à 5,40 EUR 16,20 EUR", "Seife rot", "3", None),
        ("Stoff\nMenge: 2 m\nEinzelpreis: 5,40 EUR\nGesamtpreis: 10,80 EUR", "Stoff", "2", None),
    ],
)
def test_a_measure_behind_the_word_for_the_quantity(lines: str, title: str, quantity: str, variant: str | None) -> None:
    """'Menge: 100 g', '6 Stück' beside '3 x' is what was chosen; alone it says how much."""
    [found] = items(lines).found

    assert (title, quantity, variant) == (found.item.title, f"{found.item.quantity:f}", found.item.variant)


def test_items_that_begin_with_a_line_without_a_label() -> None:
    """A title, then labelled lines in paragraphs of their own, then the next title."""
    text = (
        "Pullover\nGröße: L\n\nArtikelnummer: P-1\nEinzelpreis: 98,00 EUR\nMenge: 1\n\n"
        "Tee\n\nArtikelnummer: T-1\nEinzelpreis: 7,25 EUR\nMenge: 6"
    )

    assert [("Pullover", "P-1", 1), ("Tee", "T-1", 6)] == [
        (each.item.title, each.item.sku, each.item.quantity) for each in items(text, "141.50").found
    ]


@pytest.mark.parametrize("bullet", ["* ", "- ", "• "])
def test_counts_behind_bullets(bullet: str) -> None:
    """'* 3 Tee: 21,75 EUR': the bullet is no part of the title."""
    found = items(f"{bullet}1 Kanne blau: 41,00 EUR\n{bullet}3 Tee mit Minze: 21,75 EUR", "62.75").found

    assert [("Kanne blau", 1), ("Tee mit Minze", 3)] == [(each.item.title, each.item.quantity) for each in found]

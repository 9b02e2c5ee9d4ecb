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

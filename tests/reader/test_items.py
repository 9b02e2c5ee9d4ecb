"""Items from lines: parted in the way under which everything comes out; prices are told apart by arithmetic."""

from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.item_lines import from_lines
from smtpd_billbee.reader.items import UNSAID, Items, finished, items_sum, resolved, row_sum
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary


def items(text: str, expected: str | None = None) -> Items:
    """The items of a text."""
    rows = rows_of_text(text)
    return from_lines(rows, range(len(rows)), dictionary(), ",", None if expected is None else Decimal(expected))


def shown(found: Items) -> list[tuple[str, str, str | None]]:
    """Title, quantity and variant of each."""
    return [(each.item.title, f"{each.item.quantity:f}", each.item.variant) for each in found.found]


TWO = [("Becher", "2", None), ("Teller", "1", None)]


@pytest.mark.parametrize(
    "text",
    [
        "2 x Becher 3,50 € 7,00 €\n1 x Teller 4,00 € 4,00 €",
        "2 x Becher\n3,50 €\n7,00 €\n1 x Teller\n4,00 €\n4,00 €",
        "2 x Becher\n   3,50 € = 7,00 €\n1 x Teller\n   4,00 € = 4,00 €",
        "Becher\nMenge: 2\nEinzelpreis: 3,50 €\nGesamtpreis: 7,00 €\n\n"
        "Teller\nMenge: 1\nEinzelpreis: 4,00 €\nGesamtpreis: 4,00 €",
        "Artikel: Becher\nMenge: 2\nEinzelpreis: 3,50 €\nArtikel: Teller\nMenge: 1\nEinzelpreis: 4,00 €",
        "1. Becher, 2 x 3,50 € = 7,00 €\n2. Teller, 1 x 4,00 € = 4,00 €",
        "Becher\n2 x 3,50 € = 7,00 €\nTeller\n1 x 4,00 € = 4,00 €",
    ],
)
def test_ways_to_write_two_items(text: str) -> None:
    """By quantity, by lines, by paragraph, by indentation, by label, by counting number."""
    found = items(text, "11.00")

    assert TWO == shown(found)
    assert Decimal("11.00") == items_sum([each.item for each in found.found])
    assert [] == [each.doubt for each in found.found if each.doubt]


def test_variants_belong_to_the_item_above() -> None:
    """Indented lines below an item are its variant."""
    found = items("2 x Becher  7,00 €\n    Farbe: blau\n1 x Teller  4,00 €\n    Farbe: rot", "11.00")

    assert [("Becher", "2", "Farbe: blau"), ("Teller", "1", "Farbe: rot")] == shown(found)


def test_counting_numbers_are_no_quantities() -> None:
    """'1. Becher' counts; a title that begins with another number keeps it."""
    found = items("1. Becher 2 x 3,50 € = 7,00 €\n2. 3 Könige 1 x 4,00 € = 4,00 €", "11.00")

    assert [("Becher", "2", None), ("3 Könige", "1", None)] == shown(found)


def test_each_item_knows_its_row() -> None:
    """The row in which it begins, and its text."""
    found = items("2 x Becher  7,00 €\n1 x Teller  4,00 €", "11.00")

    assert [0, 1] == [each.row for each in found.found]
    assert "2 x Becher 7,00 €" == found.found[0].text
    assert frozenset({0, 1}) == found.rows


@pytest.mark.parametrize(("expected", "unit", "total"), [("7.00", None, "7.00"), ("14.00", "7.00", None)])
def test_one_price_for_two_pieces(expected: str, unit: str | None, total: str | None) -> None:
    """'2 x Becher 7,00 €': the sum tells whether that is for one piece or for both."""
    [found] = items("2 x Becher  7,00 €", expected).found

    assert (None if unit is None else Decimal(unit), None if total is None else Decimal(total)) == (
        found.item.unit_price, found.item.total,
    )  # fmt: skip
    assert found.doubt is None


def test_one_price_and_no_sum() -> None:
    """Where nothing tells, it is doubted."""
    [found] = items("2 x Becher  7,00 €").found

    assert found.doubt


def test_one_piece() -> None:
    """For one piece the price is both."""
    [found] = items("1 x Becher  7,00 €").found

    assert (Decimal("7.00"), Decimal("7.00"), None) == (found.item.unit_price, found.item.total, found.doubt)


def made(**values: object) -> Parts:
    """Parts with a title and some values."""
    return Parts(title="Becher", **values)  # type: ignore[arg-type]


def test_prices_are_told_apart() -> None:
    """Quantity x unit price = row total, in whatever order they stand."""
    for prices in (["3.50", "7.00"], ["7.00", "3.50"], ["9.99", "3.50", "7.00"]):
        found = finished(made(quantity=Decimal(2), prices=[Decimal(each) for each in prices]), 0, "")
        assert (Decimal("3.50"), Decimal("7.00"), None) == (found.item.unit_price, found.item.total, found.doubt)


def test_the_quantity_from_the_prices() -> None:
    """Without a quantity, the row total is a multiple of the unit price."""
    found = finished(made(unit_price=Decimal("3.50"), total=Decimal("10.50")), 0, "")

    assert (Decimal(3), None) == (found.item.quantity, found.doubt)


@pytest.mark.parametrize(
    "values",
    [
        {"quantity": Decimal(2), "unit_price": Decimal("3.50"), "total": Decimal("8.00")},
        {"quantity": Decimal(2)},
        {"prices": [Decimal("3.50")]},
        {"quantity": Decimal(2), "prices": [Decimal("3.50")], "clash": True},
    ],
)
def test_what_is_odd_is_doubted(values: dict[str, object]) -> None:
    """A wrong product, no price, no quantity, a value that stands twice."""
    assert finished(made(**values), 0, "").doubt


def test_rounding_is_no_doubt() -> None:
    """A cent of rounding is none, ten are."""
    assert finished(made(quantity=Decimal(3), unit_price=Decimal("3.33"), total=Decimal("10.00")), 0, "").doubt is None
    assert finished(made(quantity=Decimal(3), unit_price=Decimal("3.33"), total=Decimal("10.10")), 0, "").doubt


def test_without_a_title() -> None:
    """An item without a title is doubted."""
    assert finished(Parts(quantity=Decimal(1), prices=[Decimal(1)]), 0, "").doubt


def test_sums_of_rows() -> None:
    """The row total, else quantity x unit price; without any price there is no sum."""
    priced, by_piece = Item("a", Decimal(2), total=Decimal(7)), Item("b", Decimal(2), unit_price=Decimal(3))

    assert (Decimal(7), Decimal(6), None) == (row_sum(priced), row_sum(by_piece), row_sum(Item("c", Decimal(1))))
    assert Decimal(13) == items_sum([priced, by_piece])
    assert items_sum([priced, Item("c", Decimal(1))]) is None
    assert items_sum([]) is None


def test_nothing_to_resolve() -> None:
    """No items, no rows."""
    assert () == resolved([], Decimal(1))
    assert () == items("").found


def test_hundreds_of_prices() -> None:
    """An item with hundreds of prices is odd; the last dozen counts."""
    found = finished(made(quantity=Decimal(2), prices=[Decimal(each) for each in range(1, 900)]), 0, "")

    assert found.item.title == "Becher"


def test_a_cost_written_like_an_item() -> None:
    """What has a price and no quantity below the items is a cost, if the items above come to the subtotal."""
    text = (
        "Becher\nMenge: 2\nPreis: 7,00 €\n\nTeller\nMenge: 1\nPreis: 4,00 €\n\n"
        "Standardversand\nPreis: 3,90 €"
    )  # fmt: skip

    assert TWO == shown(items(text, "11.00"))
    assert 3 == len(items(text, "14.90").found)


def test_only_what_is_unsaid_is_doubted() -> None:
    """The price of one piece is both; of several it is not said."""
    found = items("1 x Becher 3,00 €\n2 x Teller 8,00 €")

    assert [None, UNSAID] == [each.doubt for each in found.found]


def test_the_lines_of_a_cell() -> None:
    """In a row without a header the lines of a cell stay lines: what is below the title is the variant."""
    rows = rows_of_html("<table><tr><td>Becher x 2<br>blau<td>7,00 €<tr><td>Teller x 1<br>rot<td>4,00 €</table>")
    found = from_lines(rows, range(len(rows)), dictionary(), ",", Decimal("11.00"))

    assert [("Becher", "2", "blau"), ("Teller", "1", "rot")] == shown(found)


@pytest.mark.parametrize(
    ("title", "sku", "doubted"),
    [
        ("Becher (390)", None, True),
        ("Becher (390)", "A-1", False),
        ("Kerzen (12)", None, False),
        ("Band (2024)", None, False),
    ],
)
def test_a_number_in_brackets(title: str, sku: str | None, doubted: bool) -> None:
    """Three digits behind a title can be its article number, or how many pieces it has: a person must see it."""
    found = finished(Parts(title=title, sku=sku, quantity=Decimal(1), unit_price=Decimal(1)), 0, "")

    assert doubted == (found.doubt is not None)


def test_labels_in_brackets() -> None:
    """'[商品名] …' begins each item."""
    text = "[Artikel] Becher\n[Artikelnr.] A-17\n[Stückpreis] 3,50 € x 2 = 7,00 €\n"
    found = items(text + text.replace("Becher", "Teller").replace("A-17", "B-2"), "14.00")

    assert [("Becher", "2", "A-17"), ("Teller", "2", "B-2")] == [
        (each.item.title, f"{each.item.quantity:f}", each.item.sku) for each in found.found
    ]


def test_one_amount_twice_is_no_quantity() -> None:
    """Two amounts that are the same, and no count: the second may be the subtotal."""
    assert "an item has no quantity" == finished(made(prices=[Decimal(7), Decimal(7)]), 0, "").doubt


def test_lines_of_choices_are_no_items() -> None:
    """'Motiv: Anker' below a title says nothing on its own: it is what was chosen of the item above."""
    text = "Becher (#B-1) × 2 = 7,00 €\n    Motiv: Anker\n\nTasse (#T-1) × 1 = 3,00 €"
    rows = rows_of_text(text)
    items = from_lines(rows, [i for i, row in enumerate(rows) if row.filled], dictionary(), ",", Decimal(10))
    assert [("Becher", "Motiv: Anker"), ("Tasse", None)] == [(f.item.title, f.item.variant) for f in items.found]


def test_chinese_counting_numbers() -> None:
    """'1、' counts the items."""
    rows = rows_of_text("1、茶 6.00元 × 2 = 12.00元\n2、布 5.00元 × 1 = 5.00元")
    items = from_lines(rows, range(2), dictionary(), ".", Decimal(17))
    assert ["茶", "布"] == [found.item.title for found in items.found]

"""Items from tables: each column by its header, or by what stands in it."""

from decimal import Decimal

import pytest

from smtpd_billbee.reader.bare_tables import bare_rows, without_header
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.items import Items, row_sum
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.tables import from_table
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary
from tests.reader.making import draft_of, html_page


def html(*rows: str) -> list[Row]:
    """Rows of cells, written with bars, as an HTML table."""
    inner = "".join("<tr>" + "".join(f"<td>{cell.strip()}" for cell in row.split("|")) for row in rows)
    return rows_of_html(f"<table>{inner}</table>")


def items(rows: list[Row], expected: str | None = None) -> Items:
    """The items below the header in the first row."""
    return from_table(rows, 0, dictionary(), ",", None if expected is None else Decimal(expected))[0]


def shown(found: Items) -> list[tuple[str, str, str | None, str]]:
    """Title, quantity, number and sum of each row."""
    return [(f.item.title, f"{f.item.quantity:f}", f.item.sku, str(row_sum(f.item))) for f in found.found]


TWO = [("Becher", "2", None, "7.00"), ("Teller", "1", None, "4.00")]


@pytest.mark.parametrize(
    "rows",
    [
        ["Artikel|Menge|Einzelpreis|Gesamt", "Becher|2|3,50 €|7,00 €", "Teller|1|4,00 €|4,00 €"],
        ["Menge|Artikel|Gesamtpreis", "2|Becher|7,00 €", "1|Teller|4,00 €"],
        ["Pos.|Artikel|Anzahl|Summe", "1|Becher|2 Stück|7,00 €", "2|Teller|1 Stück|4,00 €"],
        ["Artikel|Menge|Preis", "Becher|2x|7,00 €", "Teller|1x|4,00 €"],
        ["Product|Qty|Unit price|Total", "Becher|2|€3,50|€7,00", "Teller|1|€4,00|€4,00"],
        ["商品名|単価|数量|小計", "Becher|3,50 €|2|7,00 €", "Teller|4,00 €|1|4,00 €"],
    ],
)
def test_headers(rows: list[str]) -> None:
    """The columns' order and names, in every language."""
    assert TWO == shown(items(html(*rows), "11.00"))


@pytest.mark.parametrize("title", ["Tasse", "Tasse blau", "Discount Mug", "Total Lotion", "Saldo Buch"])
def test_things_that_begin_with_the_word_of_a_sum(title: str) -> None:
    """With a quantity of its own it is a thing: 'Tasse' is a tax in Italian only."""
    page = html_page(
        "<p>Rechnungsadresse</p><table><tr><td>Artikel<td>Menge<td>Preis"
        f"<tr><td>Becher<td>1<td>5,00 €<tr><td>{title}<td>1<td>12,00 €</table><p>Gesamtsumme: 17,00 €"
    )
    found = from_table(page.rows, 1, page.known, ",", None)[0].found

    assert ["Becher", title] == [each.item.title for each in found]
    assert [None, None] == [each.doubt for each in found]


@pytest.mark.parametrize("title", ["Porto Wein", "Versand Karton", "Envío Bolsa"])
def test_a_thing_that_may_be_a_cost(title: str) -> None:
    """It is listed and doubted."""
    found = items(html("Artikel|Menge|Preis", "Becher|1|5,00 €", f"{title}|1|12,00 €")).found

    assert title == found[1].item.title
    assert "may be one" in (found[1].doubt or "")


@pytest.mark.parametrize("title", ["Versand", "Versandkosten DHL", "Frais de port Colissimo", "Rabatt 5 %"])
def test_a_cost_with_a_quantity(title: str) -> None:
    """A word that means a price alone stays a sum, though its row has a quantity."""
    found = items(html("Artikel|Menge|Preis", "Becher|1|5,00 €", f"{title}|1|12,00 €")).found

    assert ["Becher"] == [each.item.title for each in found]


def test_a_column_of_prices_with_an_unknown_name() -> None:
    """What it holds tells: the row's sum, and a row that does not come out is doubted."""
    found = items(html("Artikel|Menge|Einzelpreis|Qwzx", "Becher|2|3,50 €|7,00 €", "Teller|3|4,00 €|13,00 €")).found

    assert [Decimal("7.00"), Decimal("13.00")] == [each.item.total for each in found]
    assert [False, True] == [bool(each.doubt) for each in found]


def test_article_number_and_variant() -> None:
    """Columns of their own."""
    [found] = items(html("Art.-Nr.|Artikel|Farbe|Menge|Preis", "A-1|Becher|blau|2|3,50 €"), "7.00").found

    assert ("A-1", "Becher", "blau") == (found.item.sku, found.item.title, found.item.variant)


def test_lines_in_the_title_cell() -> None:
    """Below the title in its cell: number and options."""
    [found] = items(html("Artikel|Menge|Preis", "Becher<br>Art.-Nr.: A-1<br>Farbe: blau|2|3,50 €"), "7.00").found

    assert ("A-1", "Becher", "Farbe: blau") == (found.item.sku, found.item.title, found.item.variant)


def test_a_lone_price_column() -> None:
    """'Preis' can be of one piece or of the row: the sum tells."""
    rows = html("Artikel|Menge|Preis", "Becher|2|3,50 €")

    assert (Decimal("3.50"), None) == (lambda it: (it.unit_price, it.total))(items(rows, "7.00").found[0].item)
    assert (None, Decimal("3.50")) == (lambda it: (it.unit_price, it.total))(items(rows, "3.50").found[0].item)


def test_sums_end_the_items() -> None:
    """Rows of sums in the same table are no items."""
    rows = html(
        "Artikel|Menge|Preis",
        "Becher|2|7,00 €",
        "Zwischensumme||7,00 €",
        "Versandkosten||4,90 €",
        "Gesamtsumme||11,90 €",
    )

    assert [("Becher", "2", None, "7.00")] == shown(items(rows, "7.00"))


def test_in_text() -> None:
    """Columns by wide gaps, and by bars."""
    gaps = rows_of_text("Artikel    Menge   Preis\nBecher     2       7,00 €\nTeller     1       4,00 €")
    bars = rows_of_text("| Artikel | Menge | Preis |\n|---|---|---|\n| Becher | 2 | 7,00 € |\n| Teller | 1 | 4,00 € |")

    assert TWO == shown(items(gaps, "11.00")) == shown(items(bars, "11.00"))


def test_without_a_header() -> None:
    """The longest text is the title, an integer the quantity, amounts the prices."""
    rows = html("Becher|2|3,50 €|7,00 €", "Teller|1|4,00 €|4,00 €")

    assert TWO == shown(without_header(rows, range(2), dictionary(), ",", Decimal("11.00")))


def test_rows_without_a_price_are_no_items() -> None:
    """A table of facts gives none."""
    assert () == without_header(html("Datum|3.4.2025", "Zahlungsart|PayPal"), range(2), dictionary(), ",", None).found
    assert () == items(html("Artikel|Menge|Preis", "Hinweis|bitte|beachten")).found


def test_a_wrong_row_is_doubted() -> None:
    """2 x 3,50 is not 8,00."""
    assert items(html("Artikel|Menge|Einzelpreis|Gesamt", "Becher|2|3,50 €|8,00 €"), "8.00").found[0].doubt


def test_a_column_of_pictures() -> None:
    """'Artikel' above pictures without any text is no title: the next column with text is."""
    rows = ["Artikel||Menge|Gesamt", "|Becher|2|7,00 €", "|Teller|1|4,00 €"]
    named = ["Artikel|Bezeichnung|Menge|Gesamt", "|Becher|2|7,00 €", "|Teller|1|4,00 €"]

    assert TWO == shown(items(html(*rows), "11.00")) == shown(items(html(*named), "11.00"))


def test_a_table_for_each_item() -> None:
    """A header in a table of its own stands above tables of as many columns, one for each item."""
    page = html_page(
        "<table><tr><td>Artikel<td>Menge<td>Gesamt</table>"
        "<table><tr><td>Becher<td>2<td>7,00 €</table><table><tr><td>Teller<td>1<td>4,00 €</table>"
        "<table><tr><td>Gesamtsumme<td>11,00 €</table>"
    )

    assert TWO == shown(items(page.rows, "11.00"))


def test_prices_below_a_word_for_tax() -> None:
    """'Tax excl.' names the prices where no other column has any."""
    found = items(html("Product|Quantity|Tax excl.", "Becher|2|3,50 €", "Teller|1|4,00 €"), "11.00")

    assert TWO == shown(found)
    assert Decimal("3.50") == found.found[0].item.unit_price


def test_a_title_above_its_variant() -> None:
    """A title alone belongs to the row below if that begins further in; else it would be the item above's."""
    rows = rows_of_html(
        "<table><tr><td colspan=2>Artikel<td>Menge<td>Gesamt"
        "<tr><td colspan=2>Becher<td>2<td>7,00 €<tr><td colspan=2>Teller<td><td>"
        "<tr><td><td>blau<td>1<td>4,00 €</table>"
    )
    found = items(rows, "11.00")

    assert TWO == shown(found)
    assert [None, "blau"] == [each.item.variant for each in found.found]


@pytest.mark.parametrize(("price", "unit"), [("3,50 €", "3.50"), ("4,20 €", None)])
def test_a_unit_price_below_the_title(price: str, unit: str | None) -> None:
    """'Einzelpreis: 3,50 €' in the title's cell is taken if it comes to the price of the row."""
    rows = rows_of_html(
        f"<table><tr><td>Artikel<td>Menge<td>Gesamt<tr><td>Becher<br>Einzelpreis: {price}<td>2<td>7,00 €</table>"
    )
    found = items(rows, "7.00").found[0].item

    assert (unit, "7.00") == (found.unit_price and str(found.unit_price), str(found.total))


@pytest.mark.parametrize(
    ("numbers", "skus"),
    [(("A-17", "A-18"), ["A-17", "A-18"]), (("1", "2"), [None, None]), (("10", "20"), [None, None])],
)
def test_a_column_of_numbers(numbers: tuple[str, str], skus: list[str | None]) -> None:
    """'Nr.' above codes has the article numbers; above plain numbers it counts the items."""
    found = items(
        html("Nr.|Menge|Artikel|Gesamt", f"{numbers[0]}|2|Becher|7,00 €", f"{numbers[1]}|1|Teller|4,00 €"), "11.00"
    )

    assert skus == [each.item.sku for each in found.found]


@pytest.mark.parametrize(
    ("rows", "expected", "titles"),
    [
        (["5|Tasse|4|20", "2|Teller|4|8"], "28", ["Tasse", "Teller"]),
        (["5|Tasse|4|20", "2|Teller|4|9"], "29", []),
        (["5|Tasse|4|20", "2|Teller|4|8"], "30", []),
        (["5|Tasse|4|20", "2|Teller|4|8"], None, []),
        (["5|Tasse|4"], "20", []),
    ],
)
def test_numbers_alone(rows: list[str], expected: str | None, titles: list[str]) -> None:
    """Rows without a sign of money are items only where each row and the sum of all come out."""
    found = bare_rows(html(*rows), range(len(rows)), None if expected is None else Decimal(expected))

    assert titles == [each.item.title for each in found.found]


@pytest.mark.parametrize("unit", ["Stückpreis netto|Stückpreis brutto|", "Stückpreis brutto|Stückpreis netto|"])
def test_net_beside_gross_prices(unit: str) -> None:
    """The arithmetic tells which of the two the row total is of."""
    prices = ("4,20 €", "5,00 €") if unit.index("netto") < unit.index("brutto") else ("5,00 €", "4,20 €")
    found = items(html(f"Artikel|Menge|{unit}Summe", f"Becher|2|{prices[0]}|{prices[1]}|10,00 €"))

    assert [(Decimal("5.00"), None)] == [(each.item.unit_price, each.doubt) for each in found.found]


def test_a_price_is_no_quantity() -> None:
    """'12,00 €' in a column called 'Menge' counts nothing."""
    found = items(html("Artikel|Menge|Summe", "Becher|12,00 €|24,00 €"))

    assert ["an item has no quantity"] == [each.doubt for each in found.found]


def test_a_code_in_a_column_of_codes() -> None:
    """'GW' is an article number where the same column has 'TZ-1' for the other item."""
    rows = html("1 x|Windlicht|GW|7,00 €|7,00 €", "2 x|Samen|TZ-1|3,00 €|6,00 €")
    found = without_header(rows, range(2), dictionary(), ",", None)

    assert [("GW", None), ("TZ-1", None)] == [(each.item.sku, each.item.variant) for each in found.found]


def test_two_numbers_in_a_row() -> None:
    """Either could be the quantity, where no unit price proves one; a leading zero shows a code."""
    found = without_header(html("Becher|7|2|7,00 €"), [0], dictionary(), ",", None)
    coded = without_header(html("Becher|0175|2|7,00 €"), [0], dictionary(), ",", Decimal(7))

    assert "either could be the quantity" in str(found.found[0].doubt)
    assert (Decimal(2), None) == (coded.found[0].item.quantity, coded.found[0].doubt)


def test_two_columns_called_like_the_total_of_a_row() -> None:
    """The left one is of one piece, where nothing else is."""
    found = items(html("Artikel|Anzahl|Betrag|Gesamtbetrag", "Becher|2|3,50 €|7,00 €", "Kanne|1|20,00 €|20,00 €"))

    assert [(Decimal("3.50"), Decimal("7.00")), (Decimal("20.00"), Decimal("20.00"))] == [
        (each.item.unit_price, each.item.total) for each in found.found
    ]


def test_a_product_in_the_column_of_the_price() -> None:
    """'2 x 3,50 €' below 'Preis' says how many, too."""
    found = items(html("Artikel|Preis", "Becher (B-1)|2 x 3,50 €", "Kanne (K-2)|1 x 20,00 €"), "27.00")

    assert [(Decimal(2), Decimal("3.50")), (Decimal(1), Decimal("20.00"))] == [
        (each.item.quantity, each.item.unit_price) for each in found.found
    ]


def test_a_column_called_number() -> None:
    """'Nr.' above 'GU25' or a long number names the articles; above 1, 2 it counts the rows."""
    head = "Artikel|Nr.|Anzahl|Preis|Summe"
    named = items(html(head, "Becher|SET.M|2|3,50 €|7,00 €", "Teller|9783000000017|1|4,00 €|4,00 €"), "11.00")
    counted = items(html(head, "Becher|1|2|3,50 €|7,00 €", "Teller|2|1|4,00 €|4,00 €"), "11.00")

    assert ["SET.M", "9783000000017"] == [each.item.sku for each in named.found]
    assert [None, None] == [each.item.sku for each in counted.found]


def test_a_choice_is_no_title_however_long() -> None:
    """Without a header the longest text is the title, unless it says what was chosen."""
    rows = html("2x|Hemd|Größe: M / Farbe: graublau|H-17|3,50 €|7,00 €")
    found = without_header(rows, [0], dictionary(), ",", Decimal("7.00")).found[0].item

    assert ("Hemd", "Größe: M / Farbe: graublau", "H-17") == (found.title, found.variant, found.sku)


def test_a_list_of_cells_without_a_header() -> None:
    """'[1] Ring | roségold, Größe 54 | r-17 | 2 Stk | ...': count, title, choice, number by their form and place."""
    rows = html("[1] Ring|roségold, Größe 54|r-17|2 Stk|3,50 €|7,00 €", "[2] Teller|blau|t-18|1 Stk|4,00 €|4,00 €")
    found = without_header(rows, [0, 1], dictionary(), ",", Decimal("11.00"))

    assert [("Ring", "2", "r-17", "7.00"), ("Teller", "1", "t-18", "4.00")] == shown(found)
    assert ["roségold, Größe 54", "blau"] == [each.item.variant for each in found.found]


def test_a_voucher_in_a_list_of_cells() -> None:
    """'Gutschein 25 €' is words and a round amount: the title, not a price."""
    rows = html("Gutschein 25 €|GU-25|2|25,00 €|50,00 €")
    found = without_header(rows, [0], dictionary(), ",", Decimal("50.00"))

    assert [("Gutschein 25 €", "2", "GU-25", "50.00")] == shown(found)


def test_a_choice_behind_the_title() -> None:
    """'Seife - Duft : Rose' in one cell: from the dash on it is what was chosen."""
    found = items(
        html(
            "Art.-Nr. | Produkt | Einzelpreis | Menge | Gesamtpreis",
            "K-1 | Kerze - Farbe : Rot, Text : A | 5,00 € | 2 | 10,00 €",
        )
    )

    assert [("Kerze", "Farbe: Rot, Text : A")] == [(each.item.title, each.item.variant) for each in found.found]


def test_an_empty_cell_of_the_quantity() -> None:
    """Where all others are counted, the prices' quotient is a guess: it stands there with a doubt."""
    rows = html("Artikel|Menge|Einzelpreis|Gesamt", "Becher|2|3,50 €|7,00 €", "Teller||4,00 €|8,00 €")
    found = items(rows, "15.00")

    assert [None, "an item has no quantity"] == [each.doubt for each in found.found]
    assert [2, 2] == [each.item.quantity for each in found.found]


def test_two_lines_below_the_title() -> None:
    """'blau' above 'rund', without labels: both were chosen."""
    rows = rows_of_html(
        "<table><tr><td>Artikel<td>Menge<td>Preis<td>Gesamt"
        "<tr><td>Tasse<br>blau<br>rund<td>2<td>3,50 €<td>7,00 €</table>"
    )

    assert [("Tasse", "blau, rund")] == [(each.item.title, each.item.variant) for each in items(rows, "7.00").found]


def test_two_columns_of_choices() -> None:
    """'Größe' and 'Farbe': both were chosen."""
    found = items(
        html("Artikel|Größe|Farbe|Menge|Preis|Summe", "Hemd|38|rot|2|3,50 €|7,00 €", "Hose|40|blau|1|4,00 €|4,00 €")
    )

    assert ["38, rot", "40, blau"] == [each.item.variant for each in found.found]


def test_positions_that_ran_into_the_titles() -> None:
    """Below 'Pos.' the numbers count the items, though the columns of the text have run together."""
    text = (
        "Pos. Artikel              Menge    Einzelpreis     Gesamt\n"
        "   1 Hemd                 2 Stk.      3,50 EUR   7,00 EUR\n"
        "   2 Hose                 1 Stk.      4,00 EUR   4,00 EUR\n"
    )
    draft = draft_of(f"Bestellnummer: 7\n\n{text}\nGesamtsumme: 11,00 EUR")

    assert [("Hemd", 2), ("Hose", 1)] == [(item.title, item.quantity) for item in draft.items]

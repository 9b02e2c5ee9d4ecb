"""Side-by-side columns come into reading order; the header of an item table is known."""

import pytest

from smtpd_billbee.reader.columns import column_of, header_fields, in_reading_order
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.sheet import Cell
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary


def ordered(text: str) -> list[str]:
    """The rows of a text in reading order."""
    return [row.text for row in in_reading_order(rows_of_text(text), dictionary())]


def is_header(text: str) -> bool:
    """Is the line the header of an item table?"""
    return header_fields(rows_of_text(text)[0], dictionary()) is not None


def test_headers_of_items() -> None:
    """Two known columns at least, one for the thing and one for price or quantity."""
    for text in (
        "Artikel   Menge   Preis",
        "Pos.   Artikel   Einzelpreis   Gesamtpreis",
        "Qty   Product   Price",
        "商品名   数量   価格",
        "| Produit | Quantité | Prix |",
        "Art.-Nr.   Bezeichnung   Anzahl   Summe",
    ):
        assert is_header(text), text


def test_no_headers_of_items() -> None:
    """Rows with values, headings of addresses, labels with values."""
    for text in (
        "Tasse   2   3,50 EUR",
        "Rechnungsadresse   Lieferadresse",
        "Artikel",
        "Menge   2",
        "Summe   3,50 EUR",
        "Datum   Zahlungsart",
    ):
        assert not is_header(text), text


def test_two_addresses_side_by_side() -> None:
    """Each address stands below its own heading."""
    text = (
        "Rechnungsadresse       Lieferadresse\n"
        "Erika Muster           Max Beispiel\n"
        "Lindenweg 7            Am Hang 3\n"
        "12345 Berlin           54321 Köln\n"
    )

    assert [
        "Rechnungsadresse", "Erika Muster", "Lindenweg 7", "12345 Berlin",
        "Lieferadresse", "Max Beispiel", "Am Hang 3", "54321 Köln",
    ] == ordered(text)  # fmt: skip


def test_a_gap_in_the_left_column() -> None:
    """A line that only the right column has stays in the right column."""
    text = (
        "Rechnungsadresse       Lieferadresse\n"
        "Erika Muster           Firma Beispiel\n"
        "                       Max Beispiel\n"
        "12345 Berlin           54321 Köln\n"
    )

    assert ["Rechnungsadresse", "Erika Muster", "12345 Berlin", "Lieferadresse", "Firma Beispiel", "Max Beispiel",
            "54321 Köln"] == ordered(text)  # fmt: skip


def test_two_addresses_in_html() -> None:
    """The same in a table: the cells below the headings hold the lines."""
    html = (
        "<table><tr><th>Rechnungsadresse<th>Lieferadresse"
        "<tr><td>Erika Muster<br>12345 Berlin<td>Max Beispiel<br>54321 Köln</table>"
    )
    rows = in_reading_order(rows_of_html(html), dictionary())

    assert ["Rechnungsadresse", "Erika Muster", "12345 Berlin", "Lieferadresse", "Max Beispiel", "54321 Köln"] == [
        row.text for row in rows
    ]
    assert rows[0].block != rows[3].block


def test_headings_within_the_cells() -> None:
    """'Rechnungsadresse' as the first line of its own cell."""
    html = (
        "<table><tr><td><b>Rechnungsadresse</b><br>Erika Muster<br>12345 Berlin"
        "<td><b>Lieferadresse</b><br>Max Beispiel<br>54321 Köln</table>"
    )

    assert ["Rechnungsadresse", "Erika Muster", "12345 Berlin", "Lieferadresse", "Max Beispiel", "54321 Köln"] == [
        row.text for row in in_reading_order(rows_of_html(html), dictionary())
    ]


def test_item_rows_stay_rows() -> None:
    """A row of an item table is not taken apart."""
    rows = ["Artikel  Menge  Preis", "Tasse  2  3,50 EUR"]

    assert rows == ordered("Artikel   Menge   Preis\nTasse     2       3,50 EUR")


def test_labels_side_by_side() -> None:
    """'Bestellnummer: 12   Datum: 3.4.2025': each on its own."""
    assert ["Bestellnummer: 12", "Datum: 3.4.2025"] == ordered("Bestellnummer: 12     Datum: 3.4.2025")


def test_a_table_one_cell_a_line() -> None:
    """Some programs write each cell of a table on a line of its own: it becomes a table again."""
    text = "Artikel\nMenge\nPreis\nBecher\n2\n3,50 EUR\nTeller\n1\n4,00 EUR\n"

    assert ["Artikel  Menge  Preis", "Becher  2  3,50 EUR", "Teller  1  4,00 EUR"] == ordered(text)


def test_the_column_of_a_cell() -> None:
    """The head that a cell overlaps most, else the nearest."""
    heads = (Cell(("Artikel",), 0, 10), Cell(("Menge",), 20, 25), Cell(("Preis",), 40, 45))

    assert 0 == column_of(Cell(("Tasse",), 2, 7), heads)
    assert 1 == column_of(Cell(("2",), 24, 26), heads)
    assert 2 == column_of(Cell(("3,50",), 47, 51), heads)


def test_headings_of_which_one_leads_an_address() -> None:
    """'Order information' beside 'Customer information': both are headings of what stands below them."""
    html = (
        "<table><tr><th>Order information:<th><th>Customer information:"
        "<tr><td><p>Order ID: 12<p>Date: 2025-04-03<td> <td><p>Jane Roe<p>4 Mill Lane</table>"
    )

    assert [
        "Order information:", "Order ID: 12", "Date: 2025-04-03", "Customer information:", "Jane Roe", "4 Mill Lane",
    ] == [row.text for row in in_reading_order(rows_of_html(html), dictionary())]  # fmt: skip


def test_a_short_column_of_preformatted_text() -> None:
    """The last line of the longer right column stays in it, also within <pre>."""
    lines = [("Rechnungsadresse", "Lieferadresse"), ("Erika Muster", "Muster GmbH"), ("Lindenweg 7", "Max Beispiel"),
             ("12345 Berlin", "Am Hang 3"), ("", "54321 Köln")]  # fmt: skip
    text = "\n".join(f"{left:<30}{right}" for left, right in lines)
    expected = [*(left for left, _ in lines if left), *(right for _, right in lines)]

    assert expected == [row.text for row in in_reading_order(rows_of_html(f"<pre>{text}</pre>"), dictionary())]


def test_labels_above_their_values_within_the_cells() -> None:
    """Each cell has the label of an item above its value; one of them may be unknown."""
    cells = ("Artikelnr.<br>A-17", "Stückzahl<br>2", "Rabattgruppe<br>B", "Einzelpreis<br>3,50 €")
    rows = rows_of_html(f"<table><tr>{''.join(f'<td>{cell}' for cell in cells)}</table>")

    expected = ["Artikelnr.: A-17", "Stückzahl: 2", "Rabattgruppe: B", "Einzelpreis: 3,50 €"]
    assert [expected] == [[cell.text for cell in row.cells] for row in in_reading_order(rows, dictionary())]


@pytest.mark.parametrize("cell", ["td", "th"])
def test_unknown_words_beside_the_heading_of_an_address(cell: str) -> None:
    """Above two cells of several lines each they head an address, too."""
    html = (
        f"<table><tr><{cell}>Xyzadresse<{cell}>Lieferadresse<tr><td>Erika Muster<br>Lindenweg 7<br>12345 Berlin"
        "<td>Max Beispiel<br>Am Hang 3<br>54321 Köln</table>"
    )
    texts = [row.text for row in in_reading_order(rows_of_html(html), dictionary())]

    assert ["Xyzadresse", "Erika Muster", "Lindenweg 7", "12345 Berlin", "Lieferadresse", "Max Beispiel"] == texts[:6]


def test_records_one_cell_a_line_below_a_header_in_one_line() -> None:
    """All cells are as far apart: PrestaShop's texts are such."""
    record = "\n\n".join(("A-17", "Becher", "3,50 €", "2", "7,00 €"))
    text = f"Artikelnr.\tArtikel\tEinzelpreis\tMenge\tGesamtpreis\n{record}\n\n\n{record}\n\n\nVersand   4,90 €\n"
    rows = in_reading_order(rows_of_text(text), dictionary())

    expected = ["A-17", "Becher", "3,50 €", "2", "7,00 €"]
    assert [expected, expected] == [[cell.text for cell in row.cells] for row in rows[1:3]]
    assert ["Versand", "4,90 €"] == [cell.text for cell in rows[3].cells]


@pytest.mark.parametrize("head", ["Price in GBP", "Preis EUR", "Preis in EUR"])
def test_a_column_with_its_currency(head: str) -> None:
    """The currency behind the name of a column."""
    [row] = rows_of_text(f"Artikel | {head}")
    found = header_fields(row, dictionary())

    assert found is not None
    assert "unit_price" in found[1]


def test_one_filled_cell_above_a_price() -> None:
    """A row whose other cells are empty heads no table, whatever stands below it."""
    rows = rows_of_html("<table><tr><td><td><td>Tasse</table><p>9,90 EUR</p>")

    assert ["Tasse", "9,90 EUR"] == [row.text for row in in_reading_order(rows, dictionary())]

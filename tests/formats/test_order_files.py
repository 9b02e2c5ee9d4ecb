"""Order files as rows of named cells; all files here are synthetic."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from smtpd_billbee.formats.order_files import Complaint, OrderFile, read_order_file

HEADER = "Nr.,Artikel-Nr.,Artikel,Anzahl,Preis Brutto,Rechn. Straße,Lief. Land,Egal\r\n"
ROW = '1006,A-1,"Tasse, ""blau""",2,"29,80",Lindenweg 7,,x\r\n'
CELLS = {
    "number": "1006", "sku": "A-1", "title": 'Tasse, "blau"', "quantity": "2", "row_gross": "29,80",
    "billing.street": "Lindenweg 7",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    """Jimdo writes Latin-1, Excel writes UTF-8 with BOM or UTF-16: ß is ß."""
    (row,) = read_order_file((HEADER + ROW).encode(encoding)).rows

    assert (2, CELLS) == (row.line, row.cells)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str) -> None:
    """The delimiter is the one by which the most column names are found."""
    text = delimiter.join(["Nr.", "Artikel", "Anzahl"]) + "\n" + delimiter.join(["7", "Tasse", "1"]) + "\n"

    assert [{"number": "7", "title": "Tasse", "quantity": "1"}] == [
        r.cells for r in read_order_file(text.encode()).rows
    ]


def test_the_header_is_not_in_the_first_row() -> None:
    """Jimdo's Excel export has a title above the header; blank lines do not count, line numbers do."""
    found = read_order_file(("Bestellungen 2024\r\n\r\n" + HEADER + "\r\n" + ROW + "\r\n\r\n").encode())

    assert [5] == [row.line for row in found.rows]
    assert () == found.complaints


def test_a_cell_with_line_ends() -> None:
    """A quoted cell may run over lines; the next row's line number is still the file's."""
    found = read_order_file((HEADER + ROW.replace("Lindenweg 7", '"Lindenweg 7\r\nHinterhaus"') + ROW).encode())

    assert [2, 4] == [row.line for row in found.rows]
    assert "Lindenweg 7\r\nHinterhaus" == found.rows[0].cells["billing.street"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1006,A-1,Tasse\r\n", "3 cells, the header has 8"),
        (ROW.strip() + ",y\r\n", "9 cells, the header has 8"),
        (ROW.replace("1006", ""), "no order number"),
    ],
)
def test_a_broken_row(row: str, words: str) -> None:
    """The line is named, the others are read; its order is marked, so that it is not imported in part."""
    found = read_order_file((HEADER + row + ROW).encode())
    (complaint,) = found.complaints

    assert 2 == complaint.line
    assert words in complaint.text
    assert [each.broken is not None for each in found.rows] == [True, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html><title>Anmelden</title></html>", "HTML page"),
        (b"", "no line with column names"),
        (b"Hello\nworld\n", "no line with column names"),
        (b"Nr.,Artikel\n1,2\n", "no column for the quantity"),
        (b"\x00\x01\x02" * 100, "not a text file"),
        (b"PK\x03\x04 rubbish", "not a readable Excel workbook"),
        (b"<orders><order>", "not well-formed XML"),
        (b"<orders><order><a>1</a></order></orders>", "no record"),
        (HEADER.encode(), "no order below the column names"),
        (b"%PDF-1.7\n\x00\x00", "not a text file"),
    ],
)
def test_no_order_file(content: bytes, words: str) -> None:
    """A file that is no order file gives no rows and one sentence."""
    found = read_order_file(content)

    assert () == found.rows
    assert 1 == len(found.complaints)
    assert words in found.complaints[0].text


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook() -> None:
    """Numbers and dates of Excel become the texts that a CSV would have."""
    content = workbook(
        ["Bestellungen"],
        ["Nr.", "Bestell-Datum", "Artikel", "Anzahl", "Preis Brutto", "Lief. Stadt"],
        [1006, datetime(2024, 1, 13, 10, 11, 5), "Tasse", 0.5, 29.8, None],
        [1007, datetime(2024, 1, 13), "Tasse", 2, 29, "Mainz"],
    )
    found = read_order_file(content)

    assert OrderFile("xlsx", found.rows, ()) == found
    assert [3, 4] == [row.line for row in found.rows]
    assert {"number": "1006", "ordered_at": "2024-01-13T10:11:05", "title": "Tasse", "quantity": "0.5",
            "row_gross": "29.8"} == found.rows[0].cells  # fmt: skip
    assert ("2024-01-13", "29", "Mainz") == tuple(
        found.rows[1].cells[name] for name in ("ordered_at", "row_gross", "shipping.city")
    )


def test_xml() -> None:
    """XML is read when its elements have the names of the columns; an order's own fields hold for its items."""
    content = (
        "<Bestellungen><Bestellung><Bestellnummer>1006</Bestellnummer><Währung>EUR</Währung><Positionen>"
        "<Position><Artikel>Tasse</Artikel><Anzahl>2</Anzahl></Position>"
        "<Position><Artikel>Teller</Artikel><Anzahl>1</Anzahl></Position>"
        "</Positionen></Bestellung></Bestellungen>"
    ).encode()
    found = read_order_file(content)

    assert [
        {"number": "1006", "currency": "EUR", "title": "Tasse", "quantity": "2"},
        {"number": "1006", "currency": "EUR", "title": "Teller", "quantity": "1"},
    ] == [row.cells for row in found.rows]


def test_a_huge_cell() -> None:
    """A cell that is longer than any: said with its line, and the lines below it are read."""
    found = read_order_file((HEADER + ROW + '1007,"' + "x" * 200_000 + "\n" + ROW).encode())

    assert [2, 3, 4] == [row.line for row in found.rows]
    assert [Complaint(3, "a cell is too long, or has a NUL character")] == list(found.complaints)


def test_columns_that_are_not_used() -> None:
    """They are named where they hold something; empty ones and such without a name are not."""
    found = read_order_file((HEADER.replace("Egal", "Farbe,Leer,") + ROW.replace(",x", ",rot,,")).encode())

    assert (("Farbe",), ()) == (found.unused, found.complaints)


@pytest.mark.parametrize(
    ("amount", "doubts"),
    [
        ("2", ()),
        ("", ()),
        ("59,60", ('the columns "Quantity" and "Amount" mean the same and differ; the first was taken',)),
    ],
)
def test_two_columns_for_one_field(amount: str, doubts: tuple[str, ...]) -> None:
    """The surer name counts, wherever it stands; where the other differs, a person looks."""
    (row,) = read_order_file(f'Amount,Order No.,Item,Quantity\n"{amount}",7,Mug,2\n'.encode()).rows

    assert ("2", doubts) == (row.cells["quantity"], row.doubts)


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        ("#NV,A-1,Tasse", 'the column "Rechn. Stadt" holds an error of the table program'),
        ('Ulm,"4,00638E+12",Tasse', 'a table program has shortened the number in the column "SKU"'),
        ("Ulm,03. Apr,Tasse", 'a table program may have made a date of what stood in the column "SKU"'),
        ("M\ufffdnchen,A-1,Tasse", 'a letter in the column "Rechn. Stadt" cannot be read'),
    ],
)
def test_what_table_programs_do(cells: str, doubt: str) -> None:
    """What they have put in place of a value is no value."""
    (row,) = read_order_file(f"Nr.,Anzahl,Rechn. Stadt,SKU,Artikel\n7,1,{cells}\n".encode()).rows

    assert ((doubt,), "#NV") == (row.doubts, row.cells.get("billing.city", "#NV") if "#NV" in cells else "#NV")


def test_the_header_again() -> None:
    """Two exports in one file: the second header is no order."""
    found = read_order_file((HEADER + ROW + HEADER + ROW.replace("1006", "1007")).encode())

    assert (["1006", "1007"], ()) == ([row.cells["number"] for row in found.rows], found.complaints)


def test_merged_cells_above_the_header() -> None:
    """'Lieferadresse' above 'Straße' says whose street it is."""
    content = workbook(
        ["Bestellung", None, None, "Rechnungsadresse", None, "Lieferadresse", None],
        ["Nr.", "Artikel", "Anzahl", "Straße", "Ort", "Straße", "Ort"],
        [7, "Tasse", 1, "Weg 1", "Ulm", "Weg 2", "Bonn"],
    )
    (row,) = read_order_file(content).rows

    assert {"billing.street": "Weg 1", "billing.city": "Ulm", "shipping.street": "Weg 2", "shipping.city": "Bonn"} == {
        name: text for name, text in row.cells.items() if "." in name
    }


def test_dates_that_were_none() -> None:
    """'3-4' typed into Excel is the third of April."""
    (row,) = read_order_file(workbook(["Nr.", "Artikel", "Anzahl", "Variante"], [7, "T", 1, datetime(2024, 4, 3)])).rows

    assert ('a table program may have made a date of what stood in the column "Variante"',) == row.doubts


def test_another_sheet() -> None:
    """Only one sheet is read; that others have orders, too, is said."""
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("2023"), book.create_sheet("Notes")):
        sheet.append(["Nr.", "Artikel", "Anzahl"] if sheet.title != "Notes" else ["Hello"])
        sheet.append([7, "Tasse", 1])
    out = io.BytesIO()
    book.save(out)
    found = read_order_file(out.getvalue())

    assert 1 == len(found.rows)
    assert ["the workbook's other sheets with orders (1) were not read"] == [each.text for each in found.complaints]


def test_a_zip_archive() -> None:
    """Every workbook is one, but not the other way round."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("orders.csv", HEADER + ROW)

    assert "ZIP archive" in read_order_file(out.getvalue()).complaints[0].text

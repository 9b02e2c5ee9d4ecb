"""Tables of ours: what a spreadsheet makes of them."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from smtpd_billbee.formats.sheets import NoWorkbook, as_csv, as_written, as_xlsx, harmless, read_workbook

ROWS = [("SKU", "Preis"), ("=cmd|' /C calc'!A0", Decimal("-1234.50")), ("Tür;\n", None), (date(2026, 3, 2), 7)]


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-x", "@a", "\tx", "\rx"])
def test_no_formulas(cell: str) -> None:
    """What would be a formula gets an apostrophe, and loses it when our own file comes back."""
    assert f"'{cell}" == harmless(cell)
    assert cell == as_written(f"'{cell}")


@pytest.mark.parametrize("cell", ["", "a=1", "'quoted'", "7"])
def test_other_cells_stay(cell: str) -> None:
    """Everything else is written as it is."""
    assert (cell, cell) == (harmless(cell), as_written(cell))


@pytest.mark.parametrize(
    ("comma", "text"),
    [
        (True, "SKU;Preis\r\n'=cmd|' /C calc'!A0;-1234,50\r\n\"Tür;\n\";\r\n2026-03-02;7\r\n"),
        (False, "SKU,Preis\r\n'=cmd|' /C calc'!A0,-1234.50\r\n\"Tür;\n\",\r\n2026-03-02,7\r\n"),
    ],
)
def test_csv(comma: bool, text: str) -> None:
    """Semicolons and commas for Germany; numbers are numbers, negative ones too; a mark says that it is UTF-8."""
    assert b"\xef\xbb\xbf" + text.encode() == as_csv(ROWS, comma)


def test_xlsx() -> None:
    """A workbook with real numbers, and no formula; a character that XML does not know is replaced."""
    made = as_xlsx([*ROWS, ("a\0b", None)], "Artikel: [alle]")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active

    assert "Artikel   alle " == sheet.title
    assert ["SKU", "'=cmd|' /C calc'!A0", "Tür;\n"] == [sheet.cell(row, 1).value for row in (1, 2, 3)]
    assert -1234.5 == sheet["B2"].value
    assert "a\ufffdb" == sheet["A5"].value
    assert [("SKU", "Preis")] == [tuple(row) for row in read_workbook(made, 1_000_000)[0][:1]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", as_xlsx(ROWS, "x")])
def test_no_workbook(content: bytes) -> None:
    """What cannot be read, or would be too large, says so."""
    with pytest.raises(NoWorkbook):
        read_workbook(content, 100)

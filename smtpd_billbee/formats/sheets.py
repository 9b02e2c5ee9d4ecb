"""Tables in files: what Excel workbooks hold, and what we write as CSV or XLSX.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it (OWASP, CSV Injection): what
a customer wrote must not be run by whoever opens the file.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import openpyxl

Cell = str | int | Decimal | date | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Control characters that XML 1.0 2.2 does not know, hence no workbook.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDEST = 60


class NoWorkbook(ValueError):
    """What was sent is no workbook that can be read; says why."""


def read_workbook(content: bytes, largest: int) -> list[list[Sequence[object]]]:
    """The rows of each sheet.  `largest`: bytes when unpacked.  Raises NoWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > largest:
                raise NoWorkbook("the workbook is too large when unpacked; split it")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that are missing
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
            book.close()
    except NoWorkbook:
        raise
    except Exception:  # openpyxl raises whatever its parts raise: KeyError, ValueError, BadZipFile ...
        raise NoWorkbook("this is not a readable Excel workbook (.xlsx)") from None
    if not sheets:
        raise NoWorkbook("the workbook has no sheet")
    return sheets


def harmless(cell: Cell) -> Cell:
    """The cell, not to be taken for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_written(cell: str) -> str:
    """A cell of a file of ours without the apostrophe that `harmless` put there."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def as_csv(rows: Iterable[Sequence[Cell]], comma: bool) -> bytes:
    """As the spreadsheets of Germany (`comma`: '12,90' and semicolons) or of England expect it; UTF-8 with a mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if comma else ",")
    writer.writerows([[_text(harmless(cell), comma) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(rows: Sequence[Sequence[Cell]], title: str) -> bytes:
    """A workbook of one sheet; the first row holds the names of the columns and stays in sight."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "1"
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_storable(harmless(cell)) for cell in row])
    for cells in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[cells[0].column_letter].width = min(longest + 2, _WIDEST)
    for cell in sheet[1]:
        cell.font = openpyxl.styles.Font(bold=True)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _text(cell: Cell, comma: bool) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            text = f"{cell:f}"
            return text.replace(".", ",") if comma else text
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _storable(cell: Cell) -> Cell:
    return _NOT_IN_XML.sub("\ufffd", cell)[:32_000] if isinstance(cell, str) else cell

"""Tables as CSV and Excel files.

What customers wrote must stay text: a program that opens the file takes a cell that begins with = + - @, a tab or a
line's end for a formula and would run it (CWE-1236), so an apostrophe stands before it.  Numbers are ours, and stay.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell  # openpyxl takes a few MiB, and is loaded for the few that want a workbook

Cell = str | int | Decimal | None

_RUN = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_767  # letters in a cell of Excel


def harmless(text: str) -> str:
    """A text that no program takes for a formula; `as_written` takes the apostrophe away again."""
    return f"'{text}" if text.lstrip("'").startswith(_RUN) else text


def as_written(cell: str) -> str:
    """The text before `harmless`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_RUN) else cell


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]], decimal_comma: bool) -> bytes:
    """UTF-8 with a mark, so that Excel knows; where numbers have a comma, semicolons stand between the cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if decimal_comma else ",", lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([_csv_cell(cell, decimal_comma) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell, decimal_comma: bool) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}".replace(".", ",") if decimal_comma else f"{cell:f}"
        case int():
            return str(cell)
        case _:
            return harmless(cell)


def xlsx_file(head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """A workbook with one sheet; its first row stays in view."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(" " if letter in "\\/*?:[]" else letter for letter in title)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, cell) for cell in head])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: object, text: str) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, harmless(text))
    cell.font = Font(bold=True)
    return cell


def _xlsx_cell(sheet: object, cell: Cell) -> object:
    if not isinstance(cell, str):
        return cell
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    text = harmless(cell)[:_LONGEST]
    try:
        made = WriteOnlyCell(sheet, text)
    except IllegalCharacterError:  # control characters, which XML does not know
        made = WriteOnlyCell(sheet, "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text))
    return made

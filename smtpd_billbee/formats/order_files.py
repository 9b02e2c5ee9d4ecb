"""Order files: CSV, XLSX and XML as rows of named cells.  What the cells mean is the reader's business.

The columns are found by their names (columns.toml), in any order, in the first 20 rows; Jimdo writes its Excel header
not into the first one.  Delimiter and encoding are found by trying which makes most sense.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from smtpd_billbee.formats.column_names import address_of, field_of, rank_of
from smtpd_billbee.formats.csv_text import HEADER_WITHIN, Line, csv_lines, decoded
from smtpd_billbee.formats.order_xml import NoOrders, xml_records
from smtpd_billbee.formats.own_columns import fields_of

MAX_BYTES = 50 * 1024 * 1024
MAX_CELL = 100_000
_REQUIRED = ("number", "title", "quantity")
_CODES = frozenset({"number", "sku", "customer_number", "vat_id", "phone", "postcode", "house_number", "variant"})
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\s?(?:Jan|Feb|Mrz|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)\.?")
_SCIENTIFIC = re.compile(r"\d[.,]\d{1,12}[eE]\+\d{1,3}")
_TAKEN_APART = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")  # 'Ã¼': the two bytes of UTF-8's 'ü'
_EXCELS_ERRORS = frozenset({
    "#N/A", "#NV", "#REF!", "#BEZUG!", "#VALUE!", "#WERT!", "#VALEUR!", "#NAME?", "#NOM?", "#DIV/0!", "#NULL!", "#NUL!",
    "#NUM!", "#ZAHL!", "#NOMBRE!",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and in which line of the file (XLSX: row; XML: record), counted from 1."""

    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One position: field name ('sku', 'billing.city') to the cell's text; empty cells are left out.

    `broken`: why it cannot be trusted; its order must not be imported.  `doubts`: what a person should look at.
    """

    line: int
    cells: dict[str, str]
    broken: str | None = None
    doubts: tuple[str, ...] = ()
    last: int = 0  # the line in which it ends


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The rows of a file; `format` is csv, xlsx or xml.  Without rows, the one complaint says why.

    `unused`: names of columns that hold something and were not understood.  `own`: it is our own export, whose lines
    from the head on are read by own_orders.py.
    """

    format: str
    rows: tuple[Row, ...]
    complaints: tuple[Complaint, ...] = ()
    unused: tuple[str, ...] = ()
    own: tuple[Line, ...] = ()


def read_order_file(content: bytes) -> OrderFile:
    """The rows of an order file, whatever its name says it is."""
    if len(content) > MAX_BYTES:
        return _refused("csv", f"the file has more than {MAX_BYTES >> 20} MiB; split it")
    head = content[:2000].lstrip().lower()
    if content.startswith(b"PK\x03\x04"):
        return _read_workbook(content)
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        return _refused("csv", "this is an HTML page, not an order file; export it again while you are logged in", 1)
    if head.startswith(b"<"):
        return _read_xml(content)
    if b"\0" in content[:2000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refused("csv", "this is not a text file; Jimdo's export is CSV or XLSX", 1)
    return _read_table("csv", csv_lines(decoded(content), _header_score))


def _refused(format: str, text: str, line: int | None = None) -> OrderFile:
    return OrderFile(format, (), (Complaint(line, text),))


def _read_workbook(content: bytes) -> OrderFile:
    try:
        sheets = workbook_sheets(content)
    except NoWorkbook as error:
        return _refused("xlsx", str(error))
    best = max(sheets, key=_header_score)
    file = _read_table("xlsx", iter(best))
    others = [sheet for sheet in sheets if sheet is not best and _read_table("xlsx", iter(sheet)).rows]
    if not others or not file.rows:
        return file
    more = Complaint(None, f"the workbook's other sheets with orders ({len(others)}) were not read")
    return replace(file, complaints=(more, *file.complaints))


class NoWorkbook(ValueError):
    """What was sent is no workbook that can be read; says why."""


def workbook_sheets(content: bytes) -> list[list[Line]]:
    """The rows of each sheet, their cells as texts.  Raises NoWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if "[Content_Types].xml" not in packed.namelist():  # ECMA-376 part 2, 7.2.3: every workbook has it
                raise NoWorkbook("this is a ZIP archive, not a file with orders; unpack it first")
            if sum(each.file_size for each in packed.infolist()) > 10 * MAX_BYTES:
                raise NoWorkbook("the workbook is too large when unpacked; split it")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that are missing
            import openpyxl  # a few MiB, for the few files that are workbooks

            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [_sheet_rows(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
            book.close()
    except NoWorkbook:
        raise
    except Exception:  # openpyxl raises whatever its parts raise: KeyError, ValueError, BadZipFile ...
        raise NoWorkbook("this is not a readable Excel workbook (.xlsx)") from None
    if not sheets:
        raise NoWorkbook("the workbook has no sheet")
    return sheets


def _sheet_rows(rows: Iterable[Sequence[object]]) -> list[Line]:
    texts = [[_cell_text(cell) for cell in cells] for cells in rows]
    width = max(map(len, texts), default=0)
    # Excel does not write the empty cells at a row's end.
    return [Line(line, cells + [""] * (width - len(cells))) for line, cells in enumerate(texts, 1)]


def _cell_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime() if cell.time() == datetime.min.time():
            return cell.date().isoformat()
        case datetime() | date():
            return cell.isoformat()
        case float():
            text = format(Decimal(repr(cell)).normalize(), "f")
            # '1.234' could be thousands where other cells are texts; '1.2340' cannot.
            return f"{text}0" if len(text.partition(".")[2]) == 3 else text
        case _:
            return str(cell)


def _read_xml(content: bytes) -> OrderFile:
    try:
        records, unused = xml_records(content)
    except NoOrders as error:
        return _refused("xml", str(error), error.line)
    rows = tuple(
        Row(number, each.cells, None if "number" in each.cells else "the record has no order number", each.doubts)
        for number, each in enumerate(records, 1)
    )
    return OrderFile("xml", rows, _complaints(rows), unused)


def _read_table(format: str, lines: Iterator[Line]) -> OrderFile:
    first: list[Line] = []
    for line in lines:
        first.append(line)
        if len(first) == HEADER_WITHIN:
            break
    for index, line in enumerate(first):
        if fields_of(line.cells):
            return OrderFile(format, (), own=(*first[index:], *lines))
    at = max(range(len(first)), key=lambda index: _score(first[index].cells), default=None)
    names = first[at].cells if at is not None else []
    columns = _Columns(names, _groups(first[at - 1].cells if at else [], len(names)))
    if missing := [field for field in _REQUIRED if field not in columns.fields]:
        wanted = {"number": "the order number", "title": "the article", "quantity": "the quantity"}
        said = ", ".join(wanted[field] for field in missing)
        return _refused(format, f"no line with column names was found: there is no column for {said}", 1)
    rows = tuple(row for some in (first[(at or 0) + 1 :], lines) for line in some if (row := columns.row(line)))
    if not rows:
        return _refused(format, "there is no order below the column names")
    return OrderFile(format, rows, _complaints(rows), columns.unused())


def _complaints(rows: Sequence[Row]) -> tuple[Complaint, ...]:
    return tuple(Complaint(row.line, row.broken) for row in rows if row.broken)


def _groups(above: Sequence[str], width: int) -> list[str]:
    """What stands in merged cells above the header, for each column: 'Lieferadresse' above 'Straße' and 'Ort'."""
    found: list[str] = []
    for cell in [*above, *[""] * width][:width]:
        found.append(cell if cell.strip() or not found else found[-1])
    return found if len(set(filter(str.strip, above))) > 1 else [""] * width


class _Columns:
    """A table's columns by their fields, and which of them say something that nobody understood."""

    def __init__(self, names: Sequence[str], groups: Sequence[str]) -> None:
        self._names = names
        self.fields = [_field(name, group) for name, group in zip(names, groups, strict=True)]
        ours = [index for index, field in enumerate(self.fields) if field]
        self._in_turn = sorted(ours, key=lambda index: (rank_of(names[index]), index))
        self._foreign = [index for index, field in enumerate(self.fields) if not field and names[index].strip()]
        self._width = len(names)
        self._said: set[int] = set()

    def unused(self) -> tuple[str, ...]:
        """The names of columns that are not ours and not empty."""
        return tuple(" ".join(self._names[index].split()) for index in sorted(self._said))

    def row(self, line: Line) -> Row | None:
        """The line by its fields; None for an empty line and for the header once more."""
        cells = line.cells
        if not any(cell.strip() for cell in cells) or cells == self._names:
            return None
        named, doubts = self._named(cells)
        if problem := line.wrong or self._problem(cells, named):
            return Row(line.number, {"number": named["number"]} if "number" in named else {}, problem)
        self._said |= {index for index in self._foreign if index < len(cells) and cells[index].strip()}
        return Row(line.number, named, None, tuple([line.doubt, *doubts] if line.doubt else doubts), line.last)

    def _problem(self, cells: Sequence[str], named: dict[str, str]) -> str | None:
        short = len(cells) < self._width and any(self.fields[len(cells) :])
        if short or any(cell.strip() for cell in cells[self._width :]):
            return f"the line has {len(cells)} cells, the header has {self._width}"
        return None if "number" in named else "the line has no order number"

    def _named(self, cells: Sequence[str]) -> tuple[dict[str, str], list[str]]:
        named: dict[str, str] = {}
        source: dict[str, int] = {}
        doubts: list[str] = []
        for index in self._in_turn:
            cell = cells[index].strip() if index < len(cells) else ""
            field = self.fields[index] or ""
            if not cell:
                continue
            if cell in _EXCELS_ERRORS:
                doubts.append(f'the column "{self._names[index]}" holds an error of the table program')
            elif field not in named:
                named[field], source[field] = cell[:MAX_CELL], index
                doubts += _cell_doubts(field, cell, self._names[index])
            elif not _agree(named[field], cell):
                both = f'"{self._names[source[field]]}" and "{self._names[index]}"'
                doubts.append(f"the columns {both} mean the same and differ; the first was taken")
        return named, list(dict.fromkeys(doubts))


def _field(name: str, group: str) -> str | None:
    whose = address_of(group) if group.strip() else None
    field = field_of(name)
    if whose and field and field.startswith("billing."):
        return field_of(f"{whose} {name}") or field
    return field


def _cell_doubts(field: str, cell: str, name: str) -> list[str]:
    found = []
    is_code = field.rpartition(".")[2] in _CODES
    if is_code and _SCIENTIFIC.fullmatch(cell):
        found.append(f'a table program has shortened the number in the column "{name}"')
    if is_code and _DATE.fullmatch(cell):
        found.append(f'a table program may have made a date of what stood in the column "{name}"')
    if _TAKEN_APART.search(cell):
        found.append(f'letters in the column "{name}" look broken, as if the file had been saved in a wrong encoding')
    if "\ufffd" in cell:
        found.append(f'a letter in the column "{name}" cannot be read')
    return found


def _agree(one: str, other: str) -> bool:
    """The same, or one of them a date with its time."""
    first, second = sorted((one.casefold(), other.casefold()), key=len)
    return first == second or (len(first) > 7 and second.startswith(first))


def _header_score(lines: Sequence[Line]) -> int:
    return max((_score(line.cells) for line in lines[:HEADER_WITHIN]), default=0)


def _score(cells: Sequence[str]) -> int:
    return len({field for name in cells if (field := field_of(name))})

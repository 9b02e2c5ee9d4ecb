"""Order files: CSV, XLSX and XML as rows of named cells.  What the cells mean is the reader's business.

The columns are found by their names (columns.toml), in any order, in the first 20 rows; Jimdo writes its Excel header
not into the first one.  Delimiter and encoding are found by trying which makes most sense.
"""

import csv
import io
import re
import tomllib
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

MAX_BYTES = 50 * 1024 * 1024
MAX_CELL = 100_000
HEADER_WITHIN = 20
DELIMITERS = (",", ";", "\t", "|")
_REQUIRED = ("number", "title", "quantity")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and in which line of the file (XLSX: row; XML: record), counted from 1."""

    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One position: field name ('sku', 'billing.city') to the cell's text; empty cells are left out."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The rows of a file; `format` is csv, xlsx or xml.  Without rows, the one complaint says why."""

    format: str
    rows: tuple[Row, ...]
    complaints: tuple[Complaint, ...] = ()


Cells = tuple[int, Sequence[str]]  # line, cells


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
    return _read_csv(decoded(content))


def _refused(format: str, text: str, line: int | None = None) -> OrderFile:
    return OrderFile(format, (), (Complaint(line, text),))


def decoded(content: bytes) -> str:
    """The text of a CSV file."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Two programs that write Jimdo's file use Latin-1 (jimdo.md 3.3); its superset has the Euro sign, too.
        return content.decode("cp1252", "replace")


def _read_csv(text: str) -> OrderFile:
    head = _head(text)
    best = max(DELIMITERS, key=lambda delimiter: _header_score(list(csv_rows(head, delimiter))))
    return _read_table("csv", csv_rows(text, best))


def _head(text: str) -> str:
    return "\n".join(text.splitlines()[: HEADER_WITHIN * 3])


def csv_rows(text: str, delimiter: str) -> Iterator[Cells]:
    """The rows of a CSV text; one whose only cell is a NUL where the rest cannot be read."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1
    except csv.Error:  # a cell of more than 128 KiB, or a NUL: nothing behind it can be trusted
        yield line, ["\0"]


def _read_workbook(content: bytes) -> OrderFile:
    try:
        best: list[Cells] = max(workbook_sheets(content), key=_header_score)
    except NoWorkbook as error:
        return _refused("xlsx", str(error))
    return _read_table("xlsx", iter(best))


class NoWorkbook(ValueError):
    """What was sent is no workbook that can be read; says why."""


def workbook_sheets(content: bytes) -> list[list[Cells]]:
    """The rows of each sheet, their cells as texts.  Raises NoWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > 10 * MAX_BYTES:
                raise NoWorkbook("the workbook is too large when unpacked; split it")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that are missing
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


def _sheet_rows(rows: Iterable[Sequence[object]]) -> list[Cells]:
    texts = [[_cell_text(cell) for cell in cells] for cells in rows]
    width = max(map(len, texts), default=0)
    # Excel does not write the empty cells at a row's end.
    return [(line, cells + [""] * (width - len(cells))) for line, cells in enumerate(texts, 1)]


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
    """Records whose children have the names of columns; which element is a record is seen by its children."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        line, column = error.position
        return _refused("xml", f"this is not well-formed XML (column {column + 1})", line)
    rows = [Row(number, cells) for number, cells in enumerate(_xml_rows(root, {}), 1)]
    if not rows:
        return _refused("xml", "no record of this XML has the names of an order's columns")
    return OrderFile("xml", tuple(rows))


def _xml_rows(element: ElementTree.Element, outer: dict[str, str]) -> Iterator[dict[str, str]]:
    """One row for each record; what stands around several records (the order's own fields) holds for all of them."""
    cells = dict(outer)
    for child in element:
        field = field_of(child.tag.rpartition("}")[2])
        if field and not len(child) and child.text and child.text.strip():
            cells[field] = child.text.strip()
    deeper = [row for child in element if len(child) for row in _xml_rows(child, cells)]
    if deeper:
        yield from deeper
    elif all(field in cells for field in _REQUIRED):
        yield cells


def _read_table(format: str, rows: Iterator[Cells]) -> OrderFile:
    first: list[Cells] = []
    for row in rows:
        first.append(row)
        if len(first) == HEADER_WITHIN:
            break
    at = max(range(len(first)), key=lambda index: _score(first[index][1]), default=None)
    fields = [field_of(name) for name in first[at][1]] if at is not None else []
    if missing := [field for field in _REQUIRED if field not in fields]:
        wanted = {"number": "the order number", "title": "the article", "quantity": "the quantity"}
        names = ", ".join(wanted[field] for field in missing)
        return _refused(format, f"no line with column names was found: there is no column for {names}", 1)
    return _read_rows(format, fields, [*first[(at or 0) + 1 :]], rows)


def _read_rows(format: str, fields: list[str | None], first: list[Cells], rest: Iterator[Cells]) -> OrderFile:
    found: list[Row] = []
    complaints: list[Complaint] = []
    for cells_of in (first, rest):
        for line, cells in cells_of:
            if not any(cell.strip() for cell in cells):
                continue
            row = Row(line, _named(fields, cells))
            if problem := _row_problem(fields, cells, row.cells):
                complaints.append(Complaint(line, problem))
                row = Row(line, {"number": row.cells.get("number", ""), "broken": problem})
            found.append(row)
    return OrderFile(format, tuple(found), tuple(complaints))


def _row_problem(fields: list[str | None], cells: Sequence[str], named: dict[str, str]) -> str | None:
    if cells == ["\0"]:
        return "the rest of the file cannot be read: a cell is too long or has a NUL character"
    if len(cells) < len(fields) and any(fields[len(cells) :]):
        return f"the line has {len(cells)} cells, the header has {len(fields)}"
    if any(cell.strip() for cell in cells[len(fields) :]):
        return f"the line has {len(cells)} cells, the header has {len(fields)}"
    if "number" not in named:
        return "the line has no order number"
    return None


def _named(fields: list[str | None], cells: Sequence[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field and cell.strip() and field not in named:
            named[field] = cell.strip()[:MAX_CELL]
    return named


def _header_score(rows: list[Cells]) -> int:
    return max((_score(cells) for _, cells in rows[:HEADER_WITHIN]), default=0)


def _score(cells: Sequence[str]) -> int:
    return len({field for name in cells if len(name) < 100 and (field := field_of(name))})


def field_of(column: str) -> str | None:
    """The field that a column's name means: 'Rechn. Straße' is 'billing.street'."""
    return _names().get(_key(column))


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded.replace("ß", "ss"))


@cache
def _names() -> dict[str, str]:
    """Every known column name to its field; the order's own columns win over an address column of that name."""
    table = tomllib.loads((Path(__file__).parent / "columns.toml").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for field, columns in table["order"].items():
        names |= {_key(column): field for column in columns}
    for whose, marks in table["marks"].items():
        for field, columns in table["address"].items():
            for column in columns:
                for mark in marks:
                    names.setdefault(_key(f"{mark}{column}"), f"{whose}.{field}")
                    names.setdefault(_key(f"{column}{mark}"), f"{whose}.{field}")
    for field, columns in table["address"].items():
        for column in columns:
            names.setdefault(_key(column), f"billing.{field}")
    return names

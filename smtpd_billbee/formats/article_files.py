"""Article files: CSV or XLSX with columns for SKU, title, EAN and price, found by their names in any order."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smtpd_billbee.formats.csv_text import HEADER_WITHIN, Line, csv_lines, decoded
from smtpd_billbee.formats.export_files import harmless
from smtpd_billbee.formats.order_files import NoWorkbook, workbook_sheets
from smtpd_billbee.model.article import LONGEST_TITLE, ArticleFields, is_ean, price_of
from smtpd_billbee.model.shop import sku_key

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
COLUMNS = ("sku", "title", "ean", "price")
LONGEST_SKU = 200
SHOWN = 40  # characters of a wrong cell

_NAMES = {
    "sku": ("sku", "artikelnummer", "artikelnr", "artnr", "articlenumber", "itemnumber", "nummer", "number"),
    "title": ("title", "titel", "name", "artikel", "article", "bezeichnung", "artikelname", "produkt", "product"),
    "ean": ("ean", "gtin", "ean13", "barcode", "upc"),
    "price": ("price", "preis", "verkaufspreis", "vk", "vkbrutto", "preisbrutto", "salesprice", "grossprice"),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}


class Wrong(StrEnum):
    """What can be wrong with a file or a line of it."""

    TOO_LARGE = "too_large"
    NO_TABLE = "no_table"  # neither CSV nor a readable workbook
    NO_HEADER = "no_header"  # no line with the names of the columns
    NO_SKU = "no_sku"
    NO_TITLE = "no_title"  # of an article that is new
    TOO_LONG = "too_long"
    NO_EAN = "no_ean"
    NO_PRICE = "no_price"
    TWICE = "twice"  # `value`: the line where the SKU stands already
    TOO_MANY = "too_many"
    BROKEN = "broken"  # nothing behind it can be read


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, in which line (None: the whole file) and column, and what stands there."""

    line: int | None
    wrong: Wrong
    column: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as a line of the file has it; `has` are the columns of the file."""

    line: int
    fields: ArticleFields
    has: frozenset[str]


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """The good lines, and what is wrong with the others; without lines, the one complaint says why."""

    rows: tuple[ArticleRow, ...]
    complaints: tuple[Complaint, ...] = ()


def read_article_file(content: bytes) -> ArticleFile:
    """The articles of a file, whatever its name says it is."""
    if len(content) > MAX_BYTES:
        return _refused(Wrong.TOO_LARGE)
    if content.startswith(b"PK\x03\x04"):
        try:
            fullest: list[Line] = max(workbook_sheets(content), key=_best_score)
        except NoWorkbook:
            return _refused(Wrong.NO_TABLE)
        return _read(iter(fullest))
    if b"\0" in content[:2000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refused(Wrong.NO_TABLE)
    return _read(csv_lines(decoded(content), _best_score))


def _refused(wrong: Wrong) -> ArticleFile:
    return ArticleFile((), (Complaint(None, wrong),))


def _as_written(cell: str) -> str:
    """A cell of a file of ours without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def _field(name: str) -> str | None:
    folded = unicodedata.normalize("NFKC", name[:100]).casefold()
    return _FIELDS.get(re.sub(r"[\W_]+", "", folded))


def _score(cells: Sequence[str]) -> int:
    return len({field for cell in cells if (field := _field(cell))})


def _best_score(rows: Sequence[Line]) -> int:
    return max((_score(line.cells) for line in rows[:HEADER_WITHIN]), default=0)


def _read(rows: Iterator[Line]) -> ArticleFile:
    for number, (_, cells, *_) in enumerate(rows, 1):
        fields = [_field(cell) for cell in cells]
        if "sku" in fields and _score(cells) > 1:
            return _read_rows(fields, rows)
        if number == HEADER_WITHIN:
            break
    return _refused(Wrong.NO_HEADER)


def _read_rows(fields: Sequence[str | None], rows: Iterator[Line]) -> ArticleFile:
    found: list[ArticleRow] = []
    complaints: list[Complaint] = []
    lines: dict[str, int] = {}
    has = frozenset(field for field in fields if field)
    for line, cells, wrong, *_ in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if wrong or len(found) == MAX_ROWS:
            complaints.append(Complaint(line, Wrong.BROKEN if wrong else Wrong.TOO_MANY))
            break
        named = {field: _as_written(cell.strip()) for field, cell in zip(fields, cells, strict=False) if field}
        complaint = _complaint(line, named)
        if not complaint and (before := lines.setdefault(sku_key(named["sku"]), line)) != line:
            complaint = Complaint(line, Wrong.TWICE, "sku", str(before))
        if complaint:
            complaints.append(complaint)
        else:
            found.append(ArticleRow(line, _fields(named), has))
    return ArticleFile(tuple(found), tuple(complaints))


def _complaint(line: int, named: dict[str, str]) -> Complaint | None:
    sku, ean, price = named.get("sku", ""), named.get("ean", ""), named.get("price", "")
    if not sku_key(sku):
        return Complaint(line, Wrong.NO_SKU, "sku")
    for column, longest in (("sku", LONGEST_SKU), ("title", LONGEST_TITLE)):
        if len(named.get(column, "")) > longest:
            return Complaint(line, Wrong.TOO_LONG, column, str(longest))
    if ean and not is_ean(ean):
        return Complaint(line, Wrong.NO_EAN, "ean", ean[:SHOWN])
    try:
        price_of(price or "0")
    except ValueError:
        return Complaint(line, Wrong.NO_PRICE, "price", price[:SHOWN])
    return None


def _fields(named: dict[str, str]) -> ArticleFields:
    price = named.get("price")
    return ArticleFields(
        sku=" ".join(named["sku"].split()),
        title=" ".join(named.get("title", "").split()),
        ean=named.get("ean") or None,
        price=price_of(price) if price else None,
    )

"""Side-by-side columns into reading order, so that every value stands behind or below its own label.

The heading row 'Rechnungsadresse | Lieferadresse' over two address cells becomes heading, address, heading, address.
Rows of item tables stay rows.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import (
    NOTHING,
    address_section,
    labelled_text,
    meaning_of,
    without_currency,
    without_lead,
    without_net,
)
from smtpd_billbee.reader.prefixed import without_prefixes
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.upright import laid_down, with_parted_heads
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, Meaning

ITEM_FIELDS = frozenset(
    (
        "position", "sku", "title", "variant", "quantity", "unit_price", "row_total", "tax", "ean", "items", "weight",
        "discount", "total", "subtotal", "delivery_time",
    )
)  # fmt: skip
_FEWEST_LINES = 3  # of an address
_OF_ITEM = frozenset(("sku", "title", "variant", "quantity", "unit_price", "row_total", "tax", "ean", "weight"))
OWN_BLOCKS = 1_000_000  # blocks made of columns are numbered from here
_PRICES = frozenset({"unit_price", "row_total"})
_SECTIONS = frozenset(
    [
        "billing_address", "shipping_address", "customer", "payment_method", "shipping_method", "note",
        "address_note", "number", "ordered_at", "customer_number", "vat_id", "email", "phone", "currency",
        "order_status", "transaction_id", "invoice_number", "delivery_time", "total",
    ]
)  # fmt: skip
_ADDRESSES = frozenset({"billing_address", "shipping_address", "customer"})


def header_fields(row: Row, known: Dictionary) -> tuple[Meaning, ...] | None:
    """For each cell of an item table's header its meaning; None if the row is no such header."""
    filled = row.filled
    if len(filled) < 2 or has_money(row.text) or (len(filled) == 2 and any(c.isdigit() for c in row.text)):
        return None
    return _header(tuple([cell.text for cell in row.cells]), known)


@functools.lru_cache(maxsize=REMEMBERED)
def _header(texts: tuple[str, ...], known: Dictionary) -> tuple[Meaning, ...] | None:
    if any(len(text) > _LONGEST_HEAD for text in texts):
        return None
    meanings = tuple(_header_meaning(text, known) for text in texts)
    hits = [meaning for meaning in meanings if not meaning.keys().isdisjoint(ITEM_FIELDS)]
    if len(hits) < 2 or len(hits) < 0.6 * sum(1 for text in texts if text):
        return None
    named = {field for meaning in hits for field in meaning}
    if not named & {"title", "sku", "items"} or not named & (_PRICES | {"quantity"}):
        return None
    return meanings


_LONGEST_HEAD = 60  # letters


def _header_meaning(text: str, known: Dictionary) -> Meaning:
    found = meaning_of(text.rstrip(":： "), known)
    counted = text.rstrip(" 0123456789")  # 'Option 1' beside 'Option 2'
    for plain in () if found else (without_net(text), without_currency(text), counted):
        found = found or (meaning_of(plain, known) if plain != text else NOTHING)
    if found or not any(mark in text for mark in "/&,+("):
        return found
    for mark in "/&,+(":
        parts = [meaning_of(part.strip(" )"), known) for part in text.split(mark)]
        if len(parts) > 1 and parts[0] and any(field in ITEM_FIELDS for field in parts[0]):
            return parts[0]
    return found


def in_reading_order(rows: Sequence[Row], known: Dictionary) -> list[Row]:
    """The rows with every side-by-side column taken apart."""
    rows = [with_parted_heads(row, known) for row in laid_down(without_prefixes(rows, known), known)]
    return list(_Columns(_with_vertical_tables(rows, known), known).rows())


def _with_vertical_tables(rows: Sequence[Row], known: Dictionary) -> Sequence[Row]:
    """A table written one cell a line (as some programs turn HTML into text) becomes a table again."""
    for at, row in enumerate(rows):
        if len(row.cells) > _FEWEST_HEADS:
            if (records := _records_below(rows, at)) and header_fields(row, known):
                return [*rows[:at], *_upright(row, rows[at + 1 :], records, known)]
            continue
        if row.table or len(row.filled) != 1 or not _is_item_label(row, known):
            continue
        heads = [row]
        step = rows[at + 1].number - row.number if at + 1 < len(rows) else 1
        for other in rows[at + 1 : at + 12]:
            if (
                other.table
                or len(other.filled) != 1
                or other.number != heads[-1].number + step
                or not _is_item_label(other, known)
            ):
                break
            heads.append(other)
        if len(heads) < 3:
            continue
        header = _row_of(row, [head.text for head in heads])
        if header_fields(header, known):
            return [*rows[:at], header, *_vertical_records(rows[at + len(heads) :], len(heads), step, header, known)]
    return rows


_FEWEST_HEADS = 2


def _records_below(rows: Sequence[Row], at: int) -> int:
    """How far apart the cells are below a header in one line, one cell a line (PrestaShop's texts are such); 0: not."""
    if at + 1 >= len(rows) or len(rows[at + 1].cells) != 1:
        return 0
    width = len(rows[at].filled)
    first = rows[at + 1 : at + 1 + width]
    if (
        width < _FEWEST_HEADS
        or len(first) < width
        or any(row.table or len(row.filled) != 1 for row in first)
        or not has_money(first[-1].text)
    ):
        return 0
    step = first[1].number - first[0].number
    return 0 if any(below.number - above.number != step for above, below in itertools.pairwise(first)) else step


def _upright(row: Row, below: Sequence[Row], step: int, known: Dictionary) -> Iterator[Row]:
    header = _row_of(row, [cell.text for cell in row.filled])
    yield header
    yield from _vertical_records(below, len(row.filled), step, header, known)


def _until_prices(rows: Sequence[Row]) -> list[Row]:
    """The rows up to the end of the first run of prices; none where a row has several cells."""
    run: list[Row] = []
    for row in rows:
        priced = len(row.filled) == 1 and has_money(row.text)
        if len(row.filled) != 1:
            return []
        if run and not priced and has_money(run[-1].text):
            break
        run.append(row)
    return run if run and has_money(run[-1].text) else []


def _is_item_label(row: Row, known: Dictionary) -> bool:
    text = row.text
    meaning = meaning_of(text.rstrip(":： "), known) if len(text) <= _LONGEST_HEAD else NOTHING
    return "number" in meaning or not meaning.keys().isdisjoint(ITEM_FIELDS)


def _row_of(row: Row, texts: Sequence[str]) -> Row:
    cells = tuple(Cell((text,) if text else (), column, column + 1) for column, text in enumerate(texts))
    return row._replace(cells=cells, table=row.number + 1_000_000, indent=0)


def _vertical_records(rows: Sequence[Row], width: int, step: int, header: Row, known: Dictionary) -> Iterator[Row]:
    """Lines by the cells of a record: an empty cell is an empty line.  What does not fit stays as it is."""
    at = 0
    title = next(
        (n for n, cell in enumerate(header.cells) if meaning_of(cell.text, known).keys() & {"title", "items"}), 0
    )
    while at < len(rows):
        run = _until_prices(rows[at : at + width + 4])
        led = bool(meaning_of(rows[at].text.rstrip(":： "), known))
        if not led and len(run) > width:
            texts = [row.text for row in run]
            extra = len(run) - width
            made = _row_of(rows[at], [*texts[: title + 1], *texts[title + 1 + extra :]])
            cells = list(made.cells)
            cells[title] = cells[title]._replace(lines=tuple(texts[title : title + 1 + extra]))
            yield made._replace(cells=tuple(cells), table=header.table, block=header.block)
            at += len(run)
            continue
        start = rows[at].number
        lines = [row for row in rows[at : at + width] if row.number < start + width * step]
        texts = [""] * width
        for row in lines:
            texts[(row.number - start) // step] = row.text
        priced = has_money(texts[-1])
        if not priced or meaning_of(texts[0].rstrip(":： "), known) or any(len(row.filled) != 1 for row in lines):
            break
        yield _row_of(rows[at], texts)._replace(table=header.table, block=header.block)
        at += len(lines)
    yield from rows[at:]


class _Columns:
    def __init__(self, rows: Sequence[Row], known: Dictionary) -> None:
        self._rows = rows
        self._known = known
        self._block = OWN_BLOCKS

    def rows(self) -> Iterator[Row]:
        at, table = 0, 0  # `table`: the item table that is passed through
        while at < len(self._rows):
            row = _without_marks(self._rows[at])
            if row.table and row.table == table:
                yield row
                at += 1
                continue
            if header_fields(row, self._known):
                table = row.table
                yield row
                at += 1
            elif (self._is_section_header(row) or (row.table and self._heads_addresses(at))) and (
                below := self._below(at)
            ):
                yield from self._transposed(row, below)
                at += 1 + len(below)
            elif any(len(cell.lines) > 1 for cell in row.cells):
                if labelled := self._labelled_above(row):
                    yield labelled
                    at += 1
                    continue
                yield from self._taken_apart(row)
                at += 1
            elif len(row.filled) > 1 and self._is_lines_of_labels(row):
                yield from self._cell_by_cell(row)
                at += 1
            else:
                yield row
                at += 1

    def _is_section_header(self, row: Row) -> bool:
        filled = row.filled
        if len(filled) < 2 or any(len(cell.lines) > 1 for cell in filled):
            return False
        meanings = [meaning_of(without_lead(cell.text).rstrip(":： "), self._known) for cell in filled]
        sections = [bool(_SECTIONS & meaning.keys()) for meaning in meanings]
        if any(_ADDRESSES & meaning.keys() for meaning in meanings) and not all(sections):
            # 'Order Information:' beside 'Customer Information:'; beside an address words that no list holds, too.
            heads = all(cell.head or 0 < len(cell.text) <= cell.strong for cell in filled)
            return all(
                known
                or bool(address_section(cell.text))
                or (heads and (bool(meaning) or not any(c.isdigit() for c in cell.text)))
                for known, cell, meaning in zip(sections, filled, meanings, strict=True)
            )
        if len(filled) == 2 and not all(_ADDRESSES & meaning.keys() for meaning in meanings):
            # 'Zahlungsart  Rechnung' is a label with its value; two labels are a header only when emphasised.
            return all(sections) and (all(cell.head for cell in filled) or row.head)
        return all(sections)

    def _heads_addresses(self, at: int) -> bool:
        """'Billing address' beside words that no list holds, above cells of as many addresses of several lines."""
        row = self._rows[at]
        if not row.table or len(row.filled) < 2:
            return False
        below = self._rows[at + 1] if at + 1 < len(self._rows) else None
        if below is None or row.table != below.table or not 1 < len(row.filled) == len(below.filled):
            return False
        if any(len(cell.lines) < _FEWEST_LINES for cell in below.filled) or any(len(c.lines) > 1 for c in row.filled):
            return False
        meanings = [meaning_of(without_lead(cell.text).rstrip(":： "), self._known) for cell in row.filled]
        if not any(_ADDRESSES & meaning.keys() for meaning in meanings):
            return False
        return all(
            _ADDRESSES & meaning.keys() or (not meaning and not any(c.isdigit() for c in cell.text))
            for meaning, cell in zip(meanings, row.filled, strict=True)
        )

    def _below(self, at: int) -> list[Row]:
        """The rows below a heading row: in HTML the next row, in text the rest of the paragraph (or the next)."""
        row = self._rows[at]
        below: list[Row] = []
        for other in self._rows[at + 1 : at + 20]:
            if row.table:
                return [other] if other.table == row.table and len(other.filled) > 1 else []
            if other.table or (below and other.block != below[0].block):
                break
            if header_fields(other, self._known) or (below and self._is_section_header(other)):
                break
            if len(other.filled) > len(row.filled):
                break
            below.append(other)
        return below if any(len(other.filled) > 1 for other in below) else []

    def _transposed(self, header: Row, below: Sequence[Row]) -> Iterator[Row]:
        columns: list[list[tuple[str, Row]]] = [[] for _ in header.filled]
        for row in below:
            for cell in row.filled:
                if cell is row.filled[0] and cell.start < row.indent:  # of a line within <pre>
                    cell = cell._replace(start=row.indent)
                place = _column(cell, header.filled, in_text=not header.table)
                columns[place] += [(line, row) for line in cell.lines]
        for cell, lines in zip(header.filled, columns, strict=True):
            self._block += 1
            yield header._replace(cells=(Cell(cell.lines, head=True),), table=0, block=self._block)
            for line, row in lines:
                yield row._replace(cells=(Cell((line,)),), table=0, block=self._block, level=0)

    def _taken_apart(self, row: Row) -> Iterator[Row]:
        filled = row.filled
        if len(filled) == 1:
            yield from self._cell_by_cell(row)
            return
        first = labelled_text(filled[0].lines[0], filled[0].strong, self._known)
        if len(filled) == 2 and len(filled[0].lines) == 1 and first and not first.value:
            yield row  # a label and the lines of its value
        elif self._is_address_row(row) or not _has_amount(row):
            yield from self._cell_by_cell(row)
        else:
            yield row

    def _labelled_above(self, row: Row) -> Row | None:
        """'Artikelnr.' above 'A-17' beside 'Menge' above '2': in every cell the label of an item above its value."""
        filled = row.filled
        if len(filled) < 2 or any(len(cell.lines) != 2 for cell in filled):
            return None
        meanings = [meaning_of(cell.lines[0].rstrip(":： "), self._known) for cell in filled]
        named = sum(1 for meaning in meanings if meaning.keys() & _OF_ITEM)
        if (
            named < 2
            or named < len(filled) - 1
            or not any(meaning.keys() & (_PRICES | {"quantity"}) for meaning in meanings)
        ):
            return None
        cells = [cell._replace(lines=(f"{cell.lines[0].rstrip(':： ')}: {cell.lines[1]}",)) for cell in filled]
        return row._replace(cells=tuple(cells))

    def _is_address_row(self, row: Row) -> bool:
        """Does a cell begin with the heading of an address?"""
        found = [labelled_text(cell.lines[0], cell.strong, self._known) for cell in row.filled if len(cell.lines) > 1]
        return any(label and not label.value and label.means(*_ADDRESSES) for label in found)

    def _is_lines_of_labels(self, row: Row) -> bool:
        """'Bestellnummer: 12   Datum: 3.4.2025': labels with their values side by side."""
        found = [labelled_text(cell.text, cell.strong, self._known) for cell in row.filled]
        known = [label for label in found if label and label.value]
        if any(label.means("sku", "quantity", "unit_price") for label in known):
            return False
        with_colon = all(":" in cell.text or "：" in cell.text for cell in row.filled)
        return len(known) == len(found) or (with_colon and len(known) > 1 and len(known) * 2 >= len(found))

    def _cell_by_cell(self, row: Row) -> Iterator[Row]:
        for cell in row.filled:
            self._block += 1
            for number, line in enumerate(cell.lines):
                strong = cell.strong if number == 0 else 0
                one = Cell((line,), 0, max(1, len(line)), cell.head, strong)
                yield row._replace(cells=(one,), table=0, block=self._block, number=row.number + number)


def _without_marks(row: Row) -> Row:
    """The row without cells that hold only the colon between a label and its value."""
    if len(row.filled) < 3 or not any(cell.text in (":", "：", "=", "|") for cell in row.filled):
        return row
    return row._replace(cells=tuple(cell for cell in row.cells if cell.text not in (":", "：", "=", "|")))


def _has_amount(row: Row) -> bool:
    return any(amount.is_money for cell in row.filled for line in cell.lines for amount in amounts_in(line))


def column_of(cell: Cell, heads: Sequence[Cell]) -> int:
    """Which head a cell stands under: the one it overlaps most, else the nearest."""

    def rank(index: int) -> tuple[int, int]:
        head = heads[index]
        overlap = min(cell.end, head.end) - max(cell.start, head.start)
        return overlap, -abs(cell.start - head.start)

    return max(range(len(heads)), key=rank)


def _column(cell: Cell, heads: Sequence[Cell], in_text: bool) -> int:
    """In text the columns of addresses are flush left: the last head that begins at or before the cell."""
    if not in_text:
        return column_of(cell, heads)
    places = [index for index, head in enumerate(heads) if head.start <= cell.start + 1]
    return places[-1] if places else 0

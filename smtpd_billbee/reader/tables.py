"""Items from a table: each column's meaning from its header, or from what stands in it."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.columns import column_of, header_fields
from smtpd_billbee.reader.item_counts import with_counts_of_titles
from smtpd_billbee.reader.item_ordinals import bare_ordinal_in
from smtpd_billbee.reader.items import NONE, Found, Items, items_sum, resolved
from smtpd_billbee.reader.labels import SUMS, sum_label, whole_label, without_lead
from smtpd_billbee.reader.parts_codes import is_code
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.sum_words import sum_row
from smtpd_billbee.reader.table_items import (
    QUANTITY,
    Columns,
    Record,
    is_item_code,
    is_priced,
    item_of_record,
    names_thing,
)
from smtpd_billbee.reader.words import Dictionary, Meaning, key

_ORDER = (
    "title",
    "sku",
    "variant",
    "quantity",
    "unit_price",
    "row_total",
    "tax",
    "position",
    "ean",
    "discount",
    "weight",
    "delivery_time",
)
_PRICES = frozenset({"unit_price", "row_total"})


def from_table(
    rows: Sequence[Row], at: int, known: Dictionary, style: str, expected: Decimal | None
) -> tuple[Items, int]:
    """The items below the header row `at`, and the index of the first row behind them."""
    meanings = header_fields(rows[at], known) or ()
    heads = rows[at].cells
    records, end = _records(rows, at, heads, known, style)
    if not records:
        return NONE, end
    best: tuple[tuple[int, ...], Items] | None = None
    positioned = any("position" in meaning for meaning in meanings)
    for columns in itertools.islice(_choices(_with_money(meanings, records, style)), 64):
        found = [item_of_record(rows, record, columns, known, style) for record in records]
        found = _without_positions(found) if positioned else found
        read_so = with_counts_of_titles(resolved(found, expected), expected, known)
        items = Items(read_so, frozenset(index for record in records for index, _ in record))
        sums = items_sum([each.item for each in items.found])
        rank = (
            -sum(1 for each in items.found if each.doubt),
            int(expected is not None and sums is not None and abs(sums - expected) <= Decimal("0.02")),
            sum(1 for each in items.found if each.item.unit_price is not None and each.item.total is not None),
        )
        if best is None or rank > best[0]:
            best = (rank, items)
    return (best[1] if best else NONE), end


def _without_positions(found: list[Found]) -> list[Found]:
    """'1 Tasse', '2 Teller' below 'Pos. Artikel', where the columns ran together: the numbers count the items."""
    numbers = [bare_ordinal_in(each.item.title) for each in found]
    if not all(number and number[0] == ordinal for ordinal, number in enumerate(numbers, 1)):
        return found
    return [
        replace(each, item=replace(each.item, title=each.item.title[number[1] :]))
        for each, number in zip(found, numbers, strict=True)
        if number
    ]


_TITLES = frozenset({"title", "items"})
_SKU: Meaning = {"sku": frozenset()}
_EMPTY: Meaning = {"": frozenset()}  # of a column without any text
_PRICED: Meaning = {"row_total": frozenset(), "unit_price": frozenset()}


def _with_money(meanings: Sequence[Meaning], records: Sequence[Record], style: str) -> list[Meaning]:
    """A column with a name that nobody listed, and an amount in every row, holds prices: 'Gesamtpr.'

    So does one that speaks of tax ('Tax excl.') where no other has prices.
    """
    result = list(meanings)
    no_sku = not any("sku" in meaning for meaning in meanings)
    titles = sum(bool(_TITLES & meaning.keys()) for meaning in meanings)
    no_price = not any(_PRICES & meaning.keys() for meaning in meanings)
    for column, meaning in enumerate(meanings):
        cells = [cell for record in records for _, placed in record for at, cell in placed if at == column]
        prices = [cell for cell in cells if _is_amount(cell, style)]
        if not cells:
            result[column] = _EMPTY  # 'Artikel' above the pictures
        elif no_sku and "position" in meaning and not _TITLES & meaning.keys() and _are_codes(cells):
            result[column] = _SKU  # 'Nr.'
        elif no_sku and titles > 1 and _TITLES & meaning.keys() and all(is_item_code(cell.text) for cell in cells):
            result[column] = _SKU  # 'Item' beside 'Description'
        elif (not meaning or (no_price and meaning.keys() == {"tax"})) and len(prices) == len(records):
            result[column] = _PRICED
    return result


def _are_codes(cells: Sequence[Cell]) -> bool:
    """'Nr.' above 1, 2, 3 counts the items; above 'A-17', 'A-18' it names them."""
    texts = [cell.text.strip(" .:)#") for cell in cells]
    if all(text.isdigit() for text in texts):
        return any(int(text) > _STEP * len(texts) for text in texts)
    return all(is_code(text) and (text.isupper() or any(c.isdigit() for c in text)) for text in texts)


_STEP = 10  # 'Pos.' counts 1, 2, 3 or 10, 20, 30


def _is_amount(cell: Cell, style: str) -> bool:
    amounts = [each for each in amounts_in(cell.text, style) if each.is_money]
    return len(amounts) == 1 and sum(c.isalpha() for c in cell.text) <= 4


def _records(
    rows: Sequence[Row], at: int, heads: Sequence[Cell], known: Dictionary, style: str
) -> tuple[list[Record], int]:
    header = rows[at]
    alone = _is_alone(rows, at)
    titled_above = _has_titles_above(rows, at, heads, known, style)
    records: list[Record] = []
    pending: Record = []
    end = at + 1
    for index in range(at + 1, len(rows)):
        row = rows[index]
        below = rows[index + 1] if index + 1 < len(rows) else None
        if header.table and row.table != header.table and not (alone and row.table and len(row.cells) == len(heads)):
            break
        if not header.table and (row.level or row.table):
            break
        is_sum = _is_sum(row, index, known, style, below) and not _is_counted(row, heads, known)
        is_sum = is_sum or (bool(records) and not pending and _is_nameless(row, below, style))
        if is_sum or _is_sum_of(records, rows, row, style):
            if records or pending:
                break
            end = index + 1
            continue
        cells = _placed(row, heads)
        if (
            is_priced(row, style)
            or _is_without_price(row, heads, known)
            or (records and not pending and _is_left_blank(row, below, heads, known, style))
        ):
            records.append([*pending, (index, cells)])
            pending = []
        elif (titled_above and len(row.filled) == 1 and below is not None and is_priced(below, style)) or (
            records and header.table and _leads_below(row, below, rows[records[-1][-1][0]], style)
        ):
            pending.append((index, cells))
        elif (
            records
            and not header.table
            and row.block != rows[index - 1].block
            and not _goes_on(rows, index, heads, style)
        ):
            break
        elif records and (header.table or row.indent > header.indent or len(cells) == 1):
            records[-1].append((index, cells))
        else:
            pending.append((index, cells))
        end = index + 1
    return records, end


def _has_titles_above(rows: Sequence[Row], at: int, heads: Sequence[Cell], known: Dictionary, style: str) -> bool:
    """'Stuhl', alone in its row, above 'B-17 | 1 | 20,00 €': no column is for titles, and a title leads the table."""
    if any(not _TITLES.isdisjoint(known.meaning(head.text)) for head in heads) or at + 2 >= len(rows):
        return False
    first, second = rows[at + 1], rows[at + 2]
    return len(first.filled) == 1 and not is_priced(first, style) and is_priced(second, style)


def _goes_on(rows: Sequence[Row], index: int, heads: Sequence[Cell], style: str) -> bool:
    """'Farbe: blau' below a blank line, and the next item soon: the columns go on."""
    row = rows[index]
    if len(row.filled) != 1 or ":" not in row.text or row.level or row.head:
        return False
    return any(len(below.filled) == len(heads) and is_priced(below, style) for below in rows[index + 1 : index + 4])


def _is_nameless(row: Row, below: Row | None, style: str) -> bool:
    """'2 шт. | 0.8 кг. | 6 900 руб.' emphasised at the end of a table: counts, measures and amounts, and no name."""
    if not row.table or not row.head or (below and below.table == row.table) or not is_priced(row, style):
        return False
    return all(_MEASURED.fullmatch(cell.text.strip()) for cell in row.filled)


_MEASURED = re.compile(r"[^\w]{0,3}(?:[^\W\d_]{1,4}\.?\s?)?\d[\d.,'’ ]{0,14}\s?[^\w]{0,3}(?:[^\W\d_]{1,4}\.?)?")


def _leads_below(row: Row, below: Row | None, above: Row, style: str) -> bool:
    """A title alone in its row, when the row below has the prices and begins further in: its variant."""
    return (
        below is not None
        and len(row.filled) == 1
        and len(below.filled) > 2
        and is_priced(below, style)
        and below.filled[0].start > row.filled[0].start == above.filled[0].start
    )


def _is_alone(rows: Sequence[Row], at: int) -> bool:
    """A header that is the only row of its table, above tables of as many columns: one for each item."""
    header, below = rows[at], rows[at + 1] if at + 1 < len(rows) else None
    return (
        below is not None
        and bool(header.table and below.table)
        and header.table != below.table
        and len(header.cells) == len(below.cells)
    )


def _is_sum_of(records: Sequence[Record], rows: Sequence[Row], row: Row, style: str) -> bool:
    """'Wert der Artikel | 57,00 €': a name that nobody listed, and what the rows above come to."""
    if len(row.filled) != 2 or not records:
        return False
    amounts = [each for each in amounts_in(row.filled[1].text, style) if each.is_money]
    last = [
        [each.value for cell in rows[index].filled for each in amounts_in(cell.text, style) if each.is_money][-1:]
        for record in records
        for index, _ in record
    ]
    return (
        len(amounts) == 1
        and sum((each[0] for each in last if each), Decimal(0)) == amounts[0].value
        and len(rows[records[-1][-1][0]].filled) > 2
    )


def _is_sum(row: Row, index: int, known: Dictionary, style: str, below: Row | None) -> bool:
    if len(row.filled) > 3:
        return False
    found = sum_row(row, index, known, style, below)
    if found is None:
        return False
    if found.fields:
        return True
    alone = len(row.filled) == 2 and len(row.cells) > 2
    if alone and not row.cells[0].lines and row.filled[0].text.endswith((":", "：")):
        return True  # 'FedEx Ground: | $4.95' in the last columns
    return found.negative or found.by_payment or (alone and row.filled[0].end - row.filled[0].start > 1)


def _is_without_price(row: Row, heads: Sequence[Cell], known: Dictionary) -> bool:
    """'1 | Gratisprobe | gratis', '3 | Postkarte | -': every column is filled, and the price is none."""
    if len(row.filled) < 3 or len(row.filled) != len(heads) or len(row.cells) != len(heads):
        return False
    last = row.filled[-1].text.strip()
    counted = any(
        "quantity" in known.meaning(heads[column].text) and QUANTITY.match(cell.text)
        for column, cell in _placed(row, heads)
    )
    return counted and (known.has("free", last) or not any(c.isalnum() for c in last))


def _is_left_blank(row: Row, below: Row | None, heads: Sequence[Cell], known: Dictionary, style: str) -> bool:
    """'2 | A-1 | Aufkleber |  | ': a count in its column, words in another, no price; nor has the row below."""
    counts = [column for column, head in enumerate(heads) if "quantity" in known.meaning(head.text)]
    if not counts or (below is not None and is_priced(below, style) and not _has_count(below, heads, counts)):
        return False
    words = any(
        column not in counts and names_thing(cell.text, known) and not has_money(cell.text)
        for column, cell in _placed(row, heads)
    )
    return words and _has_count(row, heads, counts)


def _has_count(row: Row, heads: Sequence[Cell], counts: Sequence[int]) -> bool:
    return any(column in counts and QUANTITY.match(cell.text) for column, cell in _placed(row, heads))


def _is_counted(row: Row, heads: Sequence[Cell], known: Dictionary) -> bool:
    """'Discount Mug | 2 | 12,00 €' is a thing, as it has a quantity; 'Versandkosten DHL | 1 | 4,90 €' is a cost."""
    words = row.filled[0].text
    whole = whole_label(without_lead(words).strip(" :："), known)
    if any(name in whole for name in SUMS) or any(each.value < 0 for each in amounts_in(row.filled[-1].text)):
        return False
    costs = key(words.split()[0])  # 'Versandkosten nach Österreich', 'Frais de port Colissimo': whatever follows
    if "tax" in sum_label(words, known) or any(stem in costs for stem in known.lists["cost_stems"]):
        return False
    return any(
        "quantity" in known.meaning(heads[column].text) and QUANTITY.match(cell.text)
        for column, cell in _placed(row, heads)
        if column < len(heads)
    )


def _placed(row: Row, heads: Sequence[Cell]) -> list[tuple[int, Cell]]:
    if len(row.filled) == len(heads) or (len(row.cells) == len(heads) and row.table):
        return [
            (number, cell)
            for number, cell in enumerate(row.cells if len(row.cells) == len(heads) else row.filled)
            if cell.lines
        ]
    return [(column_of(cell, heads), cell) for cell in row.filled]


def _choices(meanings: Sequence[Meaning]) -> list[Columns]:
    """Every way to give the columns different fields, the likeliest first."""
    options = []
    for meaning in meanings:
        names = [
            "title" if name == "items" else name
            for name in _ORDER
            if name in meaning or (name == "title" and "items" in meaning)
        ]
        names += ["row_total"] if "row_total" not in names and "total" in meaning else []
        names += ["sku"] if "number" in meaning and not names else []
        names += ["row_total"] if "subtotal" in meaning and "row_total" not in names else []
        options.append(list(dict.fromkeys(names)) or [""])
    for option in options:
        if len(option) > 1 and set(option) <= _PRICES and options.count(option) > 1:
            option.append("")  # 'Preis netto' beside 'Preis brutto', where 'Einzelpreis' stands, too
    for name in _PRICES:
        same = [option for option in options if option == [name]]
        for option in same if len(same) > 1 else ():
            option.append("")  # 'Stückpreis netto' beside 'Stückpreis brutto': the arithmetic tells which is the row's
        if name == "row_total" and len(same) == 2 and not any("unit_price" in option for option in options):
            same[0].insert(0, "unit_price")  # '金额 | 总计', 'Betrag | Gesamt': the left one is of one piece
    unnamed = [column for column, meaning in enumerate(meanings) if options[column] == [""] and meaning is not _EMPTY]
    if unnamed and not any("title" in option for option in options):
        options[unnamed[0]] = ["", "title"]  # 'Ticket': a column whose name nobody listed
    good = []
    for choice in itertools.islice(itertools.product(*options), 512):
        used = [name for name in choice if name and name != "variant"]  # 'Größe' and 'Farbe' are both chosen
        if len(set(used)) == len(used):
            good.append(choice)
    if not good:
        good = [_without_repeats(tuple(option[0] for option in options))]
    # A lone price column can hold prices of one piece or of the row, whatever its heading says: the sums tell.
    lone = [
        tuple("price" if name in _PRICES else name for name in choice)
        for choice in good
        if len(_PRICES & set(choice)) == 1
    ]
    return [*lone[:8], *good]


def _without_repeats(columns: Columns) -> Columns:
    seen: set[str] = set()
    result = []
    for name in columns:
        result.append("" if name in seen and name != "variant" else name)
        seen.add(name)
    return tuple(result)

"""One record of a table as an item: its cells by the columns' meanings, its title, and the lines around it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, number
from smtpd_billbee.reader.item_ordinals import ordinal_in
from smtpd_billbee.reader.items import NO_QUANTITY, Found, doubted, finished
from smtpd_billbee.reader.labels import sum_label
from smtpd_billbee.reader.parts import joined, read_parts, take_chosen
from smtpd_billbee.reader.parts_choices import add_choice
from smtpd_billbee.reader.parts_codes import CODE_LINE, is_code, is_code_alone, take_numbered
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.parts_labels import leading_label
from smtpd_billbee.reader.parts_prices import without_bracketed_price
from smtpd_billbee.reader.parts_quantity import take_product
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.words import Dictionary

Columns = tuple[str, ...]
QUANTITY = re.compile(r"^\W{0,3}(?:[x×]\s?)?(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:[^\W\d]{0,12}\.?)\W{0,3}$")
Record = list[tuple[int, list[tuple[int, Cell]]]]  # rows of one item: (row index, [(column, cell)])


def is_item_code(text: str) -> bool:
    """'SCB-12', 'TEA-SE': capitals, digits and marks, and no blank."""
    return text.isupper() and is_code(text) and " " not in text and any(c.isdigit() or c in "-_./" for c in text)


MAY_BE_COST = "its name begins with a word for a cost, and it may be one"


def is_counted(row: Row) -> bool:
    """'2 | A-1 | Aufkleber | - | -': a count in the first cell, and words beside it, so an item; priced or not."""
    filled = row.filled
    if len(filled) < _FEWEST_CELLS or not _COUNT.fullmatch(filled[0].text.strip()):
        return False
    return any(_WORD.search(cell.text) for cell in filled[1:])


_WORD = re.compile(r"[^\W\d_]{2}")
_FEWEST_CELLS = 3
_COUNT = re.compile(r"[1-9]\d{0,5}\s?(?:[x×✕хX]|[^\W\d_]{1,8}\.?)?")

_ONE_PRICE = frozenset({"price", "unit_price", "row_total"})


def item_of_record(rows: Sequence[Row], record: Record, columns: Columns, known: Dictionary, style: str) -> Found:
    """The item of a record: its row with the prices by columns, what stands above and below as lines."""
    parts = Parts()
    main = next((place for place, (index, _) in enumerate(record) if is_priced(rows[index], style)), 0)
    titles: list[str] = []
    extra: list[str] = []
    for place, (_, cells) in enumerate(record):
        for column, cell in cells:
            name = columns[column]
            if name in _ONE_PRICE and "quantity" not in columns and not take_product([cell.text], parts, style):
                continue  # '2 x 24,50 €' below 'Preis'
            if name == "title":
                titles += cell.lines
            elif place != main:
                extra += cell.lines
            elif name == "price":
                parts.prices += [each.value for each in amounts_in(cell.lines[0], style)][:1]
                if not parts.prices and known.has("free", cell.text.strip(" .!")):
                    parts.prices.append(Decimal(0))
                parts.currency = parts.currency or next((each.sign for each in amounts_in(cell.text, style)), None)
            elif name == "discount":
                parts.row_discount = cell.text
            elif name and name not in ("ean", "weight", "delivery_time", "position"):
                put(name, cell, parts, known, style)
    read_title(titles + extra, parts, known, style, "sku" in columns)
    first = record[main][0]
    uncounted = "quantity" in columns and parts.quantity is None
    found = finished(parts, first, " ".join(rows[first].text.split())[:200])
    if uncounted and not found.doubt:
        found = doubted(found, NO_QUANTITY)  # where all others are counted, what the prices say is a guess
    costs = {"shipping_cost", "payment_fee"} & sum_label(titles[0], known).keys() if titles else None
    if costs and not found.doubt and not found.item.sku and found.item.quantity == 1:
        return replace(found, doubt=MAY_BE_COST)
    return found


def _is_unit(price: Decimal, parts: Parts) -> bool:
    """Is this price below the title of one piece?  Only where it comes to the row's."""
    rows = [parts.total] if parts.total is not None else parts.prices
    return parts.quantity is not None and len(rows) == 1 and parts.quantity * price == rows[0]


def is_priced(row: Row, style: str) -> bool:
    return len(row.filled) > 1 and any(each.is_money for cell in row.filled for each in amounts_in(cell.text, style))


def put(name: str, cell: Cell, parts: Parts, known: Dictionary, style: str) -> None:
    text = cell.text
    if name == "quantity":
        found = QUANTITY.match(text)
        if found and not any(each.sign for each in amounts_in(text, style)):  # '12,00 €' counts nothing
            value = number(found[1], style, is_money=False) or Decimal(0)
            parts.put("quantity", value.to_integral_value() if value == value.to_integral_value() else value)
    elif name in ("unit_price", "row_total"):
        amounts = amounts_in(cell.lines[0], style) or amounts_in(text, style)
        money = [each for each in amounts if each.is_money] or amounts
        if money:
            parts.currency = parts.currency or money[0].sign
            parts.put("unit_price" if name == "unit_price" else "total", money[0].value)
        elif known.has("free", text.strip(" .!")):
            parts.put("unit_price" if name == "unit_price" else "total", Decimal(0))
    elif name == "tax":
        rate = re.search(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%", text) or re.fullmatch(
            r"(\d{1,2}(?:[.,]\d{1,2})?)", text.strip()
        )
        parts.tax_rate = Decimal(rate[1].replace(",", ".")) if rate else parts.tax_rate
    elif name == "sku":
        if any(c.isalnum() for c in text):
            parts.put("sku", text.strip(" :：#"))
    elif name == "variant" and any(c.isalnum() for c in text):
        add_choice(", ".join(cell.lines), parts)


def read_title(lines: Sequence[str], parts: Parts, known: Dictionary, style: str, has_sku: bool) -> None:
    """The title cell: its first line is the title, unless quantity or price must be read from it, too."""
    if not lines:
        return
    lines = joined(lines, known)
    rest = (
        read_parts(lines[1:], known, style, not has_sku, priced=parts.has_price, below=True)
        if len(lines) > 1
        else Parts()
    )
    head = lines[0]
    if parts.quantity is None and rest.quantity is not None and not rest.quantity_is_loose:
        parts.quantity, rest.measured = rest.quantity, None  # 'Menge: 2' below '6 x Wein (Karton)'
    if parts.quantity is None or not (parts.has_price):
        first = read_parts([head], known, style, loose_sku=not has_sku, priced=parts.has_price)
        parts.title, parts.quantity = first.title, parts.quantity if parts.quantity is not None else first.quantity
        if not parts.has_price:
            parts.prices, parts.unit_price, parts.total = first.prices, first.unit_price, first.total
        parts.sku = parts.sku or first.sku
        parts.variant = parts.variant or first.variant
    else:
        title = (
            read_parts([head], known, style, loose_sku=not has_sku, priced=True)
            if not has_sku and (":" in head or head.rstrip().endswith((")", "]")))
            else None
        )
        if title and title.sku and title.quantity is None and not title.has_price:
            parts.title, parts.sku, parts.variant = title.title, parts.sku or title.sku, parts.variant or title.variant
        else:
            parts.title = take_chosen(head, parts, known)
    parts.title = without_bracketed_price(parts.title, parts, known, style)
    if not has_sku:
        parts.title = take_numbered(parts.title, parts)
    if parts.quantity is None:
        parts.quantity = rest.quantity
    elif rest.measured and rest.variant is None:
        rest.variant = rest.measured[1]
    elif rest.measured and rest.measured[1] not in (rest.variant or ""):
        add_choice(rest.measured[1], rest)
    if parts.unit_price is None and rest.unit_price is not None and _is_unit(rest.unit_price, parts):
        parts.unit_price = rest.unit_price
    if rest.variant and rest.sku is None and not has_sku and CODE_LINE.fullmatch(rest.title):
        rest.sku = rest.title
    parts.sku = parts.sku or rest.sku
    if rest.variant or rest.title:
        more = rest.variant if rest.variant else None
        if rest.rest[1:] == [more] and len(rest.title) <= _LONGEST_CHOICE:
            more = f"{rest.title}, {more}"  # 'blau' above 'rund': two lines without labels below the title
        if more is None and parts.variant is None and len(rest.title) <= 60:
            more = rest.title
        parts.variant = (
            f"{parts.variant}, {more}" if parts.variant and more and more != parts.variant else parts.variant or more
        )


_LONGEST_CHOICE = 30  # letters: what is longer describes the thing


def without_ordinal(found: Found, number: int, known: Dictionary) -> Found:
    """'[2] Tasse' is the second item, and its title 'Tasse'."""
    title = found.item.title
    counted = ordinal_in(title, known)
    if counted is None or counted[0] != number or not title[counted[1] :].strip():
        return found
    return replace(found, item=replace(found.item, title=title[counted[1] :].strip()))


def with_code_column(found: Sequence[Found], rows: Sequence[Row]) -> Sequence[Found]:
    """'GW' is an article number where the same column has 'TZ-1' and 'TH9' for the other items."""
    columns = {_column_with(rows[each.row], each.item.sku) for each in found if each.item.sku}
    column = columns.pop() if len(columns) == 1 else None
    if column is None:
        return found
    return [_coded(each, rows[each.row], column) for each in found]


def _column_with(row: Row, text: str | None) -> tuple[int, int] | None:
    """Which cell of how many holds just this text."""
    places = [place for place, cell in enumerate(row.cells) if cell.text.rstrip(" ,;") == text]
    return (places[0], len(row.cells)) if len(places) == 1 else None


def _coded(found: Found, row: Row, column: tuple[int, int]) -> Found:
    place, size = column
    code = row.cells[place].text if len(row.cells) == size else ""
    code = code.rstrip(" ,;")
    coded = code.isupper() or (" " not in code and any(c.isdigit() for c in code))
    if found.item.sku or not coded or found.item.variant != code or not is_code(code):
        return found
    return replace(found, item=replace(found.item, sku=code, variant=None))


def names_thing(text: str, known: Dictionary) -> bool:
    """Words that are neither a code nor the likes of 'Stk' or 'Preis'."""
    return any(c.isalpha() for c in text) and not is_code_alone(text) and not known.meaning(text)


def names_variant(text: str, known: Dictionary) -> bool:
    """'Größe: M / Farbe: grau' in a cell of its own is what was chosen, however long it is."""
    label = leading_label(text, known)
    return label is not None and label.field == "variant"

"""Items from a table: each column's meaning from its header, or from what stands in it."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import Amount, amounts_in
from smtpd_billbee.reader.columns import column_of, header_fields
from smtpd_billbee.reader.item_counts import with_leading_counts
from smtpd_billbee.reader.item_ordinals import ordinal_in
from smtpd_billbee.reader.items import NO_QUANTITY, NONE, Found, Items, doubted, finished, items_sum, resolved
from smtpd_billbee.reader.labels import SUMS, sum_label, whole_label, without_lead
from smtpd_billbee.reader.parts import joined, read_parts, take_chosen
from smtpd_billbee.reader.parts_choices import add_choice
from smtpd_billbee.reader.parts_codes import CODE_LINE, is_code, is_code_alone
from smtpd_billbee.reader.parts_found import Parts, plain_number
from smtpd_billbee.reader.parts_labels import leading_label
from smtpd_billbee.reader.parts_quantity import is_product, take_product
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.sums import sum_row
from smtpd_billbee.reader.words import Dictionary, Meaning, key

Columns = tuple[str, ...]

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
_QUANTITY = re.compile(r"^\W{0,3}(?:[x×]\s?)?(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:[^\W\d]{0,12}\.?)\W{0,3}$")


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
    for columns in itertools.islice(_choices(_with_money(meanings, records, style)), 64):
        found = [_item(rows, record, columns, known, style) for record in records]
        read_so = with_leading_counts(resolved(found, expected), expected)
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


_TITLES = frozenset({"title", "items"})
_SKU: Meaning = {"sku": frozenset()}
_EMPTY: Meaning = {"": frozenset()}  # of a column without any text
_PRICED: Meaning = {"row_total": frozenset(), "unit_price": frozenset()}
Record = list[tuple[int, list[tuple[int, Cell]]]]  # rows of one item: (row index, [(column, cell)])


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
        elif no_sku and titles > 1 and _TITLES & meaning.keys() and all(_is_item_code(cell.text) for cell in cells):
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


def _is_item_code(text: str) -> bool:
    """'SCB-12', 'TEA-SE': capitals, digits and marks, and no blank."""
    return text.isupper() and is_code(text) and " " not in text and any(c.isdigit() or c in "-_./" for c in text)


def _is_amount(cell: Cell, style: str) -> bool:
    amounts = [each for each in amounts_in(cell.text, style) if each.is_money]
    return len(amounts) == 1 and sum(c.isalpha() for c in cell.text) <= 4


def _records(
    rows: Sequence[Row], at: int, heads: Sequence[Cell], known: Dictionary, style: str
) -> tuple[list[Record], int]:
    header = rows[at]
    alone = _is_alone(rows, at)
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
        if _is_priced(row, style) or _is_without_price(row, heads, known):
            records.append([*pending, (index, cells)])
            pending = []
        elif records and header.table and _leads_below(row, below, rows[records[-1][-1][0]], style):
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


def _goes_on(rows: Sequence[Row], index: int, heads: Sequence[Cell], style: str) -> bool:
    """'Farbe: blau' below a blank line, and the next item soon: the columns go on."""
    row = rows[index]
    if len(row.filled) != 1 or ":" not in row.text or row.level or row.head:
        return False
    return any(len(below.filled) == len(heads) and _is_priced(below, style) for below in rows[index + 1 : index + 4])


def _is_nameless(row: Row, below: Row | None, style: str) -> bool:
    """'2 шт. | 0.8 кг. | 6 900 руб.' emphasised at the end of a table: counts, measures and amounts, and no name."""
    if not row.table or not row.head or (below and below.table == row.table) or not _is_priced(row, style):
        return False
    return all(_MEASURED.fullmatch(cell.text.strip()) for cell in row.filled)


_MEASURED = re.compile(r"[^\w]{0,3}(?:[^\W\d_]{1,4}\.?\s?)?\d[\d.,'’ ]{0,14}\s?[^\w]{0,3}(?:[^\W\d_]{1,4}\.?)?")


def _leads_below(row: Row, below: Row | None, above: Row, style: str) -> bool:
    """A title alone in its row, when the row below has the prices and begins further in: its variant."""
    return (
        below is not None
        and len(row.filled) == 1
        and len(below.filled) > 2
        and _is_priced(below, style)
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
        "quantity" in known.meaning(heads[column].text) and _QUANTITY.match(cell.text)
        for column, cell in _placed(row, heads)
    )
    return counted and (known.has("free", last) or not any(c.isalnum() for c in last))


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
        "quantity" in known.meaning(heads[column].text) and _QUANTITY.match(cell.text)
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
        used = [name for name in choice if name]
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
        result.append("" if name in seen else name)
        seen.add(name)
    return tuple(result)


_ONE_PRICE = frozenset({"price", "unit_price", "row_total"})


def _item(rows: Sequence[Row], record: Record, columns: Columns, known: Dictionary, style: str) -> Found:
    """The item of a record: its row with the prices by columns, what stands above and below as lines."""
    parts = Parts()
    main = next((place for place, (index, _) in enumerate(record) if _is_priced(rows[index], style)), 0)
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
                _put(name, cell, parts, known, style)
    _read_title(titles + extra, parts, known, style, "sku" in columns)
    first = record[main][0]
    uncounted = "quantity" in columns and parts.quantity is None
    found = finished(parts, first, " ".join(rows[first].text.split())[:200])
    if uncounted and not found.doubt:
        found = doubted(found, NO_QUANTITY)  # where all others are counted, what the prices say is a guess
    costs = {"shipping_cost", "payment_fee"} & sum_label(titles[0], known).keys() if titles else None
    if costs and not found.doubt and not found.item.sku and found.item.quantity == 1:
        return replace(found, doubt="its name begins with a word for a cost, and it may be one")
    return found


def _is_unit(price: Decimal, parts: Parts) -> bool:
    """Is this price below the title of one piece?  Only where it comes to the row's."""
    rows = [parts.total] if parts.total is not None else parts.prices
    return parts.quantity is not None and len(rows) == 1 and parts.quantity * price == rows[0]


def _is_priced(row: Row, style: str) -> bool:
    return len(row.filled) > 1 and any(each.is_money for cell in row.filled for each in amounts_in(cell.text, style))


def _put(name: str, cell: Cell, parts: Parts, known: Dictionary, style: str) -> None:
    text = cell.text
    if name == "quantity":
        found = _QUANTITY.match(text)
        if found and not any(each.sign for each in amounts_in(text, style)):  # '12,00 €' counts nothing
            value = Decimal(found[1].replace(",", "."))
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
        parts.variant = ", ".join(cell.lines)


def _read_title(lines: Sequence[str], parts: Parts, known: Dictionary, style: str, has_sku: bool) -> None:
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
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{2})?")


def bare_rows(rows: Sequence[Row], indexes: Sequence[int], expected: Decimal | None) -> Items:
    """'5 | Tasse | 4 | 20': count, title, price and row total without any sign of money.

    Nothing but the arithmetic says so: each row must come out, and all together must come to the sum.
    """
    found: list[Found] = []
    for index in indexes:
        texts = [cell.text.strip() for cell in rows[index].filled]
        if len(texts) != 4 or not texts[0].isdecimal() or not any(c.isalpha() for c in texts[1]):
            continue
        if len(texts[0]) > 6 or not all(_NUMBER.fullmatch(text) for text in texts[2:]):
            continue
        count, price, total = (plain_number(text) for text in (texts[0], *texts[2:]))
        if not count or count * price != total:
            return NONE
        parts = Parts(title=texts[1], quantity=count, unit_price=price, total=total)
        found.append(finished(parts, index, " ".join(rows[index].text.split())[:200]))
    if expected is None or items_sum([each.item for each in found]) != expected:
        return NONE
    return Items(tuple(found), frozenset(each.row for each in found))


def without_header(
    rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str, expected: Decimal | None
) -> Items:
    """Items without a header: the longest text is the title, an integer the quantity, amounts the prices."""
    found: list[Found] = []
    taken: set[int] = set()
    for index in indexes:
        row = rows[index]
        if len(row.filled) < 2 or not any(a.is_money for cell in row.filled for a in amounts_in(cell.text, style)):
            continue
        found.append(_without_ordinal(_loose_item(row, index, known, style), len(found) + 1, known))
        taken.add(index)
    read_so = with_leading_counts(resolved(_with_code_column(found, rows), expected), expected)
    return Items(read_so, frozenset(taken)) if found else NONE


def _without_ordinal(found: Found, number: int, known: Dictionary) -> Found:
    """'[2] Tasse' is the second item, and its title 'Tasse'."""
    title = found.item.title
    counted = ordinal_in(title, known)
    if counted is None or counted[0] != number or not title[counted[1] :].strip():
        return found
    return replace(found, item=replace(found.item, title=title[counted[1] :].strip()))


def _with_code_column(found: Sequence[Found], rows: Sequence[Row]) -> Sequence[Found]:
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


_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.\-/]+|(?=.*\d)[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)+")  # 'AP/M', 'soap-4'
_LONGEST_CODE = 25  # letters


def _loose_item(row: Row, index: int, known: Dictionary, style: str) -> Found:
    prices: list[Cell] = []
    texts: list[Cell] = []
    quantity: Cell | None = None
    rival = False
    for cell in row.filled:
        amounts = [each for each in amounts_in(cell.text, style) if each.is_money]
        letters = sum(1 for c in cell.text if c.isalpha())
        if amounts and letters <= 4 + 4 * len(amounts) and not _is_worth(cell.text, amounts):
            prices.append(cell)
        elif _counts(cell.text, letters, known):
            rival = quantity is not None
            quantity = quantity or cell
            texts += [cell] if rival else []
        else:
            texts.append(cell)
    named = [cell for cell in texts if not names_variant(cell.text, known)]
    words = [cell for cell in named if _names_thing(cell.text, known)]
    title = words[0] if words else max(named or texts, key=lambda cell: len(cell.text), default=None)
    lines = [line.rstrip(" ,;") for line in title.lines] if title else []
    parts = Parts()
    prices.sort(key=lambda cell: not is_product(cell.text, style))
    for cell in prices:
        if not take_product([cell.text], parts, style):
            continue
        for amount in amounts_in(cell.text, style):
            if amount.is_money:
                parts.prices.append(amount.value)
                parts.currency = parts.currency or amount.sign
    if quantity:
        _put("quantity", quantity, parts, known, style)
    others = [cell for cell in texts if cell is not title]
    _read_title(lines, parts, known, style, has_sku=False)
    for cell in others:
        text = cell.text.rstrip(" ,;")
        more = read_parts([line.rstrip(" ,;") for line in cell.lines], known, style)
        parts.sku = parts.sku or more.sku
        if parts.quantity is None and more.quantity is not None:
            parts.quantity = more.quantity
        elif (
            parts.sku is None
            and len(text) <= _LONGEST_CODE
            and _CODE.fullmatch(text)
            and any(c.isdigit() or c in "-_./" for c in text)
        ):
            parts.sku = text
        elif parts.variant is None and (more.variant or key(more.title)):
            parts.variant = more.variant or more.title
    found = finished(parts, index, " ".join(row.text.split())[:200])
    if rival and (found.item.unit_price is None or found.item.total is None):
        return doubted(found, "two numbers stand in an item's row, and either could be the quantity")
    return found


def _names_thing(text: str, known: Dictionary) -> bool:
    """Words that are neither a code nor the likes of 'Stk' or 'Preis'."""
    return any(c.isalpha() for c in text) and not is_code_alone(text) and not known.meaning(text)


def names_variant(text: str, known: Dictionary) -> bool:
    """'Größe: M / Farbe: grau' in a cell of its own is what was chosen, however long it is."""
    label = leading_label(text, known)
    return label is not None and label.field == "variant"


def _is_worth(text: str, amounts: Sequence[Amount]) -> bool:
    """'Gift card £25': words, and one round amount behind them."""
    before = text[: amounts[0].start]
    words = sum(1 for c in before if c.isalpha()) > _LONGEST_UNIT
    return len(amounts) == 1 and words and not any(mark in amounts[0].text for mark in ".,")


_LONGEST_UNIT = 5  # letters


def _counts(text: str, letters: int, known: Dictionary) -> bool:
    """'2', '2 Stück', but not '0175'."""
    found = _QUANTITY.match(text)
    if found is None or letters > 8 or sum_label(text, known).keys() - {"quantity"}:
        return False
    return not (found[1][0] == "0" and found[1].isdigit() and len(found[1]) > 1)

"""Items of a table that has no header: the longest text is the title, an integer the quantity, amounts the prices."""

import re
from collections.abc import Sequence
from decimal import Decimal

from smtpd_billbee.reader.amounts import Amount, amounts_in
from smtpd_billbee.reader.item_counts import with_counts_of_titles
from smtpd_billbee.reader.items import NONE, Found, Items, doubted, finished, items_sum, resolved
from smtpd_billbee.reader.labels import sum_label
from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_found import Parts, plain_number
from smtpd_billbee.reader.parts_quantity import is_product, take_product
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.table_items import (
    QUANTITY,
    is_counted,
    names_thing,
    names_variant,
    put,
    read_title,
    with_code_column,
    without_ordinal,
)
from smtpd_billbee.reader.words import Dictionary, key

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
        priced = len(row.filled) > 1 and any(a.is_money for cell in row.filled for a in amounts_in(cell.text, style))
        if not priced and not (found and is_counted(row)):
            continue
        found.append(without_ordinal(_loose_item(row, index, known, style), len(found) + 1, known))
        taken.add(index)
    read_so = with_counts_of_titles(resolved(with_code_column(found, rows), expected), expected, known)
    return Items(read_so, frozenset(taken)) if found else NONE


_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.\-/]+|(?=.*\d)[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)+")  # 'AP/M', 'soap-4'
_LONGEST_CODE = 25  # letters


def _loose_item(row: Row, index: int, known: Dictionary, style: str) -> Found:
    prices: list[Cell] = []
    texts: list[Cell] = []
    quantity: Cell | None = None
    rival = False
    counted = any(_COUNTED.match(cell.text) for cell in row.filled)  # '6x Kerze | 77 | 29,40': the number names it
    for cell in row.filled:
        amounts = [each for each in amounts_in(cell.text, style) if each.is_money]
        letters = sum(1 for c in cell.text if c.isalpha())
        if amounts and letters <= 4 + 4 * len(amounts) and not _is_worth(cell.text, amounts):
            prices.append(cell)
        elif _counts(cell.text, letters, known) and not (counted and cell.text.strip().isdigit()):
            rival = quantity is not None
            quantity = quantity or cell
            texts += [cell] if rival else []
        else:
            texts.append(cell)
    named = [cell for cell in texts if not names_variant(cell.text, known)]
    words = [cell for cell in named if names_thing(cell.text, known)]
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
        put("quantity", quantity, parts, known, style)
    others = [cell for cell in texts if cell is not title]
    read_title(lines, parts, known, style, has_sku=False)
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


_COUNTED = re.compile(r"\W{0,3}\d{1,4}\s?[x×]\s?(?=[^\W\d])")


def _is_worth(text: str, amounts: Sequence[Amount]) -> bool:
    """'Gift card £25': words, and one round amount behind them."""
    before = text[: amounts[0].start]
    words = sum(1 for c in before if c.isalpha()) > _LONGEST_UNIT
    return len(amounts) == 1 and words and not any(mark in amounts[0].text for mark in ".,")


_LONGEST_UNIT = 5  # letters


def _counts(text: str, letters: int, known: Dictionary) -> bool:
    """'2', '2 Stück', but not '0175'."""
    found = QUANTITY.match(text)
    if found is None or letters > 8 or sum_label(text, known).keys() - {"quantity"}:
        return False
    return not (found[1][0] == "0" and found[1].isdigit() and len(found[1]) > 1)

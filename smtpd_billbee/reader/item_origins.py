"""Where each value of an item stood: its own line, if the item has several."""

import bisect
import re
from collections.abc import Sequence
from decimal import Decimal

from smtpd_billbee.model.order import Item
from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.amounts import amounts_in
from smtpd_billbee.reader.items import Found, Items
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.words import key

# The item's field and the label that leads it.
_LABELS = {
    "title": "title",
    "sku": "sku",
    "variant": "variant",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "total": "row_total",
    "tax_rate": "tax",
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_LONGEST_LINE = 200  # letters


def item_origins(page: Page, items: Items) -> dict[str, Origin]:
    """'items.0.sku' and the like, with the place of each value that is known."""
    origins: dict[str, Origin] = {}
    taken = sorted(items.rows)
    for number, found in enumerate(items.found):
        rows = _rows_of(items, number, taken)
        first = page.origin(found.row, found.label, found.text)
        for name in _LABELS:
            if getattr(found.item, name) is not None:
                own = _own_line(page, found, rows, name) if len(rows) > 1 else None
                origins[f"items.{number}.{name}"] = own or first
    return origins


def _rows_of(items: Items, number: int, taken: Sequence[int]) -> list[int]:
    """The rows of an item: its first, those below it, and those above that no other item begins."""
    found = items.found[number]
    before = items.found[number - 1].row if number else -1
    after = items.found[number + 1].row if number + 1 < len(items.found) else taken[-1] + 1 if taken else 0
    near = taken[bisect.bisect_right(taken, before) : bisect.bisect_left(taken, after)]
    return sorted(near, key=lambda row: (row < found.row, abs(row - found.row)))


def _own_line(page: Page, found: Found, rows: Sequence[int], name: str) -> Origin | None:
    """The line that holds the value behind its label; else any that does; None for the item's first."""
    said = [row for row in rows if _says(found.item, name, page.rows[row].text, page.style)]
    for row in said:
        if row != found.row and (label := page.label(row, _LABELS[name])):
            return page.origin(row, label.words, _line(page, row))
    if not said or said[0] == found.row:
        return None
    return page.origin(said[0], None, _line(page, said[0]))


def _line(page: Page, row: int) -> str:
    return " ".join(page.rows[row].text.split())[:_LONGEST_LINE]


def _says(item: Item, name: str, text: str, style: str) -> bool:
    """Does this line hold the value?"""
    value = getattr(item, name)
    if isinstance(value, str):
        whole = key(text)
        return any(key(part) in whole for part in value.split(", ") if part)
    if name in ("unit_price", "total"):
        return any(abs(each.value) == abs(value) for each in amounts_in(text, style))
    return any(Decimal(found.replace(",", ".")) == value for found in _NUMBER.findall(text))

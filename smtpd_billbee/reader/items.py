"""What an item of an order is once it was read: its prices told apart by arithmetic, and what is odd about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.amounts import amounts_in
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.parts_quantity import begins_with_measures

CENT = Decimal("0.01")
NO_QUANTITY = "an item has no quantity"
NO_PRICE = "an item has no price"
MEASURES = "the numbers before its title may be its measures"
UNREAD = "lines below an item's title were not understood"
UNSAID = "it is not said whether an item's price is of one piece or of all"
_NUMBERED = re.compile(r"\((?:\d{3}|(?!19|20)\d{4})\)$")  # two digits are pieces, '2025' a year, more are a code
MOST_PRICES = 12  # of one item: list price, unit price, row total, each with and without tax


@dataclass(frozen=True, slots=True)
class Found:
    """An item with its place: the index of its first row, and its lines' text; `doubt` says what is odd about it."""

    item: Item
    row: int
    text: str
    label: str | None = None
    doubt: str | None = None
    only_price: Decimal | None = None  # one amount, and nobody said whether of one piece or of all
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """The items found, and which rows they took."""

    found: tuple[Found, ...]
    rows: frozenset[int]
    doubts: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether each item has a title, a quantity and a price, and no doubt."""
        return bool(self.found) and not any(each.doubt for each in self.found)


def is_unsaid(items: Items) -> bool:
    """Whether all that is missing is what the prices are of: another sum could tell."""
    doubts = {each.doubt for each in items.found}
    return UNSAID in doubts and doubts <= {UNSAID, None}


NONE = Items((), frozenset())


def finished(parts: Parts, row: int, text: str) -> Found:
    """The item of these parts: prices without a label are told apart by quantity x unit price = row total."""
    title = parts.title
    if parts.led and parts.quantity is None and _is_led(parts):
        parts.quantity, title = parts.led
    quantity, unit, total, only, doubt = _prices(parts)
    if parts.quantity is None and quantity is not None:
        title = _without_count(title, quantity)
    if not any(c.isalnum() for c in title):
        doubt = doubt or "an item has no title"
    if quantity is None:
        quantity, doubt = Decimal(1), doubt or NO_QUANTITY
    if parts.clash:
        doubt = doubt or "an item gives one of its values twice"
    if unit is None and total is None and only is None:
        doubt = doubt or NO_PRICE
    if parts.unread:
        doubt = doubt or UNREAD
    if parts.quantity_is_loose and (unit is None or total is None) and begins_with_measures(text):
        doubt = doubt or MEASURES
    if parts.sku is None and _NUMBERED.search(title[-6:]):
        doubt = doubt or "the number in brackets behind an item's title may be its article number"
    item = Item(title or "?", quantity, parts.sku, parts.variant, unit, total, parts.tax_rate)
    return Found(item, row, text, None, doubt, only, parts.currency)


def _without_count(title: str, quantity: Decimal) -> str:
    """'Becher blau 2' before '10,00 20,00': the number behind the title is just what the prices say."""
    before, _, last = title.rpartition(" ")
    return before.rstrip() if last == f"{quantity:f}" and any(c.isalpha() for c in before) else title


def _is_led(parts: Parts) -> bool:
    """Is the number before the title just what the prices say: '1,5 m Stoff  10,00 EUR  15,00 EUR'?"""
    _, unit, total, _, _ = _prices(parts)
    return bool(parts.led and unit and total is not None and _fits(parts.led[0], unit, total))


def _prices(parts: Parts) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None, str | None]:
    """(quantity, unit price, row total, the only price, doubt)."""
    quantity, unit, total = parts.quantity, parts.unit_price, parts.total
    loose = list(parts.prices)
    if parts.any_price is not None:
        if total is not None and unit is None:
            unit = parts.any_price
        elif unit is not None and total is None:
            total = parts.any_price
        else:
            loose.insert(0, parts.any_price)
    only: Decimal | None = None
    if loose and unit is None and total is None:
        quantity, unit, total, only = _told_apart(quantity, loose)
    elif loose and (unit is None or total is None):
        known = unit if unit is not None else total
        others = [price for price in loose if price != known] or loose
        if unit is None:
            unit = others[0] if quantity is None or _fits(quantity, others[0], total) else None
        else:
            total = others[-1] if quantity is None or _fits(quantity, unit, others[-1]) else None
    said = parts.unit_price is not None and parts.total is not None
    if quantity is None and unit and total is not None and total % unit == 0 and (said or total != unit):
        quantity = total / unit
        quantity = quantity.to_integral_value()
    doubt = None
    if (
        quantity is not None
        and unit is not None
        and total is not None
        and not _fits_reduced(quantity, unit, total, parts)
    ):
        doubt = f"{quantity:f} x {unit:.2f} is not {total:.2f}"
    return quantity, unit, total, only, doubt


def _fits(quantity: Decimal, unit: Decimal, total: Decimal | None) -> bool:
    return total is not None and abs(quantity * unit - total) <= max(CENT, CENT * quantity / 2 if unit < 1 else CENT)


def _fits_reduced(quantity: Decimal, unit: Decimal, total: Decimal, parts: Parts) -> bool:
    """Quantity x unit price = row total, also less the discount of the row (an amount, or per cent)."""
    if _fits(quantity, unit, total) or parts.row_discount is None:
        return _fits(quantity, unit, total)
    found = re.search(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%", parts.row_discount)
    if found:
        part = 1 - Decimal(found[1].replace(",", ".")) / 100
        return abs(quantity * unit * part - total) <= max(CENT, CENT * quantity)
    amounts = amounts_in(parts.row_discount, ",") or amounts_in(parts.row_discount, ".")
    less = abs(amounts[0].value) if amounts else Decimal(0)
    return _fits(quantity, unit, total + less) or _fits(quantity, unit - less, total)


def _told_apart(
    quantity: Decimal | None, prices: Sequence[Decimal]
) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
    if len(prices) == 1:
        return quantity, None, None, prices[0]
    prices = prices[-MOST_PRICES:]
    if quantity is not None:
        for first in range(len(prices)):
            for last in range(len(prices) - 1, first, -1):
                if _fits(quantity, prices[first], prices[last]):
                    return quantity, prices[first], prices[last], None
        for first in range(len(prices)):
            for last in range(first + 1, len(prices)):
                if _fits(quantity, prices[last], prices[first]):
                    return quantity, prices[last], prices[first], None
    return quantity, prices[-2], prices[-1], None


def resolved(found: Sequence[Found], expected: Decimal | None) -> tuple[Found, ...]:
    """Items with one amount each: are the amounts of one piece, or of the row?  The expected sum of all rows tells."""
    lone = [each for each in found if each.only_price is not None]
    if not lone:
        return tuple(found)
    as_total = _sum(_with_only(found, unit=False))
    as_unit = _sum(_with_only(found, unit=True))
    if all(each.item.quantity == 1 for each in lone):
        return _with_only(found, unit=False)  # one piece: the price is both
    if expected is not None:
        fits_total, fits_unit = abs(as_total - expected) <= 2 * CENT, abs(as_unit - expected) <= 2 * CENT
        if fits_total and not fits_unit:
            return _with_only(found, unit=False)
        if fits_unit and not fits_total:
            return _with_only(found, unit=True)
    return tuple(
        replace(each, only_price=None)
        if old.only_price is None or old.item.quantity == 1
        else doubted(replace(each, only_price=None), UNSAID)
        for old, each in zip(found, _with_only(found, unit=False), strict=True)
    )


def doubted(found: Found, doubt: str) -> Found:
    """The item with this doubt, unless it has one."""
    return replace(found, doubt=found.doubt or doubt)


def _with_only(found: Sequence[Found], unit: bool) -> tuple[Found, ...]:
    result = []
    for each in found:
        if each.only_price is None:
            result.append(each)
            continue
        old = each.item
        price, total = (each.only_price, None) if unit else (None, each.only_price)
        if old.quantity == 1:
            price = total = each.only_price
        item = Item(old.title, old.quantity, old.sku, old.variant, price, total, old.tax_rate)
        result.append(Found(item, each.row, each.text, each.label, each.doubt, None, each.currency))
    return tuple(result)


def row_sum(item: Item) -> Decimal | None:
    """What the row costs."""
    if item.total is not None:
        return item.total
    return item.unit_price * item.quantity if item.unit_price is not None else None


def _sum(found: Sequence[Found]) -> Decimal:
    return sum((row_sum(each.item) or Decimal(0) for each in found), Decimal(0))


def items_sum(items: Sequence[Item]) -> Decimal | None:
    """The sum of all rows; None where one has no price."""
    sums = [row_sum(item) for item in items]
    return (
        None
        if not sums or any(each is None for each in sums)
        else sum((each for each in sums if each is not None), Decimal(0))
    )

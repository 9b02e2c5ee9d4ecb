"""The items of an order: from a table with a header, a table without one, or from lines.

For lines nobody says where one item ends and the next begins.  Several ways to part them are tried (by quantity, by
paragraph, by indentation, by label, by price); the one under which every item is whole and the sums come out wins.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.parts_prices import is_free
from smtpd_billbee.reader.parts_quantity import leads_with_quantity
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.words import Dictionary

CENT = Decimal("0.01")
MOST_ITEMS = 2_000
LONGEST_ITEM = 200  # rows
MOST_PRICES = 12  # of one item: list price, unit price, row total, each with and without tax

_ORDINAL = re.compile(
    r"^\s*(?:#\s?(?P<n>\d{1,3})(?:[.):]|\s|$)|[\[(](?P<m>\d{1,3})[\])]|(?P<o>\d{1,3})(?:[.)]\s|\)|:\s))\s*"
)


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


NONE = Items((), frozenset())


def finished(parts: Parts, row: int, text: str) -> Found:
    """The item of these parts: prices without a label are told apart by quantity x unit price = row total."""
    quantity, unit, total, only, doubt = _prices(parts)
    if not any(c.isalnum() for c in parts.title):
        doubt = doubt or "an item has no title"
    if quantity is None:
        quantity, doubt = Decimal(1), doubt or "an item has no quantity"
    if parts.clash:
        doubt = doubt or "an item gives one of its values twice"
    if unit is None and total is None and only is None:
        doubt = doubt or "an item has no price"
    item = Item(parts.title or "?", quantity, parts.sku, parts.variant, unit, total, parts.tax_rate)
    return Found(item, row, text, None, doubt, only, parts.currency)


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
    if quantity is None and unit and total is not None and total % unit == 0:
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
        _doubted(replace(each, only_price=None), "it is not said whether an item's price is of one piece or of all")
        for each in _with_only(found, unit=False)
    )


def _doubted(found: Found, doubt: str) -> Found:
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


# --- lines -----------------------------------------------------------------------------------------------------------

Groups = list[list[int]]
MIXED = "two lines could be one item or two"


def from_lines(
    rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str, expected: Decimal | None
) -> Items:
    """The items in these rows, parted in the way that makes most sense; a tie with another result is a doubt."""
    best: tuple[tuple[int, ...], Items] | None = None
    rival = False
    read: dict[tuple[int, ...], Found | None] = {}
    tried: list[Groups] = []
    for part in _WAYS:
        groups = part(rows, indexes, known, style)
        if not groups or len(groups) > MOST_ITEMS or groups in tried:
            continue
        if any(len(group) > LONGEST_ITEM for group in groups):
            continue
        tried.append(groups)
        items = _read_groups(rows, groups, known, style, expected, read)
        rank = _rank(items, expected)
        if best is None or rank > best[0]:
            best, rival = (rank, items), False
        elif rank == best[0] and not _same(items, best[1]):
            rival = True
    if best is None:
        return NONE
    items = best[1]
    if rival and not _is_sure(best[0]):
        return Items(items.found, items.rows, ("the items could be parted in another way",))
    return items


def _is_sure(rank: tuple[int, ...]) -> bool:
    return rank[0] == 1 and rank[2] == 1


def _same(one: Items, other: Items) -> bool:
    return [(f.item.title, f.item.quantity, row_sum(f.item)) for f in one.found] == [
        (f.item.title, f.item.quantity, row_sum(f.item)) for f in other.found
    ]


def _rank(items: Items, expected: Decimal | None) -> tuple[int, ...]:
    sums = items_sum([each.item for each in items.found])
    adds_up = int(expected is not None and sums is not None and abs(sums - expected) <= 2 * CENT)
    broken = sum(1 for each in items.found if each.doubt)
    with_sku = sum(1 for each in items.found if each.item.sku)
    longest = max((len(each.item.title) + len(each.item.variant or "") for each in items.found), default=0)
    mixed = sum(1 for each in items.found if each.doubt == MIXED)
    whole = int(not broken and bool(items.found))
    return whole, -mixed, adds_up, -broken, len(items.found), with_sku, -int(longest > 160)


def _read_groups(
    rows: Sequence[Row],
    groups: Groups,
    known: Dictionary,
    style: str,
    expected: Decimal | None,
    read: dict[tuple[int, ...], Found | None],
) -> Items:
    """One item for each group; `read` remembers groups that another way made, too."""
    found = []
    for ordinal, group in enumerate(groups, 1):
        same = (ordinal, *group)
        if same not in read:
            one = _read_group(rows, group, ordinal, known, style)
            read[same] = _doubted(one, MIXED) if one and _is_mixed(rows, group, known, style) else one
        if item := read[same]:
            found.append(item)
    return Items(resolved(found, expected), frozenset(index for group in groups for index in group))


def _is_mixed(rows: Sequence[Row], group: Sequence[int], known: Dictionary, style: str) -> bool:
    """A line that begins with a quantity and ends with a price is an item: it belongs to no line above it."""
    indent = rows[group[0]].indent + 1
    return any(
        rows[index].indent <= indent
        and _starts_with_quantity(rows[index], known, style)
        and (has_money(rows[index].text) or is_free(rows[index].text, known))
        for index in group[1:]
    )


def _read_group(rows: Sequence[Row], group: Sequence[int], ordinal: int, known: Dictionary, style: str) -> Found | None:
    lines = [line for index in group for line in _lines(rows[index], known)]
    parts = read_parts(_without_ordinal(lines, ordinal), known, style)
    if not parts.has_price and not parts.title:
        return None
    return finished(parts, group[0], " ".join(rows[group[0]].text.split())[:200])


def _without_ordinal(lines: list[str], ordinal: int) -> list[str]:
    """'1. Tasse', '[2] Tasse', 'Artikel 3: Tasse' without the counting number, if it is the item's own."""
    found = _ORDINAL.match(lines[0]) if lines else None
    if found and int(found["n"] or found["m"] or found["o"]) == ordinal:
        rest = lines[0][found.end() :].strip()
        return [rest, *lines[1:]] if rest else lines[1:]
    return lines


def _lines(row: Row, known: Dictionary) -> Iterator[str]:
    filled = row.filled
    if len(filled) == 1:
        yield from filled[0].lines
    elif row.table and len(filled) == 2 and _is_pair(filled[0].text, filled[1].text):
        yield f"{filled[0].text.rstrip(':：')}: {filled[1].text}"
    elif (
        len(filled) == 2
        and known.meaning(filled[0].text.rstrip(" 0123456789.#"))
        and not filled[0].text.rstrip().endswith((":", "："))
    ):
        yield f"{filled[0].text}: {filled[1].text}"
    else:
        yield "  ".join(cell.text for cell in filled)


def _starts_with_quantity(row: Row, known: Dictionary, style: str) -> bool:
    return leads_with_quantity(row.text.strip(), known, style)


def _is_pair(name: str, value: str) -> bool:
    """'Flasche | Glas' in a table: a name and its value, no price."""
    return len(name) <= 25 and not any(c.isdigit() for c in name) and not has_money(value)


def _by_ordinal(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """Lines that begin with 1, 2, 3 ... in order begin items."""
    starts: set[int] = set()
    for index in indexes:
        found = _ORDINAL.match(rows[index].text)
        if found and int(found["n"] or found["m"] or found["o"]) == len(starts) + 1:
            starts.add(index)
    return _by_starts(starts, indexes) if len(starts) > 1 and indexes[0] in starts else []


def _by_starts(starts: set[int], indexes: Sequence[int]) -> Groups:
    groups: Groups = []
    for index in indexes:
        if index in starts or not groups:
            groups.append([])
        groups[-1].append(index)
    return groups


def _by_quantity(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """Each line that begins with a quantity ('2 x ...') begins an item; the outermost indentation counts."""
    starts = [index for index in indexes if _starts_with_quantity(rows[index], known, style)]
    if not starts or starts[0] != indexes[0]:
        return []
    outer = rows[starts[0]].indent
    return _by_starts({index for index in starts if rows[index].indent <= outer + 1}, indexes)


def _by_line(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    return [[index] for index in indexes]


def _by_paragraph(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    starts = {
        index
        for place, index in enumerate(indexes)
        if place == 0 or rows[index].block != rows[indexes[place - 1]].block
    }
    return _by_starts(starts, indexes)


def _by_indent(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    least = min((rows[index].indent for index in indexes), default=0)
    starts = {index for index in indexes if rows[index].indent <= least}
    return _by_starts(starts, indexes) if len(starts) < len(indexes) else []


def _by_label(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """Where the first line is a label, each line with the same label begins an item."""
    first = _line_label(rows[indexes[0]]) if indexes else None
    if first is None:
        return []
    return _by_starts({index for index in indexes if _line_label(rows[index]) == first}, indexes)


def _line_label(row: Row) -> str | None:
    text = row.text
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    if at <= 0 and len(row.filled) == 2 and not any(c.isdigit() for c in row.filled[0].text):
        return row.filled[0].text.casefold()
    return text[:at].strip(" 0123456789.#").casefold() if 0 < at <= 60 else None


def _ends_with_money(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """The line with the price ends an item."""
    groups: Groups = [[]]
    for index in indexes:
        groups[-1].append(index)
        if has_money(rows[index].text):
            groups.append([])
    return [group for group in groups if group]


def _starts_with_money(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """The line with the price begins an item; what follows belongs to it."""
    starts = {index for index in indexes if has_money(rows[index].text)}
    return _by_starts(starts, indexes) if starts and indexes[0] in starts else []


def _by_emphasis(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    starts = {
        index for index in indexes if rows[index].head or (rows[index].filled and rows[index].filled[0].strong > 3)
    }
    return _by_starts(starts, indexes) if starts and indexes[0] in starts and len(starts) < len(indexes) else []


def _by_shape(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """All items have the same number of lines, found by the distance between prices."""
    money = [place for place, index in enumerate(indexes) if has_money(rows[index].text)]
    if not money or len(indexes) < 2:
        return []
    for size in range(2, 9):
        if len(indexes) % size == 0 and len({place % size for place in money}) * (len(indexes) // size) == len(money):
            return [list(indexes[start : start + size]) for start in range(0, len(indexes), size)]
    return []


def _money_runs(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """A run of lines with prices ends an item: title, unit price, row total each on its own line."""
    groups: Groups = [[]]
    before = False
    for index in indexes:
        has = has_money(rows[index].text)
        if before and not has:
            groups.append([])
        groups[-1].append(index)
        before = has
    return [group for group in groups if group]


_WAYS: tuple[Callable[[Sequence[Row], Sequence[int], Dictionary, str], Groups], ...] = (
    _by_ordinal, _by_quantity, _by_label, _by_line, _by_paragraph, _by_indent, _by_emphasis, _ends_with_money,
    _starts_with_money, _money_runs, _by_shape,
)  # fmt: skip

"""The items of an order from lines.

Nobody says where one item ends and the next begins.  Several ways to part them are tried (by quantity, by paragraph,
by indentation, by label, by price); the one under which every item is whole and the sums come out wins.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.item_counts import with_counts_of_titles
from smtpd_billbee.reader.item_ordinals import bare_ordinal_in, ordinal_in
from smtpd_billbee.reader.items import (
    CENT,
    NO_QUANTITY,
    NONE,
    UNREAD,
    Found,
    Items,
    doubted,
    finished,
    items_sum,
    resolved,
    row_sum,
)
from smtpd_billbee.reader.labels import meaning_of
from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_choices import is_option
from smtpd_billbee.reader.parts_labels import OPENERS, item_field, leading_label
from smtpd_billbee.reader.parts_quantity import leads_with_quantity
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.table_items import is_counted
from smtpd_billbee.reader.words import Dictionary, key

MOST_ITEMS = 2_000
LONGEST_ITEM = 200  # rows

Groups = list[list[int]]
STRAY = "the line below it may be of the whole order"
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
        if not items.whole:
            items = _without_costs(groups, read, expected) or items
        rank = (*_rank(items, expected), -_left_out(groups, read))
        if best is None or rank > best[0]:
            best, rival = (rank, items), False
        elif rank == best[0] and not _same(items, best[1]):
            rival = True
    if best is None:
        return NONE
    items = _with_stray_line(best[1], rows, known)
    if rival and not _is_sure(best[0]):
        return Items(items.found, items.rows, ("the items could be parted in another way",))
    return items


def _with_stray_line(items: Items, rows: Sequence[Row], known: Dictionary) -> Items:
    """'Bearbeiter: Tina' right below the last item, where every other has one line, may be of the whole order.

    Only what is known to be chosen ('Farbe: blau'), or stands further in, is surely the last item's.
    """
    if len(items.found) < 2 or not items.whole:
        return items
    starts = [each.row for each in items.found]
    below = sorted(index for index in items.rows if index > starts[-1])
    others = sorted(index for index in items.rows if index < starts[-1])
    last, row = items.found[-1], rows[below[0]] if len(below) == 1 else None
    if row is None or others != starts[:-1] or not last.item.variant or not has_money(rows[starts[-1]].text):
        return items
    text = row.text.strip()
    label = leading_label(text, known)
    further_in = row.indent > rows[starts[-1]].indent or row.table or text[0] in _BULLETS
    if further_in or label or key(last.item.variant) != key(text) or is_option(text, known):
        return items
    return replace(items, found=(*items.found[:-1], doubted(last, STRAY)))


_BULLETS = "-–—•*·+→"


def _without_costs(
    groups: Groups, read: Mapping[tuple[int, ...], Found | None], expected: Decimal | None
) -> Items | None:
    """'Standardversand / Preis: 3,90 €' below the items is a cost: an item without a quantity.

    Sure only where the items above it are whole and come to the subtotal.
    """
    found = [each for each in (read[ordinal, *group] for ordinal, group in enumerate(groups, 1)) if each]
    kept = len(found)
    while kept and found[kept - 1].doubt == NO_QUANTITY and _is_priced(found[kept - 1]):
        kept -= 1
    if kept == len(found) or expected is None:
        return None
    items = Items(resolved(found[:kept], expected), frozenset(index for group in groups for index in group))
    sums = items_sum([each.item for each in items.found])
    return items if items.whole and sums is not None and abs(sums - expected) <= 2 * CENT else None


def _is_priced(found: Found) -> bool:
    return found.only_price is not None or row_sum(found.item) is not None


def _is_sure(rank: tuple[int, ...]) -> bool:
    return rank[0] == 1 and rank[2] == 1


def _left_out(groups: Groups, read: Mapping[tuple[int, ...], Found | None]) -> int:
    """How many groups say nothing on their own: 'Farbe: blau' below a title belongs to it."""
    return sum(1 for ordinal, group in enumerate(groups, 1) if read[ordinal, *group] is None)


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
    counted = _are_counted(rows, groups)
    for ordinal, group in enumerate(groups, 1):
        same = (ordinal, *group)
        if counted or same not in read:
            one = _read_group(rows, group, ordinal, counted, known, style)
            mixed = one is not None and one.doubt in (None, UNREAD) and _is_mixed(rows, group, known, style)
            read[same] = replace(one, doubt=MIXED) if one and mixed else one
        if item := read[same]:
            found.append(item)
    read_so = with_counts_of_titles(resolved(found, expected), expected, known)
    return Items(read_so, frozenset(index for group in groups for index in group))


def _is_mixed(rows: Sequence[Row], group: Sequence[int], known: Dictionary, style: str) -> bool:
    """A line that begins with a quantity is an item, with a price or without: it belongs to no line above it."""
    first = rows[group[0]]
    counted = is_counted(first)
    return any(
        (rows[index].indent <= first.indent + 1 and _starts_with_quantity(rows[index], known, style))
        or (counted and is_counted(rows[index]))
        for index in group[1:]
    )


def _are_counted(rows: Sequence[Row], groups: Groups) -> bool:
    """Do all items, two at least, begin with 1, 2, 3 ...?"""
    numbers = (bare_ordinal_in(rows[group[0]].text) for group in groups)
    return len(groups) > 1 and all(each and each[0] == ordinal for ordinal, each in enumerate(numbers, 1))


def _read_group(
    rows: Sequence[Row], group: Sequence[int], ordinal: int, counted: bool, known: Dictionary, style: str
) -> Found | None:
    lines = [line for index in group for line in _lines(rows[index], known)]
    parts = read_parts(_without_ordinal(lines, ordinal, counted, known), known, style)
    if not parts.has_price and not parts.title:
        return None
    return finished(parts, group[0], " ".join(rows[group[0]].text.split())[:200])


def _without_ordinal(lines: list[str], ordinal: int, counted: bool, known: Dictionary) -> list[str]:
    """'1. Tasse', '[2] Tasse', 'Artikel 3: Tasse' without the counting number, if it is the item's own."""
    if len(lines) > 1 and _is_heading_alone(lines, ordinal, known):
        return lines[1:]
    found = ordinal_in(lines[0], known) if lines else None
    if found is None and counted and lines and _is_counted_apart(lines, known):
        found = bare_ordinal_in(lines[0])
    if found and found[0] == ordinal:
        rest = lines[0][found[1] :].strip()
        return [rest, *lines[1:]] if rest else lines[1:]
    return lines


_HEADING = re.compile(r"(?P<words>[^\W\d_]{2,16}) (?P<n>\d{1,3})")


def _is_heading_alone(lines: Sequence[str], ordinal: int, known: Dictionary) -> bool:
    """'Artikel 2' above 'Artikel: Hose' counts the items, and is no title."""
    found = _HEADING.fullmatch(lines[0].strip())
    if (
        found is None
        or int(found["n"]) != ordinal
        or known.meaning(found["words"]).keys().isdisjoint(("title", "items"))
    ):
        return False
    labels = (leading_label(line, known) for line in lines[1:])
    return any(label is not None and label.field == "title" for label in labels)


_ONCE_MORE = re.compile(r"\d{1,6}\s?[x×]\s")


def _is_counted_apart(lines: Sequence[str], known: Dictionary) -> bool:
    """'1 Tasse' above 'Menge: 2': the 1 counts the items, not the pieces.  A lone '1 Liter Milch' stays so."""
    found = bare_ordinal_in(lines[0])
    if found is None:
        return False
    rest = lines[0][found[1] :]
    if known.has("measures", rest.partition(" ")[0]):
        return False
    labels = (leading_label(line, known) for line in lines[1:])
    return bool(_ONCE_MORE.match(rest)) or any(label is not None and label.field == "quantity" for label in labels)


def _lines(row: Row, known: Dictionary) -> Iterator[str]:
    filled = row.filled
    if len(filled) == 1:
        lines = filled[0].lines
        yield from [_without_brackets(line, known) for line in lines] if lines[0][:1] in OPENERS else lines
    elif row.table and len(filled) == 2 and _is_pair(filled[0].text, filled[1].text):
        yield f"{filled[0].text.rstrip(':：')}: {filled[1].text}"
    elif (
        len(filled) == 2
        and known.meaning(filled[0].text.rstrip(" 0123456789.#_"))
        and not filled[0].text.rstrip().endswith((":", "："))
    ):
        yield f"{filled[0].text}: {filled[1].text}"
    else:
        yield "  ".join(cell.lines[0] if len(cell.lines) > 1 else cell.text for cell in filled)
        yield from (line for cell in filled for line in cell.lines[1:])


def _without_brackets(line: str, known: Dictionary) -> str:
    """'[商品名] マグカップ': a label in brackets is a label with a colon; '[3] Tasse' and '[NEU] Tasse' are none."""
    if line[:1] not in OPENERS:
        return line
    words, closed, value = line[1:].partition(OPENERS[line[0]])
    named = closed and len(words) <= _LONGEST_LABEL and item_field(meaning_of(words.strip(), known))
    return f"{words.strip()}: {value.lstrip(' :：')}" if named and value.strip() else line


_LONGEST_LABEL = 40  # letters


def _starts_with_quantity(row: Row, known: Dictionary, style: str) -> bool:
    return leads_with_quantity(row.text.strip(), known, style)


def _is_pair(name: str, value: str) -> bool:
    """'Flasche | Glas' in a table: a name and its value, no price."""
    return len(name) <= 25 and not any(c.isdigit() for c in name) and not has_money(value)


def _by_ordinal(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """Lines that begin with 1, 2, 3 ... in order begin items."""
    starts: set[int] = set()
    for index in indexes:
        found = ordinal_in(rows[index].text, known) or bare_ordinal_in(rows[index].text)
        if found and found[0] == len(starts) + 1:
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


def _by_title(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """A paragraph of a line alone begins an item; what follows belongs to it until the next such paragraph."""
    places = range(len(indexes))
    begins = [place == 0 or rows[indexes[place]].block != rows[indexes[place - 1]].block for place in places]
    starts = {
        indexes[place]
        for place in places
        if begins[place]
        and (place + 1 == len(indexes) or begins[place + 1])
        and not has_money(rows[indexes[place]].text)
    }
    return _by_starts(starts, indexes) if starts and indexes[0] in starts else []


def _by_unlabelled(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Groups:
    """A line without a label and a price, behind lines with labels, begins an item."""
    labelled = [leading_label(rows[index].text, known) is not None for index in indexes]
    starts = {
        index
        for place, index in enumerate(indexes)
        if place == 0 or (labelled[place - 1] and not labelled[place] and not has_money(rows[index].text))
    }
    return _by_starts(starts, indexes) if len(starts) > 1 and not labelled[0] else []


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
    if text[:1] in OPENERS and (closed := text.find(OPENERS[text[0]], 1, 60)) > 0:
        return text[1:closed].strip(" 0123456789.#_").casefold() or None
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    if at <= 0 and len(row.filled) == 2 and not any(c.isdigit() for c in row.filled[0].text):
        return row.filled[0].text.casefold()
    return text[:at].strip(" 0123456789.#_").casefold() if 0 < at <= 60 else None


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
    _by_ordinal, _by_quantity, _by_label, _by_line, _by_paragraph, _by_title, _by_unlabelled, _by_indent, _by_emphasis,
    _ends_with_money, _starts_with_money, _money_runs, _by_shape,
)  # fmt: skip

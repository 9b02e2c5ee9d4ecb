"""Where the items stand when no table's header says so: which rows can hold them, and where they end."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.bare_tables import bare_rows, without_header
from smtpd_billbee.reader.item_forms import from_form
from smtpd_billbee.reader.item_lines import from_lines
from smtpd_billbee.reader.items import NO_PRICE, Items, is_unsaid, items_sum
from smtpd_billbee.reader.order_numbers import numbers_in_sentence
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.parts_labels import counts_pieces
from smtpd_billbee.reader.parts_quantity import is_count_alone, is_product, leads_with_quantity
from smtpd_billbee.reader.sum_rows import OF_ITEMS, also_expected, is_discount_of_item, leading_words
from smtpd_billbee.reader.sum_words import SumRow, sum_row
from smtpd_billbee.reader.words import key

NOTHING = Items((), frozenset())
MOST_STARTS = 5
MOST_HEADINGS = 3
MOST_ROWS = 8_000  # no order has so many lines of items
NEAR = Decimal("0.02")

_ITEM_LABELS = (
    "sku",
    "title",
    "variant",
    "quantity",
    "unit_price",
    "row_total",
    "ean",
    "weight",
    "tax",
    "position",
    "delivery_time",
)
_FACTS = frozenset(("sku", "variant", "quantity", "unit_price", "row_total", "ean", "tax"))
_NO_ITEMS = (
    "payment_method", "shipping_method", "number", "ordered_at", "billing_address", "shipping_address", "customer",
    "email", "phone", "total", "subtotal", "shipping_cost", "tax", "note", "customer_number",
)  # fmt: skip


def find_items(page: Page, candidates: Sequence[SumRow], expected: Decimal | None) -> Items:
    """Items that no header leads: below their heading, or from the first of the prices from which the sums come out."""
    found = from_form(page.rows, [index for index in range(page.end) if page.free(index)], page.known, page.style)
    if not found.whole:
        found = _found(page, candidates, expected)
    for other in also_expected(candidates) if is_unsaid(found) else ():
        again = _found(page, candidates, other)
        if again.whole and _fits(again, other):
            found = again
            break
    if not found.found:
        found = bare_rows(page.rows, [index for index in range(page.end) if page.free(index)], expected)
    page.claim(found.rows)
    return found


def _found(page: Page, candidates: Sequence[SumRow], expected: Decimal | None) -> Items:
    at_sums = {row.index for row in candidates if row.fields}
    first: Items | None = None
    for start, level in _starts(page, at_sums):
        indexes = _region(page, start, level, at_sums)
        if not indexes or len(indexes) > MOST_ROWS:
            continue
        items = _in_region(page, indexes, expected)
        if items.whole and _fits(items, expected):
            first = items
            break
        first = first or items  # a later start that only leaves out what does not fit would hide it
    return first or NOTHING


def _fits(items: Items, expected: Decimal | None) -> bool:
    sums = items_sum([each.item for each in items.found])
    return expected is not None and sums is not None and abs(sums - expected) <= NEAR


def _in_region(page: Page, indexes: list[int], expected: Decimal | None) -> Items:
    indexes = _above_unknown_sum(page, indexes, expected) or indexes
    in_tables = [index for index in indexes if page.rows[index].table or len(page.rows[index].filled) > 2]
    by_table = without_header(page.rows, in_tables, page.known, page.style, expected)
    by_lines = from_lines(page.rows, indexes, page.known, page.style, expected)
    if by_table.whole and by_lines.whole:
        if _fits(by_table, expected) and any(_COUNTED.match(each.item.title) for each in by_lines.found):
            return by_table  # '5 | Tasse | 5,00 | 25,00': the count stands in a cell of its own
        return by_table if _fits(by_table, expected) and _says(by_table) > _says(by_lines) else by_lines
    if by_table.whole:
        return by_table
    first = page.rows[indexes[0]]
    led = first.head or first.text.rstrip().endswith((":", "："))
    if not by_lines.whole and len(indexes) > 1 and (led or first.block != page.rows[indexes[1]].block):
        below = from_lines(page.rows, indexes[1:], page.known, page.style, expected)
        if below.whole and _fits(below, expected):
            return below  # the first line was a heading of unknown words
    unpriced = {each.doubt for each in by_table.found} == {None, NO_PRICE}
    return by_table if unpriced and not by_lines.whole else by_lines


_COUNTED = re.compile(r"\d{1,6}\s{2}")


def _says(items: Items) -> int:
    """How many facts the items hold."""
    facts = [(f.item.sku, f.item.variant, f.item.unit_price, f.item.total) for f in items.found]
    return sum(fact is not None for each in facts for fact in each)


def _starts(page: Page, at_sums: set[int]) -> Iterator[tuple[int, int]]:
    """Where the items could begin, with the level of the heading above them (0: none)."""
    headings = 0
    for index in range(page.end):
        label = page.heading(index) if page.free(index) else None
        if label and label.means("items") and _items_follow(page, index, at_sums):
            yield index + 1, page.rows[index].level
            headings += 1
            if headings == MOST_HEADINGS:
                break
    seen: set[int] = set()
    for index in range(page.end):
        row = page.rows[index]
        if len(seen) >= MOST_STARTS:
            return
        if row.block not in seen and _is_priced(page, index, at_sums):
            seen.add(row.block)
            yield _back_to_title(page, index), 0


def _region(page: Page, start: int, level: int, at_sums: set[int]) -> list[int]:
    """The rows from there that can hold items, above the first sum behind them."""
    region: list[int] = []
    for index in range(start, page.end):
        if not page.free(index):
            if region:
                break
            continue
        row = page.rows[index]
        if (index in at_sums and (region or index > start)) or _ends_items(page, index, bool(region)):
            break
        if region and _is_discount(page, index):
            break
        is_title = index == start and not level and index + 1 < page.end and bool(page.labels[index + 1])
        if not row.filled or (row.level and not region and not is_title) or _is_header_line(page, index):
            continue
        if row.level and level and row.level <= level and not _has_money(page, index):
            break
        region.append(index)
    region = _behind_greeting(page, region)
    while len(region) > 1 and _heads_sums(page, region[-1], at_sums):
        region.pop()
    return region


def _behind_greeting(page: Page, region: list[int]) -> list[int]:
    """The region without 'Hallo,' and 'Bestellung 8575 (3. Mai)' between the heading and the first item."""
    begin = 0
    for place, index in enumerate(region[:_LONGEST_GREETING]):
        text = page.rows[index].text
        if _has_money(page, index) or page.labels[index]:
            break
        named = text[:1] == "[" and numbers_in_sentence(text[:200], page.known)  # '[Bestellung Nr. 8575] (3. Mai)'
        if named or (len(text) < _LONGEST_LINE and _is_greeting(page, text)) or _is_of_order(page, index):
            begin = place + 1
    return region[begin:]


_LONGEST_GREETING = 6  # rows
_LONGEST_LINE = 80  # letters


def _is_discount(page: Page, index: int) -> bool:
    """'SOMMER: 10 %  -7,90 €' below the items: a negative amount, and no quantity."""
    row = page.rows[index]
    found = page.sums.get((index, True)) or page.sums.get((index, False))
    if found is None or not found.negative or len(row.filled) > 2 or is_discount_of_item(page, index):
        return False
    if has_money(found.words):
        return False  # 'Tee – 10 Stk. zu 1,00 € – 10,00 €' has two amounts
    text = row.text.strip()  # 'Tasse – Anzahl: 1 – 9,00 €' has dashes that part
    return not leads_with_quantity(text, page.known, page.style) and not counts_pieces(text, page.known)


def _heads_sums(page: Page, index: int, at_sums: set[int]) -> bool:
    """'Summen' above the first sum, in a paragraph of their own: a heading that nobody listed."""
    row, above = page.rows[index], page.rows[index - 1]
    heading = page.heading(index)
    if heading and index + 1 in at_sums and heading.meaning.keys() == {"total"}:
        return True  # '訂單金額'
    return (
        index + 1 in at_sums
        and page.rows[index + 1].block == row.block != above.block
        and not _has_money(page, index)
        and (heading is not None or not page.labels[index])
    )


def _is_header_line(page: Page, index: int) -> bool:
    """'Artikel Stk. Einzelpreis Gesamt': a table's header after its columns were lost; 'Quantity | Price' in cells."""
    row = page.rows[index]
    if row.head and row.table and len(row.filled) > 1:
        return all(page.known.meaning(cell.text).keys() & _COLUMNS for cell in row.filled)
    words = page.rows[index].text.split()
    if not 3 <= len(words) <= 10 or page.labels[index]:
        return False
    at, labels = 0, 0
    while at < len(words):
        size = next((n for n in (3, 2, 1) if page.known.meaning(" ".join(words[at : at + n])).keys() & _COLUMNS), 0)
        if not size:
            return False
        at, labels = at + size, labels + 1
    return labels > 2


_COLUMNS = frozenset({"title", "sku", "quantity", "unit_price", "row_total", "variant", "position", "items", "tax"})


def _has_money(page: Page, index: int) -> bool:
    return has_money(page.rows[index].text)


def _is_priced(page: Page, index: int, at_sums: set[int]) -> bool:
    """Has the row a price that is no sum?"""
    if not page.free(index) or index in at_sums or len(page.rows[index].text) > 1000 or not _has_money(page, index):
        return False
    labels = page.labels[index]
    sums = any(label.means(*_NEVER_PRICES) for label in labels)
    return not sums or any(label.means(*OF_ITEMS) for label in labels)


_NEVER_PRICES = ("total", "subtotal", "shipping_cost", "discount", "tax", "payment_method", "shipping_method")


def _items_follow(page: Page, index: int, at_sums: set[int]) -> bool:
    """Is there a price within the next lines that is no sum?"""
    if index + 2 < page.end and all(_is_fact(page, below) for below in (index + 1, index + 2)):
        return False  # 'Bestelldetails' above the number and the date
    for other in range(index + 1, min(index + 14, page.end)):
        if other in at_sums:
            return False
        if _has_money(page, other):
            return True
        if (below := page.heading(other)) and below.meaning.keys() == {"items"}:
            return False  # the nearest heading counts
    return False


def _is_fact(page: Page, index: int) -> bool:
    """'Bestellnummer: 1042' in cells of its own: what is said of the whole order."""
    label = page.label(index, *_NO_ITEMS)
    return label is not None and bool(label.value) and bool(page.rows[index].table) and not label.means(*_ITEM_LABELS)


def _above_unknown_sum(page: Page, indexes: list[int], expected: Decimal | None) -> list[int] | None:
    """The rows above 'Wert der Artikel: 48,00 €', if that is what the items above it come to."""
    for place, index in enumerate(indexes[1:], 1):
        if page.rows[index].block == page.rows[index - 1].block or not _is_unknown_sum(page, index):
            continue
        items = from_lines(page.rows, indexes[:place], page.known, page.style, expected)
        found = sum_row(page.rows[index], index, page.known, page.style)
        if items.whole and found and items_sum([each.item for each in items.found]) == found.amount:
            return indexes[:place]
    return None


def _is_unknown_sum(page: Page, index: int) -> bool:
    """'Wert der Artikel: 48,00 €' in a paragraph below the items: words, a mark, and an amount alone."""
    row = page.rows[index]
    found = sum_row(row, index, page.known, page.style)
    if found is None or page.label(index, *_ITEM_LABELS):
        return False
    return len(row.filled) == 2 or ":" in row.text or "：" in row.text


def _back_to_title(page: Page, index: int) -> int:
    """An item can begin some lines above its price: go back through the paragraph (or the labelled lines)."""
    counted = _counted_above(page, index)
    if counted is not None:
        return counted
    titled = _titled_above(page, index)
    start = index if titled is None else titled
    while start > 0 and page.free(start - 1) and index - start < 8:
        above, row = page.rows[start - 1], page.rows[start]
        if above.block != row.block or above.table != row.table or _is_of_order(page, start - 1):
            break
        if _is_other_label(page, start - 1) and not (_comes_again(page, start - 1) or _is_mere_word(page, start - 1)):
            break
        start -= 1
    heading = start - 1
    if heading >= 0 and page.rows[heading].block == page.rows[start].block and _heads_others(page, heading):
        return index  # the address stands right above its first item, without a blank line
    if heading >= 0 and page.free(heading) and page.rows[start].table and not page.rows[heading].table:
        row = page.rows[heading]
        if row.head and not page.labels[heading] and len(row.text) < 120 and not _is_value(page, heading):
            return heading  # the title stands above its own small table
    if heading >= 0 and page.free(heading) and _is_title_above(page, heading, start, index):
        return heading
    described = _described_above(page, start) if start == index else None
    return start if described is None else described


def _is_value(page: Page, index: int) -> bool:
    """'PayPal' below 'Zahlungsart', and '4.8.2025' of 'Bestellung 12 – 4.8.2025', are values."""
    if not index:
        return False
    row, above = page.rows[index], page.rows[index - 1]
    return above.block == row.block and (page.heading(index - 1) is not None or above.number == row.number)


_MOST_DESCRIBING = 4  # lines


def _described_above(page: Page, index: int) -> int | None:
    """'Pullover' and 'Art.-Nr.: P-1' in a paragraph of their own above '1 x 42,00 €': where that begins."""
    if not index or not is_product(page.rows[index].text, page.style):
        return None
    first = index - 1
    while first > 0 and page.rows[first - 1].block == page.rows[index - 1].block:
        first -= 1
    rows = range(first, index)
    if len(rows) > _MOST_DESCRIBING or page.labels[first] or not all(page.free(at) for at in rows):
        return None
    labelled = all(page.label(at, "sku", "variant", "ean") for at in rows[1:])
    return first if len(rows) > 1 and labelled and not any(_has_money(page, at) for at in rows) else None


def _counted_above(page: Page, index: int) -> int | None:
    """'2 x' alone, then the title, then the price, each a paragraph of its own: the count begins the item."""
    for above in range(index - 1, max(-1, index - 7), -1):
        if not page.free(above) or _has_money(page, above) or (page.rows[above].level and above < index - 1):
            return None
        if page.labels[above] and not page.label(above, *_ITEM_LABELS):
            return None
        if is_count_alone(page.rows[above].text):
            return above if above < index - 1 else None
    return None


def _is_title_above(page: Page, heading: int, start: int, price: int) -> bool:
    """A line alone, above the lines of one item that are all labels, or amounts, and name no title: it is the title."""
    row = page.rows[heading]
    alone = heading == 0 or page.rows[heading - 1].block != row.block
    if not alone or page.labels[heading] or len(row.text) > 120 or _has_money(page, heading):
        return False
    if (
        _is_greeting(page, row.text)
        or numbers_in_sentence(row.text, page.known)
        or row.text.rstrip().endswith((".", "!", "?", ":", "：", ","))
    ):
        return False
    return all(_says_of_item(page, index) for index in range(start, min(price + 1, start + 8)))


def _is_greeting(page: Page, text: str) -> bool:
    """'Hallo Herr Muster', 'Viele Grüße'."""
    words = text.split()[:4]
    starts = [" ".join(words[:size]) for size in range(1, len(words) + 1)]
    return any(page.known.has(name, start) for start in starts for name in ("greetings", "closings"))


def _says_of_item(page: Page, index: int) -> bool:
    label = page.labels[index][0] if page.labels[index] else None
    if label and not _leads(page, index, label.words):
        return False  # 'Tasse | Anzahl: 2 | 19,00 €' names its title itself
    if label and label.value and _is_number_of_item(page, index):
        return True
    if not label and _has_money(page, index):
        text = page.rows[index].text.strip()
        if is_product(text, page.style) or not any(c.isalpha() for c in text):
            return True
    fields = label.meaning.keys() if label and label.value else leading_words(page, index).keys()
    return bool(fields & _FACTS) and not fields & {"title", "items"}


_FIRST = re.compile(r"\s*1[.)、]\s?[^\W\d]")


def _is_of_order(page: Page, index: int) -> bool:
    """'Bestellung Nr. 8575' is no item; but where the next lines have other numbers, they are of the items."""
    if _has_money(page, index) or page.label(index, "sku") or _FIRST.match(page.rows[index].text):
        return False  # '1. Duft No. 5'
    found = numbers_in_sentence(page.rows[index].text[:200], page.known)
    if found and (_is_said_otherwise(page, found) or _is_within_name(page.rows[index].text, found)):
        return False  # 'Duft No. 5' where 'Bestellung Nr.: 8575' stands elsewhere
    below = page.rows[index + 1 : min(index + 12, page.end)]
    return bool(found) and not any(
        others and others != found for others in (numbers_in_sentence(row.text[:200], page.known) for row in below)
    )


def _is_said_otherwise(page: Page, found: Sequence[tuple[str, str]]) -> bool:
    """Does a label of the order's number say another one than these?"""
    labels = (page.label(index, "number") for index in page.labelled())
    said = {key(label.value) for label in labels if label and label.firm and label.value}
    return bool(said) and said.isdisjoint(key(number) for number, _ in found)


def _is_within_name(text: str, found: Sequence[tuple[str, str]]) -> bool:
    """'Seife Nr. 4': a mere 'Nr.' behind a word."""
    number, words = found[0]
    return len(found) == 1 and len(key(words)) <= _LONGEST_SIGN and not text.strip(" #[(").startswith((words, number))


_LONGEST_SIGN = 3  # letters: 'Nr.', 'No.'


def _heads_others(page: Page, index: int) -> bool:
    """'Lieferadresse:' or 'Anmerkung:' above the lines that are its own."""
    label = page.heading(index)
    return label is not None and label.means(*_NO_ITEMS) and not label.means(*_ITEM_LABELS, "items")


def _titled_above(page: Page, index: int) -> int | None:
    """'Artikel: Tasse' above the price in the same paragraph, whatever stands between."""
    for above in range(index - 1, max(-1, index - 9), -1):
        if not page.free(above) or page.rows[above].block != page.rows[index].block:
            return None
        label = page.label(above, "title")
        if label and label.value and label.firm and not label.means("number") and not _is_of_person(page, above):
            return above
    return None


def _is_of_person(page: Page, index: int) -> bool:
    """'Nom' can be a thing's name and a person's: beside 'Prénom' or 'Téléphone' it is a person's."""
    if not page.label(index, *_NAMES):
        return False
    near = range(max(0, index - 2), min(index + 3, page.end))
    return any(page.label(other, *_NAMES, "street", "email", "phone") for other in near if other != index)


def _leads(page: Page, index: int, words: str) -> bool:
    """Does the row begin with the label, or with no words at all?"""
    row = page.rows[index]
    first = row.filled[0].lines[0] if row.filled and row.table else words
    return words in first or not any(c.isalpha() for c in first)


_NAMES = ("full_name", "first_name", "last_name")


def _comes_again(page: Page, index: int) -> bool:
    """The same label stands again further down: it belongs to each item ('Transaction: ...')."""
    words = page.labels[index][0].words
    return any(page.labels[i] and page.labels[i][0].words == words for i in range(index + 1, min(index + 20, page.end)))


def _is_number_of_item(page: Page, index: int) -> bool:
    """'Bestellnr.: 140' stands again nearby, with another number: it is the item's."""
    label = page.labels[index][0]
    return label.means("number") and any(
        other.words == label.words and other.value and other.value != label.value
        for near in range(max(0, index - 20), min(index + 20, page.end))
        for other in page.labels[near][:1]
    )


def _is_other_label(page: Page, index: int) -> bool:
    labels = page.labels[index]
    return bool(labels) and not any(label.means(*_ITEM_LABELS) for label in labels)


def _is_mere_word(page: Page, index: int) -> bool:
    """'Opakowanie: Słoik': a word for packing costs, and no amount: what was chosen of an item."""
    label = page.labels[index][0]
    costs = {"total", "subtotal", "shipping_cost", "tax"}
    named = label.meaning.keys() & set(_NO_ITEMS)
    return named <= costs and not _has_money(page, index) and not page.known.has("free", label.value)


def _ends_items(page: Page, index: int, begun: bool) -> bool:
    """A heading or label of something else ends the items."""
    row = page.rows[index]
    heading = page.heading(index)
    if (
        heading
        and not heading.means(*_ITEM_LABELS, "items")
        and (
            row.head
            or heading.means(
                "billing_address", "shipping_address", "customer", "note", "payment_method", "shipping_method"
            )
        )
    ):
        return True
    labels = page.labels[index]
    if labels and not any(label.means(*_ITEM_LABELS) for label in labels) and labels[0].value and begun:
        return labels[0].means(*_NO_ITEMS) and not (_is_mere_word(page, index) or _is_number_of_item(page, index))
    return begun and len(row.text) < 60 and page.known.has("closings", row.text.strip(" ,.!"))

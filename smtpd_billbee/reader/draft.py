"""What one body of a mail says, before it is judged: every field with where it stood, and the doubts on the way.

The rows are looked at in the order in which they protect each other: a customer's words first (they must not supply
data), then the items, the sums, the addresses, and what stands behind single labels.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import amounts_in
from smtpd_billbee.reader.columns import header_fields
from smtpd_billbee.reader.dates import Habit
from smtpd_billbee.reader.items import Items, from_lines, items_sum
from smtpd_billbee.reader.notes import find_notes
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people import People, find_people
from smtpd_billbee.reader.scalars import code_in_label, find_scalars
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.sums import SumRow, Sums, choose, sum_row
from smtpd_billbee.reader.tables import from_table, without_header
from smtpd_billbee.reader.words import Dictionary


@dataclass
class Draft:
    """The fields of one body.  `values` by the order's field names; addresses and items apart."""

    part: Part
    values: dict[str, str | int | Decimal | bool] = field(default_factory=dict)
    billing: Address | None = None
    shipping: Address | None = None
    items: tuple[Item, ...] = ()
    origins: dict[str, Origin] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    sums: Sums = field(default_factory=Sums)
    currency_signs: list[str] = field(default_factory=list)
    text: str = ""  # all rows, to look something up in
    style: str = ""  # the mark of decimals

    @property
    def is_whole(self) -> bool:
        """Number, an item and the total: what an order needs."""
        return "number" in self.values and bool(self.items) and "total" in self.values

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much of an order was read."""
        whole = int("number" in self.values) + int(bool(self.items)) + int("total" in self.values)
        return whole, int(self.sums.balanced), len(self.values) + len(self.items)


def read_rows(rows: Sequence[Row], known: Dictionary, part: Part, habit: Habit, subject: str) -> Draft:
    """Everything that one body says of an order."""
    page = Page(rows, known, part)
    draft = Draft(part, text="\n".join(row.text for row in page.rows), style=page.style)
    _cut_legal(page)
    notes = find_notes(page)
    items, sum_rows = _items_and_sums(page, draft)
    page.claim(row.index for row in sum_rows if row.fields)
    people = find_people(page)
    _take_people(people, draft)
    find_scalars(page, draft, habit, subject)
    if notes:
        draft.values["note"] = notes.text
        draft.origins["note"] = notes.origin
    if "small_business" in known.phrases.names_in(draft.text.casefold()):
        draft.values["small_business"] = True
    draft.languages = page.languages
    _take_items(page, items, draft)
    _take_sums(page, sum_rows, draft)
    return draft


def _cut_legal(page: Page) -> None:
    """Terms and conditions end the order: a heading that names them, once sums were seen above it."""
    seen_money = False
    for index, row in enumerate(page.rows):
        text = row.text
        if seen_money and text.strip() == "--":
            page.end = index  # RFC 3676 4.3: a signature
            return
        if seen_money and len(text) <= 90 and page.known.has("legal_headings", text.strip(" .:*-–=#0123456789")):
            page.end = index
            return
        seen_money = seen_money or any(each.is_money for each in amounts_in(text, page.style))


def _items_and_sums(page: Page, draft: Draft) -> tuple[Items, list[SumRow]]:
    candidates = _sum_rows(page)
    expected = _expected(candidates)
    for index in range(page.end):
        if page.free(index) and header_fields(page.rows[index], page.known):
            items, end = from_table(page.rows[: page.end], index, page.known, page.style, expected)
            if items.found:
                page.claim(items.rows)
                page.claim([index])
                _count_header(page, index)
                more = _tables_again(page, end, expected)
                items = Items((*items.found, *more.found), items.rows | more.rows, items.doubts + more.doubts)
                return items, _sum_rows(page)
    return _without_header(page, candidates, expected)


def _tables_again(page: Page, start: int, expected: Decimal | None) -> Items:
    """A second item table with a header of its own (one per supplier or tax rate)."""
    found: list[Items] = []
    index = start
    while index < page.end:
        if page.free(index) and header_fields(page.rows[index], page.known):
            items, end = from_table(page.rows[: page.end], index, page.known, page.style, None)
            page.claim([index])
            if items.found:
                page.claim(items.rows)
                found.append(items)
            index = max(end, index + 1)
        else:
            index += 1
    return Items(tuple(f for each in found for f in each.found), frozenset().union(*(each.rows for each in found)))


def _count_header(page: Page, index: int) -> None:
    for meaning in header_fields(page.rows[index], page.known) or ():
        for name in ("title", "sku", "quantity", "unit_price", "row_total", "variant"):
            for language in meaning.get(name, ()):
                page.languages[language] += 2


def _without_header(page: Page, candidates: list[SumRow], expected: Decimal | None) -> tuple[Items, list[SumRow]]:
    indexes = _item_region(page, candidates)
    if not indexes:
        return Items((), frozenset()), candidates
    indexes = _above_unknown_sum(page, indexes, expected) or indexes
    in_tables = [index for index in indexes if page.rows[index].table or len(page.rows[index].filled) > 2]
    by_table = without_header(page.rows, in_tables, page.known, page.style, expected)
    by_lines = from_lines(page.rows, indexes, page.known, page.style, expected)
    items = by_table if by_table.whole and not by_lines.whole else by_lines
    if by_table.whole and by_lines.whole and expected is not None:
        sums = [items_sum([f.item for f in each.found]) for each in (by_table, by_lines)]
        fits = [each is not None and abs(each - expected) <= Decimal("0.02") for each in sums]
        items = by_table if fits[0] else by_lines
    page.claim(items.rows)
    return items, [row for row in candidates if row.index not in items.rows]


def _item_region(page: Page, sums: Sequence[SumRow]) -> list[int]:
    """The rows that can hold items: below their heading (or from the first price), above the first sum behind it."""
    start = next(
        (
            i
            for i in range(page.end)
            if page.free(i) and (label := page.heading(i)) and label.means("items") and _items_follow(page, i, sums)
        ),
        None,
    )
    at_sums = {row.index for row in sums if row.fields}
    heading_level = page.rows[start].level if start is not None else 0
    if start is None:
        start = _first_priced(page, at_sums)
        if start is None:
            return []
        start -= 1
    else:
        page.claim([start])
    region: list[int] = []
    for index in range(start + 1, page.end):
        if not page.free(index):
            if region:
                break
            continue
        row = page.rows[index]
        if index in at_sums and (region or index > start + 1):
            break
        if _ends_items(page, index, bool(region)):
            break
        if not row.filled or (row.level and not region):
            continue
        if (
            row.level
            and heading_level
            and row.level <= heading_level
            and not any(each.is_money for each in amounts_in(row.text, page.style))
        ):
            break
        region.append(index)
    return region


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


def _items_follow(page: Page, index: int, sums: Sequence[SumRow]) -> bool:
    """Is there a price within the next lines that is no sum?"""
    at_sums = {row.index for row in sums if row.fields}
    for other in range(index + 1, min(index + 14, page.end)):
        if other in at_sums:
            return False
        if any(each.is_money for each in amounts_in(page.rows[other].text, page.style)):
            return True
    return False


def _first_priced(page: Page, at_sums: set[int]) -> int | None:
    for index in range(page.end):
        row = page.rows[index]
        if (
            not page.free(index)
            or index in at_sums
            or not any(each.is_money for each in amounts_in(row.text, page.style))
        ):
            continue
        labels = page.labels[index]
        if any(label.means("total", "subtotal", "shipping_cost", "discount", "tax") for label in labels) and not any(
            label.means(*_OF_ITEMS) for label in labels
        ):
            continue
        if len(row.text) > 400:
            continue
        return _back_to_title(page, index)
    return None


def _back_to_title(page: Page, index: int) -> int:
    """An item can begin some lines above its price: go back through the paragraph (or the labelled lines)."""
    titled = _titled_above(page, index)
    start = index if titled is None else titled
    while start > 0 and page.free(start - 1) and index - start < 8:
        above, row = page.rows[start - 1], page.rows[start]
        if (
            above.block != row.block
            or above.table != row.table
            or (_is_other_label(page, start - 1) and not _comes_again(page, start - 1))
        ):
            break
        start -= 1
    return start


def _titled_above(page: Page, index: int) -> int | None:
    """'Artikel: Tasse' above the price in the same paragraph, whatever stands between."""
    for above in range(index - 1, max(-1, index - 9), -1):
        if not page.free(above) or page.rows[above].block != page.rows[index].block:
            return None
        label = page.label(above, "title")
        if label and label.value and label.firm and not label.means("number"):
            return above
    return None


def _comes_again(page: Page, index: int) -> bool:
    """The same label stands again further down: it belongs to each item ('Transaction: ...')."""
    words = page.labels[index][0].words
    return any(page.labels[i] and page.labels[i][0].words == words for i in range(index + 1, min(index + 20, page.end)))


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


def _is_other_label(page: Page, index: int) -> bool:
    labels = page.labels[index]
    return bool(labels) and not any(label.means(*_ITEM_LABELS) for label in labels)


_NO_ITEMS = (
    "payment_method", "shipping_method", "number", "ordered_at", "billing_address", "shipping_address", "customer",
    "email", "phone", "total", "subtotal", "shipping_cost", "tax", "note", "customer_number",
)  # fmt: skip


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
        return labels[0].means(*_NO_ITEMS)
    return begun and len(row.text) < 60 and page.known.has("closings", row.text.strip(" ,.!"))


def _sum_rows(page: Page) -> list[SumRow]:
    found: list[SumRow] = []
    skip = -1
    for index in range(page.end):
        if not page.free(index) or index == skip:
            continue
        below = page.rows[index + 1] if index + 1 < page.end and page.free(index + 1) else None
        row = sum_row(page.rows[index], index, page.known, page.style, below)
        if row is None or _is_price_of_item(page, index):
            continue
        if row.fields or (row.negative and found):
            found.append(row)
        if row.from_below:
            skip = index + 1
    return found


_OF_ITEMS = ("sku", "quantity", "unit_price", "variant", "ean")


def _is_price_of_item(page: Page, index: int) -> bool:
    """'Summe: 37,80 EUR' among 'SKU: ...' and 'Menge: 3' is the price of an item."""
    label = page.label(index, "row_total", "unit_price")
    if label is None:
        return _is_title_of_item(page, index)
    block = page.rows[index].block
    for step in (-1, 1):
        for other in (index + step, index + 2 * step):
            if not 0 <= other < page.end or page.rows[other].block != block:
                break
            if page.label(other, *_OF_ITEMS):
                return True
            if not page.label(other, "row_total", "unit_price", "tax"):
                break
    return False


def _is_title_of_item(page: Page, index: int) -> bool:
    """'Gutschein 25 EUR' above 'SKU: GS25' is a thing that was bought."""
    below = index + 1
    if (
        below >= page.end
        or page.rows[below].block != page.rows[index].block
        or page.rows[below].table != page.rows[index].table
    ):
        return False
    label = page.label(below, "sku", "quantity", "variant")
    return label is not None and bool(label.value) and not any(each.firm and each.value for each in page.labels[index])


def _expected(rows: Sequence[SumRow]) -> Decimal | None:
    """What the items should come to: the subtotal, if one is said beyond doubt, else total less costs."""
    sums = choose(rows, None)
    if "subtotal" in sums.values:
        return sums.values["subtotal"]
    total = sums.values.get("total")
    if total is None:
        return None
    zero = Decimal(0)
    values = sums.values
    return total - values.get("shipping_cost", zero) - values.get("payment_fee", zero) + values.get("discount", zero)


def _take_people(people: People, draft: Draft) -> None:
    draft.billing, draft.shipping = people.billing, people.shipping
    draft.origins |= people.origins
    draft.doubts += people.doubts
    for name, (value, origin) in people.facts.items():
        draft.values[name] = value
        draft.origins[name] = origin


def _take_items(page: Page, items: Items, draft: Draft) -> None:
    draft.items = tuple(found.item for found in items.found)
    draft.doubts += items.doubts
    for number, found in enumerate(items.found):
        draft.doubts += [f"item {number + 1}: {found.doubt}"] if found.doubt else []
        if found.currency:
            draft.currency_signs.append(found.currency)
        for f in ("title", "quantity", "sku", "variant", "unit_price", "total", "tax_rate"):
            if getattr(found.item, f) is not None:
                draft.origins[f"items.{number}.{f}"] = page.origin(found.row, found.label, found.text)


def _add_subtotal(page: Page, rows: Sequence[SumRow], sums: Sums, items: Decimal | None) -> None:
    """An amount of unknown name above the total that is just what the items come to is the subtotal."""
    if "subtotal" in sums.values or items is None or "total" not in sums.values:
        return
    last = max(row.index for row in sums.rows.values())
    first = min(row.index for row in sums.rows.values())
    for index in range(max(0, first - 2), last):
        if index in page.claimed or page.labels[index]:
            continue
        found = sum_row(page.rows[index], index, page.known, page.style, page.rows[index + 1])
        if found and not found.fields and found.amount == items:
            sums.values["subtotal"] = items
            sums.rows["subtotal"] = found
            return


def _is_unexplained(page: Page, rows: Sequence[SumRow], sums: Sums, items: Decimal | None) -> bool:
    """Is there an amount of unknown meaning in the run of the sums, above all the total, that no other explains?

    In a language that we do not know, only the subtotal may be understood, and look like the total.
    """
    used = {row.index for row in sums.rows.values()}
    if not used or "total" not in sums.values:
        return False
    known = [*sums.values.values(), *([items] if items is not None else [])]
    tax = sums.values.get("tax_total", Decimal(0))
    fine = {round(value + sign * tax, 2) for value in known for sign in (-1, 0, 1)} | {Decimal(0)}
    blocks = {page.rows[index].block for index in used}
    for index in range(min(used), page.end):
        row = page.rows[index]
        if row.block not in blocks or index in used or index in page.claimed:
            continue
        found = sum_row(row, index, page.known, page.style)
        if found and not found.fields and found.amount > sums.values["total"] and round(found.amount, 2) not in fine:
            return True
    return False


_NAMES = ("subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total")


def _take_sums(page: Page, rows: Sequence[SumRow], draft: Draft) -> None:
    items = items_sum(draft.items)
    sums = choose(rows, items)
    draft.sums = sums
    draft.doubts += sums.doubts
    _add_subtotal(page, rows, sums, items)
    if _is_unexplained(page, rows, sums, items):
        draft.doubts.append("an amount next to the sums was not understood")
    for name in _NAMES:
        if name not in sums.values:
            continue
        row = sums.rows[name]
        draft.values[name] = sums.values[name]
        draft.origins[name] = page.origin(row.index, row.words, " ".join(page.rows[row.index].text.split()))
        for language in frozenset[str]().union(*(row.meaning.get(f, frozenset()) for f in row.fields)):
            draft.languages[language] += 4
        if row.currency:
            draft.currency_signs.append(row.currency)
        if (
            name == "discount"
            and "discount_code" not in draft.values
            and (code := code_in_label(row.words, page.known))
        ):
            draft.values["discount_code"], draft.origins["discount_code"] = code, draft.origins[name]

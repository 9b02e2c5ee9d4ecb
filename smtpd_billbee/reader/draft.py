"""What one body of a mail says, before it is judged: every field with where it stood, and the doubts on the way.

The rows are looked at in the order in which they protect each other: a customer's words first (they must not supply
data), then the items, the sums, the addresses, and what stands behind single labels.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.columns import header_fields
from smtpd_billbee.reader.dates import Habit
from smtpd_billbee.reader.item_codes import with_codes
from smtpd_billbee.reader.item_origins import item_origins
from smtpd_billbee.reader.items import Items, is_unsaid, items_sum, row_sum
from smtpd_billbee.reader.labels import SUMS, leading, sum_label
from smtpd_billbee.reader.leftovers import with_left_over
from smtpd_billbee.reader.notes import find_notes
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people import find_people
from smtpd_billbee.reader.people_blocks import prefixed_blocks
from smtpd_billbee.reader.people_read import People
from smtpd_billbee.reader.regions import find_items
from smtpd_billbee.reader.scalars import code_in_label, find_scalars, payment_type
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.shipping import method_beside
from smtpd_billbee.reader.sum_rows import also_expected, expected_items, find_sums
from smtpd_billbee.reader.sum_words import SumRow, sum_row
from smtpd_billbee.reader.sums import Sums, choose, sum_of, with_listed_discount
from smtpd_billbee.reader.table_items import MAY_BE_COST
from smtpd_billbee.reader.tables import from_table
from smtpd_billbee.reader.words import Dictionary, key


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
    def is_sure(self) -> bool:
        """Whole, without a doubt, adding up, with every item priced and somebody to send it to."""
        return (
            self.is_whole
            and self.sums.balanced
            and not self.doubts
            and all(item.total is not None or item.unit_price is not None for item in self.items)
            and self.billing is not None
            and bool(self.billing.street and self.billing.city and (self.billing.last_name or self.billing.company))
        )

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much of an order was read."""
        whole = int("number" in self.values) + int(bool(self.items)) + int("total" in self.values)
        return whole, int(self.sums.balanced), len(self.values) + len(self.items)


_STATE_AND_ZIP = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")


def _of_language(habit: Habit, page: Page) -> Habit:
    """English is written with the day first and with the month first: 'Springfield, IL 62701' tells which."""
    if page.language != "en":
        return habit
    american = any(_STATE_AND_ZIP.search(row.text) for row in page.rows)
    return replace(habit, month_first=american, mixed=not american)


def read_rows(rows: Sequence[Row], known: Dictionary, part: Part, habit: Habit, subject: str) -> Draft:
    """Everything that one body says of an order."""
    page = Page(rows, known, part)
    draft = Draft(part, text=page.text, style=page.style)
    _cut_legal(page)
    _leave_shop_name(page, subject)
    notes = find_notes(page)
    prefixed = prefixed_blocks(page)
    items, sum_rows = _items_and_sums(page, draft)
    page.claim(row.index for row in sum_rows if row.fields and not row.shared)
    people = find_people(page, prefixed)
    _take_people(people, draft)
    find_scalars(page, draft, _of_language(habit, page), subject)
    _leave_shop_email(draft)
    if notes:
        draft.values["note"] = notes.text
        draft.origins["note"] = notes.origin
        draft.doubts += [notes.doubt] if notes.doubt else []
    if "tax_total" not in draft.values and "small_business" in known.phrases.names_in(draft.text.casefold()):
        draft.values["small_business"] = True
    draft.languages = page.languages
    _take_items(page, items, draft)
    _take_sums(page, sum_rows, draft)
    return draft


def _leave_shop_email(draft: Draft) -> None:
    """An e-mail address at the shop's own host is the shop's, not the customer's."""
    host = str(draft.values.get("site", "")).casefold().removeprefix("www.").removeprefix("shop.")
    if host and draft.billing and draft.billing.email and draft.billing.email.casefold().endswith(f"@{host}"):
        draft.billing = replace(draft.billing, email=None)
        draft.origins.pop("billing_address.email", None)


_SHOP_FIRST = re.compile(r"\s*(?:[^\W\d_]{1,4}:\s?){0,3}\[(?P<name>[^\[\]#]{3,60})\]")


def _leave_shop_name(page: Page, subject: str) -> None:
    """'[Tassenladen]: Neue Bestellung': a line that says just this name is the shop's, and no line of an address."""
    found = _SHOP_FIRST.match(subject)
    if found and any(c.isalpha() for c in found["name"]):
        page.claim(index for index, row in enumerate(page.rows) if row.text == found["name"])


def _cut_legal(page: Page) -> None:
    """Terms and conditions end the order: a heading that names them, once sums were seen above it."""
    seen_money = False
    for index, row in enumerate(page.rows):
        text = row.text
        if seen_money and text.strip() == "--":
            page.end = index  # RFC 3676 4.3: a signature
            return
        if seen_money and len(text) <= 90 and page.known.has("legal_headings", text.strip(" .:*-–=#0123456789")):
            if page.label(index, "note") and text.rstrip().endswith((":", "：")):
                continue  # 'お問い合わせ：' is where EC-CUBE puts the customer's words, above the items
            page.end = index
            return
        seen_money = seen_money or has_money(text)


def _items_and_sums(page: Page, draft: Draft) -> tuple[Items, list[SumRow]]:
    candidates = find_sums(page)
    expected = expected_items(candidates)
    for index in range(page.end):
        if page.free(index) and header_fields(page.rows[index], page.known):
            items, end = _from_table(page, index, candidates, expected)
            if items.found:
                page.claim(items.rows)
                page.claim([index])
                _count_header(page, index)
                more = _tables_again(page, end, expected)
                items = Items((*items.found, *more.found), items.rows | more.rows, items.doubts + more.doubts)
                return _with_discounts(with_left_over(with_codes(items), page, index), find_sums(page), page)
    items = find_items(page, candidates, expected)
    sums = [row for row in candidates if row.index not in items.rows]
    return _with_discounts(with_left_over(with_codes(items), page, None), sums, page)


def _with_costs(items: Items, sums: list[SumRow], page: Page) -> tuple[Items, list[SumRow]]:
    """'Versand DHL | 1 | 4,90 €' among the items is a cost, if the sums come out so and no other way."""
    at = next((at for at, each in enumerate(items.found) if each.doubt == MAY_BE_COST), None)
    if at is None:
        return items, sums  # as nearly always
    values = choose(sums, None).values
    if "total" not in values or "shipping_cost" in values:
        return items, sums
    found, rest = items.found[at], items.found[:at] + items.found[at + 1 :]
    amount, others = row_sum(found.item), items_sum([each.item for each in rest])
    meaning = sum_label(found.item.title, page.known)
    if amount is None or others is None or others + amount + sum_of(values) != values["total"]:
        return items, sums
    name = "payment_fee" if "shipping_cost" not in meaning else "shipping_cost"
    row = SumRow(found.row, found.item.title, amount, (name,), meaning, found.currency)
    return replace(items, found=rest), [*sums, row]


def _with_discounts(items: Items, sums: list[SumRow], page: Page) -> tuple[Items, list[SumRow]]:
    """'1 x Mengenrabatt -8,00 €' among the items is no thing, but a discount."""
    items, sums = _with_costs(items, sums, page)
    kept = []
    for each in items.found:
        amount = row_sum(each.item)
        meaning = sum_label(each.item.title, page.known) if amount is not None and amount < 0 else {}
        if amount is not None and "discount" in meaning and not each.item.sku:
            row = SumRow(each.row, each.item.title, -amount, ("discount",), meaning, each.currency, negative=True)
            sums = [*sums, row]
        else:
            kept.append(each)
    return (items, sums) if len(kept) in (0, len(items.found)) else (replace(items, found=tuple(kept)), sums)


def _from_table(page: Page, index: int, candidates: Sequence[SumRow], expected: Decimal | None) -> tuple[Items, int]:
    rows = page.rows[: page.end]
    items, end = from_table(rows, index, page.known, page.style, expected)
    for other in also_expected(candidates) if is_unsaid(items) else ():
        again, _ = from_table(rows, index, page.known, page.style, other)
        if again.whole:
            return again, end
    return items, end


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
    draft.origins |= (origins := item_origins(page, items))
    for number, found in enumerate(items.found):
        where = origins.get(f"items.{number}.total") or origins.get(f"items.{number}.unit_price")
        if found.currency and where:
            draft.origins.setdefault("currency", where)
            break


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


def _add_tax(page: Page, sums: Sums) -> None:
    """'Gesamt | 20,56 € | 128,80 €' below a column 'Steuer': where no row of its own says the tax."""
    row = sums.rows.get("total")
    if row is None or "tax_total" in sums.values or row.from_below or not page.rows[row.index].table:
        return
    cells = page.rows[row.index].filled
    if len(cells) < _FEWEST_CELLS:
        return
    for index in range(row.index - 1, -1, -1):
        if page.rows[index].table != page.rows[row.index].table:
            return
        if heads := header_fields(page.rows[index], page.known):
            starts = {
                cell.start
                for cell, meaning in zip(page.rows[index].cells, heads, strict=True)
                if meaning.keys() == {"tax"}
            }
            amounts = [each for cell in cells if cell.start in starts for each in amounts_in(cell.text, page.style)]
            if len(amounts) == 1 and amounts[0].is_money and 0 < amounts[0].value < row.amount:
                sums.values["tax_total"], sums.rows["tax_total"] = amounts[0].value, row
            return


_FEWEST_CELLS = 3  # the name, the tax, the total


def _is_unexplained(page: Page, rows: Sequence[SumRow], sums: Sums, items: Decimal | None) -> bool:
    """Is there an amount of unknown meaning in the run of the sums, above all the total, that no other explains?

    In a language that we do not know, only the subtotal may be understood, and look like the total.
    """
    used = {row.index for row in sums.rows.values()}
    if not used or "total" not in sums.values:
        return False
    if _holds_several(page, sums.rows["total"]):
        return True
    known = [*sums.values.values(), *([items] if items is not None else [])]
    tax = sums.values.get("tax_total", Decimal(0))
    # What is called the total may be what the items come to, and the costs below it have unknown names.
    bare = items == sums.values["total"] and "subtotal" not in sums.values and not sums.values.get("shipping_cost")
    signs = (0,) if bare and any(row.on_top for row in rows) else (-1, 0, 1)
    fine = {round(value + sign * tax, 2) for value in known for sign in signs} | {Decimal(0)}
    blocks = {page.rows[index].block for index in used}
    near = max(used) + _NEAR if bare else -1
    for index in range(min(used), page.end):
        row = page.rows[index]
        if not (index <= near or row.block in blocks) or index in used or index in page.claimed:
            continue
        if page.labels[index] and page.label(index, *SUMS) is None:
            continue  # 'Bestellnummer | 1733'
        amount = _unnamed(page, index)
        if amount is not None and amount > sums.values["total"] and round(amount, 2) not in fine:
            return True
    return False


_NEAR = 6  # rows below the sums, in which the total could stand under a name that nobody listed
_MOST_AMOUNTS = 2  # in one line: 'Gesamt: 24,90 € (inkl. 3,98 € MwSt.)'


def _unnamed(page: Page, index: int) -> Decimal | None:
    """The amount of a row whose words are unknown, or that is an amount alone."""
    row = page.rows[index]
    found = sum_row(row, index, page.known, page.style)
    if found is not None:
        return None if found.fields else found.amount
    amounts = (
        [each for each in amounts_in(row.text, page.style) if each.sign] if len(row.text) < _LONGEST_AMOUNT else []
    )
    return amounts[0].value if len(amounts) == 1 and not any(c.isalpha() for c in row.text[amounts[0].end :]) else None


_LONGEST_AMOUNT = 24  # letters


def _holds_several(page: Page, row: SumRow) -> bool:
    """Stands the total in a line with more amounts, that could not be taken apart?"""
    cells = page.rows[row.index].filled
    if len(cells) != 1 or row.from_below:
        return False
    return sum(1 for each in amounts_in(cells[0].text, page.style) if each.sign) > _MOST_AMOUNTS


_EXTRAS = ("payment_fee", "discount")  # of 0,00 € there is none; shipping of 0,00 € is free shipping
_NAMES = ("subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total")


def _take_sums(page: Page, rows: Sequence[SumRow], draft: Draft) -> None:
    items = items_sum(draft.items)
    sums = with_listed_discount(choose(rows, items), rows)
    draft.sums = sums
    draft.doubts += sums.doubts
    _add_subtotal(page, rows, sums, items)
    _add_tax(page, sums)
    if _is_unexplained(page, rows, sums, items):
        draft.doubts.append("an amount next to the sums was not understood")
    if "payment_method" not in draft.values:
        _take_payment([row for row in rows if row.by_payment], draft, page)
    for name in _NAMES:
        if name not in sums.values or (name in _EXTRAS and not sums.values[name]):
            continue
        row = sums.rows[name]
        draft.values[name] = sums.values[name]
        draft.origins[name] = page.origin(row.index, row.words, " ".join(page.rows[row.index].text.split()))
        for language in frozenset[str]().union(*(row.meaning.get(f, frozenset()) for f in row.fields)):
            draft.languages[language] += 4
        if row.currency:
            draft.currency_signs.append(row.currency)
            draft.origins.setdefault("currency", draft.origins[name])
        if name == "shipping_cost" and "shipping_method" not in draft.values:
            _take_method([row, *(each for each in rows if "shipping_cost" in each.fields)], draft, page)
        if (
            name == "discount"
            and "discount_code" not in draft.values
            and (code := code_in_label(row.words, page.known) or code_in_label(row.aside, page.known))
        ):
            draft.values["discount_code"], draft.origins["discount_code"] = code, draft.origins[name]


def _take_payment(rows: Sequence[SumRow], draft: Draft, page: Page) -> None:
    """'Zahlungsart Nachnahme | 7,90 €': where only the row of its cost says how it is paid."""
    for row in rows:
        found = leading(row.words, page.known, frozenset({"payment_method"}))
        name = found.value.strip(" ()") if found else ""
        if key(name) in page.known.payments:
            draft.values["payment_method"], draft.values["payment_type"] = name, payment_type(name, page.known)
            draft.origins["payment_method"] = page.origin(
                row.index, row.words, " ".join(page.rows[row.index].text.split())
            )
            return


def _take_method(rows: Sequence[SumRow], draft: Draft, page: Page) -> None:
    for row in rows:
        if method := method_beside(row, page.known):
            draft.values["shipping_method"] = method
            draft.origins["shipping_method"] = page.origin(
                row.index, row.words, " ".join(page.rows[row.index].text.split())
            )
            return

"""Which rows of a page are sums, and what they say of the items."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import beside_labels, is_shipping, names_discount
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.parts_codes import is_code_alone
from smtpd_billbee.reader.parts_labels import counts_pieces, sku_leading
from smtpd_billbee.reader.parts_quantity import is_product
from smtpd_billbee.reader.sum_words import SumRow, sum_row, tax_within
from smtpd_billbee.reader.sums import choose, sum_of
from smtpd_billbee.reader.words import Meaning, key

OF_ITEMS = ("sku", "quantity", "unit_price", "variant", "ean")
_BESIDE_TOTAL = ("quantity", "unit_price", "variant")  # 'Referenz: 7' below the total is the order's


def find_sums(page: Page) -> list[SumRow]:
    """Every free row that ends in an amount and has a sum's name."""
    found: list[SumRow] = []
    skip = -1
    above: SumRow | None = None
    of_items: set[str] = set()  # words that name the prices of items
    last: SumRow | None = None  # that could be an item's price or the order's total
    for index in range(page.end):
        if not page.free(index) or index == skip:
            continue
        below = index + 1 < page.end and page.free(index + 1)
        if (index, below) not in page.sums:
            under = page.rows[index + 1] if below else None
            page.sums[index, below] = sum_row(page.rows[index], index, page.known, page.style, under)
        row = page.sums[index, below]
        if found and found[-1].index == index - 1 and (within := _tax_below(page, index, found[-1])) is not None:
            found[-1] = replace(found[-1], within=within)
            continue
        if row is None or key(row.words) in of_items or is_discount_of_item(page, index):
            continue
        if _is_price_of_item(page, index):
            of_items |= _never_of_sums(page, index)
            last = row if "total" in row.fields else None
            continue
        if not row.fields and _is_named_by_shipping(page, row, _is_near(found, index) or _is_led(page, index)):
            row = replace(row, fields=("shipping_cost",))
        if not row.fields and _costs_in_brackets(page, index):
            row = replace(row, fields=("shipping_cost",), shared=True)
        if row.fields and not found and above and above.index == index - 1:
            found.append(above)  # 'SOMMER: 10 %  -7,90 €' above the first sum that we know; 'Netto: 116,40 €', too
        if row.fields or ((row.negative or row.rated or row.is_paid or row.by_payment) and found):
            found.append(row)
        above = row if row.negative and not has_money(row.words) else _net_alone(row)  # 'Tee, 10 x 1,00 - 10,00'
        if row.from_below:
            skip = index + 1
    return [*found, last] if last and _is_last_word(page, last, found) else found


def _tax_below(page: Page, index: int, above: SumRow) -> Decimal | None:
    """'(inkl. 13,86 € MwSt.)' right below the total, where the line says nothing else."""
    text = page.rows[index].text
    if "total" not in above.fields or above.within is not None or not has_money(text):
        return None
    row = page.sums[index, index + 1 < page.end and page.free(index + 1)]
    return tax_within(text, page.known, page.style) if row is None or not row.fields else None


def _is_last_word(page: Page, row: SumRow, found: Sequence[SumRow]) -> bool:
    """'Gesamtsumme: 12,00 EUR' right below the only item: nothing else is called the total, and no amount is above it.

    It must be the last amount, and the largest, of the mail: the total could stand elsewhere in words that nobody
    listed.
    """
    if any("total" in other.fields for other in found) or any(other.index > row.index for other in found):
        return False
    for index in range(page.end):
        text = page.rows[index].text
        if not page.free(index) or not has_money(text):
            continue
        if index > row.index + row.from_below or any(
            each.is_money and each.value > row.amount for each in amounts_in(text, page.style)
        ):
            return False
    return True


def _net_alone(row: SumRow) -> SumRow | None:
    """'Netto: 116,40 EUR' right above the first sum is one; in an item it is a price."""
    bare = not row.fields and key(row.words) in beside_labels("net")
    return replace(row, fields=("subtotal",), net=True) if bare else None


_IN_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{1,24})[)）\]][ .,;，。；]*$")


def _costs_in_brackets(page: Page, index: int) -> bool:
    """'Versandart: DHL Paket (4,90 €)': what the way of shipping costs."""
    label = page.label(index, "shipping_method")
    found = _IN_BRACKETS.search(label.value[-40:]) if label else None
    return found is not None and has_money(found[1])


_NEAR = 2  # rows


def _is_near(found: Sequence[SumRow], index: int) -> bool:
    """Does a sum stand right above?  An item, too, can be called like a carrier ('UPS 600 VA')."""
    return bool(found) and index - found[-1].index <= _NEAR


def _is_led(page: Page, index: int) -> bool:
    """'FedEx Ground: | $4.95' in the last cells of a table, with a sum right below."""
    row, below = page.rows[index], page.rows[index + 1] if index + 1 < page.end else None
    if below is None or not row.table or row.cells[0].lines or len(row.filled) != 2:
        return False
    return below.table == row.table and page.label(index + 1, "subtotal", "total", "discount", "tax") is not None


def _is_named_by_shipping(page: Page, row: SumRow, among_sums: bool) -> bool:
    """'DHL Paket (Deutschland): 5,95 €': the way of shipping that the mail says, or a carrier among the sums."""
    words = row.words.partition("(")[0].strip()
    if row.negative or row.rated or not words:
        return False
    if {key(row.words), key(words)} & page.shipping_methods:
        return True
    return among_sums and is_shipping(words, page.known)


def _is_price_of_item(page: Page, index: int) -> bool:
    """'Summe: 37,80 EUR' among 'SKU: ...' and 'Menge: 3' is the price of an item."""
    label = page.label(index, "row_total", "unit_price")
    if label is None:
        return _is_price_without_colon(page, index) or _is_title_of_item(page, index)
    if counts_pieces(label.value, page.known):
        return True
    block = page.rows[index].block
    if label.means("subtotal") and (_stands_out_of(page, index) or _is_behind_row_total(page, index)):
        return False
    for step in (-1, 1):
        for other in (index + step, index + 2 * step):
            if not 0 <= other < page.end or page.rows[other].block != block or not page.free(other):
                break
            if page.label(other, *(OF_ITEMS if step < 0 or not label.means("total") else _BESIDE_TOTAL)):
                return True
            if not page.label(other, "row_total", "unit_price", "tax") and not (step < 0 and _is_discount(page, other)):
                break
    return False


def is_discount_of_item(page: Page, index: int) -> bool:
    """'Nachlass 10 %: -35,60' between 'Einzelpreis: 89,00' and 'Summe: 320,40' is taken off that item."""
    if not 0 < index < page.end - 1 or not _is_discount(page, index):
        return False
    above, below = page.label(index - 1, "unit_price"), page.label(index + 1, "row_total", "total")
    same = page.rows[index - 1].block == page.rows[index].block == page.rows[index + 1].block
    return same and above is not None and below is not None and bool(above.value and below.value)


def _is_discount(page: Page, index: int) -> bool:
    words, colon, value = page.rows[index].text.partition(":")
    return bool(colon) and has_money(value) and names_discount(words, page.known)


def _stands_out_of(page: Page, index: int) -> bool:
    """'Artikelsumme: 95,70 EUR' to the left of the lines of the last item, which ended with a price of its own."""
    row, above = page.rows[index], page.rows[index - 1] if index else page.rows[index]
    return row.indent < above.indent and row.block == above.block and page.label(index - 1, "row_total") is not None


def _is_behind_row_total(page: Page, index: int) -> bool:
    """'Zwischensumme | 50,00 €' right below 'Gesamtpreis | 12,00 €': an item has one price of its own for all.

    'Preis' can be of one piece or of all, and 'Summe' of all items: below 'Einzelpreis' it is of all pieces.
    """
    above = page.label(index - 1, "row_total") if index and page.free(index - 1) else None
    if above is None or not above.value:
        return False
    return not above.means("subtotal", "unit_price") or (index > 1 and page.label(index - 2, "unit_price") is not None)


_LEAD = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .-](?=[^\W\d_])){0,30}(?=\.?\s)")


def leading_words(page: Page, index: int) -> Meaning:
    """What the words before the value of a line without a colon stand for: 'Menge 3', 'Einzelpreis 9,80 €'."""
    text = page.rows[index].text
    found = _LEAD.match(text) if len(text) <= _LONGEST_VALUE and len(page.rows[index].filled) == 1 else None
    return page.known.meaning(found[0]) if found and any(c.isdigit() for c in text[found.end() :]) else {}


_LONGEST_VALUE = 60  # letters


def _is_price_without_colon(page: Page, index: int) -> bool:
    """'Gesamt 9,80 €' below 'Menge 3', with nothing between but the likes of it."""
    if not leading_words(page, index).keys() & {"row_total", "unit_price"}:
        return False
    for other in range(index - 1, max(-1, index - 4), -1):
        if page.rows[other].block != page.rows[index].block:
            return False
        words = leading_words(page, other)
        if "quantity" in words:
            return True
        if not words.keys() & {"unit_price", "tax", "row_total"}:
            return False
    return False


def _never_of_sums(page: Page, index: int) -> set[str]:
    """'Preis' of an item is no total further down; 'Gesamt' can be."""
    label = page.label(index, "row_total", "unit_price")
    return {key(label.words)} if label and not label.means("total", "subtotal") else set()


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
    if label is None or not label.value:
        return _says_of_item(page, below)
    return not any(each.firm and each.value for each in page.labels[index])


def _says_of_item(page: Page, index: int) -> bool:
    """'Art.-Nr. GS25' without a colon, or '2 x 25,00 EUR'."""
    text = page.rows[index].text
    if len(text) > _LONGEST_VALUE or page.labels[index] or not any(c.isdigit() for c in text):
        return False
    if is_product(text.strip(), page.style) or sku_leading(text.strip(), page.known) is not None:
        return True
    return text.isupper() and is_code_alone(text) and not has_money(text)  # 'GS25' alone


def also_expected(rows: Sequence[SumRow]) -> Iterator[Decimal]:
    """What the items could come to, too: if the discount is taken off the subtotal already, if their prices are net."""
    sums = choose(rows, None)
    values = sums.values
    taken_off = [abs(values["discount"])] if "discount" in values else [abs(row.amount) for row in rows if row.negative]
    if "subtotal" in values and taken_off:
        yield values["subtotal"] + sum(taken_off)
    if "subtotal" in values and sums.rows["subtotal"].net and "total" in values:
        yield _without_costs(values)
    totals = {row.amount for row in rows if "total" in row.fields}
    if len(totals) > 1 and "subtotal" not in values:
        yield from sorted(totals)  # 'Gesamt', 'Versand', 'Zu zahlen': the first can be what the items come to
    if (whole := expected_items(rows)) is None or "subtotal" in values:
        return
    if "tax_total" in values:
        yield whole - values["tax_total"]
    if "discount" not in values and taken_off:
        yield whole + sum(taken_off)


def expected_items(rows: Sequence[SumRow]) -> Decimal | None:
    """What the items should come to: the subtotal, if one is said beyond doubt, else total less costs."""
    sums = choose(rows, None)
    if "subtotal" in sums.values:
        return sums.values["subtotal"]
    if "total" not in sums.values:
        return None
    return _without_costs(sums.values)


def _without_costs(values: Mapping[str, Decimal]) -> Decimal:
    """The total less shipping and fees, and with what was taken off."""
    return values["total"] - sum_of(values)

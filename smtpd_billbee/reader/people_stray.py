"""Labelled persons outside any section: 'E-Mail: …' above the addresses, or a whole address in labelled lines."""

import re
from dataclasses import replace

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.names import is_salutation
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import FACTS, Block, add_labelled
from smtpd_billbee.reader.people_headings import PERSON, heads_a_field, is_shops

_LONGEST_CLOSING = 80  # letters
_MOST_GOING_ON = 5  # lines of an address whose first one has the label


def stray_labels(page: Page, with_company: bool, first_address: int) -> Block:
    """Labelled persons outside any section: 'E-Mail: ...' above the addresses, or a whole address.

    `first_address`: the row of the first address with a heading.
    """
    stray = Block("customer", 0, "")
    last = max((index for index in page.claimed if index < page.end), default=0)
    until = closing_below(page, last)
    above_all = min(first_address, number_row(page))
    for index in page.labelled():
        if index >= until:
            break
        if not page.free(index) or (index > last and _is_footer(page, index)) or is_shops(page, index):
            continue
        if index < first_address and (letterhead := _letterhead(page, index)):
            page.claim(letterhead)
            continue
        if index < above_all and page.label(index, "email", "phone", "mobile"):
            continue  # above the order's number, where addresses follow: the shop says how to reach it
        for label in page.labels[index]:
            if not label.means(*PERSON, *FACTS):
                continue
            own = bool(label.value)  # on its own line
            below = label.means(*FACTS, "phone", "email") or heads_a_field(page, index)
            if not label.value and below and page.has_value_below(index):
                label = replace(label, value=page.rows[index + 1].filled[0].lines[0])
            if not label.value or has_money(label.value):
                continue
            if (
                label.means("addition")
                and not label.means("company", "house_number")
                and not _among_persons(page, index)
            ):
                continue  # 'Locatie: Stadthalle' is where an event takes place
            if label.means("state") and not label.means("country") and not _among_persons(page, index):
                continue  # 'Estado: Pendiente de pago' is the order's
            if label.means("house_number") and _among_persons(page, index):
                add_labelled(page, stray, label, index)
                page.claim([index])
                continue
            if label.means("title", "items", "sku", "number", "payment_method", "total", "variant") and not (
                label.means("full_name", "customer") or (label.means("salutation") and is_salutation(label.value))
            ):
                continue  # 'Titolo: Sig.' is of a person
            if index > last and label.means("vat_id") and not with_company:
                continue
            before = len(stray.labelled)
            if own and label.means("street", "street_and_number") and (more := _going_on(page, index)):
                label = replace(label, value="\n".join((label.value, *(page.rows[at].text for at in more))))
                page.claim(more)
            add_labelled(page, stray, label, index)
            if len(stray.labelled) > before:
                page.claim([index])
    stray.lines.clear()
    return stray


def number_row(page: Page) -> int:
    """The row with the order's number; 0 where no label says it."""
    return next((index for index in page.labelled() if page.label(index, "number")), 0)


_WHOLE = re.compile(r"[^,]{2,60}(?:, | [·|–-] )[^,]{2,60}(?:, | [·|–-] )(?:[A-Z]{1,2}-)?\d{4,5} [^\W\d]")


def _letterhead(page: Page, index: int) -> list[int]:
    """'Laden, Markt 1, 10115 Berlin' above 'E-Mail: info@laden.example': the shop's own, where addresses follow."""
    first = index
    while first > 0 and index - first < _MOST_GOING_ON and page.rows[first - 1].block == page.rows[index].block:
        first -= 1
    rows = list(range(first, index + 1))
    return rows if any(not page.labels[at] and _WHOLE.match(page.rows[at].text[:200]) for at in rows) else []


def closing_below(page: Page, last: int) -> int:
    """The first row below `last` that closes a letter ('With kind regards'); the end of the page where none does."""
    for index in range(last + 1, page.end):
        text = page.rows[index].text
        if len(text) <= _LONGEST_CLOSING and page.known.has("closings", text.strip(" ,.!")):
            return index
    return page.end


def _going_on(page: Page, index: int) -> list[int]:
    """'Adresse: Lindenweg 7' and, on the next lines of the paragraph, 'Hinterhaus' and '12345 Musterstadt'."""
    below: list[int] = []
    if len(page.rows[index].filled) != 1:
        return below
    for at in range(index + 1, min(page.end, index + _MOST_GOING_ON)):
        row, above = page.rows[at], page.rows[at - 1]
        if not page.free(at) or page.labels[at] or row.block != above.block or len(row.text) >= 60:
            break
        if row.number != above.number + 1 or has_money(row.text):
            break
        below.append(at)
    return below


def _among_persons(page: Page, index: int) -> bool:
    """'Nr.: 47' below 'Straße: ...' is a house number."""
    block = page.rows[index].block
    return any(
        0 <= i < page.end
        and page.rows[i].block == block
        and page.label(i, "street", "street_and_number", "postcode", "postcode_city", "city")
        for i in (index - 2, index - 1, index + 1, index + 2)
    )


def _is_footer(page: Page, index: int) -> bool:
    """Below the order, among lines without labels, a telephone number is the shop's own; not below an address."""
    block = page.rows[index].block
    around = [i for i in range(max(0, index - 8), min(page.end, index + 9)) if page.rows[i].block == block]
    return any(page.free(i) and not page.labels[i] and not (i and page.heading(i - 1)) for i in around)

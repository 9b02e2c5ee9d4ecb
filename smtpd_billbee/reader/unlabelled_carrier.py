"""The way of shipping that no label gives: behind an address, below its heading, below the sums, behind bare words."""

import functools

from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.labels import is_shipping, leading, part_carrier
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.words import REMEMBERED, Dictionary

_LONGEST = 60  # letters
_METHOD = frozenset({"shipping_method"})


def unlabelled_carrier(page: Page) -> tuple[str, Origin] | None:
    """The first row that says it, and its name there."""
    for index in range(page.end):
        row = page.rows[index]
        if page.labels[index]:
            found = _at_address(page, index)
        elif len(row.cells) == 1 and len(row.text) <= _LONGEST and page.free(index):
            found = carrier_in(row.text, page.known)
            found = "" if found == row.text and not _stands_alone(page, index) else found
        else:
            continue
        if found:
            return found, page.origin(index, None, row.text)
    return None


@functools.lru_cache(maxsize=REMEMBERED)
def carrier_in(text: str, known: Dictionary) -> str:
    """'DHL Paket' of 'DHL Paket', 'Sedex' of 'TRANSPORTADORA Sedex': a label without a mark, or nothing, before it."""
    if has_money(text):
        return ""
    if is_shipping(text, known):
        return text
    found = leading(text, known, _METHOD) if known.may_lead(text.partition(" ")[0]) else None
    return found.value.strip(" .") if found and found.value and is_shipping(found.value, known) else ""


def _at_address(page: Page, index: int) -> str:
    """'Lieferadresse: … (DHL Paket)'; 'Versandinformationen' above 'DHL Paket', where no address stands."""
    label = page.label(index, "shipping_address")
    if label is None:
        return ""
    if label.value:
        return part_carrier(label.value, page.known)[1]
    below = index + 1
    if page.heading(index) is None or below >= page.end or page.labels[below] or not page.free(index):
        return ""
    text = page.rows[below].text
    return text if page.free(below) and len(text) <= _LONGEST and carrier_in(text, page.known) == text else ""


def _stands_alone(page: Page, index: int) -> bool:
    """In a paragraph of its own right below the sums, as PrestaShop's texts have it."""
    row = page.rows[index]
    if not index or not _is_read_above(page, index) or page.rows[index - 1].block == row.block:
        return False
    return index + 1 >= page.end or page.rows[index + 1].block != row.block


def _is_read_above(page: Page, index: int) -> bool:
    """Is the row above read already, or the amount of one that is?"""
    if index - 1 in page.claimed:
        return True
    return index > 1 and index - 2 in page.claimed and has_money(page.rows[index - 1].text)

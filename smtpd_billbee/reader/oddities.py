"""What a careful person would not take over without a look, though it was read: a name with digits, a label as a value.

Layouts that nobody has seen are read by rules that may not fit them.  When one goes wrong, the values often show it by
themselves: then the order is kept with a doubt.
"""

import re
from collections.abc import Iterator

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.reader.additions import whose_attention
from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.parts_labels import OPENERS
from smtpd_billbee.reader.people_headings import COMPANY
from smtpd_billbee.reader.words import Dictionary, in_language, key

LONGEST_NAME = 45  # letters
LONGEST_PLACE = 60
MOST_CELLS = 3  # of a title: with what was chosen, and a remark
_NO_PART_OF_A_NAME = frozenset("0123456789,;:：@|=<>[]{}【】")
_NO_PART_OF_A_PLACE = frozenset(":：@|=<>[]{}【】")
_LABELS_END = frozenset(":：=|")
_MAIL = re.compile(r"[^\s@:：,;<>()]+@[^\s@:：,;<>()]+\.[^\s@:：,;<>()]+")
_IMPORT = re.compile(r"-orderimport(?:\+[^@]{0,64})?@", re.IGNORECASE)
# 'Porto' labels a cost, and is a town: only article numbers, titles and order numbers are asked.
_LABELS = frozenset(
    ("sku", "quantity", "unit_price", "row_total", "number", "ordered_at", "subtotal", "shipping_cost",
     "tax", "payment_method", "shipping_method", "billing_address", "shipping_address", "postcode", "phone", "email")
)  # fmt: skip


def oddities(order: Order, known: Dictionary) -> Iterator[str]:
    """A sentence for everything about the order's values that looks like a reading gone wrong."""
    known = in_language(known, order.language)  # 'Tasse' is a tax in Italian only
    yield from address_oddities(order)
    yield from _of_items(order.items, known)
    if _is_label(order.number, known):
        yield "the order number is a word that labels something else"


def address_oddities(order: Order) -> Iterator[str]:
    """The same for its addresses alone, wherever they are from."""
    for word, address in (("billing", order.billing_address), ("delivery", order.shipping_address)):
        if address is not None:
            yield from (f"{word} address: {what}" for what in _of_address(address))


def _of_address(address: Address) -> Iterator[str]:
    for name in (address.first_name, address.middle_name, address.last_name):
        if name and (len(name) > LONGEST_NAME or _NO_PART_OF_A_NAME & set(name)):
            yield "the name holds more than a name"
            break
    for value in (address.street, address.house_number, address.city, address.postcode):
        if value and (len(value) > LONGEST_PLACE or _NO_PART_OF_A_PLACE & set(value)):
            yield "a line holds more than a street or a town"
            break
    if address.company and (_NO_PART_OF_A_PLACE & set(address.company) or has_money(address.company)):
        yield "the company holds more than a company's name"
    if address.company and any(c.isdigit() for c in address.company) and company_points(address.company) < COMPANY:
        yield "the company may be another line of the address"
    if address.addition and (
        _LABELS_END & set(whose_attention(address.addition) or address.addition)
        or len(address.addition) > LONGEST_PLACE
    ):
        yield "the addition to the street holds more than that"
    if address.street and not any(c.isalpha() for c in address.street):
        yield "the street has no name"
    if address.email and not _MAIL.fullmatch(address.email):
        yield "the e-mail address is none"
    if address.email and _IMPORT.search(address.email):
        # Whoever orders in a shop of his own may name our address as the customer's, and his shop's mail comes to us.
        yield "the e-mail address is that of an import"
    if address.postcode and not any(c.isdigit() for c in address.postcode):
        yield "the postcode has no digit"


def _of_items(items: tuple[Item, ...], known: Dictionary) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        if (
            item.sku and not (item.sku.isascii() and item.sku.isupper()) and _is_label(item.sku, known)
        ):  # 'PCS' is a code
            yield f"item {number}: its SKU is a word that labels something else"
        if _has_wide_gap(item.title) or _is_price(item.sku):
            yield f"item {number}: it holds what stood in several columns"
        if item.sku and len(item.sku) > 3 and item.sku.replace(" ", "").isalpha() and not item.sku.isupper():
            yield f"item {number}: its SKU is a word"
        if item.variant and _is_label(item.variant, known):
            yield f"item {number}: its variant is a word that labels something else"
        if _is_label(item.title, known):
            yield f"item {number}: its title is a word that labels something else"
        if any(map(_is_open, (item.title, item.variant or ""))):
            yield f"item {number}: a bracket is not closed"
        if _ends_with_price(item):
            yield f"item {number}: an amount stands behind its title"
    skus = {item.sku for item in items}
    if None in skus and len(skus) > 1 and any(not item.sku and _names_code(item) for item in items):
        yield "a code in brackets behind a title may be its article number, as other items have one"
    if (
        len(items) > 2
        and len(skus) == 1
        and None not in skus
        and len({key(item.title) for item in items}) == len(items)
    ):
        yield "all items have the same SKU"


def _is_open(text: str) -> bool:
    return any(text.count(opener) > text.count(closer) for opener, closer in OPENERS.items())


def _ends_with_price(item: Item) -> bool:
    """'Motiv: Anker à 7,90 € = 15,80 €', 'Mütze: 64,00 €'; but 'Gutschein 25 €' is worth that."""
    for text in (item.title, item.variant or ""):
        last = amounts_in(text)[-1:] if has_money(text) else ()
        for amount in last:
            head = text[: amount.start]
            alone = head.endswith("  ") or head.rstrip()[-1:] in _MARKS  # in a column of its own, or behind a mark
            if amount.end == len(text) and amount.sign and _CENTS.search(amount.text) and alone:
                return True
    return False


_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
_MARKS = frozenset(":=@à×：")


def _names_code(item: Item) -> bool:
    """Behind the title or the variant, or as the variant: 'soap-4' where other items have article numbers."""
    if _CODE_ALONE.fullmatch(item.variant or "") and not _SIZES.issuperset(item.variant or ""):
        return True
    return _ends_with_code(item.title) or _ends_with_code(item.variant or "")


def _ends_with_code(title: str) -> bool:
    found = _CODE_BEHIND.search(title[-60:])
    return found is not None and not _SIZES.issuperset(found["code"])


_CODE_ALONE = re.compile(r"(?=.{0,24}\d)[A-Za-z0-9]{1,12}(?:[-_.][A-Za-z0-9]{1,12}){1,4}")
_CODE_BEHIND = re.compile(r"\s[(\[]#?(?P<code>[A-Z0-9]{1,12}(?:[-_./][A-Z0-9]{1,12}){1,5}|[A-Z]{1,3}[0-9]{1,6})[)\]]$")
_SIZES = frozenset("XSML0123456789-/.")  # '(S-M)', '(38/39)'


def _has_wide_gap(text: str) -> bool:
    """Cells side by side are joined by two blanks: '3  Marmelade 250 g  1  22 %' is no title."""
    cells = [cell.strip(" %.)") for cell in text.strip().split("  ")] if "  " in text else []
    return any(cell.isdigit() for cell in cells) or len(cells) > MOST_CELLS


def _is_price(sku: str | None) -> bool:
    return sku is not None and (" " in sku or not sku.isascii()) and has_money(sku)


def _is_label(text: str, known: Dictionary) -> bool:
    return not known.meaning(text).keys().isdisjoint(_LABELS)

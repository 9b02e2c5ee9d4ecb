"""The sentences of the reader and of the importer in the language of the window.

They are kept in English, with the values that they are about.  Here stands each with places for its values; a sentence
that is not here is shown as it is.
"""

import re
from collections.abc import Mapping
from functools import cache

from starlette_admin.i18n import gettext

LONGEST = 1_000  # letters of a sentence that are looked at

_PLACE = re.compile(r"%\((\w+)\)s")
_DIFFERS = re.compile(r"([a-z_]+(?:\.[a-z0-9_]+){0,2}): (.{1,300}), now (.{1,300})", re.DOTALL)


def _(text: str) -> str:
    """Marks a text for the catalogs; it is translated when it is shown."""
    return text


SENTENCES = (
    _("it is no order: %(why)s"),
    _("it may be no order: %(why)s"),
    _("it says that another mail could not be delivered"),
    _("it is an automatic answer"),
    _("a mailbox asks to confirm that it may forward mails"),
    _("it asks to confirm a mail address"),
    _("it is a message from a contact form"),
    _("it says that an order was cancelled"),
    _("it says that money was paid back"),
    _("it is about goods that come back"),
    _("it reminds of a payment"),
    _("it says that an order was sent"),
    _("it confirms a payment"),
    _("it brings an invoice"),
    _("it tells the new state of an order"),
    _("it is about a cart that was not ordered"),
    _("it asks for a review"),
    _("it is about an account or a password"),
    _("it is about goods in stock"),
    _("it is an offer, a question or an answer"),
    _("it is an advertisement"),
    _("it is an answer that quotes an order"),
    _("it looks like an order, but %(what)s could not be read"),
    _("its number, its items and its total"),
    _("its number"),
    _("its items"),
    _("its total"),
    _("%(one)s and its items and its total"),
    _("%(one)s and its items"),
    _("%(one)s and its total"),
    _("mail for the operator"),
    _("filed away by hand"),
    _("our own copy of mail %(mail)s came back"),
    _("reading took longer than %(seconds)s seconds and was stopped"),
    _("reading needed more memory than it may use"),
    _("the reader made a mistake over this mail"),
    _("the reader broke down twice over this mail"),
    _("what was read of it cannot be saved"),
    _("its mail %(mail)s, read again, gave no order: %(why)s"),
    _("a later mail differs: %(why)s"),
    _("the file differs: %(why)s"),
    _("import %(number)s, which made this order, was undone"),
    _("the items come to %(items)s, the subtotal says %(subtotal)s"),
    _("%(parts)s, but the total says %(total)s"),
    _("an item has no price, so the sum cannot be checked"),
    _("no address was found"),
    _("no postal address was found"),
    _("the address has no name"),
    _("the address has no street"),
    _("the address has no town"),
    _("amounts are written in more than one currency"),
    _("no currency is said"),
    _("an item has no quantity"),
    _("an item's SKU is the order number"),
    _("an item's title is unusually long"),
    _("the order number is a word that labels something else"),
    _("the name holds more than a name"),
    _("a line holds more than a street or a town"),
    _("the postcode has no digit"),
    _("all items have the same SKU"),
    _("more than one order number stands in the mail: %(numbers)s"),
    _("the subject names another order number"),
    _("the order date cannot be read"),
    _("the order date could be read in two ways"),
    _("an amount next to the sums was not understood"),
    _("a second person stands in the mail, and nothing says what for"),
    _("several addresses stand in the mail, and nothing says which is for what"),
    _("text and HTML disagree about %(what)s"),
    _("this is an HTML page, not an order file; export it again while you are logged in"),
    _("this is not a text file; Jimdo's export is CSV or XLSX"),
    _("this is not a readable Excel workbook (.xlsx)"),
    _("the workbook is too large when unpacked; split it"),
    _("the workbook has no sheet"),
    _("no record of this XML has the names of an order's columns"),
    _('a quotation mark (") is opened in this line and not closed'),
    _("a cell is too long, or has a NUL character"),
    _('a quotation mark (") within a cell is not doubled, so the cell may be cut wrongly'),
    _("the columns %(both)s mean the same and differ; the first was taken"),
    _('the column "%(name)s" holds an error of the table program'),
    _('a table program has shortened the number in the column "%(name)s"'),
    _('a letter in the column "%(name)s" cannot be read'),
    _('the element "%(name)s" contradicts another one; the first was taken'),
    _("the position has a number of its own; that of the order around it was taken"),
    _("the elements of this XML are nested too deeply"),
    _("the record has no order number"),
    _("this line repeats line %(line)s: the order may stand in the file twice"),
    _("the discount %(words)s is no amount and was not taken"),
    _("a discount of %(amount)s was taken from the sum; it may be in the prices already"),
    _("the article's cell seems to name several articles"),
    _("the currency %(words)s can be more than one; %(code)s was taken"),
    _("the currency is said to be %(code)s, but amounts are written in another"),
    _("the shipping cost is below zero"),
    _("the payment fee is below zero"),
    _("it is an order in JSON, but its order_items are no list"),
    _("it is an order in JSON, but the JSON is broken in line %(line)s"),
    _("it is an order in JSON, but the JSON is broken"),
    _("it is an order in JSON, but a name stands in it twice"),
    _("it brings more than one order; one mail brings one"),
    _("Columns not used: %(names)s"),
    _("the line has %(cells)s cells, the header has %(header)s"),
    _("the line has no order number"),
    _("the line has no article"),
    _("the line has no price"),
    _("the line has no quantity"),
    _("the quantity is not above zero"),
    _("the VAT rate is no per cent"),
    _("the currency %(words)s is not known"),
    _("the country %(words)s is not known"),
    _("the %(field)s %(words)s cannot be read as a number"),
    _("the %(field)s %(words)s can be read in two ways"),
    _("the price %(price)s has more than two decimals"),
    _("the billing address's name may be parted wrongly"),
    _("the shipping address's name may be parted wrongly"),
    _('a table program may have made a date of what stood in the column "%(name)s"'),
    _("the workbook's other sheets with orders (%(number)s) were not read"),
    _("its status says that the order was cancelled or paid back"),
    _("a total of %(amount)s is said, which is neither the line's price nor the order's"),
    _("the shipping cost is said %(kind)s only and was not taken"),
    _('letters in the column "%(name)s" look broken, as if the file had been saved in a wrong encoding'),
    _("the postcode %(postcode)s has four digits; in %(country)s it has five"),
    _("there is no order below the column names"),
    _("this is a ZIP archive, not a file with orders; unpack it first"),
    _("the position says another %(part)s than what stands around it"),
    _("the %(field)s %(words)s cannot be read as a date"),
    _("the %(field)s is not the same as in line %(line)s, which was taken"),
    _("the %(field)s is %(one)s here and %(other)s in line %(line)s; %(taken)s was taken"),
    _("it may lack a position: line %(line)s has no order number"),
    _("total: %(total)s, together its parts make %(whole)s"),
    _("order %(number)s is not imported: %(why)s"),
    _("order %(number)s: %(why)s"),
    _("all orders: %(why)s"),
    _("line %(line)s: %(why)s"),
    _("item %(number)s: %(why)s"),
    _("%(calculation)s is %(result)s, the line says %(said)s"),
    _("no line with column names was found: there is no column for %(names)s"),
    _("this is not well-formed XML (column %(column)s)"),
    _("the file has more than %(size)s MiB; split it"),
    _("billing address (%(part)s)"),
    _("delivery address (%(part)s)"),
    _("gross unit price"),
    _("net unit price"),
    _("gross price"),
    _("net price"),
    _("net shipping cost"),
    _("shipping date"),
)

FIELDS: Mapping[str, str] = {
    "number": _("Order number"),
    "ordered_at": _("Order date"),
    "currency": _("Currency"),
    "language": _("Language"),
    "site": _("Site"),
    "payment_method": _("Payment method"),
    "payment_type": _("Payment type"),
    "shipping_method": _("Shipping method"),
    "billing_address": _("Billing address"),
    "shipping_address": _("Delivery address"),
    "items": _("Items"),
    "subtotal": _("Subtotal"),
    "shipping_cost": _("Shipping cost"),
    "payment_fee": _("Payment fee"),
    "discount": _("Discount"),
    "discount_code": _("Discount code"),
    "tax_total": _("VAT"),
    "total": _("Total"),
    "prices_include_tax": _("Prices include VAT"),
    "note": _("Note"),
    "customer_number": _("Customer number"),
    "vat_id": _("VAT number"),
    "birth_date": _("Birth date"),
    "company": _("Company"),
    "salutation": _("Salutation"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "addition": _("Address addition"),
    "street": _("Street"),
    "house_number": _("House number"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "state": _("State or province"),
    "country": _("Country"),
    "phone": _("Phone"),
    "email": _("E-mail address"),
    "title": _("Title"),
    "quantity": _("Quantity"),
    "sku": _("SKU"),
    "variant": _("Variant"),
    "unit_price": _("Unit price"),
    "tax_rate": _("VAT rate"),
}
_LABELS = frozenset(FIELDS.values())


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for text in SENTENCES:
        pattern, at = "", 0
        for place in _PLACE.finditer(text):
            # A field's name has no quote in it; the value behind it begins with one.
            inside = "[a-zA-Z ()]{1,60}" if place[1] == "field" else ".{1,400}?"
            pattern += re.escape(text[at : place.start()]) + f"(?P<{place[1]}>{inside})"
            at = place.end()
        found.append((re.compile(pattern + re.escape(text[at:]), re.DOTALL), text))
    return tuple(found)


def told(sentence: str, depth: int = 3) -> str:
    """The sentence in the window's language; what stands within it, too."""
    if len(sentence) > LONGEST or depth == 0:
        return sentence
    if differs := _DIFFERS.fullmatch(sentence):
        words = {"field": field_name(differs[1]), "was": differs[2], "now": differs[3]}
        return gettext(_("%(field)s: %(was)s, now %(now)s")) % words
    for pattern, text in _patterns():
        if found := pattern.fullmatch(sentence):
            return gettext(text) % {name: told(value, depth - 1) for name, value in found.groupdict().items()}
    label = sentence.capitalize()
    return gettext(label) if label in _LABELS and gettext(label) != label else sentence


def field_name(path: str) -> str:
    """'items.0.sku' as a person says it: 'Items 1, SKU'."""
    first, *rest = path.split(".")
    shown = gettext(FIELDS.get(first, first))
    if rest and rest[0].isdecimal():
        shown = f"{shown} {int(rest.pop(0)) + 1}"
    return ", ".join([shown, *(gettext(FIELDS.get(part, part)) for part in rest)])

"""What the fields of an order and of the reader's labels are called on pages."""

from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _

LABELS = {
    "number": _("Order number"),
    "ordered_at": _("Order date"),
    "payment_method": _("Payment method"),
    "shipping_method": _("Shipping method"),
    "billing_address": _("Billing address"),
    "shipping_address": _("Shipping address"),
    "customer": _("Customer"),
    "items": _("Items"),
    "position": _("Position"),
    "sku": _("Article number"),
    "title": _("Article"),
    "variant": _("Variant"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "row_total": _("Total of the item"),
    "subtotal": _("Subtotal"),
    "shipping_cost": _("Shipping cost"),
    "payment_fee": _("Payment fee"),
    "discount": _("Discount"),
    "discount_code": _("Discount code"),
    "tax": _("VAT"),
    "total": _("Total"),
    "currency": _("Currency"),
    "note": _("Customer's note"),
    "address_note": _("Note on the address"),
    "company": _("Company"),
    "salutation": _("Salutation"),
    "full_name": _("Full name"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "addition": _("Address addition"),
    "street": _("Street"),
    "house_number": _("House number"),
    "street_and_number": _("Street and house number"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "postcode_city": _("Postcode and town"),
    "state": _("State or province"),
    "country": _("Country"),
    "phone": _("Telephone"),
    "mobile": _("Mobile phone"),
    "fax": _("Fax"),
    "email": _("E-mail address"),
    "vat_id": _("VAT number"),
    "birth_date": _("Date of birth"),
    "customer_number": _("Customer number"),
    "shipped_at": _("Shipping date"),
    "delivery_time": _("Delivery time"),
    "weight": _("Weight"),
    "invoice_number": _("Invoice number"),
    "transaction_id": _("Transaction number"),
    "order_status": _("Order state"),
    "order_link": _("Link to the order"),
    "ean": _("EAN"),
}
"""A field that a label can name, by its name in the word lists."""

_MORE = {
    "language": _("Language of the mail"),
    "site": _("Shop's site"),
    "payment_type": _("Payment type"),
    "tax_total": _("VAT total"),
    "prices_include_tax": _("Prices include VAT"),
    "tax_rate": _("VAT rate"),
}
_SECTIONS = {"billing_address": LABELS["billing_address"], "shipping_address": LABELS["shipping_address"]}


def field_name(path: str) -> str:
    """'items.0.title' as 'Item 1: Article'; a name that is not known stays."""
    first, _dot, rest = path.partition(".")
    if first == "items" and "." in rest:
        number, _dot, name = rest.partition(".")
        shown = gettext("Item %(number)s") % {"number": int(number) + 1}
        return f"{shown}: {LABELS['row_total'] if name == 'total' else _one(name)}"
    if rest and first in _SECTIONS:
        return f"{_SECTIONS[first]}: {_one(rest)}"
    return _one(path)


def _one(name: str) -> str:
    return str(LABELS.get(name) or _MORE.get(name) or name)

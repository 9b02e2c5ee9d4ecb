"""What the fields of an order and of the reader's labels are called on pages: the one list of these names."""

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
    "sku": _("Article number (SKU)"),
    "title": _("Title"),
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
    "note": _("Note"),
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
    "city": _("City"),
    "postcode_city": _("Postcode and town"),
    "state": _("State or province"),
    "country": _("Country"),
    "phone": _("Phone"),
    "mobile": _("Mobile phone"),
    "fax": _("Fax"),
    "email": _("E-mail address"),
    "vat_id": _("VAT ID"),
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
    "language": _("Language"),
    "site": _("Website"),
    "payment_type": _("Payment type"),
    "tax_total": _("VAT"),
    "prices_include_tax": _("Prices include VAT"),
    "tax_rate": _("VAT rate"),
    "tags": _("Tags"),
    "comment": _("Own comment"),
    "paid_on": _("Paid on"),
    "shipped_on": _("Shipped on"),
}
NAMES = {**LABELS, **_MORE}
"""Every name of a field, by the last part of its path."""


def _some(*names: str) -> dict[str, str]:
    return {name: NAMES[name] for name in names}


FIELDS = _some(
    "number", "ordered_at", "currency", "language", "site", "payment_method", "payment_type", "shipping_method",
    "subtotal", "shipping_cost", "payment_fee", "discount", "discount_code", "tax_total", "total",
    "prices_include_tax", "note", "customer_number", "vat_id", "birth_date", "tags", "comment", "paid_on", "shipped_on",
)  # fmt: skip
"""Those of an order itself."""
ADDRESSES = _some("billing_address", "shipping_address")
ADDRESS_FIELDS = _some(
    "company", "salutation", "first_name", "middle_name", "last_name", "addition", "street", "house_number", "postcode",
    "city", "state", "country", "phone", "email",
)  # fmt: skip
ITEM_FIELDS = _some("quantity", "title", "variant", "sku", "unit_price", "total", "tax_rate")


def field_name(path: str) -> str:
    """'items.0.title' as 'Item 1: Title'; a name that is not known stays."""
    first, _dot, rest = path.partition(".")
    number, _dot, name = rest.partition(".")
    if first == "items" and number.isdecimal() and name:
        item = gettext("Item %(number)s") % {"number": int(number) + 1}
        return f"{item}: {NAMES.get(name, name)}"
    if first in ADDRESSES and rest:
        return f"{ADDRESSES[first]}: {NAMES.get(rest, rest)}"
    return str(NAMES.get(path, path))

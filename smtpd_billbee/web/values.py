"""Values of an order in the words of the page's language, by the field in which they stand.

What the reader and the journal keep is for programs: '2.00', '2026-11-20', 'DE', '3'.
"""

import re
from decimal import Decimal

from babel import Locale
from starlette_admin.i18n import get_locale
from starlette_admin.i18n import gettext as _

from smtpd_billbee.web.figures import country, number
from smtpd_billbee.web.order_words import PAYMENT_TYPES, amount, ordered

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.+-]{5,26}Z?)?")
_AMOUNTS = frozenset((
    "unit_price", "total", "subtotal", "shipping_cost", "payment_fee", "discount", "tax_total",
))  # fmt: skip
_NUMBERS = frozenset(("quantity", "tax_rate"))
_DAYS = frozenset(("ordered_at", "paid_on", "shipped_on", "birth_date"))


def value_words(path: str, value: str) -> str:
    """'shipping_address.country', 'DE' as 'Deutschland'; what does not have the form of its field stays."""
    name = path.rpartition(".")[2]
    if name in _AMOUNTS | _NUMBERS and _DECIMAL.fullmatch(value):
        return number(Decimal(value)) if name in _NUMBERS else amount(Decimal(value), None)
    if name in _DAYS:
        return ordered(value)
    if name == "payment_type" and value.isdecimal():
        return str(PAYMENT_TYPES.get(int(value), value))
    if name == "country":
        return country(value)
    if name == "language":
        return language(value)
    if name == "prices_include_tax":
        return {"True": _("yes"), "False": _("no")}.get(value, value)
    return value


def language(code: str) -> str:
    """'de' as 'Deutsch'."""
    return str(Locale.parse(get_locale()).languages.get(code, code))


def by_form(value: str) -> str:
    """An amount ('4.90') or a day of which only its form is known; a number without decimals may name something."""
    if "." in value and (found := _DECIMAL.fullmatch(value)) and len(found[1]) > len(".5"):
        return amount(Decimal(value), None)
    return ordered(value) if _DAY.fullmatch(value) else value

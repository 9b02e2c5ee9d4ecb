"""Billbee's payment types in words (billbee.md 3.4): those that shop mails name."""

from starlette_admin.i18n import gettext as _
from starlette_admin.i18n import lazy_gettext

NAMES = {
    "1": lazy_gettext("Bank transfer"),
    "2": lazy_gettext("Cash on delivery"),
    "3": "PayPal",
    "4": lazy_gettext("Cash"),
    "19": "Sofortüberweisung",
    "22": lazy_gettext("Other payment"),
    "23": lazy_gettext("Direct debit"),
    "25": "Klarna",
    "26": lazy_gettext("Invoice"),
    "31": lazy_gettext("Credit card"),
    "37": "giropay",
    "44": "Amazon Pay",
    "59": lazy_gettext("Payment in advance"),
    "63": "Stripe",
    "98": "Klarna",
}


def payment(number: str | None) -> str:
    """The name of a payment type."""
    if number is None:
        return _("Unknown")
    return str(NAMES.get(number) or _("Payment type %(number)s") % {"number": number})

"""Billbee's payment types in words (billbee.md 3.4): those that shop mails name."""

from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _

NAMES = {
    "1": _("Bank transfer"),
    "2": _("Cash on delivery"),
    "3": "PayPal",
    "4": _("Cash"),
    "19": "Sofortüberweisung",
    "22": _("Other payment"),
    "23": _("Direct debit"),
    "25": "Klarna",
    "26": _("Invoice"),
    "31": _("Credit card"),
    "37": "giropay",
    "44": "Amazon Pay",
    "59": _("Payment in advance"),
    "63": "Stripe",
    "98": "Klarna",
}


def payment(number: str | None) -> str:
    """The name of a payment type."""
    if number is None:
        return gettext("Unknown")
    return str(NAMES.get(number) or gettext("Payment type %(number)s") % {"number": number})

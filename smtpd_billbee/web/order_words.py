"""Orders in the words of people: states, ways of payment, what the journal notes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from markupsafe import Markup
from starlette_admin.i18n import format_date, format_datetime, get_locale
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.web.field_names import ADDRESS_FIELDS, ADDRESSES, FIELDS, ITEM_FIELDS, field_name
from smtpd_billbee.web.figures import moment

__all__ = [
    "ACTIONS", "ADDRESSES", "ADDRESS_FIELDS", "FIELDS", "ITEM_FIELDS", "PAYMENT_TYPES", "STATES", "amount", "badge",
    "field_name", "moment", "number", "ordered", "state_name",
]  # fmt: skip

STATES = {
    1: _("Ordered"), 2: _("Confirmed"), 3: _("Paid"), 4: _("Shipped"), 5: _("Complaint"), 6: _("Deleted"),
    7: _("Closed"), 8: _("Cancelled"), 9: _("Archived"), 11: _("Demand note 1"), 12: _("Demand note 2"),
    13: _("Packed"), 14: _("Offered"), 15: _("Payment reminder"), 16: _("In fulfilment"), 17: _("Return"),
}  # fmt: skip
"""Billbee's names of the states by their ids (billbee.md 2.6 and 3.4)."""

COLOURS = {1: "azure", 2: "azure", 3: "green", 4: "teal", 5: "red", 6: "secondary", 7: "secondary", 8: "secondary",
           9: "secondary", 11: "orange", 12: "orange", 13: "cyan", 14: "purple", 15: "yellow", 16: "cyan",
           17: "red"}  # fmt: skip

PAYMENT_TYPES = {
    1: _("Bank transfer"), 2: _("Cash on delivery"), 3: _("PayPal"), 4: _("Cash"), 6: _("Voucher"),
    19: _("Sofort transfer"), 22: _("Other"), 23: _("Direct debit"), 26: _("Invoice"), 31: _("Credit card"),
    59: _("Prepayment"), 63: _("Stripe"), 98: _("Klarna"),
}  # fmt: skip
"""Those of Billbee's payment types that Jimdo's ways of payment become (billbee.md 3.4)."""

ACTIONS = {
    "imported": _("Imported"),
    "imported from a file": _("Imported from a file"),
    "read again": _("Its mail was read again"),
    "duplicate": _("Its mail came again"),
    "origin proved": _("Its origin is proved now"),
    "origin accepted": _("Somebody said that its origin is good"),
    "contradicted": _("A later mail says something else"),
    "completed from its mail": _("Completed from its mail"),
    "completed from a file": _("Completed from a file"),
    "completion undone": _("Completion undone"),
    "import undone": _("Import undone"),
    "copy sent again": _("Copy sent again"),
    "read again by hand": _("Read again by hand"),
    "edited": _("Edited"),
    "accepted": _("Accepted"),
    "state changed": _("State changed"),
    "tagged": _("Tags changed"),
}


def state_name(state: int) -> str:
    """A state as people call it."""
    return str(STATES.get(state, state))


def amount(value: Decimal | None, currency: str | None) -> str:
    """Money as the reader's language writes it."""
    if value is None:
        return ""
    if currency and len(currency) == 3 and currency.isalpha():
        return str(format_currency(value, currency.upper(), locale=get_locale()))
    return str(format_decimal(value, "#,##0.00", locale=get_locale()))


def number(value: Decimal | None) -> str:
    """A quantity or a rate."""
    return "" if value is None else str(format_decimal(value, "#,##0.####", locale=get_locale()))


def ordered(said: str | None) -> str:
    """An order's own time, which has the zone of its mail or none."""
    if not said:
        return ""
    try:
        if len(said) <= len("2024-01-13"):
            return str(format_date(date.fromisoformat(said), "medium"))
        return str(format_datetime(datetime.fromisoformat(said).replace(tzinfo=UTC), "short"))
    except ValueError:
        return said


def badge(state: int) -> Markup:
    """A state with its colour."""
    colour = COLOURS.get(state, "secondary")
    return Markup('<span class="badge bg-{0}-lt">{1}</span>').format(colour, state_name(state))

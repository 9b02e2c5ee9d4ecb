"""Amounts, quantities, days and moments in the words of the page's language."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from starlette_admin.i18n import get_locale
from starlette_admin.i18n import gettext as _

from smtpd_billbee.model.overview import MOST


def money(amount: Decimal | None, currency: str | None) -> str:
    """'1.234,50 €'; without a currency the bare amount."""
    if amount is None:
        return "–"
    if not currency:
        return format_decimal(amount, "#,##0.00", locale=get_locale())
    return format_currency(amount, currency, locale=get_locale())


def plain_price(amount: Decimal | None) -> str:
    """A price as it stands in a form: '12,90'."""
    return "" if amount is None else format_decimal(amount, "0.00", locale=get_locale())


def month(name: str) -> str:
    """'März 2026' of '2026-03'."""
    year, _, number_ = name.partition("-")
    try:
        return format_skeleton("yMMM", date(int(year), int(number_), 1), locale=get_locale())
    except ValueError:  # a mail named a month that does not exist
        return name


def number(value: Decimal | int) -> str:
    """'1.234,5'."""
    return format_decimal(value, "#,##0.####", locale=get_locale())


def counted(value: int) -> str:
    """A count that ends where nobody counts further."""
    return number(value) if value < MOST else f"{MOST - 1}+"


def change(now: Decimal, before: Decimal) -> str:
    """'+12 %' against the period before; empty where there was nothing."""
    if not before:
        return ""
    return format_percent((now - before) / abs(before), "+#,##0 %;-#,##0 %", locale=get_locale())


def share(part: Decimal) -> str:
    """'12 %' of a whole."""
    return format_percent(part, locale=get_locale())


def day(value: date) -> str:
    """'02.03.2026'."""
    return format_date(value, "medium", locale=get_locale())


def moment(value: datetime, length: Literal["short", "medium"] = "short") -> str:
    """'02.03.26, 13:05', by the clock of the server's place: every page tells moments of ours in this way."""
    return format_datetime(value.astimezone(), length, locale=get_locale())


def step(first: date, kind: str) -> str:
    """A day, a week or a month as a chart names it."""
    if kind == "month":
        return format_skeleton("yMMM", first, locale=get_locale())
    if kind == "week":
        week = first.isocalendar()
        return _("W%(week)s %(year)s") % {"week": week.week, "year": week.year}
    return format_skeleton("MMMd", first, locale=get_locale())


def country(code: str | None) -> str:
    """The country's name."""
    if not code:
        return _("Unknown")
    name = Locale.parse(get_locale()).territories.get(code.upper()) if len(code) == 2 else None
    return name or code

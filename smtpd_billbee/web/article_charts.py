"""What was sold of an article, as a chart."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from starlette_admin.i18n import gettext as _

from smtpd_billbee.model.article import ArticleMonth
from smtpd_billbee.web import figures

MONTHS = 24  # that a chart shows


def quantities(months: Sequence[ArticleMonth]) -> dict[str, Any] | None:
    """Quantities month by month, those without a sale too; currencies do not matter here."""
    sold: dict[str, Decimal] = {}
    for each in months:
        sold[each.month] = sold.get(each.month, Decimal(0)) + each.quantity
    names = _between(min(sold), max(sold))[-MONTHS:] if sold else []
    if not names:
        return None
    return {
        "kind": "columns",
        "currency": None,
        "labels": [figures.month(name) for name in names],
        "series": [{"name": _("Quantity"), "data": [float(sold.get(name, 0)) for name in names]}],
    }


def _between(first: str, last: str) -> list[str]:
    """Every month from one to the other; just those two where they are no months."""
    try:
        start, end = (int(name[:4]) * 12 + int(name[5:7]) - 1 for name in (first, last))
    except ValueError:
        return [first, last]
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(max(start, end - MONTHS), end + 1)]

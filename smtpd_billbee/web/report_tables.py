"""From the store's lines to the tables and charts of a report.  Touches nothing; adds up no two currencies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from starlette_admin.i18n import gettext as _

from smtpd_billbee.model.period import Period, step_of
from smtpd_billbee.model.sales import ArticleSales, Sales
from smtpd_billbee.web import figures

BARS = 10  # lines of a bar chart


@dataclass(frozen=True, slots=True)
class Total:
    """A currency's orders and revenue, and those of the period before."""

    currency: str | None
    orders: int
    revenue: Decimal
    orders_before: int
    revenue_before: Decimal

    @property
    def average(self) -> Decimal:
        """Of an order."""
        return self.revenue / self.orders if self.orders else Decimal(0)


@dataclass(frozen=True, slots=True)
class Step:
    """A day, week or month."""

    first: date
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A named line of a table: a shop, a payment type, a country."""

    name: str
    currency: str | None
    orders: int
    revenue: Decimal
    share: Decimal  # of its currency's revenue, 0 to 1


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in the period, and in the last 30 days."""

    sold: ArticleSales
    recent_quantity: Decimal
    recent_revenue: Decimal


def currencies(days: Sequence[Sales]) -> list[str | None]:
    """The currencies, the one with most orders first."""
    counts: dict[str | None, int] = {}
    for each in days:
        counts[each.currency] = counts.get(each.currency, 0) + each.orders
    return sorted(counts, key=lambda currency: (-counts[currency], currency or ""))


def totals(days: Sequence[Sales], before: Sequence[Sales]) -> list[Total]:
    """One for each currency of either period."""
    return [_total(currency, days, before) for currency in currencies([*days, *before])]


def _total(currency: str | None, days: Sequence[Sales], before: Sequence[Sales]) -> Total:
    now, then = (_sum(each, currency) for each in (days, before))
    return Total(currency, *now, *then)


def _sum(days: Sequence[Sales], currency: str | None) -> tuple[int, Decimal]:
    ours = [each for each in days if each.currency == currency]
    return sum(each.orders for each in ours), sum((each.revenue for each in ours), Decimal(0))


def steps(days: Sequence[Sales], currency: str | None, period: Period, step: str) -> list[Step]:
    """Every day, week or month of the period, those without an order too."""
    orders: dict[date, int] = {}
    revenue: dict[date, Decimal] = {}
    for each in period.all():
        orders.setdefault(step_of(each, step), 0)
    for line in days:
        if line.currency == currency and (first := _first(line, step)) in orders:
            orders[first] += line.orders
            revenue[first] = revenue.get(first, Decimal(0)) + line.revenue
    return [Step(first, count, revenue.get(first, Decimal(0))) for first, count in orders.items()]


def _first(line: Sales, step: str) -> date | None:
    try:
        return step_of(date.fromisoformat(line.key or ""), step)
    except ValueError:  # a mail named a day that does not exist
        return None


def lines(found: Sequence[Sales], name: Callable[[str | None], str]) -> list[Line]:
    """Named, the largest of each currency first."""
    whole = {currency: _sum(found, currency)[1] for currency in currencies(found)}
    made = [_line(each, name(each.key), whole[each.currency]) for each in found]
    rank = {currency: at for at, currency in enumerate(whole)}
    return sorted(made, key=lambda line: (rank[line.currency], -line.revenue, line.name))


def _line(sales: Sales, name: str, whole: Decimal) -> Line:
    share = sales.revenue / whole if whole else Decimal(0)
    return Line(name, sales.currency, sales.orders, sales.revenue, share)


def article_lines(sold: Sequence[ArticleSales], recent: Sequence[ArticleSales]) -> list[ArticleLine]:
    """The articles of the period with what was sold of them in the last 30 days."""
    known = {(each.article_id, each.currency): each for each in recent}
    made: list[ArticleLine] = []
    for each in sold:
        last = known.get((each.article_id, each.currency))
        made.append(ArticleLine(each, last.quantity if last else Decimal(0), last.revenue if last else Decimal(0)))
    return made


def time_chart(now: Sequence[Step], before: Sequence[Step], currency: str | None, step: str) -> dict[str, Any]:
    """Revenue over time, with the period before behind it, step by step."""
    then = [float(each.revenue) for each in before[: len(now)]]
    return {
        "kind": "time",
        "currency": currency,
        "labels": [figures.step(each.first, step) for each in now],
        "series": [
            {"name": _("Revenue"), "data": [float(each.revenue) for each in now]},
            {"name": _("Period before"), "data": then + [0.0] * (len(now) - len(then))},
        ],
    }


def bar_chart(found: Sequence[Line], currency: str | None) -> dict[str, Any]:
    """The largest lines of a currency."""
    ours = [line for line in found if line.currency == currency][:BARS]
    return {
        "kind": "bars",
        "currency": currency,
        "labels": [line.name[:40] for line in ours],
        "series": [{"name": _("Revenue"), "data": [float(line.revenue) for line in ours]}],
    }

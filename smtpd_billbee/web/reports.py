"""Reports: revenue over time, by shop, payment and country, and articles; as pages and as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.formats.export_files import Cell
from smtpd_billbee.model.period import DAY, Period
from smtpd_billbee.model.sales import ArticleSales, LeftOut, Sales
from smtpd_billbee.web import figures, payments, report_tables
from smtpd_billbee.web.context import account_of, context_of
from smtpd_billbee.web.files import table_file
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.report_period import NAMED, STEPS, Asked, asked

ARTICLES = 50  # on the page; the file has all of them
CUTS = ("time", "shops", "payments", "countries", "articles")


@dataclass(frozen=True, slots=True)
class Found:
    """What the store tells of a period."""

    days: Sequence[Sales]
    before: Sequence[Sales]
    shops: Sequence[Sales]
    payments: Sequence[Sales]
    countries: Sequence[Sales]
    articles: Sequence[ArticleSales]
    recent: Sequence[ArticleSales]
    left_out: LeftOut


class ReportsPage(Page):
    """Revenue and articles."""

    menu_label = _("Reports")
    icon = "fa fa-chart-column"
    path = "/reports"
    route_name = "reports"

    @route("")
    async def index(self, request: Request) -> Response:
        """All of a period on one page."""
        today = _today(request)
        wanted = asked(request.query_params, today)
        found = await _found(request, wanted, today)
        return self.shown(
            request,
            "reports.html",
            asked=wanted,
            named=NAMED,
            steps=STEPS,
            figures=figures,
            totals=report_tables.totals(found.days, found.before),
            unknown=sum(each.unknown for each in found.days),
            times=[_time(found, currency, wanted) for currency in report_tables.currencies(found.days)],
            cuts=_cuts(found),
            articles=report_tables.article_lines(found.articles[:ARTICLES], found.recent),
            articles_more=max(0, len(found.articles) - ARTICLES),
            left_out=found.left_out,
            link=lambda **words: f"/reports?{urlencode({**wanted.query, **words})}",
            file_link=lambda cut, kind: f"/reports/{cut}.{kind}?{urlencode(wanted.query)}",
        )

    @route("/{cut}.{kind}", name="reports-file")
    async def file(self, request: Request) -> Response:
        """One of its tables as a file."""
        cut, kind = request.path_params["cut"], request.path_params["kind"]
        if cut not in CUTS or kind not in ("csv", "xlsx"):
            raise HTTPException(404)
        today = _today(request)
        wanted = asked(request.query_params, today)
        head, *rows = _rows(cut, await _found(request, wanted, today), wanted)
        name = f"{cut}-{wanted.period.first}-{wanted.period.last}"
        return table_file([str(cell) for cell in head], rows, kind, name, str(_titles()[cut]))


def _today(request: Request) -> date:
    """By the clock of the server's place."""
    return context_of(request).now().astimezone().date()


async def _found(request: Request, wanted: Asked, today: date) -> Found:
    account, period = account_of(request), wanted.period
    async with context_of(request).store.reading() as tx:
        return Found(
            await tx.reports.days(account, period),
            await tx.reports.days(account, period.before),
            await tx.reports.shops(account, period),
            await tx.reports.payments(account, period),
            await tx.reports.countries(account, period),
            await tx.reports.articles(account, period),
            await tx.reports.articles(account, Period(today - 29 * DAY, today)),
            await tx.reports.left_out(account, period),
        )


def _titles() -> dict[str, str]:
    return {
        "time": gettext("Revenue over time"),
        "shops": gettext("By shop"),
        "payments": gettext("By payment"),
        "countries": gettext("By country"),
        "articles": gettext("Articles"),
    }


def _lines(found: Found) -> dict[str, list[report_tables.Line]]:
    return {
        "shops": report_tables.lines(found.shops, lambda key: key or ""),
        "payments": report_tables.lines(found.payments, payments.payment),
        "countries": report_tables.lines(found.countries, figures.country),
    }


def _cuts(found: Found) -> list[dict[str, Any]]:
    return [
        {
            "cut": cut,
            "title": _titles()[cut],
            "lines": lines,
            "charts": [report_tables.bar_chart(lines, currency) for currency in report_tables.currencies(found.days)],
        }
        for cut, lines in _lines(found).items()
    ]


def _time(found: Found, currency: str | None, wanted: Asked) -> dict[str, Any]:
    now = report_tables.steps(found.days, currency, wanted.period, wanted.step)
    before = report_tables.steps(found.before, currency, wanted.period.before, wanted.step)
    chart = report_tables.time_chart(now, before, currency, wanted.step)
    return {"currency": currency, "chart": chart, "steps": list(zip(now, chart["labels"], strict=True))}


def _rows(cut: str, found: Found, wanted: Asked) -> list[Sequence[Cell]]:
    if cut == "articles":
        return _article_rows(found)
    if cut == "time":
        return [
            (gettext("From"), gettext("Orders"), gettext("Revenue"), gettext("Currency")),
            *(
                (step.first.isoformat(), step.orders, step.revenue, currency)
                for currency in report_tables.currencies(found.days)
                for step in report_tables.steps(found.days, currency, wanted.period, wanted.step)
            ),
        ]
    head = {"shops": gettext("Shop"), "payments": gettext("Payment"), "countries": gettext("Country")}[cut]
    return [
        (head, gettext("Orders"), gettext("Revenue"), gettext("Currency")),
        *((line.name, line.orders, line.revenue, line.currency) for line in _lines(found)[cut]),
    ]


def _article_rows(found: Found) -> list[Sequence[Cell]]:
    head = (
        gettext("SKU"),
        gettext("Title"),
        gettext("Quantity"),
        gettext("Revenue"),
        gettext("Quantity, last 30 days"),
        gettext("Revenue, last 30 days"),
        gettext("Currency"),
    )
    return [head, *(_article_row(line) for line in report_tables.article_lines(found.articles, found.recent))]


def _article_row(line: report_tables.ArticleLine) -> Sequence[Cell]:
    sold = line.sold
    recent = (line.recent_quantity, line.recent_revenue)
    return (sold.sku, sold.title, sold.quantity, sold.revenue, *recent, sold.currency)

"""The start page: today, what needs you, how mails and copies go, who is silent; the first steps of a new owner."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.model.overview import Needs, SpoolState
from smtpd_billbee.model.period import DAY, Period
from smtpd_billbee.model.sales import Sales
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import figures, report_tables
from smtpd_billbee.web.context import account_of, context_of, may
from smtpd_billbee.web.page import Page

HOURS = 24
HOUR = timedelta(hours=1)

# Where each thing that needs a person is listed.
PLACES = {
    "doubtful": "/orders/list?filter=to_check__is_true",
    "unreadable": "/mails/list?fate=unreadable",
    "quarantined": "/mails/list?fate=quarantined",
    "failed_copies": "/mails/list?copy=failed",
    "strays": "/articles/unassigned",
    "other_titles": "/articles/titles",
}


class StartPage(Page):
    """What needs you, and how it goes."""

    menu_label = _("Start")
    icon = "fa fa-house"
    path = "/"
    route_name = "index"

    @route("")
    async def index(self, request: Request) -> Response:
        """The overview."""
        account, now = account_of(request), context_of(request).now()
        today = now.astimezone().date()
        since = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
        async with context_of(request).store.reading() as tx:
            look = tx.overview
            words: dict[str, Any] = {
                "has_shop": await look.has_shop(account),
                "has_order": await look.has_order(account),
                "relay": await look.relay(account),
                "silent": await look.silent_shops(account, now),
            }
            days = await tx.reports.days(account, Period(today - DAY, today))
            needs = await look.needs(account)
            came = await look.mails_by_hour(account, since)
        hours = _hours(since, came)
        spool = SpoolState()
        if may(request, UserRole.ADMINISTRATOR):  # its mails are not of one account
            spool = await asyncio.to_thread(context_of(request).hands.spool)
        return self.shown(
            request,
            "start.html",
            **words,
            spool=spool,
            figures=figures,
            may_add=may(request, UserRole.OWNER),
            today=_totals(days, today),
            needs=_needs(needs),
            hours=hours,
            mails=sum(count for hour, count in hours),
            chart_spec=_chart(hours),
            failed_place=PLACES["failed_copies"],
        )


def _totals(days: Sequence[Sales], today: date) -> list[report_tables.Total]:
    now = [each for each in days if each.key == today.isoformat()]
    return report_tables.totals(now, [each for each in days if each not in now])


def _hours(since: datetime, came: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each of the last hours by the clock of the server's place, those without a mail too."""
    hours = [since + number * HOUR for number in range(HOURS)]
    return [(f"{each.astimezone():%H}:00", came.get(f"{each:%Y-%m-%d %H}", 0)) for each in hours]


def _chart(hours: Sequence[tuple[str, int]]) -> dict[str, Any]:
    return {
        "kind": "columns",
        "currency": None,
        "labels": [hour for hour, count in hours],
        "series": [{"name": gettext("Mails"), "data": [count for hour, count in hours]}],
    }


def _needs(needs: Needs) -> list[tuple[str, str, str]]:
    """What waits for a person: how many, what, and where."""
    said = {
        "doubtful": gettext("orders with a doubt"),
        "unreadable": gettext("mails that could not be read"),
        "quarantined": gettext("mails in quarantine"),
        "failed_copies": gettext("copies that could not be delivered"),
        "strays": gettext("items without article"),
        "other_titles": gettext("SKUs that came with another title"),
    }
    return [
        (figures.counted(getattr(needs, name)), words, PLACES[name])
        for name, words in said.items()
        if getattr(needs, name)
    ]

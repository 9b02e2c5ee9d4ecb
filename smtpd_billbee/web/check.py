"""To check: one list of everything that needs a person, each with its reason and the act that ends it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.to_check import SHOWN
from smtpd_billbee.web.context import account_of, context_of, may
from smtpd_billbee.web.mail_words import FATES, moment
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.web.trust_words import accepts_order, asks_for_trust, mark_words


class CheckPage(Page):
    """Doubtful orders, mails without an order, failed copies, items without an article."""

    menu_label = _("To check")
    icon = "fa fa-list-check"
    path = "/check"
    route_name = "check"

    @route("")
    async def index(self, request: Request) -> Response:
        """The list."""
        account = account_of(request)
        async with context_of(request).store.reading() as tx:
            orders = await tx.to_check.orders(account)
            mails = await tx.to_check.mails(account)
            copies = await tx.to_check.copies(account)
            items = await tx.to_check.items(account)
        return self.shown(
            request,
            "check.html",
            orders=orders,
            mails=mails,
            copies=copies,
            items=items,
            most=SHOWN,
            fates=FATES,
            told=told,
            asks_for_trust=asks_for_trust,
            accepts_order=accepts_order,
            mark_words=mark_words,
            moment=moment,
            may_change=may(request, UserRole.CLERK),
        )

    @route("/count", name="check-count")
    async def count(self, request: Request) -> Response:
        """The number beside the menu entry."""
        async with context_of(request).store.reading() as tx:
            number = await tx.to_check.count(account_of(request))
        return JSONResponse({"count": number, "words": gettext("%(number)s to check") % {"number": number}})

"""Settings / Notices: what the owner is told of by mail, and where else when his mailbox refuses."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error
from smtpd_billbee.model.notice import NoticeKind
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import account_asked, accounts_of
from smtpd_billbee.web.context import account_of, context_of, user_of
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work import owners
from smtpd_billbee.work.notice_switches import switch

KINDS = {
    NoticeKind.UNREADABLE: (
        _("A mail could not be read"),
        _("It looks like an order, but something in it was not found."),
    ),
    NoticeKind.FAILED_COPY: (
        _("A copy failed for good"),
        _("Your mailbox refused it, or could not be reached for five days."),
    ),
    NoticeKind.SILENT_SHOP: (
        _("A shop is silent longer than usual"),
        _("Half as long again as between any of its last twenty orders, and at least a day."),
    ),
}


class NoticesPage(Page):
    """Three switches."""

    menu_label = _("Notices")
    icon = "fa fa-bell"
    path = "/settings/notices"
    route_name = "notices"
    role = UserRole.OWNER

    @route("", methods=["GET", "POST"])
    async def index(self, request: Request) -> Response:
        """The switches of an account; the administrator chooses which."""
        accounts = await accounts_of(request)
        account = account_asked(request, accounts)
        context = context_of(request)
        if account is None:
            return self.shown(request, "notices.html", accounts=accounts, account=None, kinds=KINDS, wanted={})
        second, problem = account.second_email, ""
        if request.method == "POST":
            form = await request.form()
            wanted = {kind: form.get(kind) == "on" for kind in NoticeKind}
            second = form_fields.text(form, "second_email")
            try:
                to = replace(account, second_email=form_fields.email(form, "second_email") if second else "")
                await owners.change_account(context.store, to, user_of(request).email, context.now())
            except Error as error:
                problem = told(str(error))
            else:
                await switch(context.store, account.id, wanted, user_of(request).email, context.now())
                onward = f"{self.path}?account={account.id}" if account_of(request) is None else self.path
                return self.go(request, onward, gettext("Saved."))
        else:
            async with context.store.reading() as tx:
                wanted = await tx.notices.wanted(account.id)
        return self.shown(
            request, "notices.html", 422 if problem else 200, accounts=accounts, account=account, kinds=KINDS,
            wanted=wanted, second_email=second, problem=problem,
        )  # fmt: skip

"""Settings / Accounts: whose shops they are.  For administrators only."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import get_locale, gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, Refused
from smtpd_billbee.model.shop import Account
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import LARGEST, nothing_there, number_in_query
from smtpd_billbee.web.context import context_of, user_of
from smtpd_billbee.web.language import LANGUAGES
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work import owners

ON_A_PAGE = 100


class AccountsPage(Page):
    """Every account with its shops."""

    menu_label = _("Accounts")
    icon = "fa fa-building"
    path = "/settings/accounts"
    role = UserRole.ADMINISTRATOR

    @route("")
    async def index(self, request: Request) -> Response:
        """A hundred on a page."""
        after = number_in_query(request, "after")
        async with context_of(request).store.reading() as tx:
            lines = await tx.shop_lists.accounts(after, ON_A_PAGE + 1)
        onward = lines[ON_A_PAGE - 1].account.id if len(lines) > ON_A_PAGE else None
        return self.shown(request, "accounts.html", lines=lines[:ON_A_PAGE], after=after, onward=onward)

    @route("/new", methods=["GET", "POST"])
    async def new(self, request: Request) -> Response:
        """An account by its registered address; next its owner is invited."""
        if request.method == "GET":
            return self.shown(request, "account_new.html", language=get_locale())
        form = await request.form()
        said = {name: form_fields.text(form, name) for name in ("email", "name", "language")}
        try:
            email, name = form_fields.email(form, "email"), form_fields.line(form, "name", required=False)
            account = await self._added(request, email, name, said["language"])
        except Error as error:
            return self.shown(request, "account_new.html", 422, problem=told(str(error)), **said)
        return self.go(
            request,
            f"/settings/users/invite?account={account.id}",
            gettext("The account is made. Now invite its owner."),
        )

    @route("/{account:int}", methods=["GET", "POST"])
    async def change(self, request: Request) -> Response:
        """Its registered address, to which the copies go, its name and its language."""
        context = context_of(request)
        async with context.store.reading() as tx:
            account = await tx.shop_lists.account(min(request.path_params["account"], LARGEST))
        if account is None:
            raise nothing_there()
        if request.method == "GET":
            return self.shown(request, "account.html", 200, account=account, **_words(account))
        form = await request.form()
        said = {name: form_fields.text(form, name) for name in ("email", "name", "language")}
        try:
            to = replace(
                account, email=form_fields.email(form, "email"), name=form_fields.line(form, "name", required=False),
                language=_language(said["language"]),
            )  # fmt: skip
            await owners.change_account(context.store, to, user_of(request).email, context.now())
        except Error as error:
            return self.shown(request, "account.html", 422, account=account, problem=told(str(error)), **said)
        return self.go(request, "/settings/accounts", gettext("The account is saved."))

    async def _added(self, request: Request, email: str, name: str, language: str) -> Account:
        context = context_of(request)
        language = _language(language)
        try:
            return await owners.add_account(context.store, email, name, language, user_of(request).email, context.now())
        except Refused as error:
            raise Refused(told(str(error))) from None


def _words(account: Account) -> dict[str, str]:
    return {"email": account.email, "name": account.name, "language": account.language}


def _language(chosen: str) -> str:
    if chosen not in LANGUAGES:
        raise Refused(gettext("Please choose a language."))
    return chosen

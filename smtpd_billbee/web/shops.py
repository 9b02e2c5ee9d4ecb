"""Settings / Shops: the list, and the wizard that makes a shop and waits with its owner for the first order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_timedelta
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.i18n import get_locale
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error
from smtpd_billbee.model.shop import Account, import_address
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.shop_lists import ShopLine
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import chosen_account, demand, number_in_query, shop_of
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.shop_news import news_of
from smtpd_billbee.web.told import told
from smtpd_billbee.work import owners, senders

ON_A_PAGE = 100
QUIET = timedelta(days=1)  # nothing is said of less
LONG_QUIET = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Silence:
    """How long no mail has come; `is_long`: it is worth a look."""

    words: str
    is_long: bool


def silence(line: ShopLine, now: datetime) -> _Silence | None:
    """Since the last mail, or since the shop was made; None for less than a day."""
    quiet = now - (line.last_mail_at or line.created_at)
    if quiet < QUIET:
        return None
    return _Silence(format_timedelta(quiet, granularity="day", threshold=1.2, locale=get_locale()), quiet >= LONG_QUIET)


class ShopsPage(Page):
    """The list, and the first step of the wizard."""

    menu_label = _("Shops")
    icon = "fa fa-store"
    path = "/settings/shops"

    @route("")
    async def index(self, request: Request) -> Response:
        """Every shop with its address, its last mail and order, and how long it has been silent."""
        context, after = context_of(request), number_in_query(request, "after")
        async with context.store.reading() as tx:
            lines = await tx.shop_lists.lines(account_of(request), after, ON_A_PAGE + 1)
            closed = [] if after else await tx.shop_lists.lines(account_of(request), limit=ON_A_PAGE, active=False)
        rows = [
            (line, import_address(line.id, context.settings.domain), silence(line, context.now()))
            for line in lines[:ON_A_PAGE]
        ]
        return self.shown(
            request, "shops.html", rows=rows, closed=closed, shows_accounts=account_of(request) is None, after=after,
            onward=lines[ON_A_PAGE - 1].id if len(lines) > ON_A_PAGE else None, may_add=may(request, UserRole.OWNER),
        )  # fmt: skip

    @route("/new", methods=["GET", "POST"])
    async def new(self, request: Request) -> Response:
        """Its name, its site, and for an administrator whose shop it is."""
        demand(request, UserRole.OWNER)
        if request.method == "GET":
            return await self._asked(request, account=request.query_params.get("account", ""))
        form = await request.form()
        chosen, site = form_fields.text(form, "account"), form_fields.text(form, "site").strip()
        try:
            name = form_fields.line(form, "name")
            mark = senders.site_mark(site) if site else None
            account = await chosen_account(request, chosen)
        except Error as error:
            return await self._asked(request, 422, form_fields.text(form, "name"), site, chosen, told(str(error)))
        context = context_of(request)
        actor = user_of(request).email
        shop = await owners.add_shop(context.store, None, account.email, name, actor, context.now())
        if mark:
            await senders.know(context.store, shop.id, mark, actor, context.now())
        return self.go(request, f"/settings/shops/{shop.id}/address")

    async def _asked(
        self, request: Request, status: int = 200, name: str = "", site: str = "", account: str = "", problem: str = ""
    ) -> Response:
        accounts: list[Account] = []
        if account_of(request) is None:
            async with context_of(request).store.reading() as tx:
                accounts = await tx.accounts.all()
        return self.shown(
            request, "shop_new.html", status, name=name, site=site, account=account, problem=problem, accounts=accounts,
            chooses_account=account_of(request) is None,
        )  # fmt: skip


class ShopWizard(Page):
    """The other steps, for a shop that is there: its address, and waiting for the first mails."""

    menu_label = _("Connect the shop")
    path = "/settings/shops/{shop:int}"
    add_to_menu = False

    @route("/address")
    async def address(self, request: Request) -> Response:
        """The finished address, and the two ways to use it."""
        shop = await shop_of(request)
        domain = context_of(request).settings.domain
        return self.shown(request, "shop_address.html", shop=shop, address=import_address(shop.id, domain))

    @route("/wait")
    async def wait(self, request: Request) -> Response:
        """Waits for the question of Jimdo or of a mailbox, then for the first order."""
        shop = await shop_of(request)
        context = context_of(request)
        async with context.store.reading() as tx:
            news = await news_of(tx, shop.id)
        address = import_address(shop.id, context.settings.domain)
        return self.shown(request, "shop_wait.html", shop=shop, news=news, address=address)

    @route("/news")
    async def news(self, request: Request) -> Response:
        """The same for the page's script."""
        shop = await shop_of(request)
        async with context_of(request).store.reading() as tx:
            return JSONResponse((await news_of(tx, shop.id, number_in_query(request, "known"))).as_json())

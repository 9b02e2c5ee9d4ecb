"""Pages of articles that end something: one is merged into another, or deleted; and how items find theirs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.routing import route

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.article import Recognition
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.article_forms import whole
from smtpd_billbee.web.bound import account_asked, accounts_of, demand, nothing_there
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.form_fields import text, ticked
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work import article_ends


class ArticleEnd(Page):
    """One article, for the last time."""

    path = "/articles/{article_id:int}/end"
    add_to_menu = False

    @route("")
    async def index(self, request: Request) -> Response:
        """What would happen."""
        return await self._page(request)

    @route("/merge", methods=["POST"])
    async def merge(self, request: Request) -> Response:
        """All that was its is another's."""
        demand(request, UserRole.CLERK)
        context, sku = context_of(request), text(await request.form(), "sku")
        try:
            into = await article_ends.merge(
                context.store, account_of(request), _number(request), sku, user_of(request).email, context.now()
            )
        except Refused as error:
            return await self._page(request, 422, told(str(error)), sku)
        except NoSuchThing:
            raise nothing_there() from None
        return self.go(request, f"/articles/{into.id}", gettext("The articles are one now."))

    @route("/delete", methods=["POST"])
    async def delete(self, request: Request) -> Response:
        """Its items have no article."""
        demand(request, UserRole.CLERK)
        context = context_of(request)
        try:
            await article_ends.delete(
                context.store, account_of(request), _number(request), user_of(request).email, context.now()
            )
        except NoSuchThing:
            raise nothing_there() from None
        return self.go(request, "/articles/list", gettext("The article is deleted."))

    @route("/title", methods=["POST"])
    async def title(self, request: Request) -> Response:
        """A title that somebody gave to it is its no more."""
        demand(request, UserRole.CLERK)
        context, title_id = context_of(request), whole(text(await request.form(), "title"))
        try:
            items = await article_ends.take_back(
                context.store, account_of(request), _number(request), title_id, user_of(request).email, context.now()
            )
        except NoSuchThing:
            raise nothing_there() from None
        said = gettext("Taken back: %(items)s items are no longer this article's.") % {"items": items}
        return self.go(request, f"/articles/{_number(request)}", said)

    async def _page(self, request: Request, status: int = 200, problem: str = "", sku: str = "") -> Response:
        async with context_of(request).store.reading() as tx:
            article = await tx.article_lists.get(account_of(request), _number(request))
            items = await tx.article_lists.items_of(article.id) if article else 0
        if article is None:
            raise nothing_there()
        demand(request, UserRole.CLERK)
        return self.shown(request, "article_end.html", status, article=article, items=items, problem=problem, sku=sku)


class RecognitionPage(Page):
    """Billbee's 'Artikelsynchronisation'."""

    path = "/articles/recognition"
    add_to_menu = False

    @route("", methods=["GET", "POST"])
    async def index(self, request: Request) -> Response:
        """Three switches of an account; an owner may change them."""
        context, accounts = context_of(request), await accounts_of(request)
        account, problem = account_asked(request, accounts), ""
        if request.method == "POST":
            demand(request, UserRole.OWNER)
            if account is None:
                raise nothing_there()
            form = await request.form()
            by = Recognition(**{name: ticked(form, name) for name in Recognition.__dataclass_fields__})
            try:
                await article_ends.recognise(context.store, account.id, by, user_of(request).email, context.now())
                return self.go(request, f"{self.path}?account={account.id}", gettext("Saved."))
            except Refused as error:
                problem = told(str(error))
        async with context.store.reading() as tx:
            by = await tx.recognition.switches(account.id) if account else Recognition()
        return self.shown(
            request, "recognition.html", 422 if problem else 200, accounts=accounts, account=account, by=by,
            problem=problem, may_change=may(request, UserRole.OWNER),
        )  # fmt: skip


def _number(request: Request) -> int:
    return min(int(request.path_params["article_id"]), 2**63 - 1)

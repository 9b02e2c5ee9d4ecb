"""The pages of articles: one article, items without article, SKUs that came with another title, and the export."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, Refused, TakenMeanwhile
from smtpd_billbee.model.article import Article, ArticleFields
from smtpd_billbee.model.shop import sku_key
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Tx
from smtpd_billbee.web import article_charts, figures
from smtpd_billbee.web.article_forms import as_shown, fields_of, posted, whole, word
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.files import table_file
from smtpd_billbee.web.page import SEE_OTHER, Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work import articles

ITEMS = 100  # of one title, on its page


class ArticlePages(Page):
    """Everything but the list."""

    menu_label = _("Articles")
    path = "/articles"
    route_name = "article-pages"
    add_to_menu = False

    @route("")
    async def index(self, request: Request) -> Response:
        """The list stands elsewhere."""
        return RedirectResponse("/articles/list", SEE_OTHER)

    @route("/detail", name="article-detail")
    async def detail(self, request: Request) -> Response:
        """The framework's address of one article."""
        return RedirectResponse(f"/articles/{whole(request.query_params.get('pk', ''))}", SEE_OTHER)

    @route("/{article_id:int}", name="article")
    async def article(self, request: Request) -> Response:
        """One article: its words, its months, its orders, its sources."""
        return await self._article(request, request.path_params["article_id"])

    @route("/{article_id:int}", methods=["POST"], name="article-change")
    async def change(self, request: Request) -> Response:
        """Give it other words."""
        _clerk(request)
        article_id = request.path_params["article_id"]
        form = await posted(request)
        async with context_of(request).store.reading() as tx:
            article = await _known(tx, request, article_id)
        try:
            to = fields_of(form, article.fields.sku)
            await articles.change(*_of(request), as_shown(article, form), to, *_by(request))
        except TakenMeanwhile:
            problem = gettext("Somebody else has changed this article meanwhile: look at it again. Nothing was saved.")
            return await self._article(request, article_id, 409, problem)
        except Error as error:
            return await self._article(request, article_id, 422, _said(error), form)
        return self.go(request, f"/articles/{article_id}", gettext("The article is saved."))

    async def _article(
        self, request: Request, article_id: int, status: int = 200, problem: str = "", typed: Any = None
    ) -> Response:
        async with context_of(request).store.reading() as tx:
            article = await _known(tx, request, article_id)
            months = await tx.article_lists.months(article_id)
            orders = await tx.article_lists.orders_of(article_id)
            sources = await tx.article_lists.sources(article_id)
            titles = await tx.article_lists.bound_titles(article_id)
        fields = article.fields
        words = {"title": fields.title, "ean": fields.ean or "", "price": figures.plain_price(fields.price)}
        return self.shown(
            request,
            "article.html",
            status,
            article=article,
            words=words | {name: word(typed, name) for name in words if typed},
            problem=problem,
            months=list(reversed(months)),
            chart_spec=article_charts.quantities(months),
            orders=orders,
            sources=sources,
            titles=titles,
            figures=figures,
            may_change=may(request, UserRole.CLERK),
        )

    @route("/articles.{kind}", name="articles-file")
    async def file(self, request: Request) -> Response:
        """Every article as a table that can be changed and read in again."""
        kind = request.path_params["kind"]
        if kind not in ("csv", "xlsx"):
            raise HTTPException(404)
        async with context_of(request).store.reading() as tx:
            found = await tx.article_lists.page(
                account_of(request), request.query_params.get("q", "").replace("\0", "")
            )
        head = (gettext("SKU"), gettext("Title"), gettext("EAN"), gettext("Price"))
        rows = [(each.fields.sku, each.fields.title, each.fields.ean, each.fields.price) for each in found]
        return table_file(head, rows, kind, "articles", gettext("Articles"))

    @route("/unassigned", name="unassigned")
    async def unassigned(self, request: Request) -> Response:
        """Items without article, by title; `title`: the single items of one."""
        title = request.query_params.get("title")
        async with context_of(request).store.reading() as tx:
            lists, account = tx.article_lists, account_of(request)
            titles = await lists.stray_titles(account)
            items = await lists.stray_items(account, title, ITEMS) if title is not None else []
        return self.shown(
            request,
            "unassigned.html",
            titles=titles,
            title=title,
            items=items,
            most=ITEMS,
            figures=figures,
            may_change=may(request, UserRole.CLERK),
        )

    @route("/unassigned", methods=["POST"], name="unassigned-give")
    async def give(self, request: Request) -> Response:
        """Give one item, or all of a title, to the article with that SKU; or make an article with it."""
        _clerk(request)
        form = await posted(request)
        back = "/articles/unassigned"
        sku, title = " ".join(word(form, "sku").split()), str(form.get("title") or "")
        try:
            if word(form, "item"):
                article_id = await self._give_item(request, whole(word(form, "item")), sku)
            else:
                article_id = await self._give_title(request, whole(word(form, "account")), title, sku, form)
        except Error as error:
            return self.go(request, back, _said(error), "error")
        return self.go(
            request, back, gettext("Done: article %(number)s has them now.") % {"number": f"{sku} ({article_id})"}
        )

    async def _give_item(self, request: Request, item_id: int, sku: str) -> int:
        async with context_of(request).store.reading() as tx:
            item = await tx.article_lists.stray_item(account_of(request), item_id)
            if item is None:
                raise HTTPException(404)
            found = await _by_sku(tx, item.account_id, sku)
        if found is None:
            raise Refused(gettext("There is no article with the SKU %(sku)s.") % {"sku": sku})
        await articles.give_item(*_of(request), item_id, found.id, *_by(request))
        return found.id

    async def _give_title(self, request: Request, account_id: int, title: str, sku: str, form: Any) -> int:
        account = account_of(request)
        async with context_of(request).store.reading() as tx:
            known = await tx.article_lists.stray_items(account, title, 1)
            if not known or (account is not None and account != account_id):
                raise HTTPException(404)
            found = await _by_sku(tx, account_id, sku)
        store = context_of(request).store
        if word(form, "act") == "new":
            if found is not None:
                raise Refused(gettext("There is an article with the SKU %(sku)s already.") % {"sku": sku})
            new = fields_of({"title": title}, sku)
            return await articles.make_of_title(store, account_id, title, new, *_by(request))
        if found is None:
            raise Refused(gettext("There is no article with the SKU %(sku)s.") % {"sku": sku})
        await articles.give_title(store, account_id, title, found.id, *_by(request))
        return found.id

    @route("/titles", name="titles")
    async def titles(self, request: Request) -> Response:
        """SKUs that came with another title than their article's."""
        async with context_of(request).store.reading() as tx:
            others = await tx.article_lists.other_titles(account_of(request))
        may_change = may(request, UserRole.CLERK)
        return self.shown(request, "other_titles.html", others=others, figures=figures, may_change=may_change)

    @route("/titles", methods=["POST"], name="titles-settle")
    async def settle(self, request: Request) -> Response:
        """It is the same article; or another one, by the SKU that it is to have."""
        _clerk(request)
        form = await posted(request)
        title_id, sku = whole(word(form, "id")), " ".join(word(form, "sku").split())
        async with context_of(request).store.reading() as tx:
            others = await tx.article_lists.other_titles(account_of(request))
        other = {each.id: each for each in others}.get(title_id)
        if other is None:
            raise HTTPException(404)
        if word(form, "act") == "same":
            await articles.settle(*_of(request), [title_id], *_by(request))
            return self.go(request, "/articles/titles", gettext("Noted: it is the same article."))
        try:
            new = fields_of({"title": other.title}, sku)
            if sku_key(sku) == sku_key(other.article.fields.sku):
                raise Refused(gettext("That is the SKU of the article itself."))
            made = await articles.part(*_of(request), title_id, ArticleFields(sku, new.title), *_by(request))
        except Error as error:
            return self.go(request, "/articles/titles", _said(error), "error")
        return self.go(request, f"/articles/{made}", gettext("This title is another article now."))


def _clerk(request: Request) -> None:
    if not may(request, UserRole.CLERK):
        raise HTTPException(403)


def _said(error: Error) -> str:
    """Why it was not done: our own words, or those for what changed since the page was shown."""
    if isinstance(error, TakenMeanwhile):
        return gettext("Somebody else was faster: look again.")
    if isinstance(error, Refused):
        return told(str(error))
    return gettext("There is nothing like that any more: look again.")


def _of(request: Request) -> tuple[Any, int | None]:
    return context_of(request).store, account_of(request)


def _by(request: Request) -> tuple[str, Any]:
    return user_of(request).email, context_of(request).now()


async def _known(tx: Tx, request: Request, article_id: int) -> Article:
    article = await tx.article_lists.get(account_of(request), article_id)
    if article is None:
        raise HTTPException(404)
    return article


async def _by_sku(tx: Tx, account_id: int, sku: str) -> Article | None:
    return (await tx.article_lists.by_sku_keys(account_id, [sku_key(sku)])).get(sku_key(sku))

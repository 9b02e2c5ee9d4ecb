"""The list of articles: searched and sorted, with what was sold in the last 30 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette_admin.fields import StringField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.article import Article
from smtpd_billbee.model.period import DAY
from smtpd_billbee.web import figures
from smtpd_billbee.web.context import account_of, context_of
from smtpd_billbee.web.look_only import LookOnly

RECENT = 30  # days


@dataclass(frozen=True, slots=True)
class Row:
    """An article as the list shows it."""

    id: int
    sku: str
    title: str
    ean: str
    price: str
    sold: str


class ArticleList(LookOnly):
    """Under /articles/list; everything else of articles is pages of ours."""

    key = "articles"
    display_name = _("Article")
    menu_label = _("Articles")
    icon = "fa fa-box"
    pk_attr = "id"
    fields: Sequence[Any] = (
        StringField("id", exclude_from_list=True),
        StringField("sku", label=_("SKU")),
        StringField("title", label=_("Title")),
        StringField("ean", label=_("EAN")),
        StringField("price", label=_("Price")),
        StringField("sold", label=_("Sold in the last 30 days"), orderable=False),
    )
    sortable_fields: Sequence[str] = (
        "sku",
        "title",
        "ean",
        "price",
    )
    searchable_fields: Sequence[str] = ()
    fields_default_sort: Sequence[str] = ("sku",)
    page_size = 25
    page_size_options: Sequence[int] = (
        25,
        50,
        100,
    )
    column_visibility = False
    actions: Sequence[str] = ()
    row_actions: Sequence[str] = ()
    exporters: Sequence[str] = ()
    importers: Sequence[str] = ()
    list_template = "articles.html"

    def is_active(self, request: Request) -> bool:
        path = str(request.scope["path"]).removeprefix(request.scope["root_path"])
        return path == "/articles" or path.startswith("/articles/")

    def can_view_detail(self, request: Request) -> bool:
        return False

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Any]:
        sort, direction = (sorts or [("sku", "asc")])[0]
        account = account_of(request)
        async with context_of(request).store.reading() as tx:
            found = await tx.article_lists.page(account, _words(q), sort, direction == "desc", skip, limit)
            first = context_of(request).now().astimezone().date() - (RECENT - 1) * DAY
            sold = await tx.article_lists.sold(account, [each.id for each in found], first) if found else {}
        return [_row(each, figures.number(sold.get(each.id, 0))) for each in found]

    async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
        async with context_of(request).store.reading() as tx:
            return await tx.article_lists.count(account_of(request), _words(q))

    async def find_by_pk(self, request: Request, pk: Any) -> Any:
        found = await self.find_by_pks(request, [pk])
        return found[0] if found else None

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
        wanted = [int(pk) for pk in pks if str(pk).isdecimal() and len(str(pk)) < 19]
        async with context_of(request).store.reading() as tx:
            return [_row(each, "") for each in await tx.article_lists.some(account_of(request), wanted)]

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        raise HTTPException(403)


def _words(q: str | None) -> str:
    return (q or "").replace("\0", "")[:200]


def _row(article: Article, sold: str) -> Row:
    fields = article.fields
    price = "" if fields.price is None else figures.money(fields.price, None)
    return Row(article.id, fields.sku, fields.title, fields.ean or "", price, sold)

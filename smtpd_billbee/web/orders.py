"""The order list: search, conditions, columns, pages, and what is done with several orders at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import BaseModelView, BooleanField, DateField, EnumField, IntegerField, StringField
from starlette_admin.actions import ActionSelection, action
from starlette_admin.exceptions import ActionFailed
from starlette_admin.filters import FilterGroup
from starlette_admin.flash import flash
from starlette_admin.i18n import gettext, ngettext
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.errors import ChangedMeanwhile, NoSuchThing, Refused
from smtpd_billbee.model.order_list import OrderLine, OrderQuery, Rule, Rules
from smtpd_billbee.model.shop import DELETED
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.admin import static_links
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.look_only import LookOnly
from smtpd_billbee.web.order_export import KINDS, file_of
from smtpd_billbee.web.order_filters import (
    CHOICES,
    AtLeast,
    AtMost,
    BetweenDays,
    ByPayment,
    Contains,
    IsNotSo,
    IsSo,
    NoneOf,
    OfShop,
    OnDay,
    OneOf,
    SinceDay,
    Tagged,
    UntilDay,
    rules_of,
)
from smtpd_billbee.web.order_words import STATES, amount, badge, number, ordered
from smtpd_billbee.web.told import told
from smtpd_billbee.work.editing import Editor

MOST_EXPORTED = 20_000
PORTION = 500
NOT_DELETED = Rule("state", "not_in", [DELETED])


def editor_of(request: Request) -> Editor:
    """The signed-in user as one who changes orders."""
    context = context_of(request)
    return Editor(context.store, account_of(request), user_of(request).email, context.now())


async def _form(request: Request, view: BaseModelView, name: str, **words: Any) -> str:
    assert view._admin is not None
    template = view._admin.templates.env.get_template(name)
    return str(template.render(request=request, **words))


async def _state_form(request: Request, view: BaseModelView) -> str:
    return await _form(request, view, "orders/state_form.html", states=STATES)


async def _tag_form(request: Request, view: BaseModelView) -> str:
    return await _form(request, view, "orders/tag_form.html")


async def _export_form(request: Request, view: BaseModelView) -> str:
    return await _form(request, view, "orders/export_form.html", kinds=KINDS)


class OrderList(LookOnly):
    """Orders as the framework's list, over our store."""

    key = "orders"
    menu_label = _("Orders")
    display_name = _("Order")
    icon = "fa fa-cart-shopping"
    pk_attr = "id"
    list_template = "orders/list.html"
    fields = (
        IntegerField("id", label="ID", exclude_from_list=True),
        StringField("number", label=_("Number"), filters=[Contains]),
        BooleanField("to_check", label=_("To check"), filters=[IsSo, IsNotSo]),
        DateField("date", label=_("Date"), filters=[OnDay, SinceDay, UntilDay, BetweenDays]),
        StringField("shop", label=_("Shop"), filters=[OfShop]),
        StringField("customer", label=_("Customer"), filters=[Contains]),
        StringField("items", label=_("Items")),
        StringField("total", label=_("Sum"), filters=[AtLeast, AtMost]),
        StringField("payment", label=_("Payment"), filters=[ByPayment]),
        EnumField("state", label=_("Status"), choices=list(STATES.items()), filters=[OneOf, NoneOf]),
        StringField("tags", label=_("Tags"), filters=[Tagged]),
    )
    sortable_fields = ("id", "number", "date", "shop", "customer", "total", "payment", "state")
    fields_default_sort = (("id", True),)
    page_size = 25
    page_size_options = (10, 25, 50, 100)
    actions = ("state", "tag", "delete", "restore", "export")
    row_actions = ()
    exporters = ()
    importers = ()
    tabs = (
        (_("All orders"), None),
        (_("To check"), "to_check__is_true"),
        (_("Open orders"), "state__in=1,2,3,13"),
        (_("Shipped orders"), "state__in=4"),
        (_("Deleted orders"), "state__in=6"),
    )
    additional_js_links = static_links("framework.js", "orders.js")
    additional_css_links = static_links("orders.css")

    def is_active(self, request: Request) -> bool:
        return bool(request.scope["path"].startswith("/orders"))

    def can_view_detail(self, request: Request) -> bool:
        return False

    async def is_action_allowed(self, request: Request, name: str) -> bool:
        return may(request, UserRole.READER if name == "export" else UserRole.CLERK)

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[OrderLine]:
        """One page; it also looks up what the conditions offer for choice, where the list begins, and views."""
        query = self._query(request, q, filters)
        async with context_of(request).store.reading() as tx:
            choices = await tx.order_lists.shops(query.account_id), await tx.order_lists.payments(query.account_id)
            setattr(request.state, CHOICES, choices)
            request.state.saved_views = await tx.saved_views.of_user(user_of(request).id)
            request.state.newest_order = await tx.order_lists.newest(query.account_id)
            most = limit if limit > 0 else MOST_EXPORTED
            if not query.words.strip():
                return await tx.order_lists.page(query, sorts or (), skip, most)
            lines, request.state.orders_found = await tx.order_lists.search(query, sorts or (), skip, most)
            return lines

    async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
        found: int | None = getattr(request.state, "orders_found", None)
        if found is not None:
            return found
        async with context_of(request).store.reading() as tx:
            return await tx.order_lists.count(self._query(request, q, filters))

    async def find_by_pk(self, request: Request, pk: Any) -> OrderLine | None:
        found = await self.find_by_pks(request, [pk])
        return found[0] if found else None

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[OrderLine]:
        ids = [int(pk) for pk in pks if str(pk).isdecimal() and len(str(pk)) < 19]
        async with context_of(request).store.reading() as tx:
            return await tx.order_lists.some(account_of(request), ids)

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        raise HTTPException(403)

    async def serialize(self, obj: OrderLine, request: Request, *_: Any, **__: Any) -> dict[str, Any]:
        """A row as its template shows it."""
        return asdict(obj) | {
            "date": ordered(obj.ordered_at),
            "shop": obj.shop_name,
            "customer": obj.customer_name,
            "items": [(number(quantity), title) for quantity, title in obj.items],
            "total": amount(obj.total, obj.currency),
            "payment": obj.payment_method,
            "state": badge(obj.state),
            "problems": [told(each) for each in obj.problems],
        }

    def _query(self, request: Request, q: str | None, filters: FilterGroup | None) -> OrderQuery:
        """Deleted orders are shown to those who ask for a state."""
        rules = rules_of(filters)
        if not rules.speak_of("state"):
            rules = Rules([rules, NOT_DELETED])
        return OrderQuery(account_of(request), (q or "")[:200], rules)

    @action("state", _("Change state"), confirmation=_("Which state shall the selected orders get?"),
            header=_("Change state"), submit_btn_text=_("Change state"), form=_state_form)  # fmt: skip
    async def state_action(self, request: Request, selection: ActionSelection) -> None:
        """Billbee's 'Status ändern'."""
        chosen = str((await request.form()).get("state") or "")
        if not chosen.isdecimal() or int(chosen) not in STATES:
            raise ActionFailed(gettext("Please choose a state."))
        await self._done(request, selection, lambda editor, ids: editor.set_state(ids, int(chosen)))

    @action("tag", _("Change tags"), confirmation=_("Tags of the selected orders; commas part them."),
            header=_("Change tags"), submit_btn_text=_("Change tags"), form=_tag_form)  # fmt: skip
    async def tag_action(self, request: Request, selection: ActionSelection) -> None:
        """Put tags to orders, or take them away."""
        form = await request.form()
        add, remove = (str(form.get(name) or "").split(",") for name in ("add", "remove"))
        await self._done(request, selection, lambda editor, ids: editor.tag(ids, add, remove))

    @action("delete", _("Delete"), confirmation=_("Deleted orders leave the list; they can be restored."),
            header=_("Delete"), submit_btn_text=_("Delete"), submit_btn_class="btn btn-danger")  # fmt: skip
    async def delete_action(self, request: Request, selection: ActionSelection) -> None:
        """Billbee's 'Löschen': a state."""
        await self._done(request, selection, lambda editor, ids: editor.set_state(ids, DELETED))

    @action("restore", _("Restore"), confirmation=_("Deleted orders get back the state that they had."),
            header=_("Restore"), submit_btn_text=_("Restore"))  # fmt: skip
    async def restore_action(self, request: Request, selection: ActionSelection) -> None:
        """The other way round."""
        await self._done(request, selection, lambda editor, ids: editor.restore(ids))

    @action("export", _("Export"), header=_("Export"), custom_response=True, allow_empty_selection=True,
            dedicated_button=True, submit_btn_text=_("Export"), form=_export_form,
            confirmation=_("The selected orders; without a selection, all that the list shows."))  # fmt: skip
    async def export_action(self, request: Request, selection: ActionSelection) -> Response:
        """A file with a row for each item."""
        kind = str((await request.form()).get("kind") or "csv")
        if kind not in KINDS:
            raise ActionFailed(gettext("Please choose a format."))
        content = await asyncio.to_thread(file_of, await self._chosen(request, selection), kind)
        name = f"orders-{context_of(request).now():%Y-%m-%d}.{kind}"
        return Response(
            content, headers={"content-disposition": f'attachment; filename="{name}"'}, media_type=KINDS[kind]
        )

    async def _chosen(self, request: Request, selection: ActionSelection) -> list[Any]:
        async with context_of(request).store.reading() as tx:
            if selection._pks:
                ids = [line.id for line in await self.find_by_pks(request, selection._pks)]
            else:
                query = self._query(request, selection.q, selection.filters)
                ids = [line.id for line in await tx.order_lists.page(query, limit=MOST_EXPORTED)]
            found = []
            for start in range(0, len(ids), PORTION):
                found += await tx.order_pages.some(account_of(request), ids[start : start + PORTION])
        return found

    async def _done(self, request: Request, selection: ActionSelection, change: Any) -> None:
        ids = [int(pk) for pk in await selection.pks() if pk.isdecimal() and len(pk) < 19]
        if not ids:
            raise ActionFailed(gettext("No order is selected."))
        try:
            changed = await change(editor_of(request), ids)
        except Refused as error:
            raise ActionFailed(told(str(error))) from None
        except (NoSuchThing, ChangedMeanwhile):
            raise ActionFailed(gettext("Some of these orders are not there any more. Nothing was changed.")) from None
        flash(
            request,
            ngettext("%(count)d order was changed.", "%(count)d orders were changed.", changed) % {"count": changed},
            "success",
        )

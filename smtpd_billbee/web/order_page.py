"""The page of one order: what was read, beside the mail that it was read from; edit, accept, change its state."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette_admin.i18n import gettext as _
from starlette_admin.i18n import lazy_gettext
from starlette_admin.routing import route

from smtpd_billbee.errors import ChangedMeanwhile, NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.shop import CANCELED, DELETED, PAID, SHIPPED, STATES
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import order_words, values
from smtpd_billbee.web.context import account_of, context_of, may
from smtpd_billbee.web.order_form import AMOUNTS, Form, has_too_many, item_numbers, order_of, words_of
from smtpd_billbee.web.order_parts import items_page, rows_beside
from smtpd_billbee.web.orders import editor_of
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work.editing import Editor
from smtpd_billbee.work.mail_rows import MailSheet, mail_sheet

MOST_HISTORY = 100
UNPROCESSABLE = 422
CONFLICT = 409


class OrderPage(Page):
    """An order, and what is asked of the list by its scripts."""

    menu_label = lazy_gettext("Order")
    path = "/orders"
    add_to_menu = False

    @route("", name="orders")
    async def index(self, request: Request) -> Response:
        """The list has its own place; what is asked of it goes along."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/orders/list{query}", 303)

    @route("/new")
    async def newer(self, request: Request) -> Response:
        """How many orders came after the one that the list knows."""
        after = request.query_params.get("after", "")
        if not after.isdecimal() or len(after) > 18:
            raise HTTPException(400)
        async with context_of(request).store.reading() as tx:
            return JSONResponse({"count": await tx.order_lists.newer(account_of(request), int(after))})

    @route("/{order_id:int}", name="order")
    async def order(self, request: Request) -> Response:
        """The order beside its mail."""
        whole = await _whole(request)
        return self.shown(request, "orders/page.html", **await _words(request, whole))

    @route("/{order_id:int}/edit", methods=["GET", "POST"], name="order-edit")
    async def edit(self, request: Request) -> Response:
        """All of its fields; the second of two people is told that he comes too late."""
        _must_be_clerk(request)
        whole = await _whole(request)
        if request.method == "GET":
            return self._form(request, whole, words_of(whole), whole.changed_at)
        words = {
            name: value for name, value in (await request.form(max_fields=10_000)).items() if isinstance(value, str)
        }
        form, seen = Form(words), _seen(words)
        order, beside = order_of(form, whole.kept.order)
        if form.complaints:
            return self._form(request, whole, words, seen, form.complaints, UNPROCESSABLE)
        try:
            changed = await editor_of(request).edit(whole.kept.id, seen, order, beside)
        except Refused:
            complaints = {"number": _("The shop has another order with this number.")}
            return self._form(request, whole, words, seen, complaints, UNPROCESSABLE)
        except ChangedMeanwhile:
            return self._form(request, whole, words, seen, {}, CONFLICT)
        return self.go(request, f"/orders/{whole.kept.id}", _("Saved.") if changed else _("Nothing was changed."))

    def _form(
        self,
        request: Request,
        whole: WholeOrder,
        words: Mapping[str, str],
        seen: datetime,
        complaints: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        return self.shown(
            request, "orders/edit.html", status, whole=whole, words=words, seen=seen.isoformat(), amounts=AMOUNTS,
            complaints=complaints or {}, items=item_numbers(words), names=order_words, too_late=status == CONFLICT,
            too_many=has_too_many(whole.kept.order),
        )  # fmt: skip

    @route("/{order_id:int}/accept", methods=["POST"], name="order-accept")
    async def accept(self, request: Request) -> Response:
        """Somebody looked, and it is right."""
        return await self._change(request, lambda editor, order_id, seen: editor.accept(order_id, seen), _("Accepted."))

    @route("/{order_id:int}/state", methods=["POST"], name="order-state")
    async def state(self, request: Request) -> Response:
        """Paid, shipped, cancelled, deleted, or any other state."""
        chosen = str((await request.form()).get("state") or "")
        if not chosen.isdecimal() or len(chosen) > 4 or int(chosen) not in STATES:
            raise HTTPException(400)
        said = _("The state is now: %(state)s") % {"state": order_words.state_name(int(chosen))}
        return await self._change(
            request, lambda editor, order_id, seen: editor.set_state([order_id], int(chosen), seen), said
        )

    @route("/{order_id:int}/restore", methods=["POST"], name="order-restore")
    async def restore(self, request: Request) -> Response:
        """Out of the deleted ones."""
        return await self._change(
            request, lambda editor, order_id, seen: editor.restore([order_id], seen), _("Restored.")
        )

    async def _change(
        self, request: Request, change: Callable[[Editor, int, datetime], Awaitable[Any]], said: str
    ) -> Response:
        _must_be_clerk(request)
        whole = await _whole(request)
        words = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        path = f"/orders/{whole.kept.id}"
        try:
            await change(editor_of(request), whole.kept.id, _seen(words))
        except NoSuchThing:
            raise HTTPException(404) from None
        except ChangedMeanwhile:
            return self.go(request, path, _too_late(), "warning")
        return self.go(request, path, said)


def _too_late() -> str:
    return _("Somebody else has changed this order meanwhile. Nothing was overwritten; please look at it again.")


def _must_be_clerk(request: Request) -> None:
    if not may(request, UserRole.CLERK):
        raise HTTPException(403)


async def _whole(request: Request) -> WholeOrder:
    order_id = request.path_params["order_id"]
    if order_id >= 2**63:
        raise HTTPException(404)
    async with context_of(request).store.reading() as tx:
        whole = await tx.order_pages.get(account_of(request), order_id)
    if whole is None:
        raise HTTPException(404)
    return whole


def _seen(words: Mapping[str, str]) -> datetime:
    """When the order was changed last, as the form knew it."""
    try:
        seen = datetime.fromisoformat(words.get("changed_at", ""))
    except ValueError:
        raise HTTPException(400) from None
    if seen.tzinfo is None:
        raise HTTPException(400)
    return seen


async def _words(request: Request, whole: WholeOrder) -> dict[str, Any]:
    mail_id = whole.kept.mail_id
    async with context_of(request).store.reading() as tx:
        history = await tx.journal.of_order(whole.kept.id)
        raw = await tx.mails.raw(mail_id) if mail_id is not None else None
    sheet = await context_of(request).hands.readers.run(mail_sheet, raw, dict(whole.provenance)) if raw else None
    items, is_cut = items_page(whole, request.query_params.get("items", "")), False
    if sheet is not None:
        sheet, is_cut = rows_beside(sheet, items)
    return {
        "whole": whole,
        "order": whole.kept.order,
        "kept": whole.kept,
        "sheet": sheet,
        "is_cut": is_cut,
        "page": items,
        "places": _places(sheet),
        "names": order_words,
        "values": values,
        "told": told,
        "history": [_told(entry) for entry in reversed(history[-MOST_HISTORY:])],
        "seen": whole.changed_at.isoformat(),
        "clerk": may(request, UserRole.CLERK),
        "buttons": [state for state in (PAID, SHIPPED, CANCELED) if state != whole.kept.state],
        "deleted": DELETED,
    }


def _places(sheet: MailSheet | None) -> frozenset[str]:
    """The fields of which a place in the mail can be shown."""
    if sheet is None:
        return frozenset()
    rows = (row for part in sheet.parts for row in part.rows)
    return frozenset(path for row in (sheet.subject, *rows) for path in row.fields)


def _told(entry: Entry) -> dict[str, Any]:
    """A line of the journal in the user's words."""
    detail = entry.detail
    if entry.action == "state changed":
        lines = [f"{order_words.state_name(detail['before'])} → {order_words.state_name(detail['after'])}"]
        lines += [told(str(line)) for line in detail.get("changes", ())]
    elif entry.action == "tagged":
        lines = [f"{', '.join(detail['before']) or '–'} → {', '.join(detail['after']) or '–'}"]
    else:
        found = (detail.get(name) for name in ("changes", "problems", "differences", "added"))
        lines = [told(str(line)) for some in found if isinstance(some, list) for line in some]
    action = str(order_words.ACTIONS.get(entry.action, entry.action))
    actor = _("the reader") if entry.actor == "reader" else entry.actor
    return {"at": order_words.moment(entry.at), "actor": actor, "action": action, "lines": lines}

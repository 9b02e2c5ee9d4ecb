"""Reading articles from a file: chosen, looked at with every complaint, then taken in."""

import base64
import binascii
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import TakenMeanwhile
from smtpd_billbee.formats.article_files import MAX_BYTES
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import figures
from smtpd_billbee.web.article_forms import complained, whole, word
from smtpd_billbee.web.context import account_of, context_of, user_of
from smtpd_billbee.web.page import Page
from smtpd_billbee.work import articles
from smtpd_billbee.work.articles import ArticlePlan

SHOWN = 100  # lines of a preview


class ArticleImport(Page):
    """From the file to the articles, in two steps."""

    menu_label = _("Import articles")
    path = "/articles/import"
    route_name = "article-import"
    add_to_menu = False
    role = UserRole.CLERK

    @route("")
    async def index(self, request: Request) -> Response:
        """Choose a file."""
        return await self._choose(request)

    @route("", methods=["POST"], name="article-import-act")
    async def act(self, request: Request) -> Response:
        """Look at the file; or, looked at, take it in."""
        if int(request.headers.get("content-length") or MAX_BYTES * 2) > MAX_BYTES * 2:
            raise HTTPException(413)
        # What the form keeps in a file is closed with it.
        async with request.form() as form:
            return await self._act(request, form)

    async def _act(self, request: Request, form: FormData) -> Response:
        account_id = account_of(request) or whole(word(form, "account"))
        await self._account(request, account_id)
        if word(form, "act") == "take":
            return await self._take(request, account_id, word(form, "content"))
        sent = form.get("file")
        content = await sent.read(MAX_BYTES + 1) if isinstance(sent, UploadFile) else b""
        if not content:
            return await self._choose(request, gettext("Please choose a file."))
        plan = await articles.planned(context_of(request).store, account_id, content)
        packed = base64.b64encode(content).decode() if len(content) <= MAX_BYTES else ""
        return self._plan(request, plan, account_id, packed)

    async def _take(self, request: Request, account_id: int, packed: str) -> Response:
        try:
            content = base64.b64decode(packed, validate=True)
        except binascii.Error:
            raise HTTPException(400) from None
        store, actor, now = context_of(request).store, user_of(request).email, context_of(request).now()
        try:
            done = await articles.take_in(store, account_id, content, actor, now)
        except TakenMeanwhile:
            plan = await articles.planned(store, account_id, content)
            problem = gettext("Somebody else has changed articles meanwhile: look at it again. Nothing was saved.")
            return self._plan(request, plan, account_id, packed, problem, 409)
        said = gettext("%(new)s articles are new, %(changed)s were changed, %(wrong)s lines were left out.")
        counts = {"new": len(done.new), "changed": len(done.changed), "wrong": len(done.complaints)}
        return self.go(request, "/articles/list", said % counts)

    async def _account(self, request: Request, account_id: int) -> None:
        async with context_of(request).store.reading() as tx:
            if account_id not in {each.id for each in await tx.accounts.all()}:
                raise HTTPException(404)

    async def _choose(self, request: Request, problem: str = "") -> Response:
        accounts: list[Any] = []
        if account_of(request) is None:
            async with context_of(request).store.reading() as tx:
                accounts = await tx.accounts.all()
        status = 422 if problem else 200
        return self.shown(request, "article_import.html", status, accounts=accounts, problem=problem, plan=None)

    def _plan(
        self, request: Request, plan: ArticlePlan, account_id: int, packed: str, problem: str = "", status: int = 200
    ) -> Response:
        return self.shown(
            request,
            "article_import.html",
            status,
            plan=plan,
            complaints=[(each.line, complained(each)) for each in plan.complaints[:SHOWN]],
            more=max(0, len(plan.new) - SHOWN) + max(0, len(plan.changed) - SHOWN),
            most=SHOWN,
            account=account_id,
            packed=packed,
            problem=problem,
            figures=figures,
        )

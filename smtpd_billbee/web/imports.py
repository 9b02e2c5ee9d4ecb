"""Importing order files: the list of imports, the dialog, the preview, the result, and undoing it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.store.import_lists import ImportLine
from smtpd_billbee.web import order_words
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.mail_words import VAT_MODES, moment
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.size_limit import wants_json
from smtpd_billbee.web.told import told
from smtpd_billbee.web.uploads import LARGEST, Upload, put_aside
from smtpd_billbee.work import importing
from smtpd_billbee.work.importing import Wishes
from smtpd_billbee.work.storable import storable

SHOWN_RUNS = 200
SHOWN_ORDERS = 50
SHOWN_COMPLAINTS = 200
LONGEST_NAME = 200

FORMATS: Mapping[str, str] = {
    "": _("Recognised by itself"),
    "csv": _("CSV, as Jimdo exports it"),
    "xlsx": _("Excel (.xlsx)"),
    "xml": _("XML"),
}


class ImportPages(Page):
    """Files with orders."""

    menu_label = _("Imports")
    icon = "fa fa-file-import"
    path = "/imports"
    route_name = "imports"

    @route("")
    async def index(self, request: Request) -> Response:
        """Past imports, newest first."""
        async with context_of(request).store.reading() as tx:
            lines = await tx.import_lists.newest(account_of(request), SHOWN_RUNS)
        return self.shown(request, "imports.html", lines=lines, moment=moment, may_change=may(request, UserRole.CLERK))

    @route("/new", methods=["GET", "POST"], name="import-new")
    async def new(self, request: Request) -> Response:
        """The dialog; a file that came is kept for its preview."""
        _may_change(request)
        if request.method == "GET":
            return await self._dialog(request)
        async with request.form() as form:
            try:
                upload = await self._upload(request, form)
            except Refused as error:
                if wants_json(request):
                    return JSONResponse({"problem": told(str(error))}, 422)
                return await self._dialog(request, 422, problem=told(str(error)), asked=form)
        path = f"/imports/waiting/{context_of(request).uploads.keep(upload)}"
        return JSONResponse({"path": path}) if wants_json(request) else self.go(request, path)

    @route("/waiting/{word}", methods=["GET", "POST"], name="import-waiting")
    async def waiting(self, request: Request) -> Response:
        """What the file would do; then, confirmed, it does it."""
        _may_change(request)
        context, user, word = context_of(request), user_of(request), request.path_params["word"]
        find = context.uploads.take if request.method == "POST" else context.uploads.get
        upload = find(word, user.id, context.now())
        if upload is None or upload.shop_id not in await _shops(request):
            return self._not_kept(request, word)
        if request.method == "POST":
            return await self._import(request, word, upload)
        content = await asyncio.to_thread(upload.content)
        result = await importing.preview(context.store, content, upload.shop_id, upload.wishes)
        return self.shown(
            request,
            "import_preview.html",
            upload=upload,
            result=result,
            shop_name=(await _shops(request))[upload.shop_id],
            other_format=upload.format and upload.format != result.format,
            formats=FORMATS,
            orders=result.orders[:SHOWN_ORDERS],
            complaints=result.complaints[:SHOWN_COMPLAINTS],
            remarks=result.remarks,
            names=order_words,
            told=told,
        )

    def _not_kept(self, request: Request, word: str) -> Response:
        """What became of a file that does not wait any more: it may have been confirmed before."""
        uploads, user = context_of(request).uploads, user_of(request)
        if run := uploads.import_of(word, user.id):
            return self.go(
                request, f"/imports/{run}", gettext("The file was imported before; this came of it."), "info"
            )
        if uploads.was_taken(word, user.id):
            said = gettext("The file was confirmed before: it is being imported, or there was nothing new in it.")
            return self.go(request, "/imports", said, "info")
        # It may be on another node: each has the files that were sent to it.
        said = gettext(
            "The file is not here: it is kept for an hour, by the server that received it. Please choose it again."
        )
        return self.go(request, "/imports/new", said, "warning")

    @route("/{run:int}", name="import")
    async def run(self, request: Request) -> Response:
        """What an import did."""
        line = await self._run(request)
        async with context_of(request).store.reading() as tx:
            orders = await tx.import_lists.orders(line.run.id, SHOWN_ORDERS)
        return self.shown(
            request,
            "import_run.html",
            line=line,
            run=line.run,
            counts=line.run.new.counts,
            complaints=line.run.new.complaints[:SHOWN_COMPLAINTS],
            orders=orders,
            vat_modes=VAT_MODES,
            told=told,
            moment=moment,
            may_change=may(request, UserRole.CLERK),
        )

    @route("/{run:int}/undo", methods=["GET", "POST"], name="import-undo")
    async def undo(self, request: Request) -> Response:
        """Asks once, then takes it back."""
        line = await self._run(request)
        _may_change(request)
        if request.method == "GET":
            return self.shown(request, "import_undo.html", line=line, run=line.run)
        context = context_of(request)
        path = f"/imports/{line.run.id}"
        try:
            undone = await importing.undo(context.store, line.run.id, user_of(request).email, context.now())
        except Refused:
            return self.go(request, path, gettext("This import was undone before."), "warning")
        context.hands.relaying.ring()
        said = gettext(
            "The import was undone. Orders removed: %(removed)s; as before: %(restored)s; changed since and now to "
            "check: %(left)s."
        )
        return self.go(
            request, path, said % {"removed": undone.removed, "restored": undone.restored, "left": undone.left}
        )

    async def _run(self, request: Request) -> ImportLine:
        """The import of the address; one of another account is as one that is not there."""
        number = request.path_params["run"]
        line = None
        if number < 2**53:
            async with context_of(request).store.reading() as tx:
                line = await tx.import_lists.get(account_of(request), number)
        if line is None:
            raise HTTPException(404)
        return line

    async def _dialog(self, request: Request, status: int = 200, **words: Any) -> Response:
        shops = await _shops(request)
        async with context_of(request).store.reading() as tx:
            modes = {number: shop.rules.vat_mode for number, shop in (await tx.shops.some(shops)).items()}
        most = LARGEST // (1024 * 1024)
        return self.shown(
            request,
            "import_new.html",
            status,
            shops=shops,
            shop_modes=modes,
            formats=FORMATS,
            vat_modes=VAT_MODES,
            most=most,
            **words,
        )

    async def _upload(self, request: Request, form: Any) -> Upload:
        """The file and the wishes of the form.  Raises Refused with a sentence for the user."""
        file, shop, mode = form.get("file"), str(form.get("shop") or ""), str(form.get("vat_mode") or "")
        if not shop.isdecimal() or int(shop[:20]) not in await _shops(request):
            raise Refused(gettext("Please choose the shop that the orders belong to."))
        if mode not in ["", *(str(each.value) for each in VatMode)] or form.get("format", "") not in FORMATS:
            raise Refused(gettext("Please choose one of the values that are offered."))
        if not isinstance(file, UploadFile) or not file.filename:
            raise Refused(gettext("Please choose a file."))
        kept, size = await asyncio.to_thread(put_aside, file.file, LARGEST)
        if not 0 < size <= LARGEST:
            kept.close()
        if not size:
            raise Refused(gettext("The file is empty."))
        if size > LARGEST:
            most = {"size": LARGEST // (1024 * 1024)}
            raise Refused(
                gettext("The file is too large: the limit is %(size)s MB. Split it into several files.") % most
            )
        source = storable(str(form.get("source") or "").strip())[:LONGEST_NAME] or None
        vat_mode = await self._mode(request, int(shop), mode)
        return Upload(
            user_id=user_of(request).id,
            at=context_of(request).now(),
            name=storable(file.filename.replace("\\", "/").rsplit("/", 1)[-1])[:LONGEST_NAME],
            file=kept,
            size=size,
            shop_id=int(shop),
            format=str(form.get("format", "")),
            wishes=Wishes(vat_mode, source, allow_duplicates=not form.get("no_duplicates")),
        )

    async def _mode(self, request: Request, shop: int, chosen: str) -> VatMode:
        """What was chosen, else as the shop is set."""
        return VatMode(int(chosen)) if chosen else await importing.vat_mode(context_of(request).store, shop)

    async def _import(self, request: Request, word: str, upload: Upload) -> Response:
        context, actor = context_of(request), user_of(request).email
        content = await asyncio.to_thread(upload.content)
        try:
            result = await importing.import_file(
                context.store, content, upload.name, upload.shop_id, upload.wishes, actor, context.now()
            )
        except Refused:
            said = gettext("Other orders of this shop came in at the same moment. Please try again.")
            return self.go(request, f"/imports/waiting/{context.uploads.keep(upload)}", said, "warning")
        upload.file.close()
        if result.run_id is None:
            said = gettext("Nothing was changed: %(known)s orders were known already, %(failed)s could not be read.")
            return self.go(request, "/imports", said % {"known": result.duplicates, "failed": result.failed}, "warning")
        context.uploads.became(word, upload.user_id, result.run_id)
        return self.go(request, f"/imports/{result.run_id}", gettext("The file was imported."))


async def _shops(request: Request) -> dict[int, str]:
    async with context_of(request).store.reading() as tx:
        return await tx.mail_lists.shops(account_of(request))


def _may_change(request: Request) -> None:
    if not may(request, UserRole.CLERK):
        raise HTTPException(403)

"""The workbench: a mail is tried out, a label taught, kept mails read anew."""

import base64
from collections.abc import Sequence
from http import HTTPStatus

from babel import Locale
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.i18n import get_locale, gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, NoSuchThing, Refused
from smtpd_billbee.model.mail import Mail
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.model.shown import Shown
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.context import account_of, context_of, user_of
from smtpd_billbee.web.doubtful_labels import doubt_of, sure_of
from smtpd_billbee.web.field_names import LABELS
from smtpd_billbee.web.figures import moment
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.reading_view import STATES, reading_words
from smtpd_billbee.web.size_limit import too_large_a_mail
from smtpd_billbee.web.told import told
from smtpd_billbee.work import teaching, workbench

LARGEST_ID = 2**63 - 1
LISTED = 15
NOT_FOUND, UNPROCESSABLE = HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY


class Workbench(Page):
    """Paste or drop a mail, or choose a kept one."""

    menu_label = _("Workbench")
    icon = "fa fa-screwdriver-wrench"
    path = "/workbench"
    route_name = "workbench"
    role = UserRole.CLERK

    @route("")
    async def index(self, request: Request) -> Response:
        """The page; with ?mail=ID a kept mail is on it."""
        context = context_of(request)
        mail = await _kept_mail(request)
        shown = await workbench.show_kept(context.store, context.hands.readers, mail) if mail else None
        async with context.store.reading() as tx:
            recent = await tx.revisits.newest(account_of(request), workbench.IN_DOUBT, LISTED)
        shops = await _shops(request)
        words = reading_words(shown) if shown else {}
        return self.shown(
            request, "workbench.html", mail=mail, shops=shops, recent=recent, fields=_fields(), languages=_languages(),
            shop_names={shop.id: shop.rules.name for shop in shops}, states=STATES,
            largest=context.settings.largest_mail,
            may_teach_all=account_of(request) is None,
            language=await _language(request, mail, shown, shops), when=moment, **words,
        )  # fmt: skip

    @route("/reading", methods=["POST"], name="workbench-reading")
    async def reading(self, request: Request) -> Response:
        """What is read of the mail in the body, or of a kept one, as a part of the page."""
        context = context_of(request)
        mail = await _kept_mail(request)
        if mail is not None:
            shown = await workbench.show_kept(context.store, context.hands.readers, mail)
        else:
            raw = await _raw(request)
            if isinstance(raw, Response):
                return raw
            shown = await workbench.show(context.store, context.hands.readers, raw, await _shop_id(request))
        return self.shown(request, "workbench_reading.html", **reading_words(shown))

    @route("/teach", methods=["POST"], name="workbench-teach")
    async def teach(self, request: Request) -> Response:
        """Keep words as a label of a field, for a shop or for all that the user has."""
        context = context_of(request)
        form = await request.form()
        words, field, language, wanted = (str(form.get(name) or "") for name in ("words", "field", "language", "shop"))
        shop_ids = _taught_for(request, wanted, await _shops(request))
        try:
            if not teaching.is_telling(words):
                raise Refused(gettext("Select the words in the mail first: a label has two letters at least."))
            if len(words) > 100:
                raise Refused(gettext("A label has 100 characters at most."))
            label = workbench.selected(language, field, words)
            if doubt := await doubt_of(context.store, label, shop_ids, str(form.get("sure") or "")):
                return JSONResponse({"doubt": doubt, "sure": sure_of(label)})
            await workbench.teach(context.store, label, shop_ids, user_of(request).email, context.now())
        except Error as error:
            return JSONResponse({"problem": told(str(error))}, UNPROCESSABLE)
        return JSONResponse({"said": gettext("Taught: “%(words)s” is now known.") % {"words": " ".join(words.split())}})

    @route("/compare", name="workbench-compare")
    async def compare(self, request: Request) -> Response:
        """The next portion of the unreadable and doubtful mails, read without keeping anything."""
        context = context_of(request)
        before = _number(request, "before")
        portion = await workbench.compare(context.store, context.hands.readers, account_of(request), before)
        rows = self.shown(request, "workbench_changes.html", changes=portion.different, chosen=True, states=STATES,
                          told=told)  # fmt: skip
        html = bytes(rows.body).decode() if portion.different else ""
        return JSONResponse({"read": portion.read, "rows": html, "found": len(portion.different),
                             "before": portion.before, "most": workbench.MOST})  # fmt: skip

    @route("/apply", methods=["POST"], name="workbench-apply")
    async def apply(self, request: Request) -> Response:
        """Read the chosen mails again and keep what they say."""
        context = context_of(request)
        form = await request.form()
        wanted = [int(each) for each in form.getlist("mail") if isinstance(each, str) and _is_id(each)]
        if not wanted:
            return self.shown(request, "workbench_changes.html", UNPROCESSABLE, changes=(), states=STATES, told=told)
        try:
            changes = await workbench.apply(
                context.store, context.hands.reading, account_of(request), wanted, user_of(request).email, context.now()
            )
        except NoSuchThing:
            raise HTTPException(NOT_FOUND) from None
        return self.shown(request, "workbench_changes.html", changes=changes, states=STATES, told=told)

    @route("/case", methods=["POST"], name="workbench-case")
    async def case(self, request: Request) -> Response:
        """The mail with invented persons, for a bug report."""
        context = context_of(request)
        mail = await _kept_mail(request)
        if mail is not None:
            async with context.store.reading() as tx:
                raw: bytes | Response = (await tx.mails.contents([mail.id]))[mail.id]
        else:
            raw = await _raw(request)
        if isinstance(raw, Response):
            return raw
        case = await workbench.case_of(context.hands.readers, raw)
        if case.mail is None:
            problem = gettext("Something personal would still stand in it.")
            return JSONResponse({"problem": problem, "doubts": [told(each) for each in case.doubts]}, UNPROCESSABLE)
        content = base64.b64encode(case.mail).decode()
        return JSONResponse({"name": "case.eml", "mail": content, "doubts": [told(each) for each in case.doubts]})


async def _kept_mail(request: Request) -> Mail | None:
    """The mail that the address names.  A foreign one is not there, nor one whose bytes were removed."""
    if "mail" not in request.query_params:
        return None
    number = _number(request, "mail")
    async with context_of(request).store.reading() as tx:
        mail = await tx.revisits.one(account_of(request), number) if number else None
    if mail is None or mail.is_removed:
        raise HTTPException(NOT_FOUND)
    return mail


async def _shop_id(request: Request) -> int | None:
    """The shop whose words the reader knows; None: only the words that hold for all."""
    number = _number(request, "shop")
    if number is not None and number not in {shop.id for shop in await _shops(request)}:
        raise HTTPException(NOT_FOUND)
    return number


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if _is_id(text) else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= LARGEST_ID


async def _shops(request: Request) -> list[Shop]:
    async with context_of(request).store.reading() as tx:
        return await tx.revisits.shops(account_of(request))


async def _language(request: Request, mail: Mail | None, shown: Shown | None, shops: Sequence[Shop]) -> str:
    """The mail's own, else that of the account, whose mails are mostly alike."""
    if shown and shown.reading.order and shown.reading.order.language:
        return shown.reading.order.language
    shop = next((shop for shop in shops if mail is None or shop.id == mail.shop_id), None)
    if shop is None:
        return str(get_locale())
    async with context_of(request).store.reading() as tx:
        account = await tx.accounts.by_email(shop.account_email)
    return account.language if account else str(get_locale())


def _taught_for(request: Request, wanted: str, shops: Sequence[Shop]) -> list[int | None]:
    """A shop of his; or all of his.  Words for every shop of the server are the administrator's to teach."""
    if wanted == "all":
        return [None] if account_of(request) is None else [shop.id for shop in shops]
    ids: list[int | None] = [shop.id for shop in shops if str(shop.id) == wanted]
    if not ids:
        raise HTTPException(NOT_FOUND)
    return ids


async def _raw(request: Request) -> bytes | Response:
    """The mail in the body; too large a one is refused before it is read whole."""
    said, largest = request.headers.get("content-length", "0"), context_of(request).settings.largest_mail
    content = bytearray()
    if not (said.isdecimal() and int(said) > largest):
        async for piece in request.stream():
            content += piece
            if len(content) > largest:
                break
        else:
            if content.strip():
                return bytes(content)
            return JSONResponse({"problem": gettext("There is no mail: paste one, or choose a file.")}, UNPROCESSABLE)
    return JSONResponse({"problem": too_large_a_mail(largest)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _fields() -> list[tuple[str, str]]:
    return [(name, str(LABELS.get(name, name))) for name in workbench.FIELDS]


def _languages() -> list[tuple[str, str]]:
    names = Locale.parse(get_locale()).languages
    return [(code, names.get(code, code)) for code in workbench.LANGUAGES]

"""The page of a shop: its addresses, its settings, its senders, its taught labels."""

from babel import Locale
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import get_locale, gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, NoSuchThing, Refused
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.shop import Shop, import_address
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import demand, shop_of
from smtpd_billbee.web.context import context_of, may, user_of
from smtpd_billbee.web.doubtful_labels import doubt_of, sure_of
from smtpd_billbee.web.field_names import LABELS
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.shop_senders import shown_senders
from smtpd_billbee.web.told import told
from smtpd_billbee.work import owners, teaching

LONGEST_WAIT = 60 * 24 * 30  # minutes, as in the config
SWITCHES = ("paypal_as_paid", "set_payment_date", "relay_orders", "relay_others")
VAT_WORDS = {
    VatMode.SHOWN: _("Prices include VAT"),
    VatMode.SMALL_BUSINESS: _("Small business, no VAT"),
    VatMode.INTRA_EU: _("Intra-community supply (net prices)"),
    VatMode.EXPORT: _("Export (net prices)"),
    VatMode.MARGIN: _("Margin scheme"),
}


class ShopPage(Page):
    """One shop."""

    menu_label = _("Shop")
    path = "/settings/shops/{shop:int}"
    add_to_menu = False

    @route("", methods=["GET", "POST"])
    async def index(self, request: Request) -> Response:
        """Its settings; an owner may change them."""
        shop = await shop_of(request)
        if request.method == "GET":
            return await self._page(request, shop)
        demand(request, UserRole.OWNER)
        form = await request.form()
        try:
            changes: dict[str, object] = {
                "name": form_fields.line(form, "name"),
                "minimum_age": form_fields.number(form, "minimum_age", 0, LONGEST_WAIT),
                "vat_mode": form_fields.number(form, "vat_mode", 0, max(VatMode)),
                **{name: form_fields.ticked(form, name) for name in SWITCHES},
            }
        except Error as error:
            return await self._page(request, shop, 422, problem=told(str(error)))
        if any(getattr(shop.rules, name) != value for name, value in changes.items()):
            context = context_of(request)
            await owners.change_shop(context.store, shop.id, changes, user_of(request).email, context.now())
        return self.go(request, f"/settings/shops/{shop.id}", gettext("The settings are saved."))

    @route("/close", methods=["GET", "POST"])
    async def close(self, request: Request) -> Response:
        """Its address takes no mail any more; all that came stays.  Whoever wants that is asked once more."""
        if request.method == "GET":
            shop = await shop_of(request)
            demand(request, UserRole.OWNER)
            return self.shown(
                request,
                "shop_close.html",
                shop=shop,
                address=import_address(shop.id, context_of(request).settings.domain),
            )
        return await self._open(request, False, gettext("The shop is closed: its address takes no mails any more."))

    @route("/open", methods=["POST"])
    async def open(self, request: Request) -> Response:
        """Mails are taken again."""
        return await self._open(request, True, gettext("The shop is open again."))

    async def _open(self, request: Request, is_open: bool, said: str) -> Response:
        shop, context = await shop_of(request), context_of(request)
        demand(request, UserRole.OWNER)
        await owners.set_open(context.store, shop.id, is_open, user_of(request).email, context.now())
        return self.go(request, f"/settings/shops/{shop.id}", said)

    @route("/labels", methods=["POST"])
    async def teach(self, request: Request) -> Response:
        """An owner's own word for a field of the reader."""
        shop, context = await shop_of(request), context_of(request)
        demand(request, UserRole.OWNER)
        form = await request.form()
        label = _label(form)
        try:
            if doubt := await doubt_of(context.store, label, (shop.id,), form_fields.text(form, "sure")):
                return await self._page(request, shop, 422, label_doubt=doubt, label=label)
            await teaching.teach(context.store, label, shop.id, user_of(request).email, context.now())
        except Refused:
            said = gettext(
                "A label has at most 100 characters, and two letters at least; choose its field and language."
            )
            return await self._page(request, shop, 422, label_problem=said, label=label)
        return self.go(
            request, f"/settings/shops/{shop.id}#labels", gettext("The label is taught; it holds for new mails.")
        )

    @route("/labels/remove", methods=["POST"])
    async def forget(self, request: Request) -> Response:
        """Take a label of this shop away again."""
        shop, context = await shop_of(request), context_of(request)
        demand(request, UserRole.OWNER)
        label = _label(await request.form())
        try:
            await teaching.forget(context.store, label, shop.id, user_of(request).email, context.now())
        except NoSuchThing:
            return self.go(request, f"/settings/shops/{shop.id}#labels", gettext("That label is gone already."), "info")
        return self.go(request, f"/settings/shops/{shop.id}#labels", gettext("The label is removed."))

    async def _page(
        self, request: Request, shop: Shop, status: int = 200, problem: str = "", label_problem: str = "",
        label: TaughtLabel | None = None, label_doubt: str = "",
    ) -> Response:  # fmt: skip
        context = context_of(request)
        async with context.store.reading() as tx:
            labels = await tx.shop_lists.labels(shop.id)
        spoken = Locale.parse(get_locale()).languages
        return self.shown(
            request, "shop.html", status, shop=shop, problem=problem, label_problem=label_problem, label=label,
            label_doubt=label_doubt, sure=sure_of(label) if label and label_doubt else "",
            labels=labels, languages={code: spoken.get(code, code) for code in teaching.LANGUAGES},
            fields=LABELS, vat_words=VAT_WORDS, longest_wait=LONGEST_WAIT,
            may_change=may(request, UserRole.OWNER),
            address=import_address(shop.id, context.settings.domain),
            json_address=import_address(shop.id, context.settings.domain, "json"),
            **await shown_senders(context.store, shop, context.settings.domain),
        )  # fmt: skip


def _label(form: FormData) -> TaughtLabel:
    return TaughtLabel(*(form_fields.text(form, name) for name in ("language", "field", "words")))

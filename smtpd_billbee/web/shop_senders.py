"""Who may send a shop's orders: its policy, its senders, the secret in its address.  A part of the shop's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error
from smtpd_billbee.formats.addresses import with_secret
from smtpd_billbee.model.shop import Shop, import_address
from smtpd_billbee.model.trust import Policy, Sort
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.trust import KeptMark
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import LARGEST, demand, shop_of
from smtpd_billbee.web.context import context_of, user_of
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.web.trust_words import POLICIES, mark_words
from smtpd_billbee.work import owners, senders

_ALLOWED = (Sort.ADDRESS, Sort.DOMAIN)


@dataclass(frozen=True, slots=True)
class Known:
    """A mark in words, and who made it."""

    id: int
    words: str
    by: str


async def shown_senders(store: Store, shop: Shop, domain: str) -> Mapping[str, Any]:
    """What this part of the page shows."""
    async with store.reading() as tx:
        kept = await tx.trust.marks(shop.id)
    address = import_address(shop.id, domain)
    return {
        "policies": POLICIES,
        "policy": Policy(shop.rules.trust),
        "everybody": Policy.EVERYBODY,
        "allowed": [_known(each) for each in kept if each.mark.sort in _ALLOWED],
        "learnt": [_known(each) for each in kept if each.mark.sort not in _ALLOWED],
        "secret_address": with_secret(address, shop.secret) if shop.secret else "",
    }


def _known(kept: KeptMark) -> Known:
    return Known(kept.id, mark_words(kept.mark), kept.actor)


class ShopSenders(Page):
    """What an owner does there; each act leads back to the page."""

    menu_label = _("Who may send orders")
    path = "/settings/shops/{shop:int}/senders"
    add_to_menu = False

    @route("/policy", methods=["POST"])
    async def policy(self, request: Request) -> Response:
        """What becomes of orders whose origin is not proved."""
        shop, form = await _owned(request), await request.form()
        policy = form_fields.text(form, "trust")
        if policy not in list(Policy):
            return self._back(request, shop, gettext("Please choose what is to become of such orders."), "warning")
        wants_secret = form_fields.ticked(form, "only_with_secret")
        changes: dict[str, object] = {"trust": policy, "only_with_secret": wants_secret and bool(shop.secret)}
        if any(getattr(shop.rules, name) != value for name, value in changes.items()):
            context = context_of(request)
            await owners.change_shop(context.store, shop.id, changes, user_of(request).email, context.now())
        return self._back(request, shop, gettext("The settings are saved."))

    @route("", methods=["GET", "POST"])
    async def index(self, request: Request) -> Response:
        """One more sender; to look at them, there is the shop's page."""
        if request.method == "GET":
            return self._back(request, await shop_of(request), "")
        shop, context = await _owned(request), context_of(request)
        sender = form_fields.text(await request.form(), "sender")
        try:
            await senders.allow(context.store, shop.id, sender, user_of(request).email, context.now())
        except Error as error:
            return self._back(request, shop, told(str(error)), "warning")
        return self._back(request, shop, gettext("This sender is known from now on."))

    @route("/remove", methods=["POST"])
    async def forget(self, request: Request) -> Response:
        """One less."""
        shop, context = await _owned(request), context_of(request)
        number = form_fields.text(await request.form(), "mark")
        mark = int(number) if number.isascii() and number.isdecimal() and len(number) < 17 else LARGEST
        try:
            await senders.forget(context.store, shop.id, mark, user_of(request).email, context.now())
        except Error as error:
            return self._back(request, shop, told(str(error)), "warning")
        return self._back(request, shop, gettext("This sender is not known any more."))

    @route("/secret", methods=["POST"])
    async def renew(self, request: Request) -> Response:
        """Another secret."""
        shop, context = await _owned(request), context_of(request)
        await senders.renew_secret(context.store, shop.id, user_of(request).email, context.now())
        said = gettext("The address has a new secret. Put the new address in at Jimdo, or at your mailbox.")
        return self._back(request, shop, said)

    @route("/secret/drop", methods=["POST"])
    async def drop(self, request: Request) -> Response:
        """None any more."""
        shop, context = await _owned(request), context_of(request)
        try:
            await senders.drop_secret(context.store, shop.id, user_of(request).email, context.now())
        except Error as error:
            return self._back(request, shop, told(str(error)), "warning")
        return self._back(request, shop, gettext("The address has no secret any more."))

    def _back(self, request: Request, shop: Shop, said: str, kind: str = "success") -> Response:
        return self.go(request, f"/settings/shops/{shop.id}#senders", said, kind)


async def _owned(request: Request) -> Shop:
    shop = await shop_of(request)
    demand(request, UserRole.OWNER)
    return shop

"""Accounts and shops, and the settings that decide what becomes of a shop's mails."""

import re
from dataclasses import dataclass, field

from smtpd_billbee.model.order import Order
from smtpd_billbee.model.trust import Policy
from smtpd_billbee.model.vat import VatMode


@dataclass(frozen=True, slots=True)
class Account:
    """Whose shops they are.  `email` is the registered address: it gets the copies.

    `second_email` is told when that one refuses them; '' for none.
    """

    id: int
    email: str
    name: str
    language: str
    second_email: str = ""


@dataclass(frozen=True, slots=True)
class ShopRules:
    """A shop's settings, named as Billbee's Jimdo connection names them.  `minimum_age` is in minutes.

    `vat_mode`: how the prices of files are to be understood that are imported for this shop.  `trust`: what becomes
    of orders whose origin is not proved (a Policy); `only_with_secret`: the plain address makes no orders.
    """

    name: str
    paypal_as_paid: bool = False
    set_payment_date: bool = False
    relay_orders: bool = True
    relay_others: bool = True
    minimum_age: int = 0
    vat_mode: int = VatMode.SHOWN.value
    trust: str = Policy.PROVED.value
    only_with_secret: bool = False

    @property
    def relays_everything(self) -> bool:
        """Whether the copy may go before anybody has read the mail."""
        return self.relay_orders and self.relay_others


@dataclass(frozen=True, slots=True)
class Shop:
    """A manual shop: its internal number, its account, its settings.  A closed one (not active) takes no mail.

    `secret` may stand in its import address.
    """

    id: int
    account_id: int
    account_email: str
    rules: ShopRules = field(default_factory=lambda: ShopRules(name=""))
    active: bool = True
    secret: str | None = None


PAYPAL_TYPES = frozenset({3, 79, 80, 81})
ORDERED, PAID, SHIPPED, DELETED, CANCELED = 1, 3, 4, 6, 8

STATES: dict[int, str] = {
    1: "ordered", 2: "confirmed", 3: "paid", 4: "shipped", 5: "reclamation", 6: "deleted", 7: "closed", 8: "canceled",
    9: "archived", 11: "demand_note_1", 12: "demand_note_2", 13: "packed", 14: "offered", 15: "reminder",
    16: "fulfilling", 17: "return",
}  # fmt: skip
"""Billbee's order states by their ids (billbee.md 3.4)."""
UNPAID = frozenset({1, 2, 11, 12, 14, 15})
UNSHIPPED = frozenset({1, 2, 3, 13, 14, 16})
"""States that say that nobody has paid, or that nothing was shipped; a reminded order may well be shipped."""


def first_state(order: Order, rules: ShopRules) -> int:
    """The state an order is imported with: a payment date, or PayPal where the shop says so, makes it paid."""
    by_paypal = order.payment_type in PAYPAL_TYPES
    return PAID if rules.set_payment_date or (rules.paypal_as_paid and by_paypal) else ORDERED


def import_address(shop_id: int, domain: str, channel: str = "jimdo") -> str:
    """The address the owner gives to his shop: 12345-jimdo-orderimport@inbound.example."""
    return f"{shop_id}-{channel}-orderimport@{domain}"


def sku_key(sku: str) -> str:
    """What makes two SKUs the same article: case and runs of blanks do not count."""
    return re.sub(r"\s+", " ", sku).strip().casefold()

"""Arrivals, shops and readings for tests; all synthetic."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from smtpd_billbee.model.mail import Arrival, Recipient, Session
from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.owners import DeclaredAccount, declare
from tests.conftest import NOON

OWNER = "owner@example.org"
SHOP = 12345
TO_SHOP = Recipient("12345-jimdo-orderimport@inbound.example", SHOP, "jimdo")
MAIL = b"X-Sample: synthetic\r\nSubject: Neue Bestellung 1042\r\n\r\nBestellnummer: 1042\r\n"

ORDER = Order(
    number="1042",
    ordered_at="2026-03-02T11:58",
    currency="EUR",
    payment_method="PayPal",
    payment_type=3,
    billing_address=Address(first_name="Anna", last_name="Beispiel", city="Musterstadt", email="anna@example.com"),
    items=(
        Item("Tasse Blau", Decimal(2), sku="A-1", unit_price=Decimal("14.90"), total=Decimal("29.80")),
        Item("Wolle", Decimal("0.5"), unit_price=Decimal("7.00"), total=Decimal("3.50"), tax_rate=Decimal("7.7")),
    ),
    shipping_cost=Decimal("4.90"),
    total=Decimal("38.20"),
)


def reading_of(order: Order = ORDER, *problems: str) -> Reading:
    """A reading that found this order in the mail itself."""
    sites = frozenset({order.site} if order.site else ())
    return Reading(
        Outcome.ORDER, Kind.ORDER, problems=problems, order=order, is_own=True, is_titled=True, is_sent_on=True,
        sites=sites,
    )  # fmt: skip


def arrival(content: bytes = MAIL, *recipients: Recipient, at: datetime = NOON) -> Arrival:
    """One SMTP transaction."""
    return Arrival(
        queue_id="q1",
        sender="no-reply@jimdo.example",
        recipients=recipients or (TO_SHOP,),
        trace=b"Return-Path: <no-reply@jimdo.example>\r\nReceived: from a by b; now\r\n",
        content=content,
        session=Session("192.0.2.25", 4711, "mail.shop.example"),
        received_at=at,
    )


async def make_shop(store: Store, rules: ShopRules | None = None, shop_id: int = SHOP, email: str = OWNER) -> None:
    """An account with one shop."""
    shops = {shop_id: asdict(rules or ShopRules(name="Teeladen"))}
    await declare(store, [DeclaredAccount(email, {"name": "Olga", "language": "de"}, shops)], NOON)

"""Two accounts that sell: the owner's shop, and another one that the owner must never see."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from tests.making import OWNER, SHOP, make_shop
from tests.web.asking import Window, now

USER, CLERK, READER, STRANGER = "olga@example.org", "karl@example.org", "rita@example.org", "fritz@example.org"
FOREIGN, FOREIGN_SHOP = "other@example.org", 34567

CUP = Item("Tasse Blau", Decimal(2), "TAS-1", unit_price=Decimal("10.00"), total=Decimal("20.00"))
RED = Item("Tasse Rot", Decimal(1), "tas-1", total=Decimal("12.00"))
EVIL = Item("<script>alert(1)</script>", Decimal(1), '=cmd|"/C calc"!A0', total=Decimal("1.00"))
WOOL = Item("Wolle & Garn", Decimal(3), total=Decimal("9.00"))


async def sell(store: Store, number: str, *items: Item, days: int = 0, shop: int = SHOP, **more: object) -> int:
    """An order of so many days ago, as intake keeps it; its id."""
    at = (now().astimezone() - timedelta(days=days)).replace(tzinfo=None).isoformat()[:19]
    total = sum((item.total or Decimal(0) for item in items), Decimal("4.90"))
    order = Order(
        number, ordered_at=at, currency="EUR", payment_type=3, total=total, items=items,
        billing_address=Address(last_name="Beispiel", country="DE"),
    )  # fmt: skip
    values = {"state": 1, "to_check": False, "provenance": {}} | more
    async with store.transaction() as tx:
        account = (await tx.shops.some([shop]))[shop].account_id
        articles = await tx.articles.of_items(account, shop, items, now())
        return await tx.orders.add(shop, order, articles, values, now())


async def accounts(window: Window) -> None:
    """The shops, and somebody of each role."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=FOREIGN_SHOP, email=FOREIGN)
    roles = {USER: UserRole.OWNER, CLERK: UserRole.CLERK, READER: UserRole.READER}
    for email, role in roles.items():
        await window.user(email, role, OWNER)
    await window.user(STRANGER, UserRole.OWNER, FOREIGN)


async def articles_of(store: Store, account: str = OWNER) -> dict[str, int]:
    """The articles of an account: SKU to id."""
    async with store.reading() as tx:
        found = await tx.accounts.by_email(account)
        assert found
        return {each.fields.sku: each.id for each in await tx.article_lists.page(found.id)}


async def strays(store: Store) -> Sequence[str]:
    """Titles of all items without article."""
    async with store.reading() as tx:
        return [each.title for each in await tx.article_lists.stray_titles(None)]

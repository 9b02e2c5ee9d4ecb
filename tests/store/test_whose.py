"""What binds lists and pages to an account is written once."""

import re
from pathlib import Path

from sqlalchemy import select

import smtpd_billbee.store
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import orders, shops
from smtpd_billbee.store.whose import of_account, owned_by, shops_of
from tests.conftest import NOON
from tests.making import ORDER, SHOP, make_shop

VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {}}


async def test_whose(store: Store) -> None:
    """An account has its own shops and what is theirs; none: everything."""
    await make_shop(store)
    await make_shop(store, shop_id=SHOP + 1, email="other@example.org")
    async with store.transaction() as tx:
        theirs = await tx.shops.some([SHOP, SHOP + 1])
        for shop_id in theirs:
            await tx.orders.add(shop_id, ORDER, {}, VALUES, NOON)
        found = {}
        for account in (theirs[SHOP].account_id, theirs[SHOP + 1].account_id, 987, None):
            own = (
                shops_of(account),
                select(shops.c.id).where(owned_by(account)),
                select(orders.c.shop_id).where(of_account(orders.c.shop_id, account)),
            )
            found[account] = [sorted(await tx.connection.scalars(query)) for query in own]

    assert [[[SHOP]] * 3, [[SHOP + 1]] * 3, [[]] * 3, [[SHOP, SHOP + 1]] * 3] == list(found.values())


def test_written_once() -> None:
    """A statement that compares a shop's account by itself may forget one day what None means."""
    folder = Path(smtpd_billbee.store.__file__).parent
    comparing = [file.name for file in folder.glob("*.py") if re.search(r"shops\.c\.account_id\s*==", file.read_text())]

    assert ["whose.py"] == comparing

"""Exact decimals and UTC times, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import StatementError

from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import accounts, order_items, orders
from tests.conftest import NOON
from tests.making import ORDER, SHOP, make_shop


async def test_money_is_exact(store: Store) -> None:
    """Ten times 0.10 is 1.00, also when the database adds it up."""
    await make_shop(store)
    async with store.transaction() as tx:
        values = {"state": 1}
        order_id = await tx.orders.add(SHOP, ORDER, {}, values, NOON)
        ten = [{"order_id": order_id, "position": n, "title": "x", "quantity": Decimal("0.3333"),
                "total": Decimal("0.10")} for n in range(10, 20)]  # fmt: skip
        await tx.connection.execute(insert(order_items), ten)
        query = select(func.sum(order_items.c.total), func.sum(order_items.c.quantity)).where(
            order_items.c.position >= 10
        )
        sums = (await tx.connection.execute(query)).one()
        total = (await tx.connection.execute(select(orders.c.total))).scalar_one()

    assert (Decimal("1.00"), Decimal("3.3330")) == tuple(sums)
    assert Decimal("38.20") == total


async def test_times_are_utc(store: Store) -> None:
    """Any zone goes in, UTC comes out; a time without a zone is refused."""
    noon_in_berlin = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    async with store.transaction() as tx:
        await tx.accounts.add("a@example.org", "", "de", noon_in_berlin)
        found = (await tx.connection.execute(select(accounts.c.created_at))).scalar_one()

    assert datetime(2026, 3, 2, 11, 0, tzinfo=UTC) == found
    assert timedelta(0) == found.utcoffset()
    with pytest.raises(StatementError, match="without a zone"):
        async with store.transaction() as tx:
            await tx.accounts.add("b@example.org", "", "de", datetime(2026, 3, 2, 12, 0))

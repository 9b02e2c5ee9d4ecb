"""The made-up orders are such as the window shows."""

import pytest
from sqlalchemy import func, select

from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import mails, order_items, orders, shops
from tests.bench import window_data
from tests.bench.window_data import NOW, Size, fill, own_ids


async def test_the_copies_are_orders_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as were asked for, the owner's share, each with its items and its mail, the newest from today."""
    monkeypatch.setattr(window_data, "BLOCK", 40)
    await fill(store, Size(orders=200, shops=20, own=100), lambda _: None)
    ids = await own_ids(store)
    async with store.reading() as tx:
        newest, first = await tx.orders.get(200), await tx.orders.get(1)
        own = select(func.count()).select_from(orders.join(shops)).where(shops.c.account_id == 1)
        without = select(func.count()).where(orders.c.id.not_in(select(order_items.c.order_id)))
        strange = select(func.count()).where(orders.c.mail_id != orders.c.id)
        unknown = select(func.count()).where(mails.c.order_id != mails.c.id)
        counts = [(await tx.connection.execute(query)).scalar() for query in (own, without, strange, unknown)]

    assert newest is not None
    assert first is not None
    assert [100, 0, 0, 0] == counts
    assert ("B200", "B1") == (newest.order.number, first.order.number)
    assert (NOW - newest.created_at).days < 1
    assert (NOW - first.created_at).days > 700
    assert {"order", "mail", "article"} == {name for name, some in ids.items() if some}

"""A very long order stands on several pages, and nothing of it is out of reach."""

import re
from decimal import Decimal

from smtpd_billbee.model.order import Item, KeptOrder, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.reading import Part
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import order_parts
from smtpd_billbee.work.mail_rows import MailPart, MailRow, MailSheet
from tests.conftest import NOON
from tests.making import OWNER, SHOP, make_shop
from tests.web.asking import Window, now

MANY, MORE, BYTES = 10_000, 450, 400_000


def cups(number: int) -> tuple[Item, ...]:
    """So many items, numbered from 1."""
    return tuple(Item(f"Tasse Nr. {place}", Decimal(1), total=Decimal("1.00")) for place in range(1, number + 1))


def whole_of(number: int) -> WholeOrder:
    """An order with so many items."""
    kept = KeptOrder(1, SHOP, 1, 1, False, (), NOON, Order("1", items=cups(number)))
    return WholeOrder(kept, 1, "Teeladen", NOON, None, None, (), None, {}, ())


async def test_every_item_is_on_a_page(window: Window) -> None:
    """The pages together show every item once, also where an address asks for a page that is none."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    values = {"state": 1, "to_check": False, "provenance": {}}
    async with window.store.transaction() as tx:
        order = await tx.orders.add(SHOP, Order("1", items=cups(MORE)), {}, values, now())
    found: list[int] = []
    async with window.signed_in(OWNER) as visitor:
        path = f"/orders/{order}"
        while path:
            page = (await visitor.get(path)).text
            found += map(int, re.findall(r">Tasse Nr. (\d+)<", page))
            onward = re.search(r'href="([^"]+)">Further items<', page)
            path = onward[1] if onward else ""
        odd = {
            asked: (await visitor.get(f"/orders/{order}?items={asked}")).text.count("Tasse Nr. ")
            for asked in ("0", "-1", "x", "9" * 40, "²")
        }

    assert list(range(1, MORE + 1)) == found
    assert {order_parts.ITEMS} == set(odd.values())


async def test_ten_thousand_items(window: Window) -> None:
    """Its page is small."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    values = {"state": 1, "to_check": False, "provenance": {}}
    async with window.store.transaction() as tx:
        order = await tx.orders.add(SHOP, Order("1", items=cups(MANY)), {}, values, now())
    async with window.signed_in(OWNER) as visitor:
        first, last = [(await visitor.get(f"/orders/{order}{query}")).text for query in ("", "?items=99")]

    assert max(len(first), len(last)) < BYTES
    assert f"Tasse Nr. {MANY}<" in last


async def test_a_short_order_has_one_page(window: Window) -> None:
    """It shows all that it has, and says nothing of pages."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    values = {"state": 1, "to_check": False, "provenance": {}}
    items = tuple(Item(f"Tasse Nr. {place}", Decimal(1)) for place in range(order_parts.ITEMS))
    async with window.store.transaction() as tx:
        order = await tx.orders.add(SHOP, Order("1", items=items), {}, values, now())
    async with window.signed_in(OWNER) as visitor:
        page = (await visitor.get(f"/orders/{order}")).text

    assert (order_parts.ITEMS, False) == (page.count(">Tasse Nr. "), "Further items" in page)


def test_the_mail_of_a_long_order() -> None:
    """Beside a page stand the lines of its items and of the order itself; one that is short stands there whole."""
    marked = [MailRow(place + 1, "Tasse", (f"items.{place}.title",)) for place in range(1500)]
    rows = (MailRow(0, "Bestellung 7", ("number",)), *marked, *[MailRow(2000, "Grüße")] * 1200)
    page = order_parts.items_page(whole_of(1500), "3")
    cut, is_cut = order_parts.rows_beside(MailSheet(rows[0], (MailPart(Part.TEXT, rows),)), page)
    short = MailSheet(rows[0], (MailPart(Part.TEXT, rows[:900]),))
    found = [path for row in cut.parts[0].rows for path in row.fields]

    assert (True, ["number", *(f"items.{place}.title" for place in range(400, 600))]) == (is_cut, found)
    assert order_parts.ROWS == sum(not row.fields for row in cut.parts[0].rows)
    assert (short, False) == order_parts.rows_beside(short, page)

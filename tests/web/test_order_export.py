"""Our own export of orders is read back by our importer, and nothing is lost on the way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.formats.own_columns import head_in
from smtpd_billbee.model.order import Address, Item, KeptOrder, Order
from smtpd_billbee.model.order_list import OrderQuery
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.web.language import load_catalogs, speaking
from smtpd_billbee.web.order_export import file_of
from smtpd_billbee.web.order_words import STATES
from smtpd_billbee.work import importing
from smtpd_billbee.work.filed import read_filed
from smtpd_billbee.work.importing import Wishes
from smtpd_billbee.work.ready import Filed
from tests.conftest import NOON
from tests.making import ORDER, OWNER, SHOP, make_shop
from tests.web.asking import Window, now

FULL = Address(
    "Muster & Söhne GmbH", "Frau", "Anna", "Maria", "Beispiel", "c/o =Nachbar", "Lindenweg", "5 a", "01067", "Dresden",
    "Sachsen", "DE", "+49 351 123", "anna@example.com",
)  # fmt: skip
ITEMS = (
    Item("Tasse; \"Blau\", groß", Decimal("2"), "0012", "Größe: M\nFarbe: blau", Decimal("9.90"), Decimal("19.80"),
         Decimal("19")),
    Item("=cmd|'/C calc'!A0", Decimal("0.125"), "-17", None, None, Decimal("-1.00"), Decimal("7.7")),
    Item("'=ein Apostroph", Decimal("1000.5"), total=Decimal("1234567.89")),
)  # fmt: skip
WHOLE = Order(
    "007-A", "2026-03-02T11:58:30+01:00", "EUR", "de", "https://laden.example", "PayPal", 3, "DHL Päckchen", FULL,
    replace(FULL, company=None, postcode="1010", country="AT"), ITEMS, Decimal("1234586.69"), Decimal("4.90"),
    Decimal("0.50"), Decimal("3.00"), "SOMMER", Decimal("3.16"), Decimal("1234589.09"), True,
    "Bitte klingeln.\nDanke!  Gruß", "K-0815", "DE123456789", "1980-02-29",
)  # fmt: skip
ORDERS = (
    WHOLE, replace(WHOLE, number="2", prices_include_tax=False, payment_type=None), Order("3"),
    Order("4", items=(Item("Tasse", Decimal(1)),)), replace(ORDER, number="5"),
)  # fmt: skip
WAYS = [("csv", "de"), ("csv", "en"), ("xlsx", "de"), ("xlsx", "en")]


def whole(order: Order, state: int = 13) -> WholeOrder:
    """An order with all that is kept beside it."""
    kept = KeptOrder(1, SHOP, None, state, False, (), NOON, order)
    tags, comment = ("Eilig", "Geschenk"), "eins\nzwei"
    return WholeOrder(kept, 1, "Teeladen", NOON, "2026-03-03", "2026-03-04", tags, comment, {}, ())


def exported(kind: str, language: str, *orders: WholeOrder) -> bytes:
    """The file as the window makes it."""
    load_catalogs()
    with speaking(language):
        return file_of(orders, kind)


def read(content: bytes) -> Filed:
    """What the importer makes of it."""
    return read_filed(content, VatMode.SMALL_BUSINESS)


@pytest.mark.parametrize(("kind", "language"), WAYS)
def test_there_and_back(kind: str, language: str) -> None:
    """Every field of every order, with state, tags, comment and days; the VAT mode of the dialog changes nothing."""
    filed = read(exported(kind, language, *map(whole, ORDERS)))
    beside = [each.beside for each in filed.orders]

    assert list(ORDERS) == [each.order for each in filed.orders]
    assert {(13, ("Eilig", "Geschenk"), "eins\nzwei", "2026-03-03", "2026-03-04")} == {
        (each.state, each.tags, each.comment, each.paid_on, each.shipped_on) for each in beside if each
    }
    assert (kind, 0, (), True) == (filed.format, filed.failed, filed.remarks, None not in beside)


@pytest.mark.parametrize(("kind", "language"), WAYS)
def test_every_state(kind: str, language: str) -> None:
    """Each is known by its name."""
    filed = read(exported(kind, language, *(whole(Order(str(state)), state) for state in STATES)))

    assert list(STATES) == [each.beside.state for each in filed.orders if each.beside]


def test_the_names_of_the_columns() -> None:
    """Both languages name the same fields, and none names two alike."""
    assert list(head_in("de")) == list(head_in("en"))
    assert [len(head_in("de"))] * 2 == [len(set(head_in(language).values())) for language in ("de", "en")]


def test_a_changed_table() -> None:
    """A number that is none, a day as a table program shows it, two lines that differ, a column of one's own."""
    first = whole(replace(WHOLE, items=ITEMS[:2]))
    lines = exported("csv", "de", first, whole(replace(ORDERS[3], number="9"))).decode("utf-8-sig")
    lines = lines.replace("2026-03-02T11:58:30+01:00", "02.03.2026 11:58").replace("DHL Päckchen", "DPD", 1)
    head, rows = lines.split("\r\n", 1)
    changed = [f"{row};A" for row in rows.replace(";1;Tasse;", ";x;Tasse;").split("\r\n") if row]
    table = "\r\n".join([f"{head};Lager", *changed])
    filed = read(table.encode())
    said = [each.text for each in filed.complaints]

    assert [("007-A", "2026-03-02T11:58", "DPD")] == [
        (each.order.number, each.order.ordered_at, each.order.shipping_method) for each in filed.orders
    ]
    assert "order 9 is not imported: the quantity 'x' cannot be read as a number" in said
    assert "order 007-A: the shipping method is not the same as in line 2, which was taken" in said
    assert (1, True) == (filed.failed, 'Columns not used: "Lager"' in filed.remarks)


async def test_from_one_shop_into_another(window: Window) -> None:
    """The other shop has the same orders, with what was kept beside them; in their own shop they are known."""
    other = SHOP + 1
    for shop in (SHOP, other):
        await make_shop(window.store, shop_id=shop)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    kept = {"tags": ["Eilig"], "comment": "eins", "paid_on": "2026-03-03", "shipped_on": "2026-03-04"}
    async with window.store.transaction() as tx:
        values = {"state": 13, "to_check": False, "provenance": {}, **kept}
        ids = [await tx.orders.add(SHOP, order, {}, values, now()) for order in (WHOLE, ORDER)]
    async with window.signed_in(OWNER, "de") as visitor:
        token = visitor.client.cookies["starlette_admin_csrftoken"].strip('"')
        file = await visitor.client.post(
            "/_api/orders/action", params={"name": "export", "pks": ids}, data={"kind": "csv"},
            headers={"x-csrftoken": token},
        )  # fmt: skip
    again, done = [
        await importing.import_file(window.store, file.content, "b.csv", shop, Wishes(), OWNER, now())
        for shop in (SHOP, other)
    ]
    async with window.store.reading() as tx:
        lines = [line.id for line in await tx.order_lists.page(OrderQuery(None)) if line.shop_id == other]
        copies = await tx.order_pages.some(None, lines)

    assert (200, 2, 0) == (file.status_code, done.new, done.failed)
    assert (0, 2, 0) == (again.new, again.duplicates, again.merged)
    assert {WHOLE, ORDER} == {each.kept.order for each in copies}
    assert {(13, ("Eilig",), "eins", "2026-03-03", "2026-03-04")} == {
        (each.kept.state, each.tags, each.comment, each.paid_on, each.shipped_on) for each in copies
    }

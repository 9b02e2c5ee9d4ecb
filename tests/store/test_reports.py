"""Reports, against numbers that were counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.period import Period, is_silent, step_of
from smtpd_billbee.model.sales import ArticleSales, LeftOut, Sales
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import SHOP, make_shop

OTHER_SHOP, FOREIGN_SHOP = 23456, 34567
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
GERMANY, AUSTRIA = Address(country="DE"), Address(country="AT")
CUP = Item("Tasse", D(2), "A-1", total=D("20.00"))
TEA = Item("Tee", D(1), "T-9", total=D("5.50"))

# number, shop, day, state, currency, total, payment type, delivered to, billed to, items
SOLD = [
    ("1", SHOP, "2026-03-02T10:00", 1, "EUR", "24.90", 3, None, GERMANY, (CUP,)),
    ("2", SHOP, "2026-03-02T23:59:59+01:00", 4, "EUR", "10.10", 59, AUSTRIA, GERMANY, (TEA, TEA)),
    ("3", OTHER_SHOP, "2026-03-31", 3, "CHF", "30.00", 3, None, None, (CUP,)),
    ("4", SHOP, "2026-03-15T12:00", 1, "EUR", None, None, None, GERMANY, (Item("Lose", D("0.5")),)),
    ("5", SHOP, "2026-04-01T00:00", 1, "EUR", "99.00", 3, None, GERMANY, (CUP,)),  # after the month
    ("6", SHOP, "2026-02-28T23:59", 1, "EUR", "98.00", 3, None, GERMANY, (CUP,)),  # before it
    ("7", SHOP, "2026-03-03", 6, "EUR", "97.00", 3, None, GERMANY, (CUP,)),  # deleted
    ("8", SHOP, "2026-03-03", 8, "EUR", "96.00", 3, None, GERMANY, (CUP,)),  # cancelled
    ("9", SHOP, "2026-03-03", 5, "EUR", "95.00", 3, None, GERMANY, (CUP,)),  # complaint
    ("10", SHOP, "2026-03-03", 14, "EUR", "94.00", 3, None, GERMANY, (CUP,)),  # offered
    ("11", SHOP, None, 1, "EUR", "1.00", 26, None, GERMANY, (Item("Lose", D(1)), Item("Lose", D(1)))),  # came 2 March
    ("12", FOREIGN_SHOP, "2026-03-02", 1, "EUR", "93.00", 3, None, GERMANY, (CUP,)),
    ("13", OTHER_SHOP, "2026-03-31T08:00", 1, "EUR", "7.00", 3, GERMANY, None,
     (Item("Tasse", D(3), "a-1", unit_price=D("1.25")),)),
]  # fmt: skip


@pytest.fixture
async def account(store: Store) -> int:
    """The account of two shops with these orders; a third shop is another account's."""
    await make_shop(store)
    await make_shop(store, shop_id=OTHER_SHOP)
    await make_shop(store, shop_id=FOREIGN_SHOP, email="other@example.org")
    async with store.transaction() as tx:
        found = await tx.shops.some([SHOP, FOREIGN_SHOP])
        for number, shop, at, state, currency, total, payment, shipping, billing, items in SOLD:
            order = Order(
                number, ordered_at=at, currency=currency, payment_type=payment, billing_address=billing,
                shipping_address=shipping, items=items, total=D(total) if total else None,
            )  # fmt: skip
            account = found[FOREIGN_SHOP if shop == FOREIGN_SHOP else SHOP].account_id
            articles = await tx.articles.of_items(account, shop, items, NOON)
            await tx.orders.add(shop, order, articles, {"state": state, "to_check": False, "provenance": {}}, NOON)
    return found[SHOP].account_id


async def test_by_day(store: Store, account: int) -> None:
    """What counts, on its own day; no currency is added to another; a total that is not named is counted apart."""
    async with store.reading() as tx:
        days = await tx.reports.days(account, MARCH)

    assert [
        Sales("2026-03-02", "EUR", 3, D("36.00")),
        Sales("2026-03-15", "EUR", 1, D("0.00"), unknown=1),
        Sales("2026-03-31", "CHF", 1, D("30.00")),
        Sales("2026-03-31", "EUR", 1, D("7.00")),
    ] == days


async def test_by_shop_payment_and_country(store: Store, account: int) -> None:
    """The same orders, cut in other ways; where it is delivered to comes before where the bill goes."""
    async with store.reading() as tx:
        by_shop = await tx.reports.shops(account, MARCH)
        payments = await tx.reports.payments(account, MARCH)
        countries = await tx.reports.countries(account, MARCH)

    assert {("EUR", 4, D("36.00")), ("CHF", 1, D("30.00")), ("EUR", 1, D("7.00"))} == {
        (each.currency, each.orders, each.revenue) for each in by_shop
    }
    assert {
        ("3", "EUR"): (2, D("31.90")), ("59", "EUR"): (1, D("10.10")), ("26", "EUR"): (1, D("1.00")),
        ("3", "CHF"): (1, D("30.00")), (None, "EUR"): (1, D(0)),
    } == {(each.key, each.currency): (each.orders, each.revenue) for each in payments}  # fmt: skip
    assert {
        ("DE", "EUR"): (4, D("32.90")), ("AT", "EUR"): (1, D("10.10")), (None, "CHF"): (1, D("30.00")),
    } == {(each.key, each.currency): (each.orders, each.revenue) for each in countries}  # fmt: skip


async def test_by_article(store: Store, account: int) -> None:
    """Quantity and the rows' sums; a row without a sum is its price times its quantity; the rest is told."""
    async with store.reading() as tx:
        sold = await tx.reports.articles(account, MARCH)
        left_out = await tx.reports.left_out(account, MARCH)

    assert [
        ("A-1", "Tasse", "EUR", D(5), D("23.75")),
        ("A-1", "Tasse", "CHF", D(2), D("20.00")),
        ("T-9", "Tee", "EUR", D(2), D("11.00")),
    ] == sorted(
        [(each.sku, each.title, each.currency, each.quantity, each.revenue) for each in sold],
        key=lambda each: (each[0], each[2] != "EUR"),
    )
    assert isinstance(sold[0], ArticleSales)
    assert D(5) == sold[0].quantity
    assert LeftOut(orders=2, items=3) == left_out


async def test_an_administrator_sees_all_accounts(store: Store, account: int) -> None:
    """Without an account, the other account's order is there, too."""
    async with store.reading() as tx:
        days = await tx.reports.days(None, Period(date(2026, 3, 2), date(2026, 3, 2)))

    assert [Sales("2026-03-02", "EUR", 4, D("129.00"))] == days


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2026, 3, 1), (2026, 3, 31), ((2026, 2, 1), (2026, 2, 28))),  # a month and the month before
        ((2026, 1, 1), (2026, 12, 31), ((2025, 1, 1), (2025, 12, 31))),
        ((2026, 1, 1), (2026, 1, 31), ((2025, 12, 1), (2025, 12, 31))),
        ((2026, 3, 1), (2026, 3, 15), ((2026, 2, 14), (2026, 2, 28))),  # as many days
        ((2026, 3, 2), (2026, 3, 2), ((2026, 3, 1), (2026, 3, 1))),
    ],
)
def test_the_period_before(first: tuple[int, ...], last: tuple[int, ...], before: tuple[tuple[int, ...], ...]) -> None:
    """Whole months are compared with whole months, other periods with as many days."""
    assert Period(date(*before[0]), date(*before[1])) == Period(date(*first), date(*last)).before


def test_steps() -> None:
    """A week begins on Monday, a month with its first."""
    assert [date(2026, 3, 4), date(2026, 3, 2), date(2026, 3, 1)] == [
        step_of(date(2026, 3, 4), step) for step in ("day", "week", "month")
    ]


@pytest.mark.parametrize(
    ("hours", "silent"),
    [
        ([30, 40, 41, 42, 43], True),  # the longest pause was 10 hours; 30 is more than twice and than a day
        ([23, 24, 25, 26, 27], False),  # not within a day
        ([30, 50, 51, 52, 53], False),  # 20 hours are usual
        ([900, 901, 902, 903], False),  # nobody can tell from four orders
    ],
)
def test_a_silent_shop(hours: list[int], silent: bool) -> None:
    """Silent is more than twice the longest pause of its last orders, and more than a day."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    came = [datetime.fromtimestamp(now.timestamp() - 3600 * each, UTC) for each in hours]

    assert silent == is_silent(came, now)

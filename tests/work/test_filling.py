"""One order from two sources."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.work.fates import compare
from smtpd_billbee.work.filling import emptied, filled, filled_beside, reconciled, sum_problem
from tests.making import ORDER

ADDRESS = Address(first_name="Jan", last_name="van den Berg", street="Am Ufer 5", phone="030 1234567", city="Ulm")
ITEM = Item("Tasse, blau", Decimal(2), total=Decimal("29.80"))


def clashes(ours: Order, theirs: Order) -> tuple[str, ...]:
    return compare(ours, reconciled(ours, theirs))


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("ordered_at", "2026-03-02T11:58", "2026-03-02T11:58:31"),
        ("ordered_at", "2026-03-02", "2026-03-02T11:58:31"),
        ("ordered_at", "2026-03-02T10:58:31Z", "2026-03-02T11:58:31"),
        ("ordered_at", "2026-03-02T10:58:31Z", "2026-03-02T11:58:31+01:00"),
        ("payment_method", "PayPal", "PAYPAL"),
        ("note", "Bitte  klingeln", "Bitte klingeln"),
        ("vat_id", "DE 123456789", "DE123456789"),
    ],
)
def test_the_same_in_other_words(name: str, one: str, other: str) -> None:
    """Precision, case and blanks make no contradiction, in either direction."""
    ours: Any = {name: one}
    theirs: Any = {name: other}

    assert () == clashes(replace(ORDER, **ours), replace(ORDER, **theirs))
    assert () == clashes(replace(ORDER, **theirs), replace(ORDER, **ours))


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "+49 30 1234567"},
        {"street": "Am Ufer", "house_number": "5"},
        {"first_name": "Jan van den", "last_name": "Berg"},
        {"city": "ULM"},
    ],
)
def test_an_address_parted_otherwise(change: dict[str, str]) -> None:
    """Names and streets are compared whole, telephone numbers by their last digits."""
    ours, theirs = (replace(ORDER, billing_address=each) for each in (ADDRESS, replace(ADDRESS, **change)))

    assert () == clashes(ours, theirs)
    assert ours.billing_address == filled(ours, reconciled(ours, theirs))[0].billing_address


@pytest.mark.parametrize(
    "change",
    [{"phone": "030 7654321"}, {"street": "Am Ufer 6"}, {"first_name": "Jana"}, {"postcode": "1"}],
)
def test_another_address(change: dict[str, str]) -> None:
    """What is truly different stays a contradiction."""
    known = replace(ADDRESS, postcode="89073")
    ours, theirs = (replace(ORDER, billing_address=each) for each in (known, replace(known, **change)))

    assert 1 == len(clashes(ours, theirs))


def test_items_in_another_sequence() -> None:
    """A variant in the title, and rows that are sorted otherwise, are the same items."""
    ours = replace(ORDER, items=(ITEM, ORDER.items[1]))
    theirs = replace(ORDER, items=(ORDER.items[1], replace(ITEM, title="Tasse", variant="Blau", sku="T-1")))
    whole, added = filled(ours, reconciled(ours, theirs))

    assert () == clashes(ours, theirs)
    assert {"items.0.sku": "T-1"} == added
    assert ("Tasse, blau", None) == (whole.items[0].title, whole.items[0].variant)


def test_the_same_article_twice() -> None:
    """Two rows of one article are told apart by their quantities."""
    two, three = replace(ITEM, sku="two"), replace(ITEM, quantity=Decimal(3), sku="three")
    ours = replace(ORDER, items=(replace(three, sku=None), replace(two, sku=None)))
    whole, _ = filled(ours, reconciled(ours, replace(ORDER, items=(two, three))))

    assert (three, two) == whole.items


@pytest.mark.parametrize("off", ["5.00", "6.00"])
def test_a_discount_in_a_row(off: str) -> None:
    """A mail's discount and a file's row with a negative price of as much are the same, whoever comes first."""
    mail = replace(ORDER, discount=Decimal("5.00"), total=Decimal("33.20"))
    file = replace(ORDER, items=(*ORDER.items, Item("Rabatt", Decimal(1), total=-Decimal(off))), total=None)
    expected = () if off == "5.00" else ("items: 2, now 3",)

    assert expected == clashes(mail, file)
    assert (() if off == "5.00" else ("items: 3, now 2",)) == clashes(file, mail)
    if off == "5.00":
        assert (mail, {}) == filled(mail, reconciled(mail, file))
        assert None is sum_problem(filled(file, reconciled(file, mail))[0])


def test_one_item_more() -> None:
    """Another count of items is a contradiction."""
    assert ("items: 2, now 1",) == clashes(ORDER, replace(ORDER, items=ORDER.items[:1]))


def test_shipping_as_billing() -> None:
    """A delivery address that only repeats the other adds nothing."""
    theirs = replace(ORDER, shipping_address=ORDER.billing_address)

    assert (ORDER, {}) == filled(ORDER, reconciled(ORDER, theirs))


FULL = Order(
    "1", currency="EUR", payment_method="PayPal", payment_type=3, note="Danke", vat_id="DE1", birth_date="1990-01-02",
    items=(replace(ITEM, tax_rate=Decimal(19)),), shipping_cost=Decimal("4.90"), tax_total=Decimal("5.54"),
    billing_address=Address(city="Bonn", phone="0228 1"), shipping_address=Address(city="Bonn"),
)  # fmt: skip
PAID = {"currency", "shipping_cost", "tax_total", "items.0.tax_rate"}
BUYERS = {"vat_id", "birth_date", "shipping_address.city", "billing_address.phone"}
REST = {"payment_method", "payment_type", "note"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, PAID | BUYERS | REST),
        ({"note": "Bitte klingeln"}, PAID | BUYERS | REST - {"note"}),
        ({"payment_method": "Rechnung"}, PAID | BUYERS | {"note"}),
        ({"billing_address": Address(city="Bonn", phone="1")}, PAID | REST | BUYERS - {"billing_address.phone"}),
        ({"billing_address": Address(city="Ulm")}, PAID | REST),
        ({"currency": "CHF"}, BUYERS | REST),
        ({"items": (replace(ITEM, title="Kanne"),)}, BUYERS | REST | PAID - {"items.0.tax_rate"}),
        ({"items": (replace(ITEM, quantity=Decimal(3)),)}, BUYERS | REST),
        ({"items": (ITEM, ITEM)}, BUYERS | REST),
    ],
)  # fmt: skip
def test_beside_a_contradiction(change: dict[str, Any], found: set[str]) -> None:
    """Everything is filled but what belongs together with what is contradicted."""
    ours = replace(Order("1", items=(ITEM,), billing_address=Address(city="Bonn")), **change)

    assert found == filled_beside(ours, FULL, compare(ours, FULL))[1].keys()


def test_filled_and_emptied() -> None:
    """What was added goes away again, but not what was changed since."""
    theirs = replace(
        ORDER,
        vat_id="DE123456789",
        note="Danke",
        shipping_address=Address(city="Ulm"),
        billing_address=replace(ORDER.billing_address, phone="030 1"),  # type: ignore[type-var]
        items=(replace(ORDER.items[0], tax_rate=Decimal(19)), ORDER.items[1]),
    )
    whole, added = filled(ORDER, theirs)

    assert theirs == whole
    assert ORDER == emptied(whole, added)
    assert replace(ORDER, note="Danke schön") == emptied(replace(whole, note="Danke schön"), added)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"shipping_cost": Decimal("5.90")}, "total: 38.20, together its parts make 39.20"),
        ({"discount": Decimal("1.00"), "total": Decimal("37.20")}, None),
        ({"total": None}, None),
        ({"items": (Item("Tasse", Decimal(1)),)}, None),
    ],
)
def test_the_sum(change: dict[str, Any], problem: str | None) -> None:
    """Where every part is known, they must make the total."""
    assert problem == sum_problem(replace(ORDER, **change))


ORDERS = st.builds(
    Order,
    number=st.just("1"),
    ordered_at=st.one_of(st.none(), st.text(max_size=5), st.just("2026-03-02T11:58")),
    note=st.one_of(st.none(), st.text(max_size=5)),
    billing_address=st.one_of(st.none(), st.builds(Address, phone=st.one_of(st.none(), st.text(max_size=9)))),
    items=st.lists(st.builds(Item, title=st.text(max_size=3), quantity=st.just(Decimal(1))), max_size=3).map(tuple),
)


@given(ORDERS, ORDERS)
def test_any_two_orders(ours: Order, theirs: Order) -> None:
    """Whatever stands in them: what we say stays, filling twice adds nothing, and emptying undoes it."""
    agreed = reconciled(ours, theirs)
    whole, added = filled(ours, agreed)

    assert compare(ours, whole) == () or not ours.items
    assert (whole, {}) == filled(whole, agreed)
    if ours.items:
        assert emptied(whole, added) == emptied(ours, {})

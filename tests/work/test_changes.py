"""What is told of an order that was read again."""

from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.model.order import Order
from smtpd_billbee.work.changes import changes, problem_changes
from tests.making import ORDER

SMALL = Order("7", total=Decimal("4.9"), items=ORDER.items[1:])


def test_the_same() -> None:
    """What reads as before is not told."""
    assert () == changes(ORDER, ORDER) == changes(None, None)


def test_each_field() -> None:
    """A changed, a new and a lost field are one line each, within items and addresses by their dotted names."""
    assert ORDER.billing_address is not None
    address = replace(ORDER.billing_address, city="Neustadt", postcode="12345")
    later = replace(ORDER, billing_address=address, shipping_cost=None, note="bitte klingeln", items=ORDER.items[:1])

    assert (
        "shipping_cost: 4.90, now nothing",
        "note: now bitte klingeln",
    ) == tuple(each for each in changes(ORDER, later) if each.startswith(("shipping_cost", "note")))
    assert "billing_address.city: Musterstadt, now Neustadt" in changes(ORDER, later)
    assert "billing_address.postcode: now 12345" in changes(ORDER, later)
    assert "items.1.title: Wolle, now nothing" in changes(ORDER, later)


def test_come_and_gone() -> None:
    """An order that was not there is told with every field; one that is there no more, with its number."""
    assert (
        "became order 7",
        "number: now 7",
        "items.0.title: now Wolle",
        "items.0.quantity: now 0.50",
        "items.0.unit_price: now 7.00",
        "items.0.total: now 3.50",
        "items.0.tax_rate: now 7.70",
        "total: now 4.90",
    ) == changes(None, SMALL)
    assert ("is no longer order 7",) == changes(SMALL, None)


def test_doubts() -> None:
    """The doubts that went and those that came."""
    assert ("no longer in doubt: a", "to check: c") == problem_changes(("a", "b"), ("b", "c"))

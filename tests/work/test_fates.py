"""What a reading changes, decided from what is known."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.order import Address, KeptOrder
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.work.fates import Contradiction, FiledAway, NewOrder, ReadAnew, SameAgain, compare, fate
from tests.conftest import NOON
from tests.making import ORDER, reading_of

KNOWN = KeptOrder(1, 12345, 7, 1, False, (), NOON, ORDER)


def test_fates() -> None:
    """Each sort of reading has one fate."""
    dearer = replace(ORDER, total=Decimal("40.00"))

    assert NewOrder(ORDER) == fate(reading_of(), None, 7)
    assert SameAgain(KNOWN) == fate(reading_of(), KNOWN, 8)
    assert Contradiction(KNOWN, ("total: 38.20, now 40.00",)) == fate(reading_of(dearer), KNOWN, 8)
    assert ReadAnew(KNOWN, dearer, ("total: 38.20, now 40.00",)) == fate(reading_of(dearer), KNOWN, 7)
    assert FiledAway(MailState.UNREADABLE) == fate(Reading(Outcome.UNREADABLE, Kind.ORDER), None, 7)
    assert FiledAway(MailState.NOT_AN_ORDER) == fate(Reading(Outcome.NOT_AN_ORDER, Kind.ACTIVATION), None, 7)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"note": "leave it at the door"}, ()),
        ({"total": None, "payment_method": None}, ()),
        ({"language": "en", "site": "x.example"}, ()),
        ({"currency": "CHF"}, ("currency: EUR, now CHF",)),
        ({"items": ORDER.items[:1]}, ("items: 2, now 1",)),
        ({"items": (replace(ORDER.items[0], quantity=Decimal(3)), ORDER.items[1])},
         ("items.0.quantity: 2.00, now 3.00",)),
        ({"billing_address": Address(city="Berlin")}, ("billing_address.city: Musterstadt, now Berlin",)),
    ],
)  # fmt: skip
def test_what_contradicts(change: dict[str, object], expected: tuple[str, ...]) -> None:
    """What only one of them says is no contradiction; every other difference is named with both values."""
    assert expected == compare(ORDER, replace(ORDER, **change))  # type: ignore[arg-type]

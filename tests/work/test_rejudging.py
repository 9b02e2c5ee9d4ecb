"""Which doubts a correction ends, and which it brings."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from smtpd_billbee.model.order import Item
from smtpd_billbee.work.rejudging import judged_anew
from tests.making import ORDER

TOTAL_40 = replace(ORDER, total=Decimal(40))
OFF = "items 33.30 + shipping 4.90 = 38.20, but the total says 40.00"
OTHER = "the name holds more than a name"


def test_a_sum_that_comes_out_now() -> None:
    """Its doubts are over, by whichever words they were told; another stays."""
    rows = "item 1: 2 x 14.90 is not 29.80"
    doubts = (
        OFF, OTHER, "total: 40.00, together its parts make 38.20", "an item has no quantity",
        "the items come to 33.30, the subtotal says 1.00", "the shipping cost is below zero", rows,
    )  # fmt: skip

    assert (OTHER, rows) == judged_anew(doubts, TOTAL_40, ORDER)


@pytest.mark.parametrize(
    ("changes", "doubts"),
    [
        ({"total": Decimal(40)}, (OFF,)),
        ({"subtotal": Decimal(20)}, ("the items come to 33.30, the subtotal says 20.00",)),
        ({"items": (replace(ORDER.items[0], quantity=Decimal(0)), ORDER.items[1])}, ("an item has no quantity",)),
        ({"items": (replace(ORDER.items[0], quantity=Decimal(-1)), ORDER.items[1])}, ("an item has no quantity",)),
        ({"items": (Item("Tasse", Decimal(1)),)}, ("an item has no price, so the sum cannot be checked",)),
        ({"shipping_cost": Decimal("-4.90"), "total": Decimal("28.40")}, ("the shipping cost is below zero",)),
    ],
)
def test_a_sum_that_does_not_come_out_any_more(changes: dict[str, Any], doubts: tuple[str, ...]) -> None:
    """The correction itself is judged as a mail is."""
    assert (OTHER, *doubts) == judged_anew((OTHER,), ORDER, replace(ORDER, **changes))


def test_a_sum_that_nobody_touched() -> None:
    """Its doubt stays; one that somebody accepted does not come again."""
    noted = replace(TOTAL_40, note="ruft an", items=(replace(ORDER.items[0], title="Tasse"), ORDER.items[1]))

    assert [(OFF,), ()] == [judged_anew(doubts, TOTAL_40, noted) for doubts in ((OFF,), ())]


def test_another_sum_that_does_not_come_out() -> None:
    """The doubt says what it is now, once."""
    now = "items 33.30 + shipping 4.90 = 38.20, but the total says 41.00"

    assert (now,) == judged_anew((OFF,), TOTAL_40, replace(ORDER, total=Decimal(41)))


def test_the_price_of_a_row() -> None:
    """The doubt about a row is over when the row is another."""
    row = replace(ORDER.items[0], total=Decimal(30))
    before = replace(ORDER, items=(row, ORDER.items[1]))

    assert () == judged_anew(("item 1: 2 x 14.90 is not 30.00",), before, ORDER)


@pytest.mark.parametrize("doubt", ["the order date could not be read", "the order date could be read in two ways"])
def test_the_date(doubt: str) -> None:
    """Somebody said it; while nobody does, the doubt stays."""
    undated = replace(ORDER, ordered_at=None)

    assert () == judged_anew((doubt,), undated, ORDER)
    assert (doubt,) == judged_anew((doubt,), undated, replace(undated, note="x"))
    assert (doubt,) == judged_anew((doubt,), ORDER, undated)

"""Doubts after a person's correction: those about sums and the date are judged anew, by the rules of the reader.

Only where he changed what they speak of: who accepted a sum that does not come out is not asked again because of a
comment.  All other doubts stay until somebody accepts them.
"""

import re
from collections.abc import Sequence

from smtpd_billbee import reader
from smtpd_billbee.model.order import Order

_AMOUNTS = (
    "subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total", "prices_include_tax",
)  # fmt: skip
_OF_SUMS = re.compile(
    r"^(?:an item has no price, so the sum cannot be checked$|an item has no quantity$"
    r"|the shipping cost is below zero$|the payment fee is below zero$|the items come to .*, the subtotal says "
    r"|items .*, but the total says |total: .*, together its parts make )"
)
_OF_DATE = re.compile(r"^the order date ")


def judged_anew(problems: Sequence[str], before: Order, after: Order) -> tuple[str, ...]:
    """The doubts of an order that somebody has put from `before` to `after`."""
    found = list(problems)
    if after.ordered_at != before.ordered_at and after.ordered_at is not None:
        found = [each for each in found if not _OF_DATE.match(each)]
    if _amounts(after) != _amounts(before):
        gone = _row_doubts(before) - _row_doubts(after)
        found = [each for each in found if not _OF_SUMS.match(each) and each not in gone]
        found += [*reader.sums_problems(after), *reader.cost_problems(after), *reader.quantity_problems(after)]
    return tuple(dict.fromkeys(found))


def _amounts(order: Order) -> tuple[object, ...]:
    items = tuple((item.quantity, item.unit_price, item.total) for item in order.items)
    return (items, *(getattr(order, name) for name in _AMOUNTS))


def _row_doubts(order: Order) -> set[str]:
    """What the reader would say of rows whose price is not quantity x unit price (reader/items.py)."""
    return {
        f"item {number}: {item.quantity:f} x {item.unit_price:.2f} is not {item.total:.2f}"
        for number, item in enumerate(order.items, 1)
        if item.unit_price is not None and item.total is not None
    }

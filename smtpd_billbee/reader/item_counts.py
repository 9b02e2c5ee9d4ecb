"""Items whose only count is a number before each title: '2 Borsa in pelle 145,00 EUR', '1 Sapone 5,20 EUR'.

One such line can be a title ('3 Schafe Socken'); where every line of the order begins so, and the prices as row totals
come to the sum, the numbers count.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.items import CENT, MEASURES, NO_QUANTITY, Found, items_sum

_LED = re.compile(r"(?:[*•–-] )?(?P<n>\d{1,4})\s+(?P<rest>[^\W\d_].*)")


def with_leading_counts(found: Sequence[Found], expected: Decimal | None) -> tuple[Found, ...]:
    """The items with the numbers before their titles as quantities, if all have one."""
    if expected is None or len(found) < 2 or any(each.doubt != NO_QUANTITY for each in found):
        return tuple(found)
    if (sums := items_sum([each.item for each in found])) is None or abs(sums - expected) > 2 * CENT:
        return tuple(found)
    counted = [each for each in map(_counted, found) if each]
    if len(counted) < len(found):
        return tuple(found)
    sure = any(each.item.quantity == 1 for each in counted)  # '7 Samurai' and '12 Angry Men' count nothing
    return tuple(counted) if sure else tuple(replace(each, doubt=MEASURES) for each in counted)


def _counted(found: Found) -> Found | None:
    led, item = _LED.fullmatch(found.item.title), found.item
    if led is None or item.total is None or not int(led["n"]):
        return None
    quantity = Decimal(led["n"])
    unit = item.total if quantity == 1 else None
    return replace(found, item=replace(item, title=led["rest"], quantity=quantity, unit_price=unit), doubt=None)

"""Items whose only count stands in each title: '2 Borsa in pelle 145,00 EUR', 'Uhr (1 Stück) 5,20 EUR'.

One such line can be a title ('3 Schafe Socken', 'Seife (3 Stück)'); where every line of the order has one, and the
prices as row totals come to the sum, the numbers count.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.reader.items import CENT, MEASURES, NO_QUANTITY, Found, items_sum
from smtpd_billbee.reader.parts_quantity import title_and_count
from smtpd_billbee.reader.words import Dictionary

_LED = re.compile(r"(?:[*•–-] )?(?P<n>\d{1,4})\s+(?P<rest>[^\W\d_].*)")


def with_counts_of_titles(found: Sequence[Found], expected: Decimal | None, known: Dictionary) -> tuple[Found, ...]:
    """The items with the numbers before or behind their titles as quantities, if all have one."""
    if expected is None or len(found) < 2 or any(each.doubt != NO_QUANTITY for each in found):
        return tuple(found)
    if (sums := items_sum([each.item for each in found])) is None or abs(sums - expected) > 2 * CENT:
        return tuple(found)
    behind = [each for each in (_counted_behind(one, known) for one in found) if each]
    if len(behind) == len(found):
        return tuple(behind)
    counted = [each for each in map(_counted, found) if each]
    if len(counted) < len(found):
        return tuple(found)
    sure = any(each.item.quantity == 1 for each in counted)  # '7 Samurai' and '12 Angry Men' count nothing
    return tuple(counted) if sure else tuple(replace(each, doubt=MEASURES) for each in counted)


def _counted_behind(found: Found, known: Dictionary) -> Found | None:
    parted = title_and_count(found.item.title, known)
    return _with_count(found, *parted) if parted and found.item.total is not None else None


def _counted(found: Found) -> Found | None:
    led, item = _LED.fullmatch(found.item.title), found.item
    if led is None or item.total is None or not int(led["n"]):
        return None
    return _with_count(found, led["rest"], Decimal(led["n"]))


def _with_count(found: Found, title: str, quantity: Decimal) -> Found:
    unit = found.item.total if quantity == 1 else None
    return replace(found, item=replace(found.item, title=title, quantity=quantity, unit_price=unit), doubt=None)

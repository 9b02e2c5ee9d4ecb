"""The sums of an order: which row is the subtotal, the shipping cost, the discount, the tax, the total.

Words alone do not tell ('Summe' above the shipping cost is a subtotal, below it the total).  Each row keeps all that
its words allow, and the arithmetic decides: items + shipping + fees - discount (+ tax on top) = total.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from smtpd_billbee.reader.labels import (
    beside_labels,
)
from smtpd_billbee.reader.sum_words import SumRow
from smtpd_billbee.reader.words import key

CENT = Decimal("0.01")
TOLERANCE = Decimal("0.02")  # shops round rows and taxes each for itself
MOST_CHOICES = 4_000
MOST_STEPS = 60_000  # choices by rows
MOST_ROWS = 60  # no order has so many sums; the last ones count, for the total stands at the end


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums as chosen, each with the row it came from; `doubts` says what did not come out."""

    values: dict[str, Decimal] = field(default_factory=dict)
    rows: dict[str, SumRow] = field(default_factory=dict)
    tax_on_top: bool | None = None
    balanced: bool = False
    doubts: tuple[str, ...] = ()
    subtotal_is_off: bool = False  # the subtotal is not what the items come to


def choose(rows: Sequence[SumRow], items: Decimal | None, net_items: bool = False) -> Sums:
    """What each row is.  `items`: the sum of the item rows, None where it is not known."""
    rows = [
        replace(row, of_items=True) if row.amount == items and row.fields == ("total",) else row
        for row in _with_total_unsaid(_without_repeats(rows), items)[-MOST_ROWS:]
    ]
    best: tuple[tuple[int, ...], Sums] | None = None
    rivals: set[Decimal] = set()
    for choice in itertools.islice(_choices(rows), min(MOST_CHOICES, MOST_STEPS // max(1, len(rows)))):
        sums = _assigned(rows, choice, items)
        if sums is None:
            continue
        rank = _rank(sums, rows, choice)
        if best is None or rank > best[0]:
            best, rivals = (rank, sums), {sums.values.get("total", Decimal(-1))}
        elif rank == best[0] and "total" in sums.values:
            rivals.add(sums.values["total"])
        if rank == _PERFECT:
            break
    if best is None:
        return Sums()
    sums = _with_tax_within(best[1])
    if _is_contradicted(sums, rows):
        doubts = (*sums.doubts, "two different amounts are called the total")
        return replace(sums, doubts=doubts)
    if len(rivals) > 1:
        return Sums(sums.values, sums.rows, sums.tax_on_top, sums.balanced,
                    (*sums.doubts, "two different amounts could be the total"))  # fmt: skip
    return sums


def _with_total_unsaid(rows: Sequence[SumRow], items: Decimal | None) -> Sequence[SumRow]:
    """'Zwischensumme: 140,40 €' alone beside 'Versand: 5,95 €', with items of 140,40: nobody says the total."""
    totals = [row for row in rows if "total" in row.fields]
    if len(totals) != 1 or totals[0].amount != items or "subtotal" not in totals[0].fields:
        return rows
    if not any(row.amount and not _COSTS.isdisjoint(row.fields) for row in rows if row is not totals[0]):
        return rows
    return [replace(row, fields=("subtotal",)) if row is totals[0] else row for row in rows]


_COSTS = frozenset(("shipping_cost", "payment_fee"))


def with_listed_discount(sums: Sums, rows: Sequence[SumRow]) -> Sums:
    """'Rabatt: -2,50 €' among the sums, which the total does not take off: it is said, and nothing comes out."""
    listed = [row for row in rows if row.negative and row.amount and not row.is_paid]
    if not listed or "discount" in sums.values or "total" not in sums.values:
        return sums
    if any(row.negative for row in sums.rows.values()):
        return sums  # 'Gesamt - 62,09 €': the dash parts
    first, last = (each(row.index for row in sums.rows.values()) for each in (min, max))
    among = [row for row in listed if first < row.index < last]
    if not among:
        return sums
    whole = sum((row.amount for row in among), Decimal(0))
    values, origin = sums.values | {"discount": whole}, sums.rows | {"discount": among[0]}
    return replace(sums, values=values, rows=origin, balanced=False)


def _with_tax_within(sums: Sums) -> Sums:
    """The tax that stands behind the total (or the subtotal), where no row of its own says it."""
    rows_with = (sums.rows.get(name) for name in ("total", "subtotal"))
    row = next((each for each in rows_with if each and each.within is not None), None)
    if row is None or row.within is None or "tax_total" in sums.values or row.within >= row.amount:
        return sums
    values, rows = sums.values | {"tax_total": row.within}, sums.rows | {"tax_total": row}
    return replace(sums, values=values, rows=rows, tax_on_top=False)


def _is_contradicted(sums: Sums, rows: Sequence[SumRow]) -> bool:
    """Is another amount called the total, that is neither the subtotal nor the total before tax?"""
    total = sums.values.get("total")
    if total is None:
        return False
    tax = sums.values.get("tax_total", Decimal(0))
    paid = sum((row.amount for row in rows if row.is_paid), Decimal(0))
    fine = (total, total - tax, total + tax, sums.values.get("subtotal"), total - paid)
    used = {row.index for row in sums.rows.values()}
    return any(
        row.index not in used
        and row.amount > 0
        and "total" in row.fields
        and "discount" not in row.fields
        and row.amount not in fine
        for row in rows
    )


def _without_repeats(rows: Sequence[SumRow]) -> list[SumRow]:
    """A total that is said again ('Заказ 409: 12 690,00 RUB' above, 'Итого' below) counts once.

    It counts above, but if another total stands between: 'Order total', the items, their 'Total', 'Order total'.
    """
    kept: dict[int, SumRow] = {}
    seen: dict[tuple[tuple[str, ...], Decimal], int] = {}
    last_total = -1
    for number, row in enumerate(rows):
        said = (row.fields, row.amount)
        if said in seen and row.fields and "tax" not in row.fields and "discount" not in row.fields:
            if "total" not in row.fields or last_total == seen[said]:
                continue
            del kept[seen[said]]
        seen[said] = number
        kept[number] = row
        last_total = number if "total" in row.fields else last_total
    return list(kept.values())


def _choices(rows: Sequence[SumRow]) -> Iterator[tuple[str, ...]]:
    """All ways to give each row a field, the likeliest first; '' leaves a row out."""
    options = [_options(row, position, rows) for position, row in enumerate(rows)]
    yield from itertools.product(*options)


def _options(row: SumRow, position: int, rows: Sequence[SumRow]) -> tuple[str, ...]:
    if row.is_paid:
        return ("",)
    if row.by_payment and not row.fields:
        return ("", "payment_fee")
    if not row.fields:
        return ("", "discount") if row.negative else ("", "tax") if row.rated else ("",)
    fields = row.fields
    if "total" in fields and "subtotal" in fields:
        later = any("total" in other.fields or "subtotal" in other.fields for other in rows[position + 1 :])
        fields = tuple(sorted(fields, key=lambda name: name != ("subtotal" if later else "total")))
    if row.negative and "discount" in fields:
        fields = ("discount",)
    if row.of_items and any("total" in other.fields for other in rows[position + 1 :]):
        fields = tuple(dict.fromkeys(("subtotal", *fields)))
    return (*fields, "")


def _assigned(rows: Sequence[SumRow], choice: tuple[str, ...], items: Decimal | None) -> Sums | None:
    values: dict[str, Decimal] = {}
    origin: dict[str, SumRow] = {}
    taxes: list[SumRow] = []
    discounts: list[Decimal] = []
    parcels = 0
    for row, name in zip(rows, choice, strict=True):
        if not name:
            continue
        if name == "tax":
            taxes.append(row)
        elif name in ("discount", "payment_fee", "shipping_cost"):
            values[name] = values.get(name, Decimal(0)) + row.amount
            parcels += name == "shipping_cost"
            discounts += [row.amount] if name == "discount" else []
        elif name in values and values[name] != row.amount:
            return None
        else:
            values[name] = row.amount
        origin.setdefault("tax_total" if name == "tax" else name, row)
    if any(row.rated and not _is_rate_of(row, values, items) for row in taxes):
        return None
    if taxes:
        values["tax_total"] = _tax_sum([row.amount for row in taxes])
    base = items if items is not None else values.get("subtotal")
    on_top, balanced = _balance(values, taxes, base)
    if not balanced and _is_said_twice(discounts):  # 'Gutschein SOMMER -5,00', and below 'Rabatte -5,00'
        once = values | {"discount": values["discount"] / 2}
        on_top_once, balanced = _balance(once, taxes, base)
        values, on_top = (once, on_top_once) if balanced else (values, on_top)
    if not balanced and _is_with_shipping(values, origin):
        values["shipping_cost"] = values["total"] - values["subtotal"]
        origin["shipping_cost"] = origin["total"]
        balanced = True
    if not balanced and "subtotal" in values and origin["subtotal"].of_items:
        return None  # it is called the total, and what stands below adds up to nothing else
    if parcels > 1 and not balanced:
        return None  # 'Versand Paket' and 'Sperrgutzuschlag' count together only where the order adds up so
    off = items is not None and "subtotal" in values and abs(values["subtotal"] - items) > TOLERANCE
    return Sums(values, origin, on_top, balanced, subtotal_is_off=off)


def _is_with_shipping(values: Mapping[str, Decimal], origin: Mapping[str, SumRow]) -> bool:
    """'Итого: 5 070', 'Итого, с доставкой: 5 460', and nothing else: what is between them is the shipping."""
    if values.keys() != {"subtotal", "total"} or not origin["subtotal"].of_items:
        return False
    words = key(origin["total"].words)
    said = any(each in words for each in beside_labels("with_shipping"))
    return said and values["total"] > values["subtotal"]


_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,3})?)\s?%")


def _is_rate_of(row: SumRow, values: dict[str, Decimal], items: Decimal | None) -> bool:
    """'Retail 8.25 %': just that part of the items, less the discount, with or without shipping."""
    found = _RATE.search(row.words)
    base = items if items is not None else values.get("subtotal")
    if found is None or base is None:
        return False
    rate = Decimal(found[1].replace(",", ".")) / 100
    less = base - values.get("discount", Decimal(0))
    bases = (base, less, less + values.get("shipping_cost", Decimal(0)))
    return any(abs(each * rate - row.amount) <= TOLERANCE for each in bases)


def _tax_sum(amounts: Sequence[Decimal]) -> Decimal:
    """The sum of the taxes; where one row is the sum of the others, it is said twice."""
    whole = sum(amounts, Decimal(0))
    return whole / 2 if len(amounts) > 2 and _is_said_twice(amounts) else whole


def _is_said_twice(amounts: Sequence[Decimal]) -> bool:
    """Is one amount the sum of the others?"""
    whole = sum(amounts, Decimal(0))
    return len(amounts) > 1 and any(abs(each * 2 - whole) <= CENT for each in amounts)


def _balance(values: dict[str, Decimal], taxes: Sequence[SumRow], base: Decimal | None) -> tuple[bool | None, bool]:
    """(is the tax on top, does it add up)."""
    total, tax = values.get("total"), values.get("tax_total")
    said = next((row.on_top for row in taxes if row.on_top is not None), None)
    if total is None or base is None:
        return said, False
    due = base + sum_of(values)
    included = abs(due - total) <= TOLERANCE
    on_top = tax is not None and tax > 0 and abs(due + tax - total) <= TOLERANCE
    if included and not (on_top and said):
        return False, True
    if on_top:
        return True, True
    return said, False


def sum_of(values: Mapping[str, Decimal]) -> Decimal:
    """Shipping and fees less the discount."""
    zero = Decimal(0)
    return values.get("shipping_cost", zero) + values.get("payment_fee", zero) - values.get("discount", zero)


_PERFECT = (1, 0, 1, 0, 0)


def _rank(sums: Sums, rows: Sequence[SumRow], choice: tuple[str, ...]) -> tuple[int, ...]:
    """Better is: it has a total, no row is left out, it adds up, no meaning is guessed, the words' first meaning."""
    left_out = sum(1 for row, name in zip(rows, choice, strict=True) if row.fields and not name and not row.net)
    off = sum(
        1 for row, name in zip(rows, choice, strict=True) if row.net and name == "subtotal" and sums.subtotal_is_off
    )
    guessed = sum(1 for row, name in zip(rows, choice, strict=True) if name and not row.fields)
    order = -sum(
        _options_index(row, position, rows, name) for position, (row, name) in enumerate(zip(rows, choice, strict=True))
    )
    return int("total" in sums.values), -left_out, int(sums.balanced), -guessed - off, order


def _options_index(row: SumRow, position: int, rows: Sequence[SumRow], name: str) -> int:
    return _options(row, position, rows).index(name)

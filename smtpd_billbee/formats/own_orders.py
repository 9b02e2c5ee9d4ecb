"""Our own export read back: every field as it was written, and what a person had added to the order.

It is a table for people, too: cells may have been changed, columns dropped or added, in a table program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from smtpd_billbee.formats.csv_text import Line
from smtpd_billbee.formats.export_files import as_written
from smtpd_billbee.formats.order_dates import moment
from smtpd_billbee.formats.order_numbers import number
from smtpd_billbee.formats.own_columns import ITEM, fields_of, head_in, state_of
from smtpd_billbee.model.order import Address, Item, Order

_AMOUNTS = ("subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total")
_NUMBERS = (*_AMOUNTS, *(f"{ITEM}{name}" for name in ("quantity", "unit_price", "total", "tax_rate")))
_TEXTS = (
    "number", "ordered_at", "currency", "language", "site", "payment_method", "shipping_method", "discount_code",
    "note", "customer_number", "vat_id", "birth_date",
)  # fmt: skip
_DATES = {
    "ordered_at": ("order date", 40), "birth_date": ("birth date", 32), "paid_on": ("date of payment", 32),
    "shipped_on": ("shipping date", 32),
}  # fmt: skip
_ADDRESSES = ("billing_address", "shipping_address")
_SHOWN = 40
LONGEST_NUMBER = 190


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept beside an order; `state`: Billbee's number of it, None where the file does not say."""

    state: int | None = None
    tags: tuple[str, ...] = ()
    comment: str | None = None
    paid_on: str | None = None
    shipped_on: str | None = None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order, in the line in which it begins; `doubts`: what its lines say differently."""

    line: int
    order: Order
    beside: Beside
    doubts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnOrders:
    """What the file holds.  `failed`: line, number and reason of each order that could not be read."""

    orders: tuple[OwnOrder, ...]
    failed: tuple[tuple[int, str, str], ...]
    unused: tuple[str, ...] = ()


class _Unreadable(ValueError):
    """A cell that cannot be read; says which and why."""


def own_orders(lines: Sequence[Line]) -> OwnOrders:
    """The orders below the head, which is the first line."""
    known = fields_of(lines[0].cells)
    assert known is not None
    language, places = known
    rows = [_Row(line, places) for line in lines[1:] if any(cell.strip() for cell in line.cells)]
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.text("shop") or "", row.text("number") or ""), []).append(row)
    found: list[OwnOrder] = []
    failed: list[tuple[int, str, str]] = []
    for (_shop, name), theirs in groups.items():
        try:
            found.append(_order(theirs, language))
        except _Unreadable as error:
            failed.append((theirs[0].line.number, name[:_SHOWN], str(error)))
    ours = set(places.values())
    foreign = [name for at, name in enumerate(lines[0].cells) if at not in ours and name.strip()]
    return OwnOrders(tuple(found), tuple(failed), tuple(foreign))


class _Row:
    def __init__(self, line: Line, places: Mapping[str, int]) -> None:
        self.line = line
        self._places = places

    def text(self, field: str) -> str | None:
        """The cell as it was exported; None: it is empty, or not there."""
        at = self._places.get(field)
        cell = self.line.cells[at] if at is not None and at < len(self.line.cells) else ""
        return as_written(cell) if cell.strip() else None

    def amount(self, field: str, mark: str) -> Decimal | None:
        """Raises _Unreadable."""
        text = self.text(field)
        value = None if text is None else number(text, mark)
        if text is not None and value is None:
            words = field.removeprefix(ITEM).replace("_", " ")
            raise _Unreadable(f"the {words} {text[:_SHOWN]!r} cannot be read as a number")
        return value


def _order(rows: Sequence[_Row], language: str) -> OwnOrder:
    first = rows[0]
    for row in rows:
        if row.line.wrong:
            raise _Unreadable(row.line.wrong)
    texts = {field: first.text(field) for field in _TEXTS}
    if not texts["number"]:
        raise _Unreadable("the line has no order number")
    if len(texts["number"]) > LONGEST_NUMBER:
        raise _Unreadable(f"the order number has more than {LONGEST_NUMBER} characters")
    mark = "," if any("," in (row.text(field) or "") for row in rows for field in _NUMBERS) else "."
    kind, with_tax = first.text("payment_type"), first.text("prices_include_tax")
    values: dict[str, Any] = {
        **texts,
        "payment_type": int(kind) if kind and kind.isascii() and kind.isdecimal() and len(kind) < 10 else None,
        "prices_include_tax": None if with_tax is None else with_tax == "1",
        "items": tuple(item for row in rows if (item := _item(row, mark))),
        **{field: first.amount(field, mark) for field in _AMOUNTS},
        **{whose: _address(first, whose) for whose in _ADDRESSES},
    }
    beside, doubts = _beside(first, language), _doubts(rows, language)
    for field, (words, longest) in _DATES.items():
        if text := first.text(field):
            values[field] = day = _day(text, longest)
            if day is None:
                doubts.append((first.line.number, f"the {words} {text[:_SHOWN]!r} cannot be read as a date"))
    currency, spoken = values["currency"], values["language"]
    if currency and len(currency) != 3:
        values["currency"] = None
        doubts.append((first.line.number, f"the currency {currency[:20]!r} is not known"))
    values["language"] = spoken if spoken and len(spoken) <= 8 else None
    beside = replace(beside, paid_on=values.pop("paid_on", None), shipped_on=values.pop("shipped_on", None))
    return OwnOrder(first.line.number, Order(**values), beside, tuple(doubts))


def _day(text: str, longest: int) -> str | None:
    """ISO 8601 stays as it was written; what a table program made of it is read as a person would."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return moment(text, False)
    return text if len(text) <= longest else None


def _item(row: _Row, mark: str) -> Item | None:
    title, quantity = row.text(f"{ITEM}title"), row.amount(f"{ITEM}quantity", mark)
    if title is None and quantity is None:
        return None  # an order without items has one line, too
    if title is None:
        raise _Unreadable("the line has no article")
    if quantity is None:
        raise _Unreadable("the line has no quantity")
    prices = {name: row.amount(f"{ITEM}{name}", mark) for name in ("unit_price", "total", "tax_rate")}
    return Item(title, quantity, sku=row.text(f"{ITEM}sku"), variant=row.text(f"{ITEM}variant"), **prices)


def _address(row: _Row, whose: str) -> Address | None:
    address = Address(**{each.name: row.text(f"{whose}.{each.name}") for each in fields(Address)})
    return None if address == Address() else address


def _beside(row: _Row, language: str) -> Beside:
    tags = tuple(tag.strip() for tag in (row.text("tags") or "").split(",") if tag.strip())
    state = state_of(language, row.text("state") or "")
    return Beside(state, tags, row.text("comment"))


def _doubts(rows: Sequence[_Row], language: str) -> list[tuple[int, str]]:
    """What the order's own columns say differently below its first line, which was taken."""
    own = [field for field in head_in(language) if not field.startswith(ITEM)]
    found = []
    for field in own:
        row = next((row for row in rows[1:] if row.text(field) not in (None, rows[0].text(field))), None)
        if row is not None:
            words = field.replace("_", " ").replace(".", " ")
            line = rows[0].line.number
            found.append((row.line.number, f"the {words} is not the same as in line {line}, which was taken"))
    return found

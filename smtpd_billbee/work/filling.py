"""One order from two sources, such as its mail and a file: what is the same in other words, and what one lacks.

Touches nothing.  A contradiction is never decided here: `fates.compare` names it, and a person looks.
"""

import unicodedata
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.reading import order_as_json

Thing = TypeVar("Thing", Address, Item)

_ADDRESSES = ("billing_address", "shipping_address")
_NAMES = ("first_name", "middle_name", "last_name")
_STREET = ("street", "house_number")
_PLACES = timedelta(hours=26)  # the widest gap of two clocks on earth
_SHORTEST_PHONE = 6
_ROUNDING = Decimal("0.02")


def reconciled(ours: Order, theirs: Order) -> Order:
    """Their order in our words wherever both mean the same, so that what differs then is a contradiction."""
    theirs = _discounted_as(ours, theirs)
    values: dict[str, Any] = {"items": _items(ours.items, theirs.items)}
    for name in (field.name for field in fields(Order) if field.name != "items"):
        one, other = getattr(ours, name), getattr(theirs, name)
        if isinstance(one, Address) and isinstance(other, Address):
            values[name] = _address(one, other)
        elif one is not None and other is not None and _same(name, one, other):
            values[name] = one
    if ours.payment_type == theirs.payment_type and ours.payment_method and theirs.payment_method:
        values["payment_method"] = ours.payment_method  # 'Kreditkarte (VISA)' and 'Kreditkarte'
    if ours.shipping_address is None and _address_of(theirs, "shipping") == _address_of(theirs, "billing"):
        values["shipping_address"] = None  # 'as above', said in full
    return replace(theirs, **values)


def _discounted_as(ours: Order, theirs: Order) -> Order:
    """A discount may be a sum of the order, or rows with a negative price, as a file without a column for it has."""
    rows, their_rows = _discount_rows(ours), _discount_rows(theirs)
    if ours.discount and their_rows and _sum(their_rows) == -ours.discount:
        items = tuple(item for item in theirs.items if item not in their_rows)
        return replace(theirs, items=items, discount=ours.discount)
    if theirs.discount and rows and not their_rows and _sum(rows) == -theirs.discount:
        return replace(theirs, items=(*theirs.items, *rows), discount=None)
    return theirs


def _discount_rows(order: Order) -> list[Item]:
    return [item for item in order.items if item.total is not None and item.total < 0]


def _sum(items: Sequence[Item]) -> Decimal:
    return sum((item.total for item in items if item.total is not None), Decimal(0))


def _address_of(order: Order, whose: str) -> str | None:
    address = getattr(order, f"{whose}_address")
    return _letters(*(getattr(address, name) for name in (*_NAMES, *_STREET, "postcode", "city"))) if address else None


def _address(ours: Address, theirs: Address) -> Address:
    """Names and streets are compared whole: what is parted otherwise is no contradiction."""
    values = {
        field.name: getattr(ours, field.name)
        for field in fields(Address)
        if _same(field.name, getattr(ours, field.name), getattr(theirs, field.name))
    }
    for group in (_NAMES, _STREET):
        if _letters(*(getattr(ours, name) for name in group)) == _letters(*(getattr(theirs, name) for name in group)):
            values |= {name: getattr(ours, name) for name in group}
    return replace(theirs, **values)


def _items(ours: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, ...]:
    if len(ours) != len(theirs):
        return tuple(theirs)
    return tuple(_item(one, other) for one, other in zip(ours, _in_our_order(ours, theirs), strict=True))


def _in_our_order(ours: Sequence[Item], theirs: Sequence[Item]) -> Sequence[Item]:
    """Their items in the sequence of ours, if each has its own: by name and quantity, else by name."""
    places: dict[int, Item] = {}
    left = list(theirs)
    for same in (_name_and_quantity, _name):
        waiting: dict[Hashable, deque[Item]] = {}
        for item in left:
            waiting.setdefault(same(item), deque()).append(item)
        for index, item in enumerate(ours):
            if index not in places and waiting.get(same(item)):
                places[index] = waiting[same(item)].popleft()
        left = [item for items in waiting.values() for item in items]
    return theirs if left else [places[index] for index in range(len(ours))]


def _name_and_quantity(item: Item) -> Hashable:
    return _name(item), item.quantity


def _name(item: Item) -> str:
    return _letters(item.title, item.variant)


def _item(ours: Item, theirs: Item) -> Item:
    values = {
        field.name: getattr(ours, field.name)
        for field in fields(Item)
        if _same(field.name, getattr(ours, field.name), getattr(theirs, field.name))
    }
    if _name(ours) == _name(theirs):  # 'Tasse, blau' and 'Tasse' in the variant 'blau'
        values |= {"title": ours.title, "variant": ours.variant}
    return replace(theirs, **values)


def _same(name: str, one: object, other: object) -> bool:
    if not isinstance(one, str) or not isinstance(other, str):
        return one == other
    if name == "phone":
        return _same_phone(one, other)
    if name == "ordered_at":
        return _same_moment(one, other)
    if name in ("title", "variant", "postcode", "vat_id"):
        return _letters(one) == _letters(other)
    return _plain(one) == _plain(other)


def _same_phone(one: str, other: str) -> bool:
    """'+49 30 123456' and '030 123456'."""
    first, second = sorted((_digits(one), _digits(other)), key=len)
    return first == second or (len(first) >= _SHORTEST_PHONE and second.endswith(first))


def _digits(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isdecimal()).lstrip("0")


def _same_moment(one: str, other: str) -> bool:
    """To the precision of the one that says less.  A clock with a zone and one without may show any two hours."""
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return one == other
    if len(one) == len("2024-01-13") or len(other) == len("2024-01-13"):
        return one[:10] == other[:10]
    if (first.tzinfo is None) != (second.tzinfo is None):
        return abs(first.replace(tzinfo=None) - second.replace(tzinfo=None)) <= _PLACES
    if first.tzinfo is not None:
        return abs(first - second) < timedelta(minutes=1)
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _letters(*texts: str | None) -> str:
    folded = unicodedata.normalize("NFKC", " ".join(text for text in texts if text)).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def filled(ours: Order, theirs: Order) -> tuple[Order, dict[str, Any]]:
    """Our order with what only theirs says; and that, by its path ('vat_id', 'items.0.sku'), as JSON."""
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(Order)):
        one, other = getattr(ours, name), getattr(theirs, name)
        if isinstance(one, Address) and isinstance(other, Address):
            values[name] = _filled(one, other)
        elif name == "items" and one and len(one) == len(other):
            values[name] = tuple(_filled(each, their) for each, their in zip(one, other, strict=True))
        elif one is None or one == ():
            values[name] = other
    whole = replace(ours, **values)
    before, after = _paths(ours), _paths(whole)
    return whole, {path: value for path, value in after.items() if value is not None and before.get(path) is None}


_AMOUNTS = frozenset({
    "subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total", "prices_include_tax",
    "unit_price", "tax_rate",
})  # fmt: skip
# What belongs together: half of it from here and half from there may be wrong, though each half is right.
_BUYER = frozenset({"billing_address", "shipping_address", "vat_id", "customer_number", "birth_date"})
_PAYMENT = frozenset({"payment_method", "payment_type"})
_SUMS = frozenset({"items", "currency"}) | _AMOUNTS
_WHO_AND_WHERE = frozenset({*_NAMES, *_STREET, "company", "postcode", "city", "country"})


def has_amounts(paths: Iterable[str]) -> bool:
    """Do the amounts of an order or of its items stand among these paths?"""
    return any(path.rpartition(".")[2] in _AMOUNTS for path in paths)


def filled_beside(ours: Order, theirs: Order, clashes: Iterable[str]) -> tuple[Order, dict[str, Any]]:
    """As `filled`, without what belongs together with a contradiction ('billing_address.city: Ulm, now Bonn')."""
    apart = {name for clash in clashes for name in _drawn_in(clash.partition(":")[0])}
    kept: dict[str, Any] = {field.name: getattr(ours, field.name) for field in fields(Order) if field.name in apart}
    return filled(ours, replace(theirs, **kept))


def _drawn_in(path: str) -> frozenset[str]:
    """The fields of an order that are not sure any more when this one is contradicted."""
    name, _, part = path.partition(".")
    last = path.rpartition(".")[2]
    if name in _ADDRESSES:
        return _BUYER if part in _WHO_AND_WHERE else frozenset()  # another telephone is still the same buyer
    if last in _SUMS or last == "quantity":
        return _SUMS
    return _PAYMENT if name in _PAYMENT else frozenset({name})


def _filled(ours: Thing, theirs: Thing) -> Thing:
    missing = [field.name for field in fields(ours) if getattr(ours, field.name) is None]
    return replace(ours, **{name: getattr(theirs, name) for name in missing})


def emptied(order: Order, added: Mapping[str, Any]) -> Order:
    """The order without what was added to it, as far as that still stands there."""
    now = _paths(order)
    for path in (path for path, value in added.items() if now.get(path) == value):
        order = _without(order, path.split("."))
    empty: dict[str, Any] = {name: None for name in _ADDRESSES if getattr(order, name) == Address()}
    return replace(order, **empty)


def _without(order: Order, path: list[str]) -> Order:
    empty: dict[str, Any] = {path[-1]: None}
    match path:
        case ["items", index, _]:
            items = list(order.items)
            items[int(index)] = replace(items[int(index)], **empty)
            return replace(order, items=tuple(items))
        case [address, _]:
            whole: dict[str, Any] = {address: replace(getattr(order, address), **empty)}
            return replace(order, **whole)
        case _:
            return replace(order, **empty)


def _paths(order: Order) -> dict[str, Any]:
    """Every single value by its path."""
    found: dict[str, Any] = {}
    for name, value in order_as_json(order).items():
        parts = enumerate(value) if isinstance(value, list) else [("", value)]
        for index, part in parts:
            above = f"{name}.{index}" if isinstance(value, list) else name
            if isinstance(part, dict):
                found |= {f"{above}.{key}": each for key, each in part.items()}
            else:
                found[above] = part
    return found


def sum_problem(order: Order) -> str | None:
    """A sentence where the parts of an order no longer make its total; None where a part is not known."""
    totals = [item.total for item in order.items if item.total is not None]
    if order.total is None or order.prices_include_tax is False or len(totals) < len(order.items):
        return None
    whole = sum(totals) + (order.shipping_cost or 0) + (order.payment_fee or 0) - (order.discount or 0)
    if abs(whole - order.total) <= _ROUNDING:
        return None
    return f"total: {order.total:.2f}, together its parts make {whole:.2f}"

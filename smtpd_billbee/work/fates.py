"""What a reading changes.  Decided here from what is known; touches nothing."""

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.order import Address, Item, KeptOrder, Order
from smtpd_billbee.model.reading import Outcome, Reading, amount_text, plain_text
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.work.filling import filled, reconciled, sum_problem

# Where the mail says nothing about the thing bought, a forward or another layout may differ harmlessly.
_IMMATERIAL = frozenset({"language", "site"})


@dataclass(frozen=True, slots=True)
class FiledAway:
    """No order: kept, and shown with the reason."""

    state: MailState


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order that we did not have."""

    order: Order


@dataclass(frozen=True, slots=True)
class ReadAnew:
    """The order that this very mail had made, as it reads now; `changes` says what is different."""

    known: KeptOrder
    order: Order
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameAgain:
    """Another mail says what we have."""

    known: KeptOrder


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Another mail gives the same number and says something else: a person must decide."""

    known: KeptOrder
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completed:
    """The mail of an order that came by a file: it says the same, and more (`added`: which fields)."""

    known: KeptOrder
    order: Order
    added: tuple[str, ...]


Fate = FiledAway | NewOrder | ReadAnew | SameAgain | Contradiction | Completed

_STATES = {Outcome.NOT_AN_ORDER: MailState.NOT_AN_ORDER, Outcome.UNREADABLE: MailState.UNREADABLE}


def fate(reading: Reading, known: KeptOrder | None, mail_id: int) -> Fate:
    """What becomes of a mail; `known` is the order with that number in that shop."""
    if reading.order is None or reading.outcome is not Outcome.ORDER:
        return FiledAway(_STATES.get(reading.outcome, MailState.UNREADABLE))
    if known is None:
        return NewOrder(reading.order)
    if known.mail_id is None:
        return _fate_beside_file(reading, reading.order, known)
    if known.mail_id == mail_id:
        order = reading.order if known.import_id is None else _still_completed(reading.order, known.order)
        return ReadAnew(known, order, compare(known.order, order))
    differences = compare(known.order, reading.order)
    return Contradiction(known, differences) if differences else SameAgain(known)


def _fate_beside_file(reading: Reading, order: Order, known: KeptOrder) -> Fate:
    """A file has no column for the total: there the mail is the first to say it, and the parts must make it."""
    ours = replace(known.order, total=None)
    theirs = reconciled(ours, order)
    differences = compare(ours, theirs)
    if differences:
        return Contradiction(known, differences)
    whole, added = filled(ours, theirs)
    if problem := sum_problem(whole):
        return Contradiction(known, (problem,))
    if whole.total is None:
        whole = replace(whole, total=known.order.total)
    if reading.problems or whole == known.order:  # what is in doubt fills nothing
        return SameAgain(known)
    return Completed(known, whole, tuple(path for path in added if path != "total" or whole.total != known.order.total))


def _still_completed(order: Order, before: Order) -> Order:
    """The mail as it reads now, and what a file has added to the order."""
    return filled(order, reconciled(order, before))[0]


def relays(reading: Reading, rules: ShopRules) -> bool:
    """Whether the copy goes to the owner.  A mail that could not be read always does: only he can read it."""
    if reading.outcome is Outcome.UNREADABLE:
        return True
    return rules.relay_orders if reading.outcome is Outcome.ORDER else rules.relay_others


def compare(ours: Order, theirs: Order) -> tuple[str, ...]:
    """Where two readings of one order contradict each other: 'total: 10.00, now 12.00'.

    What only one of them says is no contradiction.
    """
    found: list[str] = []
    for name in (f.name for f in fields(Order) if f.name not in _IMMATERIAL):
        one, other = getattr(ours, name), getattr(theirs, name)
        if name == "items":
            found += _compare_items(one, other)
        elif isinstance(one, Address) and isinstance(other, Address):
            found += _compare_fields(name, one, other)
        elif one is not None and other is not None and one != other:
            found.append(f"{name}: {shown(one)}, now {shown(other)}")
    return tuple(found)


def _compare_items(ours: tuple[Item, ...], theirs: tuple[Item, ...]) -> list[str]:
    if len(ours) != len(theirs):
        return [f"items: {len(ours)}, now {len(theirs)}"]
    found: list[str] = []
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        found += _compare_fields(f"items.{number}", one, other)
    return found


def _compare_fields(prefix: str, one: Address | Item, other: Address | Item) -> list[str]:
    pairs = [(f.name, getattr(one, f.name), getattr(other, f.name)) for f in fields(one)]
    return [
        f"{prefix}.{name}: {shown(a)}, now {shown(b)}"
        for name, a, b in pairs
        if a is not None and b is not None and a != b
    ]


def shown(value: object) -> str:
    """A field's value as a person reads it."""
    if isinstance(value, Decimal):
        return amount_text(value) if value == round(value, 2) else plain_text(value)
    return str(value)

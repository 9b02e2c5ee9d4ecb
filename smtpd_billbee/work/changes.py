"""What is different when a mail was read again, field by field.  Decided here from both readings; touches nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.work.fates import shown


@dataclass(frozen=True, slots=True)
class Difference:
    """A field (its dotted name, as in the reading's provenance) before and now; None: it says nothing."""

    field: str
    was: str | None
    now: str | None


def differences(old: Order | None, new: Order | None) -> tuple[Difference, ...]:
    """Each field that reads differently, in the order of the fields."""
    before, after = _flat(old) if old else {}, _flat(new) if new else {}
    names = dict.fromkeys([*before, *after])
    return tuple(
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def changes(old: Order | None, new: Order | None) -> tuple[str, ...]:
    """Each field that reads differently: 'total: 10.00, now 12.00'; a field that only one has counts, too."""
    if old is None and new is None:
        return ()
    if new is None:
        return (f"is no longer order {old.number}",) if old else ()
    found = [f"became order {new.number}"] if old is None else []
    for each in differences(old, new):
        was = f"{each.field}: {each.was}, now {each.now or 'nothing'}"
        found.append(was if each.was else f"{each.field}: now {each.now}")
    return tuple(found)


def problem_changes(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The doubts that went, and those that came."""
    gone = [f"no longer in doubt: {each}" for each in old if each not in new]
    return (*gone, *(f"to check: {each}" for each in new if each not in old))


def _flat(order: Order) -> Mapping[str, str]:
    """Every field that says something by its dotted name, as in the reading's provenance."""
    flat: dict[str, str] = {}
    for field in fields(order):
        value = getattr(order, field.name)
        if isinstance(value, Address):
            flat |= _fields(field.name, value)
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                flat |= _fields(f"items.{number}", item)
        elif value is not None:
            flat[field.name] = shown(value)
    return flat


def _fields(prefix: str, thing: Address | Item) -> dict[str, str]:
    values = [(f.name, getattr(thing, f.name)) for f in fields(thing)]
    return {f"{prefix}.{name}": shown(value) for name, value in values if value is not None}

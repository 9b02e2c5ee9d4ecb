"""What is different when a mail was read again, field by field.  Decided here from both readings; touches nothing."""

from collections.abc import Mapping
from dataclasses import fields

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.work.fates import shown


def changes(old: Order | None, new: Order | None) -> tuple[str, ...]:
    """Each field that reads differently: 'total: 10.00, now 12.00'; a field that only one has counts, too."""
    if old is None and new is None:
        return ()
    if new is None:
        return (f"is no longer order {old.number}",) if old else ()
    before, after = _flat(old) if old else {}, _flat(new)
    found = [f"became order {new.number}"] if old is None else []
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was != now:
            found.append(f"{name}: {was}, now {now or 'nothing'}" if was else f"{name}: now {now}")
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

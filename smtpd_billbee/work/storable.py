"""What a database takes: PostgreSQL knows no NUL in a text, and no database knows half a surrogate pair.

A stranger's mail can hold both, and a reading that cannot be saved would be read again for ever.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def storable(thing: T) -> T:
    """The same thing, with a replacement character for what cannot be kept."""
    if _is_plain("".join(_texts(thing))):  # nearly always so, and one look at all of them takes no time
        return thing
    made: Any = _storable(thing)
    return made  # type: ignore[no-any-return]


def _texts(thing: Any) -> list[str]:
    """Every text in it that could need mending."""
    found: list[str] = []
    left = [thing]
    while left:
        each = left.pop()
        kind = type(each)
        if kind is str:
            found.append(each)
        elif issubclass(kind, tuple):
            left += each
        elif issubclass(kind, dict):
            left += each
            left += each.values()
        else:
            if kind not in _VALUES:
                _VALUES[kind] = _getter(kind)
            left += _VALUES[kind](each)
    return found


def _getter(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of a dataclass's fields; nothing of what is none."""
    names = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    if len(names) > 1:
        return attrgetter(*names)
    return lambda thing: tuple(getattr(thing, name) for name in names)


_VALUES: dict[type, Callable[[Any], tuple[Any, ...]]] = {}  # by class: there are few


def _storable(thing: Any) -> Any:
    match thing:
        case str() if type(thing) is str:
            return thing if _is_plain(thing) else _mended(thing)
        case tuple():
            return tuple(_storable(each) for each in thing)
        case dict():
            return {_storable(name): _storable(value) for name, value in thing.items()}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        before = {name: getattr(thing, name) for name in thing.__dataclass_fields__}
        changed = {name: made for name, value in before.items() if (made := _storable(value)) != value}
        return dataclasses.replace(thing, **changed) if changed else thing
    return thing


def _is_plain(text: str) -> bool:
    """Whether nothing needs mending."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")

"""What a database takes: PostgreSQL knows no NUL in a text, and no database knows half a surrogate pair.

A stranger's mail can hold both, and a reading that cannot be saved would be read again for ever.
"""

import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")


def storable(thing: T) -> T:
    """The same thing, with a replacement character for what cannot be kept."""
    made: Any = _storable(thing)
    return made  # type: ignore[no-any-return]


def _storable(thing: Any) -> Any:
    match thing:
        case str() if type(thing) is str:
            return thing.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
        case tuple():
            return tuple(_storable(each) for each in thing)
        case dict():
            return {_storable(name): _storable(value) for name, value in thing.items()}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        values = {field.name: _storable(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
        return dataclasses.replace(thing, **values)
    return thing

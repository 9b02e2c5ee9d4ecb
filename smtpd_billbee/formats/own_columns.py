"""The columns of our own export: what they are called in each language (own_columns.toml), and which file has them."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ITEM = "items."
_TELLING = ("number", "items.title", "items.quantity")  # no other file has all of them


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "own_columns.toml").read_text(encoding="utf-8"))


def head_in(language: str) -> Mapping[str, str]:
    """The names of the columns by field, in the sequence in which they are written."""
    table = _table().get(language) or _table()["en"]
    return {field: name for field, name in table.items() if field != "states"}


def fields_of(cells: Sequence[str]) -> tuple[str, dict[str, int]] | None:
    """Of a line that is the head of our own export: its language, and the place of each field; None: it is none."""
    names = [cell.strip() for cell in cells]
    for language in _table():
        places = {field: names.index(name) for field, name in head_in(language).items() if name in names}
        if all(field in places for field in _TELLING):
            return language, places
    return None


def state_of(language: str, name: str) -> int | None:
    """Billbee's number of a state by its name."""
    return {each: int(number) for number, each in _table()[language]["states"].items()}.get(name)

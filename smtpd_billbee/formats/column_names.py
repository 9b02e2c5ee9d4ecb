"""What a column's name means: 'Rechn. Straße' is 'billing.street' (columns.toml), whatever its case and signs."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_LONGEST = 100


def field_of(column: str) -> str | None:
    """The field that a column's name means; None: it is none of ours."""
    if len(column) > _LONGEST:
        return None
    return _names().get(_key(column))


def rank_of(column: str) -> int:
    """Of two names for one field the lower one is meant more surely: 'Quantity' before 'Amount'."""
    return _ranks().get(_key(column), len(_ranks()))


def address_of(words: str) -> str | None:
    """'billing' or 'shipping', where these words say whose address follows; '' for an address of nobody's."""
    return _marks().get(_key(words)) if len(words) <= _LONGEST else None


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded.replace("ß", "ss"))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = tomllib.loads(
        (Path(__file__).parent / "columns.toml").read_text(encoding="utf-8")
    )
    return table


@cache
def _names() -> dict[str, str]:
    """Every known column name to its field; the order's own columns win over an address column of that name."""
    table = _table()
    names: dict[str, str] = {}
    for field, columns in table["order"].items():
        names |= {_key(column): field for column in columns}
    for whose, marks in table["marks"].items():
        for field, columns in table["address"].items():
            for column in columns:
                for mark in marks:
                    names.setdefault(_key(f"{mark}{column}"), f"{whose}.{field}")
                    names.setdefault(_key(f"{column}{mark}"), f"{whose}.{field}")
    for field, columns in table["address"].items():
        for column in columns:
            names.setdefault(_key(column), f"billing.{field}")
    return names


@cache
def _ranks() -> dict[str, int]:
    return {name: rank for rank, name in enumerate(_names())}


@cache
def _marks() -> dict[str, str]:
    marks = {_key(mark): whose for whose, marks in _table()["marks"].items() for mark in marks}
    return marks | {_key(word): "" for word in _table()["groups"]["address"]}

"""Lines of a text whose fields semicolons part, as a spreadsheet writes them (RFC 4180 with another separator)."""

import csv
from collections.abc import Sequence

from smtpd_billbee.reader.amounts import has_money

_FEWEST = 3  # semicolons in every line of a table
_MARK = ";"


def separated(lines: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The fields of the lines that are a table: two lines at least, one below the other, with as many fields.

    'Zwischensumme;74,60 €' elsewhere in the same text is written alike.  A semicolon before a blank parts words.
    """
    counts = [_marks(line) if _MARK in line else 0 for line in lines]
    found = {
        at
        for at, count in enumerate(counts)
        if count >= _FEWEST and count in (counts[at - 1] if at else 0, *counts[at + 1 : at + 2])
    }
    if not found:
        return {}
    found |= {at for at, count in enumerate(counts) if count == 1 and has_money(lines[at].rpartition(_MARK)[2])}
    return {at: _fields(lines[at]) for at in sorted(found)}


def _marks(line: str) -> int:
    """How many semicolons part fields; 0 where one parts words."""
    return 0 if f"{_MARK} " in line else line.count(_MARK)


def _fields(line: str) -> tuple[str, ...]:
    """The fields without the quotes around them; a quote within a bare field stays."""
    try:
        return tuple(next(csv.reader([line.strip()], delimiter=_MARK)))
    except (csv.Error, StopIteration):
        return tuple(line.strip().split(_MARK))

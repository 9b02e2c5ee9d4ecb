"""Lines of a text whose fields semicolons part, as a spreadsheet writes them (RFC 4180 with another separator)."""

import csv
import re
from collections.abc import Sequence

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.sheet import Cell

_FEWEST = 3  # semicolons in every line of a table
_MARK = ";"


def separated(lines: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The fields of the lines that are a table: two lines at least, one below the other, with as many fields.

    'Zwischensumme;74,60 €' elsewhere in the same text is written alike.  A semicolon before a blank parts words, but in
    '2; A-17; Tasse; 9,00 €; 18,00 €'.
    """
    counts = [_marks(line) if _MARK in line else 0 for line in lines]
    found = {
        at
        for at, count in enumerate(counts)
        if count >= _FEWEST and count in (counts[at - 1] if at else 0, *counts[at + 1 : at + 2])
    }
    found |= {at for at, line in enumerate(lines) if _MARK in line and _is_counted(line)}
    if not found:
        return {}
    found |= {at for at, count in enumerate(counts) if count == 1 and has_money(lines[at].rpartition(_MARK)[2])}
    return {at: _fields(lines[at]) for at in sorted(found)}


def _marks(line: str) -> int:
    """How many semicolons part fields; 0 where one parts words."""
    return 0 if f"{_MARK} " in line else line.count(_MARK)


_COUNT = re.compile(r"\d{1,4}; ")


def _is_counted(line: str) -> bool:
    """A count first, two amounts of money last."""
    fields = line.split(f"{_MARK} ") if _COUNT.match(line) else ()
    return len(fields) > _FEWEST and all(map(has_money, fields[-2:])) and not any(map(has_money, fields[:2]))


def fields_of_line(line: str) -> tuple[Cell, ...]:
    """'2; A-17; Tasse; 9,00 €; 18,00 €' as the cells of a row; () for any other line."""
    if _MARK not in line or not _is_counted(line.strip()):
        return ()
    return tuple(Cell((text.strip(),), at, at + 1) for at, text in enumerate(_fields(line)))


def _fields(line: str) -> tuple[str, ...]:
    """The fields without the quotes around them; a quote within a bare field stays."""
    try:
        return tuple(next(csv.reader([line.strip()], delimiter=_MARK, skipinitialspace=True)))
    except (csv.Error, StopIteration):
        return tuple(line.strip().split(_MARK))

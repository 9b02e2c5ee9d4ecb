"""A mail as rows, with the fields that were read from each: what stands beside an order, so that a person can compare.

The rows are the reader's own, so that the lines of an order's provenance count in them.  Of several levels (a mail
forwarded within another) the one is shown that the order was read from.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.sheet import Row

if TYPE_CHECKING:
    from smtpd_billbee.reader.levels import Level

MOST_ROWS = 3_000
LONGEST_ROW = 1_000  # letters

_Line = tuple[int, str, int]  # number, words, block


@dataclass(frozen=True, slots=True)
class MailRow:
    """One row: its line in its part, its words, and the fields that were read there by their paths."""

    line: int
    text: str
    fields: tuple[str, ...] = ()
    block: int = 0


@dataclass(frozen=True, slots=True)
class MailPart:
    """The rows of one part of a mail."""

    part: Part
    rows: tuple[MailRow, ...]


@dataclass(frozen=True, slots=True)
class MailSheet:
    """The subject as a row, and the parts that were read; `elsewhere`: fields from what no person sees (JSON-LD)."""

    subject: MailRow
    parts: tuple[MailPart, ...]
    elsewhere: tuple[str, ...] = ()


def mail_sheet(raw: bytes, provenance: Mapping[str, Origin]) -> MailSheet:
    """The mail with its marks.  Any bytes give a sheet."""
    from smtpd_billbee.reader.levels import levels_of  # in the child that is asked, which has loaded it

    letter = open_mail(raw)
    shown = [_marked(level, provenance) for level in levels_of(letter)]
    best = max(shown, key=_weight, default=())
    subject = tuple(path for path, origin in provenance.items() if origin.part is Part.SUBJECT)
    elsewhere = tuple(path for path, origin in provenance.items() if origin.part is Part.JSON_LD)
    return MailSheet(MailRow(0, letter.subject[:LONGEST_ROW], subject), best, elsewhere)


def _weight(parts: Sequence[MailPart]) -> int:
    return sum(len(row.fields) for part in parts for row in part.rows)


def _marked(level: "Level", provenance: Mapping[str, Origin]) -> tuple[MailPart, ...]:
    """The parts of a level that something was read from; without such, the first that has rows."""
    rich = Part.ATTACHMENT if level.attachment else Part.HTML
    parts = [_part(part, rows, provenance) for part, rows in ((rich, level.html), (Part.TEXT, level.text)) if rows]
    read = tuple(part for part in parts if any(row.fields for row in part.rows))
    return read or tuple(parts[:1])


def _part(part: Part, rows: Sequence[Row], provenance: Mapping[str, Origin]) -> MailPart:
    wanted: dict[int, list[tuple[str, str]]] = {}
    for path, origin in provenance.items():
        if origin.part is part and origin.line is not None:
            wanted.setdefault(origin.line, []).append((path, origin.text))
    lines = list(islice((line for row in rows for line in _lines(row)), MOST_ROWS))
    several = Counter(number for number, _, _ in lines)
    return MailPart(part, tuple(_row(line, wanted.get(line[0], ()), several[line[0]] > 1) for line in lines))


def _lines(row: Row) -> Iterator[_Line]:
    """A row of a table has as many lines as its highest cell."""
    if all(len(cell.lines) <= 1 for cell in row.cells):
        yield row.number, row.text, row.block
        return
    for index, texts in enumerate(zip_longest(*(cell.lines for cell in row.cells), fillvalue="")):
        yield row.number + index, "  ".join(text for text in texts if text), row.block


def _row(line: _Line, wanted: Sequence[tuple[str, str]], several: bool) -> MailRow:
    """Of several rows in one line that one is marked where the words are."""
    number, text, block = line
    found = tuple(path for path, words in wanted if not several or words in text)
    return MailRow(number, text[:LONGEST_ROW], found, block)

"""Lines whose labels say the section, too: 'Rechnungsadresse - Ort: Bonn', 'Artikel 1 - Menge: 2'.

They become what other mails write: the section's heading once, and below it the labelled lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smtpd_billbee.reader.labels import meaning_of
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.words import Dictionary

_PREFIXED = re.compile(r"(?P<head>[^:：\n]{2,40}?) [-–] (?P<rest>(?P<label>[^:：\n]{2,40}):\s?\S.*)")
_SECTIONS = frozenset({"billing_address", "shipping_address", "customer", "title", "items"})
_FEWEST = 2  # lines of one section
_BLOCKS = 2_000_000  # blocks made here are numbered from here


@dataclass(frozen=True, slots=True)
class _Line:
    head: str
    text: str


def without_prefixes(rows: Sequence[Row], known: Dictionary) -> Sequence[Row]:
    """The rows with each section's lines below its heading; the same rows where no label has a section."""
    if not any(" - " in row.text or " – " in row.text for row in rows):
        return rows
    lines = [_line(row, known) for row in rows]
    return list(_parted(rows, lines)) if any(lines) else rows


def _line(row: Row, known: Dictionary) -> _Line | None:
    if row.table or len(row.filled) != 1:
        return None
    found = _PREFIXED.fullmatch(row.text.strip())
    if found is None or _SECTIONS.isdisjoint(meaning_of(found["head"].rstrip(" 0123456789.#"), known)):
        return None
    return _Line(found["head"], found["rest"]) if meaning_of(found["label"].strip(), known) else None


def _parted(rows: Sequence[Row], lines: Sequence[_Line | None]) -> Iterator[Row]:
    block, at = _BLOCKS, 0
    while at < len(rows):
        line = lines[at]
        end = at
        while line and end < len(rows) and (other := lines[end]) and other.head == line.head:
            end += 1
        if line is None or end - at < _FEWEST:
            titled = _leads(rows[at], lines, at + 1)
            block += titled
            yield rows[at]._replace(block=block) if titled else rows[at]
            at += 1
            continue
        if not at or not _leads(rows[at - 1], lines, at):
            block += 1
            yield _one(rows[at], line.head, block, head=True)
        for row, each in zip(rows[at:end], lines[at:end], strict=True):
            yield _one(row, each.text if each else row.text, block)
        at = end


def _leads(row: Row, lines: Sequence[_Line | None], below: int) -> bool:
    """'Artikel 1: Tasse' above 'Artikel 1 - Menge: 2': the heading with its value."""
    line = lines[below] if below < len(lines) else None
    return line is not None and row.text.startswith(f"{line.head}:")


def _one(row: Row, text: str, block: int, head: bool = False) -> Row:
    return row._replace(cells=(Cell((text,), 0, max(1, len(text)), head=head),), block=block)

"""CSV as others write it: its encoding, its delimiter, its lines as cells (RFC 4180), and quotation marks gone wrong.

A quotation mark that is not closed must never draw the next orders into a cell: the line is called broken, and the line
below it is read as if nothing had happened.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 20
_SHOWN_BY = HEADER_WITHIN * 3  # lines that tell the delimiter

UNCLOSED = 'a quotation mark (") is opened in this line and not closed'
TOO_LONG = "a cell is too long, or has a NUL character"
NOT_DOUBLED = 'a quotation mark (") within a cell is not doubled, so the cell may be cut wrongly'


class Line(NamedTuple):
    """A line's cells; `wrong`: why they cannot be trusted; `doubt`: what a person should look at.

    `last`: the number of the line in which it ends, as a cell may hold line ends; 0: the same line.
    """

    number: int
    cells: Sequence[str]
    wrong: str | None = None
    doubt: str | None = None
    last: int = 0


def decoded(content: bytes) -> str:
    """The text of a CSV file; what cannot be read of it becomes U+FFFD."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", "replace")
    broken, foreign = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    if foreign > 2 * broken:
        return text  # UTF-8 with a letter cut in two: as anything else, every 'ü' would become two letters
    # Two programs that write Jimdo's file use Latin-1 (jimdo.md 3.3); its superset has the Euro sign, too.
    return content.decode("cp1252", "replace")


def csv_lines(text: str, score: Callable[[Sequence[Line]], int]) -> Iterator[Line]:
    """The lines of a CSV text, parted by the delimiter that makes most sense: whose first lines have the best score."""
    lines = list(io.StringIO(text, newline=""))
    best = max(DELIMITERS, key=lambda delimiter: score(list(_parted(lines[:_SHOWN_BY], delimiter))))
    return _parted(lines, best)


class _Feed:
    """Physical lines, one after the other, which can be gone back to."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at == len(self._lines):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


def _parted(lines: Sequence[str], delimiter: str) -> Iterator[Line]:
    feed = _Feed(lines)
    rows = csv.reader(feed, delimiter=delimiter, strict=True)  # strict: what stands behind a closing mark is an error
    while True:
        begun = feed.at
        try:
            cells = next(rows)
            yield Line(begun + 1, cells, None, None, feed.at)
        except StopIteration:
            return
        except csv.Error:
            alone = feed.at == begun + 1
            feed.at = begun + 1
            yield _broken(begun + 1, lines[begun], delimiter, alone)


def _broken(number: int, line: str, delimiter: str, alone: bool) -> Line:
    """A line that breaks the rules, as well as it can be read by itself; `alone`: what is wrong ends with it."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return Line(number, line[:1000].split(delimiter), TOO_LONG)
    if not alone or line.count('"') % 2:
        return Line(number, cells, UNCLOSED)
    return Line(number, cells, None, NOT_DOUBLED)

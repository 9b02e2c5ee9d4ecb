"""The common form of text and HTML: rows of cells, in reading order.

Nothing is looked up in a mail before it is a sheet.  A line of text is a row with one cell, or with several where
wide gaps, tabs or bars part it; a row of an HTML table is a row with its cells.  `start` and `end` say which columns a
cell covers (letters in text, table columns in HTML), so that a value can be found below its heading.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar


class Cell(NamedTuple):
    """One cell; it is empty without `lines`.  `strong`: so many letters in front are emphasised."""

    lines: tuple[str, ...]
    start: int = 0
    end: int = 1
    head: bool = False  # <th>, or a heading
    strong: int = 0

    @property
    def text(self) -> str:
        """All lines as one."""
        return self.lines[0] if len(self.lines) == 1 else " ".join(self.lines)


_Value = TypeVar("_Value")


class _Kept(Generic[_Value]):
    """A property worked out at the first look.  functools.cached_property takes a lock for that, before Python 3.12."""

    def __init__(self, work_out: Callable[[Any], _Value]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__

    def __get__(self, row: Any, owner: type) -> _Value:
        value = self._work_out(row)
        row.__dict__[self._name] = value
        return value


class _Fields(NamedTuple):
    cells: tuple[Cell, ...]
    number: int
    block: int
    table: int = 0
    indent: int = 0
    level: int = 0


class Row(_Fields):  # no slots: everybody asks for the text and the cells again and again, so they are kept
    """One row.  `number` is its line in the part's text, from 1; rows of one paragraph or table share `block`.

    `table`: 0 for none, else the table's own number.  `level` of a heading, 1 to 6; 0: none.
    """

    @_Kept
    def text(self) -> str:
        """The row as one line."""
        return "  ".join(cell.text for cell in self.cells if cell.lines)

    @_Kept
    def filled(self) -> tuple[Cell, ...]:
        """Its cells that are not empty."""
        return tuple(cell for cell in self.cells if cell.lines)

    @_Kept
    def head(self) -> bool:
        """Is the whole row emphasised, or made of header cells?"""
        filled = self.filled
        return bool(self.level) or (bool(filled) and all(_stands_out(cell) for cell in filled))


def _stands_out(cell: Cell) -> bool:
    return cell.head or (len(cell.lines) == 1 and cell.strong >= len(cell.lines[0]))


Sheet = Sequence[Row]


def one(row: Row, text: str, block: int | None = None, head: bool = False, strong: int = 0) -> Row:
    """A row of one line made from a part of `row`."""
    cell = Cell((text,), head=head, strong=strong)
    return row._replace(cells=(cell,), table=0, block=row.block if block is None else block)

"""HTML as a sheet: what a person sees, in reading order, as rows of cells.

What is hidden (preheaders, scripts, comments for Outlook, struck-out prices) is left out; tables that only lay out the
page are taken apart, tables that hold data keep their cells.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.markup import Element, parsed
from smtpd_billbee.reader.separated import fields_of_line
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.text_sheet import LONGEST_LINE, clean, is_rule, text_cells, without_symbols

MOST_ELEMENTS = 60_000
DEEPEST = 200
MOST_COLUMNS = 200

_LEFT_OUT = frozenset(
    [
        "script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "math", "select",
        "option", "textarea", "del", "s", "strike",
    ]
)  # fmt: skip
_BLOCKS = frozenset(
    [
        "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "section", "article",
        "header", "footer", "main", "aside", "address", "blockquote", "pre", "figure", "figcaption", "center", "form",
        "fieldset", "legend", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "hr", "body", "html", "caption",
        "details", "summary", "nav",
    ]
)  # fmt: skip
# A browser sets these apart by a margin; the others only begin a new line, unless they hold blocks themselves.
_WITH_MARGIN = frozenset(
    [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "hr", "table", "fieldset",
        "figure", "section", "article", "body", "html",
    ]
)  # fmt: skip
_CELLS = ("td", "th")
_STRONG = frozenset(["b", "strong", "legend", "h1", "h2", "h3", "h4", "h5", "h6", "th", "dt"])
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![-\w])max-height\s*:\s*0(?![.\d]*[1-9])"
    r"|(?<![-\w])opacity\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
# The size of letters where it does not depend on that of the element around.
_SIZE = re.compile(
    r"(?<![-\w])font-size\s*:\s*(?:(?P<zero>0(?![.\d]*[1-9]))|\d*\.?\d+(?:px|pt|rem|mm|cm|in)|[a-z-]{0,3}(?:small|medium|large))",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"line-through", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style attribute does to the words."""

    hidden: bool = False
    struck: bool = False
    bold: bool = False
    block: bool = False
    seen: bool | None = None  # letters of size 0 are not seen, until an element within gives them a size again


_PLAIN, _HIDES = _Style(), _Style(hidden=True)


def _name(element: Element) -> str:
    """The element's tag; '' for comments and processing instructions, whose tag is a function."""
    tag: object = element.tag
    return tag if isinstance(tag, str) else ""


def _style_of(element: Element) -> _Style:
    if element.get("hidden") is not None:
        return _HIDES
    style = element.get("style")
    return _style(style) if style else _PLAIN


@functools.lru_cache(maxsize=1024)  # a mail repeats a few styles in every cell
def _style(style: str) -> _Style:
    sizes = [found["zero"] is None for found in _SIZE.finditer(style)]
    return _Style(
        bool(_HIDDEN.search(style)),
        bool(_STRUCK.search(style)),
        bool(_BOLD.search(style)),
        "display:block" in style.replace(" ", ""),
        sizes[-1] if sizes else None,
    )


def _written(parts: Sequence[tuple[str, bool]]) -> tuple[str, int]:
    """A line of parts, emphasised or not, without outer blanks; and how many letters in front are emphasised."""
    if len(parts) == 1:
        text = parts[0][0].strip()
        return text, len(text) if parts[0][1] else 0
    text, strong, open_ = "", 0, True
    for part, is_strong in parts:
        piece = part if text and not text[-1].isspace() else part.lstrip()
        text += piece
        if piece.strip():
            open_ = open_ and is_strong
        strong = len(text.rstrip()) if open_ else strong
    bare = text.rstrip()
    return bare, min(strong, len(bare))


class _Out(NamedTuple):
    """One finished piece: a line (cells None), or a table row; `gap`: a new paragraph begins with it."""

    text: str
    strong: int
    gap: bool
    level: int = 0
    cells: tuple["_CellOut", ...] | None = None
    table: int = 0


class _CellOut(NamedTuple):
    pieces: tuple[_Out, ...]
    start: int
    end: int
    head: bool


class _Writer:
    """Collects the pieces of one flow: the page's, or a cell's."""

    def __init__(self, page: "_Page") -> None:
        self.page = page
        self.pieces: list[_Out] = []
        self._parts: list[tuple[str, bool]] = []  # of the line that is being written; True: emphasised
        self._gap = False
        self.level = 0
        self.pre = False
        self._after_break = False

    def write(self, text: str | None, strong: bool) -> None:
        if not text or not self.page.seen:
            return
        if self.pre:
            lines = text.replace("\r\n", "\n")
            if self._after_break:
                lines = lines.removeprefix("\n")  # '<br>' and the end of the source line are one break to the writer
            self._after_break = False
            for number, each in enumerate(lines.split("\n")):
                if number:
                    self.end_line(blank_is_gap=True)
                self._parts.append((each, strong))
        else:
            bare = text if text.isprintable() and "  " not in text else _BLANK.sub(" ", text)
            self._parts.append((bare, strong))

    @property
    def ends_with_digit(self) -> bool:
        """Is the last letter of the line, so far, a digit?"""
        return bool(self._parts) and self._parts[-1][0][-1:].isdigit()

    def end_line(self, blank_is_gap: bool = False) -> None:
        if not self._parts:
            self._gap = self._gap or blank_is_gap
            return
        parts, self._parts = self._parts, []
        text, strong = _written(parts) if not self.pre else ("".join(part for part, _ in parts).rstrip(), 0)
        if text and not text.isspace():
            self.pieces.append(_Out(text, strong, self._gap, self.level))
            self._gap = False
        elif blank_is_gap:
            self._gap = True

    def line_break(self) -> None:
        """<br>: two of them part paragraphs."""
        self.end_line(blank_is_gap=True)
        self._after_break = True

    def end_block(self) -> None:
        self.end_line()
        self._gap = True

    def end_item(self) -> None:
        """A line that ends without a new paragraph."""
        self.end_line()

    def add(self, piece: _Out) -> None:
        self.end_line()
        self.pieces.append(piece)
        self._gap = False

    def take(self, pieces: tuple[_Out, ...]) -> None:
        """The pieces of a cell, as if there were no table."""
        self.end_block()
        self.pieces += pieces
        self._gap = True


def _are_cents(element: Element) -> bool:
    return len(element) == 0 and re.fullmatch(r"\s*\d\d\s*", element.text or "") is not None


class _Page:
    def __init__(self) -> None:
        self.elements = 0
        self.tables = 0
        self.seen = True  # the letters have a size

    def walk(self, element: Element, out: _Writer, strong: bool, depth: int) -> None:
        """Write what a person sees of an element (its tail is the caller's)."""
        self.elements += 1
        if self.elements > MOST_ELEMENTS or depth > DEEPEST:
            return
        tag = _name(element)
        if not tag or tag in _LEFT_OUT:
            return
        style = _style_of(element)
        if style.hidden or style.struck:
            return
        seen, self.seen = self.seen, self.seen if style.seen is None else style.seen
        if tag == "br":
            out.line_break()
        elif tag == "img":
            out.write(" ", strong)
        elif tag == "sup" and _are_cents(element) and out.ends_with_digit:
            out.write("," + (element.text or "").strip(), strong)  # '19<sup>00</sup> €'
        elif tag == "hr":
            out.end_block()
        elif tag == "table":
            out.end_block()
            self._table(element, out, strong, depth)
            out.end_block()
        elif tag == "dl":
            self._definitions(element, out, strong, depth)
        else:
            self._flow(element, out, strong, depth, style)
        self.seen = seen

    def _flow(self, element: Element, out: _Writer, strong: bool, depth: int, style: "_Style") -> None:
        tag = element.tag
        block = tag in _BLOCKS or style.block
        end = (
            out.end_block if tag in _WITH_MARGIN or (block and tag != "li" and _holds_blocks(element)) else out.end_item
        )
        if block:
            end()
        if tag == "span" and _follows_at_once(element):
            out.write(
                " ", strong
            )  # '<span>Summe</span><span>67,00</span>' are two things, whatever the style sheet does
        level, pre = out.level, out.pre
        if block and tag[0] == "h" and tag[1:].isdigit():
            out.level = int(tag[1])
        out.pre = out.pre or tag == "pre"
        self._children(element, out, strong or style.bold or tag in _STRONG, depth)
        if block:
            end()
        out.level, out.pre = level, pre

    def _children(self, element: Element, out: _Writer, strong: bool, depth: int) -> None:
        apart = len(element) >= _FEWEST_APART and _is_all_apart(element)
        out.write(element.text, strong)
        named = len(element) == _NAME_AND_VALUE and _is_name_and_value(element)
        for child in element:
            self.walk(child, out, strong or (named and child is element[0]), depth + 1)
            out.write("\N{NO-BREAK SPACE} " if apart else child.tail, strong)

    def _definitions(self, element: Element, out: _Writer, strong: bool, depth: int) -> None:
        """<dl>: each term and its definition are the two cells of a row."""
        out.end_block()
        self.tables += 1
        table, term = self.tables, None
        for child in element.iter("dt", "dd"):
            flow = _Writer(self)
            self._children(child, flow, strong, depth + 1)
            flow.end_line()
            cell = _CellOut(tuple(flow.pieces), int(child.tag == "dd"), 1 + int(child.tag == "dd"), child.tag == "dt")
            if child.tag == "dt":
                if term:
                    out.add(_Out("", 0, False, cells=(term,), table=table))
                term = cell
            else:
                out.add(_Out("", 0, False, cells=(term, cell) if term else (cell,), table=table))
                term = None
        if term:
            out.add(_Out("", 0, False, cells=(term,), table=table))
        out.end_block()

    def _table(self, table: Element, out: _Writer, strong: bool, depth: int) -> None:
        self.tables += 1
        number = self.tables
        rows = [self._row(row, strong, depth) for row in _rows_of(table)]
        rows = [row for row in rows if any(cell.pieces for cell in row)]
        lays_out = not any(len([cell for cell in row if cell.pieces]) > 1 for row in rows)
        for row in rows:
            filled = [cell for cell in row if cell.pieces]
            nested = any(_is_several(piece) for cell in filled for piece in cell.pieces) and not _is_record(filled)
            if lays_out or nested or any(_is_page(cell) for cell in filled) or _is_long(filled):
                for cell in filled:
                    out.take(cell.pieces)
            else:
                out.add(_Out("", 0, False, cells=tuple(row), table=number))

    def _row(self, row: Iterable[Element], strong: bool, depth: int) -> list[_CellOut]:
        cells, column = [], 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            style = _style_of(cell)
            span = _span(cell)
            if not style.hidden:
                flow = _Writer(self)
                bold = strong or cell.tag == "th" or style.bold
                seen, self.seen = self.seen, self.seen if style.seen is None else style.seen
                self._children(cell, flow, bold, depth + 2)
                self.seen = seen
                flow.end_line()
                cells.append(_CellOut(tuple(flow.pieces), column, column + span, cell.tag == "th"))
            column += span
            if column > MOST_COLUMNS:
                break
        return cells


_FEWEST_APART = 4  # elements in one line
_NAME_AND_VALUE = 2


def _is_name_and_value(element: Element) -> bool:
    """'<div><span>Kundennummer</span> <span>4711</span></div>': a style sheet makes the first one a label."""
    first, second = element
    spans = first.tag == second.tag == "span" and len(first) == len(second) == 0
    return spans and not any(map(str.strip, (element.text or "", first.tail or "", second.tail or "")))


_INLINE = frozenset(["span", "b", "strong", "i", "em", "code", "small", "font", "u", "a", "tt", "kbd", "samp"])


def _is_all_apart(element: Element) -> bool:
    """'<b>2x</b> <span>Tasse</span> <code>T-1</code> <span>9,00 EUR</span>': each element of the line is a thing.

    Only blanks stand between them, and one is an amount of money: they are the cells of a row.
    """
    if (element.text and element.text.strip()) or any(child.tail and child.tail.strip() for child in element):
        return False
    if any(_name(child) not in _INLINE or len(child) for child in element):
        return False
    return any(has_money(child.text or "") for child in element)


def _follows_at_once(element: Element) -> bool:
    before = element.getprevious()
    return before is not None and before.tag == "span" and not before.tail


def _is_record(filled: list[_CellOut]) -> bool:
    """An item's row whose title cell holds a small list of options: the amounts stand in the other cells."""
    nests = [any(_is_several(piece) for piece in cell.pieces) for cell in filled]
    if any(len(cell.pieces) > _MOST_AMOUNTS for cell, nest in zip(filled, nests, strict=True) if not nest):
        return False  # an address
    return (
        len(filled) > 1
        and nests.count(True) == 1
        and len(filled[nests.index(True)].pieces) <= 8
        and any(
            any(c.isdigit() for piece in cell.pieces for c in piece.text)
            for cell, nest in zip(filled, nests, strict=True)
            if not nest
        )
    )


def _is_long(filled: list[_CellOut]) -> bool:
    return len(filled) == 1 and len(filled[0].pieces) > _MOST_LINES


_MOST_AMOUNTS = 4  # pieces of a cell: the price, the old one, by measure, the tax
_MOST_LINES = 6  # of a cell that is no column of the page
_FEWEST_PARAGRAPHS = 3


def _is_page(cell: _CellOut) -> bool:
    """A column of the page: a heading, and below it paragraphs of many lines."""
    pieces = cell.pieces
    if len(pieces) <= _MOST_LINES or not pieces[0].level:
        return False
    return sum(piece.gap for piece in pieces) >= _FEWEST_PARAGRAPHS


def _is_several(piece: _Out) -> bool:
    return piece.cells is not None and len([cell for cell in piece.cells if cell.pieces]) > 1


def _holds_blocks(element: Element) -> bool:
    return any(child.tag in _BLOCKS for child in element)


def _span(cell: Element) -> int:
    if not (said := cell.get("colspan")):
        return 1
    text = said.strip()
    return min(max(int(text), 1), MOST_COLUMNS) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _rows_of(table: Element) -> Iterator[Iterable[Element]]:
    """Its own rows, in the order in which they are shown: <tfoot> last.

    Cells that stand in no row make one (HTML, 13.2.6.4.9: a cell's start tag implies the row's).
    """
    feet = []
    bare: list[Element] = []  # cells without a row
    for child in table:
        if child.tag in _CELLS:
            bare.append(child)
            continue
        if bare:
            yield bare
            bare = []
        if child.tag == "tr":
            yield child
        elif child.tag == "tfoot":
            feet.append(child)
        elif child.tag in ("tbody", "thead"):
            yield from _rows_of(child)
    if bare:
        yield bare
    for foot in feet:
        yield from _rows_of(foot)


def rows_of_html(text: str) -> list[Row]:
    """The rows of an HTML body.  What lxml cannot parse at all gives none."""
    root = parsed(text)
    if root is None:
        return []
    page = _Page()
    out = _Writer(page)
    page.walk(root, out, strong=False, depth=0)
    out.end_line()
    return _with_fields_together(list(_numbered(out.pieces)))


_FEWEST_FIELDS = 6


def _with_fields_together(rows: list[Row]) -> list[Row]:
    """Fields that each have a paragraph of their own ('<p>Anzahl: 2</p>') belong together, as lines of one would."""
    runs = [list(run) for _, run in itertools.groupby(rows, key=lambda row: row.block)]
    together: list[Row] = []
    for is_field, some in itertools.groupby(runs, key=lambda run: len(run) == 1 and _is_field(run[0])):
        fields = [row for run in some for row in run]
        block = fields[0].block
        whole = is_field and len(fields) >= _FEWEST_FIELDS
        together += [row._replace(block=block) for row in fields] if whole else fields
    return together


def _is_field(row: Row) -> bool:
    text = row.text
    return not row.table and not row.level and len(text) <= _LONGEST_FIELD and (":" in text[:-1] or "：" in text[:-1])


_LONGEST_FIELD = 120  # letters


def _numbered(pieces: list[_Out]) -> Iterator[Row]:
    number, block, last_table = 0, 0, 0
    for piece in pieces:
        if piece.cells is None:
            text = _cleaned(piece.text)
            if piece.gap or last_table:
                block += 1
            last_table = 0
            number += 1
            bare = text.strip()
            if not bare or is_rule(bare):
                block += 1
                continue
            parted = "  " in bare or "|" in bare or "\t" in text
            alone = (Cell((bare,), 0, len(bare), strong=piece.strong),)
            cells = fields_of_line(bare) or (text_cells(text) if parted else alone)
            yield Row(cells, number, block, 0, len(text) - len(text.lstrip()), piece.level)
            continue
        if piece.table != last_table:
            block += 1
        last_table = piece.table
        cells = tuple(_cell(cell) for cell in piece.cells)
        if any(cell.lines for cell in cells):
            yield Row(cells, number + 1, block, piece.table)
        number += max((len(cell.lines) for cell in cells), default=1)


def _cleaned(text: str) -> str:
    text = text[:LONGEST_LINE]
    return text if text.isascii() and text.isprintable() else without_symbols(clean(text))


def _cell(cell: _CellOut) -> Cell:
    lines: list[str] = []
    strong = 0
    for piece in cell.pieces:
        if piece.cells is None:
            text = _cleaned(piece.text).strip()
        else:
            texts = [_cleaned(p.text).strip() for inner in piece.cells for p in inner.pieces if p.cells is None]
            text = f"{texts[0].rstrip(':：')}: {texts[1]}" if len(texts) == 2 else "  ".join(texts)
        if text and not is_rule(text):
            strong = piece.strong if not lines else strong
            lines.append(text)
    return Cell(tuple(lines), cell.start, cell.end, cell.head, strong)

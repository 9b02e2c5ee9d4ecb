"""Text as a sheet: paragraphs, columns by wide gaps, tabs and bars, rules left out."""

import functools
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

from smtpd_billbee.reader.currencies import currency_of
from smtpd_billbee.reader.separated import separated
from smtpd_billbee.reader.sheet import Cell, Row

MOST_LINES = 20_000
LONGEST_LINE = 4_000  # letters; what is longer was not written for people

# Zero-width marks, soft hyphens, byte order marks and direction marks carry no meaning.
_INVISIBLE = dict.fromkeys([0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                            *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF])  # fmt: skip
_BLANKS = dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288), " ")
_JOINER = "\u034f"
_CLEAN = {**_INVISIBLE, **_BLANKS, 0x2028: "\n", 0x2029: "\n", 0x0085: "\n", 0x000B: "\n", 0x000C: "\n"}

_UNCLEAN = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_CLEAN)) + "]+")

_BARS = re.compile(r"[|\u2502\u2503\u2551\uff5c]")
_GAP = re.compile(r"\t+ *| {2,}\t* *|\s?(?:\.{4,}|_{4,}|(?:\. ){4,})\s?")
_RULE_MARKS = "-_=*~#+.,:|·•★☆■◆<>/\\ ─━│═║╔╗╚╝╠╣╦╩╬┌┐└┘├┤┬┴┼—–―−ー－＝"
# '== Artikel ==', '--- Artikel ---', '*** Artikel ***', '## Artikel', but not a bullet ('- 2x Tasse').
_DECORATED = re.compile(
    r"^(?:(?:={1,40}|-{2,40}|\*{2,40}|~{2,40}|_{2,40}|#{1,6}(?!\d)|[■□◆◇▼▽●★☆▶►]{1,4}|>{2,9}|<{2,9})\s*)"
    r"(?P<inner>[^\s=\-*~_#].{0,199}?)(?:\s*[=\-*~_#■□◆◇▼▽●★☆◀◄<>]{1,40}:?)?$"
)

# Tags that a shop's template left in a plain text: those that end a line, and all that are not shown.
_BREAK = re.compile(r"<br ?/?>|</(?:p|div|tr|li|address)>", re.IGNORECASE)
_TAG = re.compile(
    r"<br ?/?>|</?(?:address|span|p|div|table|tbody|tr|td|ul|li|strong|em|font|small|b|i|u)(?: [^<>]{0,200})?>",
    re.IGNORECASE,
)
_ARROW = re.compile(r"^(\s*)[→»➜➤➔▸▶►>]{1,3}\s+(?=\S)")  # an ornament before every line of a list
_STARRED = re.compile(r"(?<![\w*])\*{1,2}([^*\s][^*\n]{0,80}?)\*{1,2}(?![\w*])")  # *bold* of HTML turned to text


def clean(text: str) -> str:
    """Composed letters, plain blanks, nothing invisible."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if text.replace("\n", "").isprintable() and _JOINER not in text:
        return text  # of all that is taken out, only the joiner counts as printable
    return _UNCLEAN.sub(_cleaned, text)


def _cleaned(found: re.Match[str]) -> str:
    return found[0].translate(_CLEAN)


_LINK = re.compile(r"\s?(?:\[(?:https?://|mailto:|cid:)[^\]\s]{0,800}\]|<(?:https?://|mailto:)[^>\s]{0,800}>)")


def without_links(line: str) -> str:
    """A line without the addresses of links that a converter wrote behind the words."""
    if "[" not in line and "<" not in line:
        return line
    bare = _LINK.sub("", line)
    return bare if bare.strip() else line


def without_symbols(line: str) -> str:
    """A line without the pictures that lead it ('🧾 Bestellnummer: 4890')."""
    if line.isascii():
        return line
    start = len(line) - len(line.lstrip())
    at = start
    while at < len(line) and (
        line[at] in _JOINERS or (unicodedata.category(line[at]) == "So" and line[at] not in _WORDLY)
    ):
        at += 1
    return line if at == start else line[:start] + line[at:].lstrip()


_JOINERS = "\ufe0f\u200d"
_WORDLY = "№°©®™"


def is_rule(line: str) -> bool:
    """A line of dashes or the like that only parts what stands above and below."""
    return len(line) > 2 and not line.strip(_RULE_MARKS)


def rows_of_text(text: str) -> list[Row]:
    """The rows of a plain text."""
    return list(rows_of_lines(clean(text).split("\n")))


def rows_of_lines(lines: Sequence[str]) -> Iterator[Row]:
    """The rows of lines that were cleaned."""
    lines = lines[:MOST_LINES]
    block, table, blanks = 1, 0, 0
    bordered = False
    gap = 2 if _is_double_spaced(lines) else 1
    within = _within_fields(lines) if gap == 1 else frozenset[int]()
    fields = _separated(lines) if any(";" in line for line in lines) else {}
    for number, line in _numbered(lines):
        bare = line.strip(" \t>") if line.startswith(">") else line.strip()
        bare = "" if bare == "|" else bare  # a blank line that is quoted, with this or with that mark
        if not bare or is_rule(bare):
            blanks += 2 if bare else int(number - 1 not in within)
            block += int(blanks >= gap)
            continue
        blanks = 0
        if number - 1 in fields:
            table = table or number
            yield Row(_fields(fields[number - 1]), number, block, table)
            continue
        line = without_links(_ARROW.sub(r"\1", without_symbols(line)))
        bold = ""
        if "*" in line or "`" in line:
            starred = _STARRED.match(line.lstrip())
            alone = starred and "*" not in starred.string[starred.end() :]  # '*Artikel* *Preis*' heads columns
            bold = starred[1] if starred and alone else ""
            line = _STARRED.sub(r"\1", line).replace("`", "")
        cells = text_cells(line)
        if bold and len(cells) == 1 and cells[0].text.startswith(bold) and cells[0].text != bold:
            cells = (cells[0]._replace(strong=len(bold)),)
        barred = len(cells) > 1 and ((_BARS.search(line) is not None) or line.strip().count("\t") > 1)
        if barred and not table:
            table, bordered = number, _is_bordered(line)
        elif barred and not bordered and _is_bordered(line):
            cells = (_cell("", 0), *cells)  # ' | Tasse | 1': the first cell of a row without borders is empty
        elif not barred:
            table = 0
        yield Row(cells, number, block, table, indent=len(line) - len(line.lstrip()))


def _is_bordered(line: str) -> bool:
    return _BARS.match(line.lstrip()) is not None


def _separated(lines: Sequence[str]) -> dict[int, tuple[str, ...]]:
    return separated(["" if "<" in line and _TAG.search(line) else line for line in lines])


def _fields(texts: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(_cell(text[:LONGEST_LINE], place) for place, text in enumerate(texts))


def _numbered(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; what was written as HTML in a plain text is the lines that HTML shows."""
    for number, full in enumerate(lines, 1):
        line = full[:LONGEST_LINE]
        if "<" not in line or _TAG.search(line) is None:
            yield number, line
            continue
        for piece in _TAG.sub("", _BREAK.sub("\n", line)).split("\n"):
            if piece.strip():
                yield number, html.unescape(piece)


def _is_double_spaced(lines: Sequence[str]) -> bool:
    """Is nearly every line followed by a blank one?  Then only wider gaps part paragraphs."""
    filled = [bool(line.strip()) for line in lines]
    pairs = sum(1 for i in range(len(filled) - 1) if filled[i] and filled[i + 1])
    single = sum(1 for i in range(len(filled) - 2) if filled[i] and not filled[i + 1] and filled[i + 2])
    return single > 6 and pairs * 10 < single


_FEWEST_FIELDS = 6


def _within_fields(lines: Sequence[str]) -> frozenset[int]:
    """The blank lines between fields that each have a line to themselves, as Jimdo's system mails write them.

    They part no paragraphs: all fields of an item belong together, though other parts of the mail are written densely.
    """
    within: set[int] = set()
    run: list[int] = []
    filled = [bool(line.strip()) for line in lines]
    alone = [
        number
        for number, is_filled in enumerate(filled)
        if is_filled and not any(filled[max(0, number - 1) : number]) and not any(filled[number + 1 : number + 2])
    ]
    for number in [*alone, len(lines) + 2]:
        if run and number != run[-1] + 2:
            within |= _blanks_of(run, lines)
            run = []
        run.append(number)
    return frozenset(within)


def _blanks_of(run: Sequence[int], lines: Sequence[str]) -> set[int]:
    """The lines between those of a run, if it is long and most of it are fields."""
    fields = sum(1 for number in run if ":" in lines[number] or "：" in lines[number])
    return {number + 1 for number in run[:-1]} if len(run) >= _FEWEST_FIELDS and 2 * fields > len(run) else set()


def text_cells(line: str) -> tuple[Cell, ...]:
    """The cells of a line.  Empty ones between bars stay; a heading's decoration ('== Artikel ==') goes."""
    return _cells(line) if len(line) < 400 else _parted(line)


@functools.lru_cache(maxsize=2048)
def _cells(line: str) -> tuple[Cell, ...]:
    return _parted(line)


def _parted(line: str) -> tuple[Cell, ...]:
    if _BARS.search(line):
        cells = tuple(_cell(text, start) for text, start in _split(line, _BARS))
        filled = sum(1 for cell in cells if cell.lines)
        if filled > 1 or (filled and len(cells) > 2 and not cells[0].lines and not cells[-1].lines):
            if cells[0].lines:
                return cells  # '2 | Tasse | |': the last cell is empty
            inner = cells[1:]
            return inner[:-1] if not inner[-1].lines else inner
    if line.strip().count("\t") > 1 and not _is_padded(line):
        return tuple(_cell(text, place) for place, text in enumerate(line.strip("\r\n").split("\t")))
    decorated = _DECORATED.match(line.strip())
    if decorated and any(c.isalpha() for c in decorated["inner"]):
        return (Cell((decorated["inner"].strip(),), 0, len(line), head=True),)
    parts = _with_padded_sums([(text, start) for text, start in _split(line, _GAP) if text.strip()])
    if len(parts) == _NAME_AND_VALUE and (found := _EQUALS.match(parts[1][0])):
        parts[1] = (parts[1][0][found.end() :], parts[1][1] + found.end())
    return tuple(_cell(text, start) for text, start in parts) or (_cell(line.strip("| "), 0),)


_NAME_AND_VALUE = 2
# 'Zahlungsart     = PayPal'; '= 25,00 €' comes out of a product
_EQUALS = re.compile(r"[=→]\s+(?=[^\d\s])|[:：]\s+(?=\S)")


def _with_padded_sums(parts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """'EUR     9,90' below 'EUR 1.234,50' is one amount: the gap only aligns the digits."""
    joined: list[tuple[str, int]] = []
    for text, start in parts:
        if joined and text.strip()[0].isdigit() and currency_of(joined[-1][0].strip().lower()):
            joined[-1] = (f"{joined[-1][0].strip()} {text.strip()}", joined[-1][1])
        else:
            joined.append((text, start))
    return joined


def _is_padded(line: str) -> bool:
    """Do runs of tabs align the columns?  Then they stand for no empty cells."""
    cells = line.strip("\t ").split("\t")
    return sum(1 for cell in cells if not cell.strip()) * 2 >= len(cells)


def _split(line: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    at = 0
    for found in pattern.finditer(line):
        yield line[at : found.start()], at
        at = found.end()
    yield line[at:], at


def _cell(text: str, start: int) -> Cell:
    bare = text.strip()
    if bare[:2] == ": " or bare[:1] == "：":
        bare = bare[1:].lstrip()  # 'Zahlungsart      : PayPal', '住所　　：東京都…'
    start += len(text) - len(text.lstrip())
    return Cell((bare,) if bare else (), start, start + max(1, len(bare)))

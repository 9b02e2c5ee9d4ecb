"""What stands in an item's rows and ended up nowhere: an amount of money, or a token like an article number.

A reading that is wrong mostly leaves something over.  Old prices, prices by measure, tax, weight, the delivery time and
whatever another label or column's name claims are no part of an item, and are not missed.  A column whose name nobody
knows may hold what the customer chose: that is a doubt, too.
"""

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.amounts import Amount, amounts_in, has_money
from smtpd_billbee.reader.columns import ITEM_FIELDS, column_of, header_fields
from smtpd_billbee.reader.items import CENT, Found, Items, doubted
from smtpd_billbee.reader.labels import meaning_of, sum_label
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.parts_choices import is_by_measure, is_on_top, is_other_price
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, Meaning, key

LEFT_OVER = "an amount or a number in an item's lines was not understood"
UNREAD_COLUMN = "a column of its table was not understood"
_READ = frozenset({"title", "items", "sku", "variant", "number"})  # of these nothing may be left over
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"[^\s,;:()\[\]<>|（）［］【】「」『』\"“”„«»：]{4,}")
_MEASURED = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?(?:[x×*-]\d{1,6}(?:[.,]\d{1,3})?){0,3}[^\W\d]{0,3}[²³°%]?\.?")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_SIGNS = re.compile(r"[\W_]+")
_FEWEST = 4  # letters and digits of a code
_FEWEST_DIGITS = 5  # of a code that has nothing else: fewer are a year, or count
_LONGEST = 400  # letters of a line: a longer one is a description
_LONGEST_LABEL = 40  # letters
_BESIDE_LABEL = " -–•*#_.0123456789"
_OF_ADDRESSES = ("@", "://", "www.")
_NONE: Meaning = {}


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says that an item should hold: amounts with their texts, and codes, each without its marks."""

    amounts: tuple[tuple[Decimal, str], ...] = ()
    codes: tuple[str, ...] = ()


_SAYS_NOTHING = _Said()


def with_left_over(items: Items, page: Page, header: int | None) -> Items:
    """The items, each with a doubt if something is left over in its rows; `header`: the row that names the columns."""
    if not items.found or any(each.doubt for each in items.found):
        return items
    heads = (page.rows[header], header_fields(page.rows[header], page.known) or ()) if header is not None else None
    first = [each.row for each in items.found]
    found = list(items.found)
    for index in sorted(items.rows):
        labels = page.labels[index]
        if labels and all(_READ.isdisjoint(label.meaning) for label in labels):
            continue  # 'Transaction ID: | 4200308841'
        at = max(0, bisect.bisect_right(first, index) - 1)
        lines = () if found[at].doubt else _lines(page.rows[index], heads)
        if any(_is_left_over(line, page, items.found, at) for line in lines):
            found[at] = doubted(found[at], LEFT_OVER)
        elif heads is not None and _has_unread_column(page.rows[index], heads, items.found, at, page.known):
            found[at] = doubted(found[at], UNREAD_COLUMN)
    return replace(items, found=tuple(found))


def _lines(row: Row, heads: tuple[Row, Sequence[Meaning]] | None) -> Iterator[str]:
    """The row's lines with a digit, but of columns that hold something else."""
    for place, cell in enumerate(row.cells):
        if cell.lines and (heads is None or not _is_elsewhere(_meaning(place, cell, row, heads))):
            yield from (line for line in cell.lines if len(line) <= _LONGEST and _DIGIT.search(line))


def _has_unread_column(
    row: Row, heads: tuple[Row, Sequence[Meaning]], found: Sequence[Found], at: int, known: Dictionary
) -> bool:
    """'Extras' above 'Name: Tim', 'Jahrgang' above '2019': what the customer chose, perhaps; 'Lager' is none."""
    header, meanings = heads
    if len(header.cells) != len(meanings):
        return False
    read = _bare(" ".join(_texts(found[at].item)))
    for place, cell in enumerate(row.cells):
        column = place if len(row.cells) == len(meanings) else column_of(cell, header.cells)
        if column >= len(meanings) or ITEM_FIELDS & meanings[column].keys() or _bare(cell.text) == str(at + 1):
            continue
        name = header.cells[column].text.strip()
        said = name and _bare(cell.text) not in read and not known.has("quantity_units", cell.text)
        if said and not known.has("article_facts", name):
            return True
    return False


def _is_elsewhere(meaning: Meaning) -> bool:
    """Does a column, or a label, hold what is not looked for here?"""
    return bool(meaning) and _READ.isdisjoint(meaning)


def _meaning(place: int, cell: Cell, row: Row, heads: tuple[Row, Sequence[Meaning]]) -> Meaning:
    header, meanings = heads
    column = place if len(row.cells) == len(meanings) else column_of(cell, header.cells)
    return meanings[column] if column < len(meanings) else _NONE


def _is_left_over(line: str, page: Page, found: Sequence[Found], at: int) -> bool:
    """Says the line something that neither the item nor its neighbours hold?  One can begin above its first row."""
    said = _said(line, page.style, page.known)
    if not said.amounts and not said.codes:
        return False
    near = [each.item for each in found[max(0, at - 1) : at + 2]]
    prices = {abs(price) for item in near for price in (item.unit_price, item.total) if price is not None}
    missed = [text for value, text in said.amounts if value not in prices and not _is_product(value, near)]
    missed += said.codes
    words = _bare(" ".join(text for item in near for text in _texts(item))) if missed else ""
    return any(text not in words for text in missed)


def _is_product(value: Decimal, items: Sequence[Item]) -> bool:
    """Of an item with one price, what one piece costs, or all."""
    for item in items:
        for price in (item.unit_price, item.total):
            off = item.quantity * CENT
            if price is not None and (
                abs(abs(price) * item.quantity - value) <= off or abs(value * item.quantity - abs(price)) <= off
            ):
                return True
    return False


def _texts(item: Item) -> Iterator[str]:
    yield from (text for text in (item.title, item.variant, item.sku) if text)
    yield f"{item.quantity:f}"


def _bare(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


@functools.lru_cache(maxsize=REMEMBERED)
def _said(line: str, style: str, known: Dictionary) -> _Said:
    if "://" in line:
        return _SAYS_NOTHING  # a link to the thing
    colon = line.find(":")
    meaning = meaning_of(line[:colon].strip(_BESIDE_LABEL), known) if 0 < colon < _LONGEST_LABEL else _NONE
    if _is_elsewhere(meaning):
        return _SAYS_NOTHING  # 'Lieferzeit: 2-3 Werktage', 'EAN: 4006381333931'
    if 0 < colon < _LONGEST_LABEL and "discount" in sum_label(line[:colon].strip(_BESIDE_LABEL), known):
        return _SAYS_NOTHING  # 'Nachlass 10 %: -35,60 €'
    line = line[colon + 1 :] if meaning else line
    amounts: tuple[tuple[Decimal, str], ...] = ()
    if has_money(line):
        amounts = tuple(_amounts(line, style, known))
        for each in reversed(amounts_in(line, style)):
            line = f"{line[: each.start]} {line[each.end :]}" if each.is_money else line
    return _Said(amounts, tuple(_codes(line)))


def _amounts(line: str, style: str, known: Dictionary) -> Iterator[tuple[Decimal, str]]:
    """Every amount with its currency that is no surcharge, no old price, and none by measure."""
    if is_other_price(line, Parts(), known, style):
        return
    for each in amounts_in(line, style):
        named = each.is_money and each.sign and each.value and not is_on_top(line, each)
        if named and not is_by_measure(line, each, known) and not _is_old(line, each, known):
            yield abs(each.value), _bare(each.text)


def _is_old(line: str, amount: Amount, known: Dictionary) -> bool:
    """'statt 59,00 € nur 39,00 €': nobody pays the first."""
    words = line[: amount.start].split()
    return bool(words) and key(words[-1]) in known.lists["instead_of"]


def _codes(line: str) -> Iterator[str]:
    """'BUCH-100', '4711-A', '10815': letters and digits, or many digits; no measure, no date, no year."""
    for token in _TOKEN.findall(line):
        if token.isalpha() or not token.isascii() or not _DIGIT.search(token):
            continue
        bare = token.strip(".-/#*+=_!?'x")
        if len(bare) < _FEWEST_DIGITS if bare.isdigit() else _MEASURED.fullmatch(bare) or _DATE.fullmatch(bare):
            continue
        if len(code := _bare(bare)) >= _FEWEST and not any(sign in bare for sign in _OF_ADDRESSES):
            yield code

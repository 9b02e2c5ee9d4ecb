"""What stands in an item's rows and ended up nowhere: an amount of money, or a token like an article number.

A reading that is wrong mostly leaves something over.  Old prices, prices by measure, tax, weight, the delivery time and
whatever another label or column's name claims are no part of an item, and are not missed.
"""

import bisect
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.columns import column_of, header_fields
from smtpd_billbee.reader.items import Items, doubted
from smtpd_billbee.reader.labels import meaning_of
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.parts_choices import is_by_measure, is_on_top, is_other_price
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.words import Meaning

LEFT_OVER = "an amount or a number in an item's lines was not understood"
_READ = frozenset({"title", "items", "sku", "variant", "number"})  # of these nothing may be left over
_TOKEN = re.compile(r"[^\s,;:()\[\]<>|（）［］【】「」『』\"“”„«»：]+")
_MEASURED = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?(?:[x×*-]\d{1,6}(?:[.,]\d{1,3})?){0,3}[^\W\d]{0,3}[²³°%]?\.?")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_SIGNS = re.compile(r"[\W_]+")
_FEWEST = 4  # letters and digits of a code
_FEWEST_DIGITS = 5  # of a code that has nothing else: fewer are a year, or count
_LONGEST = 400  # letters of a line: a longer one is a description
_NONE: Meaning = {}


def with_left_over(items: Items, page: Page, header: int | None) -> Items:
    """The items, each with a doubt if something is left over in its rows; `header`: the row that names the columns."""
    if not items.found or any(each.doubt for each in items.found):
        return items
    heads = (page.rows[header], header_fields(page.rows[header], page.known) or ()) if header is not None else None
    amounts = {amount for each in items.found for amount in _amounts(each.item)}
    words = [_bare(" ".join(_texts(each.item))) for each in items.found]
    first = [each.row for each in items.found]
    found = list(items.found)
    for index in sorted(items.rows):
        labels = page.labels[index]
        at = max(0, bisect.bisect_right(first, index) - 1)
        if found[at].doubt or (labels and all(_READ.isdisjoint(label.meaning) for label in labels)):
            continue  # 'Transaction ID: | 4200308841'
        near = " ".join(words[max(0, at - 1) : at + 2])  # an item can begin above its first row
        if any(_is_left_over(line, page, amounts, near) for line in _lines(page.rows[index], heads)):
            found[at] = doubted(found[at], LEFT_OVER)
    return replace(items, found=tuple(found))


def _bare(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


def _texts(item: Item) -> Iterator[str]:
    yield from (text for text in (item.title, item.variant, item.sku) if text)
    yield f"{item.quantity:f}"


def _amounts(item: Item) -> Iterator[Decimal]:
    for price in (item.unit_price, item.total):
        if price is not None:
            yield from (abs(price), abs(price) * item.quantity)
            if item.quantity:
                yield round(abs(price) / item.quantity, 2)


def _lines(row: Row, heads: tuple[Row, Sequence[Meaning]] | None) -> Iterator[str]:
    """The row's lines, but of columns that hold something else."""
    for place, cell in enumerate(row.cells):
        if not cell.lines:
            continue
        meaning = _meaning(place, cell, row, heads) if heads else _NONE
        if not meaning or not _READ.isdisjoint(meaning):
            yield from cell.lines


def _meaning(place: int, cell: Cell, row: Row, heads: tuple[Row, Sequence[Meaning]]) -> Meaning:
    header, meanings = heads
    column = place if len(row.cells) == len(meanings) else column_of(cell, header.cells)
    return meanings[column] if column < len(meanings) else _NONE


def _is_left_over(line: str, page: Page, amounts: Set[Decimal], words: str) -> bool:
    if len(line) > _LONGEST or not any(c.isdigit() for c in line):
        return False
    colon = line.find(":")
    meaning = meaning_of(line[:colon].strip(_BESIDE_LABEL), page.known) if 0 < colon < _LONGEST_LABEL else _NONE
    if meaning and _READ.isdisjoint(meaning):
        return False  # 'Lieferzeit: 2-3 Werktage', 'EAN: 4006381333931'
    line = line[colon + 1 :] if meaning else line
    if _has_amount(line, page, amounts, words):
        return True
    for each in reversed(amounts_in(line, page.style) if has_money(line) else ()):
        line = f"{line[: each.start]} {line[each.end :]}" if each.is_money else line
    return any(_is_code(token, words) for token in _TOKEN.findall(line))


_LONGEST_LABEL = 40  # letters
_BESIDE_LABEL = " -–•*#_.0123456789"


def _has_amount(line: str, page: Page, amounts: Set[Decimal], words: str) -> bool:
    """An amount with its currency that is no price of the items, no surcharge, no old price, none by measure?"""
    if not has_money(line):
        return False
    missed = [
        each
        for each in amounts_in(line, page.style)
        if each.is_money and each.sign and each.value and abs(each.value) not in amounts
    ]
    return (
        any(
            _bare(each.text) not in words
            and not is_on_top(line, each)
            and not is_by_measure(line, each, page.known)
            for each in missed
        )
        and not is_other_price(line, Parts(), page.known, page.style)
    )  # fmt: skip


def _is_code(token: str, words: str) -> bool:
    """'BUCH-100', '4711-A', '10815': letters and digits, or many digits; no measure, no date, no year, no amount."""
    bare = token.strip(".-/#*+=_·–—!?'’x×")
    if sum(map(str.isalnum, bare)) < _FEWEST or not any(map(str.isdigit, bare)) or not bare.isascii():
        return False
    if _bare(bare) in words or _DATE.fullmatch(bare):
        return False
    if len(bare) < _FEWEST_DIGITS if bare.isdigit() else _MEASURED.fullmatch(bare):
        return False
    return not any(sign in bare for sign in _OF_ADDRESSES)


_OF_ADDRESSES = ("@", "://", "www.")

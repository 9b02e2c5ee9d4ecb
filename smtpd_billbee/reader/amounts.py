"""Amounts of money and quantities in running text.

A number is read by the mail's own habit: `style_of` looks at all numbers with two decimals and says whether the comma
or the point parts the decimals; '1.200 €' and '1,200 EUR' are then no guess.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from smtpd_billbee.reader.currencies import sign_before, sign_behind

_NUMBER = (
    r"\d{1,3}(?:(?:[.,'’ ]\d{3}){1,4})(?:,-{1,2}|,[–—]|(?:[.,]\d{1,3})?(?!\d))"
    r"|\d{1,12}(?:[.,]\d{1,4})?(?!\d)(?:,-{1,2}|,[–—])?"
    r"|\d{1,9},[-–—]{1,2}"
)
_FOUND = re.compile(rf"(?<![\d.,])(?:{_NUMBER})")
_MINUS_BEHIND = re.compile(r"-(?=\s|$)")
_DASHES = "-−–"
_DIGIT = re.compile(r"\d")
_THREE_DECIMALS = re.compile(r"[.,]\d{3}")
_REMEMBERED_TEXT = 400  # letters; longer ones are not asked for again and again
_NUMBER_NEXT = re.compile(r"\s?\d")
_TWO_DECIMALS = re.compile(r"([.,])\d\d(?![\d.,]*\d)")
_WHOLE = re.compile(r"(?<![\d.,'’])(?:\d{1,3}(?:([.,'’ ])\d{3})*|\d+)\Z")  # what stands before the two decimals
_LONGEST_WHOLE = 24  # letters


class Amount(NamedTuple):  # made for every number of a mail: half as dear as a frozen dataclass
    """An amount where it stands.  `sign` is the currency as written; `is_money`: it has one, or two decimals."""

    value: Decimal
    start: int
    end: int
    sign: str | None
    text: str
    is_money: bool


def style_of(text: str) -> str:
    """The mark that parts decimals in this text: ',' or '.'; '' where nothing tells."""
    votes: Counter[str] = Counter()
    for found in _TWO_DECIMALS.finditer(text):
        whole = _WHOLE.search(text, max(0, found.start() - _LONGEST_WHOLE), found.start())
        if whole:
            votes[found[1]] += 3 if whole[1] else 1
    if not votes:
        return ""
    (mark, _), *_ = votes.most_common(1)
    return mark


def amounts_in(text: str, style: str = "") -> Sequence[Amount]:
    """Every number of the text that could be an amount, from left to right."""
    if style and not _THREE_DECIMALS.search(text):
        style = ""  # it is read the same in any mail, and remembered once
    return _cached(text, style) if len(text) < _REMEMBERED_TEXT else _found(text, style)


def has_money(text: str) -> bool:
    """Whether an amount of money stands in the text, however decimals are written."""
    return _has_money(text) if len(text) < _REMEMBERED_TEXT else any(each.is_money for each in _found(text, ""))


@functools.lru_cache(maxsize=4096)  # a row is asked by everybody who looks at it
def _has_money(text: str) -> bool:
    return any(each.is_money for each in _cached(text, ""))


@functools.lru_cache(maxsize=4096)
def _cached(text: str, style: str) -> tuple[Amount, ...]:
    return _found(text, style)


def _found(text: str, style: str) -> tuple[Amount, ...]:
    return tuple(_amounts(text, style)) if _DIGIT.search(text) else ()


def _amounts(text: str, style: str) -> Iterator[Amount]:
    at = 0
    signs_behind: bool | None = None
    for found in _FOUND.finditer(text):
        if found.start() < at:
            continue  # the digits belong to the sign behind the number before
        lead, behind = _lead(text, at, found.start()), sign_behind(text, found.end())
        if behind and not lead.last and found[0].isdigit() and _NUMBER_NEXT.match(text, behind[1]):
            signs_behind = _ends_with_sign(text) if signs_behind is None else signs_behind
            if not signs_behind:
                behind = None  # 'x 2 CNY 598.00': the code belongs to the next number; not so in '50 EUR 50,00 EUR'
        amount = _amount(text, style, found, lead, behind)
        at = behind[1] if behind else found.end()
        at += bool(_MINUS_BEHIND.match(text, at))
        if amount:
            yield amount


def _ends_with_sign(text: str) -> bool:
    """Does a currency stand behind the last number of the text?"""
    end = next((at for at in range(len(text), 0, -1) if text[at - 1].isdigit()), 0)
    return bool(end) and sign_behind(text, end) is not None


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands right before a number: a currency from `first` to `last`, and a plus or minus before or behind it."""

    first: int
    last: int
    mark: str = ""  # before the currency, or before the number where there is none
    mark_at: int = 0
    blank: bool = False  # behind the mark
    minus_behind: bool = False  # between currency and number


_NOTHING_BEFORE = _Lead(0, 0)


def _lead(text: str, start: int, end: int) -> _Lead:
    if end <= start or text[start:end].isspace():
        return _NOTHING_BEFORE
    place = sign_before(text, start, end)
    mark_at = _mark_at(text, start, end)
    if place is None and mark_at >= 0 and text[mark_at] in _DASHES and (place := sign_before(text, start, mark_at)):
        return _Lead(*place, minus_behind=True)
    first = place[0] if place else end
    mark_at = _mark_at(text, start, first)
    if place is None and mark_at < 0:
        return _NOTHING_BEFORE
    first, last = place or (0, 0)
    if mark_at < 0:
        return _Lead(first, last)
    return _Lead(first, last, text[mark_at], mark_at, text[mark_at + 1 : mark_at + 2].isspace())


def _mark_at(text: str, start: int, end: int) -> int:
    """Where a plus or minus stands that ends at `end`, or one blank before; -1 for none."""
    at = end - 2 if text[end - 1 : end].isspace() else end - 1
    return at if at >= start and text[at] in "+" + _DASHES else -1


def _amount(text: str, style: str, found: re.Match[str], lead: _Lead, behind: tuple[int, int] | None) -> Amount | None:
    """The amount of a number, with the sign or code on either side; None for a date, a code, a measure."""
    first, end = found.span()
    digits = found[0]
    signed = bool(lead.last or behind)
    if not signed and first and text[first - 1].isalpha():
        return None  # 'A4', 'B12'
    if not behind and text[end : end + 1].isalpha() and not _is_cjk(text[end]):
        return None  # '500g', '3x'
    if _is_inside(text, first, end, signed):
        return None  # a part of '29.03.24', '10:30', '12/3/4'
    value = number(digits, style, signed)
    if value is None or _is_code(text, lead, digits):
        return None
    sign = text[lead.first : lead.last] if lead.last else text[behind[0] : behind[1]] if behind else None
    start = lead.first if lead.last else first
    end = behind[1] if behind else end
    minus_after = bool(_MINUS_BEHIND.match(text, end))
    if minus_after or lead.minus_behind or _is_minus(text, lead):
        start = lead.mark_at if lead.mark else start
        end += minus_after
        value = -value
    is_money = signed or (bool(_DECIMALS.search(digits)) and not _MEASURE.match(text, end))
    return Amount(value, start, end, sign.lower() if sign else None, text[start:end], is_money)


def _is_code(text: str, lead: _Lead, digits: str) -> bool:
    """'RUB-12' is an article number, though its letters are a currency's; 'EUR-12,50' and 'EUR -5' are amounts."""
    joined = lead.minus_behind and text[lead.last : lead.last + 1] in _DASHES
    return joined and digits.isdigit() and text[lead.last - 1].isalpha()


# 'Wein, 0,75 l', '8.25% VAT'
_MEASURE = re.compile(r"[ \u00a0]?[%％]| (?:l|ml|cl|kg|g|m|cm|mm|km|m²|m³|qm|oz|lb|л|мл|кг|г|м|см|мм)(?!\w)")
_DECIMALS = re.compile(r"[.,]\d{2}$|,[-–—]+$")


def _is_inside(text: str, start: int, end: int, signed: bool) -> bool:
    """Is the number a part of a date, a time or a code?"""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    marks = ".,:" if signed else ".,:/-"
    joined = len(after) > 1 and after[0] in marks and after[1].isdigit()
    return joined or (len(before) > 1 and before[1] in ".,:/" and before[0].isdigit() and not signed)


def _is_cjk(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff"


def _is_minus(text: str, lead: _Lead) -> bool:
    """A dash is a minus unless it joins ('10-12') or parts ('Summe – 12,00 EUR' keeps a blank on both sides)."""
    if not lead.mark or lead.mark == "+":
        return False
    before = text[lead.mark_at - 1 : lead.mark_at]
    led = text[: lead.mark_at].rstrip()
    if lead.blank and led and led[-1] not in ":：(|":
        return False  # 'Tasse - 8,20 €': a dash that parts
    if before and not before.isspace() and before not in "(:|":
        return False
    return not (lead.blank and lead.mark == "–") or not led


def number(text: str, style: str, is_money: bool = True) -> Decimal | None:
    """A number by the mail's habit; None where it cannot be one."""
    if text.isdigit():
        return Decimal(text)
    digits = text if text[-1].isdigit() else text.rstrip("-–—").rstrip(",")
    marks = [c for c in digits if not c.isdigit()]
    if not marks:
        return Decimal(digits)
    last = marks[-1]
    whole, _, decimals = digits.rpartition(last)
    several = len(set(marks)) > 1
    if last in "'’\u2019 " or (marks.count(last) > 1):
        return _joined(digits) if all(c in "'’\u2019 .," for c in marks) else None
    if several or len(decimals) != 3:
        return Decimal(f"{_digits(whole)}.{decimals}")
    if whole == "0":
        return Decimal(f"0.{decimals}")  # '0,012': nobody writes thousands so
    # Three digits behind the only mark: thousands, unless the mail parts decimals with this mark and it is no money.
    if style == last and not is_money:
        return Decimal(f"{_digits(whole)}.{decimals}")
    return _joined(digits)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _joined(text: str) -> Decimal:
    return Decimal(_digits(text))

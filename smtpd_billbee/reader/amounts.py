"""Amounts of money and quantities in running text.

A number is read by the mail's own habit: `style_of` looks at all numbers with two decimals and says whether the comma
or the point parts the decimals; '1.200 €' and '1,200 EUR' are then no guess.
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

_TABLE = tomllib.loads((resources.files("smtpd_billbee.reader") / "currencies.toml").read_text(encoding="utf-8"))
CODES = frozenset(_TABLE["codes"])
SIGNS: Mapping[str, str] = _TABLE["signs"]
VAGUE: Mapping[str, tuple[str, ...]] = {sign: tuple(codes) for sign, codes in _TABLE["vague"].items()}
OF_COUNTRY: Mapping[str, str] = _TABLE["of_country"]
OF_LANGUAGE: Mapping[str, str] = _TABLE["of_language"]

_NUMBER = (
    r"\d{1,3}(?:(?:[.,'’ ]\d{3}){1,4})(?:[.,]\d{1,3})?(?!\d)"
    r"|\d{1,12}(?:[.,]\d{1,4})?(?!\d)(?:,-{1,2}|,[–—])?"
    r"|\d{1,9},[-–—]{1,2}"
)
_SIGN = "|".join(sorted((re.escape(sign) for sign in SIGNS), key=len, reverse=True))
_LEADING = "|".join(
    sorted((re.escape(sign) for sign in SIGNS if not "\u3040" <= sign[-1] <= "\u9fff"), key=len, reverse=True)
)
_CODE = "|".join(sorted(CODES))
_BEFORE = rf"(?:(?<![A-Za-zÀ-ž])(?P<before>{_CODE}|{_LEADING})[ ]?)"
_AFTER = rf"(?:[ ]?(?P<after>(?:{_CODE})(?![A-Za-zÀ-ž])|(?:{_SIGN})(?![A-Za-zÀ-žа-яё])))"
_AMOUNT = re.compile(
    rf"(?P<sign>[-−–+]\s?)?{_BEFORE}?(?P<sign2>[-−–]\s?)?(?<![\d.,])(?P<number>{_NUMBER}){_AFTER}?(?P<sign3>-(?=\s|$))?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NUMBER_NEXT = re.compile(r"\s?\d")
_TWO_DECIMALS = re.compile(r"(?<![\d.,'’])(\d{1,3}(?:([.,'’ ])\d{3})*|\d+)([.,])(\d{2})(?![\d.,]*\d)")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount where it stands.  `sign` is the currency as written; `is_money`: it has one, or two decimals."""

    value: Decimal
    start: int
    end: int
    sign: str | None
    text: str
    is_money: bool


def style_of(texts: Iterable[str]) -> str:
    """The mark that parts decimals in these texts: ',' or '.'; '' where nothing tells."""
    votes: Counter[str] = Counter()
    for text in texts:
        for found in _TWO_DECIMALS.finditer(text):
            votes[found[3]] += 3 if found[2] else 1
    if not votes:
        return ""
    (mark, _), *_ = votes.most_common(1)
    return mark


def amounts_in(text: str, style: str = "") -> Sequence[Amount]:
    """Every number of the text that could be an amount, from left to right."""
    return _cached(text, style) if len(text) < 400 else _found(text, style)


@functools.lru_cache(maxsize=4096)  # a row is asked for its amounts by everybody who looks at it
def _cached(text: str, style: str) -> tuple[Amount, ...]:
    return _found(text, style)


def _found(text: str, style: str) -> tuple[Amount, ...]:
    return tuple(_amounts(text, style)) if _DIGIT.search(text) else ()


def _amounts(text: str, style: str) -> Iterator[Amount]:
    at = 0
    while found := _AMOUNT.search(text, at):
        at = max(found.end(), at + 1)
        end = found.end("number")
        before, after = found["before"], found["after"]
        if after and not before and found["number"].isdigit() and _NUMBER_NEXT.match(text, found.end("after")):
            after, at = None, end  # 'x 2 CNY 598.00': the code belongs to the next number
        start = found.start("number") if not before else found.start("before")
        if not before and found.start("number") and text[found.start("number") - 1].isalpha() and not after:
            continue  # 'A4', 'B12'
        if text[end : end + 1].isalpha() and not after and not _is_cjk(text[end]):
            continue  # '500g', '3x'
        if _is_inside(text, found.start("number"), end, bool(before or after)):
            continue  # a part of '29.03.24', '10:30', '12/3/4'
        sign = before or after
        value = number(found["number"], style, bool(sign))
        if value is None:
            continue
        if after:
            end = found.end("after")
        negative = any(found[name] and found[name].strip() in ("-", "−", "–") for name in ("sign", "sign2", "sign3"))
        minus_is_sign = negative and _is_minus(text, found)
        if minus_is_sign:
            start = found.start("sign") if found["sign"] else start
            value = -value
        if found["sign3"] and minus_is_sign:
            end = found.end("sign3")
        is_money = bool(sign) or bool(re.search(r"[.,]\d{2}$|,[-–—]+$", found["number"]))
        yield Amount(value, start, end, sign.lower() if sign else None, text[start:end], is_money)


def _is_inside(text: str, start: int, end: int, signed: bool) -> bool:
    """Is the number a part of a date, a time or a code?"""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    marks = ".,:" if signed else ".,:/-"
    joined = len(after) > 1 and after[0] in marks and after[1].isdigit()
    return joined or (len(before) > 1 and before[1] in ".,:/" and before[0].isdigit() and not signed)


def _is_cjk(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff"


def _is_minus(text: str, found: re.Match[str]) -> bool:
    """A dash is a minus unless it joins ('10-12') or parts ('Summe – 12,00 EUR' keeps a blank on both sides)."""
    if found["sign2"] or found["sign3"]:
        return True
    before = text[found.start("sign") - 1 : found.start("sign")]
    blank_after = found["sign"][-1:].isspace()
    led = text[: found.start("sign")].rstrip()
    if blank_after and led and led[-1] not in ":：(|":
        return False  # 'Tasse - 8,20 €': a dash that parts
    if before and not before.isspace() and before not in "(:|":
        return False
    return not (blank_after and found["sign"][0] == "–") or not text[: found.start("sign")].strip()


def number(text: str, style: str, is_money: bool = True) -> Decimal | None:
    """A number by the mail's habit; None where it cannot be one."""
    digits = re.sub(r",[-–—]{1,2}$", "", text)
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
    # Three digits behind the only mark: thousands, unless the mail parts decimals with this mark and it is no money.
    if style == last and not is_money:
        return Decimal(f"{_digits(whole)}.{decimals}")
    return _joined(digits)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _joined(text: str) -> Decimal:
    return Decimal(_digits(text))


def currency_of(sign: str | None) -> str | None:
    """The ISO code that a sign or code stands for (the likeliest, where it is vague)."""
    if sign is None:
        return None
    return sign.upper() if sign.upper() in CODES else SIGNS.get(sign)

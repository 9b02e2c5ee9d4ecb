"""Currencies as written: their codes (ISO 4217) and signs, and which one stands before or behind a number."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources

_TABLE = tomllib.loads((resources.files("smtpd_billbee.reader") / "currencies.toml").read_text(encoding="utf-8"))
CODES = frozenset(_TABLE["codes"])
SIGNS: Mapping[str, str] = _TABLE["signs"]
VAGUE: Mapping[str, tuple[str, ...]] = {sign: tuple(codes) for sign, codes in _TABLE["vague"].items()}
OF_COUNTRY: Mapping[str, str] = _TABLE["of_country"]
OF_LANGUAGE: Mapping[str, str] = _TABLE["of_language"]

_CODE_LENGTH = 3
_LATIN = re.compile("[A-Za-zÀ-ž]")
_LETTER = re.compile("[A-Za-zÀ-žа-яё]", re.IGNORECASE)


def _by_letter(signs: Iterable[str], place: int) -> dict[str, tuple[str, ...]]:
    """Signs by their first or last letter, the longest first."""
    found: dict[str, list[str]] = {}
    for sign in sorted(signs, key=len, reverse=True):
        found.setdefault(sign[place], []).append(sign)
    return {letter: tuple(some) for letter, some in found.items()}


_BEHIND = _by_letter(SIGNS, 0)
_BEFORE = _by_letter((sign for sign in SIGNS if not "\u3040" <= sign[-1] <= "\u9fff"), -1)


def sign_behind(text: str, at: int) -> tuple[int, int] | None:
    """Where the code or sign stands that begins at `at`, or behind one blank: '12,50 EUR', '12,50€'."""
    first = at + 1 if text[at : at + 1] == " " else at
    end = first + _CODE_LENGTH
    if text[first:end].upper() in CODES and not _LATIN.match(text, end):
        return first, end
    for sign in _BEHIND.get(text[first : first + 1].lower(), ()):
        end = first + len(sign)
        if text[first:end].lower() == sign and not _LETTER.match(text, end):
            return first, end
    return None


def sign_before(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the code or sign stands that ends at `end`, or one blank before; it begins at `start` or behind."""
    last = end - 1 if text[end - 1 : end] == " " else end
    if last <= start or not (text[last - 1].isalpha() or text[last - 1] in _BEFORE):
        return None
    for first in _beginnings(text, last):
        if first >= start and not (first and _LETTER.match(text, first - 1)):  # the 'р.' of 'стр. 1' is no rouble
            return first, last
    return None


def _beginnings(text: str, last: int) -> Iterable[int]:
    if text[max(0, last - _CODE_LENGTH) : last].upper() in CODES:
        yield last - _CODE_LENGTH
    for sign in _BEFORE.get(text[last - 1 : last].lower(), ()) if last else ():
        if text[max(0, last - len(sign)) : last].lower() == sign:
            yield last - len(sign)


def currency_of(sign: str | None) -> str | None:
    """The ISO code that a sign or code stands for (the likeliest, where it is vague)."""
    if sign is None:
        return None
    return sign.upper() if sign.upper() in CODES else SIGNS.get(sign)

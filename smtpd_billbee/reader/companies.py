"""Is a line a company's name, or a person's?  Evidence for each side, in points."""

import re
import unicodedata
from functools import cache

from smtpd_billbee.reader.address_words import every, fold, has_digit, table, terms, word_lists
from smtpd_billbee.reader.names import HONORIFICS, is_first_name, looks_east, split_salutation

_LONGEST = 120
_FIRST_WORDS = terms("company_first")
_SQUEEZE = str.maketrans("", "", ".,-")
_WEAK = terms("weak_forms")
_MAX_FORM_WORDS = 4
_ARTICLES = frozenset(("der", "die", "das", "the", "haus", "zum", "zur", "beim"))
_SMALL_WORDS = terms("small_words")


def _squeezed(text: str) -> str:
    return text.replace(".", "").replace(" ", "").replace(",", "").replace("-", "")


def _written_forms() -> tuple[str, ...]:
    return (*every(word_lists("company_forms")), *table("business")["forms"])


@cache
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    """Legal forms without dots and blanks: those that count in any case, and short ones that count as written."""
    forms = {_squeezed(form) for form in _written_forms()} - {"Inh", "EI"}
    short = {form for form in forms if len(form) <= 3}
    shouted = {form.upper() for form in short} - {"EG"}  # 'Westflügel, EG' is a floor, 'Volksbank eG' a company
    return frozenset(form.casefold() for form in forms - short), frozenset(short | shouted)


@cache
def _business() -> tuple[frozenset[str], tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    words = table("business")
    signs = re.compile("|".join(re.escape(sign) for sign in words["signs"]))
    east = re.compile("|".join(words["east"]))
    return frozenset(words["words"]), tuple(words["endings"]), signs, east


def is_legal_form(text: str) -> bool:
    """Is the whole text a legal form: 'Inc.', 'GmbH & Co. KG'?"""
    long, short = _forms()
    form = _squeezed(text)
    return form in short or form.casefold() in long - _WEAK


def has_legal_form(text: str) -> bool:
    """Does the name end with a legal form, or begin with one that stands first?"""
    words = text.split()
    if len(words) < 2:
        return False
    if words[0].casefold().rstrip(".:") in _FIRST_WORDS:
        return True
    if _last_words().isdisjoint(text.casefold().translate(_SQUEEZE).split()):
        return False
    long, short = _forms()
    for start in range(max(1, len(words) - _MAX_FORM_WORDS), len(words)):
        form = _squeezed("".join(words[start:]))
        if form.casefold() in _WEAK and len(words) == 2:  # 'Anna Sons'
            continue
        if form in short or form.casefold() in long:
            return True
    return any(_is_form(word) for word in words[1:-1])


@cache
def _last_words() -> frozenset[str]:
    """What legal forms end with, small."""
    forms = {_squeezed(form.split()[-1]).casefold() for form in _written_forms()}
    return frozenset(forms | {form.casefold() for forms in _forms() for form in forms})


def _is_form(word: str) -> bool:
    """A form in the middle: 'Muster GmbH Niederlassung Süd'."""
    long, short = _forms()
    form = _squeezed(word)
    if word.endswith(".") and len(form) < 3:  # 'Anna A.C. Muster'
        return False
    return (form in short and len(form) > 1 and form != "DA") or (len(form) > 3 and form.casefold() in long - _WEAK)


def company_points(text: str) -> int:
    """What speaks for a company: 10 a legal form, 5 a word of trade, 4 a sign that no name has."""
    if len(text) > _LONGEST:
        return 0
    words, endings, signs, east = _business()
    if has_legal_form(text):
        return 10
    if not text.isascii() and east.search(text) is not None:
        return 10
    folded = fold(text.replace("-", " ").replace(",", " ")).split()
    points = 0
    if any(word in words or (len(word) > 6 and word.endswith(endings)) for word in folded):
        points += 5
    if signs.search(text) is not None:
        points += 4
    if has_digit(text) or (folded and folded[0] in _ARTICLES):
        points += 2
    if len(folded) > 4 or (len(folded) == 1 and text.isupper()):
        points += 1
    return points


def may_be_company(text: str) -> bool:
    """Up to four words, none small but those that join names: not 'Lieferung bitte an Nachbarn'."""
    words = text.split()
    return len(words) <= 4 and all(not word[0].islower() or word in _SMALL_WORDS for word in words)


def person_points(text: str, email: str | None) -> int:
    """What speaks for a person: 10 a salutation, 8 the e-mail address has its names, 4 a common first name."""
    if len(text) > _LONGEST or has_digit(text):
        return 0
    words = text.split()
    salutation, names = split_salutation(words)
    points = 10 if salutation is not None or text.endswith(HONORIFICS) else 0
    if email is not None and _in_email(names, email):
        points += 8
    if len(names) > 1 and (is_first_name(names[0]) or (names[0].endswith(",") and is_first_name(names[1]))):
        points += 4
    if looks_east(text):
        points += 3
    if 2 <= len(names) <= 4 and all(name[:1].isalpha() for name in names):
        points += 1
    return points


_AS_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
_AS_ONE = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "'": None, "’": None})


def _plain(text: str) -> str:
    """A name in the letters that e-mail addresses have: 'Núñez' as 'nunez'."""
    if text.isascii():
        return text.replace("'", "")
    return "".join(
        sign for sign in unicodedata.normalize("NFD", text.translate(_AS_ONE)) if sign.isalnum() or sign in "-."
    )


def _in_email(names: list[str], email: str) -> bool:
    """Are first and last word of the name, or the last and an initial, in the address before the '@'?"""
    if len(names) < 2:
        return False
    local = _plain(email.partition("@")[0].casefold())
    first, last = names[0].casefold(), names[-1].casefold()
    for given, family in ((_plain(first), _plain(last)), (first.translate(_AS_TWO), last.translate(_AS_TWO))):
        if len(family) > 1 and family in local and given and (given in local or local.startswith(given[0])):
            return True
    return False


def company_name(text: str) -> str:
    """A company without the word 'Firma' before it and without 御中 behind it."""
    first, _, rest = text.partition(" ")
    if rest and first.casefold().rstrip(":") in ("firma", "fa."):
        text = rest
    return text.removesuffix("御中").rstrip()

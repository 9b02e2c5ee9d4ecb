"""Telephone numbers and e-mail addresses in a line; both stay as they are written."""

import re
from functools import cache

from smtpd_billbee.reader.address_words import every, fold, label_lists, word_lists

MIN_DIGITS = 6
MAX_DIGITS = 17
_LONGEST = 60

_NUMBER = re.compile(r"[+＋(（0-9][0-9 ()（）/.\-‐–+\u00a0]*(?: ?(?:x|ext\.?|-) ?[0-9]{1,5})?")
_NO_PHONE = re.compile(r"\d{3}-\d{4}|\d{5}-\d{3,4}|\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
_SOME_DIGITS = re.compile(r"[0-9][0-9 ()/.+-]{4}")
_AT_END = re.compile(r"([^0-9+(]{2,40}?)[ ,]+([+(]?[0-9][0-9 ()/.-]{8,20})")
_DIGITS_AT_END = 9
_ASIDE = r"(?:\([^()0-9]{1,25}\)|[^\W\d]{2,15}[.]?)"
_BESIDE_NUMBER = re.compile(
    rf"(?:{_ASIDE}(?: {_ASIDE})?:? )?(?P<number>[+＋(0-9][0-9 ()/.+-]{{5,25}})(?: ?\([^()0-9]{{1,25}}\))?"
)
_CODE = re.compile(r"[A-Z]{2,6}\.?")  # 'USt-ID DE', 'SIRET' before a number
_OTHER_NUMBER = re.compile(r"(?:nummer|numer|número|numero|numéro|number|nr|no|num|id|code|kod)[.:]?", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>,;:：；，、（）【】()\[\]\"|]{1,64}@[^\s@<>,;:：；，、（）【】()\[\]\"|]{1,255}")


@cache
def phone_words() -> frozenset[str]:
    """The words that announce a telephone number, folded."""
    labels = (*every(word_lists("phone_prefixes")), *every(label_lists("phone")), *every(label_lists("mobile")))
    return frozenset(fold(word) for word in labels)


def is_phone(text: str) -> bool:
    """Does the whole text look like a telephone number, and like no postcode or date?"""
    if len(text) > _LONGEST or _NUMBER.fullmatch(text) is None or _NO_PHONE.fullmatch(text) is not None:
        return False
    return MIN_DIGITS <= sum(sign.isdigit() for sign in text) <= MAX_DIGITS


def phone_after_word(text: str) -> str | None:
    """The number of 'Telefon 030 123456': one or two words that announce a number, without a colon.

    A word may say whose or when: 'Tel. privat 030 123456', 'Phone (daytime) 020 7946 0000'.
    """
    if text[0].isdigit() or _SOME_DIGITS.search(text) is None:
        return None
    for count in (1, 2, 3):
        words = text.split(None, count)
        if len(words) <= count:
            return None
        if fold(" ".join(words[:count])) in phone_words() and (number := bare_number(words[count])):
            return number
    return None


def bare_number(text: str) -> str | None:
    """The number alone of '030 123456', 'privat: 030 123456', '(tagsüber) 030 123456' and '030 123456 (privat)'."""
    if is_phone(text):
        return text
    found = _BESIDE_NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    number = found["number"].strip() if found is not None else ""
    return number if number and is_phone(number) else None


def phone_at_end(text: str) -> tuple[str, str] | None:
    """Name and number of '王小明 13800001234': at least nine digits behind a text without any.

    'Postnummer 901234567' and 'Kunden-Nr. 901234567' say of themselves that they are another number.
    """
    match = _AT_END.fullmatch(text) if len(text) <= _LONGEST and _SOME_DIGITS.search(text) is not None else None
    if match is None or not is_phone(match[2]) or sum(sign.isdigit() for sign in match[2]) < _DIGITS_AT_END:
        return None
    if _names_other(match[1]) or ":" in match[1] or (match[2][0] not in "+0(" and _ends_with_code(match[1])):
        return None
    return match[1].rstrip(" ,"), match[2]


def _ends_with_code(words: str) -> bool:
    return _CODE.fullmatch(words.split()[-1]) is not None


def _names_other(words: str) -> bool:
    last = words.split()[-1].rpartition("-")[2]
    return last.casefold().endswith("nummer") or _OTHER_NUMBER.fullmatch(last) is not None


def is_other_number(text: str) -> bool:
    """'Kundennummer 4711': words that announce a number, and the number."""
    words, _, number = text.rpartition(" ")
    return bool(words.strip()) and len(text) <= _LONGEST and number.isdigit() and _names_other(words)


def find_email(text: str) -> str | None:
    """The e-mail address in a text, if there is exactly one; 'a@b.example [mailto:a@b.example]' is one."""
    if "@" not in text:
        return None
    found = {str(each).removeprefix("mailto:").strip(".'") for each in _EMAIL.findall(text)}
    return found.pop() if len(found) == 1 else None

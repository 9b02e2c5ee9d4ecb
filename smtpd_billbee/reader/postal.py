"""Postcode, city and state in one line, in the form of each country (UPU addressing, "S42" country pages)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from smtpd_billbee.reader.address_words import has_digit, table, terms
from smtpd_billbee.reader.countries import country_of_prefix
from smtpd_billbee.reader.states import is_state, part_state, rather_a_state

_LONGEST = 120
_LETTER = re.compile(r"[^\W\d_]")
_BRITISH = r"(?:GIR ?0AA|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})"
_PLAIN_FORMS = {
    "five_digits": "[0-9]{5}",
    "four_digits": "[0-9]{4}",
    "six_digits": "[0-9]{6}",
    "three_and_two": "[0-9]{3} ?[0-9]{2}",
    "three_digits": "[0-9]{3}",
    "british": _BRITISH,
}
FORMS: dict[str, str] = {
    **table("postal")["forms"],
    **{country: form for name, form in _PLAIN_FORMS.items() for country in terms(name, "postal")},
}
_AFTER, _BOTH = terms("city_first", "postal"), terms("both", "postal")
CITY_FIRST = _AFTER - _BOTH | {"HU", "LV"}
NO_POSTCODE = terms("no_postcode", "postal")

_PREFIX = re.compile(
    r"([A-Z]{1,3}) ?[-–] ?(?=[0-9])|(CH|AT|DE|SE|CZ|SK|FI|A|B|D|F|I|L|NL|DK|FIN|S|N|E|P) (?=[0-9]{3,5} )"
)
_DISTRICT = re.compile(
    r"(?:[^0-9]+?)(?: (?:cedex|CEDEX|Cedex))? ?[0-9]{1,2}(?:er|e|ème|\.)?|[^0-9]+?, ?[0-9]{1,2}\.[^0-9]*"
)

# Shapes that need no country, and the plain numbers that most of Europe writes before the city.
_SHAPES = (
    ("NL", re.compile(r"([0-9]{4} ?[A-Z]{2})[ ,]+(.+)")),
    ("PL", re.compile(r"([0-9]{2}-[0-9]{3})[ ,]+(.+)")),
    ("PT", re.compile(r"([0-9]{4}-[0-9]{3})[ ,]+(.+)")),
    ("BR", re.compile(r"([0-9]{5}-[0-9]{3})[ ,]+(.+)")),
    ("LV", re.compile(r"(LV-[0-9]{4})[ ,]+(.+)")),
    ("GB", re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2})[ ,]+(.+)")),
    ("CA", re.compile(r"([A-Z][0-9][A-Z] [0-9][A-Z][0-9])[ ,]+(.+)")),
    (None, re.compile(r"([0-9]{3} [0-9]{2})[ ,]+(.+)")),
    (None, re.compile(r"([0-9]{4,6})(?: ?[,–-] ?| +)(.+)")),
)
_STARTS = re.compile("[0-9]{2}|LV-|[A-Z]{1,2}[0-9]")
_PROVINCE = re.compile(r"[^()]{2,60} \([A-Z]{2}\)")
_ENDS = re.compile(r"(?:[0-9]{3}|[0-9][A-Z]{2}|[0-9][A-Z][0-9]|[0-9W] ?[0-9A-Z]{4})$")
_PLAIN = re.compile(r"[0-9]{4,6}|[0-9]{3} [0-9]{2}")
_CODE_AND_SIGN = re.compile(
    r"^((?:[A-Z]{1,3} ?- ?)?[0-9][0-9A-Z -]{1,8}) ?[/|,–-] ?(?=[^\W\d_])"
)  # '83471 / Berchtesgaden'
_BRAZILIAN = re.compile(r"[0-9]{5}-[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Place:
    """What a place line says.

    `country` is the one whose form the line has; `said`: it says it itself ('A-1070').  `strength`:
    3 the form of a country that is known, 2 a shape of one country only or a state beside it, 1 a plain number.
    """

    postcode: str | None
    city: str | None
    state: str | None = None
    country: str | None = None
    said: bool = False
    strength: int = 1


@cache
def _head(country: str) -> re.Pattern[str]:
    return re.compile(rf"({FORMS[country]})(?:[ ,]+|(?=[^0-9A-Za-z -]))(.+)")


@cache
def _tail(country: str) -> re.Pattern[str]:
    return re.compile(rf"(.+?)[ ,]+(?:- )?({FORMS[country]})")


@cache
def _whole(country: str) -> re.Pattern[str]:
    return re.compile(FORMS[country])


def fits(postcode: str, country: str | None) -> bool:
    """Has the postcode the form of the country?  Countries without a form fit always."""
    return country not in FORMS or _whole(country).fullmatch(postcode.upper()) is not None


def is_city(text: str) -> bool:
    """Letters, and at most a district's number: 'Praha 1', 'PARIS CEDEX 08', 'Dublin 2'."""
    if _LETTER.search(text) is None or "@" in text:
        return False
    return not has_digit(text) or _DISTRICT.fullmatch(text) is not None


def _place(postcode: str, rest: str, country: str | None, strength: int, said: bool) -> Place | None:
    italian = strength < 3 and len(postcode) == 5 and _PROVINCE.fullmatch(rest) is not None  # 'Milano (MI)'
    city, state = part_state(rest.strip(" ,"), "IT" if italian else country)
    city = city.removeprefix("г. ").strip(" ,")
    if not is_city(city):
        return None
    return Place(postcode, city, state, country, said, strength)


def _in_form(text: str, country: str, strength: int, said: bool = False) -> Place | None:
    """The line in the form of one country: code and city, city and code, or state and code alone."""
    if country not in FORMS:
        return None
    if country not in _AFTER or country in _BOTH:
        match = _head(country).fullmatch(text)
        if match is not None and (place := _place(match[1], match[2], country, strength, said)) is not None:
            return place
    if country in _AFTER or country in _BOTH:
        match = _tail(country).fullmatch(text)
        if match is not None:
            alone = match[1].strip(" ,")
            if rather_a_state(alone, match[2], country) or (country != "US" and is_state(alone, country)):
                return Place(match[2], None, alone, country, said, strength)
            return _place(match[2], match[1], country, strength, said)
    return None


def _of_shape(text: str) -> Place | None:
    """The line by its shape alone, without any country."""
    for country, shape in _SHAPES if _STARTS.match(text) is not None else ():
        match = shape.fullmatch(text)
        if match is not None:
            place = _place(match[1], match[2], country, 2 if country else 1, said=False)
            if place is not None:
                return place
    for country in () if _ENDS.search(text) is None else ("GB", "CA", "US", "AU", "IE", "LV", "BR"):
        place = _in_form(text, country, 2)
        if place is not None and (place.state is not None or country in ("GB", "CA", "LV")):
            return place
    return None


def read_place(text: str, country: str | None, hints: Sequence[str] = (), *, strict: bool = False) -> Place | None:
    """Postcode, city and state of a line; None if it is no place line.

    `country` is known from the block, `hints` are guesses (the shop's country, the mail's language) in their order;
    `strict`: the form of a known country only.
    """
    if len(text) > _LONGEST or not has_digit(text):
        return None
    prefix = _PREFIX.match(text)
    if prefix is not None:
        named = country_of_prefix(prefix[1] or prefix[2])
        if named is not None and named not in ("LV", "LT", "MD"):
            place = _in_form(text[prefix.end() :], named, 3, said=True)
            if place is not None:
                return place
    if country is not None:
        return _in_form(text, country, 3) or (None if strict else _of_shape(text))
    for hint in hints:
        place = _in_form(text, hint, 2 if hint in ("NL", "PL", "PT", "GB", "CA", "JP") else 1)
        if place is not None:
            return place
    return _of_shape(text)


def read_turned(text: str, country: str) -> Place | None:
    """'Berlin 10119', 'Berlin, 10119': city and code where the code goes first by rule."""
    match = _tail(country).fullmatch(text) if country in FORMS and len(text) <= _LONGEST else None
    if match is None or has_digit(match[1]):
        return None
    return _place(match[2], match[1], country, 1, said=False)


def is_whole_code(text: str, country: str | None) -> bool:
    """Is the whole text a postcode with letters, in the country's form or the Dutch one: '2514 EG' is no town 'EG'?"""
    if len(text) > 12 or not text[-1:].isalpha():
        return False
    return _whole(country if country in FORMS else "NL").fullmatch(text) is not None


def is_brazilian(text: str) -> bool:
    """Is the text a postcode in the form that only Brazil has: '01304-001'?"""
    return _BRAZILIAN.fullmatch(text) is not None


def lone_postcode(text: str, country: str | None, hints: Sequence[str] = ()) -> bool:
    """Is the whole line a postcode?"""
    if len(text) > 12 or not has_digit(text):
        return False
    if country is None and is_brazilian(text):
        return True
    for known in (country,) if country else (*hints, "GB", "CA", "IE", "PL", "NL", "PT"):
        if known in FORMS and _whole(known).fullmatch(text.upper()) is not None:
            return True
    return _PLAIN.fullmatch(text) is not None


def country_said(text: str) -> str | None:
    """The country whose sign stands before a postcode: 'A-1010', 'CH - 8001 Zürich'."""
    prefix = _PREFIX.match(text)
    country = country_of_prefix(prefix[1] or prefix[2]) if prefix is not None else None
    return country if country not in ("LV", "LT", "MD") else None


def split_place(text: str, country: str | None = None) -> tuple[str | None, str | None, str | None]:
    """Postcode, city and state of a field; what has no postcode is a city, perhaps with its state."""
    text = _CODE_AND_SIGN.sub(r"\1 ", " ".join(text.split()), count=1)
    place = read_place(text, country) or (read_turned(text, country) if country is not None else None)
    if place is not None:
        return place.postcode, place.city, place.state
    if lone_postcode(text, country):
        return text, None, None
    city, state = part_state(text.strip(" ,"), country)
    return None, city or None, state

"""Countries: a name, a code or a common short form becomes ISO 3166-1 alpha-2.  Names come from CLDR (cldr.py)."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from smtpd_billbee.reader import cldr
from smtpd_billbee.reader.address_words import table

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "ru", "ja", "zh", "zh_Hant")
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})
_LONGEST = 80

# Distinguishing signs of vehicles as they stand before a postcode, where they differ from ISO 3166.
_PREFIXES = {
    "A": "AT", "B": "BE", "D": "DE", "F": "FR", "I": "IT", "L": "LU", "E": "ES", "P": "PT", "S": "SE", "N": "NO",
    "H": "HU", "FL": "LI", "FIN": "FI", "SLO": "SI", "GB": "GB", "UK": "GB", "CZ": "CZ",
}  # fmt: skip
_SIGNS = re.compile(r"[.’-]|\s\s")
_PARTS = re.compile(r"[()\[\]/|,–—]| - ")


def country_key(text: str) -> str:
    """A country's name in the form in which it is looked up."""
    return " ".join(text.casefold().replace(".", "").replace("’", "'").replace("-", " ").split())


def _cldr_names() -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for code, name in cldr.names(language).countries.items():
            if code.isalpha() and len(code) == 2 and code not in _NO_COUNTRY:
                yield name, code


@cache
def _names() -> Mapping[str, str]:
    """Folded name to code.  What people write goes first; then CLDR, where the first language wins."""
    names = {country_key(name): code for code, entries in table("countries")["names"].items() for name in entries}
    for name, code in _cldr_names():
        names.setdefault(country_key(name), code)
        names.setdefault(name.casefold(), code)
    return names


@cache
def _codes() -> Mapping[str, str]:
    two = {code: code for code in cldr.names("en").countries if len(code) == 2 and code not in _NO_COUNTRY}
    others = cldr.other_codes().items()
    three = {code: iso[0] for code, iso in others if len(code) == 3 and code.isalpha() and len(iso) == 1}
    return three | two | {"UK": "GB"}


def country_name(text: str) -> str | None:
    """The country that a text names in words, alone; codes do not count."""
    if len(text) > _LONGEST:
        return None
    return _names().get(text.casefold()) or (_names().get(country_key(text)) if _SIGNS.search(text) else None)


def country_of_code(text: str) -> str | None:
    """The country of a code of two or three letters in capitals."""
    return _codes().get(text) if len(text) in (2, 3) else None


def country_of_prefix(text: str) -> str | None:
    """The country of the letters before a postcode: 'A' in 'A-1070'."""
    return _PREFIXES.get(text) or country_of_code(text)


def country_code(text: str) -> str | None:
    """ISO alpha-2 of a name or code in any of our languages: 'Deutschland (DE)', 'U.S.A.', 'Schweiz/Suisse'."""
    if len(text) > _LONGEST:
        return None
    whole = text.strip(" .,;:")
    direct = country_name(whole) or country_of_code(whole.replace(".", "").upper())
    if direct is not None:
        return direct
    parts = [part.strip() for part in _PARTS.split(whole)]
    found = {country_name(part) or country_of_code(part.upper()) for part in parts if part}
    if len(parts) > 1 and len(found) == 1:
        return found.pop()
    return _code_beside_name(whole)


def _code_beside_name(text: str) -> str | None:
    """'DE Deutschland' and 'Deutschland DE'."""
    first, _, rest = text.partition(" ")
    start, _, last = text.rpartition(" ")
    for code, name in ((first, rest), (last, start)):
        country = country_of_code(code.strip("-:"))
        if country is not None and country == country_name(name.strip(" -:")):
            return country
    return None

"""States, provinces, cantons and counties: is a text one, and where does it stand at the end of a city?"""

import re
from collections.abc import Mapping
from functools import cache

from smtpd_billbee.reader.address_words import fold, table

_AT_END = frozenset({"US", "CA", "AU", "BR", "IT", "CH", "MX"})  # a sign may follow the city without a comma
NAMED_STATES = frozenset({"US", "CA", "AU"})
_CITIES_TOO = {"new york": ("10", "11"), "washington": ("20",)}  # how the postcodes of the cities begin
# Counties of Ireland that are called like their town.
_TOWNS_TOO = frozenset(
    (
        "carlow", "cavan", "cork", "donegal", "dublin", "galway", "kildare", "kilkenny", "limerick", "longford",
        "monaghan", "roscommon", "sligo", "tipperary", "waterford", "wexford", "wicklow",
    )
)  # fmt: skip
_RUSSIAN = re.compile(
    r"(?:\S+ ){1,3}(?:область|обл\.?|край|округ|АО)|(?:респ\.?|республика) \S+(?: \S+)?", re.IGNORECASE
)
_COUNTY = re.compile(r"(?:Co\.?|County) \S+(?: \S+)?")
_BRACKET = re.compile(r"([^()]+?) ?\(([^()]{2,30})\)")


@cache
def _codes(country: str) -> frozenset[str]:
    return frozenset(table("states")["codes"].get(country, "").split())


@cache
def _names(country: str) -> frozenset[str]:
    return frozenset(fold(name) for name in table("states")["names"].get(country, ()))


@cache
def _anywhere() -> Mapping[str, str]:
    return {fold(name): country for country, names in table("states")["names"].items() for name in names}


def is_state(text: str, country: str | None) -> bool:
    """Is the whole text a state?  Without a country only names count, signs such as 'OR' do not."""
    if len(text) > 40:
        return False
    if country is None:
        return fold(text) in _anywhere() or _RUSSIAN.fullmatch(text) is not None
    if text.replace(".", "") in _codes(country) or fold(text) in _names(country):
        return True
    if country == "RU":
        return _RUSSIAN.fullmatch(text) is not None
    return country in ("IE", "GB") and _COUNTY.fullmatch(text) is not None


def is_state_name(text: str, country: str | None) -> bool:
    """Is the text a state's name, not its sign?"""
    return country is not None and fold(text) in _names(country)


def rather_a_state(text: str, postcode: str | None, country: str | None) -> bool:
    """Of the United States, is the text a state and no city?  'New York' is both: the postcode tells which."""
    if country != "US" or not is_state(text, country):
        return False
    starts = _CITIES_TOO.get(fold(text))
    return starts is None or (postcode is not None and not postcode.startswith(starts))


def is_town_too(text: str, country: str | None) -> bool:
    """Is the name of a county that of its town, too: 'Galway H91 X2Y3' where no other town is said?"""
    return country == "IE" and fold(text) in _TOWNS_TOO


def part_state(city: str, country: str | None) -> tuple[str, str | None]:
    """City and state of 'Portland, OR', 'Milano (MI)', 'São Paulo - SP', 'Sydney NSW'; 'Halle (Saale)' has none."""
    if country is None:
        return city, None
    bracket = _BRACKET.fullmatch(city)
    if bracket is not None and is_state(bracket[2], country):
        return bracket[1], bracket[2]
    for sign in (", ", " - ", "/", ","):
        start, found, rest = city.rpartition(sign)
        if found and start and is_state(rest.strip(), country):
            return start.rstrip(" ,"), rest.strip()
    return _state_at_end(city, country)


def _state_at_end(city: str, country: str) -> tuple[str, str | None]:
    start, _, last = city.rpartition(" ")
    if start and country in _AT_END and last.replace(".", "") in _codes(country):
        return start.rstrip(" ,"), last
    if country in NAMED_STATES:
        for count in (1, 2, 3):
            words = city.rsplit(None, count)
            if len(words) == count + 1 and fold(" ".join(words[1:])) in _names(country):
                return words[0].rstrip(","), " ".join(words[1:])
    return city, None

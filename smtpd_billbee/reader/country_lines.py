"""Lines that name the country beside a state, a postcode or a place: 'New York United States', 'United States 78704'.

Shops print the fields of an address through a template; many templates put the country on the line of another field.
"""

from collections.abc import Sequence

from smtpd_billbee.reader.address_words import has_digit
from smtpd_billbee.reader.countries import country_name
from smtpd_billbee.reader.postal import FORMS, lone_postcode, read_place
from smtpd_billbee.reader.states import NAMED_STATES, is_state

_MOST_WORDS = 4  # of a country's name
_FEWEST_WORDS = 6  # of an address on one line
_LONGEST = 100


def with_country_apart(lines: Sequence[str]) -> list[list[str]]:
    """For each line its pieces, with the country as a piece of its own behind what stands beside it.

    A country's name may be a town's ('Mexico 13114', 'Norway, Maine'): beside a line that is a country as a whole,
    nothing is taken apart.
    """
    if any(country_name(line.strip(" ,")) is not None for line in lines):
        return [[line] for line in lines]
    if len(lines) == 1:
        return [_of_one_line(lines[0].strip(" ,").split()) or [lines[0]]]
    return [[line] if number == 0 else _apart(line.strip(" ,")) or [line] for number, line in enumerate(lines)]


def _of_one_line(words: list[str]) -> list[str] | None:
    """'4 Mill Lane Austin Texas 78704 United States': country, postcode and state can be told from its end."""
    if len(words) < _FEWEST_WORDS or len(words) > _LONGEST or "," in " ".join(words):
        return None
    for count in range(1, _MOST_WORDS + 1):
        country = country_name(" ".join(words[-count:]))
        if country is None or country not in NAMED_STATES or not lone_postcode(words[-count - 1], country):
            continue
        for size in range(1, _MOST_WORDS):
            state = " ".join(words[-count - 1 - size : -count - 1])
            if is_state(state, country):
                rest = " ".join(words[: -count - 1 - size])
                return [rest, f"{state} {words[-count - 1]}", " ".join(words[-count:])]
    return None


def _apart(line: str) -> list[str] | None:
    """The pieces of one line; None if no country stands in it."""
    if len(line) > _LONGEST or " " not in line:
        return None
    words = line.split()
    return _behind(words) or _before_code(words)


def _behind(words: list[str]) -> list[str] | None:
    """'Oregon United States', '1010 Wien Österreich'."""
    for count in range(1, min(_MOST_WORDS, len(words) - 1) + 1):
        country = country_name(" ".join(words[-count:]))
        rest = " ".join(words[:-count]).strip(" ,-–")
        if country is not None and rest and _belongs_to(rest, country):
            return [rest, " ".join(words[-count:])]
    return None


def _before_code(words: list[str]) -> list[str] | None:
    """'United States 14607', 'Texas, United States 78704', 'United Kingdom BS8 4TG'."""
    for size in (1, 2):
        code, others = " ".join(words[-size:]), words[:-size]
        if not has_digit(code):
            continue
        for count in range(1, min(_MOST_WORDS, len(others)) + 1):
            country = country_name(" ".join(others[-count:]))
            if country is None or country not in FORMS or not lone_postcode(code, country):
                continue
            state = " ".join(others[:-count]).strip(" ,-–")
            if not state or is_state(state, country):
                return [f"{state} {code}".strip(), " ".join(others[-count:])]
    return None


def _belongs_to(text: str, country: str) -> bool:
    """Is the text a state, a postcode or a place of the country?"""
    if is_state(text, country):
        return True
    if country not in FORMS or not has_digit(text):
        return False
    place = read_place(text, country)
    return lone_postcode(text, country) or (place is not None and place.strength == 3)

"""What the reader takes from CLDR's tables: names of countries and months.

Babel holds a language's tables for good, and all of them take 16 MiB: so what is wanted of one is taken at once, and
its tables go before those of the next one come.  What all languages have in common stays, 5 MiB: who has a process to
spare takes the names there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Names:
    """A language's: `countries` by code; `months` by number, for each way of writing them, 'wide' and 'abbreviated'."""

    countries: Mapping[str, str]
    months: tuple[Mapping[str, Mapping[int, str]], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken, to be handed from one process to another."""

    names: Mapping[str, Names]
    other_codes: Mapping[str, list[str]]


_handed: list[Taken] = []


def take(languages: Iterable[str]) -> Taken:
    """All that the reader asks for in these languages."""
    return Taken({language: names(language) for language in languages}, other_codes())


def hand(taken: Taken) -> None:
    """From now on, ask for nothing that was taken."""
    _handed.append(taken)


def forget() -> None:
    """Whoever was to ask has asked."""
    _handed.clear()
    names.cache_clear()


@cache
def names(language: str) -> Names:
    """The names in a language."""
    for taken in _handed:
        if language in taken.names:
            return taken.names[language]
    from babel import Locale, localedata  # where the names were handed over, nobody needs it

    locale = Locale.parse(language)
    countries = {str(code): str(name) for code, name in locale.territories.items()}
    months = tuple(
        {width: dict(form[width].items()) for width in ("wide", "abbreviated")}
        for form in (locale.months["format"], locale.months["stand-alone"])
    )
    localedata.clear_caches()
    return Names(countries, months)


def other_codes() -> Mapping[str, list[str]]:
    """Other codes of countries, with the usual ones."""
    if _handed:
        return _handed[-1].other_codes
    from babel.core import get_global  # as above

    codes: Mapping[str, list[str]] = get_global("territory_aliases")
    return codes

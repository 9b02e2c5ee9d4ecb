"""What the reader takes from CLDR's tables: names of countries and months.

Babel holds a language's tables for good, and all of them take 16 MiB: so what is wanted of one is taken at once, and
its tables go before those of the next one come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, localedata
from babel.core import get_global


@dataclass(frozen=True, slots=True)
class Names:
    """A language's: `countries` by code; `months` by number, for each way of writing them, 'wide' and 'abbreviated'."""

    countries: Mapping[str, str]
    months: tuple[Mapping[str, Mapping[int, str]], ...]


@cache
def names(language: str) -> Names:
    """The names in a language."""
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
    codes: Mapping[str, list[str]] = get_global("territory_aliases")
    return codes

"""The words of streets: what streets are called, boxes in their place, and months, which stand in streets' names."""

from functools import cache

from smtpd_billbee.reader import cldr
from smtpd_billbee.reader.address_words import every, fold, folded, word_lists

MONTH_LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pt", "pl", "ru", "cs", "ro", "tr")


@cache
def months() -> frozenset[str]:
    """Names of months in small letters."""
    names: set[str] = set()
    for language in MONTH_LANGUAGES:
        for form in cldr.names(language).months:
            names |= {name.casefold() for name in form["wide"].values()}
    return frozenset(names)


@cache
def other_months(name: str) -> tuple[str, ...]:
    """The other months in the language of a month's name, in small letters; () if it is no month's."""
    for language in MONTH_LANGUAGES:
        for form in cldr.names(language).months:
            names = tuple(each.casefold() for each in form["wide"].values())
            if name in names:
                return tuple(each for each in names if each != name)
    return ()


@cache
def street_words() -> frozenset[str]:
    """Whole words of streets, folded; not those that are anywhere else too."""
    words = {fold(word) for word in every(word_lists("street_words")) if not word.startswith("-")}
    short = {"dr", "am", "im", "alte", "neue", "zum", "zur", "beim", "park", "view", "hill", "green", "rang"}
    return frozenset(words - short | {"ul", "al", "os", "ulica", "ул", "пр", "пр-т", "пр-кт", "пер", "наб", "via"})


@cache
def street_endings() -> tuple[str, ...]:
    """What the words of streets end with."""
    german = {"straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ufer", "damm", "chaussee", "promenade"}
    dutch = {"straat", "laan", "gracht", "plein", "kade", "dijk", "singel", "steenweg"}
    north = {"vägen", "gatan", "gade", "vej", "veien", "gata", "vegen", "katu", "tie", "utca"}
    return tuple(sorted(german | dutch | north))


@cache
def box_words() -> frozenset[str]:
    """Parcel lockers and post office boxes, folded."""
    return folded("packstation")


@cache
def first_box_words() -> frozenset[str]:
    """What a box may begin with: a line that does not needs no closer look."""
    return frozenset(fold(box.split()[0]) for box in every(word_lists("packstation")))


def has_street_word(text: str) -> bool:
    """Does a word of the text belong to streets: 'Lindenweg', 'Mill Lane', 'rue de la Paix', 'ул. Садовая'?"""
    full, endings = street_words(), street_endings()
    for word in fold(text.replace(",", " ").replace("/", "/ ")).split():
        if word in full or (word.endswith(endings) and len(word) > 3):
            return True
    return False

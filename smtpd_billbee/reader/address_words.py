"""The word lists and tables that the address modules read, loaded once from the files beside them.

`words/*.toml` has one file per language: sections [words] and [labels].  `address_data/*.toml` holds what belongs to
no language of ours: states, first names, business words, names that countries have at home.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from smtpd_billbee.reader.word_files import word_files

_ROOM = "smtpd_billbee.reader"
# What addresses are made of; all other lists are for words.py, and not kept here.
_OURS = (
    ("words", (
        "addition_words", "care_of", "closings", "company_forms", "greetings", "no", "packstation", "phone_prefixes",
        "salutations", "street_words", "titles",
    )),
    ("labels", (
        "addition", "address_note", "billing_address", "birth_date", "city", "company", "country", "customer",
        "customer_number", "email", "fax", "first_name", "full_name", "house_number", "last_name", "middle_name",
        "mobile", "note", "phone", "postcode", "postcode_city", "salutation", "shipping_address", "state", "street",
        "street_and_number", "vat_id",
    )),
)  # fmt: skip
_DIGIT = re.compile("[0-9]")


@cache
def _languages() -> Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]:
    """Section and list, by language."""
    files = {
        language: {section: {name: tuple(file[section].get(name, ())) for name in names} for section, names in _OURS}
        for language, file in word_files()
    }
    return dict(sorted(files.items()))


def _lists(section: str, key: str) -> Mapping[str, tuple[str, ...]]:
    found = {language: sections[section][key] for language, sections in _languages().items()}
    return MappingProxyType({language: entries for language, entries in found.items() if entries})


@cache
def word_lists(key: str) -> Mapping[str, tuple[str, ...]]:
    """The list `key` of the section [words], by language."""
    return _lists("words", key)


@cache
def label_lists(key: str) -> Mapping[str, tuple[str, ...]]:
    """The labels of the field `key`, by language."""
    return _lists("labels", key)


@cache
def table(name: str) -> Mapping[str, Any]:
    """The file `address_data/NAME.toml`."""
    return tomllib.loads((files(_ROOM) / "address_data" / f"{name}.toml").read_text("utf-8"))


def terms(name: str, file: str = "terms") -> frozenset[str]:
    """A list of words or codes of `address_data/terms.toml`, or of another file there."""
    return frozenset(table(file)[name].split())


def every(lists: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    """The words of all languages, one after another."""
    for entries in lists.values():
        yield from entries


def fold(text: str) -> str:
    """A text in the form in which words are compared: small letters, no dots, one blank between words."""
    small = text.casefold()
    if "." in small or "  " in small or "\u00a0" in small:
        return " ".join(small.replace(".", " ").split())
    return small.strip()


def has_digit(text: str) -> bool:
    """Is one of 0 to 9 in the text?"""
    return _DIGIT.search(text) is not None


@cache
def folded(key: str) -> frozenset[str]:
    """All words of the list `key`, folded."""
    return frozenset(fold(word) for word in every(word_lists(key)))

"""The files of words, words/<language>.toml, as they are: for those who make an index or lists of them."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pt", "pl", "ru", "ja", "zh")


def word_files() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each language with its file, one after the other: together they would take 5 MiB, and nobody needs all of it."""
    for language in LANGUAGES:
        yield language, _file(language)


def _file(language: str) -> Mapping[str, Any]:
    folder = resources.files("smtpd_billbee.reader") / "words"
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


FIELDS: tuple[str, ...] = tuple(_file(LANGUAGES[0])["labels"])  # all that a label can stand for, in the files' order

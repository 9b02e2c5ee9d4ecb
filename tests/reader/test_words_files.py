"""The word lists: a language's file has the lists of the German one, and each entry is fit to be looked up."""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import smtpd_billbee.reader

FOLDER = Path(smtpd_billbee.reader.__file__).parent / "words"
FILES = sorted(FOLDER.glob("*.toml"))
NORM = FOLDER / "de.toml"

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def parsed(path: Path) -> dict[str, object]:
    """The file as TOML tells it."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def keys(path: Path) -> list[str]:
    """The names of all lists in the order of the file, with their section before them."""
    found = []
    for section, content in parsed(path).items():
        found += [f"{section}.{key}" for key in content] if isinstance(content, dict) else [section]
    return found


def lists(path: Path) -> Iterator[tuple[str, list[object]]]:
    """Every list of the file with its name."""
    for section, content in parsed(path).items():
        if isinstance(content, dict):
            for key, entries in content.items():
                yield f"{section}.{key}", entries


def spelling(entry: str) -> str:
    """An entry without what does not matter, as the first line of each file says."""
    folded = unicodedata.normalize("NFKC", entry).casefold().rstrip(":")
    return "".join(sign for sign in folded if sign not in "-." and not sign.isspace())


def test_files() -> None:
    """The German file, the norm, is there and is not alone."""
    assert {"de", "en", "es", "fr", "it", "nl", "pl", "pt"} <= {path.stem for path in FILES}


@every_file
def test_keys(path: Path) -> None:
    """Each file has the lists of the German one, no more and no less, in the same order."""
    assert keys(NORM) == keys(path)


@every_file
def test_language(path: Path) -> None:
    """A file is named for the language that it says it is."""
    assert path.stem == parsed(path)["language"]


@every_file
def test_no_list_is_empty(path: Path) -> None:
    """A list without entries would be a field that this language cannot name."""
    assert [] == [name for name, entries in lists(path) if not isinstance(entries, list) or not entries]


@every_file
def test_entries(path: Path) -> None:
    """An entry is a text that is not empty, without blanks around it and composed as NFC wants it."""
    unfit = [
        (name, entry)
        for name, entries in lists(path)
        for entry in entries
        if not isinstance(entry, str)
        or not entry
        or entry != entry.strip()
        or entry != unicodedata.normalize("NFC", entry)
        or not spelling(entry)
    ]

    assert [] == unfit


@every_file
def test_no_entry_twice(path: Path) -> None:
    """No list has an entry twice, nor two that differ only in what does not matter."""
    twice = [
        (name, found)
        for name, entries in lists(path)
        for found, times in Counter(spelling(str(entry)) for entry in entries).items()
        if times > 1
    ]

    assert [] == twice


@every_file
def test_payments(path: Path) -> None:
    """Payments are named by the numbers that Billbee gives them, and only by those of the German file."""
    numbers = [name.removeprefix("payments.") for name, _ in lists(path) if name.startswith("payments.")]

    assert all(number.isdecimal() for number in numbers)
    assert [name for name in keys(NORM) if name.startswith("payments.")] == [f"payments.{number}" for number in numbers]


@every_file
def test_reply_leads(path: Path) -> None:
    """The line above a quoted mail names who wrote it, or when ("You wrote on ..."); it has no other gaps."""
    leads = dict(lists(path))["forwards.reply_lead"]

    assert [] == [lead for lead in leads if not ("{name}" in str(lead) or "{date}" in str(lead))]
    assert [] == [lead for lead in leads if set("{}") & set(str(lead).replace("{name}", "").replace("{date}", ""))]

"""What words mean: the label dictionaries of all languages as one index.

The dictionaries are data files, words/<language>.toml.  A mail's language is found from the words that matched, never
configured, so a look-up gives every field and language that a word can stand for.
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from types import MappingProxyType
from typing import Any

from smtpd_billbee.model.labels import TaughtLabel

LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pt", "pl", "ru", "ja", "zh")

LONGEST_KEY = 60  # letters; the longest label has fewer
MOST_WORDS = 8
HEAD = 4

_KEPT = frozenset("#%°")
_DROPPED_ASCII = re.compile(r"[^0-9a-z#%]+")


@functools.lru_cache(maxsize=8192)
def key(text: str) -> str:
    """How words are compared: compatibility forms and case folded; blanks, dots, dashes and colons do not matter."""
    if text.isascii():
        return _DROPPED_ASCII.sub("", text.lower())  # the same, but quick: most words are of this sort
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c in _KEPT or unicodedata.category(c) in ("Mn", "Mc"))


_RUN = re.compile(r"\w+")
_EAST = "\u3000"  # scripts without blanks between words begin here


class Phrases:
    """Phrases that are looked for in a text: by their first word, in scripts without blanks by two letters."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for name, phrase in named:
            if head := _head(phrase):
                self._by_head.setdefault(head, []).append((name, phrase))

    def names_in(self, text: str) -> set[str]:
        """The names whose phrases stand in the text (which is case folded, with single blanks)."""
        heads: set[str] = set()
        for run in _RUN.findall(text):
            heads.add(run)
            if run[-1] > _EAST or run[0] > _EAST:
                heads.update(run[i : i + 2] for i in range(len(run)))
        found: set[str] = set()
        for head in heads & self._by_head.keys():
            found.update(name for name, phrase in self._by_head[head] if name not in found and _stands_in(phrase, text))
        return found


def _head(phrase: str) -> str:
    run = _RUN.search(phrase)
    if run is None:
        return ""
    return run[0][:2] if run[0][0] > _EAST else run[0]


def _stands_in(phrase: str, text: str) -> bool:
    """The phrase as whole words; in scripts without blanks, anywhere."""
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        before, after = text[at - 1 : at], text[end : end + 1]
        begins = not (before.isalpha() and before < _EAST and phrase[0] < _EAST)
        if begins and not (after.isalpha() and after < _EAST and phrase[-1] < _EAST):
            return True
        at = text.find(phrase, at + 1)
    return False


Meaning = Mapping[str, frozenset[str]]  # field -> the languages in which the words stand for it

_NOTHING: Meaning = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The index: labels by key, word lists by name, phrases (of orders, kinds, small businesses), payment names.

    `heads`: the first letters of all labels, up to four.  `language`: what the mail is written in, as far as known.
    """

    labels: Mapping[str, Meaning]
    lists: Mapping[str, frozenset[str]]
    phrases: Phrases
    payments: Mapping[str, int]
    heads: frozenset[str]
    language: str | None = None

    def meaning(self, words: str) -> Meaning:
        """The fields that a label can stand for; empty when it is none."""
        found = key(words)
        meaning = self.labels.get(found, _NOTHING) if found and len(found) <= LONGEST_KEY else _NOTHING
        if self.language and "tax" in meaning and not {self.language, "en"} & meaning["tax"]:
            # 'Tasse' is a tax in Italian, and a cup in German and French.
            return MappingProxyType({field: of for field, of in meaning.items() if field != "tax"})
        return meaning

    def may_lead(self, word: str) -> bool:
        """Whether a label can begin with this word: a quick answer, before all that may follow is looked up."""
        head = key(word)[:HEAD]
        return not head or head in self.heads

    def has(self, name: str, words: str) -> bool:
        """Whether these words stand in a list ('free', 'closings')."""
        return key(words) in self.lists[name]


def _read_files() -> Iterable[tuple[str, dict[str, Any]]]:
    folder = resources.files("smtpd_billbee.reader") / "words"
    for language in LANGUAGES:
        yield language, tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


@functools.cache
def dictionary() -> Dictionary:
    """The words of all languages, read once."""
    labels: dict[str, dict[str, set[str]]] = {}
    lists: dict[str, set[str]] = {}
    phrases: list[tuple[str, str]] = []
    payments: dict[str, int] = {}
    for language, file in _read_files():
        for field, words in file["labels"].items():
            for each in words:
                labels.setdefault(key(each), {}).setdefault(field, set()).add(language)
        for name, words in file["words"].items():
            lists.setdefault(name, set()).update(key(each) for each in words)
        phrases += [("order_mail", each.casefold()) for each in file["words"]["order_mail"]]
        phrases += [("small_business", each.casefold()) for each in file["words"]["small_business"]]
        for kind, words in file["kinds"].items():
            phrases += [(kind, each.casefold()) for each in words]
        for number, words in file["payments"].items():
            for each in words:
                payments.setdefault(key(each), int(number))
    return Dictionary(
        {each: _frozen(meaning) for each, meaning in labels.items() if each},
        {name: frozenset(words) - {""} for name, words in lists.items()},
        Phrases(phrases),
        payments,
        _heads(labels),
    )


def _heads(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(each[:length] for each in labels for length in range(1, HEAD + 1))


def _frozen(meaning: Mapping[str, set[str]]) -> Meaning:
    return MappingProxyType({field: frozenset(languages) for field, languages in meaning.items()})


def with_taught(known: Dictionary, taught: Sequence[TaughtLabel]) -> Dictionary:
    """The same index with the words that an owner taught; what is taught outweighs what was known."""
    if not taught:
        return known
    labels = dict(known.labels)
    own: dict[str, dict[str, set[str]]] = {}
    for label in taught:
        own.setdefault(key(label.words), {}).setdefault(label.field, set()).add(label.language)
    labels.update({each: _frozen(meaning) for each, meaning in own.items() if each})
    return replace(known, labels=labels, heads=known.heads | _heads(own))


def fields() -> tuple[str, ...]:
    """The names of all fields that a label can stand for, in the order of the files."""
    return tuple(next(iter(_read_files()))[1]["labels"])

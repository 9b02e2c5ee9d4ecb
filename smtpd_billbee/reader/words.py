"""What words mean: the label dictionaries of all languages as one index.

The dictionaries are data files, words/<language>.toml.  A mail's language is found from the words that matched, never
configured, so a look-up gives every field and language that a word can stand for.
"""

import functools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.reader.word_files import word_files

# Look-ups remember so many texts each: text and HTML of a mail say the same, and the mails of a shop are much alike.
# Twice as many would make no mail faster, and a child that has read very different ones 6 MiB larger.
REMEMBERED = 4096
MOST_WORDS = 8
_LONGEST_LISTED = 200  # letters; no list holds so long a phrase

_KEPT = frozenset("#%°")
_DROPPED_ASCII = re.compile(r"[^0-9a-z#%]+")
_DROPPED = re.compile(r"(?:[^\w#%°]|_)+")
# Where marks that belong to a letter (Unicode's categories Mn and Mc) can stand; Latin, Greek and Han have none.
_MAY_BE_MARKED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u309a\ua66f-\uabff\ufb1e-\uffff]"
    "|[^\u0000-\uffff]"
)


def whole_key(text: str) -> str:
    """How texts are compared: compatibility forms and case folded; blanks, dots, dashes and colons do not matter."""
    if text.isascii():
        return _DROPPED_ASCII.sub("", text.lower())  # the same, but quick: most words are of this sort
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not _MAY_BE_MARKED.search(folded):
        return _DROPPED.sub("", folded)
    return "".join(c for c in folded if c.isalnum() or c in _KEPT or unicodedata.category(c) in ("Mn", "Mc"))


key = functools.lru_cache(maxsize=REMEMBERED)(whole_key)  # for words: what was asked for is remembered

_RUN = re.compile(r"\w+")
_LONG_RUN = re.compile(r"\w{3,}")  # no phrase has only shorter words, but in scripts without blanks
_EAST = "\u3000"  # scripts without blanks between words begin here
_EASTERN = re.compile("[\u3001-\U0010ffff]")


class Phrases:
    """Phrases that are looked for in a text: by their longest word, in scripts without blanks by two letters."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for name, phrase in named:
            if head := _head(phrase):
                self._by_head.setdefault(head, []).append((name, phrase))

    def names_in(self, text: str) -> set[str]:
        """The names whose phrases stand in the text (which is case folded, with single blanks)."""
        heads = _long_runs(text)
        if not text.isascii() and _EASTERN.search(text):
            eastern = [run for run in _RUN.findall(text) if run[-1] > _EAST or run[0] > _EAST]
            heads.update(run[i : i + 2] for run in eastern for i in range(len(run)))
        found: set[str] = set()
        for head in heads & self._by_head.keys():
            found.update(name for name, phrase in self._by_head[head] if name not in found and _stands_in(phrase, text))
        return found


def _long_runs(text: str) -> set[str]:
    """Every run of three and more letters and digits.  Most words are one: only the others are searched for runs."""
    words = set(text.split())
    whole = {word for word in words if word.isalnum()}
    return whole.union(_LONG_RUN.findall(" ".join(words - whole)))


def _head(phrase: str) -> str:
    run = max(_RUN.findall(phrase), key=len, default="")  # long words are rare: few texts hold them
    return run[:2] if run and run[0] > _EAST else run


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


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: what was looked up is remembered by it
class Dictionary:
    """The index: labels by key, word lists by name, phrases (of orders, kinds, small businesses), payment names.

    `sorted_labels`: the labels' keys in order, to see what one begins with.  `language`: the mail's, as far as known.
    """

    labels: Mapping[str, Meaning]
    lists: Mapping[str, frozenset[str]]
    phrases: Phrases
    payments: Mapping[str, int]
    sorted_labels: Sequence[str]
    language: str | None = None

    def meaning(self, words: str) -> Meaning:
        """The fields that a label can stand for; empty when it is none."""
        if len(words) > _LONGEST_LISTED:
            return _NOTHING
        meaning = self.labels.get(key(words), _NOTHING)
        if self.language and "tax" in meaning and not {self.language, "en"} & meaning["tax"]:
            # 'Tasse' is a tax in Italian, and a cup in German and French.
            return MappingProxyType({field: of for field, of in meaning.items() if field != "tax"})
        return meaning

    def may_lead(self, word: str) -> bool:
        """Whether a label can begin with this word: a quick answer, before all that may follow is looked up."""
        return _may_lead(self, word)

    def has(self, name: str, words: str) -> bool:
        """Whether these words stand in a list ('free', 'closings')."""
        return len(words) <= _LONGEST_LISTED and key(words) in self.lists[name]


@functools.lru_cache(maxsize=REMEMBERED)
def _may_lead(known: Dictionary, word: str) -> bool:
    head, labels = key(word), known.sorted_labels
    at = bisect_left(labels, head)  # all that begins with it would stand from here on
    return at < len(labels) and labels[at].startswith(head)


@functools.cache
def dictionary() -> Dictionary:
    """The words of all languages.  They are asked for once here: what `key` remembers is for the words of mails."""
    labels: dict[str, _Said] = {}
    lists: dict[str, set[str]] = {}
    phrases: list[tuple[str, str]] = []
    payments: dict[str, int] = {}
    for language, file in word_files():
        for field, words in file["labels"].items():
            for each in words:
                label = whole_key(each)
                labels[label] = _and_said(labels.get(label, ()), field, language)
        for name, words in file["words"].items():
            lists.setdefault(name, set()).update(whole_key(each) for each in words)
        phrases += [("order_mail", each.casefold()) for each in file["words"]["order_mail"]]
        phrases += [("small_business", each.casefold()) for each in file["words"]["small_business"]]
        for kind, words in file["kinds"].items():
            phrases += [(kind, each.casefold()) for each in words]
        for number, words in file["payments"].items():
            for each in words:
                payments.setdefault(whole_key(each), int(number))
    _and_said.cache_clear()
    return Dictionary(
        {each: _one_of_each(said) for each, said in labels.items() if each},
        {name: frozenset(words) - {""} for name, words in lists.items()},
        Phrases(phrases),
        payments,
        sorted(filter(None, labels)),
    )


_Said = tuple[tuple[str, frozenset[str]], ...]  # a meaning while it grows


# Twenty thousand labels have a few hundred meanings.
@functools.lru_cache(maxsize=4096)
def _and_said(said: _Said, field: str, language: str) -> _Said:
    """The same with one more language in which it stands for the field."""
    known = dict(said)
    known[field] = known.get(field, frozenset()) | {language}
    return tuple(known.items())


@functools.lru_cache(maxsize=4096)
def _one_of_each(said: _Said) -> Meaning:
    return MappingProxyType(dict(said))


@functools.lru_cache(maxsize=256)
def in_language(known: Dictionary, language: str | None) -> Dictionary:
    """The same index for a mail in that language."""
    return replace(known, language=language)


def with_taught(known: Dictionary, taught: Sequence[TaughtLabel]) -> Dictionary:
    """The same index with the words that an owner taught; what is taught outweighs what was known."""
    return _with_taught(known, tuple(taught)) if taught else known


@functools.lru_cache(maxsize=64)  # an owner's words stay the same from mail to mail; each takes a megabyte
def _with_taught(known: Dictionary, taught: tuple[TaughtLabel, ...]) -> Dictionary:
    labels = dict(known.labels)
    own: dict[str, _Said] = {}
    for label in taught:
        words = key(label.words)
        own[words] = _and_said(own.get(words, ()), label.field, label.language)
    labels.update({each: _one_of_each(said) for each, said in own.items() if each})
    return replace(known, labels=labels, sorted_labels=sorted(filter(None, labels)))


def fields_named(words: str, taught: Sequence[TaughtLabel]) -> frozenset[str]:
    """What these words mean as a label, to a reader that was taught so."""
    return frozenset(with_taught(dictionary(), taught).meaning(words))

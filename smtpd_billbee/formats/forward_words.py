"""The words by which mail clients forward and answer, in all languages: one table."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

FROM, SENT, TO, CC, SUBJECT, REPLY_TO, OTHER = "from", "sent", "to", "cc", "subject", "reply_to", "other"
INVISIBLE = dict.fromkeys([0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)])
_SPACES = dict.fromkeys([*b"\t\r\n\x0b\x0c", 0xA0, 0x2007, 0x202F, 0x3000, *range(0x2000, 0x200B)], " ")
CLEANED = {**INVISIBLE, **_SPACES}
DASHES = "-_=—–‐―*~>< \t:："
_LABEL_SIGNS = re.compile(r"[\s*_]+")
_PREFIX = re.compile(r"\s*([^\s:：\[\]]{1,16}(?: [^\s:：\[\]]{1,5})?)(?:\[\d+\])?\s*[:：]")


@dataclass(frozen=True, slots=True)
class ForwardWords:
    """The words of mail clients in one language."""

    language: str
    separators: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    reply_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForwardTable:
    """All languages at once, ready to look up: labels to their kinds, separators, prefixes, verbs of reply leads."""

    labels: Mapping[str, frozenset[str]]
    separators: frozenset[str]
    leads: tuple[str, ...]
    verbs: re.Pattern[str]
    written: frozenset[str]
    longest_label: int
    bare_subjects: re.Pattern[str]
    prefixes: frozenset[str]
    reply_prefixes: frozenset[str]

    def is_forward(self, subject: str) -> bool:
        """Does a mail client say so in front of the subject ('WG: ', 'Re: Fwd: ')?"""
        return self._outer(subject) is True

    def is_reply(self, subject: str) -> bool:
        """Is it an answer, and no forward ('AW: ')?"""
        return self._outer(subject) is False

    def _outer(self, subject: str) -> bool | None:
        """The nearest prefix decides; one that says 'answer' in one language and 'forward' in another says forward."""
        found = _PREFIX.match(subject[:200].translate(CLEANED))
        if not found:
            return None
        key = folded(found[1])
        return True if key in self.prefixes else False if key in self.reply_prefixes else None


def build(words: Iterable[ForwardWords]) -> ForwardTable:
    """One table of all these languages."""
    every = tuple(words)
    kinds: dict[str, set[str]] = {}
    written: set[str] = set()
    for one in every:
        for kind, labels in (
            (FROM, one.from_),
            (SENT, one.sent),
            (TO, one.to),
            (CC, one.cc),
            (SUBJECT, one.subject),
            (REPLY_TO, one.reply_to),
            (OTHER, one.other),
        ):
            written.update(labels)
            for label in labels:
                kinds.setdefault(folded(label), set()).add(kind)
    separators = [text for one in every for text in one.separators]
    return ForwardTable(
        labels={label: frozenset(of) for label, of in kinds.items()},
        separators=frozenset(folded(text) for text in separators if not text.endswith("…")),
        leads=tuple(folded(text[:-1]) for text in separators if text.endswith("…")),
        verbs=_any_of((verb for one in every for verb in one.verbs), r"(?:^|(?<=[\W\d_])|(?<=[^\x00-\u0fff]))%s(?!\w)"),
        written=frozenset(written),
        longest_label=max(map(len, written), default=0),
        bare_subjects=_any_of((label for one in every for label in one.subject), r"(?<![a-zà-öø-ÿ])%s(?=\s)"),
        prefixes=frozenset(folded(prefix) for one in every for prefix in one.prefixes),
        reply_prefixes=frozenset(folded(prefix) for one in every for prefix in one.reply_prefixes),
    )


@cache
def known_words() -> tuple[ForwardWords, ...]:
    """The languages of forwards.toml."""
    table = tomllib.loads((Path(__file__).parent / "forwards.toml").read_text(encoding="utf-8"))
    names = {field.name: field.name.rstrip("_") for field in fields(ForwardWords) if field.name != "language"}
    return tuple(
        ForwardWords(language, **{name: tuple(words.get(key, ())) for name, key in names.items()})
        for language, words in table.items()
    )


@cache
def known_table() -> ForwardTable:
    """The table of all languages that we know."""
    return build(known_words())


def folded(text: str) -> str:
    """As words are compared: small letters, one blank between them."""
    return _LABEL_SIGNS.sub(" ", text).strip(DASHES + "。.").casefold()


def _any_of(words: Iterable[str], around: str) -> re.Pattern[str]:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile(around % ("(" + "|".join(map(re.escape, longest_first)) + ")") if longest_first else r"(?!)")

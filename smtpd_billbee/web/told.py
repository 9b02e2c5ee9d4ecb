"""What the reader, the importer and the acts say (sentences.py), in the language of the window.

A sentence that nobody knows is shown as it is.  Sentences hold customers' words: each step is linear in their length.
"""

import re
from collections.abc import Mapping
from functools import cache

from starlette_admin.i18n import gettext
from starlette_admin.i18n import gettext as _

from smtpd_billbee.web.field_names import FIELDS, ITEM_FIELDS, field_name
from smtpd_billbee.web.sentences import SENTENCES, WORDS
from smtpd_billbee.web.values import by_form, value_words

LONGEST = 1_000  # letters of a sentence that are looked at

_PLACE = re.compile(r"%\((\w+)\)s")
_PATH = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+){0,2}")
_NAMES = {name.replace("_", " "): name for name in (*ITEM_FIELDS, *FIELDS)}
_NAMES |= {"order number": "number", "order date": "ordered_at"}
_COLUMNS = sorted({*_NAMES, *WORDS}, key=len, reverse=True)
_AS_IT_IS = (
    "number",
    "numbers",
    "words",
    "name",
    "postcode",
    "code",
    "line",
    "mail",
    "error",
    "address",
    "sku",
    "reply",
    "domain",
)
_OF_ADDRESS = re.compile(r"(billing|delivery) address \((\w{1,40})\)")


def told(sentence: str, depth: int = 4) -> str:
    """The sentence in the window's language; what stands within it, too."""
    if len(sentence) > LONGEST or depth == 0:
        return sentence
    if (difference := _difference(sentence)) is not None:
        return difference
    for text, literals, names in _templates():
        if (values := _values(sentence, literals, names)) is not None:
            field = _path_of(values.get("field", ""))
            words = {name: _value(name, value, field, depth - 1) for name, value in values.items()}
            return _filled(gettext(text), words)
    return sentence


def _value(name: str, value: str, field: str, depth: int) -> str:
    """What stands within a sentence: a field's name, other sentences, words of ours, a value, or words as they are."""
    if name in ("field", "part"):
        return column_name(value)
    if name == "what":
        between = _("and")
        return f" {between} ".join(_word(each.removeprefix("no ")) for each in value.split(" and "))
    if name == "names":
        return ", ".join(_word(each) for each in value.split(", "))
    if name == "parts":
        return " ".join(_word(by_form(each)) for each in value.split(" "))
    if name == "both":
        between = _("and")
        return value.replace('" and "', f'" {between} "')
    if name == "why":
        return told(value, depth)
    if name in _AS_IT_IS:
        return value
    return value_words(field, value) if field else " ".join(by_form(each) for each in value.split(" "))


def _path_of(words: str) -> str:
    """'order date' as 'ordered_at'."""
    if found := _OF_ADDRESS.fullmatch(words):
        return f"{found[1]}_address.{found[2]}"
    return _NAMES.get(words, words)


def column_name(words: str) -> str:
    """'shipping cost', 'billing address (street)': a field as sentences name it."""
    if found := _OF_ADDRESS.fullmatch(words):
        return f"{_word(f'{found[1]} address')} ({field_name(found[2])})"
    return field_name(_NAMES[words]) if words in _NAMES else _word(words)


def _word(words: str) -> str:
    return gettext(words) if words in WORDS else words


def _difference(sentence: str) -> str | None:
    """'total: 1.00, now 2.00', 'note: now Thanks', 'comment': a field before and after."""
    path, colon, rest = sentence.partition(": ")
    if not _PATH.fullmatch(path) or field_name(path) == path:
        return None
    if not colon:
        return None if path in WORDS else field_name(path)
    was, now, value = rest.partition(", now ")
    if now and was and value:
        words = {"field": field_name(path), "was": _before_or_now(path, was), "now": _before_or_now(path, value)}
        return _("%(field)s: %(was)s, now %(now)s") % words
    if rest.startswith("now "):
        return _("%(field)s: now %(now)s") % {
            "field": field_name(path),
            "now": _before_or_now(path, rest.removeprefix("now ")),
        }
    return None


def _before_or_now(path: str, value: str) -> str:
    return _word(value) if value in ("none", "nothing") else value_words(path, value)


@cache
def _templates() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Each sentence with what stands before, between and behind its places."""
    pieces = [(text, _PLACE.split(text)) for text in SENTENCES]
    pieces.sort(key=lambda each: not each[1][0])  # one that begins with a place would swallow the words before another
    return tuple((text, tuple(found[::2]), tuple(found[1::2])) for text, found in pieces)


def _values(sentence: str, literals: tuple[str, ...], names: tuple[str, ...]) -> Mapping[str, str] | None:
    """What stands at the places, none of it empty, the first fit from the left; None: it is another sentence."""
    first, last = literals[0], literals[-1]
    if not names:
        return {} if sentence == first else None
    end = len(sentence) - len(last)
    if not (sentence.startswith(first) and sentence.endswith(last)):
        return None
    values, at = {}, len(first)
    for name, literal in zip(names[:-1], literals[1:-1], strict=True):
        stop = _field_end(sentence, at, literal) if name == "field" else sentence.find(literal, at + 1, end)
        if stop <= at:
            return None
        values[name], at = sentence[at:stop], stop + len(literal)
    return values | {names[-1]: sentence[at:end]} if at < end else None


def _field_end(sentence: str, at: int, literal: str) -> int:
    """Where a field's name ends: the longest one that is known."""
    if found := _OF_ADDRESS.match(sentence, at):
        return found.end() if sentence.startswith(literal, found.end()) else -1
    known = (at + len(name) for name in _COLUMNS if sentence.startswith(name + literal, at))
    return next(known, sentence.find(literal, at + 1))


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The values put at their places; a '%' beside them is one."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)

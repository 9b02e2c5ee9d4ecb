"""Numbers that count the items of an order: '1. Tasse', '[2] Tasse', 'Pos. 3: Tasse', 'Artikel 1 von 2: Tasse'."""

import functools
import re

from smtpd_billbee.reader.words import REMEMBERED, Dictionary

_MARKED = re.compile(
    r"^\s*(?:#\s?(?P<n>\d{1,3})(?:[.):]|\s|$)|[\[(](?P<m>\d{1,3})[\])]|(?P<o>\d{1,3})(?:[.)]\s|\.\)\s?|\)|:\s|、))\s*"
)
_WORDED = re.compile(
    r"\W{0,3}(?P<words>[^\W\d_]{1,16}(?:[.-][^\W\d_]{1,16}){0,2}\.?)\s?#?(?P<n>\d{1,3})"
    r"(?:(?:\s?/\s?|\s[^\W\d_]{1,3}\s)\d{1,3})?(?P<mark>\s?[:：.)\]】］〕]|\s[-–—]|(?=\s)|$)\s*"
)
_BARE = re.compile(r"\s*(?P<n>\d{1,3})(?:\s?/\s?\d{1,3})?\s+(?=[^\W_])")

Ordinal = tuple[int, int]  # the number, and where it ends


@functools.lru_cache(maxsize=REMEMBERED)
def ordinal_in(text: str, known: Dictionary) -> Ordinal | None:
    """The number that leads the text with a mark, or a word for positions; a word for items needs a mark, too."""
    if found := _MARKED.match(text):
        return int(found["n"] or found["m"] or found["o"]), found.end()
    found = _WORDED.match(text)
    if found is None:
        return None
    meaning = known.meaning(found["words"])
    marked = bool(found["mark"].strip())
    if ("position" in meaning and (marked or not {"number", "sku"} & meaning.keys())) or (
        marked and meaning.keys() & {"title", "items"}
    ):
        return int(found["n"]), found.end()
    return None


def bare_ordinal_in(text: str) -> Ordinal | None:
    """'1 Tasse', '1/2 Tasse', '01 Tasse': the number can count the items as well as the pieces."""
    found = _BARE.match(text)
    return (int(found["n"]), found.end()) if found else None

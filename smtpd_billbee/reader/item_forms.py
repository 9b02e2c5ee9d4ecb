"""Items as a web form sends them: 'Artikel 1' above its value, 'Menge 1' above its value; 'artikel_1: Tasse' ...

The number behind the label says which item it is of.
"""

import re
from collections.abc import Sequence

from smtpd_billbee.reader.items import NONE, Found, Items, finished
from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_labels import item_field
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.words import Dictionary

_NUMBERED = re.compile(r"(?P<words>\D{2,40}) (?P<n>\d{1,3})")
_WITH_VALUE = re.compile(r"(?P<words>\D{2,40}?)[ _]?(?P<n>\d{1,3})\s?[:：]\s*(?P<value>\S.*)")
_LONGEST = 400  # letters
_LONGEST_ALONE = 50  # letters of a label on its own line
_FEWEST = 3  # labels of an item: what it is, how many, what it costs


def from_form(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Items:
    """The items of numbered labels, counted from 1 without a gap; none where the rows are of another sort."""
    found = _in_one_line(rows, indexes, known, style)
    return found if found.found else _above_values(rows, indexes, known, style)


def _in_one_line(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Items:
    """'artikel_1: Tasse', 'menge_1: 2': one line below the other, and nothing between them that is of no item."""
    lines: dict[int, list[str]] = {}
    taken: dict[int, list[int]] = {}
    last = -1
    for place, index in enumerate(indexes):
        found = _numbered(rows[index].text, known)
        if found is None:
            continue
        number = int(found["n"])
        if number > len(lines) + 1 or (lines and indexes[place - 1] != last):
            return NONE
        lines.setdefault(number, []).append(f"{found['words']}: {found['value']}")
        taken.setdefault(number, []).append(index)
        last = index
    return _made(lines, taken, rows, known, style)


def _numbered(text: str, known: Dictionary) -> re.Match[str] | None:
    at = text.find(":")
    if at <= 0 or not text[at - 1].isdigit() or len(text) > _LONGEST:
        return None
    found = _WITH_VALUE.fullmatch(text)
    return found if found and item_field(known.meaning(found["words"])) else None


def _above_values(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Items:
    """'Artikel 1' alone, and its value on the next line."""
    lines: dict[int, list[str]] = {}
    taken: dict[int, list[int]] = {}
    places = iter(indexes)
    for index in places:
        text = rows[index].text.rstrip()
        found = _NUMBERED.fullmatch(text.lstrip()) if text[-1:].isdigit() and len(text) <= _LONGEST_ALONE else None
        if found is None or item_field(known.meaning(found["words"])) is None:
            continue
        value = next(places, None)
        number = int(found["n"])
        if value is None or number > len(lines) + 1:
            return NONE
        lines.setdefault(number, []).append(f"{found['words']}: {rows[value].text}")
        taken.setdefault(number, []).extend((index, value))
    return _made(lines, taken, rows, known, style)


def _made(
    lines: dict[int, list[str]], taken: dict[int, list[int]], rows: Sequence[Row], known: Dictionary, style: str
) -> Items:
    if not lines or any(len(each) < _FEWEST for each in lines.values()):
        return NONE
    items: list[Found] = [
        finished(read_parts(lines[number], known, style), taken[number][0], rows[taken[number][1]].text[:200])
        for number in sorted(lines)
    ]
    return Items(tuple(items), frozenset(index for each in taken.values() for index in each))

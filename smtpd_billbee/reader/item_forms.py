"""Items as a web form sends them: 'Artikel 1' above its value, 'Menge 1' above its value, 'Artikel 2' ...

Label and value each stand on a line of their own; the number behind the label says which item it is of.
"""

import re
from collections.abc import Sequence

from smtpd_billbee.reader.items import NONE, Found, Items, finished
from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_labels import item_field
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.words import Dictionary

_NUMBERED = re.compile(r"(?P<words>\D{2,40}) (?P<n>\d{1,3})")
_FEWEST = 3  # labels of an item: what it is, how many, what it costs


def from_form(rows: Sequence[Row], indexes: Sequence[int], known: Dictionary, style: str) -> Items:
    """The items of numbered labels, counted from 1 without a gap; none where the rows are of another sort."""
    lines: dict[int, list[str]] = {}
    taken: dict[int, list[int]] = {}
    places = iter(indexes)
    for index in places:
        found = _NUMBERED.fullmatch(rows[index].text.strip()) if len(rows[index].text) <= 50 else None
        if found is None or item_field(known.meaning(found["words"])) is None:
            continue
        value = next(places, None)
        number = int(found["n"])
        if value is None or number > len(lines) + 1:
            return NONE
        lines.setdefault(number, []).append(f"{found['words']}: {rows[value].text}")
        taken.setdefault(number, []).extend((index, value))
    if not lines or any(len(each) < _FEWEST for each in lines.values()):
        return NONE
    items: list[Found] = [
        finished(read_parts(lines[number], known, style), taken[number][0], rows[taken[number][1]].text[:200])
        for number in sorted(lines)
    ]
    return Items(tuple(items), frozenset(index for each in taken.values() for index in each))

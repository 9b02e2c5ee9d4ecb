"""An address block becomes an address: contacts and country first, then the place, the street, and last the names.

What stands where in a block is told by the forms of each country (postal.py, streets.py) and by evidence for a person
or a company (companies.py).  What cannot be told is a doubt, never a guess.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.address_contacts import take_contacts, take_country, take_phones
from smtpd_billbee.reader.address_draft import LEFT_OVER, NO_CITY, NO_NAME, NO_POSTCODE, NO_STREET, Draft
from smtpd_billbee.reader.address_lines import split_lines
from smtpd_billbee.reader.address_people import take_people
from smtpd_billbee.reader.address_place import take_place, take_state
from smtpd_billbee.reader.address_street import take_street
from smtpd_billbee.reader.postal import FORMS
from smtpd_billbee.reader.postal import NO_POSTCODE as WITHOUT_POSTCODE

_MOST_LINES = 40
_MAIN_COUNTRY = {language: language.upper() for language in ("de", "fr", "es", "it", "nl", "pt", "pl", "ru")}
_MAIN_COUNTRY |= {"ja": "JP", "zh": "CN"}
_NEEDED, _EXTRA, _UNUSED, _DOUBT = (
    0.22,
    0.04,
    0.1,
    0.05,
)  # what a field, a line left over and a doubt weigh in the score


@dataclass(frozen=True, slots=True)
class BlockReading:
    """What a block says.

    `sources`: field to the index of the line it was read from; `unused`: lines that give no field; `doubts`: sentences
    for a person, without anything of the address; `score`: 0 no address at all, 1 all that an address needs.
    """

    address: Address
    sources: Mapping[str, int]
    unused: tuple[int, ...]
    doubts: tuple[str, ...]
    score: float


def read_block(lines: Sequence[str], language: str | None = None, site_country: str | None = None) -> BlockReading:
    """The address of a block's lines, in their order, without the block's heading.

    `language` is the mail's, `site_country` the shop's: they decide between forms, and never give a value.
    """
    return _read_block(tuple(_without_bullets(lines)), language, site_country)


@functools.lru_cache(maxsize=1024)  # text and HTML of a mail hold the same address
def _read_block(lines: tuple[str, ...], language: str | None, site_country: str | None) -> BlockReading:
    main = _MAIN_COUNTRY.get(language or "")
    hints = tuple(dict.fromkeys(code for code in (site_country, main) if code is not None and code in FORMS))
    draft = Draft(split_lines(lines[:_MOST_LINES], hints), hints, language)
    take_contacts(draft)
    take_country(draft)
    take_phones(draft)
    take_place(draft)
    take_street(draft)
    take_state(draft)
    take_people(draft)
    return _finished(draft, len(lines))


_BULLETS = ("- ", "• ", "* ", "· ")
_FEWEST = 3  # lines of an address


def _without_bullets(lines: Sequence[str]) -> Sequence[str]:
    """'- Erika Muster', '- Lindenweg 7', '- 12345 Berlin': an address as a list."""
    bare = [line.lstrip() for line in lines]
    listed = len(bare) >= _FEWEST and all(line.startswith(_BULLETS) for line in bare)
    return [line[2:] for line in bare] if listed else lines


def _finished(draft: Draft, count: int) -> BlockReading:
    _join_additions(draft)
    _miss(draft)
    used = {*draft.sources.values(), *(part.index for part in draft.additions)}
    unused = tuple(index for index in range(count) if index not in used)
    if draft.parts or any(index not in draft.ignored for index in unused):
        draft.doubt(LEFT_OVER)
    return BlockReading(Address(**draft.fields), draft.sources, unused, tuple(draft.doubts), _score(draft, unused))


def _join_additions(draft: Draft) -> None:
    if not draft.additions:
        return
    draft.additions.sort(key=lambda part: part.at)
    labelled = [draft.fields["addition"]] if "addition" in draft.fields else []
    draft.sources.setdefault("addition", draft.additions[0].index)
    draft.fields["addition"] = ", ".join([*labelled, *(part.text for part in draft.additions)])


def _miss(draft: Draft) -> None:
    """Every field that a parcel needs and the block does not show is a doubt."""
    fields = draft.fields
    if "last_name" not in fields and "company" not in fields:
        draft.doubt(NO_NAME)
    if "street" not in fields:
        draft.doubt(NO_STREET)
    if "city" not in fields:
        draft.doubt(NO_CITY)
    if "postcode" not in fields and draft.country not in WITHOUT_POSTCODE:
        draft.doubt(NO_POSTCODE)


def _score(draft: Draft, unused: tuple[int, ...]) -> float:
    fields = draft.fields
    needed = ("last_name" in fields or "company" in fields, "street" in fields, "city" in fields, "postcode" in fields)
    extra = ("country" in fields, "house_number" in fields, "phone" in fields or "email" in fields)
    score = _NEEDED * sum(needed) + _EXTRA * sum(extra) - _UNUSED * len(unused) - _DOUBT * len(draft.doubts)
    return round(max(0.0, score), 3)

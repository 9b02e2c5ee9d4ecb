"""An address block becomes an address: contacts and country first, then the place, the street, and last the names.

What stands where in a block is told by the forms of each country (postal.py, streets.py) and by evidence for a person or
a company (companies.py).  What cannot be told is a doubt, never a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.additions import is_addition, is_care_of
from smtpd_billbee.reader.address_lines import Part, read_label, split_lines
from smtpd_billbee.reader.companies import company_name, company_points, person_points
from smtpd_billbee.reader.countries import country_code, country_name, country_of_code
from smtpd_billbee.reader.far_east import EastPlace, is_east, read_east, read_east_street
from smtpd_billbee.reader.names import Name, is_salutation, read_name
from smtpd_billbee.reader.phones import find_email, is_phone, phone_after_word
from smtpd_billbee.reader.postal import (
    CITY_FIRST, FORMS, NO_POSTCODE, Place, fits, is_city, lone_postcode, read_place,
)  # fmt: skip
from smtpd_billbee.reader.states import is_state
from smtpd_billbee.reader.streets import StreetReading, read_street

_MOST_LINES = 40
_MAIN_COUNTRY = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "pt": "PT", "pl": "PL", "ru": "RU",
                 "ja": "JP", "zh": "CN"}  # fmt: skip
_LANGUAGE_OF = {"ES": "es", "MX": "es", "AR": "es", "CL": "es", "CO": "es", "PE": "es", "PT": "pt", "BR": "pt"}
_EAST = frozenset(("JP", "CN", "TW", "HK"))

NO_NAME = "The address names neither a person nor a company."
NO_STREET = "The street cannot be told from the other lines of the address."
NO_CITY = "The city cannot be told from the other lines of the address."
NO_POSTCODE_FOUND = "The postcode cannot be told from the other lines of the address."
WRONG_POSTCODE = "The postcode does not have the form of the country."
TWO_STREETS = "Two lines of the address look like a street."
WHOLE_NAME = "First and last name cannot be told apart."
PERSON_OR_COMPANY = "Which line of the address is the person cannot be told."
LEFT_OVER = "A line of the address fits no field."
TWO_COUNTRIES = "The address names two countries."


@dataclass(frozen=True, slots=True)
class BlockReading:
    """What a block says.

    `sources`: field to the index of the line it was read from; `unused`: lines that fit nowhere; `doubts`: sentences
    for a person, without anything of the address; `score`: 0 no address at all, 1 all that an address needs.
    """

    address: Address
    sources: Mapping[str, int]
    unused: tuple[int, ...]
    doubts: tuple[str, ...]
    score: float


@dataclass(slots=True)
class _Draft:
    """An address while it is read: fields with the lines they came from, and the parts still to be told."""

    parts: list[Part]
    hints: tuple[str, ...]
    language: str | None
    fields: dict[str, str] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    additions: list[Part] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    ignored: set[int] = field(default_factory=set)
    country: str | None = None  # said, or guessed from the place's form
    country_at: int | None = None
    place_at: int | None = None
    street_at: int | None = None

    def put(self, name: str, value: str | None, index: int) -> None:
        if value and name not in self.fields:
            self.fields[name] = value
            self.sources[name] = index

    def doubt(self, sentence: str) -> None:
        if sentence not in self.doubts:
            self.doubts.append(sentence)


def read_block(
    lines: Sequence[str], language: str | None = None, site_country: str | None = None
) -> BlockReading:
    """The address of a block's lines, in their order, without the block's heading."""
    main = _MAIN_COUNTRY.get(language or "")
    hints = tuple(dict.fromkeys(code for code in (site_country, main) if code is not None and code in FORMS))
    draft = _Draft(split_lines(lines[:_MOST_LINES], hints), hints, language)
    _take_contacts(draft)
    _take_country(draft)
    _take_phones(draft)
    _take_place(draft)
    _take_street(draft)
    _take_state(draft)
    _take_names(draft)
    return _finished(draft, len(lines))


# Contacts, labelled lines, country


def _take_contacts(draft: _Draft) -> None:
    """E-mail addresses, telephone numbers with a word or '+' before them, and lines with a label."""
    rest: list[Part] = []
    for part in draft.parts:
        if "@" in part.text and _take_email(draft, part):
            continue
        labelled = read_label(part.text) if ":" in part.text or "：" in part.text else None
        if labelled is not None and labelled[0] != "care_of":
            if not _take_labelled(draft, part, *labelled):
                rest.append(Part(labelled[1], part.index))
            continue
        phone = phone_after_word(part.text) or (part.text if part.text[:1] in "+＋" and is_phone(part.text) else None)
        if phone is not None:
            draft.put("phone", phone, part.index)
        elif part.text.startswith(("http://", "https://", "www.")):
            draft.ignored.add(part.index)
        else:
            rest.append(part)
    draft.parts = rest


def _take_email(draft: _Draft, part: Part) -> bool:
    email = find_email(part.text)
    if email is None:
        return False
    draft.put("email", email.removeprefix("mailto:"), part.index)
    rest = part.text.replace(email, " ", 1).strip(" ,;<>()|/")
    labelled = read_label(rest) if ":" in rest else None
    number = labelled[1].partition(",")[0].strip() if labelled is not None and labelled[0] == "phone" else rest
    if is_phone(number):
        draft.put("phone", number, part.index)
    return True


def _take_labelled(draft: _Draft, part: Part, name: str, value: str) -> bool:
    """Take a labelled value; False if its text is to be read like a line without a label."""
    if not value or name == "":
        draft.ignored.add(part.index)
        return True
    if name == "country":
        code = country_code(value)
        if code is None:
            return False
        draft.put("country", code, part.index)
        draft.country = code
        return True
    if name in ("street", "postcode_city", "full_name"):
        return False
    draft.put(name, value, part.index)
    return True


def _take_country(draft: _Draft) -> None:
    """The last line that is a country's name; a code of two letters only on the last line."""
    if draft.country is not None:
        return
    for at in range(len(draft.parts) - 1, -1, -1):
        text = draft.parts[at].text
        code = country_name(text) or (country_code(text) if at > 0 and len(text) > 3 else None)
        if code is None and at == len(draft.parts) - 1 and at > 0:
            code = _code_in_last_place(draft, text)
        if code is None or at == 0 and not (is_east(text) or "\u0400" <= text[0] <= "\u04ff"):
            continue
        if code == "GE" and any(is_us_place(part.text) for part in draft.parts):
            continue
        draft.put("country", code, draft.parts[at].index)
        draft.country, draft.country_at = code, at
        del draft.parts[at]
        _second_country(draft, at)
        return


def is_us_place(text: str) -> bool:
    """'Atlanta, GA 30301': the Georgia of such a block is no country."""
    place = read_place(text, None)
    return place is not None and place.country == "US"


def _second_country(draft: _Draft, at: int) -> None:
    """A country's name in a second language on the line before: 'Deutschland', 'Germany'."""
    if at > 1 and country_name(draft.parts[at - 1].text) == draft.country and draft.country not in ("LU", "SG", "MC"):
        draft.ignored.add(draft.parts[at - 1].index)
        del draft.parts[at - 1]


def _code_in_last_place(draft: _Draft, text: str) -> str | None:
    """'DE', 'USA', 'D' on the last line: a country if the block has a place of its form, and no province."""
    code = country_of_code(text.replace(".", ""))
    if code is None and text in ("D", "A", "F", "I", "L", "B", "E", "P", "S", "N", "FL"):
        code = country_code({"D": "DE", "A": "AT", "F": "FR", "I": "IT", "L": "LU", "B": "BE", "E": "ES", "P": "PT",
                             "S": "SE", "N": "NO", "FL": "LI"}[text])  # fmt: skip
    if code is None or code not in FORMS and code not in NO_POSTCODE:
        return code if len(text) == 3 else None
    if len(text) == 2 and any(hint != code and is_state(text, hint) for hint in draft.hints):
        return None
    placed = any(_fits_place(part.text, code) for part in draft.parts[:-1])
    return code if placed or len(text) == 3 else None


def _fits_place(text: str, country: str) -> bool:
    place = read_place(text, country)
    return place is not None and place.strength == 3 or lone_postcode(text, country) and country in FORMS


def _take_phones(draft: _Draft) -> None:
    """Bare numbers at the end of the block; a postcode of its own has fewer digits or another shape."""
    for at in range(len(draft.parts) - 1, 0, -1):
        text = draft.parts[at].text
        if not is_phone(text) or sum(sign.isdigit() for sign in text) < 7:
            if any(sign.isdigit() for sign in text):
                break
            continue
        if draft.country in FORMS and lone_postcode(text, draft.country):
            break
        draft.put("phone", text, draft.parts[at].index)
        del draft.parts[at]
        if draft.country_at is not None and at < draft.country_at:
            draft.country_at -= 1
        break


# Place


def _take_place(draft: _Draft) -> None:
    if draft.country in _EAST or draft.country is None and any(is_east(part.text) for part in draft.parts):
        if _take_east(draft):
            return
    best: tuple[int, int, Place] | None = None
    for at, part in enumerate(draft.parts):
        if at == 0 and len(draft.parts) > 1 and draft.country != "RU" and "ru" != draft.language:
            continue
        place = read_place(part.text, draft.country, draft.hints)
        if place is not None and (best is None or place.strength >= best[0]):
            best = place.strength, at, place
    if best is not None and not _a_street_instead(draft, best):
        _put_place(draft, best[1], best[2])
    elif not _take_lone_postcode(draft):
        _take_city_alone(draft)


def _a_street_instead(draft: _Draft, best: tuple[int, int, Place]) -> bool:
    """'1600 Sample Avenue' has the shape of '1070 Wien'; a postcode of its own on another line decides."""
    strength, at, place = best
    if strength > 1 or place.city is None:
        return False
    others = [part.text for index, part in enumerate(draft.parts) if index > at]
    return any(lone_postcode(text, draft.country, draft.hints) for text in others) or read_street(place.city).strength >= 2


def _put_place(draft: _Draft, at: int, place: Place) -> None:
    index = draft.parts[at].index
    if place.said and place.country is not None:
        draft.put("country", place.country, index)
    if draft.country is None:
        draft.country = place.country
    draft.put("postcode", place.postcode, index)
    draft.put("state", place.state, index)
    draft.place_at = at
    del draft.parts[at]
    if place.city is not None:
        draft.put("city", place.city, index)
    else:
        _take_city_before(draft, at)
    if place.postcode is not None and not fits(place.postcode, draft.country):
        draft.doubt(WRONG_POSTCODE)


def _take_city_before(draft: _Draft, at: int) -> None:
    """The city on the line before its postcode, perhaps with the county between them."""
    before = at - 1
    if before > 1 and is_state(draft.parts[before].text, draft.country) and is_city(draft.parts[before - 1].text):
        if read_street(draft.parts[before - 1].text, draft.country).strength < 2:
            draft.put("state", draft.parts[before].text, draft.parts[before].index)
            del draft.parts[before]
            before -= 1
    if before > 0 and is_city(draft.parts[before].text):
        draft.put("city", draft.parts[before].text.strip(" ,"), draft.parts[before].index)
        del draft.parts[before]
        draft.place_at = before


def _take_lone_postcode(draft: _Draft) -> bool:
    """A postcode on a line of its own; the city stands after it or before it, as its country has it."""
    for at in range(len(draft.parts) - 1, 0 if draft.country != "RU" else -1, -1):
        text = draft.parts[at].text
        if not lone_postcode(text, draft.country, draft.hints):
            continue
        draft.put("postcode", text, draft.parts[at].index)
        if not fits(text, draft.country):
            draft.doubt(WRONG_POSTCODE)
        del draft.parts[at]
        draft.place_at = at
        city_first = draft.country in CITY_FIRST or not text.isdigit() and draft.country is None
        after = draft.parts[at].text if at < len(draft.parts) else None
        if after is not None and not city_first and is_city(after) and not is_state(after, draft.country):
            draft.put("city", after.removeprefix("г. "), draft.parts[at].index)
            del draft.parts[at]
        else:
            _take_city_before(draft, at)
        return True
    return False


def _take_city_alone(draft: _Draft) -> None:
    """A city without a postcode, in countries that have none: the last line that is no street."""
    if draft.country not in NO_POSTCODE or len(draft.parts) < 3:
        return
    at = len(draft.parts) - 1
    if is_state(draft.parts[at].text, draft.country) and len(draft.parts) > 3:
        draft.put("state", draft.parts[at].text, draft.parts[at].index)
        del draft.parts[at]
        at -= 1
    if is_city(draft.parts[at].text) and read_street(draft.parts[at].text, draft.country).strength < 2:
        draft.put("city", draft.parts[at].text, draft.parts[at].index)
        del draft.parts[at]
        draft.place_at = at


def _take_east(draft: _Draft) -> bool:
    """Japan, China, Taiwan: postcode, province, city and street on one line or on several."""
    found = False
    rest: list[Part] = []
    for part in draft.parts:
        place = None if "city" in draft.fields and "postcode" in draft.fields else read_east(part.text, draft.country)
        if place is None and found and "street" not in draft.fields and company_points(part.text) < 10:
            place = read_east_street(part.text)
        if place is None or company_points(part.text) >= 10 and place.postcode is None and place.street is None:
            rest.append(part)
            continue
        if not _put_east(draft, part, place):
            rest.append(part)
        else:
            found = True
    draft.parts = rest
    return found


def _put_east(draft: _Draft, part: Part, place: EastPlace) -> bool:
    if place.city is not None and "city" in draft.fields or place.street and "street" in draft.fields:
        return False
    if draft.country is None:
        draft.country = "JP" if place.state is not None and place.state[-1] in "都道府県" or "〒" in part.text else None
    draft.put("postcode", place.postcode, part.index)
    draft.put("state", place.state, part.index)
    draft.put("city", place.city, part.index)
    draft.put("street", place.street, part.index)
    draft.put("house_number", place.number, part.index)
    if place.addition:
        draft.additions.append(Part(place.addition, part.index))
    draft.place_at = draft.street_at = 0
    return True


# Street and state


def _take_street(draft: _Draft) -> None:
    if "street" in draft.fields:
        return
    rated = sorted(
        ((_street_points(draft, at, part, reading), at, reading)
         for at, part in enumerate(draft.parts)
         if (reading := read_street(part.text, draft.country or (draft.hints[0] if draft.hints else None))) is not None),
        key=lambda rate: rate[0], reverse=True,
    )  # fmt: skip
    if not rated or rated[0][0] <= 0:
        return
    if len(rated) > 1 and rated[1][2].strength >= 4 and rated[1][0] > 0 and rated[0][2].strength >= 4:
        draft.doubt(TWO_STREETS)
    _, at, reading = rated[0]
    index = draft.parts[at].index
    draft.put("street", reading.street, index)
    draft.put("house_number", reading.number, index)
    if reading.addition:
        draft.additions.append(Part(reading.addition, index))
    draft.street_at = at
    del draft.parts[at]


def _street_points(draft: _Draft, at: int, part: Part, reading: StreetReading) -> float:
    """How well a line does as the street; zero or less: it is none."""
    text = part.text
    points = 2.0 * reading.strength
    place = draft.place_at if draft.place_at is not None else len(draft.parts)
    distance = place - 1 - at if at < place else at - place + 1
    points -= 0.5 * distance
    if reading.strength < 2:
        before = at == place - 1 and at > 0
        quiet = not any(sign.isdigit() for sign in text) and company_points(text) < 4 and not is_addition(text)
        return 0.5 if before and quiet and person_points(text, draft.fields.get("email")) < 4 and at > 0 else -1
    if reading.strength < 4 and is_addition(text):
        points -= 6
    if at == 0 and len(draft.parts) > 1:
        points -= 3
    if text.isdigit() or not reading.street:
        return -1
    if reading.strength < 4 and (company_points(text) >= 10 or person_points(text, draft.fields.get("email")) >= 8):
        points -= 8
    return points


def _take_state(draft: _Draft) -> None:
    """A state after the place, known by its name or because it stands between place and country."""
    if draft.place_at is None:
        return
    for at in range(len(draft.parts) - 1, 0, -1):
        text = draft.parts[at].text
        known = is_state(text, draft.country or (draft.hints[0] if draft.hints else None)) or is_state(text, None)
        behind = _line_behind_place(draft, draft.parts[at])
        if "state" not in draft.fields and (known and behind or behind and _between(draft, draft.parts[at])):
            draft.put("state", text, draft.parts[at].index)
            del draft.parts[at]


def _line_behind_place(draft: _Draft, part: Part) -> bool:
    source = draft.sources.get("city", draft.sources.get("postcode"))
    return source is not None and part.index >= source


def _between(draft: _Draft, part: Part) -> bool:
    country = draft.sources.get("country")
    quiet = len(part.text) <= 40 and not any(sign.isdigit() for sign in part.text)
    return country is not None and part.index < country and quiet and draft.country not in _EAST


# Names


def _take_names(draft: _Draft) -> None:
    lines: list[Part] = []
    for at, part in enumerate(draft.parts):
        if at == 0 and len(draft.parts) > 1 and is_salutation(part.text):
            draft.put("salutation", part.text, part.index)
        elif is_addition(part.text) and not (len(draft.parts) == 1 and not is_care_of(part.text)):
            draft.additions.append(part)
        elif part.text.isdigit() and "street" in draft.fields and 4 < len(part.text) < 12:
            draft.additions.append(part)
        else:
            lines.append(part)
    email = draft.fields.get("email")
    rated = [(person_points(part.text, email), company_points(part.text), part) for part in lines]
    _put_names(draft, rated)


def _put_names(draft: _Draft, rated: list[tuple[int, int, Part]]) -> None:
    """The line with most evidence is the person, one with evidence for a company the company, the others additions."""
    person = max(rated, key=lambda rate: rate[0] - rate[1], default=None)
    if person is not None and (person[1] > person[0] or person[1] >= 10 and person[0] < 10):
        person = None
    if "last_name" in draft.fields:
        person = None
    company = _company_of(rated, person)
    if company is not None and "company" not in draft.fields:
        draft.put("company", company_name(company[2].text), company[2].index)
    if person is not None:
        _put_person(draft, person[2])
    for rate in rated:
        if rate is person or rate is company:
            continue
        if person is not None and rate[0] >= 4 and rate[1] < 4 and rate[0] >= person[0] - 2:
            draft.doubt(PERSON_OR_COMPANY)
        draft.additions.append(rate[2])


def _company_of(
    rated: list[tuple[int, int, Part]], person: tuple[int, int, Part] | None
) -> tuple[int, int, Part] | None:
    """The line with most evidence for a company; without any, the line above the person."""
    others = [rate for rate in rated if rate is not person]
    best = max(others, key=lambda rate: rate[1] - rate[0], default=None)
    if best is not None and best[1] > best[0] and best[1] >= 4:
        return best
    if person is None:
        return best
    above = [rate for rate in others if rate[2].index < person[2].index and rate[0] < 4]
    return above[0] if above else None


def _put_person(draft: _Draft, part: Part) -> None:
    language = _LANGUAGE_OF.get(draft.country or "", draft.language)
    name: Name = read_name(part.text, language)
    draft.put("salutation", name.salutation, part.index)
    draft.put("first_name", name.first, part.index)
    draft.put("middle_name", name.middle, part.index)
    draft.put("last_name", name.last, part.index)
    if not name.sure:
        draft.doubt(WHOLE_NAME)


# The end


def _finished(draft: _Draft, count: int) -> BlockReading:
    draft.additions.sort(key=lambda part: part.index)
    if draft.additions:
        before = [draft.fields["addition"]] if "addition" in draft.fields else []
        draft.sources.setdefault("addition", draft.additions[0].index)
        draft.fields["addition"] = ", ".join([*before, *(part.text for part in draft.additions)])
    _check(draft)
    used = {*draft.sources.values(), *(part.index for part in draft.additions)}
    unused = tuple(index for index in range(count) if index not in used)
    if any(index not in draft.ignored for index in unused):
        draft.doubt(LEFT_OVER)
    return BlockReading(Address(**draft.fields), draft.sources, unused, tuple(draft.doubts), _score(draft, unused, count))


def _check(draft: _Draft) -> None:
    """Every field that a parcel needs and the block does not show is a doubt."""
    fields = draft.fields
    if "last_name" not in fields and "company" not in fields:
        draft.doubt(NO_NAME)
    if "street" not in fields:
        draft.doubt(NO_STREET)
    if "city" not in fields:
        draft.doubt(NO_CITY)
    if "postcode" not in fields and draft.country not in NO_POSTCODE:
        draft.doubt(NO_POSTCODE_FOUND)


def _score(draft: _Draft, unused: tuple[int, ...], count: int) -> float:
    fields = draft.fields
    needed = ("last_name" in fields or "company" in fields, "street" in fields, "city" in fields, "postcode" in fields)
    extra = ("country" in fields, "house_number" in fields, "phone" in fields or "email" in fields)
    score = 0.22 * sum(needed) + 0.04 * sum(extra)
    return round(max(0.0, score - 0.1 * len(unused) / max(1, count) * 4 - 0.05 * len(draft.doubts)), 3)

"""The place of an address block: postcode, city and state, on one line, on two, or in the order of the Far East."""

import re
from dataclasses import replace

from smtpd_billbee.reader.additions import is_flat
from smtpd_billbee.reader.address_draft import EAST, SMALL_LAST, TWO_COUNTRIES, TWO_PLACES, WRONG_POSTCODE, Draft
from smtpd_billbee.reader.address_lines import Part
from smtpd_billbee.reader.address_words import has_digit
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.countries import country_name
from smtpd_billbee.reader.far_east import (
    EastPlace,
    country_of_script,
    is_east,
    read_east,
    read_east_street,
    whole_place,
)
from smtpd_billbee.reader.postal import (
    CITY_FIRST,
    FORMS,
    NO_POSTCODE,
    Place,
    fits,
    is_brazilian,
    is_city,
    is_whole_code,
    lone_postcode,
    read_place,
    read_turned,
)
from smtpd_billbee.reader.states import is_state, is_state_name, is_town_too, part_state, rather_a_state
from smtpd_billbee.reader.street_words import has_street_word
from smtpd_billbee.reader.streets import read_street

_LEGAL_FORM = 10
_EAST_COUNTRY = {"ja": "JP", "zh": "CN"}
_OWN_STATES = frozenset(("Москва", "Санкт-Петербург", "Севастополь"))


def take_place(draft: Draft) -> None:
    """Postcode, city and state of the block."""
    if _maybe_east(draft) and _take_east(draft):
        return
    found = _found(draft, strict=True) or _found(draft, strict=False)
    best = max(found, key=lambda entry: (entry[0], entry[1].at), default=None)
    if best is not None and not _rather_a_street(draft, *best):
        _put_place(draft, best[1], best[2])
        if any(other[0] == 3 and other[2].city and other is not best for other in found):
            _second_place(draft, [other[1] for other in found if other[0] == 3 and other is not best])
    elif not _take_turned(draft) and not _take_lone_postcode(draft):
        _take_city_alone(draft)


def _found(draft: Draft, *, strict: bool) -> list[tuple[int, Part, Place]]:
    """Every part that may be the place; the first one only where the big comes before the small."""
    if strict and draft.country not in FORMS:
        return []
    first = len(draft.parts) > 1 and draft.country not in SMALL_LAST and draft.language != "ru"
    parts = draft.parts[1:] if first else draft.parts
    found = _places(draft, parts, strict=strict)
    if not found and first and all(part.index == draft.parts[0].index for part in draft.parts):
        found = _places(draft, draft.parts[:1], strict=strict)  # '20095 Hamburg, Lindenweg 7'
    return found


def _places(draft: Draft, parts: list[Part], *, strict: bool) -> list[tuple[int, Part, Place]]:
    return [
        (place.strength, part, place)
        for part in parts
        if not is_whole_code(part.text, draft.country)
        and (place := read_place(part.text, draft.country, draft.hints, strict=strict)) is not None
    ]


def _second_place(draft: Draft, others: list[Part]) -> None:
    """A second line in the form of the country, if it is no street, leaves a doubt."""
    if any(read_street(part.text, draft.country).strength < 2 for part in others):
        draft.doubt(TWO_PLACES)


def _rather_a_street(draft: Draft, strength: int, part: Part, place: Place) -> bool:
    """'1600 Sample Avenue' has the shape of '1070 Wien'; a postcode on a later line decides, or a street's word."""
    if strength > 1 or place.city is None:
        return False
    later = [other for other in draft.parts if other.at > part.at]
    return has_street_word(place.city) or any(lone_postcode(other.text, draft.country, draft.hints) for other in later)


def _put_place(draft: Draft, part: Part, place: Place) -> None:
    place = _with_county_as_city(draft, part, _without_state_as_city(place, draft.country))
    if place.said:
        draft.put("country", place.country, part)
    if draft.country is None:
        draft.country = place.country
    draft.put("postcode", place.postcode, part)
    draft.put("state", place.state, part)
    draft.put("city", place.city, part)
    draft.place_at = part.at
    before = draft.parts.index(part) - 1
    draft.parts.remove(part)
    if place.city is None:
        _take_city_before(draft, before)
    if place.postcode is not None and not fits(place.postcode, draft.country):
        draft.doubt(WRONG_POSTCODE)


def _with_county_as_city(draft: Draft, part: Part, place: Place) -> Place:
    """'Galway H91 X2Y3' right below the street, or the name: the town, not only its county."""
    if place.city is not None or not is_town_too(place.state or "", place.country):
        return place
    before = draft.parts.index(part) - 1
    town = before > 0 and is_city(draft.parts[before].text) and not has_street_word(draft.parts[before].text)
    return place if town else replace(place, city=place.state, state=None)


def _without_state_as_city(place: Place, country: str | None) -> Place:
    """'PG, 06121' below 'Perugia': the letters are the province, the city stands above."""
    city = place.city
    if city is None or place.state is not None or len(city) > 3 or not city.isupper():
        return place
    known = is_state(city, country or place.country) or (country is None and is_state(city, "IT"))
    return replace(place, city=None, state=city) if known else place


def _take_city_before(draft: Draft, number: int) -> None:
    """The city on the line before its postcode, perhaps with the county between them."""
    if number > 1 and is_state(draft.parts[number].text, draft.country) and _city_line(draft, number - 1):
        draft.take("state", draft.parts[number])
        number -= 1
    if number > 0 and rather_a_state(draft.parts[number].text, draft.fields.get("postcode"), draft.country):
        draft.take("state", draft.parts[number])
    elif number > 0 and is_city(draft.parts[number].text) and not is_flat(draft.parts[number].text):
        part = draft.parts.pop(number)
        city, state = part_state(part.text.strip(" ,"), draft.country)
        quarter, dash, town = city.partition(" - ") if draft.country == "BR" else ("", "", city)
        if dash:  # 'Centro - Florianópolis - SC'
            draft.additions.append(Part(quarter, part.index, part.at))
        draft.place_at = part.at
        draft.put("city", town if dash else city, part)
        draft.put("state", state, part)


def _is_street_above(draft: Draft, number: int, after: str) -> bool:
    """'The Old Rectory', 'BA1 1AA', 'Bath': the one line below the name is the street, the city is below."""
    above = draft.parts[1:number]
    numbered = any(has_digit(part.text) or has_street_word(part.text) for part in above)
    return len(above) == 1 and not numbered and is_city(after) and not is_state_name(after, draft.country)


def _take_city_after(draft: Draft, text: str) -> None:
    """The city below its postcode though its country writes it above: shops print field by field."""
    part = next((part for part in draft.parts if part.text == text), None)
    if part is None or not is_city(text) or is_flat(text) or has_digit(text) or is_state_name(text, draft.country):
        return
    if read_street(text, draft.country).strength < 2:
        draft.take("city", part)


def _city_line(draft: Draft, number: int) -> bool:
    text = draft.parts[number].text
    return number > 0 and is_city(text) and read_street(text, draft.country).strength < 2


def _take_lone_postcode(draft: Draft) -> bool:
    """A postcode on a line of its own; the city stands after it or before it, as its country has it."""
    first = 0 if draft.country in SMALL_LAST or draft.language == "ru" else 1
    for number in range(len(draft.parts) - 1, first - 1, -1):
        part = draft.parts[number]
        if not lone_postcode(part.text, draft.country, draft.hints):
            continue
        if not fits(part.text, draft.country):
            draft.doubt(WRONG_POSTCODE)
        if draft.country is None and is_brazilian(part.text):
            draft.country = "BR"
        draft.place_at = part.at
        draft.take("postcode", part)
        if _take_marked_city(draft):
            return True
        after = draft.parts[number].text if number < len(draft.parts) else None
        before = draft.country in CITY_FIRST or (draft.country is None and not part.text[:4].isdigit())
        if before and after is not None and _is_street_above(draft, number, after):
            _take_city_after(draft, after)
        elif after is not None and not before and is_city(after) and read_street(after, draft.country).strength < 2:
            draft.put("city", after.removeprefix("г. ").strip(" ,"), draft.parts[number])
            del draft.parts[number]
        else:
            _take_city_before(draft, number - 1)
            if after is not None and "city" not in draft.fields:
                _take_city_after(draft, after)
        return True
    return False


def _take_turned(draft: Draft) -> bool:
    """City and postcode the other way round than the country writes them, if no street has such a name."""
    country = draft.guess()
    if country is None:
        return False
    for part in reversed(draft.parts[1:]):
        place = read_turned(part.text, country)
        if place is not None and place.city is not None and not has_street_word(place.city):
            _put_place(draft, part, place)
            return True
    return False


def _take_marked_city(draft: Draft) -> bool:
    """'г. Москва' is a city wherever it stands."""
    for part in draft.parts:
        marked = _MARKED.match(part.text)
        if marked or part.text in _OWN_STATES:
            draft.put("city", part.text[marked.end() :].strip() if marked else part.text, part)
            draft.parts.remove(part)
            return True
    return False


_MARKED = re.compile(r"(?:г|гор|город|пос|пгт|посёлок|поселок|дер|деревня|село|станица)(?:\. ?| )(?=[А-ЯЁ])")


def _take_russian_city(draft: Draft) -> bool:
    """'г. Тверь, ул. Садовая, 5', 'Тверь, ул. Садовая, 5': a town's sign, or one word before the street."""
    if _take_marked_city(draft):
        return True
    if len(draft.parts) < 2:
        return False
    first, second = draft.parts[:2]
    alone = first.index == second.index and " " not in first.text and is_city(first.text)
    if alone and has_street_word(second.text) and not has_street_word(first.text):
        draft.take("city", first)
        return True
    return False


def _take_city_alone(draft: Draft) -> None:
    """A city without a postcode, in countries that have none: the last line that is no street."""
    if (draft.language == "ru" or draft.country == "RU") and _take_russian_city(draft):
        return
    if draft.country not in NO_POSTCODE or len(draft.parts) < 3:
        return
    number = len(draft.parts) - 1
    if number > 2 and is_state(draft.parts[number].text, draft.country):
        draft.take("state", draft.parts[number])
        number -= 1
    if is_city(draft.parts[number].text) and not has_street_word(draft.parts[number].text):
        draft.place_at = draft.parts[number].at
        draft.take("city", draft.parts[number])


def take_state(draft: Draft) -> None:
    """A state behind the place, known by its name or because it stands between place and country."""
    if draft.place_at is None or "state" in draft.fields:
        return
    anywhere = draft.country in SMALL_LAST or draft.language == "ru"
    for part in draft.parts if anywhere else draft.parts[1:]:
        if len(part.text) > 40 or (part.at < draft.place_at and not (anywhere and is_state(part.text, "RU"))):
            continue
        known = is_state(part.text, draft.guess()) or is_state(part.text, None)
        if not known and country_name(part.text) not in (None, draft.country):
            draft.doubt(TWO_COUNTRIES)  # 'Deutschland', 'Schweden': of a choice that nobody made
            draft.ignored.add(part.index)
            draft.parts.remove(part)
            return
        between = draft.country_at is not None and part.at < draft.country_at and draft.country not in SMALL_LAST
        if known or (between and not any(sign.isdigit() or sign in ":!" for sign in part.text)):
            draft.take("state", part)
            return


# Japan, China, Taiwan


def _maybe_east(draft: Draft) -> bool:
    return draft.country in EAST or (
        draft.country is None and any(not part.text.isascii() and is_east(part.text) for part in draft.parts)
    )


def _take_east(draft: Draft) -> bool:
    """Postcode, province, city and street on one line or on several, before the names or behind them."""
    country = (
        draft.country
        or _EAST_COUNTRY.get(draft.language or "")
        or country_of_script("".join(part.text for part in draft.parts))
    )
    _take_whole_places(draft)
    for part in draft.parts[:]:
        fields = draft.fields
        place = None if "city" in fields and "postcode" in fields else read_east(part.text, country)
        if place is not None and place.city is not None and "city" in fields:
            place = None
        if place is None and "city" in fields and "street" not in fields and company_points(part.text) < _LEGAL_FORM:
            place = read_east_street(part.text)
        if place is not None and _fits_in(draft, part, place):
            _put_east(draft, part, place)
    if "city" in draft.fields and "street" not in draft.fields:
        _take_east_street_above(draft)
    return "city" in draft.fields


def _take_whole_places(draft: Draft) -> None:
    """Shops print field by field: '松葉町2-14-6', '名古屋市昭和区', '愛知県'; what is whole is known first."""
    for part in draft.parts[1:]:
        text, _, code = part.text.rpartition(" ")
        place = whole_place(part.text) or (whole_place(text) if code.replace("-", "").isdigit() else None)
        name = "" if place is None else "city" if place.city else "state"
        if place is None or name in draft.fields:
            continue
        if text and place.city != part.text and place.state != part.text:
            place = replace(place, postcode=code)
        _put_east(draft, part, place)


def _take_east_street_above(draft: Draft) -> None:
    """Written from the small to the big, the street stands above its city: '示范路88号', '上海市'."""
    for part in draft.parts[1:]:
        place = read_east_street(part.text) if company_points(part.text) < _LEGAL_FORM else None
        if place is not None and place.number is not None:
            _put_east(draft, part, place)
            return


def _fits_in(draft: Draft, part: Part, place: EastPlace) -> bool:
    """Nothing twice; a company may have a city in its name."""
    if (place.city is not None and "city" in draft.fields) or (place.street and "street" in draft.fields):
        return False
    return place.postcode is not None or place.street is not None or company_points(part.text) < _LEGAL_FORM


def _put_east(draft: Draft, part: Part, place: EastPlace) -> None:
    if draft.country is None and ("〒" in part.text or (place.state or " ")[-1] in "都道府県"):
        draft.country = "JP"
    draft.put("postcode", place.postcode, part)
    draft.put("state", place.state, part)
    draft.put("city", place.city, part)
    draft.put("street", place.street, part)
    draft.put("house_number", place.number, part)
    if place.addition:
        draft.additions.append(Part(place.addition, part.index, part.at))
    draft.place_at = part.at
    draft.parts.remove(part)

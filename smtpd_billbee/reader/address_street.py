"""Which line of an address block is the street."""

from smtpd_billbee.reader.additions import is_addition, is_care_of, is_site, is_yard
from smtpd_billbee.reader.address_draft import TWO_STREETS, Draft
from smtpd_billbee.reader.address_lines import Part
from smtpd_billbee.reader.address_words import has_digit
from smtpd_billbee.reader.companies import company_points, person_points
from smtpd_billbee.reader.street_words import has_street_word
from smtpd_billbee.reader.streets import StreetReading, is_lone_number, number_alone, read_box, read_street

_BESIDE_STREET = frozenset(("BP", "CS", "TSA"))  # French: the box stands on a line below the street's

Rated = tuple[float, Part, StreetReading]
_LONGEST_NUMBER = 12
_SURE = 4  # a number and a street's word, or a box


def take_street(draft: Draft) -> None:
    """The line that does best as the street."""
    if "street" in draft.fields or _take_in_two_lines(draft):
        return
    rated = _rated(draft, [part for part in draft.parts if has_digit(part.text)])
    if not rated or rated[0][2].strength < _SURE:
        rated = _rated(draft, draft.parts) or _site(draft)
    if len(rated) > 1:
        rated = [rate for rate in rated if rate[2].street not in _BESIDE_STREET] or rated
        rated = _without_boxes(draft, _without_yards(rated))
    if not rated:
        return
    if len(rated) > 1 and _as_good(rated[0], rated[1]):
        draft.doubt(TWO_STREETS)
    _put(draft, rated[0][1], rated[0][2])


def _without_boxes(draft: Draft, rated: list[Rated]) -> list[Rated]:
    """'DHL Paketshop 455' above 'Friedrichstr. 30', 'Postfach 33' below 'Hauptstrasse 12': the box is an addition."""
    streets = [rate for rate in rated if read_box(rate[1].text) is None]
    boxes = [rate for rate in rated if read_box(rate[1].text) is not None]
    if len(boxes) != 1 or not any(rate[2].strength >= _SURE and has_street_word(rate[1].text) for rate in streets):
        return rated
    draft.parts.remove(boxes[0][1])
    draft.additions.append(boxes[0][1])
    return streets


def _take_in_two_lines(draft: Draft) -> bool:
    """'Haus Sonnenschein', 'Nr. 7': a house number on a line of its own belongs to the line above it.

    Where the number stands first it may stand above: '12', 'High Street'.
    """
    for at in range(1, len(draft.parts)):
        number = draft.parts[at]
        if len(number.text) > _LONGEST_NUMBER or not has_digit(number.text) or not is_lone_number(number.text):
            continue
        beside = [each for each in (at - 1, at + 1) if 0 < each < len(draft.parts)]
        beside = [each for each in beside if _may_be_numbered(draft, draft.parts[each], number)]
        beside.sort(key=lambda each: (not has_street_word(draft.parts[each].text), each > at))
        if not beside or any(_is_whole_street(draft, part) for part in draft.parts):
            return False
        street = draft.parts[beside[0]]
        draft.put("street", street.text.strip(" ,"), street)
        draft.put("house_number", number_alone(number.text), number)
        draft.street_at = street.at
        draft.parts.remove(number)
        draft.parts.remove(street)
        return True
    return False


def _may_be_numbered(draft: Draft, part: Part, number: Part) -> bool:
    """A street without a number: by its word, or right above a number that is said to be one ('Nr. 7')."""
    if abs(part.at - number.at) != 1 or has_digit(part.text) or ":" in part.text or is_care_of(part.text):
        return False
    if has_street_word(part.text):
        return True
    return part.at < number.at and not number.text[0].isdigit() and company_points(part.text) < _SURE


def _is_whole_street(draft: Draft, part: Part) -> bool:
    return has_digit(part.text) and read_street(part.text, draft.guess()).strength >= _SURE


def _without_yards(rated: list[Rated]) -> list[Rated]:
    """'Hof 2, Rampe 4' beside 'Am Mühlgraben 3a' is no street: that one has a name of its own."""
    streets = [rate for rate in rated if not is_yard(rate[2].street)]
    return streets if any(rate[2].number for rate in streets) else rated


def _as_good(best: Rated, second: Rated) -> bool:
    """Is the second line a street too, by its words or, if neither has any, by its place?"""
    if best[2].strength >= _SURE:
        return second[2].strength >= _SURE
    return best[0] - second[0] < 1 <= second[0]


def _rated(draft: Draft, parts: list[Part]) -> list[Rated]:
    """The lines that may be the street, the best first."""
    country = draft.guess()
    readings = [(part, read_street(part.text, country)) for part in parts]
    rated = [(_points(draft, part, reading), part, reading) for part, reading in readings]
    return sorted((rate for rate in rated if rate[0] > 0), key=lambda rate: rate[0], reverse=True)


def _site(draft: Draft) -> list[Rated]:
    """A hamlet or a trading estate right before the place, or behind it if it leads, where no line is a street."""
    place = draft.place_at
    beside = 1 if place == 0 else None if place is None else place - 1
    parts = [part for part in draft.parts if part.at > 0 and part.at == beside and is_site(part.text)]
    return [(1.0, part, read_street(part.text, draft.guess())) for part in parts]


def _put(draft: Draft, part: Part, reading: StreetReading) -> None:
    draft.put("street", reading.street, part)
    draft.put("house_number", reading.number, part)
    if reading.addition and (addition := reading.addition.strip()):  # of '( 2. OG )' and '( )' the brackets went
        draft.additions.append(Part(addition, part.index, part.at))
    draft.street_at = part.at
    draft.parts.remove(part)


def _points(draft: Draft, part: Part, reading: StreetReading) -> float:
    """How well a line does as the street; zero or less: it is none."""
    if not reading.street or part.text.isdigit() or ":" in reading.street:
        return -1
    away = 0 if draft.place_at is None else abs(draft.place_at - part.at) - 1
    if reading.strength < 2:
        return 0.5 if _by_position(draft, part, reading.street) else -1
    points = 2.0 * reading.strength - 0.5 * away
    if reading.strength >= _SURE:
        return points - (3 if part.at == 0 and len(draft.parts) > 1 else 0)
    if is_addition(part.text):
        points -= 6
    if part.at == 0 and len(draft.parts) > 1:
        points -= 3
    if company_points(part.text) >= 10 or person_points(part.text, draft.email()) >= 8:
        points -= 8
    return points


def _by_position(draft: Draft, part: Part, street: str) -> bool:
    """Right before the place, behind a name, and nothing else by its words: 'The Old Rectory'."""
    if part.at == 0 or draft.place_at is None or part.at != draft.place_at - 1 or len(draft.parts) < 2:
        return False
    if has_digit(street) or is_addition(street) or _rather_the_person(draft, part, street):
        return False
    return company_points(street) < 4 and person_points(street, draft.email()) < 4


def _rather_the_person(draft: Draft, part: Part, text: str) -> bool:
    """Below a company, and nobody else is a person: then a line like a name may be the person's."""
    if person_points(text, None) <= company_points(text):
        return False
    above = [other.text for other in draft.parts if other.at < part.at]
    return any(company_points(line) >= 4 for line in above) and all(person_points(line, None) < 4 for line in above)

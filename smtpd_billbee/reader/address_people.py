"""Who lives at the address: person, company, and the lines that are neither."""

import re
from functools import cache

from smtpd_billbee.reader.additions import apart_from_care_of, is_addition, is_care_of, is_flat, whose_attention
from smtpd_billbee.reader.address_draft import LEFT_OVER, PERSON_OR_COMPANY, SMALL_LAST, WHOLE_NAME, Draft
from smtpd_billbee.reader.address_lines import Part, is_heading
from smtpd_billbee.reader.address_words import fold, has_digit, table, terms
from smtpd_billbee.reader.companies import company_name, company_points, may_be_company, person_points
from smtpd_billbee.reader.names import (
    DEPARTMENTS,
    Name,
    is_first_name,
    is_salutation,
    joined_salutations,
    looks_east,
    read_name,
)
from smtpd_billbee.reader.phones import is_other_number
from smtpd_billbee.reader.streets import read_box

_LANGUAGE_OF = {
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE", "UY", "EC"), "es"),
    **dict.fromkeys(("PT", "BR", "AO", "MZ"), "pt"),
    "HU": "hu",
}
_FEWEST_DIGITS, _MOST_DIGITS = 5, 12  # of a customer's number at a parcel locker

_BRACKET = re.compile(r"([^()]{2,60}?) ?\(([^()]{2,60})\)")
_SOME = 4  # points that are evidence
_HOUSES = terms("houses")
_SALUTATION = 10  # a salutation leads the line
_IN_EMAIL = 8  # the e-mail address has both names

Rated = tuple[int, int, Part]  # what speaks for a person, what for a company


def take_people(draft: Draft) -> None:
    """Person and company from the lines before the place; the lines that are neither are additions."""
    lines = [part for part in draft.parts if _stands_with_names(draft, part)]
    rated: list[Rated] = []
    announced: Part | None = None
    for part in lines:
        draft.parts.remove(part)
        if part is not lines[-1] and fold(part.text) in _before_companies():
            announced = part
            draft.ignored.add(part.index)
        elif part is not lines[-1] and len(lines) > 1 and is_salutation(part.text):
            draft.put("salutation", part.text, part)
        elif _is_addition(draft, part, len(lines)) or _is_house(draft, part):
            draft.additions.append(part)
        else:
            part = _with_attention(part, alone=len(lines) == 1)
            for without in (_without_customers_number, _without_care_of, _without_flat, _without_department):
                part = without(draft, part)
            pieces = _person_and_company(part)
            rated += [(person_points(piece.text, draft.email()), company_points(piece.text), piece) for piece in pieces]
    if announced is not None:
        rated = _with_announced(rated, announced)
    _put_people(draft, _without_name_in_two(draft, rated))


@cache
def _before_companies() -> frozenset[str]:
    return frozenset(fold(words) for words in table("business")["before"])


def _with_announced(rated: list[Rated], word: Part) -> list[Rated]:
    """Below 'Firma' stands the company, as postal custom has it: the line that looks like one, else the next line."""
    if any(rate[1] >= _SOME and rate[1] > rate[0] for rate in rated):
        return rated
    at = next((at for at, rate in enumerate(rated) if rate[2].at > word.at), None)
    if at is None or rated[at][0] >= _SALUTATION:
        return rated
    return [*rated[:at], (0, _SALUTATION, rated[at][2]), *rated[at + 1 :]]


def _without_name_in_two(draft: Draft, rated: list[Rated]) -> list[Rated]:
    """'Sieglinde' above 'Obermayr' are first and last name, if the e-mail address or a common first name says so."""
    if "last_name" in draft.fields or len(rated) < 2:
        return rated
    first, last = rated[-2][2], rated[-1][2]
    single = all(" " not in part.text and company_points(part.text) < _SOME for part in (first, last))
    if not single or last.at != first.at + 1 or any(rate[0] >= _SOME for rate in rated):
        return rated
    points = person_points(f"{first.text} {last.text}", draft.email())
    if points < _SOME or (is_first_name(last.text) and points < _IN_EMAIL):
        return rated
    draft.put("first_name", first.text, first)
    draft.put("last_name", last.text, last)
    return rated[:-2]


def _without_flat(draft: Draft, part: Part) -> Part:
    """'Hotel Alpenblick, Zimmer 12': a room or a floor behind the name is an addition."""
    name, comma, rest = part.text.partition(", ")
    if not comma or not name.strip() or has_digit(name) or not all(is_flat(piece) for piece in rest.split(", ")):
        return part
    draft.additions.append(Part(rest, part.index, part.at))
    return Part(name, part.index, part.at)


def _without_department(draft: Draft, part: Part) -> Part:
    """'営業部 山田太郎': the department stands before the name."""
    first, _, name = part.text.partition(" ")
    if not name or part.text.isascii() or not first.endswith(DEPARTMENTS) or not looks_east(name):
        return part
    draft.additions.append(Part(first, part.index, part.at))
    return Part(name, part.index, part.at)


def _with_attention(part: Part, alone: bool) -> Part:
    """'T.a.v. J. de Vries' where nobody else is named: the name is what the words lead to."""
    name = whose_attention(part.text) if alone else ""
    return Part(name, part.index, part.at) if name else part


def _without_care_of(draft: Draft, part: Part) -> Part:
    """'Erika Muster c/o Beispiel GmbH' on one line: what is behind the word is an addition."""
    name, *care = apart_from_care_of(part.text)
    draft.additions += [Part(text, part.index, part.at) for text in care]
    return Part(name, part.index, part.at) if care else part


def _goes_to_a_box(draft: Draft) -> bool:
    street = draft.fields.get("street", "")
    return bool(street) and read_box(f"{street} 1") is not None


def _without_customers_number(draft: Draft, part: Part) -> Part:
    """At a parcel locker the customer's number may stand behind the name: 'Erika Muster 12345678'."""
    if not _goes_to_a_box(draft) or not part.text.rstrip(")")[-1:].isdigit():
        return part
    name, _, number = part.text.rpartition(" ")
    name, number = name.strip(" ,("), number.strip("()")
    if not number.isdigit() or not _FEWEST_DIGITS <= len(number) <= _MOST_DIGITS or not name or has_digit(name):
        return part
    draft.additions.append(Part(number, part.index, part.at))
    return Part(name, part.index, part.at)


def _person_and_company(part: Part) -> list[Part]:
    """'Erika Muster (Muster GmbH)' and 'Muster GmbH, Erika Muster' as two parts; other brackets and commas stay."""
    bracket = _BRACKET.fullmatch(part.text)
    pieces = [bracket[1], bracket[2]] if bracket is not None else part.text.split(", ")
    if len(pieces) != 2 or "" in pieces:
        return [part]
    for person, company in (pieces, pieces[::-1]):
        if company_points(company) >= _SOME and person_points(person, None) >= _SOME > company_points(person):
            return [Part(piece, part.index, part.at) for piece in pieces]
    return [part]


def _stands_with_names(draft: Draft, part: Part) -> bool:
    """Behind the place stands no name, but in countries that write from the big to the small."""
    if fold(part.text) in _before_companies():
        return draft.place_at is None or part.at < draft.place_at
    if part.text.endswith(("!", "：")) or is_heading(part.text) or (":" in part.text and not is_care_of(part.text)):
        return False
    if part.at == 0 and is_other_number(part.text):
        return False
    if draft.place_at == 0 and is_flat(part.text):  # of an address on one line that begins with its place
        return True
    small_last = draft.country in SMALL_LAST or draft.language == "ru" or looks_east(part.text)
    return draft.place_at is None or part.at < draft.place_at or small_last


@cache
def _departments() -> frozenset[str]:
    return frozenset(table("business")["departments"])


def _is_addition(draft: Draft, part: Part, count: int) -> bool:
    if part.at == 0:
        return False
    if is_addition(part.text) or fold(part.text) in _departments():
        behind_street = draft.street_at is not None and part.at > draft.street_at
        return count > 1 or behind_street or is_care_of(part.text)
    box_number = part.text.isdigit() and _FEWEST_DIGITS <= len(part.text) <= _MOST_DIGITS
    return box_number and draft.fields.get("house_number") is not None


def _is_house(draft: Draft, part: Part) -> bool:
    """'The Old Rectory' beside a street is the house's name, and nobody's."""
    last = part.text.rpartition(" ")[2].casefold()
    return draft.street_at is not None and last in _HOUSES and " " in part.text and company_points(part.text) < _SOME


def _put_people(draft: Draft, rated: list[Rated]) -> None:
    person = None if "last_name" in draft.fields else _person_of(rated)
    company = None if "company" in draft.fields else _company_of(draft, rated, person)
    if company is not None:
        draft.put("company", company_name(company[2].text), company[2])
    if person is not None:
        _put_person(draft, person[2])
        if " " not in person[2].text and person[0] < 3 and len(rated) > 1:  # 'Sekretariat', or a name in two lines
            draft.doubt(PERSON_OR_COMPANY)
    left: list[Part] = []
    for rate in rated:
        if rate is person or rate is company:
            continue
        if person is not None and _may_be_the_person(rate, person):
            draft.doubt(PERSON_OR_COMPANY)
        if person is not None and rate[0] >= 4 > rate[1] and rate[0] >= person[0] - 2:
            draft.doubt(PERSON_OR_COMPANY)
        if rate[2].at == 0 and rate[0] < _SOME:  # above everybody: rather a heading than an addition
            draft.doubt(LEFT_OVER)
        left.append(rate[2])
    draft.additions[:0] = left  # before what stood behind them on their line


def _may_be_the_person(other: Rated, person: Rated) -> bool:
    """Two lines like names and nothing that speaks for either: 'Sonnenschein Falk', 'Ronka Falk'."""
    return other[0] == person[0] < _SOME and other[0] > 0 == other[1]


def _person_of(rated: list[Rated]) -> Rated | None:
    """The line with most evidence for a person, unless more speaks for a company."""
    person = max(rated, key=lambda rate: rate[0] - rate[1], default=None)
    return person if person is not None and person[0] >= person[1] else None


def _company_of(draft: Draft, rated: list[Rated], person: Rated | None) -> Rated | None:
    """The line with most evidence for a company; without any, the line above the person."""
    others = [rate for rate in rated if rate is not person]
    best = max(others, key=lambda rate: rate[1] - rate[0] if rate[0] > 1 else rate[1], default=None)
    if best is None or person is None or (best[1] > best[0] and best[1] >= 4):
        return best
    above = [rate for rate in others if rate[2].at < person[2].at and rate[0] < 4]
    if above and (person[0] < 4 or not may_be_company(above[0][2].text)):
        draft.doubt(PERSON_OR_COMPANY)
    return above[0] if above else None


def _put_person(draft: Draft, part: Part) -> None:
    name = read_name(part.text, _LANGUAGE_OF.get(draft.country or "", draft.language))
    if name.salutation is not None and "salutation" in draft.fields:
        draft.fields["salutation"] = joined_salutations(draft.fields["salutation"], name.salutation)
    draft.put("salutation", name.salutation, part)
    draft.put("first_name", name.first, part)
    draft.put("middle_name", name.middle, part)
    draft.put("last_name", name.last, part)
    if not name.sure or "(" in f"{name.first} {name.last}" or _turned(name, draft.email()):
        draft.doubt(WHOLE_NAME)


def _turned(name: Name, email: str | None) -> bool:
    """'Muster Max' with max.muster@…: only the last word is a first name, and the address begins so."""
    if email is None or name.first is None or name.last is None or is_first_name(name.first.split()[0]):
        return False
    return is_first_name(name.last) and email.casefold().startswith(f"{name.last.casefold()}.")

"""The lines of an address block as parts: one-line addresses are split, labels within a line are recognised."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from smtpd_billbee.reader.additions import is_flat
from smtpd_billbee.reader.address_words import every, fold, folded, has_digit, label_lists, word_lists
from smtpd_billbee.reader.companies import is_legal_form
from smtpd_billbee.reader.countries import country_code, country_name, country_of_prefix
from smtpd_billbee.reader.country_lines import with_country_apart
from smtpd_billbee.reader.far_east import whole_place
from smtpd_billbee.reader.phones import phone_words
from smtpd_billbee.reader.postal import FORMS, lone_postcode, read_place, read_turned
from smtpd_billbee.reader.states import NAMED_STATES, is_state_name
from smtpd_billbee.reader.street_words import has_street_word
from smtpd_billbee.reader.streets import is_lone_number, read_street

_LONGEST = 400
_MOST_PARTS = 80
_SURE_STREET = 4
_MOST_OF_PLACE = 3  # city, county, postcode
_STRONG = re.compile(r"\s*[|·•‖\t]\s*|\s+;\s+|;\s+")
_SEPARATOR = re.compile(r"[|·•‖\t;,，]| [/–-] ")
# 'D - 80331 München' and '(80331) München': signs that belong to the postcode and part nothing.
_DASHED_SIGN = re.compile(r"(?:^|(?<=[,;|/–-] ))([A-Z]{1,3}) ?[-–] ?(?=[0-9]{3,6}\b|[0-9]{2}-[0-9]{3}\b)")
_BRACKETED_CODE = re.compile(r"\(((?:[A-Z]{1,2}-)?[0-9]{4,6})\) ?(?=[^\W\d_])")
_STATE_AND_CODE = re.compile(r"[A-Z]{2,3} [0-9]{4,5}(?:-[0-9]{4})?|[A-Z]{2} [A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]")
# Fields that a labelled line within a block may give; the empty ones are not part of an address.
_LABELLED = {
    "email": "email", "country": "country", "company": "company", "state": "state", "addition": "addition",
    "salutation": "salutation", "first_name": "first_name", "last_name": "last_name", "city": "city",
    "postcode": "postcode", "full_name": "full_name", "street": "street", "street_and_number": "street",
    "house_number": "house_number", "postcode_city": "postcode_city", "middle_name": "middle_name",
    "vat_id": "", "fax": "", "birth_date": "", "customer_number": "", "address_note": "", "note": "",
}  # fmt: skip
EITHER_NAME = "name"  # 'Name' is the last name beside 'Vorname', alone the whole name


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a block before its lines are: the country that a line names, and guesses."""

    country: str | None
    hints: tuple[str, ...]

    def is_place(self, text: str) -> bool:
        """Has the text the form of a place, in the block's country if that is known?"""
        place = read_place(text, self.country, self.hints)
        if place is None or (place.city is not None and has_digit(place.city)):
            return False
        return self.country not in FORMS or place.strength == 3

    def is_turned(self, text: str) -> bool:
        """Is the text city, perhaps region, and postcode: 'Berlin, Berlin, 12345'?"""
        place = read_turned(text, self.country) if self.country is not None else None
        return place is not None and not has_street_word(place.city or "")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A line, or a piece of one: `index` is the line's, `at` the part's own place among all parts."""

    text: str
    index: int
    at: int


@cache
def _labels() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, field in _LABELLED.items():
        for word in every(label_lists(key)):
            found.setdefault(fold(word), field)
    first = {fold(word) for word in every(label_lists("full_name"))}
    for word in every(label_lists("last_name")):
        if fold(word) in first:
            found[fold(word)] = EITHER_NAME
    for word in phone_words():
        found[word] = "phone"
    for word in every(word_lists("care_of")):
        found[fold(word)] = "care_of"
    found["f"] = ""  # Magento writes 'T:' and 'F:' for telephone and fax
    return found


def is_label(text: str) -> bool:
    """Is the whole text a label: 'E-Mail'?"""
    return fold(text) in _labels()


def is_other_label(text: str) -> bool:
    """Is the whole text the label of what belongs to no address: 'USt-IdNr.', 'Fax', 'Kundennummer'?"""
    return _labels().get(fold(text)) == ""


def read_label(text: str) -> tuple[str, str] | None:
    """Field and value of 'Tel.: 030 …', 'E-Mail: x@y'; the field is '' for what belongs to no address."""
    for colon in (":", "："):
        label, found, value = text.partition(colon)
        if found and len(label) <= 40:
            field = _labels().get(fold(label))
            if field is not None:
                return field, value.strip()
    return None


@cache
def _headings() -> frozenset[str]:
    keys = ("billing_address", "shipping_address", "customer")
    headings = (
        {fold(word) for key in keys for word in every(label_lists(key))} | folded("greetings") | folded("closings")
    )
    return frozenset(headings)


def is_heading(text: str) -> bool:
    """Is the line an address's heading or a greeting, which are no part of the address?"""
    return fold(text.strip(" ,:*")) in _headings()


def split_lines(lines: Sequence[str], hints: tuple[str, ...]) -> list[Part]:
    """All parts in their order.  Lines too long for an address are left out."""
    few = sum("@" not in line for line in lines) <= 2
    apart = [(line, index) for index, parts in enumerate(with_country_apart(lines)) for line in parts]
    named = _named_country([line for line, _ in apart]) if any("," in line for line, _ in apart) else None
    known = _Known(named, hints)
    pieces = [
        (piece, index)
        for line, index in apart
        if len(line) <= _LONGEST
        for piece in _name_and_street(line, index) or _pieces(_with_plain_code(line.strip()), few, known)
        if piece.strip(" ,")
    ]
    return [Part(piece.strip(), index, at) for at, (piece, index) in enumerate(pieces[:_MOST_PARTS])]


def _name_and_street(line: str, index: int) -> list[str]:
    """'Erika Muster, Seeweg 3' on the first line, above the place."""
    if index > 0 or line.count(", ") != 1:
        return []
    name, _, street = line.strip().partition(", ")
    if not has_digit(street) or has_digit(name) or has_street_word(name) or is_flat(name) or ":" in line:
        return []
    reading = read_street(street)
    return [name, street] if reading.strength >= _SURE_STREET and reading.number is not None else []


def _with_plain_code(line: str) -> str:
    """'D - 80331 München' as 'D-80331 München', '(80331) München' without its brackets."""
    if line.startswith("("):
        return _BRACKETED_CODE.sub(r"\1 ", line, count=1)
    if " -" in line or "- " in line or "–" in line:
        return _DASHED_SIGN.sub(lambda sign: f"{sign[1]}-" if country_of_prefix(sign[1]) else sign[0], line)
    return line


def _named_country(lines: Sequence[str]) -> str | None:
    """The country that one of the last lines names, alone or behind a comma."""
    for line in lines[-1:-5:-1]:
        country = country_name(line) or ("," in line and country_name(line.rpartition(",")[2])) or None
        if country is not None:
            return country
    return None


def _pieces(line: str, few: bool, known: _Known) -> list[str]:
    if _SEPARATOR.search(line) is None:
        return [line]
    if _STRONG.search(line) is not None:
        return [piece for part in _STRONG.split(line) if part for piece in _pieces(part.strip(" ,"), few, known)]
    apart = _at_signs(line, known)
    if apart:
        return apart
    if ("," not in line and "，" not in line) or _labelled(line):
        return [line]
    pieces = [piece for piece in (piece.strip() for piece in line.replace("，", ",").split(",")) if piece]
    return _at_commas(line, pieces, few, known)


def _at_signs(line: str, known: _Known) -> list[str]:
    """The pieces between slashes or dashes, if one of them is a place or, with slashes, if there are three."""
    for sign in (" / ", " - ", " – "):
        pieces = [piece for piece in (piece.strip(" ,") for piece in line.split(sign)) if piece]
        many = len(pieces) > 2 and sign == " / " and not all(is_lone_number(piece) for piece in pieces[1:])
        if many or any(known.is_place(piece) for piece in pieces[1:]):
            return pieces
    return []


def _labelled(line: str) -> bool:
    return ":" in line and read_label(line) is not None


def _at_commas(line: str, pieces: list[str], few: bool, known: _Known) -> list[str]:
    """Split if a later piece is a place or a country, or if the block has nothing but this line."""
    if len(pieces) < 2 or country_code(line) is not None:
        return [line]
    country = country_name(pieces[-1]) is not None or pieces[-1] in ("USA", "UK", "US", "GB", "DE", "AT", "CH")
    if any(whole_place(piece) is not None for piece in pieces):
        return pieces  # '厦门市, 福建省, 361004'
    if not country and len(pieces) <= _MOST_OF_PLACE and (known.is_place(line) or known.is_turned(line)):
        return [line]
    placed = any(known.is_place(piece) for piece in pieces[1:])
    coded = len(pieces) > 2 and any(lone_postcode(piece, known.country, known.hints) for piece in pieces)
    marked = any(piece.startswith(("г.", "гор. ", "город ")) for piece in pieces)
    if known.is_place(pieces[0]) and _is_street_behind(pieces):
        return _merged(pieces, country, known)
    if known.country in NAMED_STATES and is_state_name(pieces[-1], known.country):
        return [*_merged(pieces[:-1], country, known), pieces[-1]]  # '2200 Congress Avenue, Texas'
    if country or placed or coded or marked or (few and len(pieces) > 2):
        return _merged(pieces, country, known)
    return [line]


def _is_street_behind(pieces: list[str]) -> bool:
    """'20095 Hamburg, Lindenweg 7': the place stands first, and what follows has a street's name and number."""
    if not has_digit(pieces[0]) or has_street_word(pieces[0]) or is_flat(pieces[1]):
        return False
    reading = read_street(pieces[1])
    return (reading.number is not None and len(reading.street) > 2) or has_street_word(pieces[1])


def _merged(pieces: list[str], country: bool, known: _Known) -> list[str]:
    """Pieces that belong together are joined again: street and number, city and state, name and its suffix."""
    merged: list[str] = []
    last = len(pieces) - 1
    for at, piece in enumerate(pieces):
        coded = any(has_digit(later) and known.is_place(later) for later in pieces[at + 1 :])  # '1000' is no code then
        if merged and not (country and at == last) and _belongs_to(merged[-1], piece, at == 1, coded):
            merged[-1] = f"{merged[-1]}, {piece}"
        else:
            merged.append(piece)
    return merged


def _belongs_to(before: str, piece: str, second: bool, coded: bool) -> bool:
    if _STATE_AND_CODE.fullmatch(piece) is not None or is_legal_form(piece):
        return True
    if is_lone_number(before) and has_street_word(piece):
        return True
    if len(piece) <= 3 and piece.isupper() and piece.isalpha():
        return True
    code = lone_postcode(piece, None) and not (coded and not has_digit(before))
    if not second and not has_digit(before) and code and " " not in before:
        country = country_name(before)
        return country is None or not lone_postcode(piece, country)  # 'Россия, 191002' are country and postcode
    return is_lone_number(piece) and (not second or has_street_word(before)) and not code

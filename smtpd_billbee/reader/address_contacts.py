"""Contacts, labelled lines and the country of an address block: what is told without its neighbours."""

import re
from functools import cache

from smtpd_billbee.reader.additions import is_flat
from smtpd_billbee.reader.address_draft import LEFT_OVER, Draft
from smtpd_billbee.reader.address_lines import EITHER_NAME, Part, is_label, is_other_label, read_label
from smtpd_billbee.reader.address_words import every, fold, folded, has_digit, label_lists, table
from smtpd_billbee.reader.countries import country_code, country_name, country_of_code, country_of_prefix
from smtpd_billbee.reader.far_east import is_east
from smtpd_billbee.reader.phones import bare_number, find_email, is_phone, phone_after_word, phone_at_end
from smtpd_billbee.reader.postal import FORMS, NO_POSTCODE, lone_postcode, read_place
from smtpd_billbee.reader.states import is_state
from smtpd_billbee.reader.street_words import has_street_word
from smtpd_billbee.reader.streets import read_box

_READ_AS_LINES = frozenset(("street", "postcode_city", "full_name", "care_of"))
_SIGNS = frozenset(("A", "B", "D", "E", "F", "FL", "I", "L", "N", "P", "S"))
_LEAST_DIGITS = 7
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MAY_BE_NOTHING = frozenset(("company", "addition", "phone", "email", "salutation", "middle_name"))
# Council Directive 2006/112/EC, article 215, and its neighbours: a country's letters, then digits.
EU_VAT_ID = re.compile(
    r"ATU ?[0-9]{8}|CHE[ -]?[0-9]{3}[.]?[0-9]{3}[.]?[0-9]{3}(?: (?:MWST|TVA|IVA))?"
    r"|(?:BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"[ -]?[A-Z]{0,2}[0-9](?:[ .]?[0-9]){6,11}(?: ?[A-Z]{1,2}[0-9]{0,2})?"
)
# Behind its word a number may have any form: 'NIP 123-456-32-18', 'P.IVA 01234567890', 'CIF B12345678'.
VAT_ID = re.compile(r"[A-Z]{0,4}[ .-]?[0-9](?:[ .-]?[0-9A-Z/]){6,15}(?: (?:MWST|TVA|IVA))?")
_TWO_NAMES = re.compile(r"[()/,|\[–—]| - |^[A-Z]{2,3} |\b[A-Z]{2,3}$|\.$")  # 'Deutschland (DE)', 'Suisse/Schweiz'
_CITY_STATES = frozenset(("LU", "SG", "MC", "HK", "GI", "SM", "VA"))  # the city has the country's name


def take_contacts(draft: Draft) -> None:
    """E-mail addresses, telephone numbers with a word or '+' before them, links, and lines with a label."""
    draft.parts = [rest for part in draft.parts if (rest := _without_contact(draft, part)) is not None]


def _without_contact(draft: Draft, part: Part) -> Part | None:
    """What is left of a part to be read like any line."""
    text = part.text
    if "@" in text and (email := find_email(text)) is not None:
        return _take_email(draft, part, email)
    if (":" in text or "：" in text) and (labelled := read_label(text)) is not None:
        return _labelled(draft, part, *labelled)
    if text.startswith(("http://", "https://", "www.")) or _is_other_fact(text):
        draft.ignored.add(part.index)
        return None
    words, _, code = text.partition(" ")
    if code and fold(words) in _postcode_words() and lone_postcode(code, draft.country, draft.hints):
        return Part(code, part.index, part.at)  # 'CEP 88010-120'
    phone = text if text[0] in "+＋" and is_phone(text) else phone_after_word(text.partition(" / ")[0])
    if phone is None:
        return _before_phone(draft, part)
    draft.put("phone", phone, part)
    draft.ignored.add(part.index)
    return None


@cache
def _postcode_words() -> frozenset[str]:
    return frozenset(fold(word) for word in every(label_lists("postcode")))


def _is_other_fact(text: str) -> bool:
    """A number that is no part of an address: 'USt-IdNr. ATU12345678', 'Kundennr. 4711', 'SIRET 123 456 789 00012'."""
    if not has_digit(text):
        return False
    if EU_VAT_ID.fullmatch(text) is not None:
        return True
    words = text.replace(":", " ").split()
    for count in range(1, min(4, len(words))):
        if (is_other_label(" ".join(words[:count])) or fold(" ".join(words[:count])) in _other_numbers()) and all(
            has_digit(word) or (word.isupper() and len(word) < 6) for word in words[count:]
        ):
            return sum(sign.isdigit() for word in words[count:] for sign in word) > 3
    return False


@cache
def _other_numbers() -> frozenset[str]:
    return frozenset(fold(words) for words in table("business")["other_numbers"])


def _before_phone(draft: Draft, part: Part) -> Part:
    """The part without the number at its end."""
    found = phone_at_end(part.text)
    if found is None or is_flat(part.text) or has_street_word(found[0]) or read_box(part.text) is not None:
        return part
    draft.put("phone", found[1], part)
    return Part(found[0], part.index, part.at)


def _take_email(draft: Draft, part: Part, email: str) -> Part | None:
    """The e-mail address of a line, and the telephone number or the name that may stand beside it."""
    draft.put("email", email, part)
    draft.ignored.add(part.index)
    rest = part.text.replace(f"mailto:{email}", " ").replace(email, " ").strip().strip(" ,;<>()[]|/").strip()
    labelled = read_label(rest) if ":" in rest else None
    number = labelled[1].partition(",")[0].strip() if labelled is not None and labelled[0] == "phone" else rest
    if is_phone(number):
        draft.put("phone", number, part)
        return None
    is_name = len(rest) > 2 and labelled is None and ":" not in rest and not is_label(rest)
    return Part(rest, part.index, part.at) if is_name else None


def _labelled(draft: Draft, part: Part, name: str, value: str) -> Part | None:
    if not value or name == "":
        draft.ignored.add(part.index)
        return None
    if name == EITHER_NAME:
        name = "last_name" if _tells_first_name(draft) else "full_name"
    if name in _READ_AS_LINES:
        return Part(part.text if name == "care_of" else value, part.index, part.at)
    if name == "country":
        code = country_code(value)
        if code is None:
            return Part(value, part.index, part.at)
        draft.put("country", code, part)
        draft.country, draft.country_at = code, part.at
        return None
    draft.ignored.add(part.index)
    if name == "phone":
        value = bare_number(value) or value
    if name not in _MAY_BE_NOTHING or (value.strip(" -–—./") and fold(value) not in folded("no")):
        draft.put(name, value, part)
    return None


def _tells_first_name(draft: Draft) -> bool:
    """Has another line of the block the label of a first name?"""
    return any(":" in part.text and (read_label(part.text) or ("",))[0] == "first_name" for part in draft.parts)


def take_country(draft: Draft) -> None:
    """The last line that is a country's name; a code of two letters counts on the last line only."""
    if draft.country is not None:
        return
    for number in range(len(draft.parts) - 1, -1, -1):
        part = draft.parts[number]
        code = _country_of(draft, number, part.text)
        if code is not None:
            draft.put("country", code, part)
            draft.country, draft.country_at = code, part.at
            del draft.parts[number]
            _second_name(draft, number - 1, part.text)
            return


def _country_of(draft: Draft, number: int, text: str) -> str | None:
    if len(text) > 40:
        return None
    code = country_name(text)
    if number == 0 and not (is_east(text) or "\u0400" <= text[0] <= "\u04ff"):
        return code if code is not None and any(_has_place_of(part.text, code) for part in draft.parts[1:]) else None
    if code is None and len(text) > 3 and _TWO_NAMES.search(text) is not None:
        code = country_code(text)
    if code is None and number == len(draft.parts) - 1:
        code = _last_code(draft, text)
    if code == "GE" and any(_in_the_states(part.text) for part in draft.parts):  # Georgia
        return None
    return None if code in _CITY_STATES and _is_city_too(draft, number) else code


def _is_city_too(draft: Draft, number: int) -> bool:
    """'Luxembourg' above its postcode on a line of its own is the city."""
    return number + 1 < len(draft.parts) and draft.parts[number + 1].text.isdigit()


def _in_the_states(text: str) -> bool:
    place = read_place(text, None)
    return place is not None and place.country == "US"


def _second_name(draft: Draft, number: int, twin: str) -> None:
    """The country in a second language on the line before: 'Deutschland', 'Germany'; the same word twice is a doubt."""
    if number > 1 and draft.country not in _CITY_STATES and country_name(draft.parts[number].text) == draft.country:
        if draft.country == "GB":  # 'England', 'United Kingdom'
            return
        if draft.parts[number].text == twin:  # of two columns that ran into one
            draft.doubt(LEFT_OVER)
        draft.ignored.add(draft.parts[number].index)
        del draft.parts[number]


def _last_code(draft: Draft, text: str) -> str | None:
    """'DE', 'USA', 'D' on the last line: the country, if the block has a place of its form and it is no province."""
    code = country_of_code(text.replace(".", "")) or (country_of_prefix(text) if text in _SIGNS else None)
    if code is None or (len(text) == 3 and text.isalpha() and not is_state(text, draft.guess())):
        return code
    if any(hint != code and is_state(text, hint) for hint in draft.hints):
        return None
    if code in NO_POSTCODE and code not in FORMS:
        return code
    return code if any(_has_place_of(part.text, code) for part in draft.parts[:-1]) else None


def _has_place_of(text: str, country: str) -> bool:
    if country not in FORMS:
        return False
    place = read_place(text, country)
    return (place is not None and place.strength == 3) or lone_postcode(text, country)


def _is_dashed(text: str, country: str | None) -> bool:
    """'08341-5550' has the form of a ZIP code of the United States; elsewhere it is a number with its area."""
    return country not in (None, "US") and text[0] == "0" and _ZIP.fullmatch(text) is not None


_ZIP = re.compile(r"\d{5}-\d{4}")


def take_phones(draft: Draft) -> None:
    """A bare number behind the place or at the block's end; a postcode has fewer digits or another shape."""
    found: list[Part] = []
    for part in reversed([part for part in draft.parts if part.at > 0]):
        phone = is_phone(part.text) or _is_dashed(part.text, draft.guess())
        if not phone or sum(sign.isdigit() for sign in part.text) < _LEAST_DIGITS:
            continue
        behind = part is draft.parts[-1] or (draft.country_at is not None and part.at > draft.country_at)
        if not behind and part.text[0] not in "0(" and _CHINESE_MOBILE.fullmatch(part.text) is None:
            continue
        if draft.country in FORMS and lone_postcode(part.text, draft.country):
            continue
        found.append(part)
        draft.parts.remove(part)
    for part in reversed(found):  # the first of several
        draft.put("phone", part.text, part)
        draft.ignored.add(part.index)

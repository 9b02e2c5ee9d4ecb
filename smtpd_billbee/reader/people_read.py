"""One address block read: its free lines as an address, its labelled lines over them, and what is doubtful about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

from smtpd_billbee.model.order import Address
from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.address_draft import NO_CITY, NO_NAME, NO_POSTCODE, NO_STREET
from smtpd_billbee.reader.address_words import has_digit
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.far_east import country_of_script, is_east, read_east
from smtpd_billbee.reader.names import in_usual_order, joined_salutations, last_name_first, split_name
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import (
    MAIL,
    SHIPPING,
    Block,
)  # fmt: skip
from smtpd_billbee.reader.people_headings import PERSON
from smtpd_billbee.reader.phones import bare_number
from smtpd_billbee.reader.postal import country_said, split_place
from smtpd_billbee.reader.states import is_state
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import key

_ADDRESS = frozenset(f.name for f in fields(Address))
_LAST = ("last_name", "full_name")
_SOMEBODY = "Erika Muster"  # stands for the person whom another line names
_NAMED = ("first_name", "last_name")
_NAME = frozenset(("first_name", "last_name", "salutation", "middle_name", "company"))


@dataclass
class People:
    """The two addresses, facts about the person (VAT id, birth date, customer number), and the doubts."""

    billing: Address | None = None
    shipping: Address | None = None
    origins: dict[str, Origin] = field(default_factory=dict)
    facts: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A block with its address and where each field stood."""

    section: str
    address: Address
    origins: dict[str, Origin]
    row: int = 0


def read_address(block: Block, page: Page, people: People) -> Read | None:
    """The block's address; None where it only says 'same as above', or nothing."""
    lines = [text for text, _ in block.lines]
    if block.section == SHIPPING and _is_same_as(lines, block, page):
        return None
    values: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    if lines and not (block.section == "customer" and _is_user_name(lines)):
        found = read_block(lines, page.language)
        values = {f.name: value for f in fields(Address) if (value := getattr(found.address, f.name)) is not None}
        origins = {
            name: page.origin(block.lines[at][1], block.words, block.lines[at][0]) for name, at in found.sources.items()
        }
        if (block.section != "customer" or is_postal(found.address)) and len(lines) > 1:
            people.doubts += [
                f"{shown(block.section)}: {doubt}" for doubt in found.doubts if not _is_told(doubt, block)
            ]
        elif NO_CITY in found.doubts and found.address.postcode and "city" not in block.labelled:
            people.doubts.append(f"{shown(block.section)}: {NO_CITY}")  # '4 Mill Lane Austin Texas 78704'
    if block.clash:
        people.doubts.append(f"{shown(block.section)}: one of its labels stands twice, with two values")
    people.doubts += [f"{shown(block.section)}: {doubt}" for doubt in _told_by_half(page, block)]
    for name, (text, index, words) in _names_told(block).items():
        for each, value in _values(name, text, values, block).items():
            if value and each in _NAMED and values.get(each, value) != value:
                people.doubts.append(f"{shown(block.section)}: two names stand in it, one of them without a label")
                values.pop(each)  # what a label says is surer
            if value and each == "email" and values.get(each, value) != value:
                values.pop(each)  # 'Rechnung bitte auch an: …' is another's
            if value and each == "salutation" and each in values:  # 'Anrede: Frau', 'Name: Dr. Erika Muster'
                values[each] = joined_salutations(values[each], value)
            if value and each in _ADDRESS and each not in values:
                values[each] = value
                origins[each] = page.origin(index, words, text.replace("\n", ", "))
    return Read(block.section, Address(**values), origins, block.row) if values else None


_CITY_AND_STATE = re.compile(r"(?P<city>[^/-]{2,60}?) ?[/-] ?(?P<state>[A-Z]{2})")  # 'Florianópolis/SC', as in Brazil
_TOLD = {
    NO_NAME: ("full_name", "last_name", "company"),
    NO_STREET: ("street", "street_and_number"),
    NO_CITY: ("city", "postcode_city"),
    NO_POSTCODE: ("postcode", "postcode_city"),
}


def _is_told(doubt: str, block: Block) -> bool:
    """What the lines do not show, a label of the block may say."""
    return not block.labelled.keys().isdisjoint(_TOLD.get(doubt, ()))


# Kana only ('フリガナ：ムスター') say how a name is spoken.
_UNKNOWN_LABEL = re.compile(r"\W{0,3}[^\W\d_][^:：\d@]{1,30}[:：]\s*(?![\u3040-\u30ff\s]+$)[^\W\d_][^:：\d@]{1,40}$")
_TOLD_BY_HALF = (
    ("full_name", ("first_name", "last_name"), "name"),
    ("street_and_number", ("city", "postcode_city"), "street"),
)


def _told_by_half(page: Page, block: Block) -> Iterator[str]:
    """'Xyz: Erika' beside 'Name: von Muster': what is called the name may only be the last name; so with streets."""
    for name, others, word in _TOLD_BY_HALF:
        if name not in block.labelled or block.labelled.keys() & set(others):
            continue
        index = block.labelled[name][1]
        beside = ((index + step, index + 2 * step) for step in (-1, 1))
        if any(_is_unknown_fact(page, index, at, beyond) for at, beyond in beside):
            yield f"a line beside the {word} was not understood"


def _is_unknown_fact(page: Page, index: int, at: int, beyond: int) -> bool:
    """A line with an unknown label beside the row `index`: in its paragraph, or before another of the person."""
    if not 0 <= at < page.end or page.labels[at] or not _UNKNOWN_LABEL.match(page.rows[at].text[:90]):
        return False
    among = 0 <= beyond < page.end and page.label(beyond, *PERSON) is not None
    return among or page.rows[at].block == page.rows[index].block


def _is_user_name(lines: Sequence[str]) -> bool:
    """'Buyer: marcus1105' names an account, no person and no company."""
    return len(lines) == 1 and " " not in lines[0] and "@" not in lines[0] and any(c.isdigit() for c in lines[0])


def _names_told(block: Block) -> dict[str, tuple[str, int, str]]:
    """'Name' beside 'Vorname' is the last name, 'Имя' beside 'Фамилия' the first name; alone it is the whole name."""
    labelled = dict(block.labelled)
    if "full_name" in labelled:
        if "first_name" in labelled and "last_name" not in labelled:
            labelled["last_name"] = labelled.pop("full_name")
        elif "last_name" in labelled and "first_name" not in labelled:
            labelled["first_name"] = labelled.pop("full_name")
    return labelled


def _is_same_as(lines: Sequence[str], block: Block, page: Page) -> bool:
    """'wie Rechnungsadresse', '請求先と同じ': one line without a digit that is no address."""
    if len(lines) != 1 or block.labelled or any(c.isdigit() for c in lines[0]):
        return False
    found = read_block(lines)
    return found.address.street is None and found.address.city is None


def _values(name: str, text: str, known: dict[str, str], block: Block) -> dict[str, str | None]:
    """What a labelled line says, in the fields of an address."""
    country = known.get("country") or (
        country_code(block.labelled["country"][0]) if "country" in block.labelled else None
    )
    if name == "full_name":
        salutation, first, middle, last = split_name(_turned(_without_remark(text), block))
        return {"salutation": salutation, "first_name": first, "middle_name": middle, "last_name": last}
    if name in ("street", "street_and_number"):
        if name == "street" and "house_number" in block.labelled:
            return {"street": text.replace("\n", ", ")}
        if (
            ("," in text or "\n" in text)
            and "postcode" not in block.labelled
            and "postcode_city" not in block.labelled
            and "city" not in block.labelled
        ):
            named = "company" in block.labelled or any(name in block.labelled for name in _LAST)
            lines = [_SOMEBODY, *text.split("\n")] if named else text.split("\n")  # nothing else is the name then
            whole = read_block(lines).address
            if whole.city and whole.street:
                left = _NAME if named else frozenset()
                return {f.name: getattr(whole, f.name) for f in fields(Address) if f.name not in left}
        if is_east(text) and "city" not in block.labelled and (east := read_east(text, country_of_script(text))):
            told = {"state": east.state, "city": east.city, "street": east.street, "house_number": east.number}
            return {**told, "postcode": east.postcode, "addition": east.addition}
        street, number = split_street(text.replace("\n", ", "), country)
        if "house_number" in block.labelled and number is not None and not number[0].isdigit():
            return {"street": text.replace("\n", ", ")}  # 'Industriepark Nord, Geb.' beside 'C770'
        return {"street": street, "house_number": number}
    if name in ("postcode_city", "city", "postcode") and _is_whole_place(name, text, block):
        postcode, city, state = split_place(text, country)
        return {"postcode": postcode, "city": city, "state": state, "country": _country_said(text, block)}
    if name == "city" and (found := _CITY_AND_STATE.fullmatch(text)) and is_state(found["state"], "BR"):
        return {"city": found["city"], "state": found["state"]}
    if name == "country":
        return {"country": country_code(text)}
    if name == "postcode":
        prefixed = re.fullmatch(r"(?:[A-Z]{1,3} ?[-–] ?|〒\s?)(\d[\w -]*)", text)
        return {"postcode": prefixed[1] if prefixed else text, "country": _country_said(text, block)}
    if name in ("phone", "mobile"):
        return {"phone": bare_number(text) or text}
    if name == "email":
        found = MAIL.search(text)
        return {"email": found[0] if found else None}
    return {name: text}


def _is_whole_place(name: str, text: str, block: Block) -> bool:
    """'Ort: 8001 Zürich' and 'PLZ: 83471 Berchtesgaden', where no other line says the other half."""
    if name == "postcode_city":
        return True
    other = "postcode" if name == "city" else "city"
    if other in block.labelled or "postcode_city" in block.labelled or not has_digit(text):
        return False
    postcode, city, _ = split_place(text)
    return postcode is not None and city is not None


def _country_said(text: str, block: Block) -> str | None:
    return None if "country" in block.labelled else country_said(text)


def _without_remark(text: str) -> str:
    """'Erika Muster (registered customer)': small words in brackets behind a name are the shop's."""
    name, _, remark = text.partition(" (")
    return name if remark.endswith(")") and remark[:-1].islower() else text


def _turned(text: str, block: Block) -> str:
    """'Muster, Erika' under 'Name, Vorname' is Erika Muster."""
    if last_name_first(block.labelled["full_name"][2]) if "full_name" in block.labelled else False:
        return in_usual_order(text)
    last, comma, first = text.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else text


def is_postal(address: Address | None) -> bool:
    return address is not None and (
        address.street is not None or address.postcode is not None or address.city is not None
    )


def differs(one: Address, other: Address) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Address)]
    return any(a and b and key(a) != key(b) for a, b in pairs)


def shown(section: str) -> str:
    return {"billing_address": "billing address", "shipping_address": "delivery address"}.get(section, "customer")

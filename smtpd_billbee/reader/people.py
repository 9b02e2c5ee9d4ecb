"""Who ordered and where it goes: address blocks below their headings, and persons in labelled lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from smtpd_billbee.model.order import Address
from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.address_draft import NO_CITY, NO_NAME, NO_POSTCODE, NO_STREET
from smtpd_billbee.reader.address_words import fold, folded, has_digit
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.far_east import country_of_script, is_east, read_east
from smtpd_billbee.reader.labels import address_section
from smtpd_billbee.reader.names import in_usual_order, joined_salutations, last_name_first, split_name
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import (
    BILLING,
    FACTS,
    MAIL,
    MOST_LINES,
    SHIPPING,
    Block,
    blocks_of,
    has_company,
)  # fmt: skip
from smtpd_billbee.reader.people_headings import COMPANY, PERSON, is_announced, is_heading
from smtpd_billbee.reader.people_stray import closing_below, stray_labels
from smtpd_billbee.reader.phones import bare_number
from smtpd_billbee.reader.postal import country_said, split_place
from smtpd_billbee.reader.states import is_state
from smtpd_billbee.reader.street_words import box_words
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import key

_ADDRESS = frozenset(f.name for f in fields(Address))
_WHAT_FOR = "another address stands in the mail, and nothing says what it is for"
_MOST_BEFORE_GREETING = 30  # rows
_LONGEST_LINE = 80  # letters of a line of an address
_METHODS = ({"shipping_method"}, {"payment_method"})
_LAST = ("last_name", "full_name")
_SOMEBODY = "Erika Muster"  # stands for the person whom another line names
_NAMED = ("first_name", "last_name")
_NAME = frozenset(("first_name", "last_name", "salutation", "middle_name", "company"))
_WHERE = ("addition", "street", "house_number", "postcode", "city", "state", "country")


@dataclass
class People:
    """The two addresses, facts about the person (VAT id, birth date, customer number), and the doubts."""

    billing: Address | None = None
    shipping: Address | None = None
    origins: dict[str, Origin] = field(default_factory=dict)
    facts: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Read:
    """A block with its address and where each field stood."""

    section: str
    address: Address
    origins: dict[str, Origin]
    row: int = 0


def find_people(page: Page) -> People:
    """The addresses of the page."""
    people = People()
    blocks = list(blocks_of(page))
    last = max((index for index in page.claimed if index < page.end), default=0)
    stray = stray_labels(
        page, any("company" in block.labelled or has_company(block, page.language) for block in blocks)
    )
    _read_facts(page, people, [*blocks, stray])
    read = [found for block in blocks if (found := _read(block, page, people))]
    _check_repeats(read, people)
    billing, customer, shipping = (_first(read, section) for section in (BILLING, "customer", SHIPPING))
    if billing is None and customer and (_is_postal(customer.address) or shipping is None):
        billing, customer = customer, None
    loose = _read(stray, page, people) if stray.labelled else None
    if loose is None or not _is_postal(loose.address):
        for found in _unlabelled(page, people, read, last):
            if found.section == BILLING and billing is None:
                billing = found
            elif found.section == BILLING and billing and _is_where(found, billing):
                billing, customer = found, billing
            elif found.section == SHIPPING and shipping is None:
                shipping = found
    if billing:
        people.billing = billing.address
        _note_origins(people, BILLING, billing.origins)
    _check_second_person(loose, people)
    for extra in (customer, loose):
        if extra:
            _fill(people, extra)
    if people.billing and (people.billing.last_name or people.billing.company):  # said elsewhere
        people.doubts = [each for each in people.doubts if each != f"{_shown(BILLING)}: {NO_NAME}"]
    _add_email(page, people)
    shipping = _with_name(shipping, people)
    _live_there(shipping, people)
    if shipping and (_is_postal(shipping.address) or shipping.address.last_name or shipping.address.company):
        people.shipping = shipping.address
        _note_origins(people, SHIPPING, shipping.origins)
    return people


def _first(read: Sequence[_Read], section: str) -> _Read | None:
    """The section's first address; 'Ordered by: Jane Sample' above it is none."""
    found = [each for each in read if each.section == section]
    return next((each for each in found if _is_postal(each.address)), found[0] if found else None)


def _is_where(found: _Read, named: _Read) -> bool:
    """Does an address without a heading say where the customer lives, of whom the mail said only the name above?"""
    one, other = found.address, named.address
    names = (one.first_name, one.last_name) == (other.first_name, other.last_name)
    return not _is_postal(other) and one.last_name is not None and names


def _check_second_person(loose: _Read | None, people: People) -> None:
    """Labelled lines that name another person than the block is one more person than we can place."""
    if loose is None or people.billing is None:
        return
    for name in ("last_name", "postcode", "street"):
        one, other = getattr(loose.address, name), getattr(people.billing, name)
        if one and other and key(one) != key(other):
            people.doubts.append("a second person stands in the mail, and nothing says what for")
            return


def _add_email(page: Page, people: People) -> None:
    if people.billing is None or people.billing.email is not None:
        return
    if email := _email_beside_name(page, people.billing):
        people.billing = replace(people.billing, email=email[0])
        people.origins[f"{BILLING}.email"] = page.origin(email[1], None, email[0])


def _email_beside_name(page: Page, address: Address) -> tuple[str, int] | None:
    """'... bestellt von Gaëtan Marchand (g.marchand@example.org)': the mail address beside the last name."""
    if not address.last_name:
        return None
    for index in range(min(page.end, 60)):
        text = page.rows[index].text
        found = MAIL.search(text[:600]) if page.free(index) and "@" in text else None
        if found and address.last_name.casefold() in text[: found.start()].casefold():
            return found[0], index
    return None


def _with_name(shipping: _Read | None, people: People) -> _Read | None:
    """The only address of the mail names nobody: it is the customer's, who is named elsewhere."""
    billing = people.billing
    if shipping is None or billing is None or _is_postal(billing) or not _is_postal(shipping.address):
        return shipping
    if any(getattr(shipping.address, name) for name in _NAME) or not (billing.last_name or billing.company):
        return shipping
    names = {name: getattr(billing, name) for name in _NAME}
    origins = {name: origin for name in _NAME if (origin := people.origins.get(f"{BILLING}.{name}"))}
    people.doubts = [each for each in people.doubts if each != f"{_shown(SHIPPING)}: {NO_NAME}"]
    return replace(shipping, address=replace(shipping.address, **names), origins=shipping.origins | origins)


def _live_there(shipping: _Read | None, people: People) -> None:
    """The only address of the mail is where the parcel goes, and names who ordered, of whom nothing else is known."""
    billing = people.billing
    if shipping is None or billing is None or _is_postal(billing) or not _is_postal(shipping.address):
        return
    if any(getattr(shipping.address, name) not in (None, getattr(billing, name)) for name in _NAME):
        return
    said = fold(" ".join(filter(None, (shipping.address.addition, shipping.address.street))))
    if any(box in said for box in box_words()):
        return  # nobody lives at a parcel locker
    where = {name: getattr(shipping.address, name) for name in _WHERE if getattr(billing, name) is None}
    people.billing = replace(billing, **where)
    _note_origins(people, BILLING, {name: shipping.origins[name] for name in where if name in shipping.origins})


def _is_postal(address: Address | None) -> bool:
    return address is not None and (
        address.street is not None or address.postcode is not None or address.city is not None
    )


def _note_origins(people: People, prefix: str, origins: dict[str, Origin]) -> None:
    people.origins |= {f"{prefix}.{name}": origin for name, origin in origins.items()}


def _fill(people: People, extra: _Read) -> None:
    """A mail address or telephone number that stands apart belongs to who ordered."""
    known = people.billing or Address()
    both = _is_postal(known) and _is_postal(extra.address)
    named = known.last_name is not None or known.company is not None
    changes = {}
    for name in ("phone", "email") if both else tuple(_ADDRESS):
        value = getattr(extra.address, name)
        if value is None or getattr(known, name) is not None:
            continue
        if named and name in _NAME and not (name == "company" and _is_theirs(extra, known)):
            continue
        changes[name] = value
    if changes:
        people.billing = replace(known, **changes)
        origins = {name: extra.origins[name] for name in changes if name in extra.origins}
        _note_origins(people, BILLING, origins)


def _is_theirs(extra: _Read, known: Address) -> bool:
    """A company among the customer's data, which name the same person as the address or none, is the address's too."""
    return extra.section == "customer" and extra.address.last_name in (None, known.last_name)


def _check_repeats(read: Sequence[_Read], people: People) -> None:
    for section in (BILLING, SHIPPING):
        found = [each.address for each in read if each.section == section and _is_postal(each.address)]
        if any(_differs(found[0], other) for other in found[1:]):
            people.doubts.append(f"two different {'billing' if section == BILLING else 'delivery'} addresses")


def _differs(one: Address, other: Address) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Address)]
    return any(a and b and key(a) != key(b) for a, b in pairs)


def _read_facts(page: Page, people: People, blocks: Sequence[Block]) -> None:
    for name in FACTS:
        for block in blocks:
            if name in block.labelled and name not in people.facts:
                value, index, words = block.labelled[name]
                people.facts[name] = (value, page.origin(index, words, value))


def _read(block: Block, page: Page, people: People) -> _Read | None:
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
        if (block.section != "customer" or _is_postal(found.address)) and len(lines) > 1:
            people.doubts += [
                f"{_shown(block.section)}: {doubt}" for doubt in found.doubts if not _is_told(doubt, block)
            ]
        elif NO_CITY in found.doubts and found.address.postcode and "city" not in block.labelled:
            people.doubts.append(f"{_shown(block.section)}: {NO_CITY}")  # '4 Mill Lane Austin Texas 78704'
    if block.clash:
        people.doubts.append(f"{_shown(block.section)}: one of its labels stands twice, with two values")
    people.doubts += [f"{_shown(block.section)}: {doubt}" for doubt in _told_by_half(page, block)]
    for name, (text, index, words) in _names_told(block).items():
        for each, value in _values(name, text, values, block).items():
            if value and each in _NAMED and values.get(each, value) != value:
                people.doubts.append(f"{_shown(block.section)}: two names stand in it, one of them without a label")
                values.pop(each)  # what a label says is surer
            if value and each == "salutation" and each in values:  # 'Anrede: Frau', 'Name: Dr. Erika Muster'
                values[each] = joined_salutations(values[each], value)
            if value and each in _ADDRESS and each not in values:
                values[each] = value
                origins[each] = page.origin(index, words, text.replace("\n", ", "))
    return _Read(block.section, Address(**values), origins, block.row) if values else None


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


def _shown(section: str) -> str:
    return {"billing_address": "billing address", "shipping_address": "delivery address"}.get(section, "customer")


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


def _unlabelled(page: Page, people: People, have: Sequence[_Read], last: int) -> list[_Read]:
    """Addresses that no known label leads: told by their form, and by the stems of the heading above.

    `last` is the last row of the order proper.
    """
    unread: list[int] = []
    runs = (part for run in _runs(page, last) for part in _without_echo(page, run))
    found = _once([reading for run in runs if (reading := _read_run(page, run, have, people, unread))])
    if any(each.section == BILLING for each in have):
        # Below the order stands the shop's own address, unless a heading says that something goes there.
        if any(each.row > last and is_announced(page, each.row) for each in found if not each.section):
            people.doubts.append(_WHAT_FOR)
        found = [each for each in found if each.row < last or each.section == SHIPPING]
    for section in (BILLING, SHIPPING):
        if len({key(str(each.address)) for each in found if each.section == section}) > 1:
            people.doubts.append("several addresses stand in the mail, and nothing says which is for what")
    nameless = [each for each in found if not each.section]
    if nameless and any(each.section == BILLING for each in have):
        greeting = _greeting(page)
        nameless = [each for each in nameless if each.row > greeting]  # above it stands the shop's own
    billed = any(each.section == BILLING for each in [*have, *found])
    if nameless and not billed and any(row < last for row in unread):
        people.doubts.append(_WHAT_FOR)
    if nameless and (billed or len(nameless) > 1):
        if not billed or any(each.row < last or is_announced(page, each.row) for each in nameless):
            people.doubts.append(_WHAT_FOR)
        nameless = nameless[:1] if not billed else []
    return [*(each for each in found if each.section), *(replace(each, section=BILLING) for each in nameless)]


def _once(found: Sequence[_Read]) -> list[_Read]:
    """An address that stands twice, each time without a word of what it is for, is for both."""
    seen: dict[tuple[str, Address], _Read] = {}
    for each in found:
        seen.setdefault((each.section, each.address), each)
    return list(seen.values())


def _without_echo(page: Page, run: list[int]) -> list[list[int]]:
    """A run that says the same lines twice (the delivery and the bill, without headings) as two."""
    half, odd = divmod(len(run), 2)
    if (
        odd
        or half < _FEWEST_LINES
        or any(page.rows[a].text != page.rows[b].text for a, b in zip(run, run[half:], strict=False))
    ):
        return [run]
    return [run[:half], run[half:]]


_FEWEST_LINES = 3  # of an address


def _greeting(page: Page) -> int:
    """The row that greets: 'Sehr geehrte Frau Muster,'; -1 where none does."""
    greetings = tuple(f"{words} " for words in folded("greetings"))
    for index in range(min(page.end, _MOST_BEFORE_GREETING)):
        if page.free(index) and fold(page.rows[index].text[:60].replace(",", " ")).startswith(greetings):
            return index
    return -1


def _read_run(page: Page, run: list[int], have: Sequence[_Read], people: People, unread: list[int]) -> _Read | None:
    """The address of a run of lines, with or without a heading in its first line.

    A run that looks like an address, and could not be read as one, is noted in `unread`.
    """
    placed = False
    if len(run) - 6 > MOST_LINES or len(page.rows[run[-1]].text) > _LONGEST_LINE:
        return None
    for start in range(max(1, min(len(run) - 2, 6))):
        rows = run[start:]
        if is_heading(page, rows[0]):
            continue
        lines = [(line, index) for index in rows for cell in page.rows[index].filled for line in cell.lines]
        if not 2 < len(lines) <= MOST_LINES or any(len(line) > _LONGEST_LINE for line, _ in lines):
            continue
        reading = read_block([line for line, _ in lines], page.language)
        address = reading.address
        whole = address.street and address.city and (address.last_name or address.company)
        placed = placed or bool(address.postcode and address.street)
        if reading.doubts or not whole or len(reading.unused) > 1:
            if (
                start == 0
                and _section_of(page, rows[0] - 1)
                and (address.postcode or (address.street and address.city))
            ):
                people.doubts.append("an address under a heading could not be read in full")
            continue
        if any(_is_postal(each.address) and not _differs(each.address, address) for each in have):
            return None
        if (head := _mere_heading(page, rows, address)) is not None:
            if head:
                continue
            people.doubts.append("the first line of an address may be its heading")
        section = _section_of(page, rows[0] - 1)
        origins = {name: page.origin(lines[at][1], None, lines[at][0]) for name, at in reading.sources.items()}
        page.claim(run)
        return _Read(section, address, origins, rows[0])
    unread += run[:1] if placed else []
    return None


def _mere_heading(page: Page, rows: Sequence[int], address: Address) -> bool | None:
    """Is the company above a person's name a heading of unknown words?  None: no; True: an emphasised line shows it.

    Nobody announced the address, and the first line has no sign of a company.
    """
    first, text = page.rows[rows[0]], page.rows[rows[0]].text
    if address.company != text or not address.last_name or company_points(text) >= COMPANY:
        return None
    decorated = text[:1] in "[【=" or text.endswith((":", "："))
    return (first.head and not page.rows[rows[1]].head) or decorated


def _section_of(page: Page, index: int) -> str:
    """Whose address the row announces; '' where it is no heading, or says neither."""
    if index < 0 or not page.free(index):
        return ""
    labels = page.labels[index]
    if any(label.value or label.meaning.keys() in _METHODS for label in labels):
        return ""  # 'Versandart: DHL' announces no address, nor does 'Versandart' alone
    return address_section(page.rows[index].text)


def _runs(page: Page, last: int) -> Iterator[list[int]]:
    """Runs of free lines without other labels; a paragraph that is one line joins its neighbours.

    Below the order and 'With kind regards' stands the shop itself.
    """
    current: list[int] = []
    alone = True  # is each line of the run a paragraph of its own?
    for index in range(closing_below(page, last)):
        row = page.rows[index]
        other = page.labels[index] and not page.label(index, *PERSON)
        if not page.free(index) or row.table or other or row.level:
            yield from [current] if current else []
            current = []
            continue
        if current and page.rows[current[-1]].block != row.block and not (alone and _single(page, index)):
            yield current
            current = []
        alone = not current or (alone and page.rows[current[-1]].block != row.block)
        current.append(index)
    if current:
        yield current


def _single(page: Page, index: int) -> bool:
    """Is the line a paragraph of its own?"""
    return index + 1 >= page.end or page.rows[index + 1].block != page.rows[index].block

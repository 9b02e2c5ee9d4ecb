"""Who ordered and where it goes: address blocks below their headings, and persons in labelled lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

from smtpd_billbee.model.order import Address
from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.amounts import amounts_in
from smtpd_billbee.reader.columns import OWN_BLOCKS
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.labels import Labelled, address_section, labelled_text, leading, meaning_of
from smtpd_billbee.reader.names import split_name
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.postal import split_place
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import key

BILLING, SHIPPING = "billing_address", "shipping_address"
MOST_LINES = 16
_ADDRESS = frozenset(f.name for f in fields(Address))
_NAME = frozenset(("first_name", "last_name", "salutation", "middle_name", "company"))
_SECTIONS = (BILLING, SHIPPING, "customer")
_PERSON = (
    "company", "salutation", "full_name", "first_name", "middle_name", "last_name", "addition", "street_and_number",
    "street", "house_number", "postcode_city", "postcode", "city", "state", "country", "phone", "mobile", "email",
)  # fmt: skip
_FACTS = ("vat_id", "birth_date", "customer_number")
_BY_THE_WAY = ("fax", *_FACTS, "address_note")
_PARTED = re.compile(r"[,，、;/]")
_MAIL = re.compile(r"[^\s@<>,;:()\[\]]{1,64}@[^\s@<>,;:()\[\]]{1,190}\.[^\s@<>,;:()\[\]]{2,24}")


@dataclass
class People:
    """The two addresses, facts about the person (VAT id, birth date, customer number), and the doubts."""

    billing: Address | None = None
    shipping: Address | None = None
    origins: dict[str, Origin] = field(default_factory=dict)
    facts: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass
class _Block:
    """Lines of one address: those without a label, and what labels say, each with its row."""

    section: str
    row: int
    words: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    labelled: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def put(self, name: str, value: str, index: int, words: str) -> None:
        if value.strip(" -–—") and name not in self.labelled:
            self.labelled[name] = (value.strip(), index, words)


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
    blocks = list(_blocks(page))
    last = max((index for index in page.claimed if index < page.end), default=0)
    stray = _stray_labels(page, any("company" in block.labelled or _has_company(block) for block in blocks))
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
            elif found.section == SHIPPING and shipping is None:
                shipping = found
    if billing:
        people.billing = billing.address
        _note_origins(people, BILLING, billing.origins)
    _check_second_person(loose, people)
    for extra in (customer, loose):
        if extra:
            _fill(people, extra)
    _add_email(page, people)
    if shipping and (_is_postal(shipping.address) or shipping.address.last_name or shipping.address.company):
        people.shipping = shipping.address
        _note_origins(people, SHIPPING, shipping.origins)
    return people


def _first(read: Sequence[_Read], section: str) -> _Read | None:
    return next((each for each in read if each.section == section), None)


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
        found = _MAIL.search(text[:600]) if page.free(index) and "@" in text else None
        if found and address.last_name.casefold() in text[: found.start()].casefold():
            return found[0], index
    return None


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
        if value is None or getattr(known, name) is not None or (named and name in _NAME):
            continue
        changes[name] = value
    if changes:
        people.billing = replace(known, **changes)
        origins = {name: extra.origins[name] for name in changes if name in extra.origins}
        _note_origins(people, BILLING, origins)


def _check_repeats(read: Sequence[_Read], people: People) -> None:
    for section in (BILLING, SHIPPING):
        found = [each.address for each in read if each.section == section and _is_postal(each.address)]
        if any(_differs(found[0], other) for other in found[1:]):
            people.doubts.append(f"two different {'billing' if section == BILLING else 'delivery'} addresses")


def _differs(one: Address, other: Address) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Address)]
    return any(a and b and key(a) != key(b) for a, b in pairs)


def _prefixed(page: Page) -> Iterator[_Block]:
    """'Rechn. Nachname: Szabó', 'Billing city: York': the section stands before each label, as in order files."""
    blocks = {section: _Block(section, 0, "") for section in (BILLING, SHIPPING)}
    for index in range(page.end):
        if not page.free(index) or page.labels[index]:
            continue
        words, colon, value = page.rows[index].text.partition(":")
        first, _, name = words.strip(" -•*").partition(" ")
        if " pour " in words:
            name, _, first = words.strip(" -•*").partition(" pour ")  # 'Nom pour facturation'
        if not colon or not name or not value.strip() or len(words) > 50:
            continue
        meaning = meaning_of(name, page.known)
        known = meaning_of(first, page.known)
        section = next((each for each in (BILLING, SHIPPING) if each in known), address_section(first))
        if section and any(each in meaning for each in _PERSON):
            _add_labelled(page, blocks[section], Labelled(words.strip(), meaning, value.strip()), index)
            page.claim([index])
    yield from (block for block in blocks.values() if block.labelled)


def _blocks(page: Page) -> Iterator[_Block]:
    yield from _prefixed(page)
    for index in range(page.end):
        if not page.free(index):
            continue
        found = next(
            ((label, section) for label in page.labels[index] for section in _SECTIONS if label.means(section)), None
        )
        if found is None:
            continue
        label, section = found
        if (label.value and not label.firm) or _is_other(label, page, index):
            continue
        block = _collect(page, index, label, section)
        if block.lines or block.labelled:
            page.matched(label, section)
            yield block


def _is_other(label: Labelled, page: Page, index: int) -> bool:
    """'Versand an: ...' is an address; 'Adresse: Lindenweg 7' among labelled lines is a street, an amount neither."""
    if any(each.is_money for each in amounts_in(label.value, page.style)):
        return True
    if label.value and label.means("street", "street_and_number", "full_name"):
        around = [i for i in (index - 1, index + 1) if 0 <= i < page.end]
        if any(page.label(i, *_PERSON) and page.rows[i].block == page.rows[index].block for i in around):
            return True
    return bool(label.value) and label.means("customer_number") and any(c.isdigit() for c in label.value)


def _collect(page: Page, index: int, label: Labelled, section: str) -> _Block:
    block = _Block(section, index, label.words)
    taken = [index]
    for line in [*([label.value] if label.value else []), *label.lines]:
        _add(page, block, line, index)
    own = page.rows[index]
    at, last = index + 1, index
    while at < page.end and len(block.lines) + len(block.labelled) < MOST_LINES:
        if not page.free(at) or _ends(page, at, block, own, last):
            break
        for cell in page.rows[at].filled if not page.labels[at] else ():
            for line in cell.lines:
                _add(page, block, line, at)
        taken.append(at)
        last = at
        for each in page.labels[at]:
            if not each.value and not each.lines and page.has_value_below(at):
                at += 1
                taken.append(at)
                each = replace(each, value=page.rows[at].filled[0].lines[0])
            _add_labelled(page, block, each, last)
        last = at
        at += 1
    page.claim(taken)
    return block


def _ends(page: Page, at: int, block: _Block, own: object, last: int) -> bool:
    row = page.rows[at]
    labels = page.labels[at]
    text = row.text
    if row.level and not (labels and labels[0].value):
        return True
    if labels:
        if not any(_is_personal(each) for each in labels):
            return True
    elif (
        page.known.has("closings", text.strip(" ,.!"))
        or any(each.is_money for each in amounts_in(text, page.style))
        or len(text) > 120
    ):
        return True
    if row.block == page.rows[last].block or last == block.row:
        return False
    # A new paragraph: it still belongs to the address while it is incomplete, or says how to reach the person.
    if labels:
        return page.rows[last].block >= OWN_BLOCKS or (
            bool(block.lines) and not any(each.means("phone", "mobile", "email", "fax", *_FACTS) for each in labels)
        )
    if _is_contact(text):
        return len(text) > 60
    if page.rows[last].block >= OWN_BLOCKS:
        return True  # a column of side-by-side addresses: what follows belongs to no single one
    if block.lines and not block.labelled and len(text) <= 60 and not row.head and _goes_on_below(block, text):
        return False
    if len(block.lines) > 1 and len({page.rows[i].block for _, i in block.lines}) == len(block.lines):
        return row.head or len(text) > 60  # each line is a paragraph of its own
    return len(block.lines) > 2 or bool(block.labelled) or _spans(page, last, block)


_PLACE = re.compile(r"\d{4}|\d{3}[ -]\d{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|〒")


def _goes_on_below(block: _Block, text: str) -> bool:
    """A blank line parts an address: what stands below it has the place that is missing, or names the country."""
    placed = any(_PLACE.search(line) for line, _ in block.lines)
    return bool(country_code(text)) if placed else any(c.isdigit() for c in text)


def _spans(page: Page, last: int, block: _Block) -> bool:
    """Had the paragraph above several lines?  Then a blank line ends the address; else every line is a paragraph."""
    row = page.rows[last]
    return len(block.lines) > 1 and any(page.rows[i].block == row.block for i in (last - 1,) if i > block.row)


def _is_contact(text: str) -> bool:
    bare = text.strip()
    return bool(_MAIL.search(bare)) or (sum(c.isdigit() for c in bare) >= 6 and not any(c.isalpha() for c in bare))


def _is_personal(label: Labelled) -> bool:
    several = bool(label.lines) or len(_PARTED.findall(label.value)) > 1  # '收件人: 李伟, …, 200001, 中国'
    if label.means(*_SECTIONS) and (not label.value or several):
        return False
    return label.means(*_PERSON, *_BY_THE_WAY)


def _add(page: Page, block: _Block, line: str, index: int) -> None:
    found = labelled_text(line, 0, page.known)
    if (
        found
        and found.value
        and found.means(*_PERSON, *_BY_THE_WAY)
        and not found.means("billing_address", "shipping_address")
    ):
        _add_labelled(page, block, found, index)
        return
    contact = leading(line, page.known, frozenset({"phone", "mobile", "email"}))
    if (
        contact
        and contact.value
        and _is_contact(
            re.sub(r"^[^\d+(]*(?=[\d+(])", "", contact.value) if contact.means("phone", "mobile") else contact.value
        )
    ):
        _add_labelled(page, block, contact, index)
        return
    block.lines.append((line, index))


def _add_labelled(page: Page, block: _Block, label: Labelled, index: int) -> None:
    value = " ".join((label.value, *label.lines)).strip()
    name = next((each for each in _order_of_names(label, block) if label.means(each)), None)
    if name is None:
        if value:
            block.lines.append((value, index))
        return
    page.matched(label, name)
    if name in ("fax", "address_note"):
        return
    if name == "street_and_number" and "street" in block.labelled:
        name = "house_number"  # '町名' and '番地'
    block.put(name, value, index, label.words)


def _order_of_names(label: Labelled, block: _Block) -> tuple[str, ...]:
    """'Name' beside 'Vorname' is the last name, alone the whole name; 'Adresse' is street and number."""
    if label.means("full_name") and label.means("last_name", "first_name"):
        return ("full_name",)
    if label.means("street_and_number"):
        return (*_FACTS, "street_and_number", *_PERSON)
    if label.means("phone", "mobile"):
        return ("phone", "mobile")
    return (*_FACTS, *_PERSON, *_BY_THE_WAY)


def _has_company(block: _Block) -> bool:
    return bool(block.lines) and read_block([line for line, _ in block.lines]).address.company is not None


def _stray_labels(page: Page, has_company: bool) -> _Block:
    """Labelled persons outside any section: 'E-Mail: ...' above the addresses, or a whole address."""
    stray = _Block("customer", 0, "")
    last = max((index for index in page.claimed if index < page.end), default=0)
    for index in range(page.end):
        if index > last and page.known.has("closings", page.rows[index].text.strip(" ,.!")):
            break
        if not page.free(index) or (index > last and _is_footer(page, index)):
            continue
        for label in page.labels[index]:
            if not label.means(*_PERSON, *_FACTS):
                continue
            if not label.value and label.means(*_FACTS, "phone", "email") and page.has_value_below(index):
                label = replace(label, value=page.rows[index + 1].filled[0].lines[0])
            if not label.value or any(each.is_money for each in amounts_in(label.value, page.style)):
                continue
            if (
                label.means("addition")
                and not label.means("company", "house_number")
                and not _among_persons(page, index)
            ):
                continue  # 'Locatie: Stadthalle' is where an event takes place
            if label.means("house_number") and _among_persons(page, index):
                _add_labelled(page, stray, label, index)
                page.claim([index])
                continue
            if label.means("title", "items", "sku", "number", "payment_method", "total", "variant") and not label.means(
                "full_name", "customer"
            ):
                continue
            if index > last and label.means("vat_id") and not has_company:
                continue
            before = len(stray.labelled)
            if label.means("street", "street_and_number") and _goes_on(page, index):
                label = replace(label, value=f"{label.value}, {page.rows[index + 1].text}")
                page.claim([index + 1])
            _add_labelled(page, stray, label, index)
            if len(stray.labelled) > before:
                page.claim([index])
    stray.lines.clear()
    return stray


def _goes_on(page: Page, index: int) -> bool:
    """'Adresse: Lindenweg 7' and, on the next line of the paragraph, '12345 Musterstadt'."""
    below = index + 1
    if below >= page.end or not page.free(below) or page.labels[below] or len(page.rows[index].filled) != 1:
        return False
    row = page.rows[below]
    return row.block == page.rows[index].block and row.number == page.rows[index].number + 1 and len(row.text) < 60


def _among_persons(page: Page, index: int) -> bool:
    """'Nr.: 47' below 'Straße: ...' is a house number."""
    block = page.rows[index].block
    return any(
        0 <= i < page.end
        and page.rows[i].block == block
        and page.label(i, "street", "street_and_number", "postcode", "postcode_city", "city")
        for i in (index - 1, index + 1)
    )


def _is_footer(page: Page, index: int) -> bool:
    """Below the order, among lines without labels, a telephone number is the shop's own."""
    block = page.rows[index].block
    around = [i for i in range(max(0, index - 8), min(page.end, index + 9)) if page.rows[i].block == block]
    return any(not page.labels[i] and not (i and page.heading(i - 1)) for i in around)


def _read_facts(page: Page, people: People, blocks: Sequence[_Block]) -> None:
    for name in _FACTS:
        for block in blocks:
            if name in block.labelled and name not in people.facts:
                value, index, words = block.labelled[name]
                people.facts[name] = (value, page.origin(index, words, value))


def _read(block: _Block, page: Page, people: People) -> _Read | None:
    """The block's address; None where it only says 'same as above', or nothing."""
    lines = [text for text, _ in block.lines]
    if block.section == SHIPPING and _is_same_as(lines, block, page):
        return None
    values: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    if lines:
        found = read_block(lines, page.language)
        values = {f.name: value for f in fields(Address) if (value := getattr(found.address, f.name)) is not None}
        origins = {
            name: page.origin(block.lines[at][1], block.words, block.lines[at][0]) for name, at in found.sources.items()
        }
        if (block.section != "customer" or _is_postal(found.address)) and len(lines) > 1:
            people.doubts += [f"{_shown(block.section)}: {doubt}" for doubt in found.doubts]
    for name, (text, index, words) in _names_told(block).items():
        for each, value in _values(name, text, values, block).items():
            if value and each in _ADDRESS and each not in values:
                values[each] = value
                origins[each] = page.origin(index, words, text)
    return _Read(block.section, Address(**values), origins, block.row) if values else None


def _names_told(block: _Block) -> dict[str, tuple[str, int, str]]:
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


def _is_same_as(lines: Sequence[str], block: _Block, page: Page) -> bool:
    """'wie Rechnungsadresse', '請求先と同じ': one line without a digit that is no address."""
    if len(lines) != 1 or block.labelled or any(c.isdigit() for c in lines[0]):
        return False
    found = read_block(lines)
    return found.address.street is None and found.address.city is None


def _values(name: str, text: str, known: dict[str, str], block: _Block) -> dict[str, str | None]:
    """What a labelled line says, in the fields of an address."""
    country = known.get("country") or (
        country_code(block.labelled["country"][0]) if "country" in block.labelled else None
    )
    if name == "full_name":
        salutation, first, middle, last = split_name(_turned(text, block))
        return {"salutation": salutation, "first_name": first, "middle_name": middle, "last_name": last}
    if name in ("street", "street_and_number"):
        if name == "street" and "house_number" in block.labelled:
            return {"street": text}
        if (
            "," in text
            and "postcode" not in block.labelled
            and "postcode_city" not in block.labelled
            and "city" not in block.labelled
        ):
            whole = read_block([text]).address
            if whole.city and whole.street:
                return {f.name: getattr(whole, f.name) for f in fields(Address)}
        street, number = split_street(text, country)
        return {"street": street, "house_number": number}
    if name in ("postcode_city",):
        postcode, city, state = split_place(text, country)
        return {"postcode": postcode, "city": city, "state": state}
    if name == "country":
        return {"country": country_code(text)}
    if name == "postcode":
        prefixed = re.fullmatch(r"(?:[A-Z]{1,3}-|〒\s?)(\d[\w -]*)", text)
        return {"postcode": prefixed[1] if prefixed else text}
    if name in ("phone", "mobile"):
        return {"phone": text}
    if name == "email":
        found = _MAIL.search(text)
        return {"email": found[0] if found else None}
    return {name: text}


def _turned(text: str, block: _Block) -> str:
    """'Muster, Erika' under 'Name, Vorname' is Erika Muster."""
    last, comma, first = text.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else text


def _unlabelled(page: Page, people: People, have: Sequence[_Read], last: int) -> list[_Read]:
    """Addresses that no known label leads: told by their form, and by the stems of the heading above.

    `last` is the last row of the order proper.
    """
    found = [reading for run in _runs(page, last) if (reading := _read_run(page, run, have, people))]
    if any(each.section == BILLING for each in have):
        # Below the order stands the shop's own address, unless a heading says that something goes there.
        found = [each for each in found if each.row < last or each.section == SHIPPING]
    for section in (BILLING, SHIPPING):
        if len({key(str(each.address)) for each in found if each.section == section}) > 1:
            people.doubts.append("several addresses stand in the mail, and nothing says which is for what")
    nameless = [each for each in found if not each.section]
    billed = any(each.section == BILLING for each in [*have, *found])
    if nameless and (billed or len(nameless) > 1):
        if any(each.row < last for each in nameless):
            people.doubts.append("another address stands in the mail, and nothing says what it is for")
        nameless = nameless[:1] if not billed else []
    return [*(each for each in found if each.section), *(replace(each, section=BILLING) for each in nameless)]


def _read_run(page: Page, run: list[int], have: Sequence[_Read], people: People) -> _Read | None:
    """The address of a run of lines, with or without a heading in its first line."""
    for start in range(max(1, min(len(run) - 2, 6))):
        rows = run[start:]
        lines = [(line, index) for index in rows for cell in page.rows[index].filled for line in cell.lines]
        if not 2 < len(lines) <= MOST_LINES or any(len(line) > 80 for line, _ in lines):
            continue
        reading = read_block([line for line, _ in lines], page.language)
        address = reading.address
        whole = address.street and address.city and (address.last_name or address.company)
        if reading.doubts or not whole or len(reading.unused) > 1:
            if (
                start == 0
                and _section_of(page, rows[0] - 1)
                and (address.postcode or (address.street and address.city))
            ):
                people.doubts.append("an address under a heading could not be read in full")
            continue
        if any(not _differs(each.address, address) for each in have):
            return None
        section = _section_of(page, rows[0] - 1)
        origins = {name: page.origin(lines[at][1], None, lines[at][0]) for name, at in reading.sources.items()}
        page.claim(run)
        return _Read(section, address, origins, rows[0])
    return None


def _section_of(page: Page, index: int) -> str:
    """Whose address the row announces; '' where it is no heading, or says neither."""
    return address_section(page.rows[index].text) if index >= 0 and page.free(index) else ""


def _runs(page: Page, last: int) -> Iterator[list[int]]:
    """Runs of free lines without other labels; a paragraph that is one line joins its neighbours.

    Below the order and 'With kind regards' stands the shop itself.
    """
    current: list[int] = []
    for index in range(page.end):
        row = page.rows[index]
        other = page.labels[index] and not page.label(index, *_PERSON)
        if index > last and page.known.has("closings", row.text.strip(" ,.!")):
            break
        if not page.free(index) or row.table or other or row.level:
            yield from [current] if current else []
            current = []
            continue
        if (
            current
            and page.rows[current[-1]].block != row.block
            and not (_alone(page, current) and _single(page, index))
        ):
            yield current
            current = []
        current.append(index)
    if current:
        yield current


def _alone(page: Page, run: Sequence[int]) -> bool:
    """Is each line of the run a paragraph of its own?"""
    return all(page.rows[one].block != page.rows[other].block for one, other in pairwise(run))


def _single(page: Page, index: int) -> bool:
    """Is the line a paragraph of its own?"""
    return index + 1 >= page.end or page.rows[index + 1].block != page.rows[index].block

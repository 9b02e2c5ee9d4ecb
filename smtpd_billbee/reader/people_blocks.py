"""Blocks of address lines: below their headings, in labelled lines, and with the section before each label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.columns import OWN_BLOCKS
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.labels import NOTHING, Labelled, address_section, is_shop_contact, labelled_text, leading, meaning_of
from smtpd_billbee.reader.page import Page

BILLING, SHIPPING = "billing_address", "shipping_address"
MOST_LINES = 16
_LONGEST_CLOSING = 80  # letters
_FORM = 12  # rows around a label of a form
_FEWEST_LABELS = 3
_BANK = re.compile(r"\b(?:IBAN|BIC|SWIFT)\b")
_NEAR_BANK = 4  # rows below which an account is looked for
_MOST_GOING_ON = 5  # lines of an address whose first one has the label
_MOST_LABELS = 9  # lines below a heading among which a place or a street must be
_POSTAL = ("street", "street_and_number", "postcode", "postcode_city", "city")
_LONGEST_HEADING = 40  # letters
_COMPANY = 4  # points that are evidence
_MOST_CONTACTS = 6  # lines below a heading that are looked back through
_SECTIONS = (BILLING, SHIPPING, "customer")
PERSON = (
    "company", "salutation", "full_name", "first_name", "middle_name", "last_name", "addition", "street_and_number",
    "street", "house_number", "postcode_city", "postcode", "city", "state", "country", "phone", "mobile", "email",
)  # fmt: skip
FACTS = ("vat_id", "birth_date", "customer_number")
_BY_THE_WAY = ("fax", *FACTS, "address_note")
_PARTED = re.compile(r"[,，、;/]")
MAIL = re.compile(r"[^\s@<>,;:()\[\]]{1,64}@[^\s@<>,;:()\[\]]{1,190}\.[^\s@<>,;:()\[\]]{2,24}")


@dataclass
class Block:
    """Lines of one address: those without a label, and what labels say, each with its row."""

    section: str
    row: int
    words: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    labelled: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def put(self, name: str, value: str, index: int, words: str) -> None:
        if value.strip(" -–—") and name not in self.labelled:
            self.labelled[name] = (value.strip(), index, words)


def _prefixed(page: Page) -> Iterator[Block]:
    """'Rechn. Nachname: Szabó', 'Billing city: York': the section stands before each label, as in order files."""
    blocks = {section: Block(section, 0, "") for section in (BILLING, SHIPPING)}
    for index in range(page.end):
        if page.labels[index] or ":" not in page.rows[index].text or not page.free(index):
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
        if section and any(each in meaning for each in PERSON):
            _add_labelled(page, blocks[section], Labelled(words.strip(), meaning, value.strip()), index)
            page.claim([index])
    yield from (block for block in blocks.values() if block.labelled)


def blocks_of(page: Page) -> Iterator[Block]:
    yield from _prefixed(page)
    yield from _headed(page)
    for index in page.labelled():
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
            yield from _beside(page, index, label)


def _beside(page: Page, index: int, label: Labelled) -> Iterator[Block]:
    """The other address on the next line, when both stand behind their words: 'Odbiorca: …' below 'Nabywca: …'."""
    below = index + 1
    if not label.value or below >= page.end or not page.free(below) or page.labels[below]:
        return
    words, _, value = page.rows[below].text.partition(":")
    if any(_BANK.search(page.rows[at].text) for at in range(below, min(page.end, below + _NEAR_BANK))):
        return  # 'Empfänger: Musterladen GmbH, …', 'IBAN: …'
    if page.rows[below].block == page.rows[index].block and _begins_another(page, below) and value.strip():
        page.claim([below])
        yield Block(address_section(words), below, words, [(value.strip(), below)])


def _headed(page: Page) -> Iterator[Block]:
    """Labelled lines below a heading that no list holds: 'Odbiorca', 'Nazwisko: …', 'Ulica: …'."""
    for index in range(page.end - 1):
        if page.labels[index] or not page.labels[index + 1] or not page.free(index) or not is_heading(page, index):
            continue
        first = page.labels[index + 1][0]
        near = range(index + 1, min(page.end, index + _MOST_LABELS))
        if first.value and first.means(*PERSON) and any(page.label(at, *_POSTAL) for at in near):
            text = page.rows[index].text
            yield _collect(page, index, Labelled(text.rstrip(":： "), NOTHING, ""), address_section(text))


def _is_other(label: Labelled, page: Page, index: int) -> bool:
    """'Versand an: ...' is an address; 'Adresse: Lindenweg 7' among labelled lines is a street, an amount neither."""
    if has_money(label.value):
        return True
    if label.value and label.means("street", "street_and_number", "full_name"):
        around = [i for i in (index - 1, index + 1) if 0 <= i < page.end]
        if any(page.label(i, *PERSON) and page.rows[i].block == page.rows[index].block for i in around):
            return True
    return bool(label.value) and label.means("customer_number") and any(c.isdigit() for c in label.value)


def is_heading(page: Page, index: int) -> bool:
    """Is the row an address's heading by its stems alone: 'Destinataire', 'Rechnung geht an:'; and no company's name?

    It stands for itself, is emphasised, ends with a colon, or is one word.
    """
    row = page.rows[index]
    text = row.text
    if page.labels[index] or len(text) > _LONGEST_HEADING or not address_section(text):
        return False
    return (row.head or text.endswith((":", "：")) or " " not in text) and company_points(text) < _COMPANY


def _collect(page: Page, index: int, label: Labelled, section: str) -> Block:
    block = Block(section, index, label.words)
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
            if _is_line_after_all(page, at, each, block):
                block.lines.append((page.rows[at].text, at))
                continue
            if not each.value and not each.lines and page.has_value_below(at):
                at += 1
                taken.append(at)
                each = replace(each, value=page.rows[at].filled[0].lines[0])
            _add_labelled(page, block, each, last)
        last = at
        at += 1
    page.claim(taken)
    return block


def _is_line_after_all(page: Page, at: int, label: Labelled, block: Block) -> bool:
    """'MI' below 'Milano' is a province, though a label elsewhere: two capitals without a colon among plain lines."""
    text = page.rows[at].text
    return not label.value and not label.lines and bool(block.lines) and len(text) == 2 and text.isupper()


def _ends(page: Page, at: int, block: Block, own: object, last: int) -> bool:
    row = page.rows[at]
    labels = page.labels[at]
    text = row.text
    if row.level and not (labels and labels[0].value):
        return True
    if labels:
        if not any(_is_personal(each) for each in labels):
            return True
    elif page.known.has("closings", text.strip(" ,.!")) or has_money(text) or len(text) > 120:
        return True
    elif _begins_another(page, at):
        return True
    if row.block == page.rows[last].block or last == block.row:
        return False
    # A new paragraph: it still belongs to the address while it is incomplete, or says how to reach the person.
    if labels:
        return page.rows[last].block >= OWN_BLOCKS or (
            bool(block.lines)
            and not any(
                each.means("phone", "mobile", "email", "fax", *FACTS) or _tells_contact(each) for each in labels
            )
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


def _begins_another(page: Page, at: int) -> bool:
    """A heading, or 'Destinatario: Iker Sample, Calle Mayor 8, 20004 Madrid' with the whole address on its line."""
    words, colon, value = page.rows[at].text.partition(":")
    if is_heading(page, at):
        return page.rows[at].head or bool(colon)
    return len(words) <= _LONGEST_HEADING and value.count(",") > 1 and bool(address_section(words))


_PLACE = re.compile(r"\d{4}|\d{3}[ -]\d{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|〒")


def _goes_on_below(block: Block, text: str) -> bool:
    """A blank line parts an address: what stands below it has the place that is missing, or names the country."""
    placed = any(_PLACE.search(line) for line, _ in block.lines)
    return bool(country_code(text)) if placed else any(c.isdigit() for c in text)


def _spans(page: Page, last: int, block: Block) -> bool:
    """Had the paragraph above several lines?  Then a blank line ends the address; else every line is a paragraph."""
    row = page.rows[last]
    return len(block.lines) > 1 and any(page.rows[i].block == row.block for i in (last - 1,) if i > block.row)


def _is_contact(text: str) -> bool:
    bare = text.strip()
    return bool(MAIL.search(bare)) or (sum(c.isdigit() for c in bare) >= 6 and not any(c.isalpha() for c in bare))


def _tells_contact(label: Labelled) -> bool:
    """'Contact : 585-555-0162': the label names a person, the value says how to reach one."""
    return label.means("full_name") and bool(label.value) and _is_contact(label.value) and len(label.value) <= 60


def _is_personal(label: Labelled) -> bool:
    several = bool(label.lines) or len(_PARTED.findall(label.value)) > 1  # '收件人: 李伟, …, 200001, 中国'
    if label.means(*_SECTIONS) and (not label.value or several):
        return False
    return label.means(*PERSON, *_BY_THE_WAY)


def _add(page: Page, block: Block, line: str, index: int) -> None:
    found = labelled_text(line, 0, page.known)
    if (
        found
        and found.value
        and found.means(*PERSON, *_BY_THE_WAY)
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


def _add_labelled(page: Page, block: Block, label: Labelled, index: int) -> None:
    value = " ".join((label.value, *label.lines)).strip()
    if further := _further_label(page, value):
        value, more = further
        _add_labelled(page, block, more, index)
    name = next((each for each in _order_of_names(label, block) if label.means(each)), None)
    if name == "full_name" and _tells_contact(replace(label, value=value)):
        name = "email" if "@" in value else "phone"
        block.put(name, value, index, label.words)
        return
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


_FURTHER = re.compile(r"[,;|·]\s*(?P<words>[^\W\d][^:：,;]{1,25})[:：]\s*(?P<value>\S.*)$")


def _further_label(page: Page, value: str) -> tuple[str, Labelled] | None:
    """'Tel.: 030 123456, E-Mail: erika@example.org': the value ends where the next label begins."""
    found = _FURTHER.search(value[:400])
    if found is None or not (meaning := meaning_of(found["words"], page.known)):
        return None
    label = Labelled(found["words"].strip(), meaning, found["value"].strip())
    return (value[: found.start()].strip(), label) if label.means(*PERSON) else None


def _order_of_names(label: Labelled, block: Block) -> tuple[str, ...]:
    """'Name' beside 'Vorname' is the last name, alone the whole name; 'Adresse' is street and number."""
    if label.means("full_name") and label.means("last_name", "first_name"):
        return ("full_name",)
    if label.means("street_and_number"):
        return (*FACTS, "street_and_number", *PERSON)
    if label.means("phone", "mobile"):
        return ("phone", "mobile")
    return (*FACTS, *PERSON, *_BY_THE_WAY)


def has_company(block: Block) -> bool:
    return bool(block.lines) and read_block([line for line, _ in block.lines]).address.company is not None


def stray_labels(page: Page, with_company: bool) -> Block:
    """Labelled persons outside any section: 'E-Mail: ...' above the addresses, or a whole address."""
    stray = Block("customer", 0, "")
    last = max((index for index in page.claimed if index < page.end), default=0)
    until = closing_below(page, last)
    for index in page.labelled():
        if index >= until:
            break
        if not page.free(index) or (index > last and _is_footer(page, index)) or _is_shop(page, index):
            continue
        for label in page.labels[index]:
            if not label.means(*PERSON, *FACTS):
                continue
            below = label.means(*FACTS, "phone", "email") or _heads_a_person(page, index)
            if not label.value and below and page.has_value_below(index):
                label = replace(label, value=page.rows[index + 1].filled[0].lines[0])
            if not label.value or has_money(label.value):
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
            if index > last and label.means("vat_id") and not with_company:
                continue
            before = len(stray.labelled)
            if label.means("street", "street_and_number") and (below := _going_on(page, index)):
                label = replace(label, value="\n".join((label.value, *(page.rows[at].text for at in below))))
                page.claim(below)
            _add_labelled(page, stray, label, index)
            if len(stray.labelled) > before:
                page.claim([index])
    stray.lines.clear()
    return stray


def closing_below(page: Page, last: int) -> int:
    """The first row below `last` that closes a letter ('With kind regards'); the end of the page where none does."""
    for index in range(last + 1, page.end):
        text = page.rows[index].text
        if len(text) <= _LONGEST_CLOSING and page.known.has("closings", text.strip(" ,.!")):
            return index
    return page.end


def _going_on(page: Page, index: int) -> list[int]:
    """'Adresse: Lindenweg 7' and, on the next lines of the paragraph, 'Hinterhaus' and '12345 Musterstadt'."""
    below: list[int] = []
    if len(page.rows[index].filled) != 1:
        return below
    for at in range(index + 1, min(page.end, index + _MOST_GOING_ON)):
        row, above = page.rows[at], page.rows[at - 1]
        if not page.free(at) or page.labels[at] or row.block != above.block or len(row.text) >= 60:
            break
        if row.number != above.number + 1 or has_money(row.text):
            break
        below.append(at)
    return below


def _is_shop(page: Page, index: int) -> bool:
    """In a paragraph below 'Fragen zur Bestellung?' a telephone number and an e-mail address are the shop's own."""
    if not page.label(index, "phone", "mobile", "email", "fax"):
        return False
    block = page.rows[index].block
    first = index
    while first > 0 and index - first < _MOST_CONTACTS and page.rows[first - 1].block == block:
        first -= 1
    heads = [first] if first < index else [first - 1] if first > 0 and page.rows[first - 1].head else []
    return any(not page.labels[at] and is_shop_contact(page.rows[at].text) for at in heads)


def _among_persons(page: Page, index: int) -> bool:
    """'Nr.: 47' below 'Straße: ...' is a house number."""
    block = page.rows[index].block
    return any(
        0 <= i < page.end
        and page.rows[i].block == block
        and page.label(i, "street", "street_and_number", "postcode", "postcode_city", "city")
        for i in (index - 2, index - 1, index + 1, index + 2)
    )


def _heads_a_person(page: Page, index: int) -> bool:
    """A form with every value below its emphasised label: 'Vorname', 'Erika', 'PLZ', '12345'."""
    below = index + 1
    if not page.rows[index].head or below >= page.end or page.rows[below].head or page.labels[below]:
        return False
    block = page.rows[index].block
    near = range(max(0, index - _FORM), min(page.end, index + _FORM))
    found = [at for at in near if page.rows[at].block == block and page.rows[at].head and page.label(at, *PERSON)]
    return len(found) > _FEWEST_LABELS and any(page.label(at, *_POSTAL) for at in found)


def _is_footer(page: Page, index: int) -> bool:
    """Below the order, among lines without labels, a telephone number is the shop's own."""
    block = page.rows[index].block
    around = [i for i in range(max(0, index - 8), min(page.end, index + 9)) if page.rows[i].block == block]
    return any(not page.labels[i] and not (i and page.heading(i - 1)) for i in around)

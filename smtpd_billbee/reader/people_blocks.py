"""Blocks of address lines: below their headings, in labelled lines, and with the section before each label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.address_contacts import EU_VAT_ID, VAT_ID
from smtpd_billbee.reader.address_words import has_digit
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.columns import OWN_BLOCKS
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.labels import (
    NOTHING,
    Labelled,
    address_section,
    heads_any_address,
    is_carried,
    is_other_address,
    is_seller,
    labelled_text,
    leading,
    meaning_of,
    part_carrier,
)
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_headings import (
    PERSON,
    POSTAL,
    begins_another,
    heads_a_field,
    is_heading,
    is_near_account,
)
from smtpd_billbee.reader.phones import bare_number
from smtpd_billbee.reader.words import Meaning

BILLING, SHIPPING = "billing_address", "shipping_address"
MOST_LINES = 16
_MOST_LABELS = 9  # lines below a heading among which a place or a street must be
_SECTIONS = (BILLING, SHIPPING, "customer")
FACTS = ("vat_id", "birth_date", "customer_number")
_FEWEST_WORDS = 5  # of a sentence
_MOST_CELLS = 3  # of a row of an address
_LONGEST_WHOLE = 300  # letters of an address in one line
_ONCE = frozenset(("first_name", "last_name", "full_name", "street", "street_and_number", "postcode", "city"))
_BY_THE_WAY = ("fax", *FACTS, "address_note")
_PARTED = re.compile(r"[,，、;/]")
_NOT = r"[^\s@<>,;:：；，、（）【】()\[\]]"  # no letter of a mail address
# 'Firma: keine', 'Telefon: n/a'; but 'No' is a name, and 'NO' a province and a country.
_MAY_BE_NOTHING = frozenset({"company", "addition", "phone", "mobile", "email", "salutation", "middle_name", *FACTS})
_WITHOUT_COLON = frozenset({"phone", "mobile", "email", *FACTS})
_VAT: Meaning = MappingProxyType({"vat_id": frozenset[str]()})
_FORMS = {
    "vat_id": VAT_ID,
    "birth_date": re.compile(
        r"[0-9]{1,4}(?:[./-]|\. ?)[0-9]{1,2}[./-] ?[0-9]{1,4}|[0-9]{1,2}\. ?[^\W\d]{3,10} [0-9]{4}"
    ),
    "customer_number": re.compile(r"(?:[A-Z]{1,4}[ -]?)?[0-9][0-9A-Z/-]{1,14}"),
}
MAIL = re.compile(rf"{_NOT}{{1,64}}@{_NOT}{{1,190}}\.{_NOT}{{2,24}}")


@dataclass
class Block:
    """Lines of one address: those without a label, and what labels say, each with its row."""

    section: str
    row: int
    words: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    labelled: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    clash: bool = False  # a label of a person that stands twice, with two values

    def put(self, name: str, value: str, index: int, words: str) -> None:
        bare = value.strip().rstrip(",，、;；")
        if not bare.strip(" -–—./"):
            return
        if name not in self.labelled:
            self.labelled[name] = (bare, index, words)
        elif name in _ONCE and self.labelled[name][0] != bare and not _is_spoken(bare):
            self.clash = True


_KANA = re.compile(r"[\u3040-\u30ff\s　・]{2,40}様?")


def _is_spoken(name: str) -> bool:
    """'お名前(フリガナ)：ムスター エリカ 様' below the name says how it is spoken."""
    return _KANA.fullmatch(name) is not None


def prefixed_blocks(page: Page) -> list[Block]:
    """'Rechn. Nachname: Szabó', 'Billing city: York': the section stands before each label, as in order files.

    Nothing else can be meant, so these rows are claimed before the items are looked for.
    """
    blocks = {section: Block(section, 0, "") for section in (BILLING, SHIPPING)}
    for index in range(page.end):
        cells = page.rows[index].filled
        named = page.rows[index].table and len(cells) == 2  # 'Rechn. Stadt | Berlin'
        if page.labels[index] or not (named or ":" in page.rows[index].text) or not page.free(index):
            continue
        words, colon, value = (
            (cells[0].text.rstrip(" :"), ":", cells[1].text) if named else page.rows[index].text.partition(":")
        )
        first, _, name = words.strip(" -•*").partition(" ")
        if " pour " in words:
            name, _, first = words.strip(" -•*").partition(" pour ")  # 'Nom pour facturation'
        if not colon or not name or not value.strip() or len(words) > 50:
            continue
        meaning = meaning_of(name, page.known)
        known = meaning_of(first, page.known)
        section = next((each for each in (BILLING, SHIPPING) if each in known), address_section(first))
        if section and any(each in meaning for each in PERSON):
            add_labelled(page, blocks[section], Labelled(words.strip(), meaning, value.strip()), index)
            page.claim([index])
    return [block for block in blocks.values() if block.labelled]


def blocks_of(page: Page) -> Iterator[Block]:
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
        if _says_the_carrier(page, index, label):
            continue
        if said := _says_the_other(page, index, label):
            page.matched(label, section)
            page.claim(said)
            continue
        block = _collect(page, index, label, section)
        if block.lines or block.labelled:
            page.matched(label, section)
            yield block
            yield from _beside(page, index, label)
    yield from _behind_words(page)


def _says_the_carrier(page: Page, index: int, label: Labelled) -> bool:
    """'Shipping information' above 'Royal Mail Tracked 24' is no address."""
    below = index + 1
    if label.value or label.lines or not label.means(SHIPPING) or below >= page.end:
        return False
    ends = below + 1 >= page.end or page.rows[below + 1].block != page.rows[below].block
    return ends and not page.labels[below] and is_carried(page.rows[below].text, page.known)


def _says_the_other(page: Page, index: int, label: Labelled) -> list[int]:
    """The rows of 'Lieferadresse: wie Rechnungsadresse'; what is labelled below it belongs to who ordered."""
    if label.value or label.lines:
        return [index] if is_other_address(" ".join((label.value, *label.lines)).strip()) else []
    below = index + 1
    if not page.has_value_below(index) or page.labels[below] or not is_other_address(page.rows[below].text):
        return []
    return [index, below]


def _behind_words(page: Page) -> Iterator[Block]:
    """'Adresse für die Rechnung: Erika Muster, Lindenweg 7, 12345 Musterstadt': words that no list holds."""
    for index in range(page.end):
        text = page.rows[index].text
        if "," not in text or page.labels[index] or len(text) > _LONGEST_WHOLE or not page.free(index):
            continue
        words, _, value = text.partition(":")
        if not _is_whole(value) or not begins_another(page, index):
            continue
        if not is_seller(words) and not is_near_account(page, index):
            yield _collect(page, index, Labelled(words.strip(), NOTHING, value.strip()), address_section(words))


def _is_whole(value: str) -> bool:
    """A name, a street and a town with its postcode, in one line."""
    return value.count(",") > 1 and len(value) <= _LONGEST_WHOLE and _PLACE.search(value) is not None


def _beside(page: Page, index: int, label: Labelled) -> Iterator[Block]:
    """The other address on the next line, when both stand behind their words: 'Odbiorca: …' below 'Nabywca: …'."""
    below = index + 1
    if not label.value or below >= page.end or not page.free(below) or page.labels[below]:
        return
    words, _, value = page.rows[below].text.partition(":")
    if is_near_account(page, below):
        return
    if page.rows[below].block == page.rows[index].block and begins_another(page, below) and value.strip():
        page.claim([below])
        yield Block(address_section(words), below, words, [(value.strip(), below)])


def _headed(page: Page) -> Iterator[Block]:
    """Labelled lines below a heading that no list holds: 'Odbiorca', 'Nazwisko: …', 'Ulica: …'."""
    for index in range(page.end - 1):
        if page.labels[index] or not page.labels[index + 1] or not page.free(index) or not is_heading(page, index):
            continue
        first = page.labels[index + 1][0]
        near = range(index + 1, min(page.end, index + _MOST_LABELS))
        if first.value and first.means(*PERSON) and any(page.label(at, *POSTAL) for at in near):
            text = page.rows[index].text
            yield _collect(page, index, Labelled(text.rstrip(":： "), NOTHING, ""), address_section(text))


def _is_other(label: Labelled, page: Page, index: int) -> bool:
    """'Versand an: ...' is an address; 'Adresse: Lindenweg 7' among labelled lines is a street, an amount neither."""
    if has_money(label.value):
        return True
    if not label.value and label.means("street", "street_and_number") and heads_a_field(page, index):
        return True
    if label.means("customer") and not label.means(*POSTAL) and _is_whole(label.value):
        return False  # 'Client : Marie Exemple, 2 rue du Port, 29200 Brest'
    if label.value and label.means("street", "street_and_number", "full_name"):
        around = [i for i in (index - 1, index + 1) if 0 <= i < page.end]
        if any(page.label(i, *PERSON) and page.rows[i].block == page.rows[index].block for i in around):
            return True
        if (
            label.means("street", "street_and_number")
            and not _is_whole(label.value)
            and all(_tells_person(page, i) for i in around)
        ):  # each line is a paragraph
            return True
    return bool(label.value) and label.means("customer_number") and any(c.isdigit() for c in label.value)


def _tells_person(page: Page, index: int) -> bool:
    """'Zuname: Muster', 'PLZ: 12345', and 'Adresse 2:' without a value."""
    return page.label(index, *PERSON) is not None or page.rows[index].text.endswith((":", "："))


def _collect(page: Page, index: int, label: Labelled, section: str) -> Block:
    block = Block(section, index, label.words)
    taken = [index]
    for line in [*([label.value] if label.value else []), *label.lines]:
        _add(page, block, part_carrier(line, page.known)[0] if section == SHIPPING else line, index)
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
            if each.means("postcode") and len(block.lines) > 1 and block.labelled.keys().isdisjoint(POSTAL):
                block.lines.append((each.value, last))  # 'CEP: 30130-003' below lines without labels
                continue
            add_labelled(page, block, each, last)
        last = at
        at += 1
    page.claim(taken)
    return block


def _is_line_after_all(page: Page, at: int, label: Labelled, block: Block) -> bool:
    """'MI' below 'Milano' is a province, though a label elsewhere: two capitals without a colon among plain lines.

    'Firma' above plain lines is the salutation of a company, no label of the next line alone.
    """
    text = page.rows[at].text
    if not label.value and label.means("company") and text[-1] not in ":：" and not block.labelled:
        below = (at + 1, at + 2)
        return not page.rows[at].head and all(each < page.end and not page.labels[each] for each in below)
    return not label.value and not label.lines and bool(block.lines) and len(text) == 2 and text.isupper()


def _ends(page: Page, at: int, block: Block, own: object, last: int) -> bool:
    row = page.rows[at]
    labels = page.labels[at]
    text = row.text
    if row.level and not (labels and labels[0].value):
        return True
    if row.table and not labels and len(row.filled) > _MOST_CELLS and (block.lines or not _PLACE.search(text)):
        return True  # the header of a table; 'Erika Muster | Lindenweg 7 | 12345 Berlin | Deutschland' is an address
    if labels:
        if not any(_is_personal(each) or _heads_lines(each, block) for each in labels):
            return True
    elif (
        page.known.has("closings", text.strip(" ,.!"))
        or has_money(text)
        or len(text) > 120
        or (_is_sentence(text) and (row.block != page.rows[last].block or _has_place(block)))
    ):
        return True
    if not labels and begins_another(page, at):
        return True
    if row.block == page.rows[last].block:
        return False
    if last == block.row:  # a whole address behind its words ends with its paragraph
        return not labels and any("," in line and _PLACE.search(line) for line, _ in block.lines)
    # A new paragraph: it still belongs to the address while it is incomplete, or says how to reach the person.
    if labels and any(each.means("email") for each in labels) and _has_email(block):
        return True  # the customer's, below a delivery address with one of its own
    if labels:
        return page.rows[last].block >= OWN_BLOCKS or (
            bool(block.lines)
            and not any(
                each.means("phone", "mobile", "email", "fax", *FACTS) or _tells_contact(each) for each in labels
            )
        )
    if page.rows[last].block >= OWN_BLOCKS and not _is_contact(text):
        return True  # a column of side-by-side addresses: what follows belongs to no single one
    if _is_contact(text):
        return len(text) > 60 or (page.rows[last].block >= OWN_BLOCKS and ":" in text)
    if block.lines and not block.labelled and len(text) <= 60 and not row.head and _goes_on_below(block, text):
        return False
    if len(block.lines) > 1 and len({page.rows[i].block for _, i in block.lines}) == len(block.lines):
        return row.head or len(text) > 60  # each line is a paragraph of its own
    return len(block.lines) > 2 or bool(block.labelled) or _spans(page, last, block)


def _is_sentence(text: str) -> bool:
    """'You can view the status of this order': mostly small words, and no number."""
    words = text.split()
    return (
        len(words) > _FEWEST_WORDS and not has_digit(text) and sum(word[0].islower() for word in words) > len(words) / 2
    )


_PLACE = re.compile(r"\d{4}|\d{3}[ -]\d{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|〒")


def _has_place(block: Block) -> bool:
    return any(_PLACE.search(line) for line, _ in block.lines)


def _has_email(block: Block) -> bool:
    return "email" in block.labelled or any(MAIL.search(line) for line, _ in block.lines)


def _goes_on_below(block: Block, text: str) -> bool:
    """A blank line parts an address: what stands below it has the place that is missing, or names the country."""
    return bool(country_code(text)) if _has_place(block) else any(c.isdigit() for c in text)


def _spans(page: Page, last: int, block: Block) -> bool:
    """Had the paragraph above several lines?  Then a blank line ends the address; else every line is a paragraph."""
    row = page.rows[last]
    return len(block.lines) > 1 and any(page.rows[i].block == row.block for i in (last - 1,) if i > block.row)


def _heads_lines(label: Labelled, block: Block) -> bool:
    """'Adresse postale:' within a section that names only the person yet stands above the lines of its address."""
    if label.value or label.lines or not label.means(*_SECTIONS) or block.lines:
        return False
    return block.labelled.keys().isdisjoint(POSTAL) and heads_any_address(label.words)


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
        add_labelled(page, block, found, index)
        return
    if found := _told_without_colon(line, page):
        add_labelled(page, block, found, index)
    else:
        block.lines.append((line, index))


def _told_without_colon(line: str, page: Page) -> Labelled | None:
    """'Tel. privat 030 123456', 'USt-IdNr. ATU12345678', 'Geb. 1.2.1980', or a VAT id that stands for itself."""
    if not has_digit(line) and "@" not in line:
        return None
    words, _, number = line.partition(" ")
    if EU_VAT_ID.fullmatch(line) is not None:
        return Labelled("", _VAT, line)
    if number[:2].isupper() and not has_digit(words) and EU_VAT_ID.fullmatch(number) is not None:  # 'TVA FR12345678901'
        return Labelled(words, _VAT, number)
    found = leading(line, page.known, _WITHOUT_COLON)
    if found is None or not found.value:
        return None
    if found.means("phone", "mobile"):
        phone = bare_number(found.value)
        return replace(found, value=phone) if phone else None
    if found.means("email"):
        return found if _is_contact(found.value) else None
    told = any(found.means(name) and form.fullmatch(found.value) for name, form in _FORMS.items())
    return found if told else None


def add_labelled(page: Page, block: Block, label: Labelled, index: int) -> None:
    """What a labelled line says becomes a field of the block."""
    value = " ".join((label.value, *label.lines)).strip()
    if further := _further_label(page, value):
        value, more = further
        add_labelled(page, block, more, index)
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
    if name in ("fax", "address_note") or (name in _MAY_BE_NOTHING and page.known.has("no", value)):
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


def has_company(block: Block, language: str | None) -> bool:
    """Do the lines of the block name a company?  They are read in the mail's language, as they are below."""
    lines = [line for line, _ in block.lines]
    return bool(lines) and read_block(lines, language).address.company is not None

"""Rows that announce an address by the stems of their words, a form's field, or the shop's own contacts."""

import re

from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.labels import address_section, is_seller, is_shop_contact
from smtpd_billbee.reader.page import Page

PERSON = (
    "company", "salutation", "full_name", "first_name", "middle_name", "last_name", "addition", "street_and_number",
    "street", "house_number", "postcode_city", "postcode", "city", "state", "country", "phone", "mobile", "email",
)  # fmt: skip
POSTAL = ("street", "street_and_number", "postcode", "postcode_city", "city")
_FORM = 12  # rows around a label of a form
_FEWEST_LABELS = 3
_LONGEST = 40  # letters of a heading
COMPANY = 4  # points that are evidence
_BANK = re.compile(r"\b(?:IBAN|BIC|SWIFT)\b")
_NEAR_BANK = 4  # rows in which an account is looked for
_MOST_CONTACTS = 6  # lines below a heading that are looked back through


def is_heading(page: Page, index: int) -> bool:
    """Is the row an address's heading by its stems alone: 'Destinataire', 'Rechnung geht an:'; and no company's name?

    It stands for itself, is emphasised, ends with a colon, or is one word.
    """
    row = page.rows[index]
    text = row.text
    if page.labels[index] or len(text) > _LONGEST or not address_section(text):
        return False
    return (row.head or text.endswith((":", "：")) or " " not in text) and company_points(text) < COMPANY


def begins_another(page: Page, at: int) -> bool:
    """A heading, or 'Destinatario: Iker Sample, Calle Mayor 8, 20004 Madrid' with the whole address on its line."""
    words, colon, value = page.rows[at].text.partition(":")
    if is_heading(page, at):
        return page.rows[at].head or bool(colon)
    return len(words) <= _LONGEST and value.count(",") > 1 and bool(address_section(words))


def is_announced(page: Page, index: int) -> bool:
    """'Ware geht an:' announces an address by words that we do not know; 'Verkäufer:' announces the shop's own."""
    for at in (index, index - 1):  # the address itself may begin with its heading
        text = page.rows[at].text if at >= 0 and not page.labels[at] else ""
        if text.endswith((":", "：")) and len(text) <= _LONGEST:
            return not is_seller(text)
    return False


def is_sellers(page: Page, index: int) -> bool:
    """Does 'Anbieter:' or 'Shop:' lead the address: the shop's own?"""
    texts = (page.rows[at].text for at in (index, index - 1) if at >= 0 and not page.labels[at])
    return any(text.endswith((":", "：")) and len(text) <= _LONGEST and is_seller(text) for text in texts)


def is_near_account(page: Page, index: int) -> bool:
    """Is it a bank's recipient: 'Empfänger: Musterladen GmbH, …', 'IBAN: …'?"""
    return any(_BANK.search(page.rows[at].text) for at in range(index, min(page.end, index + _NEAR_BANK)))


def is_shops(page: Page, index: int) -> bool:
    """In a paragraph below 'Fragen zur Bestellung?' a telephone number and an e-mail address are the shop's own."""
    if not page.label(index, "phone", "mobile", "email", "fax"):
        return False
    block = page.rows[index].block
    first = index
    while first > 0 and index - first < _MOST_CONTACTS and page.rows[first - 1].block == block:
        first -= 1
    heads = [first] if first < index else [first - 1] if first > 0 and page.rows[first - 1].head else []
    return any(not page.labels[at] and is_shop_contact(page.rows[at].text) for at in heads)


def heads_a_field(page: Page, index: int) -> bool:
    """A form with every value below its emphasised label: 'Vorname', 'Erika', 'PLZ', '12345'."""
    below = index + 1
    if not page.rows[index].head or below >= page.end or page.rows[below].head or page.labels[below]:
        return False
    block = page.rows[index].block
    near = range(max(0, index - _FORM), min(page.end, index + _FORM))
    found = [at for at in near if page.rows[at].block == block and page.rows[at].head and page.label(at, *PERSON)]
    return len(found) > _FEWEST_LABELS and any(page.label(at, *POSTAL) for at in found)

"""The customer's e-mail address where no label leads to it, and the doubt where nothing says whose one is."""

import re
from dataclasses import replace

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import BILLING, MAIL, SHIPPING
from smtpd_billbee.reader.people_headings import is_shops
from smtpd_billbee.reader.people_read import People
from smtpd_billbee.reader.people_stray import number_row
from smtpd_billbee.reader.phones import bare_number

WHOSE = "an e-mail address stands in the mail, and nothing says whose it is"
# What stands before the @ where a shop is written to (RFC 2142, and what shops call theirs).
_SHOPS = re.compile(
    r"(?:abuse|admin|anfragen?|atelier|billing|bestell(?:ung(?:en)?|service)?|boutique|buero|büro|contacto?|contat+o|"
    r"customer[-.]?service|datenschutz|hallo|hello|help|hilfe|hi|info|kontakt|kunden(?:service|dienst)|laden|mail(?:er)?|"
    r"marketing|news|newsletter|(?:do[-_.]?)?no[-_.]?t?[-_.]?reply|office|orders?|pedidos?|post|postmaster|privacy|"
    r"rechnung(?:en)?|sales|service|shop|store|support|team|tienda|verkauf|versand|vertrieb|webmaster|webshop)\d*@",
    re.IGNORECASE,
)
_FEWEST_DIGITS = 6  # of a telephone number: 'Laden Feld – Tel. 030 555000 – info@laden.example' is the shop
_LONGEST_BESIDE = 30  # letters beside an e-mail address that stands nearly alone
_LONGEST_ROW = 300  # letters: RFC 5321 4.5.3.1.3 lets an address have 254
_MOST_CONTACTS = 4  # rows: the heading, a name, the e-mail address, the telephone number
_POSTCODE = re.compile(r"\b\d{5} [^\W\d]|\b\d{4} ?[A-Z]{2}\b|\b\d{4} [^\W\d]")


def add_email(page: Page, people: People) -> None:
    """Give who ordered the e-mail address that can only be theirs, or doubt the one that may be."""
    customer = people.billing or people.shipping
    if customer is None or any(each and each.email for each in (people.billing, people.shipping)):
        return
    email = _email_beside_name(page, customer)
    if email is None and (email := _only_email(page)) and customer.phone is None:
        customer = _with_phone_beside(page, people, customer, email[1])
    if email:
        customer = _with(page, people, customer, "email", email)
    elif _has_email_of_somebody(page):
        people.doubts.append(WHOSE)
    if people.billing:
        people.billing = customer
    else:
        people.shipping = customer


def _with(page: Page, people: People, customer: Address, name: str, found: tuple[str, int]) -> Address:
    value, index = found
    section = BILLING if people.billing else SHIPPING
    people.origins[f"{section}.{name}"] = page.origin(index, None, page.rows[index].text if name == "phone" else value)
    return replace(customer, **{name: value})


def _email_beside_name(page: Page, address: Address) -> tuple[str, int] | None:
    """'... bestellt von Gaëtan Marchand (g.marchand@example.org)': the mail address beside the last name."""
    if not address.last_name:
        return None
    for index in range(min(page.end, 60)):
        text = page.rows[index].text
        found = MAIL.search(text[:600]) if page.free(index) and "@" in text else None
        others = text[: found.start()] if found else ""
        if (
            found
            and address.last_name.casefold() in others.casefold()
            and sum(map(str.isdigit, others)) < _FEWEST_DIGITS
        ):
            return found[0], index
    return None


def _only_email(page: Page) -> tuple[str, int] | None:
    """'Kontakt:' above 'erika@example.org', 'Bestellung 7 (erika@example.org)': above the sums, and there is no other.

    The shop's own stands in a sentence, in its letterhead, or below all.
    """
    last = max((index for index in page.claimed if index < page.end), default=0)
    found = {}
    for index in range(number_row(page), last):
        text = page.rows[index].text
        for mail in MAIL.finditer(text[:_LONGEST_ROW]) if "@" in text else ():
            alone = len(text) - len(mail[0]) <= _LONGEST_BESIDE and page.free(index) and not is_shops(page, index)
            beside = [page.rows[at] for at in _same_block(page, index)]
            short = len(beside) <= _MOST_CONTACTS and not any(_POSTCODE.search(row.text) for row in beside)
            found[mail[0].casefold()] = (mail[0], index) if alone and short else None
    return next(iter(found.values())) if len(found) == 1 else None


def _has_email_of_somebody(page: Page) -> bool:
    """Is there one that nobody has read, and that by its name is no shop's?"""
    rows = (page.rows[index].text[:_LONGEST_ROW] for index in range(page.end) if page.free(index))
    return any(not _SHOPS.match(mail[0]) for text in rows if "@" in text for mail in MAIL.finditer(text))


def _same_block(page: Page, index: int) -> list[int]:
    """The rows of the paragraph around a row, no more than contacts take."""
    near = range(max(0, index - _MOST_CONTACTS), min(page.end, index + _MOST_CONTACTS + 1))
    return [at for at in near if page.rows[at].block == page.rows[index].block]


def _with_phone_beside(page: Page, people: People, customer: Address, index: int) -> Address:
    """A telephone number alone in the paragraph of the customer's e-mail address."""
    for at in _same_block(page, index):
        phone = bare_number(page.rows[at].text) if page.free(at) else None
        if phone:
            return _with(page, people, customer, "phone", (phone, at))
    return customer

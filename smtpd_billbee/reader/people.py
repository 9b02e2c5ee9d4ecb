"""Who ordered and where it goes: address blocks below their headings, and persons in labelled lines."""

from collections.abc import Sequence
from dataclasses import fields, replace

from smtpd_billbee.model.order import Address
from smtpd_billbee.model.reading import Origin
from smtpd_billbee.reader.address_draft import NO_NAME
from smtpd_billbee.reader.address_words import fold
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import (
    BILLING,
    FACTS,
    SHIPPING,
    Block,
    blocks_of,
    has_company,
    prefixed_blocks,
)  # fmt: skip
from smtpd_billbee.reader.people_emails import add_email
from smtpd_billbee.reader.people_loose import loose_addresses
from smtpd_billbee.reader.people_read import People, Read, differs, is_postal, read_address, shown
from smtpd_billbee.reader.people_stray import stray_labels
from smtpd_billbee.reader.street_words import box_words
from smtpd_billbee.reader.words import key

_ADDRESS = frozenset(f.name for f in fields(Address))
_NAME = frozenset(("first_name", "last_name", "salutation", "middle_name", "company"))
_WHERE = ("addition", "street", "house_number", "postcode", "city", "state", "country")


def find_people(page: Page, prefixed: Sequence[Block] | None = None) -> People:
    """The addresses of the page; `prefixed`: what labels with their section said of them, if it was asked before."""
    people = People()
    blocks = [*(prefixed_blocks(page) if prefixed is None else prefixed), *blocks_of(page)]
    last = max((index for index in page.claimed if index < page.end), default=0)
    stray = stray_labels(
        page,
        any("company" in block.labelled or has_company(block, page.language) for block in blocks),
        min((block.row for block in blocks if block.lines), default=0),
    )
    _read_facts(page, people, [*blocks, stray])
    read = [found for block in blocks if (found := read_address(block, page, people))]
    _check_repeats(read, people)
    billing, customer, shipping = (_first(read, section) for section in (BILLING, "customer", SHIPPING))
    if billing is None and customer and (is_postal(customer.address) or shipping is None):
        billing, customer = customer, None
    loose = read_address(stray, page, people) if stray.labelled else None
    if loose is None or not is_postal(loose.address):
        for found in loose_addresses(page, people, read, last):
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
        people.doubts = [each for each in people.doubts if each != f"{shown(BILLING)}: {NO_NAME}"]
    shipping = _of_customer(customer, people) if shipping is None else shipping
    shipping = _with_name(shipping, people)
    _live_there(shipping, people)
    if shipping and (is_postal(shipping.address) or shipping.address.last_name or shipping.address.company):
        people.shipping = shipping.address
        _note_origins(people, SHIPPING, shipping.origins)
    add_email(page, people)
    return people


def _first(read: Sequence[Read], section: str) -> Read | None:
    """The section's first address; 'Ordered by: Jane Sample' above it is none."""
    found = [each for each in read if each.section == section]
    return next((each for each in found if is_postal(each.address)), found[0] if found else None)


def _is_where(found: Read, named: Read) -> bool:
    """Does an address without a heading say where the customer lives, of whom the mail said only the name above?"""
    one, other = found.address, named.address
    names = (one.first_name, one.last_name) == (other.first_name, other.last_name)
    return not is_postal(other) and one.last_name is not None and names


def _check_second_person(loose: Read | None, people: People) -> None:
    """Labelled lines that name another person than the block is one more person than we can place."""
    if loose is None or people.billing is None:
        return
    for name in ("last_name", "postcode", "street"):
        one, other = getattr(loose.address, name), getattr(people.billing, name)
        if one and other and key(one) != key(other):
            people.doubts.append("a second person stands in the mail, and nothing says what for")
            return


def _of_customer(customer: Read | None, people: People) -> Read | None:
    """'Kunde:' above an address, and 'Rechnungsadresse:' above another: the parcel goes to the first, in doubt."""
    billing = people.billing
    if customer is None or billing is None or not (customer.address.street and customer.address.city):
        return None
    if not is_postal(billing) or not differs(customer.address, billing):
        return None
    people.doubts.append("the customer's address is another than the one of the bill")
    return customer


def _with_name(shipping: Read | None, people: People) -> Read | None:
    """The only address of the mail names nobody: it is the customer's, who is named elsewhere."""
    billing = people.billing
    if shipping is None or billing is None or is_postal(billing) or not is_postal(shipping.address):
        return shipping
    if any(getattr(shipping.address, name) for name in _NAME) or not (billing.last_name or billing.company):
        return shipping
    names = {name: getattr(billing, name) for name in _NAME}
    origins = {name: origin for name in _NAME if (origin := people.origins.get(f"{BILLING}.{name}"))}
    people.doubts = [each for each in people.doubts if each != f"{shown(SHIPPING)}: {NO_NAME}"]
    return replace(shipping, address=replace(shipping.address, **names), origins=shipping.origins | origins)


def _live_there(shipping: Read | None, people: People) -> None:
    """The only address of the mail is where the parcel goes, and names who ordered, of whom nothing else is known."""
    billing = people.billing
    if shipping is None or billing is None or is_postal(billing) or not is_postal(shipping.address):
        return
    if any(getattr(shipping.address, name) not in (None, getattr(billing, name)) for name in _NAME):
        return
    said = fold(" ".join(filter(None, (shipping.address.addition, shipping.address.street))))
    if any(box in said for box in box_words()):
        return  # nobody lives at a parcel locker
    where = {name: getattr(shipping.address, name) for name in _WHERE if getattr(billing, name) is None}
    people.billing = replace(billing, **where)
    _note_origins(people, BILLING, {name: shipping.origins[name] for name in where if name in shipping.origins})


def _note_origins(people: People, prefix: str, origins: dict[str, Origin]) -> None:
    people.origins |= {f"{prefix}.{name}": origin for name, origin in origins.items()}


def _fill(people: People, extra: Read) -> None:
    """A mail address or telephone number that stands apart belongs to who ordered."""
    known = people.billing or Address()
    both = is_postal(known) and is_postal(extra.address)
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


def _is_theirs(extra: Read, known: Address) -> bool:
    """A company among the customer's data, which name the same person as the address or none, is the address's too."""
    return extra.section == "customer" and extra.address.last_name in (None, known.last_name)


def _check_repeats(read: Sequence[Read], people: People) -> None:
    for section in (BILLING, SHIPPING):
        found = [each.address for each in read if each.section == section and is_postal(each.address)]
        if any(differs(found[0], other) for other in found[1:]):
            people.doubts.append(f"two different {'billing' if section == BILLING else 'delivery'} addresses")


def _read_facts(page: Page, people: People, blocks: Sequence[Block]) -> None:
    for name in FACTS:
        for block in blocks:
            if name in block.labelled and name not in people.facts:
                value, index, words = block.labelled[name]
                people.facts[name] = (value, page.origin(index, words, value))

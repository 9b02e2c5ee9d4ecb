"""An order file as orders: words of its cells become codes, streets lose their house numbers, sums are made.

The words are the reader's business, the rows that of formats; here they meet.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from smtpd_billbee.formats.filed_orders import FiledOrder, orders_of
from smtpd_billbee.formats.order_files import Complaint, read_order_file
from smtpd_billbee.formats.own_orders import OwnOrders, own_orders
from smtpd_billbee.model.order import Address, Order
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.currencies import CODES, VAGUE, currency_of
from smtpd_billbee.reader.judge import known_problems
from smtpd_billbee.reader.names import read_name
from smtpd_billbee.reader.order_problems import sums_problems
from smtpd_billbee.reader.people_headings import COMPANY
from smtpd_billbee.reader.scalars import payment_type
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import dictionary
from smtpd_billbee.work.ready import Filed, ReadyOrder
from smtpd_billbee.work.storable import storable

SHOWN, MOST_NAMED = 40, 20  # letters of a column's name, and names
_FIVE_DIGITS = frozenset({"DE", "FR", "IT", "ES", "US", "FI", "EE", "HR"})  # every postcode there has five


def read_filed(content: bytes, vat_mode: VatMode) -> Filed:
    """The orders of a file.  One that is no order file has none, and one complaint."""
    read = read_order_file(content)
    if read.own:
        return storable(_own(read.format, own_orders(read.own)))
    file = orders_of(read, vat_mode)
    ready = [_ready(_with_zeros(filed) if file.format == "xlsx" else filed) for filed in file.orders]
    complaints = sorted([*file.complaints, *_doubts(ready)], key=lambda each: each.line or 0)
    orders = tuple(order for order, _ in ready)
    return storable(Filed(file.format, orders, tuple(complaints), len(file.failed), tuple(_remarks(file.unused))))


def _own(format: str, file: OwnOrders) -> Filed:
    """What we exported ourselves; it is judged by the same rules as a mail."""
    ready = []
    for each in file.orders:
        doubts = [Complaint(line, text) for line, text in each.doubts]
        known = known_problems(each.order)
        problems = (*(f"line {doubt.line}: {doubt.text}" for doubt in doubts), *known)
        doubts += [Complaint(each.line, text) for text in known]
        ready.append((ReadyOrder(each.line, each.order, None, problems, each.beside), doubts))
    complaints = [Complaint(line, f"order {number} is not imported: {why}") for line, number, why in file.failed]
    complaints = sorted([*complaints, *_doubts(ready)], key=lambda each: each.line or 0)
    orders = tuple(order for order, _ in ready)
    return Filed(format, orders, tuple(complaints), len(file.failed), tuple(_remarks(file.unused)))


def _doubts(ready: Sequence[tuple[ReadyOrder, Sequence[Complaint]]]) -> Iterator[Complaint]:
    """Every doubt with its order; one that all orders share, such as a column that is not there, is said once."""
    counts = Counter(text for _, doubts in ready for text in {each.text for each in doubts})
    shared = [text for text, count in counts.items() if count == len(ready) > 1]
    yield from (Complaint(None, f"all orders: {text}") for text in shared)
    for order, doubts in ready:
        for each in doubts:
            if each.text not in shared:
                yield Complaint(each.line, f"order {order.order.number}: {each.text}")


def _remarks(unused: Sequence[str]) -> Iterator[str]:
    if unused:
        names = ", ".join(f'"{name[:SHOWN]}"' for name in unused[:MOST_NAMED])
        yield f"Columns not used: {names}{f' and {len(unused) - MOST_NAMED} more' if len(unused) > MOST_NAMED else ''}"


def _with_zeros(filed: FiledOrder) -> FiledOrder:
    """The order with the postcodes that it had before Excel took them for numbers: 1067 in Dresden is 01067."""
    order = filed.order
    billing, shipping = (
        replace(address, postcode=address.postcode.zfill(5))
        if address and address.postcode and _lost_a_zero(address)
        else address
        for address in (order.billing_address, order.shipping_address)
    )
    return replace(filed, order=replace(order, billing_address=billing, shipping_address=shipping))


def _lost_a_zero(address: Address) -> bool:
    postcode = address.postcode or ""
    return len(postcode) == 4 and postcode.isdecimal() and country_code(address.country or "") in _FIVE_DIGITS


def _ready(filed: FiledOrder) -> tuple[ReadyOrder, Sequence[Complaint]]:
    doubts = list(filed.doubts)
    order, more = _with_total(_with_codes(filed, doubts))
    problems = [f"line {doubt.line}: {doubt.text}" for doubt in doubts]
    more += known_problems(order)  # the same rules as for a mail
    doubts += [Complaint(filed.line, text) for text in more]
    return ReadyOrder(filed.line, order, filed.shipped_at, (*problems, *more)), doubts


def _with_codes(filed: FiledOrder, doubts: list[Complaint]) -> Order:
    order = filed.order
    method = order.payment_method
    return replace(
        order,
        currency=_currency(order.currency, filed, doubts),
        payment_type=payment_type(method, dictionary()) if method else None,
        billing_address=_address(_named("billing", order.billing_address, filed, doubts), filed.line, doubts),
        shipping_address=_address(_named("shipping", order.shipping_address, filed, doubts), filed.line, doubts),
    )


def _currency(words: str | None, filed: FiledOrder, doubts: list[Complaint]) -> str | None:
    if words is None:
        return None
    code, line = words.upper() if words.upper() in CODES else currency_of(words.lower()), filed.line
    if code is None:
        doubts.append(Complaint(line, f"the currency {words[:20]!r} is not known"))
    elif words.lower() in VAGUE:
        doubts.append(Complaint(line, f"the currency {words!r} can be more than one; {code} was taken"))
    elif any(code not in _codes_of(sign) for sign in filed.signs):
        doubts.append(Complaint(line, f"the currency is said to be {code}, but amounts are written in another"))
    return code


def _codes_of(sign: str) -> Sequence[str | None]:
    sign = sign.lower()
    return VAGUE.get(sign) or (sign.upper() if sign.upper() in CODES else currency_of(sign),)


def _named(whose: str, address: Address | None, filed: FiledOrder, doubts: list[Complaint]) -> Address | None:
    """The address with a name that stands in one cell: of a company, or of a person with first and last name."""
    name = filed.names.get(whose)
    if address is None or name is None or address.last_name or address.first_name:
        return address
    if not address.company and company_points(name) >= COMPANY:
        return replace(address, company=name)
    read = read_name(name)
    if not read.sure:
        doubts.append(Complaint(filed.line, f"the {whose} address's name may be parted wrongly"))
    said = address.salutation or read.salutation
    return replace(
        address, salutation=said, first_name=read.first or None, middle_name=read.middle or None, last_name=read.last
    )


def _address(address: Address | None, line: int, doubts: list[Complaint]) -> Address | None:
    if address is None:
        return None
    country = country_code(address.country) if address.country else None
    if address.country and country is None:
        doubts.append(Complaint(line, f"the country {address.country[:40]!r} is not known"))
    if address.postcode and len(address.postcode) == 4 and address.postcode.isdecimal() and country in _FIVE_DIGITS:
        doubts.append(Complaint(line, f"the postcode {address.postcode} has four digits; in {country} it has five"))
    street, house_number = address.street, address.house_number
    if street and not house_number:
        street, house_number = split_street(street, country)
    return replace(address, country=country, street=street, house_number=house_number)


def _with_total(order: Order) -> tuple[Order, list[str]]:
    """What the customer pays: what the file says, else the sum, where every part of it is known."""
    if order.total is not None:
        without = replace(order, discount=None)
        if order.discount and not sums_problems(without):
            return without, []  # the prices have the discount in them already
        return order, sums_problems(order)
    totals = [item.total for item in order.items if item.total is not None]
    doubts = []
    if order.discount:
        doubts.append(f"a discount of {order.discount:.2f} was taken from the sum; it may be in the prices already")
    if order.prices_include_tax is False or order.shipping_cost is None or len(totals) < len(order.items):
        return order, doubts
    total = sum(totals, order.shipping_cost + (order.payment_fee or 0) - (order.discount or 0))
    return replace(order, total=total), doubts

"""An order file as orders: words of its cells become codes, streets lose their house numbers, sums are made.

The words are the reader's business, the rows that of formats; here they meet.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from smtpd_billbee.formats.filed_orders import FiledOrder, orders_of
from smtpd_billbee.formats.order_files import Complaint, read_order_file
from smtpd_billbee.model.order import Address, Order
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.currencies import CODES, currency_of
from smtpd_billbee.reader.scalars import payment_type
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import dictionary
from smtpd_billbee.work.storable import storable

_FIVE_DIGITS = frozenset({"DE", "FR", "IT", "ES", "US", "FI", "EE", "HR"})  # every postcode there has five


@dataclass(frozen=True, slots=True)
class ReadyOrder:
    """An order that can be imported; `problems` are doubts that somebody should look at."""

    line: int
    order: Order
    shipped_at: str | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file holds: orders, complaints by line, and how many orders could not be read."""

    format: str
    orders: tuple[ReadyOrder, ...]
    complaints: tuple[Complaint, ...]
    failed: int = 0


def read_filed(content: bytes, vat_mode: VatMode) -> Filed:
    """The orders of a file.  One that is no order file has none, and one complaint."""
    file = orders_of(read_order_file(content), vat_mode)
    complaints = list(file.complaints)
    ready = [_ready(_with_zeros(filed) if file.format == "xlsx" else filed, complaints) for filed in file.orders]
    complaints.sort(key=lambda each: each.line or 0)
    return storable(Filed(file.format, tuple(ready), tuple(complaints), len(file.failed)))


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


def _ready(filed: FiledOrder, complaints: list[Complaint]) -> ReadyOrder:
    doubts = list(filed.doubts)
    order = _with_codes(filed, doubts)
    complaints += doubts[len(filed.doubts) :]
    problems = tuple(f"line {doubt.line}: {doubt.text}" for doubt in doubts)
    return ReadyOrder(filed.line, replace(order, total=_total(order)), filed.shipped_at, problems)


def _with_codes(filed: FiledOrder, doubts: list[Complaint]) -> Order:
    order = filed.order
    method = order.payment_method
    return replace(
        order,
        currency=_currency(order.currency, filed.line, doubts),
        payment_type=payment_type(method, dictionary()) if method else None,
        billing_address=_address(order.billing_address, filed.line, doubts),
        shipping_address=_address(order.shipping_address, filed.line, doubts),
    )


def _currency(words: str | None, line: int, doubts: list[Complaint]) -> str | None:
    if words is None:
        return None
    code = words.upper() if words.upper() in CODES else currency_of(words.lower())
    if code is None:
        doubts.append(Complaint(line, f"the currency {words[:20]!r} is not known"))
    return code


def _address(address: Address | None, line: int, doubts: list[Complaint]) -> Address | None:
    if address is None:
        return None
    country = country_code(address.country) if address.country else None
    if address.country and country is None:
        doubts.append(Complaint(line, f"the country {address.country[:40]!r} is not known"))
    street, house_number = address.street, address.house_number
    if street and not house_number:
        street, house_number = split_street(street, country)
    return replace(address, country=country, street=street, house_number=house_number)


def _total(order: Order) -> Decimal | None:
    """What the customer pays.  No column says it: it is the sum, where every part of it is known."""
    totals = [item.total for item in order.items if item.total is not None]
    if order.prices_include_tax is False or order.shipping_cost is None or len(totals) < len(order.items):
        return None
    return sum(totals, order.shipping_cost + (order.payment_fee or 0))

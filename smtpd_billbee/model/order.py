"""An order as its mail gives it: address, items, sums.  Amounts are Decimal, never float."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in the fields that shipping labels and Billbee ask for.  None: the mail does not say."""

    company: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    addition: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One position.  `total` is the row's sum, `tax_rate` is in per cent ('19', '7.7')."""

    title: str
    quantity: Decimal
    sku: str | None = None
    variant: str | None = None
    unit_price: Decimal | None = None
    total: Decimal | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What one order mail says.

    `ordered_at` is ISO 8601 as the mail gives it, without a zone unless the mail names one.
    """

    number: str
    ordered_at: str | None = None
    currency: str | None = None
    language: str | None = None
    site: str | None = None
    payment_method: str | None = None
    payment_type: int | None = None
    shipping_method: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    items: tuple[Item, ...] = ()
    subtotal: Decimal | None = None
    shipping_cost: Decimal | None = None
    payment_fee: Decimal | None = None
    discount: Decimal | None = None
    discount_code: str | None = None
    tax_total: Decimal | None = None
    total: Decimal | None = None
    prices_include_tax: bool | None = None
    note: str | None = None
    customer_number: str | None = None
    vat_id: str | None = None
    birth_date: str | None = None


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order in the store.  `state` is Billbee's id of it; `to_check`: somebody should look, for `problems`.

    It came by a mail, by a file (`import_id`), or by a mail and was completed from a file.
    """

    id: int
    shop_id: int
    mail_id: int | None
    state: int
    to_check: bool
    problems: tuple[str, ...]
    created_at: datetime
    order: Order
    import_id: int | None = None

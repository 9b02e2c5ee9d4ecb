"""Orders as a file: a row for each item, with all that is known of its order; our importer reads it back."""

from collections.abc import Iterator, Sequence

from starlette_admin.i18n import get_locale
from starlette_admin.i18n import gettext as _

from smtpd_billbee.formats.export_files import Cell, csv_file, xlsx_file
from smtpd_billbee.formats.own_columns import head_in
from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.web.field_names import ADDRESS_FIELDS, ADDRESSES
from smtpd_billbee.web.order_words import state_name

KINDS = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip

_ITEM = ("quantity", "title", "variant", "sku", "unit_price", "total", "tax_rate")
_SUMS = ("subtotal", "shipping_cost", "payment_fee", "discount", "discount_code", "tax_total", "total", "currency")
_REST = ("payment_method", "shipping_method", "note", "customer_number", "vat_id", "language", "site")


def file_of(orders: Sequence[WholeOrder], kind: str) -> bytes:
    """The file; CSV with the decimal sign of the user's language."""
    rows = (row for whole in orders for row in _rows(whole))
    if kind == "xlsx":
        return xlsx_file(_head(), rows, _("Orders"))
    return csv_file(_head(), rows, decimal_comma=get_locale() == "de")


def _head() -> list[str]:
    return list(head_in(get_locale()).values())


def _rows(whole: WholeOrder) -> Iterator[list[Cell]]:
    kept, order = whole.kept, whole.kept.order
    first: list[Cell] = [order.number, order.ordered_at, kept.shop_id, whole.shop_name, state_name(kept.state)]
    addresses = [getattr(getattr(order, whose) or Address(), name) for whose in ADDRESSES for name in ADDRESS_FIELDS]
    beside: list[Cell] = [", ".join(whole.tags), whole.comment, whole.paid_on, whole.shipped_on]
    with_tax = None if order.prices_include_tax is None else int(order.prices_include_tax)
    last: list[Cell] = [order.payment_type, with_tax, order.birth_date]
    rest = [getattr(order, name) for name in (*_SUMS, *_REST)]
    for item in order.items or (None,):
        yield [*first, *_item(item), *rest, *addresses, *beside, *last]


def _item(item: Item | None) -> list[Cell]:
    return [getattr(item, name) if item else None for name in _ITEM]

"""An order that came as JSON (the channel `json`; formats/order_json.py): judged by the same rules as any other mail.

The JSON says no total: what the customer pays is what the items and the shipping come to.
"""

from collections.abc import Iterator
from decimal import Decimal

from smtpd_billbee.formats.mime import Body, Letter
from smtpd_billbee.formats.order_json import BrokenJson, JsonItem, JsonOrder, Place, read_order_json
from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.reading import Kind, Origin, Outcome, Part, Reading
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.currencies import CODES
from smtpd_billbee.reader.dates import Habit, find_moment
from smtpd_billbee.reader.draft import Draft
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.items import items_sum
from smtpd_billbee.reader.judge import reading_of
from smtpd_billbee.reader.scalars import payment_type
from smtpd_billbee.reader.streets import split_street
from smtpd_billbee.reader.words import Dictionary

_PARTS = {"html": Part.HTML, "attachment": Part.ATTACHMENT, "json": Part.TEXT, "text": Part.TEXT}
_TEXTS = {"order_id": "number", "payment_method": "payment_method", "ust_id": "vat_id", "comment": "note"}
_ADDRESS = {
    "company": "company", "first_name": "firstname", "last_name": "lastname", "addition": "address_2",
    "street": "address_1", "house_number": "housenumber", "postcode": "zip", "city": "city", "state": "state",
    "country": "country", "phone": "telephone", "email": "email",
}  # fmt: skip


def json_reading(letter: Letter, known: Dictionary) -> Reading | None:
    """The reading of a mail that brings its order as JSON, in itself or in a mail attached to it; else None."""
    for body in letter.bodies:
        for text in _texts(body):
            match read_order_json(text):
                case BrokenJson(reason):
                    return Reading(Outcome.UNREADABLE, Kind.ORDER, reason)
                case JsonOrder() as order:
                    return reading_of(_draft(order, _PARTS[body.kind], known), [], known)
    return next((found for each in letter.attached if (found := json_reading(each, known))), None)


def _texts(body: Body) -> Iterator[str]:
    """The body as it is; JSON that a mailer dressed as HTML, without its clothes."""
    if not body.text.lstrip().startswith("<"):
        yield body.text
    elif body.kind == "html" and "order_items" in body.text:
        yield "\n".join(row.text for row in rows_of_html(body.text))


def _draft(order: JsonOrder, part: Part, known: Dictionary) -> Draft:
    draft = Draft(part, doubts=list(order.doubts))
    for theirs, ours in _TEXTS.items():
        if theirs in order.texts:
            draft.values[ours] = order.texts[theirs]
            _note(draft, ours, order.places.get(theirs))
    if "payment_method" in draft.values:
        draft.values["payment_type"] = payment_type(str(draft.values["payment_method"]), known)
    _take_currency(order, draft)
    _take_date(order, draft)
    draft.billing = _address(order, "invoice", "billing_address", draft)
    draft.shipping = _address(order, "shipping", "shipping_address", draft)
    draft.items = tuple(_item(item, number, order, draft) for number, item in enumerate(order.items))
    _take_sums(order, draft)
    return draft


def _note(draft: Draft, name: str, place: Place | None) -> None:
    if place:
        draft.origins[name] = Origin(draft.part, place.text, place.label, place.line)


def _take_currency(order: JsonOrder, draft: Draft) -> None:
    code = order.texts.get("currency_code", "").upper()
    if code in CODES:
        draft.values["currency"] = code
        _note(draft, "currency", order.places.get("currency_code"))
    elif code:
        draft.doubts.append("the currency is none that is known")


def _take_date(order: JsonOrder, draft: Draft) -> None:
    said = order.texts.get("order_date")
    if not said:
        return
    moment = find_moment(said, Habit())
    if moment is None:
        draft.doubts.append("the order date cannot be read")
        return
    draft.values["ordered_at"] = moment.text
    _note(draft, "ordered_at", order.places.get("order_date"))
    if moment.vague:
        draft.doubts.append("the order date could be read in two ways")


def _address(order: JsonOrder, theirs: str, ours: str, draft: Draft) -> Address | None:
    said = dict(order.invoice if theirs == "invoice" else order.shipping)
    labels = {name: f"{theirs}.{name}" for name in said}
    if theirs == "invoice":  # e-mail and telephone stand beside the addresses: they are the buyer's
        for name in ("email", "telephone"):
            if name in order.texts and name not in said:
                said[name], labels[name] = order.texts[name], name
    if not said:
        return None
    values = {field: said[name] for field, name in _ADDRESS.items() if name in said}
    for field in values:
        _note(draft, f"{ours}.{field}", order.places.get(labels[_ADDRESS[field]]))
    _split_street(values, draft, ours)
    if "country" in values:
        country = country_code(values["country"])
        if country is None:
            draft.doubts.append("a country is none that is known")
        values["country"] = country or ""
    return Address(**{name: value for name, value in values.items() if value})


def _split_street(values: dict[str, str], draft: Draft, ours: str) -> None:
    """The house number may have its own field, stand in the street, or both."""
    number = values.get("house_number", "")
    street, inside = split_street(values.get("street", ""), None)
    if street and inside and number in ("", inside):
        values |= {"street": street, "house_number": inside}
        if not number and (origin := draft.origins.get(f"{ours}.street")):
            draft.origins[f"{ours}.house_number"] = origin


def _item(item: JsonItem, number: int, order: JsonOrder, draft: Draft) -> Item:
    for name, theirs in (("title", "name"), ("quantity", "quantity"), ("total", "totalprice"), ("sku", "sku"),
                         ("tax_rate", "taxrate")):  # fmt: skip
        _note(draft, f"items.{number}.{name}", order.places.get(f"order_items.{number}.{theirs}"))
    if item.name is None and item.sku is None:
        draft.doubts.append(f"item {number + 1} has no name")
    if item.quantity is None:
        draft.doubts.append(f"item {number + 1} has no quantity")
    quantity = Decimal(1) if item.quantity is None else item.quantity
    total = None if item.total is None else item.total.quantize(Decimal("0.01"))
    unit = None
    if total is not None and quantity > 0 and round(total / quantity, 2) * quantity == total:
        unit = round(total / quantity, 2)
    return Item(item.name or item.sku or "?", quantity, item.sku, None, unit, total, item.tax_rate)


def _take_sums(order: JsonOrder, draft: Draft) -> None:
    items = items_sum(draft.items)
    shipping = None if order.shipping_cost is None else order.shipping_cost.quantize(Decimal("0.01"))
    if shipping is not None:
        draft.values["shipping_cost"] = shipping
        _note(draft, "shipping_cost", order.places.get("shipcost"))
    if order.total is not None:
        draft.values["total"] = order.total.quantize(Decimal("0.01"))
        _note(draft, "total", order.places.get("total"))
    elif items is not None:
        draft.values["total"] = items + (shipping or Decimal(0))
    if isinstance(total := draft.values.get("total"), Decimal) and total < 0:
        draft.doubts.append("the order comes to less than nothing")

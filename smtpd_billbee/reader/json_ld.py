"""schema.org/Order in JSON-LD, as some shops put it into the head of their HTML mails."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from smtpd_billbee.model.order import Item
from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.draft import Draft

LONGEST = 500_000  # letters
_SCRIPT = re.compile(r"<script[^>]{0,200}application/ld\+json[^>]{0,100}>", re.IGNORECASE)
_CLOSED = re.compile(r"</script", re.IGNORECASE)


def scripts_of(html: str) -> Iterator[str]:
    """The JSON-LD scripts of an HTML body."""
    for opened in _SCRIPT.finditer(html):
        closed = _CLOSED.search(html, opened.end(), opened.end() + LONGEST)
        if closed:
            yield html[opened.end() : closed.start()]


def draft_of(script: str) -> Draft | None:
    """The order that a script describes, as far as it does; None if it describes none."""
    try:
        order = _order_in(json.loads(script.strip().removeprefix("<!--").removesuffix("-->")))
    except (ValueError, RecursionError):
        return None
    if order is None:
        return None
    draft = Draft(Part.JSON_LD)
    number = order.get("orderNumber") or order.get("confirmationNumber")
    if isinstance(number, str | int) and str(number).strip():
        _put(draft, "number", str(number).strip().lstrip("#"), "orderNumber")
    if isinstance(day := order.get("orderDate"), str) and re.match(r"\d{4}-\d\d-\d\d", day):
        _put(draft, "ordered_at", day[:19] if len(day) > 10 else day, "orderDate")
    if (total := _price(order, "price")) is not None:
        _put(draft, "total", total, "price")
    if isinstance(code := order.get("priceCurrency"), str) and re.fullmatch(r"[A-Z]{3}", code):
        _put(draft, "currency", code, "priceCurrency")
    draft.items = tuple(_items(order))
    return draft


def _put(draft: Draft, name: str, value: str | Decimal, label: str) -> None:
    draft.values[name] = value
    draft.origins[name] = Origin(Part.JSON_LD, str(value), label)


def _order_in(value: Any) -> dict[str, Any] | None:
    if isinstance(value, list):
        return next((found for each in value[:50] if (found := _order_in(each))), None)
    if not isinstance(value, dict):
        return None
    kind = value.get("@type")
    if kind == "Order" or (isinstance(kind, list) and "Order" in kind):
        return value
    return _order_in(value.get("@graph")) if "@graph" in value else None


def _price(value: dict[str, Any], name: str) -> Decimal | None:
    price = value.get(name)
    if isinstance(price, bool) or not isinstance(price, str | int | float):
        return None
    try:
        found = Decimal(str(price).replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _items(order: dict[str, Any]) -> Iterator[Item]:
    """acceptedOffer (one or many), each with itemOffered; or orderedItem."""
    offers = order.get("acceptedOffer") or order.get("orderedItem") or []
    for offer in (offers if isinstance(offers, list) else [offers])[:500]:
        if not isinstance(offer, dict):
            continue
        thing = offer.get("itemOffered") or offer.get("orderedItem") or offer
        name = thing.get("name") if isinstance(thing, dict) else None
        if not isinstance(name, str) or not name.strip():
            continue
        sku = thing.get("sku")
        quantity = offer.get("eligibleQuantity") or offer.get("orderQuantity")
        count = _price(quantity if isinstance(quantity, dict) else {"value": quantity}, "value")
        yield Item(name.strip(), count or Decimal(1), str(sku) if sku else None, None, _price(offer, "price"))

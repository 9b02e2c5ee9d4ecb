"""The form of an order: every field as text, and back again with a complaint where it cannot be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from starlette_admin.i18n import get_locale
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Refused
from smtpd_billbee.formats.order_dates import moment
from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.reading import amount_text, plain_text
from smtpd_billbee.web.field_names import ADDRESS_FIELDS, ADDRESSES, ITEM_FIELDS
from smtpd_billbee.web.order_words import PAYMENT_TYPES
from smtpd_billbee.web.told import told
from smtpd_billbee.work.editing import Beside, checked_tags

MOST_ITEMS = 500
LONGEST = 10_000  # letters
LONGEST_NUMBER = 200
LARGEST = Decimal(10) ** 11

AMOUNTS = ("subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total")
_ITEM_AMOUNTS = ("unit_price", "total")
_DATES = ("paid_on", "shipped_on")
_TEXTS = ("payment_method", "shipping_method", "discount_code", "note", "customer_number", "vat_id", "birth_date",
          "site")  # fmt: skip
_ITEM = re.compile(r"items\.(\d{1,4})\.([a-z_]+)")


@dataclass(slots=True)
class Form:
    """What somebody wrote, by the fields' paths, and what is wrong with it."""

    words: Mapping[str, str]
    complaints: dict[str, str] = field(default_factory=dict)

    def text(self, path: str, longest: int = LONGEST) -> str | None:
        """A text without blanks around it; None: nothing was written."""
        value = self.words.get(path, "").strip()
        if len(value) > longest:
            self.complaints[path] = _("This is too long.")
        return value.replace("\r\n", "\n") or None

    def amount(self, path: str, places: int = 2) -> Decimal | None:
        """A number with a point or a comma, as people of either habit write it."""
        value = self.text(path, 40)
        if value is None:
            return None
        try:
            found = number_of(value)
        except ValueError:
            self.complaints[path] = _("This is no number.")
            return None
        if found != round(found, places):
            self.complaints[path] = _("At most %(places)d places behind the decimal sign.") % {"places": places}
        if abs(found) >= LARGEST:
            self.complaints[path] = _("This number is too large.")
        return found

    def checked(self, path: str, check: Callable[[str], Any], complaint: str) -> str | None:
        """A text that `check` takes without ValueError."""
        value = self.text(path, 40)
        if value is not None:
            try:
                check(value)
            except ValueError:
                self.complaints[path] = complaint
        return value

    def moment(self, path: str, before: str | None) -> str | None:
        """A day, with or without its time, as people write it; ISO comes back.  What stood there `before` stays."""
        value = self.text(path, 40)
        if value is None or value == before:
            return value
        found = moment_of(value)
        if found is None:
            self.complaints[path] = _("Write it so: 02.03.2026 11:58 or 2026-03-02 11:58")
        return found

    def day(self, path: str) -> str | None:
        """A day alone, in the same ways."""
        value = self.text(path, 40)
        found = moment_of(value) if value is not None else None
        if value is not None and (found is None or "T" in found):
            self.complaints[path] = _("Write it so: 02.03.2026 or 2026-03-02")
        return found

    def needs(self, path: str, value: object) -> None:
        """It must not be empty."""
        if value is None:
            self.complaints.setdefault(path, _("This must not be empty."))


def number_of(value: str) -> Decimal:
    """'1.234,50', '1,234.50', '12,5', '12.5'.  The last sign parts the places.  Raises ValueError."""
    bare = value.replace(" ", "").replace("\xa0", "").replace("\u2212", "-")
    if not re.fullmatch(r"-?[0-9][0-9.,]*", bare):
        raise ValueError
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0:
        whole, places, sign = bare[:last], bare[last + 1 :], bare[last]
        if sign in whole or not places:
            raise ValueError
        bare = f"{whole.replace('.', '').replace(',', '')}.{places}"
    return Decimal(bare)


def moment_of(value: str) -> str | None:
    """ISO of '27.11.2026 11:58' or 'Nov 27, 2026'.  None: it is no date, or it could be another one (03/04/2026)."""
    if sum(value.count(mark) for mark in "-./") < 2:
        return _named_day(value)  # a number alone would be Excel's count of days
    found = {moment(value, months_lead) for months_lead in (True, False)} - {None}
    return found.pop() if len(found) == 1 and all(map(_is_moment, found)) else None


def _named_day(value: str) -> str | None:
    """As the English pages show a day."""
    try:
        return datetime.strptime(value, "%b %d, %Y").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return None


def _is_moment(value: str | None) -> bool:
    try:
        datetime.fromisoformat(value or "")
    except ValueError:
        return False
    return True


def words_of(whole: WholeOrder) -> dict[str, str]:
    """An order as the words of its form."""
    order = whole.kept.order
    words = {name: _shown(name, getattr(order, name)) for name in (*AMOUNTS, *_TEXTS)}
    words |= {name: str(getattr(order, name) or "") for name in ("number", "ordered_at", "currency", "language")}
    words["payment_type"] = "" if order.payment_type is None else str(order.payment_type)
    words["prices_include_tax"] = {None: "", True: "yes", False: "no"}[order.prices_include_tax]
    for whose in ADDRESSES:
        address = getattr(order, whose) or Address()
        words |= {f"{whose}.{name}": getattr(address, name) or "" for name in ADDRESS_FIELDS}
    for index, item in enumerate(() if has_too_many(order) else order.items):
        words |= {f"items.{index}.{name}": _shown(name, getattr(item, name)) for name in ITEM_FIELDS}
    beside = {"tags": ", ".join(whole.tags), "comment": whole.comment, "paid_on": whole.paid_on,
              "shipped_on": whole.shipped_on}  # fmt: skip
    return words | {name: value or "" for name, value in beside.items()}


def _shown(name: str, value: object) -> str:
    if not isinstance(value, Decimal):
        return "" if value is None else str(value)
    text = amount_text(value) if name in (*AMOUNTS, *_ITEM_AMOUNTS) else plain_text(value)
    return text.replace(".", ",") if get_locale() == "de" else text


def item_numbers(words: Mapping[str, str]) -> list[int]:
    """The items of which something is written, in their sequence."""
    found = (_ITEM.fullmatch(path) for path, value in words.items() if value.strip())
    return sorted({int(match[1]) for match in found if match})


def has_too_many(order: Order) -> bool:
    """Are its items more than the form shows?  They stay as they are, whatever else is saved."""
    return len(order.items) > MOST_ITEMS


def order_of(form: Form, before: Order) -> tuple[Order, Beside]:
    """The order that was written; it counts only if the form has no complaints."""
    number = form.text("number", LONGEST_NUMBER)
    form.needs("number", number)
    values: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
    values |= {name: form.amount(name) for name in AMOUNTS}
    values["ordered_at"] = form.moment("ordered_at", before.ordered_at)
    values["currency"] = form.checked("currency", _currency, _("Three letters, such as EUR."))
    values["language"] = form.text("language", 8)
    values["prices_include_tax"] = {"yes": True, "no": False}.get(form.words.get("prices_include_tax", ""))
    values["payment_type"] = _payment_type(form.words.get("payment_type", ""), before)
    for whose in ADDRESSES:
        address = Address(**{name: form.text(f"{whose}.{name}", 500) for name in ADDRESS_FIELDS})
        values[whose] = None if address == Address() else address
    items = before.items if has_too_many(before) else _items(form)
    beside = Beside(
        tags=_tags(form),
        comment=form.text("comment"),
        **{name: form.day(name) for name in _DATES},
    )
    return replace(before, number=number or "", items=items, **values), beside


def _tags(form: Form) -> tuple[str, ...]:
    tags = tuple((form.text("tags", 5000) or "").split(","))
    try:
        checked_tags(tags)
    except Refused as error:
        form.complaints.setdefault("tags", told(str(error)))
    return tags


def _items(form: Form) -> tuple[Item, ...]:
    numbers = item_numbers(form.words)
    if len(numbers) > MOST_ITEMS:
        form.complaints["items"] = _("An order can have at most %(most)s items here.") % {"most": MOST_ITEMS}
    return tuple(_item(form, index) for index in numbers)


def _item(form: Form, index: int) -> Item:
    path = f"items.{index}"
    title, quantity = form.text(f"{path}.title", 2000), form.amount(f"{path}.quantity", 4)
    form.needs(f"{path}.title", title)
    form.needs(f"{path}.quantity", quantity)
    return Item(
        title=title or "",
        quantity=quantity or Decimal(0),
        sku=form.text(f"{path}.sku", 500),
        variant=form.text(f"{path}.variant", 2000),
        unit_price=form.amount(f"{path}.unit_price"),
        total=form.amount(f"{path}.total"),
        tax_rate=form.amount(f"{path}.tax_rate", 4),
    )


def _currency(text: str) -> None:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError


def _payment_type(text: str, before: Order) -> int | None:
    """One of those that can be chosen, or the one that the order has."""
    found = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None
    return found if found in PAYMENT_TYPES or found == before.payment_type else None

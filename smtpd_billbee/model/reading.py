"""What the reader says of one mail, and its JSON form (the contract that `smtpd-billbee read` prints)."""

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from smtpd_billbee.model.order import Address, Item, Order


class Outcome(StrEnum):
    """What became of the reading."""

    ORDER = "order"  # number, at least one item and the total were read
    NOT_AN_ORDER = "not_an_order"  # an activation mail, a contact form, a newsletter
    UNREADABLE = "unreadable"  # looks like an order, but number, items or total are missing


class Kind(StrEnum):
    """What sort of mail it is."""

    ORDER = "order"
    ACTIVATION = "activation"  # Jimdo asks the owner to confirm the address of the shop
    FORWARDING_CONFIRMATION = "forwarding_confirmation"  # Gmail and others ask before they forward
    CONTACT_FORM = "contact_form"
    SHIPPING_NOTICE = "shipping_notice"
    OTHER = "other"


class Part(StrEnum):
    """Where in the mail a value stood."""

    SUBJECT = "subject"
    TEXT = "text"
    HTML = "html"
    JSON_LD = "json_ld"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was read: enough to find it again in the mail.  `line` counts from 1 within the part's text."""

    part: Part
    text: str
    label: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The one reading of one mail.  `problems` empty: everything adds up, nobody needs to look.

    By the last four it is known whose an order is; they are no part of the JSON form.  `is_own`: the order stands in
    the mail itself, and in no other mail or file that hangs on it or is quoted in it.  `is_titled`: the mail's subject
    is that of an order.  `is_sent_on`: somebody has sent another mail on by it, himself.  `sites`: the hosts of all
    sites that it names, in words or links.
    """

    outcome: Outcome
    kind: Kind
    reason: str | None = None
    problems: tuple[str, ...] = ()
    order: Order | None = None
    provenance: dict[str, Origin] = field(default_factory=dict)
    is_own: bool = field(default=False, compare=False)
    is_titled: bool = field(default=False, compare=False)
    is_sent_on: bool = field(default=False, compare=False)
    sites: frozenset[str] = field(default=frozenset(), compare=False)


_AMOUNTS = {"subtotal", "shipping_cost", "payment_fee", "discount", "tax_total", "total", "unit_price"}


def amount_text(amount: Decimal) -> str:
    """An amount with two places and a point: '1234.50'."""
    return f"{amount:.2f}"


def plain_text(number: Decimal) -> str:
    """A quantity or rate without trailing zeros: '2', '0.5'."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def order_as_json(order: Order) -> dict[str, Any]:
    """The order in the words of the reading's JSON."""
    return {f.name: _value_as_json(f.name, getattr(order, f.name)) for f in dataclasses.fields(order)}


def _value_as_json(name: str, value: object) -> Any:
    if isinstance(value, Decimal):
        return amount_text(value) if name in _AMOUNTS else plain_text(value)
    if isinstance(value, tuple):
        return [_value_as_json(name, each) for each in value]
    if isinstance(value, (Address, Item)):
        return {f.name: _value_as_json(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """The reading as plain dicts, lists and strings."""
    return {
        "outcome": str(reading.outcome),
        "kind": str(reading.kind),
        "reason": reading.reason,
        "problems": list(reading.problems),
        "order": order_as_json(reading.order) if reading.order else None,
        "provenance": {
            name: {"part": str(o.part), "label": o.label, "text": o.text, "line": o.line}
            for name, o in reading.provenance.items()
        },
    }

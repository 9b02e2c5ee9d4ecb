"""The form of an order: what is written comes back as it is meant, or is complained of."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Address, KeptOrder, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.web.order_form import MOST_ITEMS, Form, number_of, order_of, words_of
from tests.conftest import NOON
from tests.making import ORDER


def whole(order: Order) -> WholeOrder:
    """An order as the page has it."""
    kept = KeptOrder(1, 12345, None, 1, False, (), NOON, order)
    return WholeOrder(kept, 1, "Teeladen", NOON, "2026-03-02", None, ("a", "b"), "c", {}, (None, None))


@pytest.mark.parametrize(
    "order",
    [
        ORDER,
        Order("1"),
        replace(ORDER, shipping_address=Address(city="Ort"), note="a\nb", discount=Decimal("0.50"), payment_type=77,
                prices_include_tax=False),
    ],
)  # fmt: skip
def test_there_and_back(order: Order) -> None:
    """A form that nobody changed gives the same order."""
    form = Form(words_of(whole(order)))
    made, beside = order_of(form, order)

    assert {} == form.complaints
    assert order == made
    assert (("a", " b"), "c", "2026-03-02", None) == (beside.tags, beside.comment, beside.paid_on, beside.shipped_on)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("12", "12"), ("12,5", "12.5"), ("12.50", "12.5"), ("1.234,50", "1234.5"), ("1,234.50", "1234.5"), ("-3", "-3"),
     ("1 234,5", "1234.5"), ("\u22123", "-3"), ("1.234.567,8", "1234567.8")],
)  # fmt: skip
def test_numbers(written: str, meant: str) -> None:
    """People write a point or a comma."""
    assert Decimal(meant) == number_of(written)


@pytest.mark.parametrize("written", ["", "x", "1,", ",5", "1.2.3", "1e5", "NaN", "12 EUR", "--1", "\u0661"])
def test_no_numbers(written: str) -> None:
    """What is none is not guessed."""
    with pytest.raises(ValueError, match=r"^$"):
        number_of(written)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("number", " "), ("number", "x" * 201), ("total", "1.234"), ("total", "abc"), ("total", "1" * 12),
        ("ordered_at", "gestern"), ("currency", "Euro"), ("paid_on", "2026-02-30"), ("note", "x" * 10_001),
        ("tags", "x" * 61), ("tags", ",".join(map(str, range(51)))), ("tags", "x, " * 5000),
        ("items.0.title", ""), ("items.0.quantity", ""), ("items.7.sku", "only a sku"),
    ],
)  # fmt: skip
def test_complaints(path: str, value: str) -> None:
    """Each says which field it is about."""
    form = Form(words_of(whole(ORDER)) | {path: value})
    order_of(form, ORDER)

    assert [path.replace("7.sku", "7.title")] == list(form.complaints)[:1]


def test_items_that_are_emptied_go() -> None:
    """And the others keep their sequence, whatever their numbers are."""
    words = words_of(whole(ORDER))
    emptied = {path: "" for path in words if path.startswith("items.0.")}
    made, _ = order_of(Form(words | emptied | {"items.9.title": "Neu", "items.9.quantity": "1"}), ORDER)

    assert ["Wolle", "Neu"] == [item.title for item in made.items]


@pytest.mark.parametrize("more", [0, 1, 250])
def test_no_item_is_lost(more: int) -> None:
    """More items than the form shows are not in it, and stay as they are when the rest is saved."""
    order = replace(ORDER, items=tuple(replace(ORDER.items[0], sku=str(number)) for number in range(MOST_ITEMS + more)))
    words = words_of(whole(order))
    form = Form(words | {"note": "neu"})
    made, _ = order_of(form, order)

    assert ({}, more == 0) == (form.complaints, "items.0.title" in words)
    assert replace(order, note="neu") == made


def test_more_items_than_can_be_shown_again() -> None:
    """They are complained of, not cut."""
    words = words_of(whole(ORDER))
    for number in range(MOST_ITEMS):
        words |= {f"items.{number + 2}.title": "Neu", f"items.{number + 2}.quantity": "1"}
    form = Form(words)
    order_of(form, ORDER)

    assert ["items"] == list(form.complaints)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("27.11.2026", "2026-11-27"), ("27.11.2026 11:58", "2026-11-27T11:58"), ("7.1.26, 9:05", "2026-01-07T09:05"),
     ("27.11.2026 11:58 Uhr", "2026-11-27T11:58"), ("2026-11-27", "2026-11-27"),
     ("2026-11-27 11:58", "2026-11-27T11:58"),
     ("2026-11-27T11:58", "2026-11-27T11:58"), ("2026-11-27T11:58:03+01:00", "2026-11-27T11:58:03+01:00"),
     ("27/11/2026", "2026-11-27"), ("11/27/26, 11:58 AM", "2026-11-27T11:58"), ("Nov 27, 2026", "2026-11-27")],
)  # fmt: skip
def test_dates(written: str, meant: str) -> None:
    """As people write them in German and English, and as the pages show them; what is kept is ISO."""
    form = Form(words_of(whole(ORDER)) | {"ordered_at": written})
    made, _ = order_of(form, ORDER)

    assert (meant, False) == (made.ordered_at, "ordered_at" in form.complaints)


@pytest.mark.parametrize(
    "written",
    ["03/04/2026", "30.02.2026", "46000", "46000.5", "20261127", "27.11.2026 25:00", "2026-11-27T11:58+99:99"],
)
def test_no_dates(written: str) -> None:
    """What is none, or could be two, is not guessed."""
    form = Form(words_of(whole(ORDER)) | {"ordered_at": written})
    order_of(form, ORDER)

    assert ["ordered_at"] == list(form.complaints)


def test_the_days_of_payment_and_shipping() -> None:
    """They are days without a time."""
    form = Form(words_of(whole(ORDER)) | {"paid_on": "27.11.2026", "shipped_on": "27.11.2026 11:58"})
    _, beside = order_of(form, ORDER)

    assert ("2026-11-27", ["shipped_on"]) == (beside.paid_on, list(form.complaints))

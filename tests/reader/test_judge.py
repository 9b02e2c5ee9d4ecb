"""Does it add up, is all there, do text and HTML say the same?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.reading import Kind, Outcome, Part
from smtpd_billbee.reader.draft import Draft
from smtpd_billbee.reader.judge import differences, filled, order_of, reading_of
from smtpd_billbee.reader.order_problems import address_problems, sums_problems
from smtpd_billbee.reader.words import dictionary

ADDRESS = Address(
    first_name="Erika", last_name="Muster", street="Lindenweg", house_number="7", postcode="12345", city="Berlin"
)
ITEM = Item("Becher", Decimal(2), "A-1", None, Decimal("3.50"), Decimal("7.00"))
ORDER = Order("7", items=(ITEM,), billing_address=ADDRESS, total=Decimal("7.00"))


def draft(**values: object) -> Draft:
    """A whole draft, with some of its values changed."""
    made = Draft(
        Part.TEXT, {"number": "7", "total": Decimal("7.00")}, billing=ADDRESS, items=(ITEM,), currency_signs=["€"]
    )
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_a_whole_draft() -> None:
    """It is an order without problems."""
    reading = reading_of(draft(), [], dictionary())

    assert (Outcome.ORDER, Kind.ORDER, None, ()) == (reading.outcome, reading.kind, reading.reason, reading.problems)
    assert reading.order is not None
    assert "EUR" == reading.order.currency


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"values": {"total": Decimal(7)}}, "number"), ({"items": ()}, "items"), ({"values": {"number": "7"}}, "total")],
)
def test_what_is_missing(changes: dict[str, object], word: str) -> None:
    """Without number, items or total it is unreadable, and the reason names what."""
    reading = reading_of(draft(**changes), [], dictionary())

    assert (Outcome.UNREADABLE, None) == (reading.outcome, reading.order)
    assert word in str(reading.reason)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"shipping_cost": Decimal("4.90"), "total": Decimal("11.90")},
        {"discount": Decimal(1), "total": Decimal(6)},
        {"subtotal": Decimal(7)},
        {"payment_fee": Decimal(1), "total": Decimal(8)},
        {"tax_total": Decimal("1.33"), "total": Decimal("8.33"), "prices_include_tax": False},
        {"tax_total": Decimal("1.12"), "prices_include_tax": True},
        {"total": Decimal("7.01")},
    ],
)
def test_sums_that_come_out(changes: dict[str, Decimal]) -> None:
    """Items + shipping + fees - discount (+ tax on top) = total; a cent of rounding is allowed."""
    assert [] == sums_problems(replace(ORDER, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"total": Decimal("7.50")},
        {"shipping_cost": Decimal("4.90")},
        {"subtotal": Decimal(9)},
        {"discount": Decimal(1)},
        {"tax_total": Decimal(1), "total": Decimal(8), "prices_include_tax": True},
        {"items": (replace(ITEM, unit_price=None, total=None),)},
    ],
)
def test_sums_that_do_not(changes: dict[str, Decimal]) -> None:
    """Each gives a sentence."""
    assert sums_problems(replace(ORDER, **changes))  # type: ignore[arg-type]


def test_the_sentence_shows_the_sum() -> None:
    """A person sees at once what does not come out."""
    [sentence] = sums_problems(replace(ORDER, shipping_cost=Decimal("4.90"), total=Decimal(20)))

    assert "items 7.00 + shipping 4.90 = 11.90, but the total says 20.00" == sentence


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        (ADDRESS, True),
        (replace(ADDRESS, first_name=None, last_name=None, company="Muster GmbH"), True),
        (replace(ADDRESS, street=None, addition="Packstation 123"), True),
        (replace(ADDRESS, first_name=None, last_name=None), False),
        (replace(ADDRESS, street=None), False),
        (replace(ADDRESS, city=None), False),
        (None, False),
    ],
)
def test_addresses(address: Address | None, fine: bool) -> None:
    """A parcel needs a name, a street and a town."""
    assert fine == (address_problems(replace(ORDER, billing_address=address)) == [])


def test_the_delivery_address_counts() -> None:
    """Where a delivery address is given, that one must be whole."""
    assert address_problems(replace(ORDER, shipping_address=replace(ADDRESS, city=None)))
    assert [] == address_problems(
        replace(ORDER, shipping_address=ADDRESS, billing_address=Address(email="a@example.org"))
    )


def test_currencies() -> None:
    """By signs, by the label; two currencies or none are a problem."""
    assert (None, True) == (lambda it: (it[0].currency, bool(it[1])))(
        order_of(draft(currency_signs=["€", "CHF"]), dictionary())
    )
    assert (None, True) == (lambda it: (it[0].currency, bool(it[1])))(order_of(draft(currency_signs=[]), dictionary()))
    said = draft(values={"number": "7", "total": Decimal(7), "currency": "CHF"})
    assert ("CHF", True) == (lambda it: (it[0].currency, bool(it[1])))(order_of(said, dictionary()))


def test_vague_signs() -> None:
    """The country of the buyer does not tell what '$' is, but makes it doubtful: the shop's country tells."""
    canada = replace(ADDRESS, country="CA")
    order, problems = order_of(draft(currency_signs=["$"], billing=canada), dictionary())

    assert ("USD", True) == (order.currency, "'$' can be USD or CAD" in problems)
    assert "USD" == order_of(draft(currency_signs=["$"]), dictionary())[0].currency


@pytest.mark.parametrize(
    "changes",
    [
        {"values": {"number": "8", "total": Decimal(7)}},
        {"values": {"number": "7", "total": Decimal(8)}},
        {"items": (ITEM, ITEM)},
        {"items": (replace(ITEM, quantity=Decimal(3)),)},
        {"items": (replace(ITEM, sku="B-1"),)},
        {"items": (replace(ITEM, title="Teller"),)},
        {"billing": replace(ADDRESS, city="Köln")},
        {"billing": replace(ADDRESS, house_number="9")},
    ],
)
def test_text_and_html_disagree(changes: dict[str, object]) -> None:
    """Each difference about what both say is a problem."""
    assert differences(draft(), draft(**changes))


def test_text_and_html_agree() -> None:
    """What only one of them says is no difference."""
    less = draft(values={"number": "7"}, items=(replace(ITEM, sku=None),), billing=replace(ADDRESS, country=None))

    assert [] == differences(draft(), draft())
    assert [] == differences(draft(), less)


def test_filled() -> None:
    """What the main body does not say is taken from the other, never overwritten."""
    main, other = draft(billing=None), draft(values={"number": "9", "note": "bitte klingeln"})
    filled(main, other)

    assert ("7", "bitte klingeln", ADDRESS) == (main.values["number"], main.values["note"], main.billing)


@pytest.mark.parametrize(
    ("title", "quantity", "price", "expected"),
    [
        ("Becher", 2, "3.50", "3.50"),
        ("Becher - blau", 2, "3.50", "3.50"),
        ("Teller", 2, "3.50", None),
        ("Becher", 2, "7.00", None),
        ("Becher", 1, "3.50", None),
    ],
)
def test_filled_prices(title: str, quantity: int, price: str, expected: str | None) -> None:
    """The price of one piece is taken from the other body, if it is the same item's and comes to the row's."""
    main = draft(items=(replace(ITEM, unit_price=None),))
    filled(main, draft(items=(Item(title, Decimal(quantity), None, None, Decimal(price), None),)))

    assert (expected and Decimal(expected)) == main.items[0].unit_price
    assert ("Becher", Decimal("7.00")) == (main.items[0].title, main.items[0].total)


@pytest.mark.parametrize(
    ("country", "site", "expected", "odd"),
    [
        ("TW", None, "TWD", False),
        ("CN", None, "CNY", False),
        (None, "laden.example.tw", "TWD", False),
        ("CN", "laden.example.tw", "TWD", False),
        (None, None, "TWD", True),
    ],
)
def test_yuan_in_traditional_letters(country: str | None, site: str | None, expected: str, odd: bool) -> None:
    """They are written in Taiwan and elsewhere: the shop's host, or the address, tells whose '元' it is."""
    made = draft(currency_signs=["元"], text="訂單編號", billing=replace(ADDRESS, country=country))
    made.values |= {"site": site} if site else {}
    order, problems = order_of(made, dictionary())

    assert (expected, odd) == (order.currency, "'元' can be CNY or TWD" in problems)

"""Values that show by themselves that a reading went wrong."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.reader.oddities import oddities
from smtpd_billbee.reader.words import dictionary

ADDRESS = Address(
    first_name="Erika", last_name="Muster", street="Lindenweg", house_number="7", postcode="12345", city="Porto"
)
ITEM = Item("Becher", Decimal(2), "B-1", None, Decimal("3.50"), Decimal("7.00"))
ORDER = Order(number="1042", items=(ITEM,), billing_address=ADDRESS)


def found(order: Order) -> list[str]:
    """The oddities of an order."""
    return list(oddities(order, dictionary()))


def test_an_ordinary_order_has_none() -> None:
    """Also a town whose name is a label in another language."""
    assert [] == found(ORDER)


@pytest.mark.parametrize(
    "change",
    [
        {"last_name": "Muster, Lindenweg 7, 12345 Berlin"},
        {"first_name": "Erika: Muster"},
        {"street": "E-Mail: erika@example.org"},
        {"city": "Berlin | Deutschland"},
        {"postcode": "Berlin"},
        {"house_number": "7, Ort: 12345"},
        {"last_name": "国家：中国"},
        {"company": "Anrede: Frau"},
        {"company": "Gebäude C, 2. Etage"},
        {"addition": "Stockwerk: 3"},
        {"email": "メール：erika@example.org"},
        {"street": "1-1"},
    ],
)
def test_an_address_that_holds_too_much(change: dict[str, str]) -> None:
    """A name has no digits and no comma, a street no colon, a postcode a digit."""
    assert 1 == len(found(replace(ORDER, billing_address=replace(ADDRESS, **change))))


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ({"sku": "Stückzahl"}, True),
        ({"sku": "Qty ordered"}, True),
        ({"sku": "PCS"}, False),
        ({"title": "Menge"}, True),
        ({"variant": "Stückpreis"}, True),
        ({"sku": "über"}, True),
        ({"sku": "rot-klein"}, False),
    ],
)
def test_a_label_is_no_value(change: dict[str, str], odd: bool) -> None:
    """'Stückzahl' where the article number should stand; 'PCS' in capitals is a code."""
    assert odd == bool(found(replace(ORDER, items=(replace(ITEM, **change),))))


def test_the_same_number_for_different_articles() -> None:
    """Three things with one article number."""
    items = tuple(replace(ITEM, title=title) for title in ("Becher", "Korb", "Tuch"))

    assert ["all items have the same SKU"] == found(replace(ORDER, items=items))
    assert [] == found(replace(ORDER, items=(*items[:2], replace(ITEM, sku="K-9", title="Garn"))))


@pytest.mark.parametrize(
    ("title", "odd"),
    [("3  Marmelade 250 g  1  22 %", True), ("Becher  2", True), ("Becher  Farbe: blau", False), ("Becher 2", False)],
)
def test_a_title_of_several_cells(title: str, odd: bool) -> None:
    """Cells side by side are joined by two blanks; a count among them is no part of a title."""
    assert odd == bool(found(replace(ORDER, items=(replace(ITEM, title=title),))))


def test_a_company_with_a_number() -> None:
    """Its legal form shows that it is one."""
    assert [] == found(replace(ORDER, billing_address=replace(ADDRESS, company="Studio 54 GmbH")))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Becher à 3,50 € = 7,00 €"},
        {"title": "Becher  7,00 €"},
        {"variant": "Farbe: Gelb: 7,00 €"},
        {"variant": "Farbe: Gelb [B-1"},
        {"title": "Becher (mit Deckel"},
    ],
)
def test_what_was_left_behind_a_title(change: dict[str, str]) -> None:
    """An amount behind a mark, and a bracket that is never closed, belong to no title."""
    assert [] != found(replace(ORDER, items=(replace(ITEM, **change),)))


@pytest.mark.parametrize("title", ["Gutschein 25 €", "Gutschein 25,00 €", "Becher (mit Deckel)", "Socken (38/39)"])
def test_what_may_end_a_title(title: str) -> None:
    """A voucher's worth, words in brackets and sizes do."""
    assert [] == found(replace(ORDER, items=(ITEM, replace(ITEM, title=title, sku=None))))


def test_a_code_in_brackets_where_others_have_numbers() -> None:
    """'Becher (SAC-B)' without an article number beside items that have one is a doubt."""
    assert [] != found(replace(ORDER, items=(ITEM, replace(ITEM, title="Beutel (SAC-B)", sku=None))))


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ({"variant": "seife-4"}, True),
        ({"title": "Teller (R1)"}, True),
        ({"variant": "rot (T-17)"}, True),
        ({"variant": "38-40"}, False),
        ({"variant": "rot"}, False),
    ],
)
def test_what_may_be_the_number_of_the_one_item_without(change: dict[str, str], odd: bool) -> None:
    """Where the other items have article numbers, a code in another place is a doubt; a size is none."""
    other = replace(ITEM, title="Teller", sku=None)

    assert odd == bool(found(replace(ORDER, items=(ITEM, replace(other, **change)))))

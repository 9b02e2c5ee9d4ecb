"""Orders as XML: no genuine export is public, all of it is synthetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.order_xml import NoOrders, xml_records

ITEM = "<item><name>Tasse</name><quantity>2</quantity></item>"


def records(inner: str, head: str = '<order id="7">') -> tuple[list[dict[str, str]], list[str], tuple[str, ...]]:
    """Cells and doubts of the records of one order, and the names that were not understood."""
    found, unused = xml_records(f"<orders>{head}{inner}</order></orders>".encode())
    return [each.cells for each in found], [doubt for each in found for doubt in each.doubts], unused


def one(inner: str, head: str = '<order id="7">') -> dict[str, str]:
    """The cells of the only record that is read without a doubt and without a rest."""
    (cells,), doubts, unused = records(inner, head)
    assert ([], ()) == (doubts, unused)
    return {name: text for name, text in cells.items() if name not in ("title", "quantity")}


@pytest.mark.parametrize(
    ("inner", "cells"),
    [
        ("<billing><street>Weg 1</street></billing>", {"billing.street": "Weg 1"}),
        ("<shipping><address><street>Weg 1</street></address></shipping>", {"shipping.street": "Weg 1"}),
        ("<Lieferadresse><PLZ>10115</PLZ></Lieferadresse>", {"shipping.postcode": "10115"}),
        ("<address><street>Weg 1</street></address>", {"billing.street": "Weg 1"}),
        ("<customer><address><city>Ulm</city></address></customer>", {"billing.city": "Ulm"}),
        ("<customer><number>C-5</number></customer>", {"customer_number": "C-5"}),
        (
            '<billing first_name="Lea" last_name="Muster"/>',
            {"billing.first_name": "Lea", "billing.last_name": "Muster"},
        ),
        ("<shipping><cost>4,90</cost></shipping>", {"shipping_gross": "4,90"}),
        ('<shipping_cost currency="EUR">4.90</shipping_cost>', {"shipping_gross": "4.90", "currency": "EUR"}),
        ("<date>2024-05-02</date>", {"ordered_at": "2024-05-02"}),
        ("<!-- a note --><?php echo ?>", {}),
    ],
)
def test_what_stands_around_positions(inner: str, cells: dict[str, str]) -> None:
    """Nested names are joined, attributes are read as elements are, and whose address it is stands around it."""
    assert {"number": "7"} | cells == one(inner + f"<items>{ITEM}</items>") == one(ITEM + inner)


def test_attributes_of_the_order() -> None:
    """Namespaces do not count."""
    head = '<o:order xmlns:o="urn:x" id="7" currency="EUR">'
    (record,), _ = xml_records(f"<orders>{head}{ITEM}</o:order></orders>".encode())

    assert {"number": "7", "currency": "EUR", "title": "Tasse", "quantity": "2"} == record.cells


def test_what_is_not_understood() -> None:
    """It is named, once, and not taken for something else: a warehouse's street is nobody's address."""
    inner = "<warehouse><street>Lager 1</street></warehouse><payment><number>9</number></payment><x>1</x>"
    (first, second), doubts, unused = records(inner + ITEM + ITEM)

    assert ({"number": "7", "title": "Tasse", "quantity": "2"}, []) == (first, doubts)
    assert first == second
    assert ("warehouse/street", "payment/number", "x") == tuple(sorted(unused, key=len, reverse=True))


def test_a_position_that_lacks_something() -> None:
    """Among positions it is one, too, and its order must not be imported without it."""
    cells, _, _ = records(ITEM + "<item><name>Kanne</name></item>")

    assert [("Tasse", "2"), ("Kanne", None)] == [(each.get("title"), each.get("quantity")) for each in cells]


def test_an_order_without_positions() -> None:
    """Beside orders it is one: it will be called broken, not left out."""
    found, _ = xml_records(f'<orders><order id="1">{ITEM}</order><order id="2"><items/></order></orders>'.encode())

    assert ["1", "2"] == [each.cells["number"] for each in found]


@pytest.mark.parametrize(
    ("first", "second", "doubts"),
    [("1", "2", 0), ("7", "7", 0), ("40", "41", 2)],
)
def test_the_number_of_a_position(first: str, second: str, doubts: int) -> None:
    """'Nr.' within a position is its place in the order; the order's number stands around it."""
    items = "".join(ITEM.replace("<item>", f'<item nr="{each}">') for each in (first, second))
    cells, said, _ = records(items)

    assert (["7", "7"], doubts) == ([each["number"] for each in cells], len(said))


def test_the_place_of_an_item() -> None:
    """An item's 'no' is its place; only where it is none may it be the number of the article."""
    first, second = (ITEM.replace("<item>", f'<item no="{no}">') for no in ("1", "2"))
    by_name = first.replace("<name>", "<sku>A-1</sku><name>")

    assert [None, None] == [each.get("sku") for each in records(first + second)[0]]
    assert (["A-1"], ("no",)) == ([each.get("sku") for each in records(by_name)[0]], records(by_name)[2])
    assert ["A-7"] == [each.get("sku") for each in records(ITEM.replace("<item>", '<item no="A-7">'))[0]]


def test_an_id_beside_the_number() -> None:
    """A program's own id is not what the customer knows."""
    cells, doubts, unused = records("<order_number>1042</order_number>" + ITEM)

    assert (["1042"], [], ("id",)) == ([each["number"] for each in cells], doubts, unused)


def test_a_number_around_all_orders() -> None:
    """The export's own number does not make all orders one."""
    content = f'<orders no="2024"><order id="1">{ITEM}</order><order id="2">{ITEM}</order></orders>'
    found, _ = xml_records(content.encode())

    assert ["1", "2"] == [each.cells["number"] for each in found]


@pytest.mark.parametrize(
    ("inner", "doubt"),
    [
        ("<city>Ulm</city><city>Bonn</city>", 'the element "city" contradicts another one; the first was taken'),
        ("<currency>EUR</currency>" + ITEM.replace("<name>", "<currency>USD</currency><name>"),
         "the position says another currency than what stands around it"),
    ],
)  # fmt: skip
def test_contradictions(inner: str, doubt: str) -> None:
    """Two values for one thing are a doubt."""
    _, doubts, _ = records(inner + ("" if "<item>" in inner else ITEM))

    assert [doubt] == doubts


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<orders><order>", "not well-formed XML"),
        (b"<orders><order><a>1</a></order></orders>", "no record of this XML"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "nested too deeply"),
        (b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 9 + b'">]><a>&c;</a>', "not well-formed XML"),
    ],
)
def test_no_orders(content: bytes, why: str) -> None:
    """A sentence says why."""
    with pytest.raises(NoOrders, match=why):
        xml_records(content)


NAMES = st.sampled_from(["order", "item", "title", "name", "nr", "quantity", "billing", "street", "x", "currency"])
TREES = st.recursive(
    st.builds(lambda name, text: f"<{name}>{text}</{name}>", NAMES, st.sampled_from(["1", "2", "a", ""])),
    lambda inner: st.builds(lambda name, all: f"<{name}>{''.join(all)}</{name}>", NAMES, st.lists(inner, max_size=5)),
    max_leaves=25,
)


@given(TREES)
def test_any_tree(tree: str) -> None:
    """Whatever is nested in what: records, or a sentence."""
    try:
        found, _ = xml_records(tree.encode())
    except NoOrders:
        return

    assert found

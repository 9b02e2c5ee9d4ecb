"""Article numbers that only all titles of an order together show."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smtpd_billbee.model.order import Item
from smtpd_billbee.reader.item_codes import with_codes
from smtpd_billbee.reader.items import Found, Items
from tests.reader.making import draft_of_html


def made(*titles: str, sku: str | None = None) -> Items:
    """Items of these titles; the first has the article number."""
    found = [
        Found(Item(title, Decimal(1), sku if number == 0 else None, None, None, Decimal(1), None), number, title)
        for number, title in enumerate(titles)
    ]
    return Items(tuple(found), frozenset(range(len(titles))))


def shown(items: Items) -> list[tuple[str, str | None]]:
    """Title and article number of each."""
    return [(each.item.title, each.item.sku) for each in items.found]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Schürze (LA-SLT)", "Beutel (CTB-NAT)"), [("Schürze", "LA-SLT"), ("Beutel", "CTB-NAT")]),
        (("Kissen rund (KR)", "Strauß XL (ST-XL)"), [("Kissen rund", "KR"), ("Strauß XL", "ST-XL")]),
        (("Kissen rund (KR)", "Strauß (ST)"), [("Kissen rund", "KR"), ("Strauß", "ST")]),
        (("Teelicht Maxi (TL-M)", "Duftöl Zirbe (DO-Z)"), [("Teelicht Maxi", "TL-M"), ("Duftöl Zirbe", "DO-Z")]),
        (("Teelicht Maxi (TL-M)",), [("Teelicht Maxi", "TL-M")]),
        (("［TB-10］Tasse", "［WS-CH］ Socken"), [("Tasse", "TB-10"), ("Socken", "WS-CH")]),
        (("[TB-10] Tasse", "[WS-CH] Socken"), [("Tasse", "TB-10"), ("Socken", "WS-CH")]),
        (
            ("Das Ende, Teil 3 #9780000000010", "Lampe #LL-W"),
            [("Das Ende, Teil 3", "9780000000010"), ("Lampe", "LL-W")],
        ),
        (
            ("TB-10 Tasse", "WS-M-CH Socken", "BP-30 Bild"),
            [("Tasse", "TB-10"), ("Socken", "WS-M-CH"), ("Bild", "BP-30")],
        ),
    ],
)
def test_every_title_has_a_code(titles: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """A code behind or before every title, each its own, is the article number."""
    assert expected == shown(with_codes(made(*titles)))


@pytest.mark.parametrize(
    "titles",
    [
        ("Schürze (LA-SLT)",),
        ("Bauklötze (BK)",),
        ("Hose (L-XL)",),
        ("Schürze (LA-SLT)", "Beutel"),
        ("[TB-10] Tasse", "Beutel"),
        ("Comic Band #1", "Comic Band #2"),
        ("[NEU] Tasse", "[NEU] Beutel"),
        ("Software (CD-ROM)", "Spiel (CD-ROM)"),
        ("Hose (S-M)", "Hose (L-XL)"),
        ("Tee (BIO)", "Kaffee (FAIR)"),
        ("Album (LP)", "Strauß XL (ST-XL)"),
        ("Schal Maritim (SM)", "Strauß XL (ST-XL)"),
        ("USB-C Kabel", "Tasse"),
        ("T-SHIRT Blau", "LARGE-2 Rot"),
        ("T-SHIRT ROT", "V-SHIRT BLAU"),
    ],
)
def test_no_codes(titles: tuple[str, ...]) -> None:
    """One title alone, titles without a code, the same twice, sizes, words and capitals tell nothing."""
    assert [(title, None) for title in titles] == shown(with_codes(made(*titles)))


def test_some_were_read_already() -> None:
    """A code with a digit was taken from its brackets before; the others are codes, too."""
    items = made("Jacke (WJ-220)", "Schürze (LA-SLT)", sku="WJ-220")
    first = replace(items.found[0], item=replace(items.found[0].item, title="Jacke"))
    read = replace(items, found=(first, items.found[1]))

    assert [("Jacke", "WJ-220"), ("Schürze", "LA-SLT")] == shown(with_codes(read))


def test_a_short_code_is_one_but_a_size_is_none() -> None:
    """'(SAC-B)' has letters that no size has."""
    assert [("Beutel", "SAC-B"), ("Seife", "SAB-90")] == shown(with_codes(made("Beutel (SAC-B)", "Seife (SAB-90)")))
    sizes = made("Hemd (XS-XL)", "Seife (SAB-90)")
    assert sizes == with_codes(sizes)


def test_codes_below_the_choices() -> None:
    """'FSL-8' below 'Size: UK 8' is an article number, and so is 'TEA-SE' of the item that has no choices."""
    draft = draft_of_html(
        "<table><tr><th>Item<th>Qty<th>Price<tr><td>Slippers<br>Size: UK 8<br>FSL-8<td>1<td>$36.00"
        "<tr><td>Vase<br>Glaze: Blue<br>HTV-SB<td>1<td>$41.00<tr><td>Tea<br>TEA-SE<td>1<td>$7.25</table>"
        "<p>Total: $84.25</p>"
    )

    assert [("FSL-8", "Size: UK 8"), ("HTV-SB", "Glaze: Blue"), ("TEA-SE", None)] == [
        (item.sku, item.variant) for item in draft.items
    ]


def test_a_choice_in_capitals() -> None:
    """'ROT-BLAU' stays a choice where the other items have no numbers."""
    draft = draft_of_html(
        "<table><tr><th>Item<th>Qty<th>Price<tr><td>Slippers<br>ROT-BLAU<td>1<td>$36.00"
        "<tr><td>Vase<td>1<td>$41.00</table><p>Total: $77.00</p>"
    )

    assert [(None, "ROT-BLAU"), (None, None)] == [(item.sku, item.variant) for item in draft.items]

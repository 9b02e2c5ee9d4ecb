"""Order files as orders: tests/files, and the shared samples beside the project where they are."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.model.order import Address, Order
from smtpd_billbee.model.reading import order_as_json
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.work.filed import read_filed
from smtpd_billbee.work.ready import Filed
from tests.formats.test_order_files import workbook
from tests.reader.judging import differences

ROOT = Path(__file__).parents[2]
OURS = sorted(path for path in (ROOT / "tests" / "files").iterdir() if path.suffix in (".csv", ".xlsx", ".xml"))
SHARED = Path(os.environ.get("SAMPLES") or ROOT.parent / "shared" / "samples") / "files"
SAMPLES = sorted(path for path in SHARED.glob("*") if path.suffix in (".csv", ".xlsx"))
HEADER = (
    "Nr.,Artikel,Anzahl,Einzelpreis Netto,Einzelpreis Brutto,Preis Netto,Preis Brutto,MwSt. %,"
    "Versandkosten Netto,Versandkosten Brutto\n"
)
NOTHING_SAID = ("no currency is said", "no address was found")
ROW = '1042,Tasse,2,"10,00","11,90","20,00","23,80",19,"5,00","5,95"\n'


def judged(file: Path) -> tuple[dict[str, Any], Filed, list[str]]:
    """What is expected, what was read, and a sentence for each order's field that is wrong."""
    expectation = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    filed = read_filed(file.read_bytes(), VatMode.SHOWN)
    wrong = []
    for expected, ready in zip(expectation["orders"], filed.orders, strict=True):
        found = differences(wrapped(expected), wrapped(order_as_json(ready.order)))
        wrong += [f"{expected['number']}: {each}" for each in found]
    return expectation, filed, wrong


def wrapped(order: dict[str, Any]) -> dict[str, Any]:
    """An order as if a mail had been read; whether an address's addition is one is not judged unless it is named."""
    silent = [f"{name}.addition" for name in ("billing_address", "shipping_address") if name in order]
    named = [path for path in silent if (order[path.split(".")[0]] or {}).get("addition")]
    ambiguous = [path for path in silent if path not in named]
    return {"outcome": "order", "kind": "order", "problems": [], "order": order, "ambiguous": ambiguous}


@pytest.mark.parametrize("file", OURS, ids=lambda path: path.stem)
def test_a_file(file: Path) -> None:
    """The orders, the complaints by line and the doubts are what a careful person finds."""
    expectation, filed, wrong = judged(file)

    assert [] == wrong
    assert [each["line"] for each in expectation["complaints"]] == [each.line for each in filed.complaints]
    assert [] == [
        (each["about"], complaint.text)
        for each, complaint in zip(expectation["complaints"], filed.complaints, strict=True)
        if each["about"] not in complaint.text
    ]
    assert expectation["to_check"] == [ready.order.number for ready in filed.orders if ready.problems]
    if expectation["outcome"] == "refused":
        assert () == filed.orders


@pytest.mark.skipif(not SAMPLES, reason="the samples ../shared/samples/files are not here")
@pytest.mark.parametrize("file", SAMPLES, ids=lambda path: path.stem)
def test_a_sample(file: Path) -> None:
    """Every order and no other, no doubt about a clean one, and a complaint about each line that deserves one."""
    expectation, filed, wrong = judged(file)

    assert [] == wrong
    assert [each["line"] for each in expectation["complaints"]] == [each.line for each in filed.complaints]
    assert [] == [ready.order.number for ready in filed.orders if ready.problems]


def order_in(text: str, vat_mode: VatMode = VatMode.SHOWN) -> Order:
    """The only order of a file that says nothing about the buyer and the currency, without other doubts."""
    filed = read_filed(text.encode(), vat_mode)
    (ready,) = filed.orders
    assert NOTHING_SAID == ready.problems
    assert [f"order {ready.order.number}: {each}" for each in NOTHING_SAID] == [each.text for each in filed.complaints]
    return ready.order


@pytest.mark.parametrize(
    ("vat_mode", "unit", "total", "rate", "with_tax"),
    [
        (VatMode.SHOWN, "11.90", "29.75", "19", True),
        (VatMode.SMALL_BUSINESS, "11.90", "29.75", "0", None),
        (VatMode.INTRA_EU, "10.00", "25.00", "0", None),
        (VatMode.EXPORT, "10.00", "25.00", "0", None),
        (VatMode.MARGIN, "11.90", "29.75", "0", None),
    ],
)
def test_vat_modes(vat_mode: VatMode, unit: str, total: str, rate: str, with_tax: bool | None) -> None:
    """Without VAT across a border the net prices are paid; a small business charges what the file calls gross."""
    order = order_as_json(order_in(HEADER + ROW, vat_mode))

    assert (unit, rate) == (order["items"][0]["unit_price"], order["items"][0]["tax_rate"])
    assert (total, with_tax) == (order["total"], order["prices_include_tax"])


def test_net_and_gross_disagree() -> None:
    """Net price and rate must make the gross price: else one of three is wrong, and nobody knows which."""
    filed = read_filed((HEADER + ROW.replace(",19,", ",7,")).encode(), VatMode.SHOWN)

    assert "order 1042: 20.00 net with 7 % VAT is 21.40, the line says 23.80" == filed.complaints[0].text
    assert 3 == len(filed.orders[0].problems)


def test_one_price_makes_the_other() -> None:
    """A row with only its unit price has a total; a total makes a unit price where it can be parted to the cent."""
    header = "Nr.,Artikel,Anzahl,Einzelpreis Brutto,Preis Brutto\n"
    order = order_in(header + '1,Tasse,3,"2,50",\n1,Teller,3,,"7,50"\n1,Kanne,3,,"10,00"\n')

    assert [("2.50", "7.50"), ("2.50", "7.50"), (None, "10.00")] == [
        (item["unit_price"], item["total"]) for item in order_as_json(order)["items"]
    ]


def test_a_huge_number() -> None:
    """What the database cannot take is a failure with its line, not an error while importing."""
    for cells in (f'{"9" * 200},Tasse,1,"2,50","2,50"', '1,Tasse,1,"999999999999,50","2,50"', '1,Tasse,1e9,"1","1"'):
        filed = read_filed(f"Nr.,Artikel,Anzahl,Einzelpreis Brutto,Preis Brutto\n{cells}\n".encode(), VatMode.SHOWN)

        assert ((), 1, [2]) == (filed.orders, filed.failed, [each.line for each in filed.complaints])


def test_excels_numbers() -> None:
    """Postcodes, dates and rates as numbers: a German postcode gets its zero back, a Swiss one had none."""
    header: list[object] = [
        "Nr.", "Bestell-Datum", "Artikel", "Anzahl", "Preis Brutto", "MwSt. %", "Rechn. Postleitzahl", "Rechn. Stadt",
        "Rechn. Land",
    ]  # fmt: skip
    rows: list[list[object]] = [
        [1, 45304.4236689815, "Tasse", 2, 1234.5, 0.19, 1067, "Dresden", "Deutschland"],
        [2, 45304, "Tasse", 2, 29, 0.077, 8001, "Zürich", "Schweiz"],
    ]
    first, second = (each.order for each in read_filed(workbook(header, *rows), VatMode.SHOWN).orders)

    assert ("2024-01-13T10:10:05", "2024-01-13") == (first.ordered_at, second.ordered_at)
    assert Address(postcode="01067", city="Dresden", country="DE") == first.billing_address
    assert Address(postcode="8001", city="Zürich", country="CH") == second.billing_address
    assert [("617.25", "1234.50", "19"), ("14.50", "29.00", "7.7")] == [
        tuple(order_as_json(order)["items"][0][name] for name in ("unit_price", "total", "tax_rate"))
        for order in (first, second)
    ]


def test_xml() -> None:
    """XML whose elements are named as the columns are."""
    content = (
        "<Bestellungen><Bestellung><Bestellnummer>1006</Bestellnummer><Versandkosten>4,90</Versandkosten><Positionen>"
        "<Position><Artikel>Tasse</Artikel><Anzahl>2</Anzahl><Einzelpreis>9,90</Einzelpreis></Position>"
        "<Position><Artikel>Teller</Artikel><Anzahl>1</Anzahl><Einzelpreis>5,00</Einzelpreis></Position>"
        "</Positionen></Bestellung></Bestellungen>"
    )

    assert ("29.70", 2) == (order_as_json(order_in(content))["total"], len(order_in(content).items))


CELLS = st.one_of(st.text(max_size=12), st.sampled_from(["1", "12,50", "1.234", "-3", "02.03.2026", "EUR", "19 %", ""]))


@given(st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=4))
def test_any_cells(rows: list[list[str]]) -> None:
    """Whatever stands in the cells, each row is in an order or complained about, and nothing breaks."""
    lines = ["\t".join(" ".join(cell.split()).replace('"', "") for cell in row) for row in rows]
    filed = read_filed((HEADER.replace(",", "\t") + "\n".join(lines)).encode(errors="replace"), VatMode.SHOWN)
    items = sum(len(ready.order.items) for ready in filed.orders)

    assert items == len([line for line in lines if line.strip()]) or filed.complaints


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    """What is no order file has no orders and one complaint."""
    filed = read_filed(content, VatMode.SHOWN)

    assert filed.orders or filed.complaints


@pytest.mark.parametrize("written", ["#1042", "# 1042", "1042.0"])
def test_a_number_as_mails_give_it(written: str) -> None:
    """A mail of the same order says 1042: a file's '#' and a table program's '.0' make no other order."""
    filed = read_filed((HEADER + ROW.replace("1042", written)).encode(), VatMode.SHOWN)

    assert ["1042"] == [ready.order.number for ready in filed.orders]


FULL = (
    "Nr.;Artikel;Anzahl;Preis Brutto;Versandkosten;Währung;Rechn. Nachname;Rechn. Straße;Rechn. Stadt;Rabatt;"
    "Gesamtsumme"
)


def full(*rows: str) -> Filed:
    """What a file says whose rows hold number, article, quantity, price, shipping, currency, and the last two."""
    lines = []
    for row in rows:
        *first, discount, total = row.split("|")
        lines.append(";".join([*first, "Muster", "Weg 1", "Ulm", discount, total]))
    return read_filed("\n".join([FULL, *lines]).encode(), VatMode.SHOWN)


@pytest.mark.parametrize(
    ("row", "discount", "total", "problem"),
    [
        ("9,90|4,90|EUR||", None, "14.80", None),
        ("9,90|4,90|EUR||14,80", None, "14.80", None),
        ("9,90|4,90|EUR||19,80", None, "19.80", "items 9.90 + shipping 4.90 = 14.80, but the total says 19.80"),
        ("9,90|4,90|EUR|2,00|12,80", "2.00", "12.80", None),
        ("9,90|4,90|EUR|-2,00|12,80", "2.00", "12.80", None),
        ("9,90|4,90|EUR|2,00|14,80", None, "14.80", None),
        ("9,90|4,90|EUR|2,00|", "2.00", "12.80", "a discount of 2.00 was taken from the sum"),
        ("9,90|4,90|EUR|10 %|", None, "14.80", "line 2: the discount '10 %' is no amount and was not taken"),
        ("9,90|-4,90|EUR||", None, "5.00", "the shipping cost is below zero"),
        ("9,90 €|4,90 €|||", None, "14.80", None),
        ("9,90 $|4,90|EUR||", None, "14.80", "line 2: the currency is said to be EUR, but amounts are"),
        ("9,90|4,90|$||", None, "14.80", "line 2: the currency '$' can be more than one; USD was taken"),
        ("9,9049|4,90|EUR||", None, "14.80", "line 2: the price 9.9049 has more than two decimals"),
    ],
)  # fmt: skip
def test_what_is_paid(row: str, discount: str | None, total: str, problem: str | None) -> None:
    """The order's own sum judges its parts; what may be wrong is a doubt."""
    (ready,) = full(f"7|Tasse|1|{row}").orders
    order = order_as_json(ready.order)

    assert (discount, total) == (order["discount"], order["total"])
    assert ([problem] if problem else []) == [each[: len(problem or "")] for each in ready.problems]


@pytest.mark.parametrize(
    ("title", "doubts"),
    [("2 x Tasse, 1 x Teller", 1), ('"2x Tasse\n1x Teller"', 1), ("3 x 100 g Tee", 0), ("Poster 50 x 70 cm", 0)],
)
def test_several_articles_in_one_cell(title: str, doubts: int) -> None:
    """One row for a whole order: its positions cannot be told apart, so a person looks."""
    (ready,) = full(f"7|{title}|3|9,90|4,90|EUR||").orders

    assert doubts == len(ready.problems)


@pytest.mark.parametrize(
    ("column", "cell", "doubt"),
    [
        ("Status", "storniert", "line 2: its status says that the order was cancelled or paid back"),
        ("Order Status", "Shipped", None),
        ("Total", "19,80", "line 2: a total of 19.80 is said, which is neither the line's price nor the order's"),
        ("Total", "14,80", None),
        ("Total", "9,90", None),
        ("Versandkosten Netto", "3,90", "line 2: the shipping cost is said net only and was not taken"),
        ("Rechn. PLZ", "1067", "line 2: the postcode 1067 has four digits; in DE it has five"),
        ("Rechn. PLZ", "01067", None),
        ("Rechn. Vorname", "JÃ¼rgen", 'line 2: letters in the column "Rechn. Vorname" look broken, as if the file had'
         " been saved in a wrong encoding"),
        ("Rechn. Vorname", "CONCEIÇÃO", None),
    ],
)  # fmt: skip
def test_what_else_a_careful_person_sees(column: str, cell: str, doubt: str | None) -> None:
    """A column that says that the order is not what it seems makes it one to check."""
    shipping = "Egal" if column.startswith("Versand") else "Versandkosten"
    head = f"Nr.;Artikel;Anzahl;Preis Brutto;{shipping};Währung;Rechn. Nachname;Rechn. Straße;Rechn. Stadt;Rechn. Land"
    (ready,) = read_filed(
        f"{head};{column}\n7;Tasse;1;9,90;4,90;EUR;Muster;Weg 1;Dresden;Deutschland;{cell}\n".encode(), VatMode.SHOWN
    ).orders

    assert ((doubt,) if doubt else ()) == ready.problems


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("Name", "Lea Muster", Address(first_name="Lea", last_name="Muster")),
        (
            "Billing Name",
            "Frau Lea van den Berg",
            Address(salutation="Frau", first_name="Lea", last_name="van den Berg"),
        ),
        ("Kundenname", "Muster & Söhne GmbH", Address(company="Muster & Söhne GmbH")),
    ],
)
def test_a_name_in_one_cell(column: str, cell: str, expected: Address) -> None:
    """It is parted as in a mail."""
    head = f"Nr.;Artikel;Anzahl;Preis Brutto;Versandkosten;Währung;{column};Straße;Ort"
    (ready,) = read_filed(f"{head}\n7;Tasse;1;9,90;4,90;EUR;{cell};Weg 1;Ulm\n".encode(), VatMode.SHOWN).orders

    assert replace(expected, street="Weg", house_number="1", city="Ulm") == ready.order.billing_address
    assert () == ready.problems


def test_failures_name_their_order() -> None:
    """Which orders were not imported is said, with line and reason; the others are there."""
    filed = full("7|Tasse|1|9,90|4,90|EUR||", "8|Tasse|x|9,90|4,90|EUR||", '9|"Tasse|1|9,90|4,90|EUR||')

    assert (["7"], 2) == ([each.order.number for each in filed.orders], filed.failed)
    assert [
        "order 8 is not imported: the quantity 'x' cannot be read as a number",
        'order 9 is not imported: a quotation mark (") is opened in this line and not closed',
    ] == [each.text for each in filed.complaints]


def test_what_all_orders_lack() -> None:
    """A column that is not there makes every order one to check, and is said once."""
    filed = full("7|Tasse|1|9,90|4,90|||", "8|Tasse|1|9,90|4,90|||")

    assert [("no currency is said",)] * 2 == [each.problems for each in filed.orders]
    assert [(None, "all orders: no currency is said")] == [(each.line, each.text) for each in filed.complaints]


def test_an_order_that_stands_twice() -> None:
    """Two exports in one file double every position: a doubt.  Two equal rows below each other are two positions."""
    row, other = "7|Tasse|1|9,90|4,90|EUR||", "8|Tasse|1|9,90|4,90|EUR||"

    assert () == full(row, row, other).complaints
    assert [(4, "order 7: this line repeats line 2: the order may stand in the file twice")] == [
        (each.line, each.text) for each in full(row, other, row).complaints
    ]


@pytest.mark.parametrize("price", ["1.234", "1,234", "€ 1.234"])
def test_a_price_that_can_be_two(price: str) -> None:
    """Where no other number tells, '1.234' is a thousand or one: it is not guessed."""
    filed = full(f"7|Tasse|1|{price}||EUR||")

    assert ((), 1) == (filed.orders, filed.failed)
    assert "can be read in two ways" in filed.complaints[0].text

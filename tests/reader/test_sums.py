"""The sums of an order: words allow several meanings, the arithmetic decides."""

from decimal import Decimal

import pytest

from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.sum_words import SumRow, sum_row
from smtpd_billbee.reader.sums import MOST_ROWS, Sums, choose, with_listed_discount
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary
from tests.reader.making import draft_of, draft_of_html


def rows(text: str) -> list[SumRow]:
    """The sum rows of a text."""
    sheet = rows_of_text(text)
    below = [*sheet[1:], None]
    found = [sum_row(row, i, dictionary(), ",", below[i]) for i, row in enumerate(sheet)]
    return [row for row in found if row]


def chosen(text: str, items: str | None) -> Sums:
    """What the rows are, when the items come to this."""
    return choose(rows(text), None if items is None else Decimal(items))


def plain(sums: Sums) -> dict[str, str]:
    """The values as text."""
    return {name: str(value) for name, value in sums.values.items()}


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        (
            "Zwischensumme: 20,00 €\nVersandkosten: 4,90 €\nGesamtsumme: 24,90 €",
            "20.00",
            {"subtotal": "20.00", "shipping_cost": "4.90", "total": "24.90"},
        ),
        ("Summe: 20,00 €\nVersand: 4,90 €\nSumme: 24,90 €", "20.00",
         {"subtotal": "20.00", "shipping_cost": "4.90", "total": "24.90"}),
        ("Versand: 4,90 €\nSumme: 24,90 €", "20.00", {"shipping_cost": "4.90", "total": "24.90"}),
        ("Summe: 20,00 €", "20.00", {"total": "20.00"}),
        ("Summe   20,00 €\nRabatt   -5,00 €\nGesamt   15,00 €", "20.00",
         {"subtotal": "20.00", "discount": "5.00", "total": "15.00"}),
        ("Rabatt (SOMMER10)  5,00 €\nGesamt  15,00 €", "20.00", {"discount": "5.00", "total": "15.00"}),
        ("Versandkosten: kostenlos\nGesamt: 20,00 €", "20.00", {"shipping_cost": "0", "total": "20.00"}),
        ("Nachnahmegebühr: 3,00 €\nGesamt: 23,00 €", "20.00", {"payment_fee": "3.00", "total": "23.00"}),
        ("Gesamt: 20,00 €\ninkl. 19 % MwSt.: 3,19 €", "20.00", {"total": "20.00", "tax_total": "3.19"}),
        ("Gesamtsumme\n20,00 €", "20.00", {"total": "20.00"}),
        ("Zu zahlen: 20,00 €\nIm Betrag enthaltene MwSt. (19 %): 3,19 €", "20.00",
         {"total": "20.00", "tax_total": "3.19"}),
        ("Versand: 4,90 €\nSperrgutzuschlag: 10,00 €\nGesamt: 34,90 €", "20.00",
         {"shipping_cost": "14.90", "total": "34.90"}),
        ("Итого: 20,00 ₽", "20.00", {"total": "20.00"}),
        ("小計：20,00円\n送料：5,00円\n合計：25,00円", "20.00",
         {"subtotal": "20.00", "shipping_cost": "5.00", "total": "25.00"}),
    ],
)  # fmt: skip
def test_sums(text: str, items: str, expected: dict[str, str]) -> None:
    """Subtotal, shipping, fee, discount, tax, total."""
    sums = chosen(text, items)

    assert expected == plain(sums)
    assert sums.balanced
    assert () == sums.doubts


def test_tax_on_top_or_included() -> None:
    """20 + 3.80 = 23.80: on top; else it is included."""
    on_top = chosen("Summe: 20,00 €\nzzgl. 19 % MwSt.: 3,80 €\nGesamt: 23,80 €", "20.00")
    included = chosen("Gesamt: 23,80 €\nenthaltene MwSt. 19 %: 3,80 €", "23.80")

    assert (True, True) == (on_top.tax_on_top, on_top.balanced)
    assert (False, True) == (included.tax_on_top, included.balanced)


def test_several_taxes() -> None:
    """Rows of tax are added; a row that is the sum of the others is said twice."""
    assert "5.00" == plain(chosen("Gesamt: 20,00 €\nMwSt. 19 %: 3,00 €\nMwSt. 7 %: 2,00 €", "20.00"))["tax_total"]
    thrice = chosen("Gesamt: 20,00 €\nMwSt. 19 %: 3,00 €\nMwSt. 7 %: 2,00 €\nMwSt. gesamt: 5,00 €", "20.00")
    assert Decimal(5) == thrice.values["tax_total"]


def test_a_total_that_is_said_again() -> None:
    """The same total twice counts once."""
    assert {"total": "20.00"} == plain(chosen("Gesamtsumme: 20,00 €\nGesamtsumme: 20,00 €", "20.00"))


def test_what_does_not_come_out() -> None:
    """The total is kept as it is said, and nothing claims that it adds up."""
    sums = chosen("Versand: 4,90 €\nGesamtsumme: 99,00 €", "20.00")

    assert ("99.00", False) == (plain(sums)["total"], sums.balanced)


def test_two_totals() -> None:
    """Two different totals of which neither comes out are doubted."""
    assert chosen("Gesamtsumme: 98,00 €\nGesamtsumme: 99,00 €", "20.00").doubts


def test_no_sums() -> None:
    """Items and sentences are none."""
    assert [] == [row for row in rows("2 x Becher  7,00 €\nBitte 5,00 € mitbringen") if row.fields]
    assert {} == plain(choose([], Decimal(1)))


def test_a_row() -> None:
    """What a sum row knows: words, amount without sign, currency, where it stood."""
    [row] = rows("Rabatt (SOMMER10):  -5,00 €")

    assert ("Rabatt (SOMMER10)", Decimal("5.00"), "€", True) == (row.words, row.amount, row.currency, row.negative)
    assert ("discount",) == row.fields


def test_the_amount_below() -> None:
    """A label alone takes the amount of the line below; a label with a value does not."""
    found = rows("Gesamtsumme:\n20,00 €")

    assert [(Decimal("20.00"), True)] == [(row.amount, row.from_below) for row in found]


def test_the_last_sums_count() -> None:
    """Of hundreds of rows only the last are weighed: the total stands at the end."""
    many = "".join(f"enthaltene MwSt. {i} %: {i},00 €\n" for i in range(2, 500))
    sums = chosen(f"{many}Gesamtsumme: 20,00 €", "20.00")

    assert "20.00" == plain(sums)["total"]
    assert MOST_ROWS < 500


@pytest.mark.parametrize(
    ("text", "items", "expected", "on_top"),
    [
        ("Gesamt: 24,90 € (inkl. 3,98 € MwSt.)", "24.90", {"total": "24.90", "tax_total": "3.98"}, False),
        ("Total: £24.90 (includes £4.15 VAT)", "24.90", {"total": "24.90", "tax_total": "4.15"}, False),
        ("Total : 24,90 € (dont 4,15 € TVA)", "24.90", {"total": "24.90", "tax_total": "4.15"}, False),
        ("Итого: 24,90 руб. (включая 4,15 руб. НДС)", "24.90", {"total": "24.90", "tax_total": "4.15"}, False),
        ("Gesamt: 24,90 € (inkl. 2,00 € 19% MwSt., 1,00 € 7% MwSt.)", "24.90",
         {"total": "24.90", "tax_total": "3.00"}, False),
        ("Gesamt: 24,90 € (davon 5,00 € Pfand)", "24.90", {"total": "24.90"}, False),
        ("Subtotal: $100.00\nRetail 8.25%: $8.25\nTotal: $108.25", "100.00",
         {"subtotal": "100.00", "tax_total": "8.25", "total": "108.25"}, True),
        ("Subtotal: $100.00\nRetail 8.25%: $9.00\nTotal: $109.00", "100.00",
         {"subtotal": "100.00", "total": "109.00"}, None),
    ],
)  # fmt: skip
def test_taxes_without_a_row_or_a_name(text: str, items: str, expected: dict[str, str], on_top: bool | None) -> None:
    """Behind the total; or by a rate, if it is just that part of the items and the total shows it on top."""
    sums = chosen(text, items)
    assert (expected, on_top) == (plain(sums), sums.tax_on_top)


def test_a_total_that_is_the_subtotal() -> None:
    """'Gesamt' above the shipping cost, and just what the items come to: the subtotal."""
    sums = chosen("Gesamt: 20,00 €\nVersand: 4,90 €\nGesamt: 24,90 €", "20.00")
    assert ({"subtotal": "20.00", "shipping_cost": "4.90", "total": "24.90"}, ()) == (plain(sums), sums.doubts)


def test_a_discount_that_is_said_twice() -> None:
    """The voucher's row and the discount's row are one, if the order adds up only so."""
    text = "Gutschein: SOMMER  -5,00 €\nRabatt  -5,00 €\nGesamt  15,00 €"
    assert Decimal("5.00") == chosen(text, "20.00").values["discount"]
    assert Decimal("10.00") == chosen(text.replace("15,00", "10,00"), "20.00").values["discount"]


def test_what_is_due_is_no_net_sum() -> None:
    """'Net à payer' is what the customer pays."""
    assert {"total": "24.90"} == plain(chosen("Net à payer : 24,90 €", "24.90"))
    assert "total" not in chosen("Total net : 24,90 €", None).values


def test_a_shipping_service_above_its_price() -> None:
    """'Standardversand' on its line, 'Preis: 3,99 €' on the next: a cost, no item."""
    found = rows("Standardversand\nPreis: 3,99 €")[0]
    assert (Decimal("3.99"), ("shipping_cost",), True) == (found.amount, found.fields, found.from_below)


def test_sums_in_the_columns_of_the_items() -> None:
    """The last amount of the row is the sum; those before are the columns of tax and discount."""
    cells = [Cell(("Summe",), 0, 4), Cell(("20,56 €",), 4, 5), Cell(("0,00 €",), 5, 6), Cell(("128,80 €",), 6, 7)]
    found = sum_row(Row(tuple(cells), 1, 1, 1), 0, dictionary(), ",")
    assert found is not None
    assert Decimal("128.80") == found.amount
    assert "total" in found.fields
    carrier = sum_row(Row((cells[0]._replace(lines=("DHL Paket",)), *cells[1:]), 1, 1, 1), 0, dictionary(), ",")
    assert carrier is not None
    assert ("shipping_cost",) == carrier.fields
    other = sum_row(Row((cells[0]._replace(lines=("Becher",)), *cells[1:]), 1, 1, 1), 0, dictionary(), ",")
    assert other is None


def test_what_was_paid_before() -> None:
    """The order's total is what it costs, not what is left to pay."""
    sums = chosen("Gesamtsumme: 20,00 €\nBereits bezahlt (Gutschein): -5,00 €\nNoch zu zahlen: 15,00 €", "20.00")
    assert ({"total": "20.00"}, ()) == (plain(sums), sums.doubts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gesamtsumme: 20,00 €\nBereits bezahlt: 5,00 €\nNoch zu zahlen: 15,00 €", {"total": "20.00"}),
        ("Total: 20,00 €\nAlready paid: 5,00 €\nBalance due: 15,00 €", {"total": "20.00"}),
        ("Gesamt: 20,00 €\nVersand: 4,90 €\nZu zahlen: 24,90 €",
         {"subtotal": "20.00", "shipping_cost": "4.90", "total": "24.90"}),
        ("Total : 20,00 €\nLivraison : 5,00 €\nÀ payer : 25,00 €",
         {"subtotal": "20.00", "shipping_cost": "5.00", "total": "25.00"}),
        ("Zwischensumme: 20,00 €\nTrinkgeld: 2,00 €\nGesamtsumme: 22,00 €",
         {"subtotal": "20.00", "payment_fee": "2.00", "total": "22.00"}),
        ("Zwischensumme: 20,00 €\nSpende: 2,00 €\nGesamtsumme: 22,00 €",
         {"subtotal": "20.00", "payment_fee": "2.00", "total": "22.00"}),
        ("Nettosumme: 16,81 €\nMwSt. 19 %: 3,19 €\nGesamtsumme: 20,00 €", {"tax_total": "3.19", "total": "20.00"}),
    ],
)  # fmt: skip
def test_what_is_paid_and_what_is_left(text: str, expected: dict[str, str]) -> None:
    """What was paid before changes no total; what the items come to, is no total above costs; a tip adds to it."""
    sums = chosen(text, "20.00")

    assert (expected, True, ()) == (plain(sums), sums.balanced, sums.doubts)


def row_of(*cells: str) -> SumRow | None:
    """The cells of a table's row as a sum."""
    placed = tuple(Cell((text,) if text else (), place, place + 1, 0) for place, text in enumerate(cells))
    return sum_row(Row(placed, 1, 1, 1), 0, dictionary(), ",")


def test_a_sum_with_its_count() -> None:
    """'Итого: | 4 шт. | 5 070 руб.': how many pieces stands between the name and the amount."""
    found = row_of("Итого:", "4 шт.", "5 070 руб.")

    assert found is not None
    assert ("Итого", Decimal(5070), True) == (found.words, found.amount, "total" in found.fields)


def test_the_cost_of_a_method() -> None:
    """'Versandart DHL Paket | 5,90 €' is what shipping costs; a payment's amount is a fee, if the sum says so."""
    shipping, payment = row_of("Versandart DHL Paket", "5,90 €"), row_of("Zahlungsart (Nachnahme):", "6,50 €")
    paid = row_of("Zahlungsart (PayPal):", "20,00 €")
    assert shipping
    assert payment
    assert paid

    def with_total(row: SumRow, total: str) -> dict[str, str]:
        [last] = rows(f"Gesamtsumme: {total} €")
        return plain(choose([row, last], Decimal("20.00")))

    assert {"shipping_cost": "5.90", "total": "25.90"} == with_total(shipping, "25,90")
    assert {"payment_fee": "6.50", "total": "26.50"} == with_total(payment, "26,50")
    assert {"total": "20.00"} == with_total(paid, "20,00")


def listed(text: str, items: str) -> dict[str, str]:
    """The sums with what is only listed."""
    return plain(with_listed_discount(chosen(text, items), rows(text)))


def test_a_discount_that_is_not_taken_off() -> None:
    """It is listed between the sums: it is said, and the sums no longer come out."""
    text = "Zwischensumme: 10,00 €\nMAI25: -2,50 €\nVersand: 3,90 €\nGesamtsumme: 13,90 €"

    assert "2.50" == listed(text, "10.00")["discount"]


@pytest.mark.parametrize(
    "text",
    [
        "Zwischensumme - 10,00 €\nMwSt. - 1,60 €\nVersand - 3,90 €\nGesamtsumme - 13,90 €",
        "Zwischensumme: 10,00 €\nVersand: 3,90 €\nGesamtsumme: 13,90 €\nMAI25: -2,50 €",
    ],
)
def test_a_minus_that_is_no_discount(text: str) -> None:
    """A dash that parts in every row; an amount below all sums."""
    assert "discount" not in listed(text, "10.00")


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("Gutschein 5,00 € für Ihren nächsten Einkauf: DANKE5", False),
        ("Nachnahmegebühr: 4,90 €. Und noch ein ganzer Satz", False),
        ("Gutschein 5,00 €", True),
        ("Gesamtsumme: 5,00 € (davon wird keine Steuer ausgewiesen)", True),
        ("Gesamtsumme: 5,00 € inkl. gesetzlicher Mehrwertsteuer", True),
        ("Versand: 5,00 € mit einem sehr langsamen Boten", True),
    ],
)
def test_a_sentence_is_no_sum(line: str, known: bool) -> None:
    """Words that run on behind an amount make it one; brackets, a tax, and the way of shipping belong to a sum."""
    found = sum_row(rows_of_text(line)[0], 0, dictionary(), ",")

    assert known == (found is not None)


def test_a_cost_within_the_total() -> None:
    """'davon Versandkosten' below the total, above the items: their sum and the cost come to it."""
    draft = draft_of("Gesamtbetrag: 28,50 €\ndavon Versandkosten: 4,50 €\n\nArtikel:\n\nTasse\n2 x 12,00 € = 24,00 €\n")

    assert Decimal("4.50") == draft.values["shipping_cost"]
    assert draft.sums.balanced


def test_a_price_in_a_line_that_counts() -> None:
    """'Preis: 7,56 € Menge: 3 Betrag: 22,68 €' is of an item, whatever 'Preis' and 'Betrag' are elsewhere."""
    draft = draft_of("Artikel:\n\nTasse\nPreis: 7,56 € Menge: 3 Betrag: 22,68 €\n\nGesamtbetrag: 22,68 €\n")

    assert [(3, Decimal("22.68"))] == [(item.quantity, item.total) for item in draft.items]
    assert Decimal("22.68") == draft.values["total"]


def test_so_many_pieces_of_a_thing() -> None:
    """'Geschenkgutschein × 2' beside an amount was bought; it takes nothing off."""
    assert row_of("Geschenkgutschein 25,00 € × 2", "50,00 €") is None
    assert row_of("Gutschein 25,00 €", "-25,00 €") is not None


def test_a_voucher_that_was_bought() -> None:
    """A count or an article number in the row of 'Gutschein 25 EUR': a thing, no discount."""
    for line in ("Gutschein 25 EUR (#GU25) x 1 = 25,00 €", "Gutschein 25 EUR x 2 = 50,00 €"):
        assert sum_row(rows_of_text(line)[0], 0, dictionary(), ",") is None

    cell = Cell(("Gutschein 25 EUR", "Art.-Nr.: GU25", "1 x 25,00 €"))
    assert sum_row(Row((cell, Cell(("25,00 €",), 1, 2)), 1, 1, 1), 0, dictionary(), ",") is None


def test_a_subtotal_right_below_the_price_of_an_item() -> None:
    """'Zwischensumme' below 'Gesamtpreis': the item has its price, so that is what all of them come to."""
    item = "<tr><th>{}<tr><td>Menge<td>{}<tr><td>Einzelpreis<td>{} €<tr><td>Gesamtpreis<td>{} €"
    rows = item.format("Karte A", 2, "19,00", "38,00") + item.format("Karte B", 1, "12,00", "12,00")
    draft = draft_of_html(f"<table>{rows}<tr><td>Zwischensumme<td>50,00 €<tr><td>Gesamtsumme<td>50,00 €</table>")

    assert [Decimal("38.00"), Decimal("12.00")] == [item.total for item in draft.items]
    assert (Decimal("50.00"), []) == (draft.values["subtotal"], draft.doubts)

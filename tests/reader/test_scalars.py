"""Single facts: order number, date, payment, shipping method, currency, code, site."""

from decimal import Decimal

import pytest

from smtpd_billbee.reader.order_numbers import number_in, numbers_in_sentence
from smtpd_billbee.reader.scalars import code_in_label, payment_type
from smtpd_billbee.reader.sites import hosts_in
from smtpd_billbee.reader.words import dictionary
from tests.reader.making import draft_of, draft_of_html

KNOWN = dictionary()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1042", "1042"),
        ("#1042", "1042"),
        ("A-1042", "A-1042"),
        ("2025/03-17", "2025/03-17"),
        ("RE2025-0001 vom 3.4.", "RE2025-0001"),
        ("1042.", "1042"),
        ("(1042)", "1042"),
        ("XKQJWT", "XKQJWT"),
        ("WC_1042", "WC_1042"),
        ("1042様", "1042"),
        ("1042のご注文", "1042"),
        ("03.04.2025", None),
        ("2025-04-03", None),
        ("", None),
        ("vom Dienstag", None),
        ("Muster GmbH", None),
    ],
)
def test_numbers(text: str, expected: str | None) -> None:
    """Digits, with letters, dashes and slashes; a date and a word are none."""
    assert expected == number_in(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neue Bestellung 1042 von Erika Muster", ["1042"]),
        ("Ihre Bestellung Nr. 1042 ist eingegangen", ["1042"]),
        ("Bestellung #1042", ["1042"]),
        ("Bestellung N° 1042", ["1042"]),
        ("Your order number is 1042", ["1042"]),
        ("Numer tego zamówienia to 4208", ["4208"]),
        ("ご注文番号11824", ["11824"]),
        ("订单号为18640", ["18640"]),
        ("Bestellung vom 03.04.2025", []),
        ("Wir haben 2 Artikel", []),
        ("Guten Tag", []),
    ],
)
def test_numbers_in_sentences(text: str, expected: list[str]) -> None:
    """A label's words right before a number."""
    assert expected == [number for number, _ in numbers_in_sentence(text, KNOWN)]


def test_the_label_outweighs_the_sentence() -> None:
    """A labelled number counts before one in a sentence; the subject stands in where the body names none."""
    assert "1042" == draft_of("Bestellnummer: 1042", "Neue Bestellung").values["number"]
    assert "1042" == draft_of("Guten Tag", "Neue Bestellung 1042").values["number"]
    assert "1042" == draft_of("Guten Tag,\nIhre Bestellung 1042 ist da.").values["number"]
    assert "1042" == draft_of("Guten Tag", "[Laden] Danke! (#1042)").values["number"]


def test_two_numbers() -> None:
    """Two different numbers are a question; the same number twice, or '#' before it, is none."""
    assert draft_of("Bestellnummer: 1042\nBestellnummer: 1043").doubts
    assert [] == draft_of("Bestellnummer: 1042\nBestellnummer: #1042").doubts
    assert draft_of("Bestellnummer: 1042", "Neue Bestellung 1043").doubts
    assert [] == draft_of("Bestellnummer: 1042", "Neue Bestellung 1042").doubts


def test_a_heading_with_its_value_below() -> None:
    """The number on the line below its label."""
    assert "1042" == draft_of("Bestellnummer\n1042\n\nDanke").values["number"]


def test_date() -> None:
    """Behind its label; else in the sentences above the items."""
    assert "2025-04-03T10:22" == draft_of("Bestelldatum: 03.04.2025 10:22").values["ordered_at"]
    assert "2025-04-03" == draft_of("Erika hat am 3. April 2025 bestellt.").values["ordered_at"]
    assert "ordered_at" not in draft_of("Guten Tag").values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zahlungsart: PayPal", "PayPal"),
        ("Zahlungsart: Vorkasse (Bitte überweisen Sie den Betrag auf unser Konto)", "Vorkasse"),
        ("Zahlungsart:\nRechnung", "Rechnung"),
        ("Bezahlt mit PayPal", "PayPal"),
        ("Payment method: Credit card", "Credit card"),
        ("Zahlungsart: 5,00 EUR", None),
    ],
)
def test_payment(text: str, expected: str | None) -> None:
    """The method's name without the sentence behind it; an amount is none."""
    assert expected == draft_of(text).values.get("payment_method")


def test_shipping_method() -> None:
    """With words a method, with an amount the cost."""
    assert "DHL Paket" == draft_of("Versandart: DHL Paket").values["shipping_method"]
    draft = draft_of("Gesamt: 9,90 EUR\nVersand: 4,90 EUR")
    assert "shipping_method" not in draft.values
    assert Decimal("4.90") == draft.values["shipping_cost"]


@pytest.mark.parametrize(
    ("method", "number"),
    [("PayPal", 3), ("paypal", 3), ("PayPal (Express)", 3), ("Kauf auf Rechnung", 26), ("Vorkasse", 59),
     ("Nachnahme", 2), ("Tauschhandel", 22)],
)  # fmt: skip
def test_payment_types(method: str, number: int) -> None:
    """Billbee's number of the payment: the whole name, else a part, else a word; 22 for any other."""
    assert number == payment_type(method, KNOWN)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Nachlass (SOMMER10, 10 %)", "SOMMER10"),
        ("Gutschein „WELCOME“", "WELCOME"),
        ("Rabatt: NEU-2024", "NEU-2024"),
        ("Rabatt", None),
        ("Rabatt 10 %", None),
        ("Rabatt (10 %)", None),
        ("Rabatt (5,00 EUR)", None),
        ("Rabatt (inkl. MwSt.)", None),
    ],
)
def test_discount_codes(words: str, code: str | None) -> None:
    """The code beside the word; a rate, an amount or the tax is none."""
    assert code == code_in_label(words, KNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neue Bestellung auf https://www.laden.example.org/shop", ("www.laden.example.org",)),
        ("laden.example.org", ("laden.example.org",)),
        ("Bestellung bei Laden.Example.COM.", ("laden.example.com",)),
        ("erika@example.org", ()),
        ("erika.muster@example.org", ()),
        ("bild.jpg", ()),
        ("3.50", ()),
        ("z.B.", ()),
        ("Guten Tag.Danke", ()),
        ("", ()),
    ],
)
def test_hosts(text: str, expected: tuple[str, ...]) -> None:
    """Host names, but not those of mail addresses, file names or numbers."""
    assert expected == hosts_in(text)


def test_currency_by_its_label() -> None:
    """'Währung: CHF'."""
    assert "CHF" == draft_of("Währung: CHF").values["currency"]


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        ("Bestellung: QWXYZABCD vom 03.04.2025 10:22", "", "QWXYZABCD"),
        ("Commande : #QWXYZABCD", "", "QWXYZABCD"),
        ("Commande : QWXYZABCD", "Nouvelle commande - QWXYZABCD", "QWXYZABCD"),
        ("Bestellung: WOLLSOCKEN", "Neue Bestellung", None),
        ("Ваш заказ номер 418 принят.", "Новый заказ N418", "418"),
        ("Ваш заказ принят.", "Новый заказ N418", "N418"),
        ("#5045", "Bestelleingang 5045", "5045"),
        ("#5045", "Bestelleingang", None),
    ],
)
def test_numbers_by_their_sign(text: str, subject: str, expected: str | None) -> None:
    """Capitals alone need a sign, a date or the subject; 'N' is a sign where the mail writes the number without."""
    assert expected == draft_of(text, subject).values.get("number")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zahlungsart\n\nNachnahme", "Nachnahme"),
        ("Payment Method\n\nInvoice", "Invoice"),
        ("Sie haben folgende Zahlungsart gewählt: Vorkasse", "Vorkasse"),
        ("1 x Tasse  10,00 €\n\nGesamtsumme: 12,90 €\n\nZahlungsart: Rechnung (12,90 €)", "Rechnung"),
        ("Zahlungsart     : Nachnahme", "Nachnahme"),
    ],
)
def test_payments_that_look_like_something_else(text: str, expected: str) -> None:
    """Below its heading a payment counts, though the words can be a fee's or a number's; its cost is left out."""
    assert expected == draft_of(text).values["payment_method"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Versandart: Best Way - Table Rate", "Best Way - Table Rate"),
        ("Versandart\nVersandkosten - Pauschal", "Versandkosten - Pauschal"),
        ("Versandart: DHL Paket - wir liefern meist am nächsten Tag", "DHL Paket"),
        ("Versand\nLieferant: DHL Paket", "DHL Paket"),
        ("Ship by: 06/12/2025", None),
    ],
)
def test_shipping_methods(text: str, expected: str | None) -> None:
    """Two names with a dash are one; a sentence behind a dash and the word for the carrier are left out; no date."""
    assert expected == draft_of(text).values.get("shipping_method")


@pytest.mark.parametrize(
    "line",
    [
        "Bestelldatum: 30.02.2025",
        "Bestelldatum: heute",
        "Order date: 2025-13-45",
        "Order date: 1709288520",
        "Date de commande : 31/02/2025",
        "Data zamówienia: 32.01.2025",
        "注文日時：2025年13月45日",
    ],
)
def test_a_labelled_date_that_is_none_is_a_doubt(line: str) -> None:
    """Words that announce the order's date, and no day of the calendar behind them: a person looks."""
    draft = draft_of(f"Bestellnummer: 1042\n{line}\n\n1 x Tasse 5,00 EUR\nGesamt: 5,00 EUR\n")

    assert "the order date could not be read" in draft.doubts
    assert "ordered_at" not in draft.values


def test_headings_above_their_values_in_cells_side_by_side() -> None:
    """Each cell holds the heading and below it the value; what was paid so is no part of the name."""
    items = "<tr><th>Artikel</th><th>Menge</th><th>Preis</th></tr><tr><td>Tasse</td><td>1</td><td>24,90 €</td></tr>"
    methods = "<td>Versandart<br>Bergkurier</td><td>Zahlungsart<br>PayPal — 24,90 €</td>"
    values = draft_of_html(f"<table>{items}</table><table><tr>{methods}</tr></table>").values
    assert ("Bergkurier", "PayPal", 3) == (
        values["shipping_method"], values["payment_method"], values["payment_type"],
    )  # fmt: skip


def test_a_table_of_payments() -> None:
    """Below 'Payments' a table with a column 'Method': not the head of its first column."""
    rows = (
        "<tr><th>Date</th><th>Amount</th><th>Method</th></tr><tr><td>3 April 2025</td><td>£5.00</td><td>Cash</td></tr>"
    )
    values = draft_of_html(f"<table><tr><th colspan=3>Payment</th></tr>{rows}</table>").values
    assert ("Cash", 4) == (values["payment_method"], values["payment_type"])


@pytest.mark.parametrize("state", ["nicht bezahlt", "unpaid", "не оплачен", "未払い"])
def test_whether_it_was_paid_is_no_method(state: str) -> None:
    """'Zahlung: nicht bezahlt' does not say how."""
    assert "payment_method" not in draft_of(f"Bestellnummer: 1042\nZahlung: {state}\n").values


def test_capitals_between_a_label_and_a_date() -> None:
    """'Bestellung XKBKNABJK aufgegeben 2026-04-27': a reference without a digit."""
    assert "XKBKNABJK" == draft_of("Bestellung XKBKNABJK aufgegeben am 2026-04-27 14:03\n").values["number"]
    assert "number" not in draft_of("Bestellung WOLLSOCKEN ist da\n").values


def test_a_carrier_below_the_heading_of_an_address() -> None:
    """'Versandinformationen' above 'DHL Paket' says how, not where."""
    values = draft_of("Bestellnummer: 1042\n\nVersandinformationen\nDHL Paket\n").values
    assert "DHL Paket" == values["shipping_method"]


def test_a_reference_above_the_items() -> None:
    """'Référence : XKBKNABJK' is the order's number, if nothing else is; in an item it is the article's."""
    items = "Produit | Quantité | Prix\nTasse | 1 | 12,00 €\n\nTotal : 12,00 €\n"
    assert "XKBKNABJK" == draft_of(f"Référence : XKBKNABJK\nDate : 27/04/2026\n\n{items}").values["number"]
    assert "1042" == draft_of(f"Commande : 1042\n\nRéférence : XKBKNABJK\n\n{items}").values["number"]
    assert "number" not in draft_of(f"Référence : XKB-17\n\n{items}").values


def test_a_carrier_alone_below_the_sums() -> None:
    """As PrestaShop's texts have it: the name in a paragraph of its own, without a label."""
    sums = "Bestellnummer: 1042\n\n1 x Tasse  20,00 €\n\nGESAMT\n\n20,00 €\n\n"
    assert "DHL Paket" == draft_of(sums + "DHL Paket\n\nErika Muster\n").values["shipping_method"]
    assert "shipping_method" not in draft_of(sums + "Erika Muster\nDHL Paket\n").values


def test_nine_letters_above_the_date() -> None:
    """'Commande : XKBKNABJK', 'Date : …': PrestaShop's number; a word without a date below it is a thing."""
    assert "XKBKNABJK" == draft_of("Bestellung: XKBKNABJK\nDatum: 27.04.2026\n").values["number"]
    assert "number" not in draft_of("Bestellung: TISCHUHREN\nDatum: 27.04.2026\n").values
    assert "number" not in draft_of("Bestellung: WANDUHREN\nFarbe: blau\n").values


def test_a_payment_that_ends_a_sentence() -> None:
    """'… betaald met iDEAL.': behind a label of several words; a name alone at the end says nothing."""
    paid = draft_of("Ordernummer: 1042\n\nDe klant heeft het bedrag betaald met iDEAL.\n").values
    assert ("iDEAL", 22) == (paid["payment_method"], paid["payment_type"])
    assert "payment_method" not in draft_of("Ordernummer: 1042\nVolgende keer sneller via iDEAL.\n").values


def test_the_number_in_a_cell_at_the_top() -> None:
    """'Tassenladen | Bestellung Nr. 1042' in a table: each cell is a sentence of its own."""
    draft = draft_of_html("<table><tr><td>Tassenladen<td>Bestellung Nr. 1042</table><p>Vielen Dank")

    assert "1042" == draft.values["number"]


def test_a_date_beside_the_number() -> None:
    """'Bestellnummer 1042 | 11.04.2026 20:03': the date stands in the next cell, without a label."""
    draft = draft_of_html("<table><tr><td>Bestellnummer 1042<td>11.04.2026 20:03</table><p>Summe: 5,00 €</p>")

    assert "2026-04-11T20:03" == draft.values["ordered_at"]

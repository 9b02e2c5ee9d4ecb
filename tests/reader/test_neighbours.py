"""What stands right beside the items is none, and what has a quantity of its own is never part of a neighbour."""

import pytest

from smtpd_billbee.model.reading import Outcome, Reading
from smtpd_billbee.reader import read
from tests.reader.making import ADDRESS, mail

HEAD = f"Vielen Dank für Ihre Bestellung\n\nBestellnummer: 7\n\n{ADDRESS}\n"
SHIPPING = "Lieferadresse:\nBert Beispiel\nWeg 3\n20095 Hamburg\n"


def shown(reading: Reading) -> list[tuple[str, str]]:
    """Title and quantity of each item."""
    assert reading.order is not None
    return [(item.title, f"{item.quantity:f}") for item in reading.order.items]


def ordered(items: str, total: str = "9,90 EUR") -> Reading:
    """The reading of an order with these lines."""
    return read(mail(f"{HEAD}\n{items}\nGesamtsumme: {total}\n"))


@pytest.mark.parametrize(
    "lines", [SHIPPING + "1 x Tasse 9,90 EUR 9,90 EUR\n", SHIPPING + "Deutschland\n1 x Tasse 9,90 EUR\n"]
)
def test_an_address_right_above_the_items(lines: str) -> None:
    """Without a blank line between them the address stays the address."""
    reading = ordered(lines)

    assert [("Tasse", "1")] == shown(reading)
    assert reading.order is not None
    there = reading.order.shipping_address
    assert there is not None
    assert ("Beispiel", "Hamburg") == (there.last_name, there.city)
    assert () == reading.problems


@pytest.mark.parametrize("above", ["Kundennummer 4711\nBitte beachten", "Hinweis: Lieferung ab Montag"])
def test_any_line_right_above_an_item(above: str) -> None:
    """It never takes the item's title in silence."""
    reading = ordered(f"{above}\n1 x Tasse 9,90 EUR 9,90 EUR\n")

    assert ("Tasse", "1") in shown(reading)
    assert reading.problems


@pytest.mark.parametrize("above", ["Sehr geehrte Damen und Herren,", "[Bestellung 7] (Montag)"])
def test_a_greeting_right_above_an_item(above: str) -> None:
    """A greeting and the order's own number are known for what they are: no item, and no doubt."""
    reading = ordered(f"Positionen\n\n{above}\n\n1 x Tasse 9,90 EUR 9,90 EUR\n")

    assert [("Tasse", "1")] == shown(reading)
    assert () == reading.problems


def test_a_free_thing_beside_a_paid_one() -> None:
    """'kostenlos' stands where the price would: an item that costs nothing."""
    reading = ordered("1 x Tasse 9,90 EUR 9,90 EUR\n1 x Gratisprobe kostenlos\n")

    assert [("Tasse", "1"), ("Gratisprobe", "1")] == shown(reading)
    assert () == reading.problems


def test_a_thing_without_a_price() -> None:
    """Nobody said that it is free: two items, and a doubt."""
    reading = ordered("1 x Gratisprobe\n1 x Tasse 9,90 EUR 9,90 EUR\n")

    assert [("Gratisprobe", "1"), ("Tasse", "1")] == shown(reading)
    assert any("no price" in problem for problem in reading.problems)


@pytest.mark.parametrize("unpriced", ["2 x Aufkleber", "2 x Aufkleber --- ---", "2 Stück Aufkleber, Preis auf Anfrage"])
@pytest.mark.parametrize("last", ["", "1 x Band 1,00 EUR 1,00 EUR\n"])
def test_a_thing_without_a_price_below_another(unpriced: str, last: str) -> None:
    """Nor is it what was chosen of the item above; between two others it may take its neighbour's price, in doubt."""
    reading = ordered(f"1 x Tasse 9,90 EUR 9,90 EUR\n{unpriced}\n{last}", "10,90 EUR" if last else "9,90 EUR")

    assert ["Tasse", "Aufkleber"] == [title[:9] for title, _ in shown(reading)][:2]
    assert "2" == shown(reading)[1][1]
    assert reading.problems


@pytest.mark.parametrize(
    "rows",
    [
        "1 | T-1 | Tasse | 9,90 € | 9,90 €\n2 | A-1 | Aufkleber | - | -",
        "Anzahl | Nummer | Artikel | Preis | Summe\n1 | T-1 | Tasse | 9,90 € | 9,90 €\n2 | A-1 | Aufkleber | |",
        "Anzahl  Artikel-Nr.  Artikel          Preis     Summe\n1       T-1          Tasse           9,90 €   9,90 €\n"
        "2       A-1          Aufkleber",
    ],
)
def test_a_row_whose_price_is_left_blank(rows: str) -> None:
    """A count and a name in the columns of an item are an item, and it is said that its price is missing."""
    reading = ordered(f"{rows}\n", "9,90 EUR")

    assert [("Tasse", "1"), ("Aufkleber", "2")] == shown(reading)
    assert "item 2: an item has no price" in reading.problems


@pytest.mark.parametrize(("price", "doubted"), [("gratis", False), ("-", True)])
def test_a_row_without_a_price(price: str, doubted: bool) -> None:
    """In a table each row with a quantity is an item of its own."""
    table = (
        "<table><tr><th>Menge<th>Artikel<th>Einzelpreis<th>Gesamt<tr><td>2<td>Tasse<td>4,95 €<td>9,90 €"
        f"<tr><td>3<td>Postkarte<td>{price}<td>{price}</table>"
    )
    address = ADDRESS.replace("\n", "<br>")
    reading = read(mail(f"<p>Bestellnummer: 7</p>{table}<p>Gesamtsumme: 9,90 €</p><p>{address}</p>", "html"))

    assert [("Tasse", "2"), ("Postkarte", "3")] == shown(reading)
    assert doubted == bool(reading.problems)


@pytest.mark.parametrize(
    "subject",
    [
        "Warenkorb abgebrochen", "Bestellung 7 wurde geändert", "Wie war Ihre Bestellung 7?",
        "Widerruf zu Bestellung 7",
        "Bestellung 7 geändert", "Bestellung 7 als bezahlt markiert", "Bestellung 7 noch nicht versendet",
        "Bewerte deine Bestellung 7", "Bestellung 7 abgeschlossen", "Änderung an Bestellung 7", "Proforma-Rechnung 7",
        "Bestellung 7 konnte nicht bezahlt werden", "Zamówienie 7 – zmiana statusu: wysłane", "订单 7 修改通知",
        "Rückfrage zu Bestellung 7", "Bestellung 7: Käufer hat Fall eröffnet", "Order 7 updated", "Reso ordine 7",
        "Reminder: order 7 is waiting to be shipped", "Retour aanmelding bestelling 7", "ご注文7のキャンセル",
        "Order 7 has been declined", "[Teeladen]: Bestellung #7 fehlgeschlagen", "Bestellung 7 ist fehlgeschlagen",
    ],
)  # fmt: skip
def test_subjects_of_mails_that_repeat_an_order(subject: str) -> None:
    """The body shows the whole order; the subject says that it is no new one."""
    reading = read(mail(f"{HEAD}\n1 x Tasse 9,90 EUR\n\nGesamtsumme: 9,90 EUR\n", subject=subject))

    assert Outcome.NOT_AN_ORDER == reading.outcome


@pytest.mark.parametrize(("place", "date"), [("Springfield, IL 62701", "2025-03-02"), ("Leeds LS1 4AP", "2025-02-03")])
def test_months_first(place: str, date: str) -> None:
    """The mail is of April: nothing but the place tells the day from the month; without it there is a doubt."""
    body = (
        "Thank you for your order\n\nOrder number: 7\nOrder date: 03/02/2025\n\n1 x Mug  $10.00\n\n"
        f"Order total: $10.00\n\nBilling address:\nJane Doe\n123 Main St\n{place}\n"
    )
    reading = read(mail(body, subject="New order"))

    assert reading.order is not None
    assert (date, "Springfield" not in place) == (
        reading.order.ordered_at, "the order date could be read in two ways" in reading.problems
    )  # fmt: skip


def test_a_number_within_a_title() -> None:
    """'Seife Nr. 4' right below the heading is a thing; its number is not the order's."""
    reading = ordered("Bestellte Artikel\n\nSeife Nr. 4\nArt.-Nr. S-4\n1 x 9,90 EUR 9,90 EUR\n")

    assert [("Seife Nr. 4", "1")] == shown(reading)
    assert () == reading.problems


def test_a_voucher_above_its_article_number() -> None:
    """'Gutschein 25 EUR' above 'Art.-Nr. GU25' is a thing, no discount."""
    lines = "Artikel:\nGutschein 25 EUR\n  Art.-Nr. GU25\n  25,00 EUR x 2 -> 50,00 EUR\n"
    reading = ordered(lines, "50,00 EUR")

    assert [("Gutschein 25 EUR", "2")] == shown(reading)
    assert () == reading.problems


def test_the_subtotal_right_below_the_last_item() -> None:
    """Each field on a line of its own: an item that has both its prices does not take the subtotal, too."""
    item = "{} x {}\nArtikel-Nr.: {}\nEinzelpreis: {}\n{}: {}\n"
    for label in ("Preis", "Summe", "Gesamtpreis"):
        lines = item.format(2, "Tasse", "T-1", "3,00 €", label, "6,00 €")
        lines += item.format(1, "Teller", "T-2", "4,00 €", label, "4,00 €")
        reading = ordered(f"{lines}Zwischensumme: 10,00 €\nVersandkosten: 2,00 €", "12,00 €")

        assert [("Tasse", "2"), ("Teller", "1")] == shown(reading)
        assert () == reading.problems


def test_a_dash_before_the_price_of_the_row() -> None:
    """'- 10 Stk. zu je 1,00 € - 10,00 €' below another item: no discount, though a dash stands before the amount."""
    items = "1) Kanne - 1 Stk. zu je 20,00 € - 20,00 €\n2) Tee - 10 Stk. zu je 1,00 € - 10,00 €"
    reading = ordered(f"{items}\nZwischensumme: 30,00 €\nVersandkosten: 2,00 €", "32,00 €")

    assert [("Kanne", "1"), ("Tee", "10")] == shown(reading)
    assert () == reading.problems


@pytest.mark.parametrize(
    ("line", "variant", "doubted"),
    [
        ("Farbe: blau", "Farbe: blau", False),
        ("   - mit Henkel", "mit Henkel", False),
        ("Bearbeiter: Tina", "Bearbeiter: Tina", True),
        ("Zahlbar sofort", "Zahlbar sofort", True),
        ("Vielen Dank für Ihren Einkauf!", None, False),
        ("Alle Preise in Euro", None, False),
        ("Gesamtgewicht: 1,2 kg", None, False),
        ("Währung: EUR", None, False),
    ],
)
def test_a_line_right_below_the_last_item(line: str, variant: str | None, doubted: bool) -> None:
    """Where every item has one line, the line below the last may be of the order: only what is chosen is surely its."""
    reading = ordered(f"1 x Kanne (K-1) 5,00 EUR 5,00 EUR\n1 x Tasse (T-1) 4,90 EUR 4,90 EUR\n{line}\n")

    assert reading.order is not None
    assert [None, variant] == [item.variant for item in reading.order.items]
    assert doubted == bool(reading.problems)


@pytest.mark.parametrize(
    "line",
    ["We have received your payment.", "Abbiamo ricevuto il pagamento del tuo ordine.", "Bitte Ware nachbestellen"],
)
def test_what_a_mail_says_above_the_order(line: str) -> None:
    """A new order's mail can say so, too: in doubt, unless its subject or its first lines say that it is one."""
    order = f"Bestellnummer: 7\n\n{ADDRESS}\n1 x Tasse 9,90 EUR\n\nGesamtsumme: 9,90 EUR\n"

    assert any("may be no order" in each for each in read(mail(f"{line}\n\n{order}", subject="Order 7")).problems)
    assert () == read(mail(f"Neue Bestellung\n\n{line}\n\n{order}")).problems


@pytest.mark.parametrize(
    ("item", "title", "quantity", "doubt"),
    [
        ("Leinwand 60 x 80 38,00 EUR", "Leinwand 60 x 80", "1", "no quantity"),
        ("2 Stück: Leinwand 60 x 80 = 38,00 EUR", "Leinwand 60 x 80", "2", ""),
        ("Leinwand 60 x 80 × 2 38,00 EUR", "Leinwand 60 x 80", "2", ""),
        ("Leinwand 60 x 80 (x 2) 38,00 EUR", "Leinwand 60 x 80", "2", ""),
        ("Poster A2 x 2 38,00 EUR", "Poster A2", "2", ""),
        ("30 x 40 Rahmen 38,00 EUR", "40 Rahmen", "30", "measures"),
        ("1 x 4 Jahreszeiten Kalender 38,00 EUR", "4 Jahreszeiten Kalender", "1", ""),
        ("2 x 500 g Kaffee 38,00 EUR", "500 g Kaffee", "2", ""),
        ("2 x 40 Rahmen 19,00 EUR 38,00 EUR", "40 Rahmen", "2", ""),
        ("12 Angry Men 19,00 EUR\n7 Samurai 19,00 EUR", "Angry Men", "12", "measures"),
        ("2 runde Kissen 30,00 EUR\n1 Decke 8,00 EUR", "runde Kissen", "2", ""),
        ("1 x Gutschein über 38,00 EUR (Artikel-Nr. G38) 38,00 EUR 38,00 EUR", "Gutschein über 38,00 EUR", "1", ""),
        ("2 Teilnehmer x 19,00 EUR = 38,00 EUR\nKurs Töpfern", "Kurs Töpfern", "2", ""),
        ("Becher blau 2 19,00 EUR 38,00 EUR", "Becher blau", "2", ""),
        ("1.) 2x Becher, 19,00 EUR/Stk., 38,00 EUR", "Becher", "2", ""),
        ("Hemd (Einzelpreis 19,00 EUR), 2 Stück, 38,00 EUR", "Hemd", "2", ""),
        ("2 x Kaffee, 1 kg (19,00 EUR/kg) 19,00 EUR 38,00 EUR", "Kaffee, 1 kg", "2", ""),
    ],
)
def test_numbers_within_a_line(item: str, title: str, quantity: str, doubt: str) -> None:
    """What is measured is not counted; and what only could be counted is in doubt, for a wrong number looks right."""
    reading = ordered(f"{item}\nVersandkosten: 4,90 EUR", "42,90 EUR")

    assert (title, quantity) == shown(reading)[0]
    assert any(doubt in each for each in reading.problems) if doubt else () == reading.problems


def test_net_and_gross_on_lines_of_their_own() -> None:
    """Jimdo's own names for both prices: what the customer pays is the item's."""
    lines = (
        "Artikel-Nr.: SH\nArtikel: Hemd\nVariante: rot\nEinzelpreis Netto: 15,97\nEinzelpreis Brutto: 19,00\n"
        "MwSt. %: 19\nAnzahl: 2\nPreis Netto: 31,93\nPreis Brutto: 38,00\n\nVersandkosten Brutto: 4,90"
    )
    reading = ordered(lines, "42,90")

    assert reading.order is not None
    assert [(19, 38)] == [(item.unit_price, item.total) for item in reading.order.items]


def test_a_discount_among_the_items() -> None:
    """A line below zero that is called a discount is no thing."""
    items = "2 x Hemd (H-1) 30,00 EUR 60,00 EUR\n1 x Mengenrabatt -8,00 EUR -8,00 EUR\nVersandkosten: 4,90 EUR"
    reading = ordered(items, "56,90 EUR")

    assert [("Hemd", "2")] == shown(reading)
    assert reading.order is not None
    assert 8 == reading.order.discount
    assert () == reading.problems


@pytest.mark.parametrize(
    ("above", "below", "email", "phone"),
    [
        ("", "Kontakt:\nerika@example.org\n030 123456\n", "erika@example.org", "030 123456"),
        ("Laden, Markt 1, 10115 Berlin\nE-Mail: info@example.com\nTel.: 030 5550\n", "", None, None),
        ("Bei Fragen: info@example.com\n", "", None, None),
        ("Laden Muster - Tel. 030 555000 - info@example.com\n", "", None, None),
    ],
)
def test_whose_contacts_they_are(above: str, below: str, email: str | None, phone: str | None) -> None:
    """Above the order's number the shop says how to reach it; below the address stands how to reach the customer."""
    body = f"{above}\nBestellnummer: 7\n\n{ADDRESS}\n{below}\n1 x Tasse 9,90 EUR\n\nGesamtsumme: 9,90 EUR\n"
    reading = read(mail(body))

    assert reading.order is not None
    assert reading.order.billing_address is not None
    assert (email, phone) == (reading.order.billing_address.email, reading.order.billing_address.phone)
    assert () == reading.problems


def test_the_mails_date_above_the_orders() -> None:
    """'Datum' can be the day of the mail; 'Bestelldatum' says what it is."""
    reading = read(mail(f"Datum: 03.04.2025\n{HEAD}Bestelldatum: 01.04.2025\n\n1 x Tasse 9,90 EUR\n\nSumme: 9,90 EUR"))

    assert reading.order is not None
    assert "2025-04-01" == reading.order.ordered_at


JIMDO = (
    "Nr.: 7\nBestell-Datum: 2025-04-01 10:12:00\nBezahlmethode: PayPal\n\nRechn. Vorname: Erika\n"
    "Rechn. Nachname: Muster\nRechn. Straße: Lindenweg 7\nRechn. Postleitzahl: 12345\nRechn. Stadt: Berlin\n\n"
    "Artikel-Nr.: SH\nArtikel: Hemd\nVariante: rot\nEinzelpreis: 19,00 €\nAnzahl: 2\nPreis: 38,00 €\n\n"
    "Artikel-Nr.: HO\nArtikel: Hose\nVariante:\nEinzelpreis: 40,00 €\nAnzahl: 1\nPreis: 40,00 €\n\n"
    "Versandkosten: 4,90 €\nGesamt: 82,90 €"
)


@pytest.mark.parametrize(
    "raw",
    [
        mail(JIMDO),
        mail(JIMDO.replace("\n\n", "\n")),
        mail(JIMDO.replace("\n\n", "\n").replace("\n", "\n\n")),
        mail("".join(f"<p>{line}</p>" for line in JIMDO.split("\n") if line), "html"),
        mail("".join(f"<p>{line}</p>" if line else "<hr>" for line in JIMDO.split("\n")), "html"),
        mail(
            "<table>"
            + "".join(f"<tr><td>{line.replace(':', '<td>', 1)}" if line else "<tr><td>" for line in JIMDO.split("\n"))
            + "</table>",
            "html",
        ),
    ],
    ids=["paragraphs", "dense", "wide", "html", "ruled", "table"],
)
def test_jimdos_own_names(raw: bytes) -> None:
    """The names of Jimdo's own file as labels: two items, and an address, however the lines are parted."""
    reading = read(raw)

    assert [("Hemd", "2"), ("Hose", "1")] == shown(reading)
    assert reading.order is not None
    assert ["rot", None] == [item.variant for item in reading.order.items]
    address = reading.order.billing_address
    assert address is not None
    assert ("Erika", "Muster", "Lindenweg", "12345") == (
        address.first_name, address.last_name, address.street, address.postcode,
    )  # fmt: skip
    assert () == reading.problems


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("1 x Art.-Nr. SH Hemd 9,90 EUR 9,90 EUR", ("Hemd", "SH")),
        ("1 x Hemd Artikel-Nr. SH 9,90 EUR 9,90 EUR", ("Hemd", "SH")),
        ("1 x Hemd [NEU] 9,90 EUR 9,90 EUR", ("Hemd [NEU]", None)),
        ("1 x Hemd (Artikel-Nr. SH) 9,90 EUR 9,90 EUR\n  (Einzelpreis: 9,90 EUR)", ("Hemd", "SH")),
        ("Artikel 1\nArtikel-Nr.: SH\nArtikel: Hemd\nAnzahl: 1\nPreis: 9,90 EUR", ("Hemd", "SH")),
        ("1 x Druck A3, Auflage 50, Nr. 7/50 9,90 EUR", ("Druck A3, Auflage 50, Nr. 7/50", None)),
        ("1 x Druck, Nr. D-7 9,90 EUR", ("Druck", "D-7")),
        ("1 x Hemd statt 12,00 EUR nur 9,90 EUR = 9,90 EUR", ("Hemd", None)),
    ],
)
def test_titles_and_numbers(line: str, item: tuple[str, str | None]) -> None:
    """A number with its label is none of the title, with or without a colon; praise in brackets is no number."""
    reading = ordered(line)

    assert reading.order is not None
    assert [item] == [(each.title, each.sku) for each in reading.order.items]
    assert () == reading.problems


def test_the_customers_address_and_another_for_the_bill() -> None:
    """The parcel goes to the customer; as nothing says so, it is in doubt."""
    other = "Kunde:\nBert Beispiel\nWeg 3\n20095 Hamburg\n\n"
    reading = read(mail(f"Bestellnummer: 7\n\n{other}{ADDRESS}\n1 x Tasse 9,90 EUR\n\nGesamtsumme: 9,90 EUR\n"))

    assert reading.order is not None
    bill, there = reading.order.billing_address, reading.order.shipping_address
    assert bill is not None
    assert there is not None
    assert ("Muster", "Beispiel") == (bill.last_name, there.last_name)
    assert ("the customer's address is another than the one of the bill",) == reading.problems

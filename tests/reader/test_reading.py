"""read(): the whole way from bytes to a Reading."""

import pytest

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Kind, Outcome, Part, reading_as_json
from smtpd_billbee.reader import read
from smtpd_billbee.reader.reading import BY_CUSTOMER
from tests.reader.making import ADDRESS, alternative, mail

TEXT = f"Bestellnummer: 1042\n\nArtikel:\n2 x Becher  3,50 EUR\n\nGesamtsumme: 7,00 EUR\n\n{ADDRESS}"
HTML = (
    "<p>Bestellnummer: 1042</p><table><tr><th>Artikel<th>Menge<th>Einzelpreis<tr><td>Becher<td>2<td>3,50 €</table>"
    "<p>Gesamtsumme: 7,00 €</p><p>Rechnungsadresse:<br>Erika Muster<br>Lindenweg 7<br>12345 Berlin</p>"
)


@pytest.mark.parametrize("raw", [mail(TEXT), mail(HTML, "html"), alternative(TEXT, HTML)], ids=["text", "html", "both"])
def test_an_order(raw: bytes) -> None:
    """Text, HTML, or both: the same order, and nothing to look at."""
    reading = reading_as_json(read(raw))

    assert ("order", "order", None, []) == (reading["outcome"], reading["kind"], reading["reason"], reading["problems"])
    order = reading["order"]
    assert ("1042", "EUR", "7.00", "de") == (order["number"], order["currency"], order["total"], order["language"])
    assert [("Becher", "2", "3.50")] == [(it["title"], it["quantity"], it["unit_price"]) for it in order["items"]]
    assert ("Muster", "Berlin") == (order["billing_address"]["last_name"], order["billing_address"]["city"])


def test_provenance() -> None:
    """Each value knows its part and line."""
    origin = read(mail(TEXT)).provenance["total"]

    assert (Part.TEXT, 6, "Gesamtsumme") == (origin.part, origin.line, origin.label)


def test_provenance_of_an_item() -> None:
    """Each value of an item knows its own line, and the currency the line of the first amount."""
    text = (
        f"Bestellnummer: 1042\n\nArtikel: Becher\nArt.-Nr.: B-1\nFarbe: blau\nMenge: 2\nEinzelpreis: 3,50 EUR\n\n"
        f"Artikel: Teller\nArt.-Nr.: B-2\nMenge: 1\nEinzelpreis: 4,00 EUR\n\nGesamtsumme: 11,00 EUR\n\n{ADDRESS}"
    )
    origins = read(mail(text)).provenance

    assert {
        "currency": 7,
        "items.0.title": 3, "items.0.sku": 4, "items.0.variant": 5, "items.0.quantity": 6, "items.0.unit_price": 7,
        "items.1.title": 9, "items.1.sku": 10, "items.1.quantity": 11, "items.1.unit_price": 12,
    } == {
        name: origin.line
        for name, origin in origins.items()
        if name == "currency" or (name.startswith("items.") and not name.endswith(".total"))
    }  # fmt: skip
    assert ("Art.-Nr.", "Menge") == (origins["items.0.sku"].label, origins["items.1.quantity"].label)


@pytest.mark.parametrize(
    ("gone", "word"),
    [("Bestellnummer: 1042\n", "number"), ("Gesamtsumme: 7,00 EUR\n", "total"), ("2 x Becher  3,50 EUR\n", "items")],
)
def test_what_is_missing(gone: str, word: str) -> None:
    """An order mail without number, items or total is unreadable; the reason says what is missing."""
    reading = read(mail(TEXT.replace(gone, "")))

    assert (Outcome.UNREADABLE, None) == (reading.outcome, reading.order)
    assert word in str(reading.reason)


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00\xff", b"Subject: x", mail("Guten Tag", subject="Frage"), mail("")]
)
def test_no_order(raw: bytes) -> None:
    """Nothing, noise and a letter are no orders, with a reason."""
    reading = read(raw)

    assert (Outcome.NOT_AN_ORDER, None) == (reading.outcome, reading.order)
    assert reading.reason


def test_an_answer_that_quotes_an_order() -> None:
    """A customer's answer is no second order."""
    quoted = "".join(f"> {line}\n" for line in TEXT.splitlines())
    raw = mail(
        f"Danke!\n\nAm 03.04.2025 um 10:22 schrieb Laden <laden@example.org>:\n{quoted}",
        subject="Re: Neue Bestellung 1042",
    )

    assert Outcome.NOT_AN_ORDER == read(raw).outcome


def test_a_bounce_that_brings_an_order() -> None:
    """RFC 6522: the mail that could not be delivered is no order of today."""
    head = (
        b"Subject: Undelivered Mail Returned to Sender\r\nX-Sample: synthetic\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    )
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"

    assert Outcome.NOT_AN_ORDER == read(head + parts + mail(TEXT) + b"\r\n--b--\r\n").outcome


def test_a_forward() -> None:
    """A forwarded order is the order, with the number of the inner mail."""
    text = (
        "-------- Weitergeleitete Nachricht --------\nBetreff: Neue Bestellung 1042\n"
        f"Datum: Thu, 3 Apr 2025 10:22:00 +0200\nVon: Laden <laden@example.org>\nAn: ich@example.org\n\n{TEXT}"
    )
    reading = read(mail(text, subject="Fwd: Neue Bestellung 1042"))

    assert reading.order is not None
    assert ("1042", ()) == (reading.order.number, reading.problems)


def test_text_and_html_disagree() -> None:
    """Two totals in one mail: an order, with a problem."""
    reading = read(alternative(TEXT, HTML.replace("7,00", "8,00")))

    assert Outcome.ORDER == reading.outcome
    assert reading.problems


def test_sums_that_do_not_come_out() -> None:
    """An order whose total is wrong has a problem."""
    assert read(mail(TEXT.replace("7,00", "17,00"))).problems


def test_taught_words() -> None:
    """A word that an owner taught is read like the others."""
    raw = mail(TEXT.replace("Bestellnummer", "Kladdennummer"))

    assert Outcome.UNREADABLE == read(raw).outcome
    reading = read(raw, [TaughtLabel("de", "number", "Kladdennummer")])
    assert reading.order is not None
    assert "1042" == reading.order.number


def test_a_shipping_notice() -> None:
    """'Ihre Bestellung wurde versendet' shows items and number, and is no order."""
    reading = read(mail(TEXT, subject="Ihre Bestellung 1042 wurde versendet"))

    assert (Outcome.NOT_AN_ORDER, Kind.SHIPPING_NOTICE) == (reading.outcome, reading.kind)


def test_reading_twice_gives_the_same() -> None:
    """The reader has no memory."""
    assert read(mail(TEXT)) == read(mail(TEXT))


def test_an_order_form_is_an_order() -> None:
    """'New order form submission': a form's mail is an order where it is whole and comes out."""
    reading = read(mail(TEXT, subject="New order form submission (1042)"))
    assert Outcome.ORDER is reading.outcome


OWN_WORDS = f"Zettelzahl: 1042\n\n{ADDRESS}\n2 x Becher  3,50 EUR  7,00 EUR\n\nKostet alles: 7,00 EUR\n"


def test_an_order_in_own_words_waits_for_a_person() -> None:
    """Priced items and an address, but no known label for number and total: unreadable, until the words are taught."""
    taught = [TaughtLabel("de", "number", "Zettelzahl"), TaughtLabel("de", "total", "Kostet alles")]

    assert (Outcome.UNREADABLE, Kind.ORDER) == (
        read(mail(OWN_WORDS, subject="Zettel")).outcome, read(mail(OWN_WORDS, subject="Zettel")).kind,
    )  # fmt: skip
    assert Outcome.ORDER == read(mail(OWN_WORDS, subject="Zettel"), taught).outcome


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Ihre Bestellung wurde versandt", OWN_WORDS),
        ("Frühlingsangebote", "1 x Becher 3,50 EUR\n1 x Teller 4,00 EUR\n\nLaden GmbH\nHauptstr. 1\n12345 Ort\n"),
        ("Zettel", f"{ADDRESS}\nBecher\nTeller\n"),
    ],
)
def test_what_is_no_order_in_own_words(subject: str, body: str) -> None:
    """A sign of another kind, offers without a customer's address, an address without prices."""
    assert Outcome.NOT_AN_ORDER == read(mail(body, subject=subject)).outcome


def test_the_total_right_below_the_only_item() -> None:
    """'Gesamtsumme' below the item's choices, in the same paragraph, and the last amount of the mail: the total."""
    text = f"Bestellnummer: 1042\n\n{ADDRESS}\n1 x Becher  3,50 EUR\nGröße: M\nGesamtsumme: 3,50 EUR\n"
    order = reading_as_json(read(mail(text)))["order"]

    assert ("3.50", [("Becher", "Größe: M", "3.50")]) == (
        order["total"], [(each["title"], each["variant"], each["total"]) for each in order["items"]],
    )  # fmt: skip


@pytest.mark.parametrize("more", ["Macht alles: 8,40 EUR", "Kostet: 9,99 EUR\n\nDanke"])
def test_no_total_where_another_amount_may_be_it(more: str) -> None:
    """An amount in unknown words below leaves the total unread."""
    text = f"Bestellnummer: 1042\n\n{ADDRESS}\n1 x Becher  3,50 EUR\nGröße: M\nGesamtsumme: 3,50 EUR\n\n{more}\n"

    assert Outcome.ORDER is not read(mail(text)).outcome


def test_what_only_the_other_body_says_of_an_item() -> None:
    """The text names the article number of the same items that the HTML shows without."""
    text = TEXT.replace("2 x Becher  3,50 EUR", "2 x Becher (Art.-Nr. B-1)  3,50 EUR")
    order = reading_as_json(read(alternative(text, HTML)))["order"]

    assert [("Becher", "B-1")] == [(each["title"], each["sku"]) for each in order["items"]]


def test_capitals_that_are_a_name() -> None:
    """'NEUE BESTELLUNG - LADEN AM MARKT' names the shop, and no number."""
    reading = read(mail(f"NEUE BESTELLUNG - LADEN AM MARKT\n\n{TEXT}"))

    assert reading.order is not None
    assert ("1042", ()) == (reading.order.number, reading.problems)


MIXED = (
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n"
    f"--b\nContent-Type: text/html\n\n{HTML}\n--b--\n"
)


BLOCK = (
    "-------- Weitergeleitete Nachricht --------\n"
    "Von: Jimdo <a@jimdo.example>\nBetreff: Bestellung\nDatum: 2.3.2026\n\n"
)


@pytest.mark.parametrize(
    ("head", "above", "expected"),
    [
        ("Subject: Neue Bestellung\n", "", (True, True, False)),
        ("Subject: WG: Neue Bestellung\n", "", (True, True, False)),
        ("Subject: Hallo\n", "", (True, False, False)),
        ("Subject: WG: Neue Bestellung\n", BLOCK, (False, True, True)),
        ("Subject: Neue Bestellung\n", BLOCK, (False, True, False)),
        ("Subject: Urlaub: Neue Bestellung\n", BLOCK, (False, True, False)),
        ("Subject: Re: Fwd: Neue Bestellung\n", BLOCK, (False, True, False)),
        ("Subject: WG: Neue Bestellung\nAuto-Submitted: auto-forwarded\n", BLOCK, (False, True, False)),
        ("Subject: WG: Neue Bestellung\n", f"Automatische Antwort\n\n{BLOCK}", (False, True, False)),
    ],
)
def test_what_the_mail_says_of_itself(head: str, above: str, expected: tuple[bool, bool, bool]) -> None:
    """Whether the order is its own, its subject an order's, and whether somebody has sent it on himself."""
    reading = read(f"X-Sample: synthetic\n{head}\n{above}{TEXT}".encode())

    assert expected == (reading.is_own, reading.is_titled, reading.is_sent_on)


def test_a_second_text_is_not_its_own() -> None:
    """What a visitor hands in by a form hangs on the mail, and is often shown below its text; two forms of one are."""
    beside = read(f"X-Sample: synthetic\nSubject: Neue Bestellung\n{MIXED}".encode())

    assert ("1042", False) == (beside.order and beside.order.number, beside.is_own)
    assert read(alternative(TEXT, HTML)).is_own


@pytest.mark.parametrize(
    ("sender", "subject", "doubted"),
    [
        ("Claudia <claudia@example.org>", "Adresse ändern", True),
        ("CLAUDIA@example.org", "Fwd: Neue Bestellung 7", True),
        ("claudia@example.org", "Neue Bestellung 7", False),
        ("shop@example.org", "Adresse", False),
    ],
)
def test_sent_by_the_customer(sender: str, subject: str, doubted: bool) -> None:
    """An order that its customer quotes is in doubt; a shop's form may send in his name, and says so."""
    body = f"Bestellnummer: 7\n\n{ADDRESS}claudia@example.org\n\n1 x Tasse 9,90 EUR\n\nGesamtsumme: 9,90 EUR\n"
    raw = mail(body, subject=subject).replace(b"shop@example.org", sender.encode(), 1)

    assert doubted == (BY_CUSTOMER in read(raw).problems)

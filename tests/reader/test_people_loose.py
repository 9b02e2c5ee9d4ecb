"""Addresses that no known label leads, and lines that look like one."""

from dataclasses import replace

import pytest

from smtpd_billbee.reader.people import find_people
from tests.reader.making import html_page
from tests.reader.persons import BLOCK, ERIKA, MAX, OTHER, people


def test_the_shop_below_its_regards() -> None:
    """Who signs the mail did not order."""
    found = people(f"Rechnungsadresse:\n{BLOCK}\nMit freundlichen Grüßen\nMusterladen\nAm Markt 1\n54321 Köln")

    assert (ERIKA, None) == (found.billing, found.shipping)


def test_nobody() -> None:
    """A mail without an address has none; the shop's own footer is no customer."""
    found = people(
        "Hallo,\n\nVielen Dank\n\nMit freundlichen Grüßen\nMusterladen\nAm Markt 1\n12345 Berlin\nTel. 030 123"
    )

    assert (None, None, {}) == (found.billing, found.shipping, found.facts)


def test_a_label_above_an_address_announces_none() -> None:
    """'Versandmethode: GLS' above 'Rechnung geht an:' is no heading of it: nothing is in doubt."""
    found = people(f"Versandmethode: GLS\n\nRechnung geht an:\n{BLOCK}")

    assert (ERIKA, None, []) == (found.billing, found.shipping, found.doubts)


def test_an_address_announced_by_unknown_words() -> None:
    """Somebody must look at it, also below the order; the seller's own address raises no doubt."""
    unknown = people(f"Rechnungsadresse:\n{BLOCK}\nDie Ware nimmt an:\n{OTHER}")
    seller = people(f"Rechnungsadresse:\n{BLOCK}\nVerkäufer:\n{OTHER}")

    assert (ERIKA, None, 1) == (unknown.billing, unknown.shipping, len(unknown.doubts))
    assert (ERIKA, None, []) == (seller.billing, seller.shipping, seller.doubts)


def test_an_address_run_into_one_line() -> None:
    """Where the street ends and the town begins cannot be told: a doubt, though state and postcode are known."""
    found = people("Bill to: 4 Mill Lane Austin Texas 78704 United States\n")

    assert found.billing is not None
    assert ("Texas", "78704", "US", None) == (
        found.billing.state, found.billing.postcode, found.billing.country, found.billing.city,
    )  # fmt: skip
    assert 1 == len(found.doubts)


def test_a_whole_address_behind_its_words() -> None:
    """What stands below its paragraph is no line of it."""
    found = people("Lieferadresse: Max Beispiel, Am Hang 3, 54321 Köln\n\nVorgang 4711815\n")

    assert (MAX, []) == (found.shipping, found.doubts)


@pytest.mark.parametrize("words", ["Rechnung geht an", "Adresse für die Rechnung"])
def test_a_whole_address_behind_unknown_words(words: str) -> None:
    """Their stems tell whose it is; who sends the bill is the shop."""
    text = ": Erika Muster, Lindenweg 7, 12345 Berlin\nTelefon: 030 123456"
    seller = people(f"Rechnungssteller{text}")

    assert (replace(ERIKA, phone="030 123456"), []) == (people(words + text).billing, people(words + text).doubts)
    assert seller.billing is None or seller.billing.street is None


@pytest.mark.parametrize("head", ["Xyzabc", "[ Xyzabc ]", "Xyzabc:"])
def test_a_heading_of_unknown_words(head: str) -> None:
    """It is no company: what is emphasised or decorated is left out, the rest is a doubt."""
    plain, strong = (
        people(f"{head}\n{BLOCK}"),
        find_people(html_page(f"<b>{head}</b><br>{BLOCK}".replace("\n", "<br>"))),
    )

    assert ERIKA == strong.billing
    assert plain.billing == ERIKA or "the first line of an address may be its heading" in plain.doubts


def test_two_addresses_without_a_known_heading() -> None:
    """Nobody says which is for what."""
    assert [] != people(f"Xyz:\n{BLOCK}\nAbc:\n{OTHER}\nBestellnummer: 7").doubts


def test_the_header_of_a_table_ends_the_address() -> None:
    """'Anzahl | Nummer | Ware | Preis' in unknown words below an address in the same table."""
    found = find_people(
        html_page(
            "<table><tr><td>Rechnungsadresse<td>Erika Muster<br>Lindenweg 7<br>12345 Berlin"
            "<tr><td>Xa<td>Xb<td>Xc<td>Xd<tr><td>1<td>A-1<td>Becher<td>3,00 €</table>"
        )
    )

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_contacts_below_columns() -> None:
    """Below two addresses side by side they belong to none of them; unknown words before one change nothing."""
    html = (
        "<table><tr><th>Rechnungsadresse<th>Lieferadresse<tr><td>Erika Muster<br>Lindenweg 7<br>12345 Berlin"
        "<td>Max Beispiel<br>Am Hang 3<br>54321 Köln</table><p>Xyz: erika@example.org<br>Telefon: 030 123456</p>"
    )

    assert MAX == find_people(html_page(html)).shipping


def test_a_customer_without_an_address_and_an_unknown_heading() -> None:
    """The contact above is the person of the address below: it stays an address of its own."""
    found = people(f"Kontaktdaten:\nErika Muster\nerika@example.org\n\nLieferung an DHL Paketshop:\n{BLOCK}")

    assert (ERIKA, "erika@example.org") == (found.shipping, found.billing.email if found.billing else None)


def test_a_sentence_below_an_address() -> None:
    """What is mostly small words and has no number is no line of an address."""
    found = people(f"Shipping address:\n{BLOCK}You can view the status of this order by clicking here")

    assert (ERIKA, []) == (found.shipping, found.doubts)


def test_the_letterhead_above_the_greeting() -> None:
    """An address above 'Sehr geehrte …' is the shop's own, where the customer's stands below its heading."""
    head = "Musterladen\nInh. Max Beispiel\nAm Markt 1\n54321 Köln\n\nSehr geehrte Frau Muster,\n\ndanke!\n\n"
    found = people(f"{head}Rechnungsadresse:\n{BLOCK}\nBestellnummer: 1042")

    assert (ERIKA, None, []) == (found.billing, found.shipping, found.doubts)


def test_a_country_before_its_postcode() -> None:
    """'…, Санкт-Петербург, Россия, 191002': the country is no city."""
    found = people("Фамилия: Кузнецов\nИмя: Артём\nАдрес: наб. Фонтанки, 53, кв. 17, Санкт-Петербург, Россия, 191002")

    assert found.billing is not None
    assert ("Кузнецов", "Санкт-Петербург") == (found.billing.last_name, found.billing.city)


@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_an_address_that_stands_twice(between: str) -> None:
    """Without a heading, the same lines twice: the delivery and the bill go to one address."""
    address = "Erika Muster\nLindenweg 7\n12345 Berlin\nDeutschland"
    found = people(f"Zahlung: PayPal\n\n{address}{between}{address}")

    assert not found.doubts
    assert found.billing is not None
    assert ("Muster", "Berlin", None) == (found.billing.last_name, found.billing.city, found.billing.company)


def test_a_carrier_behind_the_address() -> None:
    """'… д. 24 (Курьером)' says how the goods go there."""
    found = people("Адрес доставки: 630091, Новосибирск, ул. Гоголя, д. 24 (Курьером)\n\nКлиент: Мария Образцова")

    assert found.shipping is not None
    assert ("Новосибирск", "ул. Гоголя", "24", None) == (
        found.shipping.city, found.shipping.street, found.shipping.house_number, found.shipping.addition,
    )  # fmt: skip


def test_where_a_named_customer_lives() -> None:
    """The name above, and the address below without a heading: one customer; of another name it stays a doubt."""
    named = "Bestellnummer: 1042\n\nKunde: Erika Muster\n\nZahlung: PayPal\n\n{} Muster\nLindenweg 7\n12345 Berlin\n"
    same, other = people(named.format("Erika")), people(named.format("Max"))

    assert same.billing is not None
    assert ("Erika", "Berlin") == (same.billing.first_name, same.billing.city)
    assert other.billing is None or (other.billing.first_name, other.billing.city) != ("Erika", "Berlin")


def test_what_announces_no_address() -> None:
    """'Versandart' speaks of the delivery, but what stands below is how the goods go there, and the shop's own line."""
    found = people(
        "Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 Berlin\n\nVersandart\n\nDHL\nLaden\nHauptstr. 1, 12345 Ort"
    )

    assert not found.doubts
    assert found.shipping is None

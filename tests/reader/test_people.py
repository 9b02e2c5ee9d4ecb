"""Who ordered and where it goes: blocks below headings, labelled lines, what belongs to nobody."""

from dataclasses import replace

import pytest

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.people import find_people
from smtpd_billbee.reader.people_read import People
from tests.reader.making import html_page, page_of

ERIKA = Address(
    first_name="Erika", last_name="Muster", street="Lindenweg", house_number="7", postcode="12345", city="Berlin"
)
MAX = Address(first_name="Max", last_name="Beispiel", street="Am Hang", house_number="3", postcode="54321", city="Köln")
BLOCK = "Erika Muster\nLindenweg 7\n12345 Berlin\n"
OTHER = "Max Beispiel\nAm Hang 3\n54321 Köln\n"


def people(text: str) -> People:
    """The people of a plain text."""
    return find_people(page_of(text))


@pytest.mark.parametrize(
    "heading", ["Rechnungsadresse:", "Rechnungsadresse", "Billing address:", "請求先住所", "== Rechnungsadresse =="]
)
def test_a_block_below_its_heading(heading: str) -> None:
    """The lines below the heading, up to the blank line."""
    found = people(f"{heading}\n{BLOCK}\nVielen Dank")

    assert (ERIKA, None, []) == (found.billing, found.shipping, found.doubts)


@pytest.mark.parametrize(
    "block", ["Erika Muster\n\nLindenweg 7\n12345 Berlin", "Erika Muster\nLindenweg 7\n\n12345 Berlin"]
)
def test_a_blank_line_within(block: str) -> None:
    """An address whose place is missing goes on below a blank line."""
    found = people(f"Rechnungsadresse:\n{block}\n\nVielen Dank")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_two_labels_on_one_line() -> None:
    """The telephone number ends where the next label begins."""
    found = people(f"Rechnungsadresse:\n{BLOCK}Tel.: 030 123456, E-Mail: erika@example.org")

    assert found.billing is not None
    assert ("030 123456", "erika@example.org") == (found.billing.phone, found.billing.email)


def test_the_shop_below_its_regards() -> None:
    """Who signs the mail did not order."""
    found = people(f"Rechnungsadresse:\n{BLOCK}\nMit freundlichen Grüßen\nMusterladen\nAm Markt 1\n54321 Köln")

    assert (ERIKA, None) == (found.billing, found.shipping)


def test_two_blocks() -> None:
    """Billing and delivery address, in either order."""
    one = people(f"Rechnungsadresse:\n{BLOCK}\nLieferadresse:\n{OTHER}")
    other = people(f"Lieferadresse:\n{OTHER}\nRechnungsadresse:\n{BLOCK}")

    assert (ERIKA, MAX) == (one.billing, one.shipping) == (other.billing, other.shipping)


@pytest.mark.parametrize(
    "same",
    ["wie Rechnungsadresse", "Lieferadresse entspricht Rechnungsadresse", "same as billing address", "請求先と同じ"],
)
def test_the_same_as_above(same: str) -> None:
    """A delivery address that only points at the other one is none of its own."""
    found = people(f"Rechnungsadresse:\n{BLOCK}\nLieferadresse:\n{same}\n")

    assert (ERIKA, None) == (found.billing, found.shipping)


def test_contacts_belong_to_the_address() -> None:
    """Mail address and telephone number at the end of the block, with or without a label, also behind a blank line."""
    for contacts in ("erika@example.org\n0221 123456\n", "E-Mail: erika@example.org\nTelefon: 0221 123456\n",
                     "\nE-Mail: erika@example.org\nTelefon: 0221 123456\n"):  # fmt: skip
        found = people(f"Rechnungsadresse:\n{BLOCK}{contacts}").billing

        assert found is not None
        assert ("erika@example.org", "0221 123456", "Berlin") == (found.email, found.phone, found.city)


def test_contacts_that_stand_apart() -> None:
    """A labelled mail address above the addresses belongs to who ordered."""
    found = people(f"Bestellnummer: 7\nE-Mail: erika@example.org\n\nRechnungsadresse:\n{BLOCK}").billing

    assert found is not None
    assert "erika@example.org" == found.email


def test_labelled_lines() -> None:
    """Every part of the address with its own label."""
    text = (
        "Kundendaten:\nAnrede: Frau\nVorname: Erika\nNachname: Muster\nFirma: Muster GmbH\nStraße: Lindenweg 7\n"
        "PLZ: 12345\nOrt: Berlin\nLand: Deutschland\nTelefon: 0221 123456\nE-Mail: erika@example.org\n"
    )
    expected = Address(
        company="Muster GmbH", salutation="Frau", first_name="Erika", last_name="Muster", street="Lindenweg",
        house_number="7", postcode="12345", city="Berlin", country="DE", phone="0221 123456", email="erika@example.org",
    )  # fmt: skip

    assert expected == people(text).billing


def test_name_beside_first_name() -> None:
    """'Name' beside 'Vorname' is the last name; alone it is the whole name."""
    both = people("Kundendaten:\nVorname: Erika\nName: Muster\nPLZ: 12345\nOrt: Berlin\n").billing
    alone = people("Kundendaten:\nName: Erika Muster\nPLZ: 12345\nOrt: Berlin\n").billing

    assert both is not None
    assert alone is not None
    assert ("Erika", "Muster") == (both.first_name, both.last_name) == (alone.first_name, alone.last_name)


def test_facts() -> None:
    """Customer number, VAT id and birth date are read on the way, and are no part of the address."""
    found = people(f"Rechnungsadresse:\n{BLOCK}Kundennummer: K-12\nUSt-IdNr.: DE123456789\n")

    assert ERIKA == found.billing
    assert {"customer_number": "K-12", "vat_id": "DE123456789"} == {
        name: value for name, (value, _) in found.facts.items()
    }


def test_fax_is_left_out() -> None:
    """A fax number is no telephone number."""
    assert ERIKA == people(f"Rechnungsadresse:\n{BLOCK}Fax: 0221 99\n").billing


def test_in_html() -> None:
    """Two addresses side by side in a table."""
    html = (
        "<table><tr><th>Rechnungsadresse<th>Lieferadresse<tr><td>Erika Muster<br>Lindenweg 7<br>12345 Berlin"
        "<td>Max Beispiel<br>Am Hang 3<br>54321 Köln</table>"
    )
    found = find_people(html_page(html))

    assert (ERIKA, MAX) == (found.billing, found.shipping)


def test_where_each_field_stood() -> None:
    """Every field knows its line, and the heading above it."""
    found = people(f"Rechnungsadresse:\n{BLOCK}")

    assert (4, "12345 Berlin") == (
        found.origins["billing_address.city"].line,
        found.origins["billing_address.city"].text,
    )
    assert "Rechnungsadresse" in str(found.origins["billing_address.city"].label)


def test_two_different_addresses_of_one_kind() -> None:
    """Which of them counts is a question for a person."""
    assert people(f"Rechnungsadresse:\n{BLOCK}\nRechnungsadresse:\n{OTHER}").doubts


def test_the_same_address_twice() -> None:
    """The same address again is no question."""
    found = people(f"Rechnungsadresse:\n{BLOCK}\nRechnungsadresse:\n{BLOCK}")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_nobody() -> None:
    """A mail without an address has none; the shop's own footer is no customer."""
    found = people(
        "Hallo,\n\nVielen Dank\n\nMit freundlichen Grüßen\nMusterladen\nAm Markt 1\n12345 Berlin\nTel. 030 123"
    )

    assert (None, None, {}) == (found.billing, found.shipping, found.facts)


def test_who_read_it_nobody_reads_again() -> None:
    """The rows of an address are claimed."""
    page = page_of(f"Rechnungsadresse:\n{BLOCK}\nDanke")
    find_people(page)

    assert [False, False, False, False, True] == [page.free(index) for index in range(5)]


@pytest.mark.parametrize(
    "heading", ["Fragen zur Bestellung?", "Kundenservice", "Order Questions?", "Une question ?", "Servizio clienti"]
)
def test_the_shops_own_contacts(heading: str) -> None:
    """Below a question or the name of a service stand the shop's telephone number and e-mail address."""
    found = people(f"{heading}\nTelefon: 0431 5550100\nE-Mail: service@laden.example\n\nRechnungsadresse:\n{BLOCK}")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_a_telephone_number_under_contact() -> None:
    """'Contact : 585-555-0162' below an address says how to reach the person."""
    found = people("Billing address:\nErika Muster\nLindenweg 7\n12345 Berlin\n\nContact : 585-555-0162\n").billing

    assert found is not None
    assert ("Muster", "585-555-0162") == (found.last_name, found.phone)


def test_a_province_that_is_a_label_elsewhere() -> None:
    """'MI' below 'Milano' is the province, not the middle name with the next line for its value."""
    text = "Indirizzo di spedizione\nDavide Esempio\nCorso Buenos Aires, 12\n20124\nMilano\nMI\n\nGrazie a tutti.\n"
    found = people(f"Indirizzo di fatturazione\n{BLOCK}\n{text}").shipping

    assert found is not None
    assert ("Milano", "MI", None) == (found.city, found.state, found.middle_name)


@pytest.mark.parametrize("heading", ["Empfänger", "Destinataire", "Odbiorca", "Point de retrait", "Recipient"])
def test_a_heading_known_by_its_stem_ends_an_address(heading: str) -> None:
    """A heading that no list holds leads its own address, and is no line of the one above it."""
    found = people(f"Rechnungsadresse:\n{BLOCK}{heading}:\n{OTHER}")

    assert (ERIKA, MAX, []) == (found.billing, found.shipping, found.doubts)


def test_labelled_lines_below_a_heading_known_by_its_stem() -> None:
    """The fields of the second person belong to the heading above them."""
    found = people(
        "Kunde\nVorname: Erika\nNachname: Muster\nStraße: Lindenweg 7\nPLZ: 12345\nOrt: Berlin\n\n"
        "Empfänger\nVorname: Max\nNachname: Beispiel\nStraße: Am Hang 3\nPLZ: 54321\nOrt: Köln\n"
    )

    assert (ERIKA, MAX, []) == (found.billing, found.shipping, found.doubts)


def test_two_addresses_behind_their_words() -> None:
    """'Odbiorca: …' right below the billing address on its line is the other address; a bank's recipient is none."""
    one = "Rechnungsadresse: Erika Muster, Lindenweg 7, 12345 Berlin\n"
    both = people(f"{one}Empfänger: Max Beispiel, Am Hang 3, 54321 Köln\n")
    bank = people(f"{one}Empfänger: Musterladen GmbH, Am Hang 3, 54321 Köln\nIBAN: DE00 0000 0000 0000 0000 00\n")

    assert (ERIKA, MAX) == (both.billing, both.shipping)
    assert (ERIKA, None) == (bank.billing, bank.shipping)


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


def test_a_user_name_is_nobody() -> None:
    """'Buyer: erika1105' is an account, neither a person nor a company."""
    found = people(f"Buyer: erika1105\n\nDelivery Address:\n{OTHER}")

    assert (None, MAX) == (found.billing, found.shipping)


def test_an_address_that_goes_on_below_its_label() -> None:
    """'Adresse (…): Hinterhaus' and the lines below it are one address; the name stands elsewhere."""
    page = page_of(
        "Vorname: Erika\nNachname: Muster\nAnschrift (Straße, PLZ, Ort): Hinterhaus, 2. OG\nLindenweg 7\n"
        "12345 Berlin\n\nGesamtsumme: 14,90 EUR\n"
    )
    page.claim([5])
    found = find_people(page).billing

    assert found is not None
    assert ("Erika", "Muster", None) == (found.first_name, found.last_name, found.company)
    assert ("Lindenweg", "7", "12345", "Berlin") == (found.street, found.house_number, found.postcode, found.city)


@pytest.mark.parametrize("street", ["Straße", "Adresse"])
def test_a_form_with_its_values_below(street: str) -> None:
    """Every emphasised label has its value on the next line; 'Adresse' among them is a street, no heading."""
    fields = {"Vorname": "Erika", "Nachname": "Muster", street: "Lindenweg", "Nr.": "7", "PLZ": "12345",
              "Ort": "Berlin", "Telefon": "0221 123456"}  # fmt: skip
    found = find_people(html_page("".join(f"<b>{name}</b><br>{value}<br>" for name, value in fields.items()))).billing

    assert found is not None
    assert ("Erika", "Muster", "0221 123456") == (found.first_name, found.last_name, found.phone)
    assert ("Lindenweg", "7", "12345", "Berlin") == (found.street, found.house_number, found.postcode, found.city)


def test_a_japanese_address_on_one_line() -> None:
    """Prefecture, city and street of a labelled line are told apart; the mark behind a padded label is none of it."""
    found = people("お名前：見本 花子\n郵便番号：〒604-8101\n住所　　：京都府京都市中京区例町88-2\n").billing

    assert found is not None
    assert ("京都府", "京都市中京区", "例町88-2") == (found.state, found.city, found.street)


@pytest.mark.parametrize("words", ["Abholung im Laden", "Selbstabholung", "Click & Collect"])
def test_a_pickup_is_no_address(words: str) -> None:
    """'Lieferadresse: Abholung im Laden' says that nothing is sent."""
    for text in (f"Lieferadresse: {words}\n", f"Lieferadresse:\n{words}\n"):
        found = people(f"Rechnungsadresse:\n{BLOCK}\n{text}")

        assert (ERIKA, None, []) == (found.billing, found.shipping, found.doubts)


def test_a_name_that_is_an_items_label_too() -> None:
    """'Nom' beside 'Prénom' names a person."""
    page = page_of("Prénom: Anne\nNom: Exemple\nNom: Tasse\n")

    assert [("first_name",), ("full_name", "last_name")] == [
        tuple(sorted(label.meaning)) for row in page.labels[:2] for label in row
    ]


def test_the_only_address_names_nobody() -> None:
    """It goes to the customer, who is named elsewhere; beside a billing address it stays without a name."""
    only = people("Name: Erika Muster\nVersandadresse: 12345 Berlin, Lindenweg 7\n").shipping
    beside = people(f"Rechnungsadresse:\n{BLOCK}\nVersandadresse: 54321 Köln, Am Hang 3\n").shipping

    assert ERIKA == only
    assert beside is not None
    assert ("Köln", None) == (beside.city, beside.last_name)


def test_an_address_run_into_one_line() -> None:
    """Where the street ends and the town begins cannot be told: a doubt, though state and postcode are known."""
    found = people("Bill to: 4 Mill Lane Austin Texas 78704 United States\n")

    assert found.billing is not None
    assert ("Texas", "78704", "US", None) == (
        found.billing.state, found.billing.postcode, found.billing.country, found.billing.city,
    )  # fmt: skip
    assert 1 == len(found.doubts)


def test_a_comma_at_the_end_of_a_labelled_line() -> None:
    """It parts the line from the next one, and is no part of the value."""
    found = people(f"Rechnungsadresse:\n{BLOCK}Telefon: 0221 123456,\nE-Mail: erika@example.org;\n").billing

    assert found is not None
    assert ("0221 123456", "erika@example.org") == (found.phone, found.email)


def test_a_whole_address_behind_its_words() -> None:
    """What stands below its paragraph is no line of it."""
    found = people("Lieferadresse: Max Beispiel, Am Hang 3, 54321 Köln\n\nVorgang 4711815\n")

    assert (MAX, []) == (found.shipping, found.doubts)


def test_a_building_instead_of_a_house_number() -> None:
    """'Geb.' at the end of the street's field goes with the field of the number, and is no number itself."""
    found = people("Rechnungsadresse:\nFirma: Muster GmbH\nStraße: Industriepark Nord, Geb.\nHausnummer: C770\n"
                   "PLZ: 12345\nOrt: Berlin\n").billing  # fmt: skip

    assert found is not None
    assert ("Industriepark Nord, Geb.", "C770") == (found.street, found.house_number)


@pytest.mark.parametrize("words", ["Rechnung geht an", "Adresse für die Rechnung"])
def test_a_whole_address_behind_unknown_words(words: str) -> None:
    """Their stems tell whose it is; who sends the bill is the shop."""
    text = ": Erika Muster, Lindenweg 7, 12345 Berlin\nTelefon: 030 123456"
    seller = people(f"Rechnungssteller{text}")

    assert (replace(ERIKA, phone="030 123456"), []) == (people(words + text).billing, people(words + text).doubts)
    assert seller.billing is None or seller.billing.street is None


def test_a_whole_address_of_the_customer() -> None:
    """'Client' labels a name elsewhere, also above a telephone number."""
    found = people("Client : Erika Muster, Lindenweg 7, 12345 Berlin\nTél. : 030 123456")

    assert replace(ERIKA, phone="030 123456") == found.billing


@pytest.mark.parametrize("head", ["Xyzabc", "[ Xyzabc ]", "Xyzabc:"])
def test_a_heading_of_unknown_words(head: str) -> None:
    """It is no company: what is emphasised or decorated is left out, the rest is a doubt."""
    plain, strong = (
        people(f"{head}\n{BLOCK}"),
        find_people(html_page(f"<b>{head}</b><br>{BLOCK}".replace("\n", "<br>"))),
    )

    assert ERIKA == strong.billing
    assert plain.billing == ERIKA or "the first line of an address may be its heading" in plain.doubts


FORM = "Rechnungsadresse:\nVorname: Erika\nNachname: Muster\nStraße: Lindenweg 7\nPLZ: 12345\nOrt: Berlin\n"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (FORM + "Xyz\n" + FORM.partition("\n")[2].replace("Erika", "Max"), "one of its labels stands twice"),
        (FORM.replace("Straße", "Xyz Abc\nStraße"), "two names stand in it"),
        (FORM.replace("Vorname", "Xyz").replace("Nachname", "Name"), "a line beside the name was not understood"),
    ],
)
def test_forms_with_unknown_labels(text: str, doubt: str) -> None:
    """What a label says is surer than a line without one; a second person, or half a name, is a doubt."""
    found = people(text)

    assert found.billing is not None
    assert "Muster" == found.billing.last_name
    assert any(doubt in each for each in found.doubts)
    assert [] == people(FORM).doubts


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


@pytest.mark.parametrize(
    "line", ["USt-IdNr. ATU48273915", "UID: ATU48273915", "ATU48273915", "TVA ATU48273915", "VAT no. ATU48273915"]
)
def test_a_vat_id_within_a_block(line: str) -> None:
    """A VAT id counts with or without a colon behind its word, and by its form alone."""
    found = people(f"Rechnungsadresse:\n{BLOCK}{line}\n\nVielen Dank")

    assert ("ATU48273915", ERIKA, []) == (found.facts["vat_id"][0], found.billing, found.doubts)


def test_facts_without_a_colon() -> None:
    """'Kundennr. 4711' and 'Geb. 01.02.1980' in a block are facts; 'Geb. 12' is a building."""
    found = people(
        "Rechnungsadresse:\nErika Muster\nLindenweg 7\nGeb. 12\n12345 Berlin\nKundennr. 4711\nGeb. 01.02.1980"
    )

    assert ("4711", "01.02.1980") == (found.facts["customer_number"][0], found.facts["birth_date"][0])
    assert (replace(ERIKA, addition="Geb. 12"), []) == (found.billing, found.doubts)


@pytest.mark.parametrize("nothing", ["keine", "-", "n/a", "k. A.", "./.", "none", "nie dotyczy", "なし"])
def test_a_field_that_says_nothing(nothing: str) -> None:
    """'Firma: keine' names no company, 'Telefon: n/a' no number."""
    found = people(
        f"Name: Erika Muster\nFirma: {nothing}\nAdresse: Lindenweg 7\nPLZ/Ort: 12345 Berlin\nTelefon: {nothing}"
    )

    assert (ERIKA, []) == (found.billing, found.doubts)


@pytest.mark.parametrize(
    "line",
    [
        "Lieferadresse: identisch",
        "Lieferadresse: wie Rechnungsadresse",
        "Shipping address: same as billing",
        "Adresse de livraison : la même",
        "Dirección de envío: la misma que la de facturación",
        "Indirizzo di spedizione: come fatturazione",
        "Bezorgadres: zelfde als factuuradres",
        "Adres dostawy: taki sam jak rozliczeniowy",
        "Endereço de entrega: o mesmo",
        "Адрес доставки: совпадает с адресом плательщика",
        "お届け先: 請求先と同じ",
        "收货地址: 同账单地址",
        "Lieferadresse:\nentspricht der Rechnungsadresse",
    ],
)
def test_the_other_address(line: str) -> None:
    """A delivery address that is said to be the billing address is none; what stands below belongs to who orders."""
    found = people(f"Rechnungsadresse:\n{BLOCK}{line}\nTelefon: 030 123456")

    assert (replace(ERIKA, phone="030 123456"), None, []) == (found.billing, found.shipping, found.doubts)


def test_billing_as_delivery() -> None:
    """'Rechnungsadresse: identisch' names nobody."""
    found = people(f"Lieferadresse:\n{BLOCK}\nRechnungsadresse: identisch")

    assert (None, ERIKA, []) == (found.billing, found.shipping, found.doubts)


def test_a_customer_without_an_address_and_an_unknown_heading() -> None:
    """The contact above is the person of the address below: it stays an address of its own."""
    found = people(f"Kontaktdaten:\nErika Muster\nerika@example.org\n\nLieferung an DHL Paketshop:\n{BLOCK}")

    assert (ERIKA, "erika@example.org") == (found.shipping, found.billing.email if found.billing else None)


@pytest.mark.parametrize(
    "label", ["Tel. privat", "Tel. mobil:", "Telefon (tagsüber):", "Tel. dienstl.:", "Handy (abends)"]
)
def test_a_number_with_whose_it_is(label: str) -> None:
    """Words between 'Tel.' and the number say whose it is, or when to call."""
    found = people(f"Rechnungsadresse:\n{BLOCK}{label} 030 123456")

    assert (replace(ERIKA, phone="030 123456"), []) == (found.billing, found.doubts)


@pytest.mark.parametrize("lines", ["Anrede: Frau\nName: Dr. Erika Muster", "Name: Dr. Erika Muster\nAnrede: Frau"])
def test_a_title_within_the_name(lines: str) -> None:
    """Where one line says the salutation and another the name with its title, both are told."""
    found = people(f"{lines}\nStraße: Lindenweg 7\nPLZ/Ort: 12345 Berlin")

    assert (replace(ERIKA, salutation="Frau Dr."), []) == (found.billing, found.doubts)


@pytest.mark.parametrize(
    "line", ["PLZ/Ort: A - 1010 Wien", "Ort: A-1010 Wien", "PLZ: A-1010\nOrt: Wien", "PLZ / Ort: A-1010 / Wien"]
)
def test_the_countrys_sign_in_a_labelled_place(line: str) -> None:
    """'A-1010' says the country in a labelled line, too; a place whose code stands in the line of the town is whole."""
    found = people(f"Name: Erika Muster\nStraße: Lindenweg 7\n{line}")

    assert (replace(ERIKA, postcode="1010", city="Wien", country="AT"), []) == (found.billing, found.doubts)


def test_who_ordered_above_the_address() -> None:
    """'Ordered by: …' names the person; the address stands below its own heading."""
    found = people(f"Ordered By: Erika Muster\n\nBilling Address\n{BLOCK}\nThank you")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_the_customers_company() -> None:
    """A company among the customer's data, which name nobody else, is the company of the address."""
    found = people(f"Kundendaten:\nE-Mail: erika@example.org\nFirma: Muster GmbH\n\nRechnungsadresse:\n{BLOCK}")

    assert (replace(ERIKA, company="Muster GmbH", email="erika@example.org"), []) == (found.billing, found.doubts)


@pytest.mark.parametrize(
    "line",
    [
        "Nom et prénom : Marchetti Thibault",
        "Nom et prénom : Thibault Marchetti",
        "Name, Vorname: Marchetti, Thibault",
        "Cognome e nome: Marchetti Thibault",
        "Nombre y apellidos: Thibault Marchetti",
        "Full name: Thibault Marchetti (registered customer)",
    ],
)
def test_the_order_of_a_label(line: str) -> None:
    """A label that says the last name first is believed, unless a first name leads; a remark in brackets is no name."""
    found = people(f"{line}\nAdresse : Lindenweg 7\nCode postal et ville : 12345 Berlin")

    assert ("Thibault", "Marchetti") == (found.billing and (found.billing.first_name, found.billing.last_name))


def test_the_lines_below_a_label_within_a_section() -> None:
    """'Adresse postale:' below the labelled name stands above the lines of the same address."""
    found = people("Adresse de facturation:\nNom: Erika Muster\nAdresse postale:\nLindenweg 7\n12345 Berlin\n\nMerci")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_a_postcode_labelled_among_lines() -> None:
    """'PLZ: 12345' below the town's line belongs to the lines, not to a form."""
    found = people("Rechnungsadresse:\nErika Muster\nLindenweg 7\nBerlin\nPLZ: 12345\n\nDanke")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_a_sentence_below_an_address() -> None:
    """What is mostly small words and has no number is no line of an address."""
    found = people(f"Shipping address:\n{BLOCK}You can view the status of this order by clicking here")

    assert (ERIKA, []) == (found.shipping, found.doubts)


def test_each_labelled_line_is_a_paragraph() -> None:
    """'Adresse: Lindenweg 7' between labelled lines is their street, though blank lines stand around it."""
    found = people(
        "Rechnungsadresse:\n\nVorname: Erika\n\nZuname: Muster\n\n"
        "Adresse: Lindenweg 7\n\nAdresse2:\n\nPLZ: 12345\n\nOrt: Berlin"
    )

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_how_a_name_is_spoken() -> None:
    """Kana below the name say how it is spoken: no second name."""
    found = people(
        "ご注文者情報\nお名前：榊原 美穂 様\nお名前(フリガナ)：サカキバラ ミホ 様\n"
        "郵便番号：〒470-0125\n住所：愛知県名古屋市昭和区松葉町2-14-6"
    )

    assert ("榊原", []) == (found.billing and found.billing.last_name, found.doubts)


def test_a_state_of_the_order() -> None:
    """'Estado: Pendiente de pago' far from an address is no state."""
    found = people(f"Rechnungsadresse:\n{BLOCK}\nEstado: Pendiente de pago")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_the_letterhead_above_the_greeting() -> None:
    """An address above 'Sehr geehrte …' is the shop's own, where the customer's stands below its heading."""
    head = "Musterladen\nInh. Max Beispiel\nAm Markt 1\n54321 Köln\n\nSehr geehrte Frau Muster,\n\ndanke!\n\n"
    found = people(f"{head}Rechnungsadresse:\n{BLOCK}\nBestellnummer: 1042")

    assert (ERIKA, None, []) == (found.billing, found.shipping, found.doubts)


def test_a_carrier_below_a_heading_of_shipping() -> None:
    """'Royal Mail Tracked 24' below 'Shipping information' is a carrier, no street with its number."""
    found = people(f"Ship to\n{BLOCK}\nShipping information\nRoyal Mail Tracked 24\n\nThanks")

    assert (ERIKA, []) == (found.shipping, found.doubts)


def test_contacts_below_a_heading() -> None:
    """A telephone number below an e-mail address is no company's name."""
    found = people(f"SHIPPING TO\n{BLOCK}\nCUSTOMER\nerika@example.org\n802-555-0137\n\nThanks")

    assert found.billing is not None
    assert (None, "802-555-0137") == (found.billing.company, found.billing.phone)


def test_a_country_before_its_postcode() -> None:
    """'…, Санкт-Петербург, Россия, 191002': the country is no city."""
    found = people("Фамилия: Кузнецов\nИмя: Артём\nАдрес: наб. Фонтанки, 53, кв. 17, Санкт-Петербург, Россия, 191002")

    assert found.billing is not None
    assert ("Кузнецов", "Санкт-Петербург") == (found.billing.last_name, found.billing.city)


def test_a_house_with_a_name() -> None:
    """'The Old Rectory' beside a lane is no company, where the person stands behind a label."""
    found = people("Deliver to: The Old Rectory, Church Lane, Bath, BA1 1AA\nAttn: Mrs Jane Sample\n\nThanks")

    assert found.shipping is not None
    assert (None, "The Old Rectory", "Church Lane") == (
        found.shipping.company, found.shipping.addition, found.shipping.street,
    )  # fmt: skip


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


def test_a_customer_who_lives_where_the_parcel_goes() -> None:
    """The customer is named, and the only address of the mail is where it goes: a locker is nobody's home."""
    text = "Kunde:\nName: Erika Muster\nTelefon: 030 5550\n\nLieferadresse: {}\n"
    home, locker = (people(text.format(to)) for to in ("Lindenweg 7, 12345 Berlin", "Packstation 101, 12345 Berlin"))

    assert home.billing is not None
    assert ("Muster", "Lindenweg", "Berlin") == (home.billing.last_name, home.billing.street, home.billing.city)
    assert locker.billing is not None
    assert ("Muster", None) == (locker.billing.last_name, locker.billing.city)


def test_another_person_where_the_parcel_goes() -> None:
    """Who ordered lives elsewhere, nobody knows where."""
    found = people("Kunde:\nName: Erika Muster\n\nLieferadresse:\nMax Beispiel\nLindenweg 7\n12345 Berlin\n")

    assert found.billing is not None
    assert ("Muster", None) == (found.billing.last_name, found.billing.city)


def test_a_title_that_is_a_salutation() -> None:
    """'Titolo' is a thing's name and a person's title: its value tells."""
    found = people("Titolo: Sig.\nNome: Franz\nCognome: Esempio\nIndirizzo: Via Prova 2\nCAP: 39100\nCittà: Bolzano\n")

    assert found.billing is not None
    assert ("Sig.", "Franz") == (found.billing.salutation, found.billing.first_name)


def test_what_announces_no_address() -> None:
    """'Versandart' speaks of the delivery, but what stands below is how the goods go there, and the shop's own line."""
    found = people(
        "Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 Berlin\n\nVersandart\n\nDHL\nLaden\nHauptstr. 1, 12345 Ort"
    )

    assert not found.doubts
    assert found.shipping is None

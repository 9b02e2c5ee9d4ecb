"""Labelled lines of a person, within a block and beside it: what each label says."""

from dataclasses import replace

import pytest

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.people import find_people
from tests.reader.making import html_page, page_of
from tests.reader.persons import BLOCK, ERIKA, MAX, OTHER, people

FORM = "Rechnungsadresse:\nVorname: Erika\nNachname: Muster\nStraße: Lindenweg 7\nPLZ: 12345\nOrt: Berlin\n"


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


def test_a_province_that_is_a_label_elsewhere() -> None:
    """'MI' below 'Milano' is the province, not the middle name with the next line for its value."""
    text = "Indirizzo di spedizione\nDavide Esempio\nCorso Buenos Aires, 12\n20124\nMilano\nMI\n\nGrazie a tutti.\n"
    found = people(f"Indirizzo di fatturazione\n{BLOCK}\n{text}").shipping

    assert found is not None
    assert ("Milano", "MI", None) == (found.city, found.state, found.middle_name)


def test_labelled_lines_below_a_heading_known_by_its_stem() -> None:
    """The fields of the second person belong to the heading above them."""
    found = people(
        "Kunde\nVorname: Erika\nNachname: Muster\nStraße: Lindenweg 7\nPLZ: 12345\nOrt: Berlin\n\n"
        "Empfänger\nVorname: Max\nNachname: Beispiel\nStraße: Am Hang 3\nPLZ: 54321\nOrt: Köln\n"
    )

    assert (ERIKA, MAX, []) == (found.billing, found.shipping, found.doubts)


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


def test_a_comma_at_the_end_of_a_labelled_line() -> None:
    """It parts the line from the next one, and is no part of the value."""
    found = people(f"Rechnungsadresse:\n{BLOCK}Telefon: 0221 123456,\nE-Mail: erika@example.org;\n").billing

    assert found is not None
    assert ("0221 123456", "erika@example.org") == (found.phone, found.email)


def test_a_building_instead_of_a_house_number() -> None:
    """'Geb.' at the end of the street's field goes with the field of the number, and is no number itself."""
    found = people("Rechnungsadresse:\nFirma: Muster GmbH\nStraße: Industriepark Nord, Geb.\nHausnummer: C770\n"
                   "PLZ: 12345\nOrt: Berlin\n").billing  # fmt: skip

    assert found is not None
    assert ("Industriepark Nord, Geb.", "C770") == (found.street, found.house_number)


def test_a_whole_address_of_the_customer() -> None:
    """'Client' labels a name elsewhere, also above a telephone number."""
    found = people("Client : Erika Muster, Lindenweg 7, 12345 Berlin\nTél. : 030 123456")

    assert replace(ERIKA, phone="030 123456") == found.billing


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


def test_a_house_with_a_name() -> None:
    """'The Old Rectory' beside a lane is no company, where the person stands behind a label."""
    found = people("Deliver to: The Old Rectory, Church Lane, Bath, BA1 1AA\nAttn: Mrs Jane Sample\n\nThanks")

    assert found.shipping is not None
    assert (None, "The Old Rectory", "Church Lane") == (
        found.shipping.company, found.shipping.addition, found.shipping.street,
    )  # fmt: skip


def test_a_title_that_is_a_salutation() -> None:
    """'Titolo' is a thing's name and a person's title: its value tells."""
    found = people("Titolo: Sig.\nNome: Franz\nCognome: Esempio\nIndirizzo: Via Prova 2\nCAP: 39100\nCittà: Bolzano\n")

    assert found.billing is not None
    assert ("Sig.", "Franz") == (found.billing.salutation, found.billing.first_name)

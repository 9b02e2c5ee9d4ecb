"""Who ordered and where it goes: blocks below headings, and which of them is whose."""

from dataclasses import replace

import pytest

from smtpd_billbee.reader.people import find_people
from tests.reader.making import html_page, page_of
from tests.reader.persons import BLOCK, ERIKA, MAX, OTHER, people


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


@pytest.mark.parametrize("heading", ["Empfänger", "Destinataire", "Odbiorca", "Point de retrait", "Recipient"])
def test_a_heading_known_by_its_stem_ends_an_address(heading: str) -> None:
    """A heading that no list holds leads its own address, and is no line of the one above it."""
    found = people(f"Rechnungsadresse:\n{BLOCK}{heading}:\n{OTHER}")

    assert (ERIKA, MAX, []) == (found.billing, found.shipping, found.doubts)


def test_two_addresses_behind_their_words() -> None:
    """'Odbiorca: …' right below the billing address on its line is the other address; a bank's recipient is none."""
    one = "Rechnungsadresse: Erika Muster, Lindenweg 7, 12345 Berlin\n"
    both = people(f"{one}Empfänger: Max Beispiel, Am Hang 3, 54321 Köln\n")
    bank = people(f"{one}Empfänger: Musterladen GmbH, Am Hang 3, 54321 Köln\nIBAN: DE00 0000 0000 0000 0000 00\n")

    assert (ERIKA, MAX) == (both.billing, both.shipping)
    assert (ERIKA, None) == (bank.billing, bank.shipping)


def test_the_only_address_names_nobody() -> None:
    """It goes to the customer, who is named elsewhere; beside a billing address it stays without a name."""
    only = people("Name: Erika Muster\nVersandadresse: 12345 Berlin, Lindenweg 7\n").shipping
    beside = people(f"Rechnungsadresse:\n{BLOCK}\nVersandadresse: 54321 Köln, Am Hang 3\n").shipping

    assert ERIKA == only
    assert beside is not None
    assert ("Köln", None) == (beside.city, beside.last_name)


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


def test_who_ordered_above_the_address() -> None:
    """'Ordered by: …' names the person; the address stands below its own heading."""
    found = people(f"Ordered By: Erika Muster\n\nBilling Address\n{BLOCK}\nThank you")

    assert (ERIKA, []) == (found.billing, found.doubts)


def test_the_customers_company() -> None:
    """A company among the customer's data, which name nobody else, is the company of the address."""
    found = people(f"Kundendaten:\nE-Mail: erika@example.org\nFirma: Muster GmbH\n\nRechnungsadresse:\n{BLOCK}")

    assert (replace(ERIKA, company="Muster GmbH", email="erika@example.org"), []) == (found.billing, found.doubts)


def test_a_carrier_below_a_heading_of_shipping() -> None:
    """'Royal Mail Tracked 24' below 'Shipping information' is a carrier, no street with its number."""
    found = people(f"Ship to\n{BLOCK}\nShipping information\nRoyal Mail Tracked 24\n\nThanks")

    assert (ERIKA, []) == (found.shipping, found.doubts)


def test_contacts_below_a_heading() -> None:
    """A telephone number below an e-mail address is no company's name."""
    found = people(f"SHIPPING TO\n{BLOCK}\nCUSTOMER\nerika@example.org\n802-555-0137\n\nThanks")

    assert found.billing is not None
    assert (None, "802-555-0137") == (found.billing.company, found.billing.phone)


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

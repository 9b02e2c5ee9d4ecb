"""Who ordered and where it goes: blocks below headings, labelled lines, what belongs to nobody."""

import pytest

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.people import People, find_people
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

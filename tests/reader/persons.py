"""Two invented persons and how a mail writes them, for the tests of who ordered."""

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.people import find_people
from smtpd_billbee.reader.people_read import People
from tests.reader.making import page_of

ERIKA = Address(
    first_name="Erika", last_name="Muster", street="Lindenweg", house_number="7", postcode="12345", city="Berlin"
)
MAX = Address(first_name="Max", last_name="Beispiel", street="Am Hang", house_number="3", postcode="54321", city="Köln")
BLOCK = "Erika Muster\nLindenweg 7\n12345 Berlin\n"
OTHER = "Max Beispiel\nAm Hang 3\n54321 Köln\n"


def people(text: str) -> People:
    """The people of a plain text."""
    return find_people(page_of(text))

"""Whether a text only repeats what the HTML says."""

import pytest

from smtpd_billbee.model.reading import reading_as_json
from smtpd_billbee.reader import read
from smtpd_billbee.reader.repeats import repeats
from tests.reader.making import alternative

HTML = "Becher B-1 2 3,50 EUR 7,00 EUR Korb K-9 5 2,00 EUR 10,00 EUR Gesamtsumme 17,00 EUR Erika Muster Lindenweg 7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 x Becher (B-1) 3,50 EUR 7,00 EUR, 5 x Korb (K-9) 10,00 EUR, 7, Gesamtsumme 17,00 EUR", True),
        ("2 x BECHER (B-1) 7,00, 5 x KORB (K-9), 7", True),
        ("3 x Becher (B-1) 3,50 EUR 7,00 EUR, 5 x Korb (K-9), 7", False),
        ("2 x Becher (B-1), 5 x Korb (K-9), 7, 5", False),
        ("2 x Becher (B-1) 7,00 EUR, 5 x Korb (K-9), 7", True),
        ("2 x Becher (B-1) 10,00 EUR 7,00 EUR, 5 x Korb (K-9), 7", False),
        ("2 x Becher (B-1) 7,00 EUR 7,00 EUR, 5 x Korb (K-9), 7", False),
        ("2 x Becher (B-1), 5 x Korb (K-9), 7, Otto", False),
        ("2 x Becher (B-1) 18,00 EUR, 5 x Korb (K-9), 7", False),
    ],
)
def test_repeats(text: str, expected: bool) -> None:
    """No word and no number of its own, small numbers as often, amounts in the same order."""
    assert expected == repeats([text], [HTML])


ROWS = "<tr><th>Artikel</th><th>Menge</th><th>Preis</th><th>Summe</th></tr>"
ITEM = "<tr><td>Becher</td><td>2</td><td>3,50 EUR</td><td>7,00 EUR</td></tr>"
PERSON = "Rechnungsadresse:<br>Erika Muster<br>Lindenweg 7<br>12345 Berlin"
PAGE = f"<p>Bestellnummer: 1042</p><table>{ROWS}{ITEM}</table><p>Gesamtsumme: 7,00 EUR</p><p>{PERSON}</p>"
TEXT = (
    "Bestellnummer: 1042\n\n{quantity} x Becher 3,50 EUR 7,00 EUR\n\nGesamtsumme: 7,00 EUR\n\n"
    "Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 {city}\n"
)


def problems(text: str) -> list[str]:
    """The problems of a mail with this text and the page."""
    found: list[str] = reading_as_json(read(alternative(text, PAGE)))["problems"]
    return found


def test_a_text_that_repeats_brings_no_doubt() -> None:
    """The same order twice."""
    assert [] == problems(TEXT.format(quantity=2, city="Berlin"))


@pytest.mark.parametrize(("quantity", "city"), [(4, "Berlin"), (2, "Bremen")])
def test_a_text_that_says_another_thing_is_a_doubt(quantity: int, city: str) -> None:
    """A quantity or a town that the HTML has not is read and compared."""
    assert problems(TEXT.format(quantity=quantity, city=city))

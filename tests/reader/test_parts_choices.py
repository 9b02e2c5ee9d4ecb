"""What was chosen of an item, where an amount stands in it."""

import pytest

from smtpd_billbee.reader.parts import read_parts
from smtpd_billbee.reader.parts_choices import chosen_behind
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


@pytest.mark.parametrize(
    ("line", "variant"),
    [
        ('Gravur: "Für 5 EUR"', 'Gravur: "Für 5 EUR"'),
        ("Engraving: “For Tom, 5 GBP”", "Engraving: “For Tom, 5 GBP”"),
        ("Gravure : « Pour 5 € »", "Gravure: « Pour 5 € »"),
        ("Größe: M (+2,00 EUR)", "Größe: M (+2,00 EUR)"),
        ("Maat: M (+ € 2,00)", "Maat: M (+ € 2,00)"),
        ("Rozmiar: M (+2,00 zł)", "Rozmiar: M (+2,00 zł)"),
        ("Aufdruck: Gutschein 100 €", "Aufdruck: Gutschein 100 €"),
        ("Wunschtext: 10 EUR sind viel", "Wunschtext: 10 EUR sind viel"),
        ("Gravur: Für Oma, 12,00", "Gravur: Für Oma, 12,00"),
        ("Motiv: 1 Euro", "Motiv: 1 Euro"),
        ("Aufpreis +5,00 EUR", "Aufpreis +5,00 EUR"),
        ("Geschenkbox (+3,50 €)", "Geschenkbox (+3,50 €)"),
        ("statt 59,00 €", None),
        ("Statt: 59,00 €", None),
        ("RRP £59.00", None),
        ("Sie sparen 34,00 €", None),
        ("you save £34.00", None),
        ("zamiast 59,00 zł", None),
        ("Grundpreis: 5,00 EUR/100 g", None),
        ("(£5.00 per kg)", None),
    ],
)
def test_an_amount_in_a_choice_is_no_price(line: str, variant: str | None) -> None:
    """A surcharge and the customer's own words stay with the choice; an old price is none; the price is the line's."""
    found = read_parts(["2 x Messer 25,00 EUR 50,00 EUR", line], KNOWN, ",")

    assert ("Messer", variant, ["25.00", "50.00"]) == (found.title, found.variant, [str(each) for each in found.prices])


def test_the_price_below_a_choice_with_an_amount() -> None:
    """'Motiv: 1 Euro' above '5,00 EUR': the last is the price."""
    found = read_parts(["2 x Teller", "Motiv: 1 Euro", "5,00 EUR"], KNOWN, ",")

    assert ("Motiv: 1 Euro", ["5.00"]) == (found.variant, [str(each) for each in found.prices])


def test_a_choice_that_holds_the_only_price() -> None:
    """'Größe: M 25,00 EUR' below the title, and no other amount: the price stands at its end."""
    found = read_parts(["2 x Messer", "Größe: M 25,00 EUR"], KNOWN, ",")

    assert ("Größe: M", ["25.00"]) == (found.variant, [str(each) for each in found.prices])


@pytest.mark.parametrize(
    ("line", "title", "variant", "prices"),
    [
        ('1 x Messer, Gravur: "Für 5 EUR", 25,00 EUR', "Messer", 'Gravur: "Für 5 EUR"', ["25.00"]),
        ('1 x Messer, Gravur: "Oma, 5 EUR", 25,00 EUR', "Messer", 'Gravur: "Oma, 5 EUR"', ["25.00"]),
        ("1 x Geschenkbox (+2,00 EUR) 2,00 EUR 2,00 EUR", "Geschenkbox (+2,00 EUR)", None, ["2.00", "2.00"]),
        ("1 x Messer (+5,00 EUR Gravur) 25,00 EUR", "Messer (+5,00 EUR Gravur)", None, ["25.00"]),
    ],
)
def test_an_amount_within_the_line(line: str, title: str, variant: str | None, prices: list[str]) -> None:
    """In quotes, or on top: no price of the item."""
    found = read_parts([line], KNOWN, ",")

    assert (title, variant, prices) == (found.title, found.variant, [str(each) for each in found.prices])


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kerze 8 cm - Farbe : Rot", ("Kerze 8 cm", "Farbe", "Rot")),
        ("Kerze 8 cm - Farbe: Rot", ("Kerze 8 cm", "Farbe", "Rot")),
        ("Kerze - groß - Farbe : Rot, Text innen : A - Z", ("Kerze - groß", "Farbe", "Rot, Text innen : A - Z")),
        ("Bougie : la grande - Parfum : Rose", ("Bougie : la grande", "Parfum", "Rose")),
        ("ほうじ茶 50g 色：赤", ("ほうじ茶 50g", "色", "赤")),
        ("Kakao 100 g - Verpackung : Dose", ("Kakao 100 g", "Verpackung", "Dose")),
        ("Schale (Lasur: Seegrün)", ("Schale", "Lasur", "Seegrün")),
        ("Schale [Farbe: grün, Höhe: 9 cm]", ("Schale", "Farbe", "grün, Höhe: 9 cm")),
        ("Wagen 210 / Epoche: IV", ("Wagen 210", "Epoche", "IV")),
        ("Nadel 80 cm, Stärke: 3,5 mm", ("Nadel 80 cm", "Stärke", "3,5 mm")),
        ("Hemd, Farbe: rot, Größe: L", ("Hemd", "Farbe", "rot, Größe: L")),
        ("Hemd (Kragen: Kent, Größe: L) neu", None),
        ("Tasse, Henkel: links", None),
        ("Gutschein (Wert: 25 EUR)", None),
        ("Tee (Gewicht: 300 g)", ("Tee", "Gewicht", "300 g")),
        ("Queso curado, Peso: 1 kg", ("Queso curado", "Peso", "1 kg")),
        ("Tasse (Menge: 300)", None),
        ("Kakao 100 g - Verpackung: Dose", None),
        ("Kakao - Gewicht : 100 g", None),
        ("Coffret - Provence : miel et lavande", None),
        ("Atlas: Shipping Lanes", None),
        ("Roman - Teil zwei: Das Meer", None),
        ("Farbe: Rot", None),
        ("絵本 物語：海", None),
        ("Kerze - Farbe :", None),
    ],
)
def test_what_was_chosen_behind_the_title(title: str, expected: tuple[str, str, str] | None) -> None:
    """Behind a dash, a comma, or a blank before a full-width colon, a known name and more; a title's own colon stays.

    In brackets, and behind ' / ', at the end of the title any name is one.
    """
    assert expected == chosen_behind(title, KNOWN)

"""Labels in rows, and what stands before a sum."""

import pytest

from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.labels import labelled_text, labels_of, leading, meaning_of, sum_label, without_lead
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Bestellnummer: 1042", "number", "1042"),
        ("Bestellnummer:1042", "number", "1042"),
        ("Bestellnummer - 1042", "number", "1042"),
        ("Bestellnummer = 1042", "number", "1042"),
        ("Bestellnummer → 1042", "number", "1042"),
        ("* Bestellnummer: 1042", "number", "1042"),
        ("【ご注文番号】1042", "number", "1042"),
        ("ご注文番号：1042", "number", "1042"),
        ("[Bestellnummer] 1042", "number", "1042"),
        ("Bestellnummer", "number", ""),
        ("Bestellnummer:", "number", ""),
        ("Datum: 10:22", "ordered_at", "10:22"),
        ("Bestell-Nr.: A-1042", "number", "A-1042"),
        ("Lieferadresse (falls abweichend): Köln", "shipping_address", "Köln"),
    ],
)
def test_a_label_leads_a_line(text: str, field: str, value: str) -> None:
    """A colon, a dash, an arrow or brackets part label and value; alone it is a heading."""
    found = labelled_text(text, 0, KNOWN)

    assert found is not None
    assert found.means(field)
    assert value == found.value


@pytest.mark.parametrize(
    "text", ["", "Bestellnummer 1042", "Guten Tag: Erika", "1042", "http://example.org", "x" * 5000]
)
def test_no_label(text: str) -> None:
    """Without a mark nothing parts label and value; other words are none."""
    assert labelled_text(text, 0, KNOWN) is None


def test_emphasis_parts() -> None:
    """'<b>Bestellnummer</b> 1042' needs no colon."""
    found = labelled_text("Bestellnummer 1042", len("Bestellnummer"), KNOWN)

    assert found is not None
    assert ("Bestellnummer", "1042") == (found.words, found.value)


def test_two_cells() -> None:
    """A label in a cell has its value in the next one, with all its lines."""
    [found] = labels_of(rows_of_html("<table><tr><td>Zahlungsart<td>PayPal<br>bezahlt</table>")[0], KNOWN)

    assert found.means("payment_method")
    assert ("PayPal", ("bezahlt",)) == (found.value, found.lines)


def test_pairs_of_cells() -> None:
    """'Bestellnummer: | 1042 | Datum: | 3.4.2025' are two labels."""
    found = labels_of(rows_of_text("Bestellnummer:   1042   Datum:   3.4.2025")[0], KNOWN)

    assert ["1042", "3.4.2025"] == [label.value for label in found]


def test_a_label_without_any_mark() -> None:
    """'Bestellnummer 474' where a label for this field is looked for; the longest label wins, and it is not firm."""
    found = leading("Bestellung Nr. 474 vom 3.4.", KNOWN, frozenset({"number"}))

    assert found is not None
    assert ("Bestellung Nr.", "474 vom 3.4.", False) == (found.words, found.value, found.firm)
    assert leading("Bestellnummer 474", KNOWN, frozenset({"total"})) is None


def test_bullets() -> None:
    """Bullets and ornaments in front are no part of a label."""
    assert "Artikel" == without_lead("■ Artikel") == without_lead("- Artikel") == without_lead("Artikel")
    assert "2 x" == without_lead("• 2 x")


def test_what_stands_in_brackets() -> None:
    """'Preis (inkl. MwSt.)' is the price."""
    assert "unit_price" in meaning_of("Einzelpreis (inkl. MwSt.)", KNOWN)
    assert not meaning_of("a" * 100, KNOWN)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Gesamtsumme", "total"),
        ("Gesamtsumme:", "total"),
        ("Zwischensumme", "subtotal"),
        ("Rabatt (SOMMER10, 10 %)", "discount"),
        ("Gutschein „WELCOME“", "discount"),
        ("darin enthalten 19 % MwSt.", "tax"),
        ("inkl. 19% MwSt.", "tax"),
        ("zzgl. 7 % USt.", "tax"),
        ("19 % MwSt", "tax"),
        ("+ Versandkosten", "shipping_cost"),
        ("Versandkosten DHL Paket", "shipping_cost"),
        ("Versandkosten Nachnahme", "payment_fee"),
        ("Gesamtsumme EUR", "total"),
        ("(inkl. MwSt. 19%)", "tax"),
        ("IVA (21%)", "tax"),
        ("TVA 20 %", "tax"),
        ("Totaal", "total"),
        ("合計", "total"),
        ("消費税 10%", "tax"),
        ("Стоимость доставки", "shipping_cost"),
    ],
)
def test_sums(text: str, field: str) -> None:
    """What may stand beside the word of a sum: a rate, a code, a currency, the carrier."""
    assert field in sum_label(text, KNOWN)


@pytest.mark.parametrize("text", ["", "Becher blau", "2 x Becher", "Bitte überweisen Sie", "a" * 300, "19 %"])
def test_no_sums(text: str) -> None:
    """Things and sentences are none."""
    assert not sum_label(text, KNOWN)


def test_a_label_between_stars() -> None:
    """'*E-Mail* erika@example.org' is bold type as a text has it; '* Tasse * rot' is none."""
    found = labelled_text("*E-Mail* erika@example.org", 0, dictionary())

    assert found is not None
    assert ("E-Mail", "erika@example.org", True) == (found.words, found.value, found.means("email"))
    assert labelled_text("* E-Mail * erika@example.org", 0, dictionary()) is None
    assert labelled_text("*Blumen* Tasse", 0, dictionary()) is None

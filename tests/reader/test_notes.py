"""The customer's own words: where they begin and end, and that they supply nothing else."""

import pytest

from smtpd_billbee.reader.notes import find_notes
from tests.reader.making import draft_of, html_page, page_of


def note(text: str) -> str | None:
    """The note of a text."""
    found = find_notes(page_of(text))
    return found.text if found else None


ANY_PROSE = "Zahlungsart: bitte nicht die Karte meiner Frau belasten"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anmerkung: bitte klingeln", "bitte klingeln"),
        ("Anmerkung:\nbitte klingeln", "bitte klingeln"),
        ("Anmerkung\n\nbitte klingeln", "bitte klingeln"),
        ("Anmerkungen zur Bestellung:\nbitte\nklingeln\n\nViele Grüße", "bitte\nklingeln"),
        ("Order notes: leave it at the door", "leave it at the door"),
        ("備考：玄関先に置いてください", "玄関先に置いてください"),
        ("Комментарий: позвоните", "позвоните"),
        ("Anmerkung: rot | blau gemischt", "rot | blau gemischt"),
        ("Anmerkung: -", None),
        ("Anmerkung: keine", None),
        ("Anmerkung:\n\nRechnungsadresse:\nErika Muster\nLindenweg 7", None),
        ("Anmerkung:\n\nZahlungsart: PayPal\nVersandart: DHL", None),
        ("Anmerkung:\n\nZahlungsart: bitte nicht die Karte meiner Frau belasten", ANY_PROSE),
        ("Bitte klingeln", None),
    ],
)
def test_notes(text: str, expected: str | None) -> None:
    """Behind its label, or the paragraph below it; a dash or 'keine' is none."""
    assert expected == note(text)


def test_a_note_of_several_lines_of_prose() -> None:
    """What looks like a label within the customer's prose stays the customer's."""
    text = "Anmerkung:\nHallo,\nGesamtsumme: 5 Euro, mehr zahle ich nicht\nGruß Erika"

    assert "Hallo,\nGesamtsumme: 5 Euro, mehr zahle ich nicht\nGruß Erika" == note(text)


def test_a_note_among_labels() -> None:
    """In a list of labelled lines the note ends where the next label begins."""
    assert "bitte klingeln" == note("Bestellnummer: 7\nAnmerkung: bitte klingeln\nZahlungsart: PayPal")


def test_a_note_in_a_table() -> None:
    """The cell beside the label; the next row is another fact."""
    html = "<table><tr><td>Anmerkung<td>bitte<br>klingeln<tr><td>Zahlungsart<td>PayPal</table>"
    found = find_notes(html_page(html))

    assert found is not None
    assert "bitte\nklingeln" == found.text


def test_a_note_supplies_nothing_else() -> None:
    """A number, a total and an address in a note are the customer's chat."""
    text = (
        "Bestellnummer: 1042\n\n2 x Becher  3,50 EUR\n\nGesamtsumme: 7,00 EUR\n\n"
        "Anmerkung:\nMeine alte Bestellnummer: 999\nGesamtsumme: 1,00 EUR\nLieferadresse: Am Hang 3, 54321 Köln\n"
    )
    draft = draft_of(text)

    assert "1042" == draft.values["number"]
    assert "7.00" == str(draft.values["total"])
    assert draft.shipping is None
    assert "999" in str(draft.values["note"])


def test_where_it_stood() -> None:
    """A note knows its label and its line."""
    found = find_notes(page_of("Hallo\n\nAnmerkung: bitte klingeln"))

    assert found is not None
    assert ("Anmerkung", 3) == (found.origin.label, found.origin.line)


def test_a_note_below_the_total() -> None:
    """'Hinweis' below the total is the customer's; elsewhere, and about the tax, it is the shop's."""
    table = "<table><tr><th>Gesamt</th><td>20,00 €</td></tr><tr><th>Hinweis</th><td>{}</td></tr></table>"
    found = find_notes(html_page(table.format("Bitte klingeln")))
    assert found is not None
    assert "Bitte klingeln" == found.text
    assert find_notes(html_page(table.format("Kleinunternehmer gemäß § 19 UStG"))) is None
    assert find_notes(html_page("<table><tr><td>Hinweis</td><td>Bitte überweisen</td></tr></table>")) is None


def test_an_emphasised_line_ends_the_note() -> None:
    """The shop's next heading is no part of the customer's words, though no blank line parts them."""
    found = find_notes(html_page("<div><b>Anmerkung:</b><br>Bitte klingeln<br><b>Ihre Ware nochmals:</b></div>"))
    assert found is not None
    assert "Bitte klingeln" == found.text


def test_the_heading_of_the_items_is_no_note() -> None:
    """The customer wrote nothing, and the next paragraph is the heading of the items."""
    assert note("お問い合わせ：\n\nご注文商品明細\n\n商品名: 湯のみ") is None


def test_a_note_like_a_total() -> None:
    """Below the heading of the note a sum with a question mark is the customer's words."""
    assert "Gesamtsumme: 2,00 € ? Haha." == note("Ihre Nachricht:\n\nGesamtsumme: 2,00 € ? Haha.")

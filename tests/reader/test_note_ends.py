"""Where the customer's words end."""

import pytest

from smtpd_billbee.reader.note_ends import MOST_LINES, UNSURE
from smtpd_billbee.reader.notes import Note, find_notes
from tests.reader.making import html_page, page_of


def note(text: str) -> tuple[str, str | None]:
    """The note of a text, and the doubt about it."""
    found = find_notes(page_of(text))
    assert isinstance(found, Note)
    return found.text, found.doubt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anmerkung: Hallo,\n\nbitte einpacken.\n\nDanke, Anna\n", "Hallo,\n\nbitte einpacken.\n\nDanke, Anna"),
        ("Order notes: Hi there,\n\nplease ring.\n\nKind regards\nThe shop\n", "Hi there,\n\nplease ring."),
        ("Commentaire : Bonjour,\n\nmerci de sonner.\n\nCordialement\n", "Bonjour,\n\nmerci de sonner."),
        ("Anmerkung: Bitte einpacken\n\nund schnell liefern.\n", "Bitte einpacken\n\nund schnell liefern."),
        ("Anmerkung:\nHallo,\n\nbitte klingeln.\n\nZahlungsart: PayPal\n", "Hallo,\n\nbitte klingeln."),
        ("Anmerkung: Hallo,\n\nbitte klingeln.\n\n2 x Tasse 5,00 EUR\n", "Hallo,\n\nbitte klingeln."),
    ],
)
def test_a_blank_line_is_no_end(text: str, expected: str) -> None:
    """A letter, and a sentence that is not finished, go on below it, down to what is something else."""
    assert (expected, None) == note(text)


@pytest.mark.parametrize(
    "below",
    [
        "Mit freundlichen Grüßen\nIhr Laden",
        "Zahlungsart: PayPal",
        "Vielen Dank für Ihre Bestellung!",
        "AGB: Es gilt deutsches Recht.",
        "Diese E-Mail wurde automatisch erstellt.",
        "Alle Preise inklusive Mehrwertsteuer",
        "Tous les prix s'entendent TTC.",
        "Laden - Hauptstr. 1 - 12345 Ort - USt-IdNr. DE999999999",
        "www.laden.example",
        "Laden® Musterstadt",
        "Ihr Laden\nHauptstr. 1\n12345 Ort",
        "2 x Tasse 5,00 EUR",
        "Larkspur & Daughters",
        "Larkspur & Daughters\n\nwww.laden.example",
        "Telefon: 0171 999",
        "Ihre Artikel zur Kontrolle:\n\n2 x Tasse 5,00 EUR",
    ],
)
def test_what_is_not_the_customers(below: str) -> None:
    """Labels, closings, items, footers and the shop's address end the note without a doubt."""
    assert ("Bitte klingeln.", None) == note(f"Anmerkung: Bitte klingeln.\n\n{below}\n")


def test_what_nobody_can_tell() -> None:
    """Plain words below a finished sentence: the customer's, or the shop's; they are kept, and a person looks."""
    assert ("Bin ab 10 da.\n\nBitte klingeln!", UNSURE) == note("Anmerkung: Bin ab 10 da.\n\nBitte klingeln!\n")


def test_a_label_within_a_paragraph_of_words() -> None:
    """A phone number below 'Bitte klingeln!' is the customer's; the paragraph is no one's for sure."""
    text = "Anmerkung: Bin ab 10 da.\n\nBitte klingeln!\nTelefon: 0171 999\n"
    assert ("Bin ab 10 da.\n\nBitte klingeln!\nTelefon: 0171 999", UNSURE) == note(text)


def test_what_was_said_above_in_other_words() -> None:
    """A mail says its payment once: what says another below the note may be the customer's wish."""
    text = "Zahlungsart: PayPal\n\nAnmerkung:\nBitte klingeln.\n\nZahlungsart: Nachnahme wäre mir lieber\n"
    assert ("Bitte klingeln.", UNSURE) == note(text)
    assert ("Bitte klingeln.", None) == note(text.replace("Nachnahme wäre mir lieber", "PayPal"))


def test_a_cell_ends_its_note() -> None:
    """What stands below the table is the shop's."""
    html = "<table><tr><td>Anmerkung</td><td>Hallo,<br><br>bitte klingeln</td></tr></table><p>Schönen Tag noch</p>"
    found = find_notes(html_page(html))

    assert found is not None
    assert ("Hallo,\nbitte klingeln", None) == (found.text, found.doubt)


def test_more_lines_than_a_note_has() -> None:
    """What is cut is no silent loss."""
    text, doubt = note("Anmerkung:\n" + "Noch eine Zeile\n" * (MOST_LINES + 5))
    assert (MOST_LINES, UNSURE) == (len(text.split("\n")), doubt)


def test_two_notes() -> None:
    """A wish and the words for a card are both the customer's; what is said twice stands once."""
    text = "Anmerkung: Bitte einpacken.\nGeschenknachricht: Alles Gute!\n\nZahlungsart: PayPal\n"
    assert "Bitte einpacken.\nAlles Gute!" == note(text)[0]
    assert "Bitte einpacken." == note("Anmerkung: Bitte einpacken.\n\nKommentar: Bitte einpacken.\n")[0]

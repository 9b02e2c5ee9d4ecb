"""Item tables with labels down the side, or above their values."""

from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.upright import laid_down, with_parted_heads
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


def cells(text: str) -> list[list[str]]:
    """The cells of a text's rows once they were turned."""
    return [[cell.text for cell in row.cells] for row in laid_down(rows_of_text(text), KNOWN)]


def test_labels_down_the_side() -> None:
    """Each column is an item: the table is turned."""
    found = cells("Artikel | Becher | Teller\nMenge | 1 | 2\nPreis | 3,00 EUR | 4,00 EUR")

    assert [["Artikel", "Menge", "Preis"], ["Becher", "1", "3,00 EUR"], ["Teller", "2", "4,00 EUR"]] == found


def test_a_label_and_its_value_are_no_table_of_items() -> None:
    """With one column of values it is a list of labels, and without a label of an item it is something else."""
    for text in (
        "Artikel | Becher\nMenge | 1\nPreis | 3,00 EUR",
        "Becher | rot | 1\nTeller | blau | 2\nTopf | 9,00 | 3",
    ):
        assert cells(text) == [[cell.text for cell in row.cells] for row in rows_of_text(text)]


def test_a_label_on_a_line_above_its_value() -> None:
    """In a paragraph of pairs each label joins its value; one label may be unknown."""
    assert [["Artikel: Becher"], ["Menge: 2"], ["Glanz: matt"], ["Preis: 3,00 EUR"]] == cells(
        "Artikel\nBecher\nMenge\n2\nGlanz\nmatt\nPreis\n3,00 EUR"
    )


def test_a_header_one_word_a_line_stays() -> None:
    """'Artikel', 'Menge', 'Preis', 'Gesamt' one below the other is a header, not labels with values."""
    text = "Artikel\nMenge\nEinzelpreis\nGesamtpreis\nBecher\n2"

    assert [[line] for line in text.split("\n")] == cells(text)


def header(text: str) -> list[str]:
    """The cells of a header."""
    row: Row = with_parted_heads(rows_of_text(text)[0], KNOWN)
    return [cell.text for cell in row.cells]


def test_a_narrow_gap_in_a_header() -> None:
    """Two labels with one blank between them are two columns; a label of two words is one."""
    assert ["Menge", "Artikel", "Einzelpreis", "Gesamtpreis"] == header("Menge Artikel   Einzelpreis   Gesamtpreis")
    assert ["Menge", "Preis netto", "Gesamtpreis"] == header("Menge   Preis netto   Gesamtpreis")


def table(*rows: str) -> list[str]:
    """The rows of an HTML table, whose cells are written with bars, once they were turned."""
    inner = "".join("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in row.split("|")) for row in rows)
    return [row.text for row in laid_down(rows_of_html(f"<table>{inner}</table>"), KNOWN)]


def test_two_addresses_beside_their_labels() -> None:
    """An empty cell, two headings of addresses, and below labels with two values: one address, then the other."""
    rows = ["|Rechnung an|Lieferung an", "Nachname|Muster|Beispiel", "Ort|Bonn|Köln", "Telefon|030 555|"]

    expected = ["Rechnung an", "Nachname: Muster", "Ort: Bonn", "Telefon: 030 555", "Lieferung an",
                "Nachname: Beispiel", "Ort: Köln"]  # fmt: skip
    assert expected == table(*rows)


def test_a_line_without_a_label_beside_two_addresses() -> None:
    """What no label leads could be anything: the table stays."""
    rows = ["|Rechnung an|Lieferung an", "Nachname|Muster|Beispiel", "Bonn|Bonn|Köln", "Ort|Bonn|Köln"]

    assert "Nachname  Muster  Beispiel" == table(*rows)[1]


def test_labels_of_a_person_above_their_values() -> None:
    """A form's fields, as a mail program writes them into a text: each label joins its value."""
    assert ["Nom: Dubois", "Rue: 4 chemin des Crêtes", "Ville: Le Vaud"] == [
        row[0] for row in cells("Nom\nDubois\nRue\n4 chemin des Crêtes\nVille\nLe Vaud")
    ]
    assert ["Dubois", "Rue", "Meyer", "Lyon"] == [row[0] for row in cells("Dubois\nRue\nMeyer\nLyon")]


def test_several_labels_in_one_cell() -> None:
    """As many values in the next cell: each pair is a row; with fewer values nothing is guessed."""
    pairs = "<table><tr><td>Versandkosten<br>Gesamtsumme<td>4,50 €<br>67,50 €{}</table>"
    rows = laid_down(rows_of_html(pairs.format("")), KNOWN)

    assert [["Versandkosten", "4,50 €"], ["Gesamtsumme", "67,50 €"]] == [[c.text for c in row.cells] for row in rows]
    assert 1 == len(laid_down(rows_of_html(pairs.format("<br>inkl. MwSt.")), KNOWN))


def test_sums_beside_each_other() -> None:
    """Names of sums above their amounts: each pair is a row."""
    assert [["Warenwert", "51,00"], ["Versand", "5,00"], ["Gesamtbetrag (EUR)", "56,00"]] == cells(
        "Warenwert | Versand | Gesamtbetrag (EUR)\n51,00 | 5,00 | 56,00"
    )

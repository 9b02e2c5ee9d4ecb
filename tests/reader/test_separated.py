"""Lines whose fields semicolons part."""

from smtpd_billbee.reader.separated import separated
from smtpd_billbee.reader.text_sheet import rows_of_text

TABLE = ["Pos;Artikel;Menge;Preis", '1;Becher "blau";2;4,50', '2;"Teller; ""tief""";1;9,00']


def test_lines_with_as_many_fields_are_a_table() -> None:
    """Two lines or more with the same number of semicolons hold fields; quotes around a field go (RFC 4180, 2)."""
    found = separated(["Guten Tag;", *TABLE])

    assert {1: ("Pos", "Artikel", "Menge", "Preis"), 2: ("1", 'Becher "blau"', "2", "4,50")} == {
        at: found[at] for at in (1, 2)
    }


def test_a_semicolon_before_a_blank_parts_words() -> None:
    """'Becher; Farbe: blau; Menge: 2; Preis' is a line of labels, not of fields."""
    assert {} == separated(["Becher; blau; 2; 4,50", "Teller; rot; 1; 9,00"])


def test_a_sum_is_written_alike() -> None:
    """'Summe;13,50 EUR' beside a table has two fields; without a table a semicolon means nothing."""
    assert ("Summe", "13,50 EUR") == separated([*TABLE, "", "Summe;13,50 EUR"])[4]
    assert {} == separated(["Summe;13,50 EUR"])


def test_the_rows_of_a_separated_text_have_cells() -> None:
    """Each field is a cell of a table's row."""
    rows = rows_of_text("\n".join(TABLE[:2]))

    assert [["Pos", "Artikel", "Menge", "Preis"], ["1", 'Becher "blau"', "2", "4,50"]] == [
        [cell.text for cell in row.cells] for row in rows
    ]
    assert all(row.table for row in rows)

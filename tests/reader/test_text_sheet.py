"""Plain text as rows: paragraphs, gaps, tabs, bars, rules, ornaments."""

import pytest

from smtpd_billbee.reader import text_sheet
from smtpd_billbee.reader.text_sheet import clean, is_rule, rows_of_text, text_cells


def cells(line: str) -> list[str]:
    """The texts of a line's cells."""
    return [cell.text for cell in text_cells(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bestellnummer: 1042", ["Bestellnummer: 1042"]),
        ("Tasse blau   2   3,50 EUR", ["Tasse blau", "2", "3,50 EUR"]),
        ("Tasse\t2\t3,50 EUR", ["Tasse", "2", "3,50 EUR"]),
        ("Tasse\t\t3,50 EUR", ["Tasse", "", "3,50 EUR"]),
        ("Summe ........ 3,50 EUR", ["Summe", "3,50 EUR"]),
        ("Summe ____ 3,50 EUR", ["Summe", "3,50 EUR"]),
        ("| Tasse | 2 | 3,50 EUR |", ["Tasse", "2", "3,50 EUR"]),
        ("| Tasse | | 3,50 EUR |", ["Tasse", "", "3,50 EUR"]),
        ("Tasse │ 2 ｜ 3", ["Tasse", "2", "3"]),
        ("== Artikel ==", ["Artikel"]),
        ("--- Artikel ---", ["Artikel"]),
        ("## Artikel", ["Artikel"]),
        ("■ ご注文内容 ■", ["ご注文内容"]),
        ("- 2x Tasse", ["- 2x Tasse"]),
        ("---", ["---"]),
        ("1. Tasse", ["1. Tasse"]),
        ("", [""]),
    ],
)
def test_cells(line: str, expected: list[str]) -> None:
    """Wide gaps, tabs, bars and leaders part cells; an empty cell keeps its place; ornaments go."""
    assert expected == cells(line)


def test_a_decorated_line_is_a_heading() -> None:
    """'== Artikel ==' is a heading, a bullet is none."""
    assert text_cells("== Artikel ==")[0].head
    assert not text_cells("- Artikel")[0].head


def test_columns_know_where_they_stand() -> None:
    """A cell knows its letters, so that a value is found below its heading."""
    places = [(cell.start, cell.end) for cell in text_cells("Artikel    Menge")]

    assert [(0, 7), (11, 16)] == places


@pytest.mark.parametrize(
    "line", ["-----", "=====", "* * *", "+---+---+", "─────", "-=-=-", "~~~", "｜".join("ーーー")[0] * 3]
)
def test_rules(line: str) -> None:
    """A line of dashes only parts."""
    assert is_rule(line)


@pytest.mark.parametrize("line", ["--", "-", "- a -", "1-1-1", "(())"])
def test_no_rules(line: str) -> None:
    """A signature mark, letters and digits are none."""
    assert not is_rule(line)


def test_paragraphs_and_lines() -> None:
    """Blank lines and rules part paragraphs; each row knows its line, from 1."""
    rows = rows_of_text("a\nb\n\nc\n---\nd\r\ne")

    assert ["a", "b", "c", "d", "e"] == [row.text for row in rows]
    assert [1, 2, 4, 6, 7] == [row.number for row in rows]
    blocks = [row.block for row in rows]
    assert blocks[0] == blocks[1] < blocks[2] < blocks[3] == blocks[4]


def test_double_spaced_text() -> None:
    """Where every second line is blank, one blank line does not part paragraphs, two do."""
    rows = rows_of_text("\n\n".join("abcdefghij") + "\n\n\nk\n\nl")

    assert 1 == len({row.block for row in rows[:10]})
    assert rows[9].block < rows[10].block == rows[11].block


def test_fields_with_blank_lines_between_them() -> None:
    """Jimdo's system mails: 'Label: value' and a blank line, below paragraphs that are written densely."""
    fields = ["Artikel: Tasse", "Anzahl: 2", "Preis: 4,00 €", "Artikel: Teller", "Anzahl: 1", "Preis: 5,00 €"]
    rows = rows_of_text("Erika Muster\nLindenweg 7\n12345 Berlin\n\n" + "\n\n".join(fields) + "\n\n\nGruß\nIhr Team")

    blocks = [row.block for row in rows]
    assert blocks[2] < blocks[3] == blocks[8] < blocks[9]


def test_sentences_with_blank_lines_between_them() -> None:
    """Of lines that are no fields each is a paragraph."""
    rows = rows_of_text("a\nb\nc\nd\n\n" + "\n\n".join("efghijk") + "\n\nl\nm\nn\no")

    assert 7 == len({row.block for row in rows[4:11]})


def test_what_nobody_sees_goes() -> None:
    """Zero-width marks, soft hyphens and direction marks; no-break blanks become blanks, letters are composed."""
    assert "Bestell nummer ö" == clean("\ufeffBe\u00adstell\u00a0num\u200bmer\u202f\u202eo\u0308")


def test_emphasis_of_text() -> None:
    """'*Summe:*' is how programs write bold text; a star between numbers is none."""
    assert ["Summe: 5,00"] == [row.text for row in rows_of_text("*Summe:* 5,00")]
    assert ["2*3*4"] == [row.text for row in rows_of_text("2*3*4")]


def test_bars_make_tables() -> None:
    """Rows with bars that follow each other are one table; the text around it is none."""
    rows = rows_of_text("Artikel:\n| a | 1 |\n| b | 2 |\nEnde\n| c | 3 |")
    tables = [row.table for row in rows]

    assert 0 == tables[0] == tables[3]
    assert tables[1] == tables[2] != 0
    assert tables[4] not in (0, tables[1])


def test_indentation() -> None:
    """A row knows how far it is indented."""
    assert [0, 4] == [row.indent for row in rows_of_text("Tasse\n    Farbe: blau")]


def test_endless_text_is_cut() -> None:
    """No more lines and letters than a person would write are read."""
    assert len(rows_of_text("a\n" * 100_000)) <= 20_000
    assert len(rows_of_text("a" * 100_000)[0].text) <= 4_000


def test_tags_in_a_plain_text():
    """What a template left of its HTML is read as the lines that HTML shows, each with the line's number."""
    text = "Ship to:\n<address >\n<span class='name'>Jane Roe</span><br/>4 Mill &amp; Lane<br>Leeds\n</address>"
    expected = [("Ship to:", 1), ("Jane Roe", 3), ("4 Mill & Lane", 3), ("Leeds", 3)]

    assert expected == [(row.text, row.number) for row in rows_of_text(text)]


def test_angle_brackets_that_are_no_tags():
    """An e-mail address in angle brackets and a comparison stay as they are."""
    rows = rows_of_text("Jane Roe <jane@example.org>\n3 < 4 > 2")

    assert ["Jane Roe <jane@example.org>", "3 < 4 > 2"] == [row.text for row in rows]


def test_what_is_taken_out_is_found_at_once() -> None:
    """A text without a letter that does not print is not looked through again; the joiner alone prints."""
    printing = [chr(code) for code in text_sheet._CLEAN if chr(code).isprintable()]

    assert [text_sheet._JOINER] == printing


def test_one_filled_cell_between_bars() -> None:
    """'| blau |   |   |' goes on in the columns of the row above; '| Titel |' is a line with ornaments."""
    assert [("blau",), (), ()] == [cell.lines for cell in rows_of_text("| blau |    |    |")[0].cells]
    assert ["Titel"] == [cell.text for cell in rows_of_text("| Titel |")[0].cells]


def test_a_first_cell_that_is_empty() -> None:
    """In a table without a border a bar at the beginning of a line is one; with a border it is the border."""
    assert ["", "Tasse", "1"] == [cell.text for cell in rows_of_text("A-1 | Teller | 2\n | Tasse | 1")[1].cells]
    assert ["Tasse", "1"] == [cell.text for cell in rows_of_text("| A-1 | Teller | 2 |\n| Tasse | 1 |")[1].cells]


def test_a_gap_behind_a_currency() -> None:
    """'EUR     9,90' below 'EUR 1.234,50': the gap aligns the digits, and parts no columns."""
    assert ["Tasse", "EUR 9,90"] == [cell.text for cell in rows_of_text("Tasse    EUR     9,90")[0].cells]

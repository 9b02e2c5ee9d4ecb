"""HTML as rows: what a person sees, in reading order; layout tables are taken apart, tables of data are kept."""

import pytest

from smtpd_billbee.reader.html_sheet import rows_of_html


def texts(html: str) -> list[str]:
    """The rows as text."""
    return [row.text for row in rows_of_html(html)]


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>x</div>",
        "<span style='DISPLAY : NONE !important'>x</span>",
        "<div style='max-height:0;overflow:hidden'>x</div>",
        "<span style='font-size:0px'>x</span>",
        "<span style='visibility:hidden'>x</span>",
        "<span style='mso-hide:all'>x</span>",
        "<span style='opacity:0'>x</span>",
        "<p hidden>x</p>",
        "<script>x</script>",
        "<style>x</style>",
        "<!-- x -->",
        "<!--[if mso]><p>x</p><![endif]-->",
        "<title>x</title>",
        "<del>x</del>",
        "<s>x</s>",
        "<span style='text-decoration:line-through'>x</span>",
        "<select><option>x</option></select>",
    ],
)
def test_what_nobody_sees(hidden: str) -> None:
    """Preheaders, scripts, comments and struck-out prices are left out; what follows is read."""
    assert ["a b"] == texts(f"<p>a {hidden} b</p>") or ["a", "b"] == texts(f"<p>a {hidden} b</p>")


@pytest.mark.parametrize(
    "shown",
    ["max-height:0.5em", "font-size:10px", "opacity:0.9", "line-height:0", "display:block", "mso-line-height:0"],
)
def test_what_is_only_small(shown: str) -> None:
    """A style that only looks like hiding hides nothing."""
    assert ["x"] == texts(f"<div style='{shown}'>x</div>")


def test_lines_and_paragraphs() -> None:
    """<br> ends a line, two of them a paragraph, and so does <p>."""
    rows = rows_of_html("<p>a<br>b<br><br>c</p><p>d</p><div>e</div><div>f</div>")

    assert ["a", "b", "c", "d", "e", "f"] == [row.text for row in rows]
    blocks = [row.block for row in rows]
    assert blocks[0] == blocks[1] < blocks[2] < blocks[3] < blocks[4] == blocks[5]


def test_white_space() -> None:
    """Line ends of the source are blanks; in <pre> they are lines."""
    assert ["a b c"] == texts("<p>a\n   b\t<b> c</b></p>")
    assert ["a", "b"] == texts("<pre>a\nb</pre>")
    assert ["a b"] == texts("<p>a&nbsp;b</p>")


def test_headings_have_a_level() -> None:
    """<h2> is a heading of level 2, and stands out."""
    [row] = rows_of_html("<h2>Artikel</h2>")

    assert (2, True) == (row.level, row.head)


def test_emphasis() -> None:
    """How much in front is emphasised: '<b>Nummer:</b> 7' is a label before its value."""
    [row] = rows_of_html("<p><b>Nummer:</b> 7</p>")

    assert len("Nummer:") == row.cells[0].strong
    assert rows_of_html("<p><span style='font-weight:700'>Nummer</span></p>")[0].head
    assert 0 == rows_of_html("<p>7 <b>Nummer</b></p>")[0].cells[0].strong


def test_a_table_of_data() -> None:
    """Its rows keep their cells, with columns, empty ones and header cells."""
    rows = rows_of_html(
        "<table><thead><tr><th>Artikel<th>Menge<th>Preis</thead>"
        "<tr><td>Tasse<br>blau<td><td>3,50 €</tr><tr><td colspan=2>Summe<td>3,50 €</table>"
    )

    assert [["Artikel", "Menge", "Preis"], ["Tasse blau", "", "3,50 €"], ["Summe", "3,50 €"]] == [
        [cell.text for cell in row.cells] for row in rows
    ]
    assert rows[0].head
    assert ("Tasse", "blau") == rows[1].cells[0].lines
    assert (0, 2) == (rows[2].cells[0].start, rows[2].cells[0].end)
    assert 1 == len({row.table for row in rows})
    assert rows[0].table != 0


def test_a_foot_stands_last() -> None:
    """<tfoot> is shown below the rows, wherever it stands in the source."""
    html = "<table><tfoot><tr><td>Summe<td>1</tfoot><tbody><tr><td>Tasse<td>1</tbody></table>"

    assert ["Tasse  1", "Summe  1"] == texts(html)


def test_a_layout_table() -> None:
    """Tables around the page are taken apart; the table within is kept."""
    inner = "<table><tr><td>Tasse<td>2<tr><td>Teller<td>1</table>"
    rows = rows_of_html(f"<table><tr><td><p>Hallo</p>{inner}<p>Danke</p></table>")

    assert ["Hallo", "Tasse  2", "Teller  1", "Danke"] == [row.text for row in rows]
    assert [0, 0] == [rows[0].table, rows[3].table]
    assert rows[1].table == rows[2].table != 0


def test_a_definition_list() -> None:
    """Each term and its definition are the two cells of a row."""
    assert ["Nummer  7", "Datum  3.4.2025"] == texts("<dl><dt>Nummer<dd>7<dt>Datum<dd>3.4.2025</dl>")


def test_lists() -> None:
    """Each <li> is a line."""
    assert ["Tasse", "Teller"] == texts("<ul><li>Tasse<li>Teller</ul>")


@pytest.mark.parametrize("html", ["", "   ", "<!-- -->", "\x00", "<", "<html>", "<?xml?>", "<table><tr></table>"])
def test_nothing(html: str) -> None:
    """Nothing to see gives no row (and no exception)."""
    assert [] == [row for row in rows_of_html(html) if row.text.strip("<")]


def test_struck_out_in_a_cell() -> None:
    """The old price of an item is not shown as its price."""
    assert ["Tasse  3,00 €"] == texts("<table><tr><td>Tasse<td><del>4,00 €</del> 3,00 €<tr></table>")


@pytest.mark.parametrize("span", ["0", "-1", "x", "99999999", "²", "", " 2 "])
def test_strange_spans(span: str) -> None:
    """A column span that is no sensible number is one; never an exception."""
    assert ["a  b"] == texts(f"<table><tr><td colspan='{span}'>a<td>b</table>")


def test_a_page_that_declares_its_encoding() -> None:
    """'<?xml version=... encoding=...?>' before XHTML: lxml takes no such text by itself."""
    page = (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html><body><p>Gesamtsumme: 7,00 €</p></body></html>'
    )

    assert ["Gesamtsumme: 7,00 €"] == [row.text for row in rows_of_html(page)]


def test_letters_of_no_size_hold_others() -> None:
    """MJML gives cells a font size of 0 against gaps, and the words within their own; percents of it are 0."""
    cell = "<table><tr><td style='font-size:0px'>x<div style='font-size:{}'>Summe</div></td></tr></table><p>Ende</p>"
    assert ["Summe", "Ende"] == texts(cell.format("13px"))
    assert ["Ende"] == texts(cell.format("100%"))


def test_cells_without_a_row() -> None:
    """HTML, 13.2.6.4.9: cells that stand in a table outside of any row make one."""
    html = "<table><td>Tasse<td>2 €</td><tr><td>Teller<td>3 €</tr><tbody><td>Schale<td>4 €</tbody></table>"

    assert ["Tasse  2 €", "Teller  3 €", "Schale  4 €"] == texts(html)


def test_a_line_whose_elements_are_the_cells() -> None:
    """Four elements or more with nothing but blanks between them, one of them an amount: a row of cells."""
    row = rows_of_html("<p><b>2x</b> <span>Becher</span> <code>B-17</code> <span>3,50 EUR</span></p>")[0]
    words = rows_of_html("<p><b>Bitte</b> <i>nicht</i> <b>vor</b> <i>Montag</i></p>")[0]

    assert ["2x", "Becher", "B-17", "3,50 EUR"] == [cell.text for cell in row.cells]
    assert ["Bitte nicht vor Montag"] == [cell.text for cell in words.cells]


def test_fonts_that_are_never_closed() -> None:
    """A browser closes them with the cell: the next cell is none within the first."""
    html = "<table><tr><td><font>Becher<td><font>3,50<tr><td><font>Teller<td><font>4,00</table>"

    assert [["Becher", "3,50"], ["Teller", "4,00"]] == [[cell.text for cell in row.cells] for row in rows_of_html(html)]


def test_the_columns_of_a_page() -> None:
    """A cell with a heading and several paragraphs below it is a column of the page, whatever stands beside it."""
    column = "<h3>Artikel</h3><p>Becher<br>rot<br>3,50</p><p>Teller<br>blau<br>4,00</p>"
    html = f"<table><tr><td>{column}</td><td><p>Nummer<br>17</p></td></tr></table>"

    assert ["Artikel", "Becher", "rot", "3,50", "Teller", "blau", "4,00", "Nummer", "17"] == texts(html)


def test_raised_cents() -> None:
    """'19<sup>00</sup>' are nineteen, and no nineteen hundred; what else is raised stays where it is."""
    assert ["19,00 €", "5 m2", "Tasse 12"] == texts(
        "<p>19<sup>00</sup> €</p><p>5 m<sup>2</sup></p><p>Tasse <sup>12</sup></p>"
    )

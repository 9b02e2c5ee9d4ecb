"""Rows of cells: what a row's text is, and when it stands out."""

from smtpd_billbee.reader.sheet import Cell, Row, one


def test_the_text_of_a_row() -> None:
    """Empty cells leave no trace, lines of a cell are joined by a blank, cells by a gap."""
    row = Row((Cell(("Tasse", "blau")), Cell(()), Cell(("2",))), 1, 1)

    assert "Tasse blau  2" == row.text
    assert 2 == len(row.filled)
    assert "" == Row((Cell(()),), 1, 1).text


def test_a_row_stands_out() -> None:
    """A heading, header cells, or a line that is emphasised from its beginning to its end."""
    assert Row((Cell(("Artikel",)),), 1, 1, level=2).head
    assert Row((Cell(("Artikel",), head=True), Cell(()), Cell(("Menge",), head=True)), 1, 1).head
    assert Row((Cell(("Artikel",), strong=7),), 1, 1).head
    assert not Row((Cell(("Artikel: 2",), strong=7),), 1, 1).head
    assert not Row((Cell(("Artikel",), head=True), Cell(("Menge",))), 1, 1).head
    assert not Row((Cell(()),), 1, 1).head


def test_a_part_of_a_row() -> None:
    """A row made from a part keeps its line, and belongs to no table."""
    made = one(Row((Cell(("a",)), Cell(("b",))), 7, 3, table=2), "b", head=True)

    assert ("b", 7, 3, 0, True) == (made.text, made.number, made.block, made.table, made.head)
    assert 9 == one(made, "c", block=9).block

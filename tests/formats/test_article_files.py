"""Article files: columns by name, complaints by line."""

from decimal import Decimal

import pytest

from smtpd_billbee.formats.article_files import MAX_BYTES, ArticleFile, Complaint, Wrong, read_article_file
from smtpd_billbee.formats.export_files import csv_file, xlsx_file
from smtpd_billbee.model.article import ArticleFields

HEAD = ("Preis", "Artikel-Nr.", "EAN", "Lager", "Titel")
TABLE = (HEAD, [(Decimal("12.90"), "A-1", "4006381333931", 7, "Tasse")])
CUP = ArticleFields("A-1", "Tasse", "4006381333931", Decimal("12.90"))


@pytest.mark.parametrize("content", [csv_file(*TABLE, True), csv_file(*TABLE, False), xlsx_file(*TABLE, "Artikel")])
def test_columns_by_name(content: bytes) -> None:
    """In any order, among others, as CSV of either kind or as a workbook."""
    file = read_article_file(content)

    assert [CUP] == [row.fields for row in file.rows]
    assert (2, {"price", "sku", "ean", "title"}, ()) == (file.rows[0].line, set(file.rows[0].has), file.complaints)


def test_complaints_name_line_and_column() -> None:
    """Each wrong line is told, the others are read."""
    lines = ["SKU;Titel;EAN;Preis", "A-1;Tasse;;", ";Ohne;;", "B;x;123;", "C;x;;1.234", "", "a-1;Noch;;", "D;;;7"]
    file = read_article_file("\n".join(lines).encode())

    assert ["A-1", "D"] == [row.fields.sku for row in file.rows]
    assert [
        Complaint(3, Wrong.NO_SKU, "sku"),
        Complaint(4, Wrong.NO_EAN, "ean", "123"),
        Complaint(5, Wrong.NO_PRICE, "price", "1.234"),
        Complaint(7, Wrong.TWICE, "sku", "2"),
    ] == list(file.complaints)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.NO_HEADER),
        (b"SKU\nA-1", Wrong.NO_HEADER),
        (b"number;quantity\n1;2", Wrong.NO_HEADER),
        (b"PK\x03\x04broken", Wrong.NO_TABLE),
        (b"\x00\x01\x02", Wrong.NO_TABLE),
        (b"x" * (MAX_BYTES + 1), Wrong.TOO_LARGE),
    ],
    ids=["empty", "one column", "other columns", "broken", "bytes", "large"],
)
def test_no_article_file(content: bytes, wrong: Wrong) -> None:
    """It says why, and has no rows."""
    assert ArticleFile((), (Complaint(None, wrong),)) == read_article_file(content)


def test_our_own_export_comes_back() -> None:
    """A SKU that looks like a formula is the same after a round trip."""
    file = read_article_file(csv_file(("SKU", "Title"), [("=A1", "@home")], False))

    assert [ArticleFields("=A1", "@home")] == [row.fields for row in file.rows]

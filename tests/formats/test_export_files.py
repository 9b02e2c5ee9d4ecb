"""Tables as files: what customers wrote stays text, numbers stay numbers."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from smtpd_billbee.formats.export_files import csv_file, harmless, xlsx_file

FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text(text: str) -> None:
    """CWE-1236: an apostrophe stands before it, in both sorts of file, in the head as well."""
    assert f"'{text}" == harmless(text)
    (head, row) = csv.reader(io.StringIO(csv_file([text], [[text]], False).decode("utf-8-sig"), newline=""))
    assert ([f"'{text}"], [f"'{text}"]) == (head, row)
    sheet = load_workbook(io.BytesIO(xlsx_file([text], [[text]], "x"))).active
    assert sheet is not None
    assert {"s"} == {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert all(str(cell.value).startswith("'") for row in sheet.iter_rows() for cell in row)


def test_numbers() -> None:
    """Ours may be negative; a comma as decimal sign goes with semicolons."""
    row = ["Müller; Söhne", Decimal("-5.50"), 3, None]

    assert b'\xef\xbb\xbfa;b;c;d\r\n"M\xc3\xbcller; S\xc3\xb6hne";-5,50;3;\r\n' == csv_file(list("abcd"), [row], True)
    assert b"\xef\xbb\xbfa,b,c,d\r\nM\xc3\xbcller; S\xc3\xb6hne,-5.50,3,\r\n" == csv_file(list("abcd"), [row], False)
    sheet = load_workbook(io.BytesIO(xlsx_file(list("abcd"), [row], "Bestellungen: [neu]"))).active
    assert sheet is not None
    assert ["Müller; Söhne", -5.5, 3, None] == [cell.value for cell in list(sheet.iter_rows())[1]]


def test_what_excel_cannot_hold() -> None:
    """Control characters and endless texts."""
    sheet = load_workbook(io.BytesIO(xlsx_file(["a"], [["b\x00\x1bc"], ["x" * 40_000]], "x"))).active
    assert sheet is not None
    values = [str(row[0].value) for row in sheet.iter_rows()]

    assert ("b\ufffd\ufffdc", 32_767) == (values[1], len(values[2]))

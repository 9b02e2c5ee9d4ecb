"""A mail as rows: each field of the order is marked where the reader says that it stood."""

from pathlib import Path

import pytest

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader import read
from smtpd_billbee.work.mail_rows import LONGEST_ROW, MOST_ROWS, mail_sheet
from tests.making import MAIL

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("s_*-de-*.eml"))


@pytest.mark.parametrize("file", MAILS, ids=lambda it: it.stem)
def test_every_field_is_marked(file: Path) -> None:
    """Whatever the reader read from text or HTML is found again, in a row that holds its words."""
    raw = file.read_bytes()
    provenance = read(raw).provenance
    sheet = mail_sheet(raw, provenance)
    marked = {path for part in sheet.parts for row in part.rows for path in row.fields}

    assert set() == set(provenance) - marked - set(sheet.subject.fields) - set(sheet.elsewhere)


def test_the_row_is_the_right_one() -> None:
    """The line counts in the part's text; the words stand there."""
    sheet = mail_sheet(MAIL, {"number": Origin(Part.TEXT, "1042", "Bestellnummer", 1)})

    assert ("Neue Bestellung 1042", ()) == (sheet.subject.text, sheet.subject.fields)
    assert [("Bestellnummer: 1042", ("number",))] == [(row.text, row.fields) for row in sheet.parts[0].rows]


def test_a_mail_that_nothing_was_read_from() -> None:
    """It is shown without marks; a field from its subject is marked there."""
    sheet = mail_sheet(MAIL, {"number": Origin(Part.SUBJECT, "1042"), "site": Origin(Part.JSON_LD, "x")})

    assert (("number",), ("site",)) == (sheet.subject.fields, sheet.elsewhere)
    assert [()] == [row.fields for part in sheet.parts for row in part.rows]


@pytest.mark.parametrize("raw", [b"", b"\0\xff" * 50, b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 2000])
def test_any_bytes(raw: bytes) -> None:
    """Whatever came, there is something to show, or nothing."""
    assert mail_sheet(raw, {"total": Origin(Part.HTML, "1", None, 10**9)}).elsewhere == ()


def test_a_huge_mail() -> None:
    """As much as a person can look at."""
    raw = b"Subject: x\r\n\r\n" + b"y" * 3000 + b"\r\n" + b"z\r\n" * 10_000
    (part,) = mail_sheet(raw, {}).parts

    assert (MOST_ROWS, LONGEST_ROW) == (len(part.rows), len(part.rows[0].text))

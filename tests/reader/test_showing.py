"""The lines of a mail beside its reading."""

from pathlib import Path

import pytest

from smtpd_billbee.model.reading import Part
from smtpd_billbee.reader import read, shown

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
ATTACHED = b"""\
X-Sample: synthetic
Subject: Fwd
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Bitte lesen.
--b
Content-Type: message/rfc822

Subject: Neue Bestellung
Content-Type: text/plain

Bestellnummer: 77
Anzahl  Artikel     Einzelpreis  Gesamtpreis
1       Tasse Blau  14,90 EUR    14,90 EUR
Gesamtsumme: 14,90 EUR
--b--
"""


@pytest.mark.parametrize("file", MAILS[::6], ids=lambda file: file.stem)
def test_every_value_has_its_line(file: Path) -> None:
    """The reading is the reader's own, and where it says a line, that line is there."""
    raw = file.read_bytes()
    found = shown(raw)
    there = {(line.part, line.number) for line in found.lines}
    wanted = {(origin.part, origin.line) for origin in found.reading.provenance.values() if origin.line}

    assert read(raw) == found.reading
    assert set() == wanted - there


def test_of_a_mail_in_a_mail() -> None:
    """The lines are those of the mail that was read, not of the one around it."""
    found = shown(ATTACHED)

    assert (Part.TEXT, 1, "Bestellnummer: 77") in [(line.part, line.number, line.text) for line in found.lines]
    assert "Bitte lesen." not in [line.text for line in found.lines]


def test_any_bytes() -> None:
    """Noise gives lines or none, never an exception."""
    assert shown(bytes(range(256)) * 50).reading.order is None
    assert () == shown(b"").lines

"""For which mails somebody waits, at a glance."""

import pytest

from smtpd_billbee.formats.hurried import somebody_waits
from tests.pace import LINEAR, growth


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("From: x\r\nSubject: Bitte bestätigen Sie Ihre E-Mail-Adresse", True),
        ("subject: =?utf-8?q?Aktivieren_Sie_die_E-Mail-Adresse?=", True),
        ("Subject: Please\r\n confirm your email address", True),
        ("From: Google <forwarding-noreply@google.com>\r\nSubject: x", True),
        ("Subject: (#123456789) Gmail Forwarding Confirmation", True),
        ("Subject: Ihre Bestellbestätigung", False),
        ("Subject: Order confirmation", False),
        ("Subject: Neue Bestellung 7", False),
        ("X: 1\r\n\r\nSubject: Bitte aktivieren Sie", False),
        ("", False),
    ],
)
def test_somebody_waits(head: str, expected: bool) -> None:
    """Mails that ask to confirm an address or a forwarding; a confirmed order is none, nor is a text that says so."""
    assert expected is somebody_waits(f"{head}\r\nX-Sample: synthetic\r\n\r\nBestellung\r\n".encode())


@pytest.mark.parametrize(
    "unit", [b"subject:", b"Subject: \n ", b"from:", b"From: forwarding-", b"\n", b" "], ids=range(6)
)
def test_pace(unit: bytes) -> None:
    """Only the first headers are looked at, once."""
    assert growth(lambda size: somebody_waits(unit * (size // len(unit))), 16_000) < LINEAR

"""What the copy of a mail says that has not become an order."""

import pytest

from smtpd_billbee.formats.quarantine import quarantine_header, quarantine_line
from smtpd_billbee.work import trust

REASONS = (
    trust.NOTHING, trust.STRANGER, trust.NOT_KNOWN, trust.OTHER_SHOP, trust.NO_SECRET, trust.WRONG_SECRET,
)  # fmt: skip


@pytest.mark.parametrize("why", REASONS)
def test_each_reason_in_both_languages(why: str) -> None:
    """The English one holds the reason as it is, the German one has words of its own for it."""
    german = quarantine_line(why, "de")

    assert why in quarantine_line(why)
    assert "keine Bestellung geworden" in german
    assert "etwas unklar" not in german


def test_a_header_of_one_line() -> None:
    """Whatever a reason holds begins no header of its own."""
    assert b"X-Smtpd-Billbee-Import: no; a  Bcc: x?\r\n" == quarantine_header("a\r\nBcc: xä")
    assert "\n" not in quarantine_line("a\nb")

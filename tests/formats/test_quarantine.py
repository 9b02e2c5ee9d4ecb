"""What the copy of a mail says that has not become an order."""

import pytest

from smtpd_billbee.formats.quarantine import quarantine_header, quarantine_line
from smtpd_billbee.work import holding, trust

# Every sentence of the two that judge, but those that leave a mark on an order and hold no mail back.
NO_REASONS = (trust.NOT_TITLED, trust.NOT_SENT_ON, holding.MARKED, holding.REPLAYED)
REASONS = [
    text.format(mail=7)
    for module in (trust, holding)
    for name, text in vars(module).items()
    if name.isupper() and not name.startswith("_") and isinstance(text, str) and text not in NO_REASONS
]


@pytest.mark.parametrize("why", REASONS)
def test_each_reason_in_both_languages(why: str) -> None:
    """The English one holds the reason as it is, the German one has words of its own for it."""
    german = quarantine_line(why, "de")

    assert why in quarantine_line(why)
    assert "keine Bestellung geworden" in german
    assert "etwas unklar" not in german


def test_the_reasons_are_found() -> None:
    """A new sentence is asked for its German by itself."""
    assert {trust.NOTHING, trust.OTHER_SITE, holding.CHANGED, holding.SAME_ID.format(mail=7)} <= set(REASONS)


def test_a_header_of_one_line() -> None:
    """Whatever a reason holds begins no header of its own."""
    assert b"X-Smtpd-Billbee-Import: no; a  Bcc: x?\r\n" == quarantine_header("a\r\nBcc: xä")
    assert "\n" not in quarantine_line("a\nb")

"""How many servers a mail has passed."""

import pytest

from smtpd_billbee.formats.hops import hops

BEHIND = b"\r\n\r\nReceived: from the text\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", 0),
        (b"Subject: x" + BEHIND, 0),
        (b"Received: a\r\nSubject: x\r\nRECEIVED: b\r\n by c" + BEHIND, 2),
        (b"Received: a\nreceived:b\nX-Received: c\n\nReceived: d\n", 2),
        (b"Received: a", 1),
        (b"Subject: x\r\n Received: folded\r\n" + BEHIND, 0),
        (b"Received: a\r\n" * 51 + BEHIND, 51),
    ],
)
def test_hops(raw: bytes, expected: int) -> None:
    """Each Received in the head counts, whatever its case; none of the text does."""
    assert expected == hops(raw)

"""What DNS says of us."""

import pytest

from smtpd_billbee.auth.own_keys import new_key, record_strings
from smtpd_billbee.auth.published import Published, answers, published
from tests.dns_server import DROP, SERVFAIL, Zone, serving

KEY = new_key("mail.example", "s1")
RECORD = " ".join(f'"{each}"' for each in record_strings(KEY.record))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({KEY.name: {"TXT": [RECORD]}}, Published.YES),
        ({KEY.name: {"TXT": ['"v=spf1 -all"', RECORD.replace("v=DKIM1; ", 'v=DKIM1;  " "')]}}, Published.YES),
        ({KEY.name: {"TXT": ['"v=DKIM1; k=rsa; p=AAAA"']}}, Published.DIFFERENT),
        ({KEY.name: {"TXT": ['"v=spf1 -all"']}}, Published.NOT_THERE),
        ({}, Published.NOT_THERE),
        ({KEY.name: SERVFAIL}, Published.UNKNOWN),
        ({KEY.name: DROP}, Published.UNKNOWN),
    ],
)
def test_our_record(zone: Zone, expected: Published) -> None:
    """RFC 6376 3.6.2.2: however it is spaced; another text beside it is no record, and silence says nothing."""
    with serving(zone) as server:
        assert expected == published(KEY, [("127.0.0.1", server.port)], 0.5)


@pytest.mark.parametrize(
    ("zone", "expected"), [({"a.example": {"TXT": ["x"]}}, True), ({}, True), ({"a.example": SERVFAIL}, False)]
)
def test_anybody_there(zone: Zone, expected: bool) -> None:
    """That a domain does not exist is an answer, too; a failure of the name server is none."""
    with serving(zone) as server:
        assert expected == answers("a.example", [("127.0.0.1", server.port)], 0.5)

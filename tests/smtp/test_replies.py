"""What strangers read."""

import re

import pytest

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.replies import Reply

REPLIES = {name: reply for name, reply in vars(replies).items() if isinstance(reply, Reply)}


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_shape(name: str) -> None:
    """RFC 2034 4: a code and an enhanced code of the same class (354 has none); ASCII in one line."""
    reply = REPLIES[name]

    assert re.fullmatch(r"354 [ -~]+|([245])\d\d \1\.\d{1,3}\.\d{1,3} [ -~]+", reply)


def test_fixed_codes() -> None:
    """The codes that others rely on."""
    expected = {
        "UNKNOWN_SHOP": "550 5.1.1",
        "FOREIGN_DOMAIN": "550 5.7.1",
        "OUR_FAULT": "451 4.3.0",
        "TOO_BIG": "552 5.3.4",
        "TOO_MANY_RECIPIENTS": "452 4.5.3",
        "TOO_MANY_CONNECTIONS": "421 4.7.0",
        "STOPPING": "421 4.3.2",
    }

    assert expected == {name: REPLIES[name][:9] for name in expected}


def test_hello() -> None:
    """The answer to EHLO is one text of several lines; only the last has a space behind its code."""
    assert "250-mx.example\r\n250-PIPELINING\r\n250 CHUNKING" == replies.hello(
        "mx.example", extensions=["PIPELINING", "CHUNKING"]
    )

"""What one peer may take of us."""

from dataclasses import replace

import pytest

from smtpd_billbee.smtp.limits import Limits, Pace, Turnstile, network, overdue

LIMITS = Limits(idle=300, session=900, data_rate=500, data_patience=60, farewell=5)
FRESH = Pace(started=0, heard=0)


@pytest.mark.parametrize(
    ("pace", "now", "why"),
    [
        (FRESH, 300, None),
        (FRESH, 301, "idle"),
        (replace(FRESH, ours=True), 9999, None),  # it waits for us
        (replace(FRESH, heard=890), 901, "long"),  # a NOOP every few minutes
        (replace(FRESH, heard=890, octets=10_000), 901, None),  # it brings mail
        (replace(FRESH, heard=59, data_started=0), 60, None),
        (replace(FRESH, heard=61, data_started=0, data_octets=100), 62, "slow"),  # an octet now and then
        (replace(FRESH, heard=859, data_started=0, data_octets=500_000, octets=500_000), 860, None),  # slow, but steady
        (replace(FRESH, heard=100, leaving=100), 104, None),
        (replace(FRESH, heard=100, leaving=100), 106, "unread"),
    ],
)
def test_overdue(pace: Pace, now: float, why: str | None) -> None:
    """Idle, slow and endless sessions end; one that waits for us does not."""
    assert why == overdue(pace, LIMITS, now)


def test_networks() -> None:
    """An IPv4 address is one peer, also through an IPv6 socket; so is an IPv6 /64."""
    assert network("192.0.2.1") == network("::ffff:192.0.2.1")
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert b"" == network("")


def test_turnstile() -> None:
    """So many in all, so many of one peer; who leaves makes room."""
    turnstile = Turnstile(connections=3, per_peer=2)

    assert [True, True, False] == [turnstile.enter("192.0.2.1") for _ in range(3)]
    assert [True, False] == [turnstile.enter(ip) for ip in ("192.0.2.2", "192.0.2.3")]

    turnstile.leave("192.0.2.1")

    assert (2, True) == (turnstile.inside, turnstile.enter("192.0.2.3"))

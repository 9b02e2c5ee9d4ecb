"""Asking for one shop's number after the other is dull."""

import asyncio
from dataclasses import replace

import pytest

from smtpd_billbee.smtp import guesses
from smtpd_billbee.smtp.guesses import Guesses, is_near
from smtpd_billbee.smtp.limits import Limits
from tests.smtp.playing import SHOP, calling, open_door

LIMITS = Limits(unknown=3, unknown_within=600, unknown_pause=5)
STRANGER = "203.0.114.7"


def test_too_many_of_one_network() -> None:
    """After so many it has to come again later; another network does not, and time heals."""
    counted = Guesses(LIMITS)
    pauses = [counted.pause(STRANGER, 0) for _ in range(3)]

    assert [5, 5, 5] == pauses
    assert [True, False, True, False] == [
        counted.is_over(STRANGER, 1), counted.is_over("203.0.114.8", 1), counted.is_over(STRANGER, 600),
        counted.is_over(STRANGER, 601),
    ]  # fmt: skip
    assert (5, False) == (counted.pause(STRANGER, 601), counted.is_over(STRANGER, 602))


def test_a_network_is_one_peer() -> None:
    """A host that chooses its IPv6 address anew for each guess is the same one."""
    counted = Guesses(LIMITS)
    for number in range(3):
        counted.pause(f"2a00:1:2:3::{number}", 0)

    assert (True, False) == (counted.is_over("2a00:1:2:3:ffff::1", 1), counted.is_over("2a00:1:2:4::1", 1))


def test_our_own_relay_is_no_stranger() -> None:
    """A server in front of us hands in other people's guesses: nobody's order waits for them."""
    counted = Guesses(LIMITS)
    near = ("127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0")
    pauses = [counted.pause(ip, 0) for ip in near for _ in range(9)]

    assert {0.0} == set(pauses)
    assert [True] * 4 + [False] * 3 == [is_near(ip) for ip in (*near, STRANGER, "2a00::1", "")]
    assert not any(counted.is_over(ip, 1) for ip in near)


def test_not_more_than_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers cannot make this grow: the one heard of longest ago is forgotten."""
    monkeypatch.setattr(guesses, "MOST", 2)
    counted = Guesses(replace(LIMITS, unknown=1))
    for last in (1, 2, 3):
        counted.pause(f"203.0.114.{last}", 0)

    assert [False, True, True] == [counted.is_over(f"203.0.114.{last}", 1) for last in (1, 2, 3)]


async def test_at_the_door() -> None:
    """Each unknown address waits; after so many even a known one gets 4xx, which tells nothing and loses nothing."""
    limits = {"unknown": 2, "unknown_pause": 0.1, "unknown_from_near": True}
    loop = asyncio.get_running_loop()
    async with open_door(**limits) as opened, calling(opened) as peer:
        await peer.say(b"MAIL FROM:<a@b.example>\r\n")
        known = await peer.say(f"RCPT TO:<{SHOP}>\r\n".encode())
        begun = loop.time()
        unknown = [await peer.say(b"RCPT TO:<4711-jimdo-orderimport@inbound.example>\r\n") for _ in range(2)]
        took = loop.time() - begun
        after = await peer.say(f"RCPT TO:<{SHOP}>\r\n".encode())

    assert known.startswith("250")
    assert ["550", "550"] == [each[:3] for each in unknown]
    assert took > 0.19
    assert after.startswith("450 4.7.1")

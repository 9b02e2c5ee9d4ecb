"""What the door offers, how it says so, and how many it lets in."""

import asyncio
import logging
import resource
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.smtp.playing import Peer, calling, open_door
from tests.smtp.test_dialogs import shake_hands

ALWAYS = {"PIPELINING", "SIZE 1048576", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING"}


class Noting:
    """A transport that notes what is written."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.writes: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, octets: bytes) -> None:
        self.writes.append(octets)
        self.transport.write(octets)


async def offers(peer: Peer) -> set[str]:
    """The keywords of its answer to EHLO."""
    lines = (await peer.say(b"EHLO client.example\r\n")).splitlines()
    return {line[4:] for line in lines[1:]}


async def test_extensions() -> None:
    """STARTTLS where there is a certificate and no TLS yet; nothing that is not done: no AUTH, HELP, DSN, VRFY."""
    async with open_door(tls=True) as opened, calling(opened) as peer:
        before = await offers(peer)
        await peer.say(b"STARTTLS\r\n")
        await shake_hands(peer)
        after = await offers(peer)
    async with open_door() as opened, calling(opened) as peer:
        without = await offers(peer)

    assert [ALWAYS | {"STARTTLS"}, ALWAYS, ALWAYS] == [before, after, without]


async def test_an_answer_is_one_write() -> None:
    """Several writes are several segments, and the second may wait for the first one's acknowledgement (RFC 896)."""
    async with open_door() as opened, calling(opened, hello=False) as peer:
        greeting = await peer.hear()
        (session,) = opened.door._sessions
        session._way = way = Noting(session._way)
        await peer.say(b"EHLO client.example\r\n")
        await peer.send(b"NOOP\r\nNOOP\r\n")
        await peer.hear()
        await peer.hear()
        writes = list(way.writes)

    assert "220 mx.example ESMTP\r\n" == greeting  # no name of a program, no version
    assert [True, b"250 2.0.0 OK\r\n" * 2] == [writes[0].count(b"\r\n") == 7, writes[1]]
    assert 2 == len(writes)


async def test_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A door that took the last descriptor could not even say 421: it lets in fewer than the process may have."""
    monkeypatch.setattr(resource, "getrlimit", lambda which: (66, 66))
    async with open_door() as opened, calling(opened) as first, calling(opened):
        async with calling(opened, hello=False) as third:
            refused = await third.hear_all()
        served = await first.say(b"NOOP\r\n")

    assert served.startswith("250")
    assert refused.startswith("421 4.7.0")


async def test_no_names_in_the_log() -> None:
    """aiosmtpd's own logger writes senders and recipients at INFO: it is kept quiet."""
    with capture_logs():
        async with open_door() as opened, calling(opened) as peer:
            await peer.name_recipient()

    assert logging.getLogger("mail.log").level >= logging.WARNING

"""A proxy in front of us tells for whom it speaks; nobody else may."""

import asyncio
import struct
from contextlib import suppress
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from smtpd_billbee.smtp.proxy import SIGNATURE, BadHeader, Header, Source, may_speak, read_header, unmapped
from tests.smtp.playing import Open, calling, open_door
from tests.smtp.test_server import MAIL, emptied

LINE = b"PROXY TCP4 192.0.2.25 198.51.100.7 4711 25\r\n"
SOURCE = Source("192.0.2.25", 4711)


def v2(command: int, family: int, rest: bytes, *, version: int = 2) -> bytes:
    return SIGNATURE + bytes([version << 4 | command, family]) + struct.pack("!H", len(rest)) + rest


INET = bytes([192, 0, 2, 25, 198, 51, 100, 7]) + struct.pack("!HH", 4711, 25)
INET6 = bytes.fromhex("20010db8") + bytes(11) + b"\x01" + bytes(16) + struct.pack("!HH", 4711, 25)
MAPPED = bytes.fromhex("00000000000000000000ffffc0000219") + bytes(16) + struct.pack("!HH", 4711, 25)
TLV = b"\x04\x00\x03abc"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (LINE, SOURCE),
        (b"PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\r\n", Source("2001:db8::1", 4711)),
        (b"PROXY UNKNOWN\r\n", None),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", None),
        (v2(1, 0x11, INET), SOURCE),
        (v2(1, 0x11, INET + TLV), SOURCE),
        (v2(1, 0x21, INET6), Source("2001:db8::1", 4711)),
        (v2(0, 0x00, b""), None),  # LOCAL: a health check
        (v2(0, 0x11, INET), None),
        (v2(1, 0x00, b"whatever"), None),  # AF_UNSPEC
    ],
)
def test_header(header: bytes, expected: Source | None) -> None:
    """Both versions; what stands behind the header is the peer's, to the octet, and no octet may be missing."""
    assert Header(expected, len(header)) == read_header(header + b"EHLO a\r\n")
    assert [None] * len(header) == [read_header(header[:length]) for length in range(len(header))]


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO a.example\r\n",
        b"PROXY TCP4 192.0.2.25 198.51.100.7 4711 25\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 4711 25\r\n",
        b"PROXY TCP4 192.0.2.256 198.51.100.7 4711 25\r\n",
        b"PROXY TCP4 192.0.2.25 198.51.100.7 70000 25\r\n",
        b"PROXY TCP4 192.0.2.25 198.51.100.7 4711\r\n",
        b"PROXY UNIX a b 1 2\r\n",
        b"PROXY UNKNOWN " + b"x" * 100 + b"\r\n",
        v2(1, 0x11, INET, version=1),
        v2(2, 0x11, INET),
        v2(1, 0x12, INET),  # datagrams
        v2(1, 0x31, bytes(216)),  # AF_UNIX
        v2(1, 0x11, INET[:-1]),
        v2(1, 0x11, bytes(5000)),
    ],
)
def test_no_header(header: bytes) -> None:
    """Anything else is none."""
    with pytest.raises(BadHeader):
        read_header(header)


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: SIGNATURE + rest))
def test_any_octets(octets: bytes) -> None:
    """Any octets are a header, none, or too few."""
    with suppress(BadHeader):
        header = read_header(octets)
        assert header is None or header.length <= len(octets)


@pytest.mark.parametrize(
    ("ip", "expected"),
    [("192.0.2.1", True), ("::ffff:192.0.2.1", True), ("192.0.3.1", False), ("2001:db8::1", True),
     ("fe80::1%eth0", False), ("", False)],
)  # fmt: skip
def test_may_speak(ip: str, expected: bool) -> None:
    """Addresses and networks; an IPv4 address also through an IPv6 socket."""
    assert expected is may_speak(ip, [ip_network("192.0.2.0/24"), ip_network("2001:db8::1")])


@pytest.mark.parametrize(
    ("ip", "expected"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"), ("192.0.2.1", "192.0.2.1"),
     ("2001:db8::1", "2001:db8::1"), ("::ffff:0:0:1", "::ffff:0:0:1"), ("::ffff:x", "::ffff:x"), ("", "")],
)  # fmt: skip
def test_unmapped(ip: str, expected: str) -> None:
    """RFC 4291 2.5.5.2: an IPv4 host that is seen through an IPv6 socket keeps its own address."""
    assert expected == unmapped(ip)


@pytest.mark.parametrize(
    "header", [LINE, v2(1, 0x11, INET), v2(1, 0x21, MAPPED)], ids=["version 1", "version 2", "version 2, mapped"]
)
async def test_the_real_peer(opened: Open, header: bytes) -> None:
    """What limits, log, session facts and Received see is the address that the proxy names; with all in one segment."""
    with capture_logs() as entries:
        async with calling(opened, hello=False, port=opened.proxied) as peer:
            await peer.send(header + b"EHLO client.example\r\n")
            assert (await peer.hear()).startswith("220 ")
            assert (await peer.hear()).startswith("250-")
            await peer.begin_data()
            assert (await peer.say(MAIL + b".\r\n")).startswith("250")
    (mail,) = opened.reception.mails

    assert ("192.0.2.25", 4711) == (mail.session.peer, mail.session.port)
    assert b"Received: from client.example ([192.0.2.25])" in mail.trace
    assert ["192.0.2.25"] == [entry["peer"] for entry in entries if entry["event"] == "accepted"]


async def test_limits_are_the_real_peers() -> None:
    """One peer behind the proxy that has enough connections does not take those of another."""
    other = LINE.replace(b"192.0.2.25", b"192.0.2.26")
    async with open_door(connections_per_peer=1) as opened:
        async with calling(opened, hello=False, port=opened.proxied) as first:
            greeted = [await first.say(LINE)]
            for header in (LINE, other):
                async with calling(opened, hello=False, port=opened.proxied) as peer:
                    greeted.append(await peer.say(header))
        await emptied(opened)
        async with calling(opened, hello=False, port=opened.proxied) as again:
            greeted.append(await again.say(LINE))

    assert ["220", "421", "220", "220"] == [greeting[:3] for greeting in greeted]


async def test_no_proxy_of_ours() -> None:
    """Anybody else is closed at once, whatever he says, and hears nothing."""
    async with open_door(proxies=("192.0.2.0/24",)) as opened:
        with capture_logs() as entries:
            async with calling(opened, hello=False, port=opened.proxied) as peer:
                try:
                    await peer.send(LINE)
                    heard = await peer.hear_all()
                except OSError:
                    heard = ""
        left = await emptied(opened)

    assert ("", True) == (heard, left)
    assert ["no proxy of ours"] == [entry["event"] for entry in entries if entry["log_level"] != "debug"]


@pytest.mark.parametrize("octets", [b"", b"PROXY", SIGNATURE], ids=["nothing", "a beginning", "another beginning"])
async def test_health_check(opened: Open, octets: bytes) -> None:
    """A proxy that only looks whether we are there, and goes, is no error, and no line in the log."""
    with capture_logs() as entries:
        async with calling(opened, hello=False, port=opened.proxied) as peer:
            await peer.send(octets)
        left = await emptied(opened)

    assert left
    assert [] == [entry for entry in entries if entry["log_level"] != "debug"]


async def test_without_header() -> None:
    """A proxy that sends none, or says nothing, is closed without a word; a peer of the other door needs none."""
    async with open_door(proxy_header=0.2) as opened:
        for octets in (b"EHLO client.example\r\n", b""):
            async with calling(opened, hello=False, port=opened.proxied) as peer:
                try:
                    await peer.send(octets)
                    heard = await peer.hear_all()
                except OSError:
                    heard = ""
                assert "" == heard
        async with calling(opened) as peer:
            assert (await peer.say(LINE)).startswith("500")


async def test_stop_while_it_waits() -> None:
    """A proxy that has said nothing yet does not hold up the end."""
    async with open_door() as opened, calling(opened, hello=False, port=opened.proxied):
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await opened.door.stop(5)

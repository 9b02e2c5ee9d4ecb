"""The two who play at the door in tests: a reception that keeps its mails in a list, and a peer that says octets."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.addresses import read_import_address
from smtpd_billbee.model.mail import Arrival, NotServed, Recipient
from smtpd_billbee.smtp.limits import Limits
from smtpd_billbee.smtp.server import Door, DoorSettings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHOP = "12345-jimdo-orderimport@inbound.example"
CERTIFICATES = Path(__file__).parent / "certificates"
SERVED, STORE_AWAY, FLAW = (12345, 23456), 777, 999


@dataclass
class InMemory:
    """Keeps mails for two shops; for the shop 777 the store is away, behind 999 there is a flaw of ours."""

    mails: list[Arrival] = field(default_factory=list)
    failure: Exception | None = None
    offered: asyncio.Event = field(default_factory=asyncio.Event)
    may_keep: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: the store is slow

    def __post_init__(self) -> None:
        self.may_keep.set()

    async def recipient(self, address: str) -> Recipient | NotServed:
        local, _, domain = address.lower().rpartition("@")
        if address.lower() == "postmaster" or local in ("postmaster", "abuse"):
            return Recipient(address)
        if domain != "inbound.example":
            return NotServed.FOREIGN_DOMAIN
        shop = read_import_address(address)
        match shop and shop.shop_id:
            case int(known) if known in SERVED:
                return Recipient(address, known, "jimdo")
            case 777:
                raise StoreAway
            case 999:
                raise ConnectionRefusedError("secret-host:5432")
        return NotServed.UNKNOWN_SHOP

    def known(self, address: str) -> Recipient | None:
        shop = read_import_address(address)
        if shop is None or shop.shop_id not in SERVED or shop.domain != "inbound.example":
            return None
        return Recipient(address, shop.shop_id, "jimdo")

    async def accept(self, arrival: Arrival) -> None:
        self.offered.set()
        await self.may_keep.wait()
        if self.failure is not None:
            raise self.failure
        self.mails.append(arrival)


@dataclass
class Open:
    """A door that is open, and who stands behind it."""

    door: Door
    reception: InMemory
    port: int
    proxied: int  # the port for proxies

    @property
    def contents(self) -> list[bytes]:
        return [mail.content for mail in self.reception.mails]


@asynccontextmanager
async def open_door(
    *,
    tls: bool = False,
    max_size: int = 1024 * 1024,
    state_dir: Path | None = None,
    proxies: Sequence[str] = ("127.0.0.1",),
    **limits: float,
) -> AsyncIterator[Open]:
    """A real door on port 0 of 127.0.0.1."""
    certificate = (CERTIFICATES / "mx.pem", CERTIFICATES / "mx.key") if tls else (None, None)
    networks = tuple(ip_network(text) for text in proxies)
    settings = DoorSettings(
        "mx.example", max_size, *certificate, Limits(**({"tick": 0.05} | limits)), state_dir, networks
    )
    reception = InMemory()
    door = Door(settings, reception, lambda: NOON)
    sock, proxied = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    await door.start([sock], [proxied])
    try:
        yield Open(door, reception, sock.getsockname()[1], proxied.getsockname()[1])
    finally:
        reception.may_keep.set()
        await door.stop(0.5)


class Peer:
    """A peer that says exactly the octets it is told to say."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, octets: bytes) -> None:
        if self.writer.is_closing():  # the door has closed: uvloop takes no words then, asyncio loses them
            return
        self.writer.write(octets)
        await self.writer.drain()

    async def say(self, octets: bytes) -> str:
        """Say it and hear the answer."""
        await self.send(octets)
        return await self.hear()

    async def hear(self) -> str:
        """One whole answer; '' if the door has closed."""
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 10)).decode("ascii")
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines)

    async def hear_all(self) -> str:
        """Everything until the door closes."""
        return (await asyncio.wait_for(self.reader.read(), 10)).decode("ascii")

    async def name_recipient(self, address: str = SHOP) -> str:
        await self.say(b"MAIL FROM:<shop@jimdo.example>\r\n")
        return await self.say(f"RCPT TO:<{address}>\r\n".encode())

    async def begin_data(self) -> None:
        """Everything up to the 354."""
        assert (await self.name_recipient()).startswith("250")
        assert (await self.say(b"DATA\r\n")).startswith("354")


@asynccontextmanager
async def calling(opened: Open, *, hello: bool = True, port: int = 0) -> AsyncIterator[Peer]:
    """A peer that is connected, and has said EHLO."""
    peer = Peer(*await asyncio.open_connection("127.0.0.1", port or opened.port, limit=8 * 1024 * 1024))
    try:
        if hello:
            await peer.hear()
            await peer.say(b"EHLO client.example\r\n")
        yield peer
    finally:
        peer.writer.close()
        with contextlib.suppress(OSError):
            await peer.writer.wait_closed()

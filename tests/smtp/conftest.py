"""A real door on port 0 of 127.0.0.1, with a reception that keeps its mails in a list."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.addresses import read_import_address
from smtpd_billbee.model.mail import Arrival, NotServed, Recipient
from smtpd_billbee.smtp.limits import Limits
from smtpd_billbee.smtp.server import Door, DoorSettings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = "12345-jimdo-orderimport@inbound.example"
CERTIFICATES = Path(__file__).parent / "certificates"


@dataclass
class InMemory:
    """A reception with the shop 12345, 777 when the store is away, and a flaw behind 999."""

    mails: list[Arrival] = field(default_factory=list)
    failure: Exception | None = None
    doorstep: asyncio.Event = field(default_factory=asyncio.Event)  # set: a mail was offered
    may_keep: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: the store is slow

    def __post_init__(self) -> None:
        self.may_keep.set()

    async def recipient(self, address: str) -> Recipient | NotServed:
        local, _, domain = address.rpartition("@")
        if local.lower() in ("", "postmaster", "abuse") and domain.lower() in ("postmaster", "inbound.example"):
            return Recipient(address)
        if domain.lower() != "inbound.example":
            return NotServed.FOREIGN_DOMAIN
        shop = read_import_address(address)
        if shop is None or shop.shop_id not in (12345, 23456, 777, 999):
            return NotServed.UNKNOWN_SHOP
        if shop.shop_id == 777:
            raise StoreAway
        if shop.shop_id == 999:
            raise ConnectionRefusedError("secret-host:5432")
        return Recipient(address, shop.shop_id, shop.channel)

    async def accept(self, arrival: Arrival) -> None:
        self.doorstep.set()
        await self.may_keep.wait()
        if self.failure is not None:
            raise self.failure
        self.mails.append(arrival)


@dataclass
class Open:
    """A door that is open, and the one who stands behind it."""

    door: Door
    reception: InMemory
    port: int

    @property
    def contents(self) -> list[bytes]:
        return [mail.content for mail in self.reception.mails]


OpenDoor = Callable[..., AbstractAsyncContextManager[Open]]


@asynccontextmanager
async def _open_door(*, tls: bool = False, max_size: int = 1024 * 1024, **limits: float) -> AsyncIterator[Open]:
    settings = DoorSettings(
        "mx.example",
        max_size,
        CERTIFICATES / "mx.pem" if tls else None,
        CERTIFICATES / "mx.key" if tls else None,
        Limits(**({"tick": 0.05} | limits)),
    )
    reception = InMemory()
    door = Door(settings, reception, lambda: NOON)
    sock = socket.create_server(("127.0.0.1", 0))
    await door.start([sock])
    try:
        yield Open(door, reception, sock.getsockname()[1])
    finally:
        reception.may_keep.set()
        await door.stop(1.0)


@pytest.fixture
def open_door() -> OpenDoor:
    """Opens doors with the limits that a test needs."""
    return _open_door


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """A door with ordinary limits, without TLS."""
    async with _open_door() as opened:
        yield opened


class Line:
    """A peer that says exactly the octets it is told to say."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, port: int, *, hello: bool = True) -> "Line":
        line = cls(*await asyncio.open_connection("127.0.0.1", port, limit=4 * 1024 * 1024))
        if hello:
            await line.answer()
            await line.say(b"EHLO client.example\r\n")
        return line

    async def send(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def say(self, octets: bytes) -> str:
        """Say it and hear the answer."""
        await self.send(octets)
        return await self.answer()

    async def answer(self) -> str:
        """One whole answer; '' if the door has closed."""
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 10)).decode("ascii")
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines)

    async def until_closed(self) -> str:
        return (await asyncio.wait_for(self.reader.read(), 10)).decode("ascii")

    async def begin_data(self, recipient: str = SHOP) -> None:
        await self.say(b"MAIL FROM:<a@b.example>\r\n")
        await self.say(f"RCPT TO:<{recipient}>\r\n".encode())
        assert (await self.say(b"DATA\r\n")).startswith("354")

    async def hang_up(self) -> None:
        self.writer.close()
        await asyncio.wait([asyncio.ensure_future(self.writer.wait_closed())])


@pytest.fixture
def dial() -> Callable[..., object]:
    return Line.dial

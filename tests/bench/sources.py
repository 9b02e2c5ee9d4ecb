"""Who sends: so many sessions at once, each mail a conversation of its own, on new or on reused connections."""

import asyncio
import itertools
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.bench.mails import RECIPIENT, SENDER, SIZE, order_mail

_numbers = itertools.count(1_000_000)  # every order mail of a run is another order


@dataclass(frozen=True, slots=True)
class Load:
    """How much is sent, and how."""

    messages: int
    sessions: int
    reuse: bool  # connections
    size: int = SIZE  # of a mail of smtp-source


class Source(Protocol):
    """Sends mails; `sends_orders` says whether they can be read as orders."""

    name: str
    sends_orders: bool

    def send(self, port: int, load: Load) -> float:
        """Send so many mails, each answered 250; the seconds it took."""
        ...


class SmtpSource:
    """Postfix's smtp-source: text without meaning, but every mail has its own Message-Id, so none is a duplicate."""

    name, sends_orders = "smtp-source", False

    @staticmethod
    def missing() -> str | None:
        """Why it cannot be used here."""
        return None if shutil.which("smtp-source") else "smtp-source is not installed (Debian: package postfix)"

    def send(self, port: int, load: Load) -> float:
        command = ["smtp-source", "-s", str(load.sessions), "-m", str(load.messages), "-l", str(load.size - 120)]
        command += ["-f", SENDER, "-t", RECIPIENT, *(["-d"] if load.reuse else []), f"inet:127.0.0.1:{port}"]
        start = time.perf_counter()
        subprocess.run(command, check=True)  # it ends with an error at the first answer that is not 2xx or 3xx
        return time.perf_counter() - start


class Sessions:
    """Sessions of our own, for mails that differ: every one is another order."""

    name, sends_orders = "order mails", True

    def send(self, port: int, load: Load) -> float:
        return self.send_to([port], load)

    def send_to(self, ports: Sequence[int], load: Load) -> float:
        """The same to several servers: each session has one of them."""
        mails = [order_mail(next(_numbers)) for _ in range(load.messages)]
        return asyncio.run(self._send(ports, load, iter(mails)))

    async def _send(self, ports: Sequence[int], load: Load, mails: Iterator[bytes]) -> float:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for port in itertools.islice(itertools.cycle(ports), load.sessions):
                tasks.create_task(_session(port, mails, load.reuse))
        return time.perf_counter() - start


async def _session(port: int, mails: Iterator[bytes], reuse: bool) -> None:
    while (first := next(mails, None)) is not None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _answer(reader, b"220")
        await _say(reader, writer, b"EHLO bench.example\r\n", b"250")
        for mail in itertools.chain([first], mails if reuse else ()):
            await _mail(reader, writer, mail)
        await _say(reader, writer, b"QUIT\r\n", b"221")
        writer.close()
        await writer.wait_closed()


async def _mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mail: bytes) -> None:
    """One mail; nothing in it begins with a dot, so nothing needs stuffing."""
    await _say(reader, writer, f"MAIL FROM:<{SENDER}>\r\n".encode(), b"250")
    await _say(reader, writer, f"RCPT TO:<{RECIPIENT}>\r\n".encode(), b"250")
    await _say(reader, writer, b"DATA\r\n", b"354")
    await _say(reader, writer, mail + b".\r\n", b"250")


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes, expected: bytes) -> None:
    writer.write(line)
    await _answer(reader, expected)


async def _answer(reader: asyncio.StreamReader, expected: bytes) -> None:
    while True:
        line = await reader.readline()
        if not line.startswith(expected):
            raise RuntimeError(f"expected {expected.decode()}, got {line!r}")
        if line[3:4] == b" ":
            return

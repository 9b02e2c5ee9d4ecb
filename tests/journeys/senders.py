"""Who brings mails: smtplib, swaks, smtp-source, and a peer that says exactly what it is told to say."""

import asyncio
import re
import shutil
import smtplib
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.journeys.running import ADDRESS, SENDER

Send = Callable[[int, Path, Path], None]


def by_smtplib(port: int, mail: Path, _folder: Path) -> None:
    """Python's own client."""
    send(port, wire(mail))


def by_swaks(port: int, mail: Path, _folder: Path) -> None:
    """The Swiss army knife for SMTP."""
    program = _installed("swaks")
    command = [program, "--server", "127.0.0.1", "--port", str(port), "--from", SENDER, "--to", ADDRESS]
    subprocess.run([*command, "--data", f"@{mail}"], check=True, capture_output=True, timeout=30)


def by_smtp_source(port: int, mail: Path, folder: Path) -> None:
    """Postfix's load generator; -F sends a file as it is, a CRLF behind each line."""
    program = _installed("smtp-source")
    file = folder / "for-smtp-source"
    file.write_bytes(mail.read_bytes().replace(b"\r\n", b"\n"))
    command = [program, "-F", str(file), "-f", SENDER, "-t", ADDRESS, f"inet:127.0.0.1:{port}"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def _installed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def wire(mail: Path) -> bytes:
    """A mail's file with the line ends of SMTP."""
    return re.sub(rb"\r?\n", b"\r\n", mail.read_bytes())


def send(port: int, content: bytes) -> None:
    """Bring one mail that must be accepted."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail(SENDER, [ADDRESS], content)


class Peer:
    """A connection on which everything can be said; `say` hears one whole answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def say(self, octets: bytes) -> str:
        await self.send(octets)
        return await self.hear()

    async def hear(self) -> str:
        """One whole answer; '' if the door has closed."""
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 60)).decode("ascii")
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines)

    async def begin(self, parameters: str = "", sender: str = SENDER) -> str:
        """Up to the answer to DATA, or to MAIL if it was refused."""
        answer = await self.say(f"MAIL FROM:<{sender}>{parameters}\r\n".encode())
        if not answer.startswith("250"):
            return answer
        await self.say(f"RCPT TO:<{ADDRESS}>\r\n".encode())
        return await self.say(b"DATA\r\n")

    async def bring(self, content: bytes, sender: str = SENDER) -> str:
        """A whole mail on this connection; the answer to its dot."""
        answer = await self.begin(sender=sender)
        return await self.say(stuffed(content)) if answer.startswith("354") else answer


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Peer]:
    """A peer that has said EHLO."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    peer = Peer(reader, writer)
    try:
        await peer.hear()
        await peer.say(b"EHLO client.example\r\n")
        yield peer
    finally:
        writer.close()


def stuffed(content: bytes) -> bytes:
    """RFC 5321 4.5.2; a bare LF begins no line."""
    body = content if content.endswith(b"\r\n") or not content else content + b"\r\n"
    return (b"." if body.startswith(b".") else b"") + body.replace(b"\r\n.", b"\r\n..") + b".\r\n"

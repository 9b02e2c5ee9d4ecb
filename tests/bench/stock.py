"""aiosmtpd as it comes, with the smallest handler: it throws each mail away, or commits it to SQLite by itself.

As a program: `python -m tests.bench.stock PORT [FILE]`.
"""

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.bench.peers import free_port, greets, wait_until
from tests.bench.simple import opened

SCHEMA = "PRAGMA journal_mode = WAL; CREATE TABLE mails (id INTEGER PRIMARY KEY, sender, recipient, content BLOB);"
LARGEST = 64 * 1024 * 1024


class Stock:
    """Such a program as a process of its own."""

    def __init__(self, folder: Path, *, keeps: bool) -> None:
        self.name = f"aiosmtpd ({'SQLite, a commit for each mail' if keeps else 'discards'})"
        self.port = free_port()
        self._file = [str(folder / "stock.sqlite3")] if keeps else []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises CannotStart."""
        words = [sys.executable, "-m", "tests.bench.stock", str(self.port), *self._file]
        self._process = subprocess.Popen(words)
        wait_until(lambda: greets(self.port), 30, "the start of aiosmtpd")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def is_idle(self) -> bool:
        return True


class _Discards:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK"


class _Keeps:
    """Each mail is as durable as ours before its 250, in a transaction of its own."""

    def __init__(self, file: str) -> None:
        self._connection = opened(file)
        self._connection.executescript(SCHEMA)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        row = (envelope.mail_from, envelope.rcpt_tos[0], envelope.content)
        with self._connection:
            self._connection.execute("INSERT INTO mails (sender, recipient, content) VALUES (?, ?, ?)", row)
        return "250 OK"


async def _serve(port: int, file: str | None) -> None:
    handler = _Keeps(file) if file else _Discards()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="bench.example", data_size_limit=LARGEST), "127.0.0.1", port
    )
    loop.add_signal_handler(signal.SIGTERM, server.close)
    with suppress(asyncio.CancelledError):
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))

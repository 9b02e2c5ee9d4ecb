"""What an engineer would otherwise put together: Postfix that hands each order mail to a small program of his own.

One is a script that Postfix starts for every mail (pipe(8)); the other a program on aiosmtpd that takes them by LMTP
and commits many at once.  Both read with email and lxml, know this one layout, and write an order with its items into
SQLite.
"""

import asyncio
import os
import pwd
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.bench.peers import MAIN_CF, MASTER_CF, CannotStart, Postfix, free_port, greets, wait_until
from tests.bench.simple import BUSY, SCHEMA, Row, keep, opened, read_simply

HOUSE = Path(__file__).parents[2]


class _Rival(Postfix):
    """A Postfix of our own whose mails become rows."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "rows" / "orders.sqlite3"

    def start(self) -> None:
        """Raises CannotStart."""
        if os.geteuid() == 0:
            _check_reachable()
            self.file.parent.mkdir(parents=True)
            with closing(sqlite3.connect(self.file)) as connection:
                connection.executescript(SCHEMA)
            nobody = pwd.getpwnam("nobody")
            for each in (self.file.parent, *self.file.parent.iterdir()):
                os.chown(each, nobody.pw_uid, nobody.pw_gid)
        super().start()

    def done(self) -> int:
        """How many orders are rows."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=BUSY)) as connection:
            count: int = connection.execute("SELECT count(*) FROM orders").fetchone()[0]
            return count


def _check_reachable() -> None:
    """Postfix starts its programs as another user, who may not come through to this Python."""
    words = [sys.executable, "-c", "import aiosmtpd, lxml, tests.bench.rivals"]
    try:
        subprocess.run(words, user="nobody", cwd=HOUSE, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise CannotStart(f"the user nobody cannot use {sys.executable} and this folder") from None


class PostfixPipe(_Rival):
    """A script for every mail, two at a time: one for each core."""

    name = "Postfix, pipe(8) to a script"

    def configuration(self) -> tuple[str, str]:
        """main.cf and master.cf."""
        words = f"{sys.executable} -m tests.bench.simple {self.file}"
        found = [f"{name}={os.environ[name]}" for name in ("LD_LIBRARY_PATH",) if name in os.environ]
        environment = " ".join([f"PYTHONPATH={HOUSE}", *found])  # Postfix passes on none of ours
        pipe = f"orders unix - n n - 2 pipe\n  flags=q user=nobody argv=/usr/bin/env {environment} {words}\n"
        return MAIN_CF.replace("= discard", "= orders"), MASTER_CF + pipe


class PostfixLmtp(_Rival):
    """A program that runs, and takes them by LMTP."""

    name = "Postfix, LMTP to aiosmtpd with lxml"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lmtp = free_port()
        self._program: subprocess.Popen[bytes] | None = None

    def configuration(self) -> tuple[str, str]:
        """main.cf and master.cf."""
        main = MAIN_CF.replace("= discard", f"= lmtp:inet:127.0.0.1:{self._lmtp}")
        return main, MASTER_CF + "lmtp unix - - n - - lmtp\n"

    def start(self) -> None:
        """Raises CannotStart."""
        super().start()
        words = [sys.executable, "-m", "tests.bench.rivals", str(self.file), str(self._lmtp)]
        self._program = subprocess.Popen(words, cwd=HOUSE)
        wait_until(lambda: greets(self._lmtp), 30, "the start of the LMTP program")

    def stop(self) -> None:
        """End both."""
        super().stop()
        if self._program is not None:
            self._program.terminate()
            self._program.wait()


class _Taker:
    """Reads each mail before it answers; those that wait share a commit."""

    def __init__(self, file: str) -> None:
        self._connection = opened(file)
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._bell = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One mail."""
        assert isinstance(envelope.content, bytes)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((read_simply(envelope.content), done))
        self._bell.set()
        await done
        return "250 OK"

    async def write(self) -> None:
        """Commit what waits, for ever."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            group, self._waiting = self._waiting, []
            keep(self._connection, [row for row, _ in group])
            for _, done in group:
                done.set_result(None)


async def _lmtp(file: str, port: int) -> None:
    taker = _Taker(file)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LMTP(taker, hostname="bench.example"), "127.0.0.1", port)
    loop.add_signal_handler(signal.SIGTERM, server.close)
    writing = loop.create_task(taker.write())
    with suppress(asyncio.CancelledError):
        await server.serve_forever()
    writing.cancel()


if __name__ == "__main__":
    asyncio.run(_lmtp(sys.argv[1], int(sys.argv[2])))

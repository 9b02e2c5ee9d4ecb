"""The real command `smtpd-billbee serve` in a process of its own, on a fresh state folder and free ports."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from smtpd_billbee.store.store import FILE
from tests.sink import Sink
from tests.starting import OWN_NURSERY, Process, run, start

T = TypeVar("T")

ADDRESS = "12345-jimdo-orderimport@inbound.example"
SENDER = "no-reply@jimdo.example"
OWNER = "owner@example.org"
START_SECONDS = 30.0
DATABASE = ""  # the setting of servers that name no other; each journey is made on both
SCHEMA: Path | None = None  # the empty SQLite store that they begin with; without it they make one
WITHOUT_WINDOW = (
    "--only",
    "door,reading,relaying",
)  # its pages take a second to load, and no journey of mails needs them

_CONFIG = """\
state_dir = "{folder}/var"
database = "{database}"

[smtp]
listen = ["127.0.0.1:0"]
domains = ["inbound.example"]
hostname = "mx.inbound.example"
{smtp}

[relay]
host = "127.0.0.1"
port = {relay}
sender_domain = "bounce.example"
wrap = "{wrap}"
wait_for_reading = {wait}
{relaying}

[dns]
{dns}

[web]
listen = "127.0.0.1:0"

[reader]
{reader}

[[accounts]]
email = "{owner}"

[[accounts.shops]]
id = 12345
name = "Teeladen"
trust = "{trust}"
{shop}
"""

_SERVING = re.compile(rb"event=serving .*door=127\.0\.0\.1:(\d+)")


class Server:
    """One state folder, its config, and the process that serves it; further lines of config by their section."""

    def __init__(self, folder: Path, relay: int, database: str | None = None, **lines: str) -> None:
        self.folder = folder
        self.port = 0
        self.own_nursery = (
            False  # whether its children are its own down to the last: where it is killed, that is the test
        )
        self._config = ("--config", str(folder / "config.toml"))
        self.program = [sys.executable, "-m", "smtpd_billbee", *self._config]
        self._log = folder / "log"
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | Process | None = None
        texts = {
            "smtp": "",
            "relaying": "",
            "reader": "",
            "shop": "",
            "trust": "everybody",
            "wrap": "never",
            "wait": "1",
            "dns": "timeout = 0.2",
        } | lines
        database = DATABASE if database is None else database
        config = _CONFIG.format(folder=folder, database=database, relay=relay, owner=OWNER, **texts)
        (folder / "config.toml").write_text(config)
        file = folder / "var" / FILE
        if SCHEMA and not database and not file.exists():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copy(SCHEMA, file)

    @property
    def process(self) -> subprocess.Popen[bytes] | Process:
        assert self._process is not None
        return self._process

    async def start(self, *words: str, under: tuple[str, ...] = ()) -> None:
        """Start it and wait until it serves; `under` are the words of a program that starts it."""
        await self.launch(*words, under=under)
        await self.serves()

    async def launch(self, *words: str, under: tuple[str, ...] = ()) -> None:
        """Start it, and no more."""
        self._log_start = len(self.log())
        words = words if "--only" in words else (*words, *WITHOUT_WINDOW)
        with self._log.open("ab") as log:
            if under:
                command = [*under, *self.program, "serve", *words]
                self._process = await asyncio.to_thread(
                    subprocess.Popen, command, stdout=log, stderr=log, env=_environment()
                )
            else:
                words = (*self._config, "serve", *words)
                environment = _environment() | ({OWN_NURSERY: "1"} if self.own_nursery else {})
                self._process = await asyncio.to_thread(start, words, self.folder, environment, stdout=log, stderr=log)

    async def serves(self) -> None:
        """Until it says where it listens."""
        end = time.monotonic() + START_SECONDS
        while not (serving := _SERVING.search(self.log(self._log_start))):
            assert self.process.poll() is None, self.log(self._log_start)
            assert time.monotonic() < end, "it does not start"
            await asyncio.sleep(0.02)
        self.port = int(serving[1])

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, 60)

    async def kill(self) -> list[psutil.Process]:
        """SIGKILL, to the server alone; the children that it had."""
        children: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        return children

    def end(self) -> None:
        """Whatever it does, it is over."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def log(self, start: int = 0) -> bytes:
        """What it has logged."""
        return self._log.read_bytes()[start:] if self._log.exists() else b""

    async def command(self, *words: str) -> str:
        """What another command on the same folder prints; it must end with status 0."""
        done = await asyncio.to_thread(run, [*self._config, *words], self.folder, _environment())
        assert 0 == done.returncode, done.stderr
        return done.stdout

    async def json(self, *words: str) -> Any:
        """The document that it prints with --json."""
        return json.loads(await self.command(*words, "--json"))

    async def raw(self, mail_id: int) -> bytes:
        """`mail raw`: the bytes as they are kept."""
        with tempfile.TemporaryFile() as out:
            words = [*self._config, "mail", "raw", str(mail_id)]
            process = await asyncio.to_thread(start, words, self.folder, _environment(), stdout=out, stderr=out)
            status = await asyncio.to_thread(process.wait, 60)
            out.seek(0)
            printed = out.read()
        assert 0 == status, printed
        return printed


def _environment() -> dict[str, str]:
    """Ours, without settings that would win over the config."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMTPD_BILLBEE")}


@asynccontextmanager
async def serving(
    folder: Path, *words: str, sink: Sink | None = None, database: str | None = None, **lines: str
) -> AsyncIterator[tuple[Server, Sink]]:
    """A server that serves, and the smarthost that takes its copies."""
    async with sink or Sink() as smarthost:
        server = Server(folder, smarthost.port, database, **lines)
        try:
            await server.start(*words)
            yield server, smarthost
        finally:
            server.end()


async def soon(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    """The first answer that is not empty or false; the last one if there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer or time.monotonic() > end:
            return answer
        await asyncio.sleep(0.05)

"""Who is measured: `smtpd-billbee serve` as a process of its own, and a Postfix of our own beside it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol


class CannotStart(Exception):
    """This peer is not measured, and why."""


class Peer(Protocol):
    """A mail server on 127.0.0.1."""

    name: str
    port: int

    def start(self) -> None:
        """Raises CannotStart."""
        ...

    def stop(self) -> None: ...

    def is_idle(self) -> bool:
        """Whether everything that it took is done with."""
        ...


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Look often; raises CannotStart when it takes too long."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise CannotStart(f"{what} took more than {seconds:.0f} s")
        time.sleep(0.01)


def greets(port: int) -> bool:
    """Whether an SMTP server says hello there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.settimeout(5)
        return connection.recv(3) == b"220"
    return False


_CONFIG = """\
state_dir = "{folder}/var"
database = "{database}"

[smtp]
listen = ["127.0.0.1:{port}"]
domains = ["inbound.example"]
hostname = "mx.inbound.example"
{more}

[relay]
host = "127.0.0.1"
port = {relay}

[dns]
timeout = 0.2

[web]
listen = "127.0.0.1:{web}"

[[accounts]]
email = "owner@example.org"

[[accounts.shops]]
id = 12345
name = "Teeladen"
trust = "everybody"
"""


class Billbee:
    """`smtpd-billbee serve`, with every role or only some; copies go to `relay`.

    It is on a fresh SQLite file, and can be asked for what it did; or on a PostgreSQL `database`, which can be asked.
    """

    def __init__(self, folder: Path, relay: int, only: str = "", more: str = "", database: str = "") -> None:
        self.name = f"smtpd_billbee ({only or 'all roles'})"
        self.port = free_port()
        self.does_everything = not only
        self._folder, self._relay, self._only = folder, relay, only
        self._settings = {"more": more, "database": database}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def file(self) -> Path:
        """The database."""
        return self._folder / "var" / "smtpd-billbee.sqlite3"

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        config = self._folder / "config.toml"
        values = {"folder": self._folder, "port": self.port, "relay": self._relay, "web": free_port()}
        config.write_text(_CONFIG.format(**values, **self._settings))
        program = [sys.executable, "-m", "smtpd_billbee", "--config", str(config), "serve"]
        only = ["--only", self._only] if self._only else []
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen([*program, *only], stdout=log, stderr=log)
        wait_until(lambda: greets(self.port) or self._is_over(), 30, "the start of smtpd-billbee")
        if self._is_over():
            last = (self._folder / "log").read_text().strip().splitlines()[-1:]
            raise CannotStart("smtpd-billbee serve ended: " + "".join(last)[:200])

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self._process.kill()
            self._process.wait()

    def is_idle(self) -> bool:
        # With some roles only, nobody reads or relays what the door took.
        return bool(self._only) or (self.has_read() and self.has_sent())

    def has_read(self) -> bool:
        """Whether no mail waits to be filed or read."""
        waiting = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL"
        return 0 == self._count(f"SELECT (SELECT count(*) FROM arrivals) + ({waiting})")

    def has_sent(self) -> bool:
        """Whether no copy waits to be sent."""
        return 0 == self._count("SELECT count(*) FROM jobs WHERE next_at IS NOT NULL")

    def mails(self) -> int:
        """How many mails are kept, filed or not."""
        return self._count("SELECT (SELECT count(*) FROM arrivals) + (SELECT count(*) FROM mails)")

    def orders(self) -> int:
        """How many orders there are."""
        return self._count("SELECT count(*) FROM orders")

    def copies(self) -> int:
        """How many copies were delivered."""
        return self._count("SELECT count(*) FROM jobs WHERE state = 'sent'")

    def _count(self, query: str) -> int:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)) as connection:
            count: int = connection.execute(query).fetchone()[0]
            return count

    def _is_over(self) -> bool:
        return self._process is not None and self._process.poll() is not None


MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example
mydestination =
alias_maps =
local_recipient_maps =
default_transport = discard
relay_transport = discard
in_flow_delay = 0
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
mynetworks = 127.0.0.0/8
"""

# service type private unpriv chroot wakeup maxproc command; Debian's defaults without chroot
MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A Postfix with its own folders and port that takes every mail, queues it durably, and throws it away."""

    name = "Postfix (discard)"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder

    def configuration(self) -> tuple[str, str]:
        """main.cf and master.cf, with places for folder and port."""
        return MAIN_CF, MASTER_CF

    def start(self) -> None:
        if not shutil.which("postfix"):
            raise CannotStart("Postfix is not installed")
        if os.geteuid() != 0:
            raise CannotStart("Postfix can be started by root only")
        for name in ("queue", "data"):
            (self._folder / name).mkdir(parents=True)
        shutil.chown(self._folder / "data", "postfix")
        main, master = self.configuration()
        (self._folder / "main.cf").write_text(main.format(folder=self._folder))
        (self._folder / "master.cf").write_text(master.format(port=self.port))
        self._postfix("start")
        wait_until(lambda: greets(self.port), 30, "the start of Postfix")

    def stop(self) -> None:
        if (self._folder / "main.cf").exists():
            self._postfix("stop")

    def is_idle(self) -> bool:
        queues = [self._folder / "queue" / name for name in ("incoming", "active", "deferred", "maildrop")]
        return not any(file.is_file() for queue in queues for file in queue.rglob("*"))

    def _postfix(self, command: str) -> None:
        done = subprocess.run(["postfix", "-c", str(self._folder), command], capture_output=True, text=True)
        if done.returncode and command == "start":
            raise CannotStart(f"Postfix does not start: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")


class Basin:
    """Where the copies go: Postfix's smtp-sink, which costs next to nothing; else a program of our own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises CannotStart."""
        if shutil.which("smtp-sink"):
            user = ["-u", "nobody"] if os.geteuid() == 0 else []
            command = ["smtp-sink", *user, f"inet:127.0.0.1:{self.port}", "100"]
        else:
            print("smtp-sink is not installed (Debian: package postfix): a slower program of ours takes the copies")
            command = [sys.executable, "-m", "tests.bench.basin", str(self.port)]
        self._process = subprocess.Popen(command)
        wait_until(lambda: greets(self.port), 10, "the start of what takes the copies")

    def stop(self) -> None:
        """End it, if it ever began."""
        if self._process:
            self._process.terminate()
            self._process.wait()

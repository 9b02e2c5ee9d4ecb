"""The real command as a process of its own, in a folder with its config.toml.

done = run(folder, "order", "list")
with serving(folder) as server:
    smtplib.SMTP("127.0.0.1", server.port)
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import starting
from tests.starting import Process

HOUSE = Path(__file__).parents[1]
PATIENCE = 60.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def write_config(folder: Path, port: int = 0, relay: int = 1, more: str = "") -> Path:
    """A config.toml with one shop: the door on `port` (0: any), the smarthost on `relay` (1: nobody is there)."""
    file = folder / "config.toml"
    file.write_text(
        f"""{more}
[smtp]
listen = ["127.0.0.1:{port}"]
domains = ["inbound.example"]
[dns]
timeout = 0.2
[web]
listen = "127.0.0.1:0"
[relay]
host = "127.0.0.1"
port = {relay}
wait_for_reading = 1
[[accounts]]
email = "owner@example.org"
[[accounts.shops]]
id = 12345
name = "Teeladen"
trust = "everybody"
"""
    )
    return file


def command(*words: str) -> list[str]:
    """The words of a command line that uses config.toml of the folder it runs in."""
    return [sys.executable, "-m", "smtpd_billbee", "--config", "config.toml", *words]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings, so that only config.toml counts."""
    ours = ("SMTPD_BILLBEE", "LISTEN_", "NOTIFY_SOCKET")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(HOUSE)} | dict(more or {})


def run(
    folder: Path, *words: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return starting.run(["--config", "config.toml", *words], folder, environment(more), stdin, PATIENCE)


def document(folder: Path, *words: str) -> Any:
    """What a command prints with --json; it must end with status 0."""
    done = run(folder, *words, "--json")
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True, slots=True)
class Server:
    """A `serve` that is up."""

    process: subprocess.Popen[bytes] | Process
    log: Path
    port: int

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def wait_for_log(self, words: str) -> None:
        """Until these words stand in the log."""
        wait_until(lambda: words in self.log.read_text(), f"the log to say {words!r}")


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Look again and again; raises after a minute."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


@contextmanager
def serving(
    folder: Path, *options: str, launcher: Sequence[str] = (), more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """`serve` in this folder, up; it is ended with the block.  `launcher` stands before the command."""
    file = folder / f"log-{time.monotonic_ns()}"
    process: subprocess.Popen[bytes] | Process
    with file.open("wb") as log:
        if launcher:
            process = subprocess.Popen(
                [*launcher, *command("serve", *options)], cwd=folder, env=environment(more), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, close_fds=False,
            )  # fmt: skip
        else:
            words = ["--config", "config.toml", "serve", *options]
            process = starting.start(words, folder, environment(more), stdout=log, stderr=log)
    try:
        yield Server(process, file, _port(process, file))
    finally:
        process.kill()
        process.wait()


def _port(process: subprocess.Popen[bytes] | Process, log: Path) -> int:
    """Where the door is, as the log says when everything is up; 0 without a door."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text().splitlines():
            if " event=serving " in line:
                door = next(word for word in line.split() if word.startswith("door="))
                return int(door.rpartition(":")[2] or 0) if ":" in door else 0
        time.sleep(0.05)
    raise AssertionError(f"serve did not start: {log.read_text()}")

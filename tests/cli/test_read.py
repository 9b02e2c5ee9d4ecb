"""`read` needs no server: whatever the file is, there is one answer for it."""

import json
import os
from pathlib import Path

from tests.cli.conftest import Command
from tests.making import MAIL


def test_any_bytes_have_an_answer(command: Command, tmp_path: Path) -> None:
    """Nothing, rubbish and a mail: a line of JSON each, in their order, and status 0 whatever the outcome."""
    contents = {"empty.eml": b"", "rubbish.eml": bytes(range(256)) * 40, "mail.eml": MAIL}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    files = [str(tmp_path / name) for name in contents]
    done = command("read", *files, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert (0, "") == (done.returncode, done.stderr)
    assert files == [line["file"] for line in lines]
    assert 0 == command("read", *files).returncode


def test_no_server_is_touched(command: Command, tmp_path: Path) -> None:
    """Reading makes no database and needs no settings."""
    command.config.unlink()
    (tmp_path / "mail.eml").write_bytes(MAIL)
    done = command("read", str(tmp_path / "mail.eml"), "--json")

    assert 0 == done.returncode, done.stderr
    assert ["mail.eml"] == [file.name for file in tmp_path.iterdir()]


def test_what_cannot_be_opened(command: Command, tmp_path: Path) -> None:
    """A folder or a missing file: a sentence each and status 2, and the others are read all the same."""
    (tmp_path / "mail.eml").write_bytes(MAIL)
    done = command("read", str(tmp_path), str(tmp_path / "mail.eml"), str(tmp_path / "none.eml"), "--json")

    assert 2 == done.returncode
    assert 1 == done.stdout.count("\n")
    assert 2 == done.stderr.count(": cannot be opened: ")


def test_a_name_that_is_no_text(command: Command, tmp_path: Path) -> None:
    """A file name is bytes to Linux; the line stays JSON."""
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.eml")
    Path(name).write_bytes(MAIL)
    done = command("read", name, "--json")

    assert 0 == done.returncode, done.stderr
    assert name == json.loads(done.stdout)["file"]


def test_json_is_utf_8(command: Command, tmp_path: Path) -> None:
    """Whatever the locale says (RFC 8259, 8.1)."""
    file = tmp_path / "Straße 😀.eml"
    file.write_bytes(MAIL)
    done = command("read", str(file), "--json", environment={"PYTHONIOENCODING": "latin-1"})

    assert str(file) == json.loads(done.stdout)["file"]


def test_no_file(command: Command) -> None:
    """Without a file there is nothing to do: that is wrong usage."""
    assert 2 == command("read", "--json").returncode

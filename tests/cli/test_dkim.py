"""`dkim`: a key for our own mails, kept for our eyes only, never replaced by mistake."""

import json
import os
import stat
from pathlib import Path

import pytest

from smtpd_billbee.errors import ConfigError, Refused
from smtpd_billbee.work.signing import create_key, key_in
from tests.serving import run, write_config


def test_create_and_show(tmp_path: Path) -> None:
    """The key lies in the state folder, mode 0600, and its record is shown for DNS; it is not replaced by mistake."""
    write_config(tmp_path)
    made = json.loads(run(tmp_path, "dkim", "create", "--selector", "S2", "--domain", "mail.example", "--json").stdout)
    (file,) = tmp_path.rglob("dkim.key")
    kept = file.read_text()
    again = run(tmp_path, "dkim", "create")
    shown = run(tmp_path, "dkim", "show").stdout

    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert ("s2._domainkey.mail.example", "TXT") == (made["name"], made["type"])
    assert (made["value"], 255) == ("".join(made["strings"]), len(made["strings"][0]))
    assert (1, kept) == (again.returncode, file.read_text())
    assert "--force" in again.stderr
    assert f"the value\n\n  {made['value']}\n" in shown
    assert "s2._domainkey.mail.example. IN TXT ( " in shown
    assert "PRIVATE" not in shown


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file for somebody else")
def test_made_by_root(tmp_path: Path) -> None:
    """The server that is another user must be able to read it: the key is his whose folder it lies in."""
    state = tmp_path / "var"
    state.mkdir(mode=0o700)
    os.chown(state, 65534, 65534)
    create_key(str(state), "mail.example", "s1", force=False)
    made = (state / "dkim.key").stat()

    assert (65534, 65534, 0o600) == (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode))


@pytest.mark.parametrize("words", [("--selector", "a b"), ("--domain", "bücher.example"), ("--domain", "a..example")])
def test_names(tmp_path: Path, words: tuple[str, str]) -> None:
    """What DNS cannot have is refused, and no key is made."""
    write_config(tmp_path)
    done = run(tmp_path, "dkim", "create", *words)

    assert "xn--bcher-kva.example" in done.stderr
    assert (1, []) == (done.returncode, list(tmp_path.rglob("dkim.key")))


def test_force(tmp_path: Path) -> None:
    """A key is replaced only when that is said; there is none where none was made."""
    state = str(tmp_path)
    nothing = key_in(state)
    first = create_key(state, "mail.example", "s1", force=False)
    with pytest.raises(Refused):
        create_key(state, "mail.example", "s1", force=False)
    kept = key_in(state)
    second = create_key(state, "mail.example", "s1", force=True)

    assert (None, first, second) == (nothing, kept, key_in(state))
    assert first.record != second.record
    assert ["dkim.key"] == [each.name for each in tmp_path.iterdir()]


def test_a_broken_key(tmp_path: Path) -> None:
    """A key that cannot be used is no reason to go on unsigned: the server says which file, and what to do."""
    (tmp_path / "dkim.key").write_text("# domain: a.example\n# selector: s\nrubbish\n")

    with pytest.raises(ConfigError, match=r"dkim\.key: it holds no RSA key; make a new one with `dkim create --force`"):
        key_in(str(tmp_path))

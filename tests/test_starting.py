"""Commands that are started from a loaded process do what they do when Python is started for them."""

import subprocess
from pathlib import Path

import pytest

from tests.serving import command, environment
from tests.starting import run, start


@pytest.mark.parametrize(
    "words", [("config", "example"), ("order", "list"), ("nothing",), ("config", "check"), ("read", "--json", "-")]
)
def test_the_same(words: tuple[str, ...], tmp_path: Path) -> None:
    """Output, complaints, status: the same either way."""
    (tmp_path / "config.toml").write_text('state_dir = "var"\n')
    by_hand = command(*words)
    plain = subprocess.run(by_hand, cwd=tmp_path, env=environment(), input=b"", capture_output=True, check=False)
    forked = run(["--config", "config.toml", *words], tmp_path, environment())

    assert (plain.returncode, plain.stdout.decode()) == (forked.returncode, forked.stdout)
    assert plain.stderr.decode().replace("python -m smtpd_billbee", "smtpd-billbee") == forked.stderr


def test_killed(tmp_path: Path) -> None:
    """A signal ends it, and is told as its end."""
    (tmp_path / "config.toml").write_text('[smtp]\nlisten = ["127.0.0.1:0"]\n[web]\nlisten = "127.0.0.1:0"\n')
    process = start(["--config", "config.toml", "serve", "--only", "door"], tmp_path, environment())

    assert process.poll() is None
    process.kill()
    assert -9 == process.wait(20)

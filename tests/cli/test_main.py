"""The command itself: what holds for each of its words."""

import stat
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.cli.conftest import Command
from tests.journeys.orders import order_mail

ROOT = Path(__file__).parents[2]


def test_what_it_makes_is_nobody_elses(command: Command, tmp_path: Path) -> None:
    """Folders and files hold mails and keys: whatever the shell's umask, only their user reads them."""
    start = [sys.executable, "-m", "smtpd_billbee", "--config", str(command.config)]
    for words in (["account", "add", "owner@example.org"], ["anonymise", "-", "--output", str(tmp_path / "new.eml")]):
        subprocess.run([*start, *words], check=True, input=order_mail(60112), capture_output=True, umask=0o022)
    made = [tmp_path / "var", tmp_path / "new.eml", *(tmp_path / "var").iterdir()]

    assert {0o600, 0o700} == {stat.S_IMODE(each.stat().st_mode) for each in made}


NAMED = """
import sys
from importlib.metadata import EntryPoint
assert callable(EntryPoint("smtpd-billbee", "{entry}", "console_scripts").load())
print(*(name for name in ("typer", "pydantic", "sqlalchemy", "smtpd_billbee.cli") if name in sys.modules))
"""


def test_whoever_only_names_the_command_loads_nothing() -> None:
    """The installed command's file is run again by every child process, which would load all of it: 20 MiB each."""
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["smtpd-billbee"]
    named = subprocess.run(
        [sys.executable, "-c", NAMED.format(entry=entry)], check=True, capture_output=True, text=True, cwd=ROOT
    )

    assert "\n" == named.stdout

"""The command itself: what holds for each of its words."""

import stat
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Command
from tests.journeys.orders import order_mail


def test_what_it_makes_is_nobody_elses(command: Command, tmp_path: Path) -> None:
    """Folders and files hold mails and keys: whatever the shell's umask, only their user reads them."""
    start = [sys.executable, "-m", "smtpd_billbee", "--config", str(command.config)]
    for words in (["account", "add", "owner@example.org"], ["anonymise", "-", "--output", str(tmp_path / "new.eml")]):
        subprocess.run([*start, *words], check=True, input=order_mail(60112), capture_output=True, umask=0o022)
    made = [tmp_path / "var", tmp_path / "new.eml", *(tmp_path / "var").iterdir()]

    assert {0o600, 0o700} == {stat.S_IMODE(each.stat().st_mode) for each in made}

"""The real command in its own process, on a fresh state folder."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import starting


class Command:
    """`command("shop", "list")` runs it; stdout and stderr are texts."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def __call__(
        self, *words: str, stdin: bytes = b"", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMTPD_BILLBEE")}
        environment = inherited | (environment or {})
        return starting.run(["--config", str(self.config), *words], Path.cwd(), environment, stdin)

    def json(self, *words: str) -> Any:
        """What the command prints with --json; it must end with status 0."""
        done = self(*words, "--json")
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    config = tmp_path / "config.toml"
    config.write_text(f'state_dir = "{tmp_path}/var"\n')
    return Command(config)

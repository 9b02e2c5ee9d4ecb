"""A wrong configuration is one sentence with the key, exit status 2, and nothing started: tests/badconfigs/<name>/.

`config check` says it as `serve` does, but for what only a start can find: those folders begin with start-.
"""

import shutil
from pathlib import Path

import pytest

from smtpd_billbee import preflight
from smtpd_billbee.config import load
from smtpd_billbee.errors import ConfigError
from tests.serving import run

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("badconfigs/*/config.toml"))
CHECKED = [folder for folder in FOLDERS if not folder.name.startswith("start-")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_serve(folder: Path, tmp_path: Path) -> None:
    """The start ends with the sentence of expected.txt, and no state folder is made."""
    shutil.copy(folder / "config.toml", tmp_path)
    done = run(tmp_path, "serve")

    assert (folder / "expected.txt").read_text() == done.stderr
    assert (2, "") == (done.returncode, done.stdout)
    assert ["config.toml"] == [file.name for file in tmp_path.iterdir()]


@pytest.mark.parametrize("folder", CHECKED, ids=lambda folder: folder.name)
def test_check(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a start says of the settings can be known before it."""
    monkeypatch.chdir(folder)
    with pytest.raises(ConfigError) as caught:
        preflight.check(load(Path("config.toml")))

    assert (folder / "expected.txt").read_text() == f"smtpd-billbee: {caught.value}\n"


@pytest.mark.parametrize("name", ["unknown-key", "certificate-missing"])
def test_config_check(name: str, tmp_path: Path) -> None:
    """`config check` says it, with the status of a start."""
    folder = Path(__file__).parent / "badconfigs" / name
    shutil.copy(folder / "config.toml", tmp_path)
    done = run(tmp_path, "config", "check")

    assert (2, (folder / "expected.txt").read_text()) == (done.returncode, done.stderr)


def test_a_start_finds_more(tmp_path: Path) -> None:
    """What only a start can find is no fault of the settings: `config check` lets it pass."""
    shutil.copy(Path(__file__).parent / "badconfigs" / "start-state-folder-in-a-file" / "config.toml", tmp_path)

    assert 0 == run(tmp_path, "config", "check").returncode

"""A wrong configuration is one sentence with the key, exit status 2, and nothing started: tests/badconfigs/<name>/.

`config check` says it as `serve` does, but for what only a start can find: those folders begin with start-.
"""

import shutil
from pathlib import Path

import pytest

from tests.serving import run

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("badconfigs/*/config.toml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_serve(folder: Path, tmp_path: Path) -> None:
    """The start ends with the sentence of expected.txt, and no state folder is made."""
    shutil.copy(folder / "config.toml", tmp_path)
    done = run(tmp_path, "serve")

    assert (folder / "expected.txt").read_text() == done.stderr
    assert (2, "") == (done.returncode, done.stdout)
    assert ["config.toml"] == [file.name for file in tmp_path.iterdir()]


CHECKED = [folder for folder in FOLDERS if not folder.name.startswith("start-")]


@pytest.mark.parametrize("folder", CHECKED, ids=lambda folder: folder.name)
def test_check(folder: Path, tmp_path: Path) -> None:
    """`config check` ends with the same sentence and status."""
    shutil.copy(folder / "config.toml", tmp_path)
    done = run(tmp_path, "config", "check")

    assert (2, (folder / "expected.txt").read_text()) == (done.returncode, done.stderr)

"""Mails of others as test data.  They stand beside the project and are no part of it."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")


def corpus(name: str, pattern: str) -> list[Path]:
    """The files of a corpus; the test is skipped where the corpus is not there."""
    files = sorted((ROOT / name).glob(pattern))
    if not files:
        pytest.skip(f"the corpus ../shared/corpora/{name} is not here")
    return files

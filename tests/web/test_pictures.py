"""The README's pictures of the window."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readmes_pictures() -> None:
    """Each is there, says in words what it shows, and is small; and none lies about unused."""
    shown = dict(re.findall(r"!\[([^\]]{20,})\]\(([^)]+)\)", (ROOT / "README.md").read_text()))
    files = [ROOT / path for path in shown.values()]

    drawn = {ROOT / "tests" / "bench" / "whole_way.svg"}
    assert set(files) == set((ROOT / "tests" / "web" / "pictures").iterdir()) | drawn
    assert [] == [file.name for file in files if file.stat().st_size > 120_000]

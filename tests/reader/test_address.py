"""Address blocks of order mails become fields; what cannot be told is a doubt."""

import time
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtpd_billbee.reader.address import read_block

BLOCKS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "addresses.toml").read_text("utf-8"))["block"]


@pytest.mark.parametrize("block", BLOCKS, ids=[block["rule"] for block in BLOCKS])
def test_block(block):
    """Each block of addresses.toml is read as it says there, with a doubt exactly where it says so."""
    reading = read_block(block["lines"].split("\n"), block.get("language"), block.get("site"))

    assert block["expected"] == {name: value for name, value in asdict(reading.address).items() if value is not None}
    assert block.get("doubts", False) == bool(reading.doubts), reading.doubts
    assert tuple(block.get("unused", ())) == reading.unused

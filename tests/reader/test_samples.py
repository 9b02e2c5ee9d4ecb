"""Reading the shared samples gives what a careful person reads in them.

They stand beside the project (../shared/samples, or where SAMPLES says) and are no part of it.
"""

import json
import os
from pathlib import Path

import pytest

from smtpd_billbee.model.reading import reading_as_json
from smtpd_billbee.reader import read
from tests.reader.judging import differences

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SAMPLES") or ROOT.parent / "shared" / "samples") / "mails"
MAILS = sorted(FOLDER.glob("*.eml"))

pytestmark = pytest.mark.skipif(not MAILS, reason="the samples ../shared/samples/mails are not here")


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_sample(mail: Path) -> None:
    """The reading is what a careful person reads in the mail."""
    expectation = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))

    reading = reading_as_json(read(mail.read_bytes()))

    assert [] == [str(found) for found in differences(expectation, reading)], reading["reason"]

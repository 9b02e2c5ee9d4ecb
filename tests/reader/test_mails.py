"""Reading tests/mails/NAME.eml gives what NAME.json says.  A new mail is two new files, and no code."""

import json
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from smtpd_billbee.model.reading import reading_as_json
from smtpd_billbee.reader import read
from tests.reader.judging import differences

FOLDER = Path(__file__).parents[1] / "mails"
MAILS = sorted(FOLDER.glob("*.eml"))


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_mail(mail: Path) -> None:
    """The reading is what a careful person reads in the mail."""
    expectation = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))

    reading = reading_as_json(read(mail.read_bytes()))

    assert [] == [str(found) for found in differences(expectation, reading)], reading["reason"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_the_mail_is_synthetic(mail: Path) -> None:
    """No mail of a real customer comes into the project: each says that it is made up."""
    assert "synthetic" == BytesHeaderParser().parsebytes(mail.read_bytes())["X-Sample"]


def test_every_mail_has_its_expectation() -> None:
    """No mail without a JSON file, and no JSON file without a mail."""
    assert {path.stem for path in MAILS} == {path.stem for path in FOLDER.glob("*.json")}
    assert len(MAILS) > 200

"""What all children share."""

import subprocess
import sys

from tests.serving import HOUSE, environment

SHARED = """
import gc, sys
from smtpd_billbee.work import nursery
from smtpd_billbee.reader import countries, dates, street_words

names = [countries.country_code(each) for each in ("Polska", "CHE")]
print(names, dates.months()["marca"], "agosto" in street_words.months())
print("babel" in sys.modules, gc.get_freeze_count() > 0)
"""


def test_names_without_tables() -> None:
    """Countries and months are known, and no child holds the tables that they were taken from."""
    done = subprocess.run(
        [sys.executable, "-c", SHARED], check=True, capture_output=True, text=True, cwd=HOUSE, env=environment()
    )

    assert "['PL', 'CH'] 3 True\nFalse True\n" == done.stdout

"""A piece of work in a process that ends with it."""

import subprocess
import sys

from tests.serving import HOUSE, environment

PASSING = """
import os, sys
from smtpd_billbee.work.passing import in_passing

here = os.getpid()

def loads():
    import fractions
    return fractions.Fraction(1, 2).numerator, os.getpid() == here

def fails_there():
    if os.getpid() != here:
        raise MemoryError
    return "made here"

print(in_passing(loads), "fractions" in sys.modules, in_passing(fails_there))
"""


def test_in_passing() -> None:
    """What it makes comes back, what it loads does not; what fails there is made here."""
    done = subprocess.run(
        [sys.executable, "-c", PASSING], check=True, capture_output=True, text=True, cwd=HOUSE, env=environment()
    )

    assert "(1, False) False made here\n" == done.stdout

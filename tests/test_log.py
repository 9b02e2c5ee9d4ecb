"""The log: one line for each event on stderr, a verb and key=value."""

import subprocess
import sys

from tests.serving import environment

SAYS = """
import logging, structlog
from smtpd_billbee import log
log.configure({level})
structlog.get_logger().info("accepted", mail="q1", size=12, roles="a b")
structlog.get_logger().warning("put off", why="line one\\nline two")
logging.getLogger("somebody.else").info("chatter")
print("document")
"""


def logged(level: str = "") -> tuple[list[str], str]:
    """What a program that logs writes to stderr, by lines, and to stdout."""
    done = subprocess.run(
        [sys.executable, "-c", SAYS.format(level=level)], capture_output=True, text=True, check=True, env=environment()
    )
    return done.stderr.splitlines(), done.stdout


def test_lines() -> None:
    """One event, one line; stdout stays free for documents, and libraries keep their chatter to themselves."""
    lines, out = logged()

    assert 2 == len(lines)
    assert lines[0].endswith(' level=info event=accepted mail=q1 size=12 roles="a b"')
    assert 'event="put off" why=' in lines[1]
    assert "document\n" == out


def test_the_time_is_utc() -> None:
    """A log is read beside those of other machines."""
    lines, _ = logged()
    stamp = lines[0].split()[0].removeprefix("timestamp=")

    assert stamp.endswith("Z")


def test_a_higher_level() -> None:
    """The demonstration says only what went wrong."""
    lines, _ = logged("logging.WARNING")

    assert ["warning"] == [line.split()[1].removeprefix("level=") for line in lines]

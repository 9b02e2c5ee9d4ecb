"""The log: one line for each event on stderr, a verb and key=value."""

import subprocess
import sys
from pathlib import Path

import pytest
from structlog.processors import LogfmtRenderer

from smtpd_billbee.log import rendered
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


def test_a_diary_that_cannot_be_written(tmp_path: Path) -> None:
    """A full disk behind stderr, or a reader of it that is gone, ends nothing; with room again it goes on."""
    program = """
import logging, os, resource, structlog
from smtpd_billbee import log
log.configure()
for most in (0, -1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, -1))
    structlog.get_logger().info("limit", most=most)
    logging.getLogger("somebody.else").error("at %d", most)
os.close(2)
structlog.get_logger().info("closed")
print("alive")
"""
    with (tmp_path / "stderr").open("wb") as stderr:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=stderr, check=False, env=environment()
        )
    said = (tmp_path / "stderr").read_text()

    assert (0, b"alive\n") == (done.returncode, done.stdout)
    assert "event=limit most=-1" in said
    assert "somebody.else: at -1" in said


@pytest.mark.parametrize(
    "value", ["a1", "a b", "k=v", 'say "x"', "back\\slash", "c:\\a b", "line\nend", "ä", "", 7, True, None, 1.5]
)
def test_as_structlog_writes_it(value: object) -> None:
    """The short way for plain values writes what the long one does."""
    entry = {"mail": "q1", "value": value, "event": "accepted", "level": "info", "timestamp": "2026-03-02T12:00:00Z"}
    expected = LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)(None, "", dict(entry))

    assert expected == rendered(None, "", dict(entry))

"""The reader in child processes: whatever a mail does to its child, there is an answer and the next mail is read."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence

import psutil
import pytest

from smtpd_billbee import reader
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.work.readers import Readers

GIB = 1 << 30


def _play(raw: bytes, taught: Sequence[TaughtLabel]) -> Reading:
    """A reader that does what the mail says."""
    match raw:
        case b"sleep":
            time.sleep(60)
        case b"eat":
            len(bytearray(4 * GIB))
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"raise":
            raise ValueError("customer's name")
    return Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, reason=raw.decode())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"sleep", "longer than 1.5 seconds"),
        (b"eat", "more memory"),
        (b"die", "broke down twice"),
        (b"raise", "made a mistake"),
    ],
)
async def test_a_hostile_mail_is_unreadable(raw: bytes, reason: str) -> None:
    """Too slow, too big, deadly or simply our mistake: unreadable with a reason, and the next mail is read."""
    readers = Readers(1, 1.5, 2 * GIB, _play)
    try:
        hurt = await readers.read(raw)
        healthy = await readers.read(b"well")
    finally:
        readers.close()

    assert Outcome.UNREADABLE == hurt.outcome
    assert hurt.reason is not None
    assert reason in hurt.reason
    assert "customer" not in hurt.reason
    assert "well" == healthy.reason


async def test_started_before_the_first_mail() -> None:
    """The children are there, and have read a first order, before a mail asks for them."""
    before = len(psutil.Process().children(recursive=True))
    readers = Readers(1, 30, 2 * GIB, _first)
    try:
        readers.start()
        async with asyncio.timeout(30):
            while len(psutil.Process().children(recursive=True)) < before + 1:  # noqa: ASYNC110 - a process rings no bell
                await asyncio.sleep(0.02)
        reading = await readers.read(b"Subject: \r\n\r\n")
    finally:
        readers.close()

    assert Outcome.ORDER == reading.reason


_seen: list[bytes] = []


def _first(raw: bytes, taught: Sequence[TaughtLabel]) -> Reading:
    """A reader that says what the first mail of its process is."""
    _seen.append(raw)
    return Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, reason=reader.read(_seen[0]).outcome)


async def test_the_real_reader() -> None:
    """A Reading, with everything in it, comes back from the child."""
    readers = Readers(1, 30, 2 * GIB)
    try:
        reading = await readers.read(b"Subject: \r\n\r\n")
    finally:
        readers.close()

    assert Outcome.ORDER != reading.outcome

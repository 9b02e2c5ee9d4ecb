"""The promise, watched from outside: between a mail and its 250 the write-ahead log is written and flushed."""

import asyncio
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling

CALLS = "fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg"
MAILS = 8

_CALL = re.compile(r"^(?P<thread>\d+) +(?:<\.\.\. )?(?P<name>\w+)(?P<resumed> resumed>)?(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that has ended without an error: where it began and ended, as lines of the trace."""

    name: str
    arguments: str
    began: int
    ended: int


@pytest.fixture
def database() -> str:
    """What is flushed before a 250 is SQLite's log; PostgreSQL flushes its own, in a process that is not ours."""
    return ""


@pytest.fixture
def strace(tmp_path: Path) -> tuple[str, ...]:
    """The words that start a program under strace, each file with its path, into a file `trace`."""
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed")
    words = (program, "-f", "-y", "-s", "40", "-e", f"trace={CALLS}", "-o", str(tmp_path / "trace"))
    tried = subprocess.run([*words, sys.executable, "-c", ""], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not look at processes here: {tried.stderr.strip()}")
    return words


async def test_flushed_before_250(tmp_path: Path, strace: tuple[str, ...]):
    """RFC 5321 6.1, synchronous=FULL: a mail's last write to the WAL, then a flush of it, and only then its 250.

    Only the door runs, so that every write to the WAL is a mail's.
    """
    server = Server(tmp_path, relay=9)
    try:
        await server.start("--only", "door", under=strace)
        async with calling(server.port) as peer:
            answers = [await peer.bring(order_mail(number)) for number in range(701, 701 + MAILS)]
        await asyncio.to_thread(_stop_what_is_traced, server.process.pid)
        await soon(lambda: _is_over(server), 20)
    finally:
        server.end()
    stretches = _stretches((tmp_path / "trace").read_text())

    assert ["250 2.0.0"] * MAILS == [answer[:9] for answer in answers]
    assert [("written", "flushed")] * MAILS == [_what_happened(stretch) for stretch in stretches]


WRITE = '2 pwrite64(9</v/a-wal>, "x", 1, 0) = 1'
FLUSH = "2 fdatasync(9</v/a-wal>) = 0"
REPLY = '1 sendto(7<socket:[1]>, "250 2.0.0 Accepted as 1", 23, 0) = 23'


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([WRITE, FLUSH, REPLY], "flushed"),
        ([WRITE, "2 fdatasync(9</v/a-wal> <unfinished ...>", "2 <... fdatasync resumed>) = 0", REPLY], "flushed"),
        ([WRITE, REPLY, FLUSH], None),
        ([FLUSH, WRITE, REPLY], None),
        ([WRITE, FLUSH, WRITE, REPLY], None),
        ([WRITE, "2 fdatasync(9</v/a-wal>) = -1 EIO (Input/output error)", REPLY], None),
        ([WRITE, "2 fdatasync(8</v/a>) = 0", REPLY], None),
        ([WRITE, "2 fdatasync(9</v/a-wal> <unfinished ...>", REPLY, "2 <... fdatasync resumed>) = 0"], None),
    ],
    ids=["in order", "in two lines", "late", "early", "not all", "failed", "another file", "not ended"],
)
def test_the_watcher(calls: list[str], expected: str | None):
    """The test above can fail: a flush that is late, failed, of another file or of earlier writes does not count."""
    (stretch,) = _stretches("\n".join(['1 sendto(7<socket:[1]>, "354 x", 5, 0) = 5', *calls]))

    assert ("written", expected) == _what_happened(stretch)


def _stretches(trace: str) -> list[list[Call]]:
    """The calls between each mail's 354 and its 250, by when they ended, before the 250 began."""
    calls = _calls(trace)
    starts = [call.ended for call in calls if _says(call, "354 ")]
    ends = [call.began for call in calls if _says(call, "250 2.0.0 Accepted")]
    assert len(starts) == len(ends)
    return [
        [call for call in calls if start < call.began and call.ended < end]
        for start, end in zip(starts, ends, strict=True)
    ]


def _what_happened(stretch: list[Call]) -> tuple[str | None, str | None]:
    """Was the WAL written, and flushed after the last of these writes?"""
    writes = [call.ended for call in stretch if call.name.startswith("pwrite") and "-wal>" in call.arguments]
    flushes = [call.began for call in stretch if call.name in ("fdatasync", "fsync") and "-wal>" in call.arguments]
    flushed = bool(writes and flushes and flushes[-1] > writes[-1])
    return "written" if writes else None, "flushed" if flushed else None


def _says(call: Call, reply: str) -> bool:
    return f', "{reply}' in call.arguments and "<socket:" in call.arguments


def _calls(trace: str) -> list[Call]:
    """The calls in the order of their ends; strace writes a call in two lines when another thread comes between."""
    begun: dict[str, tuple[int, str]] = {}
    calls = []
    for number, line in enumerate(trace.splitlines()):
        if (found := _CALL.match(line)) is None:
            continue
        thread, rest = found["thread"], found["rest"]
        if rest.endswith("<unfinished ...>"):
            begun[thread] = (number, rest)
            continue
        began, before = begun.pop(thread, (number, "")) if found["resumed"] else (number, "")
        if re.search(r"\) += \d+$", rest):
            calls.append(Call(found["name"], before + rest, began, number))
    return calls


def _stop_what_is_traced(strace_pid: int) -> None:
    """SIGTERM for the server; strace ends with it."""
    (server,) = psutil.Process(strace_pid).children()
    server.send_signal(signal.SIGTERM)


async def _is_over(server: Server) -> bool:
    return server.process.poll() is not None

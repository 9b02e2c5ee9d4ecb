"""Whatever becomes of the children, the next piece of work is done."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from smtpd_billbee.work.children import Children

GIB = 1024**3
PATIENCE = 20.0


@asynccontextmanager
async def children(processes: int) -> AsyncIterator[Children]:
    """So many of them, born already."""
    some = Children("reader", processes, 10.0, 2 * GIB)
    some.start(len, (), time_limit=60.0)
    try:
        assert 2 == await some.run(len, (1, 2))
        yield some
    finally:
        some.close()


async def kill(pid: int) -> None:
    """As the system does when memory is short; return when the process is gone."""
    process = psutil.Process(pid)
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 - no bell rings
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)  # until the pool has noticed


async def test_killed_while_it_waits() -> None:
    """A child that had nothing to do is killed, and so is the one that came after it: work goes on each time."""
    async with children(1) as some:
        answers = []
        for _ in range(2):
            pid = await some.run(os.getpid)
            assert isinstance(pid, int)
            await kill(pid)
            answers.append((await some.run(len, (1, 2)), await some.run_once(len, (1, 2, 3), seconds=5.0)))

    assert [(2, 3), (2, 3)] == answers


async def test_many_ask_at_once() -> None:
    """After such a death many come at the same moment: all are answered, by one new set of children."""
    async with children(2) as some:
        pid = await some.run(os.getpid)
        assert isinstance(pid, int)
        await kill(pid)
        answers = await asyncio.gather(*(some.run(len, (1, 2)) for _ in range(20)))
        pids = {await some.run(os.getpid) for _ in range(10)}

    assert [2] * 20 == answers
    assert pid not in pids
    assert len(pids) <= 2


async def test_closed() -> None:
    """Nobody is born after the end."""
    async with children(1) as some:
        pass
    before = set(psutil.Process().children(recursive=True))
    answer = await some.run(len, (1, 2))

    assert answer != 2
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_server_that_is_killed() -> None:
    """What removes its semaphores afterwards writes no warning about it behind the last line of its log."""
    words = """
import os, signal
from smtpd_billbee.work.children import _context
lock = _context().Lock()
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60)

    assert (-signal.SIGKILL, "") == (done.returncode, done.stderr)

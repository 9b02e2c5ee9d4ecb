"""The power goes: what got its 250 is there when it is back."""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from smtpd_billbee.store.store import FILE
from tests.chaos.disk import OPTIONS, Accepted, Disk, Flush, Gone, Renamed, Write, events
from tests.chaos.power import look, look_into_spool, run, run_spool, simulate
from tests.serving import environment

# A program that promises what it has committed, as the door does; `synchronous` is its first word.
PROGRAM = f"""\
import socket, sqlite3, sys
peer, ours = socket.socketpair()
store = sqlite3.connect("{FILE}", isolation_level=None)
store.execute("PRAGMA journal_mode = WAL")
store.execute("PRAGMA synchronous = " + sys.argv[1])
for number in range(30):
    store.execute("INSERT INTO mails VALUES (?, ?)", (str(number), "x" * 3000))
    ours.send(b"250 2.0.0 Accepted as %d\\r\\n" % number)
"""


# The spool itself, but for one kind of flush.
SPOOLING = """\
import os, socket
from dataclasses import replace
from pathlib import Path
from smtpd_billbee.work.spool import Spool
from tests.making import arrival
flush = os.fsync
os.fsync = lambda file: os.readlink("/proc/self/fd/%d" % file).endswith("{forgotten}") or flush(file)
peer, ours = socket.socketpair()
spool = Spool(Path.cwd() / "spool")
for number in range(20):
    spool.keep(replace(arrival(b"synthetic %d" % number * 500), queue_id=str(number)))
    ours.send(b"250 2.0.0 Accepted as %d\\r\\n" % number)
"""


def needs_strace() -> str:
    """The program, or a skipped test."""
    if not (found := shutil.which("strace")):
        pytest.skip("strace is not installed")
    return found


@pytest.mark.timeout(240)
async def test_power_loss(tmp_path: Path) -> None:
    """Of the real server, at 40 moments, half of them just behind a 250: no mail lost, no database broken."""
    needs_strace()
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed={seed}")
    outcome = await run(tmp_path, mails=16, losses=40, seed=seed)

    assert (40, 0, 0, "0 databases broken") == (outcome.tried, outcome.lost, outcome.invented, outcome.remark)
    assert outcome.acknowledged > outcome.tried


@pytest.mark.timeout(240)
async def test_power_loss_of_the_spool(tmp_path: Path) -> None:
    """While the database is locked a promise stands in a file: no mail lost, no file torn."""
    needs_strace()
    outcome = await run_spool(tmp_path, mails=20, losses=60, seed=4711)

    assert (60, 0, "0 files broken") == (outcome.tried, outcome.lost, outcome.remark)
    assert outcome.acknowledged > outcome.tried


@pytest.mark.parametrize("forgotten", ["", ".part", "spool"])
def test_a_spool_that_does_not_flush(tmp_path: Path, forgotten: str) -> None:
    """The simulation sees a spool that forgets to flush the file, or the folder with its name."""
    program = SPOOLING.format(forgotten=forgotten or "nothing")
    command = [needs_strace(), *OPTIONS, "-o", "trace", sys.executable, "-c", program]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, env=environment())
    happened = list(events((tmp_path / "trace").read_text().splitlines(), tmp_path))
    found = simulate({}, happened, 40, 4711, look_into_spool)

    assert bool(forgotten) is any(each.lost for each in found)


@pytest.mark.parametrize(("synchronous", "loses"), [("FULL", False), ("NORMAL", True), ("OFF", True)])
def test_the_simulation_can_fail(tmp_path: Path, synchronous: str, loses: bool) -> None:
    """A program that does not flush before it promises loses mails in the same simulation; one that does, none."""
    with closing(sqlite3.connect(tmp_path / FILE)) as store:
        store.execute("CREATE TABLE mails (queue_id TEXT, raw TEXT)")
        store.execute("CREATE TABLE arrivals (octets BLOB)")
        store.execute("CREATE TABLE orders (number TEXT)")
        store.commit()
    before = {FILE: bytearray((tmp_path / FILE).read_bytes())}
    command = [needs_strace(), *OPTIONS, "-o", "trace", sys.executable, "-c", PROGRAM, synchronous]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    happened = list(events((tmp_path / "trace").read_text().splitlines(), tmp_path))
    found = simulate(before, happened, 40, 4711, partial(look, tmp_path / "found", set()))

    assert 40 == len(found)
    assert loses is any(each.lost for each in found)


def test_disk() -> None:
    """What was flushed stays; what was written since may be there, torn, or not; a removed file is gone."""
    disk = Disk()
    for event in (Write("a", 0, b"x" * 2048), Flush("a", 1), Write("a", 0, b"y" * 2048), Write("b", 4, b"z")):
        disk.take(event)
    found = [disk.after_power_loss(random.Random(seed)) for seed in range(200)]
    of_a = {each["a"] for each in found}

    assert {b"x" * 2048, b"y" * 2048, b"y" * 512 + b"x" * 1536} <= of_a
    assert {None, b"\0\0\0\0z"} <= {each.get("b") for each in found}

    disk.take(Gone("a"))

    assert {"b"} >= set(disk.after_power_loss(random.Random(1)))


def test_names() -> None:
    """A new name is there for sure when its folder was flushed, and its file then has what was flushed of it."""
    disk = Disk()
    disk.take(Write("spool/a.part", 0, b"whole"))
    disk.take(Flush("spool/a.part", 1))
    disk.take(Renamed("spool/a.part", "spool/a.mail"))
    before = [disk.after_power_loss(random.Random(seed)) for seed in range(20)]
    disk.take(Flush("spool", 3))
    after = [disk.after_power_loss(random.Random(seed)) for seed in range(20)]

    assert [{"spool/a.mail": b"whole"}] * 20 == after
    assert {"spool/a.mail", "spool/a.part"} == {name for each in before for name in each}


def test_events(tmp_path: Path) -> None:
    """A flush that another thread's call cuts in two covers what was written before it began, and no more."""
    heard = "".join(f"\\x{octet:02x}" for octet in b"250 2.0.0 Accepted as 1f")
    trace = [
        f'7 pwrite64(9<{tmp_path}/a-wal>, "\\x41\\x42", 2, 32) = 2',
        f"7 fdatasync(9<{tmp_path}/a-wal> <unfinished ...>",
        f'8 pwrite64(9<{tmp_path}/a-wal>, "\\x43", 1, 34) = 1',
        "7 <... fdatasync resumed>) = 0",
        f"7 fdatasync(9<{tmp_path}/a-wal>) = -1 EIO (Input/output error)",
        '7 pwrite64(9</elsewhere/a-wal>, "\\x43", 1, 34) = 1',
        f"7 ftruncate(9<{tmp_path}/a-wal>, 100) = 0",
        *(f'7 {call}(5<socket:[1]>, "{heard}", 3) = 3' for call in ("sendto", "write")),
    ]

    assert [
        Write("a-wal", 32, b"AB"), Write("a-wal", 34, b"C"), Flush("a-wal", 1), Write("a-wal", 100, None),
        Accepted("1f"), Accepted("1f"),
    ] == list(events(trace, tmp_path))  # fmt: skip

"""The power goes a hundred times: one real run of the server, and at any of its moments what a disk could have left."""

import asyncio
import random
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from smtpd_billbee.formats.spooled import aside, unspooled
from smtpd_billbee.store.store import FILE
from tests.chaos.disk import OPTIONS, Accepted, Disk, Event, events
from tests.chaos.outcome import Outcome
from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling
from tests.sink import Sink

SENDERS = 4
FIRST = 200_001  # number of a mail


@dataclass(frozen=True, slots=True)
class Found:
    """What was found behind one loss of power."""

    accepted: int
    lost: int
    invented: int
    is_broken: bool


async def run(folder: Path, mails: int, losses: int, seed: int) -> Outcome:
    """Bring so many mails under strace, then lose the power at so many moments of that run."""
    state = folder / "var"
    async with _traced(folder) as (server, before):
        await _bring_all(server, mails)
        await soon(lambda: _has_orders(server, mails), 30)
        (traced,) = psutil.Process(server.process.pid).children()
        traced.send_signal(signal.SIGTERM)
        await asyncio.to_thread(server.process.wait, 60)
    sent = {str(number) for number in range(FIRST, FIRST + mails)}
    found = simulate(before, _happened(folder, state), losses, seed, partial(look, folder / "found", sent))
    return _outcome("the power goes", found, "databases")


async def run_spool(folder: Path, mails: int, losses: int, seed: int) -> Outcome:
    """The same while the database is locked, and all that is promised is in the emergency spool."""
    state = folder / "var"
    async with _traced(folder, smtp="commit_patience = 0.1") as (server, before):
        with closing(sqlite3.connect(state / FILE, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            await _bring_all(server, mails)
            (traced,) = psutil.Process(server.process.pid).children()
            traced.kill()
            await asyncio.to_thread(server.process.wait, 60)
    found = simulate(before, _happened(folder, state), losses, seed, look_into_spool)
    return _outcome("the power goes, database locked", found, "files")


@asynccontextmanager
async def _traced(folder: Path, **lines: str) -> AsyncIterator[tuple[Server, dict[str, bytearray]]]:
    """A server under strace, and what was on its disk before."""
    async with Sink() as sink:
        server = Server(folder, sink.port, **lines)
        try:
            await server.start()  # makes the database
            await server.stop()
            before = {file.name: bytearray(file.read_bytes()) for file in (folder / "var").glob(f"{FILE}*")}
            await server.start(under=("strace", *OPTIONS, "-o", str(folder / "trace")))
            yield server, before
        finally:
            server.end()


def _happened(folder: Path, state: Path) -> list[Event]:
    with (folder / "trace").open() as trace:
        return list(events(trace, state))


def _outcome(fault: str, found: list[Found], what: str) -> Outcome:
    broken = sum(each.is_broken for each in found)
    return Outcome(
        fault, len(found), sum(each.accepted for each in found), sum(each.lost for each in found),
        sum(each.invented for each in found), f"{broken} {what} broken",
    )  # fmt: skip


async def _bring_all(server: Server, mails: int) -> None:
    numbers = iter(range(FIRST, FIRST + mails))
    await asyncio.gather(*(_bring(server, numbers) for _ in range(SENDERS)))


async def _bring(server: Server, numbers: Iterator[int]) -> None:
    async with calling(server.port) as peer:
        for number in numbers:
            assert (await peer.bring(order_mail(number))).startswith("250")


async def _has_orders(server: Server, count: int) -> bool:
    return len(await server.json("order", "list", "--limit", "1000")) == count


Look = Callable[[dict[str, bytes], list[str]], Found]


def simulate(before: Mapping[str, bytearray], happened: list[Event], losses: int, seed: int, look: Look) -> list[Found]:
    """Look at what is left of a run that is cut off at so many moments: half of them just behind a promise."""
    chance = random.Random(seed)
    promises = [number for number, event in enumerate(happened, 1) if isinstance(event, Accepted)]
    moments = chance.choices(promises, k=losses // 2) + chance.choices(
        range(promises[0], len(happened) + 1), k=losses - losses // 2
    )
    disk, found, done = Disk(files={name: bytearray(octets) for name, octets in before.items()}), [], 0
    for moment in sorted(moments):
        for event in happened[done:moment]:
            disk.take(event)
        done = moment
        found.append(look(disk.after_power_loss(chance), disk.accepted))
    return found


def look_into_spool(files: dict[str, bytes], accepted: list[str]) -> Found:
    """As the next start would find it: each file with its name is whole."""
    mails = [
        unspooled(octets) for name, octets in files.items() if name.startswith("spool/") and name.endswith(".mail")
    ]
    ids = {mail.queue_id for mail in mails if mail}
    return Found(len(accepted), len(set(accepted) - ids), 0, None in mails)


def look(folder: Path, sent: set[str], files: dict[str, bytes], accepted: list[str]) -> Found:
    """As the next start would find it: SQLite recovers what is in its log."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, octets in files.items():
        if name.startswith(FILE) and not name.endswith("-shm"):
            (folder / name).write_bytes(octets)
    file = folder / FILE
    try:
        with closing(sqlite3.connect(file)) as connection:
            is_broken = connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
            mails = {row[0] for row in connection.execute("SELECT queue_id FROM mails")}
            arrivals = [aside(row[0]) for row in connection.execute("SELECT octets FROM arrivals")]
            orders = [row[0] for row in connection.execute("SELECT number FROM orders")]
    except sqlite3.DatabaseError:
        return Found(len(accepted), len(accepted), 0, True)
    mails |= {each.queue_id for each in arrivals if each}
    is_broken = is_broken or None in arrivals
    invented = len(orders) - len(sent & set(orders))
    return Found(len(accepted), len(set(accepted) - mails), invented, is_broken)

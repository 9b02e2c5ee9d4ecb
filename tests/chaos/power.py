"""The power goes a hundred times: one real run of the server, and at any of its moments what a disk could have left."""

import asyncio
import random
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from smtpd_billbee.store.store import FILE
from tests.chaos.disk import OPTIONS, Accepted, Disk, Event, events
from tests.chaos.outcome import Outcome
from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling
from tests.sink import Sink

SENDERS = 4


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
    async with Sink() as sink:
        server = Server(folder, sink.port)
        try:
            await server.start()  # makes the database
            await server.stop()
            before = {file.name: bytearray(file.read_bytes()) for file in state.glob(f"{FILE}*")}
            await server.start(under=("strace", *OPTIONS, "-o", str(folder / "trace")))
            numbers = iter(range(200_001, 200_001 + mails))
            await asyncio.gather(*(_bring(server, numbers) for _ in range(SENDERS)))
            await soon(lambda: _has_orders(server, mails), 30)
            (traced,) = psutil.Process(server.process.pid).children()
            traced.send_signal(signal.SIGTERM)
            await asyncio.to_thread(server.process.wait, 60)
        finally:
            server.end()
    with (folder / "trace").open() as trace:
        happened = list(events(trace, state))
    sent = {str(number) for number in range(200_001, 200_001 + mails)}
    found = simulate(before, happened, losses, seed, folder / "found", sent)
    broken = sum(each.is_broken for each in found)
    return Outcome(
        "the power goes", len(found), sum(each.accepted for each in found), sum(each.lost for each in found),
        sum(each.invented for each in found), f"{broken} databases broken",
    )  # fmt: skip


async def _bring(server: Server, numbers: Iterator[int]) -> None:
    async with calling(server.port) as peer:
        for number in numbers:
            assert (await peer.bring(order_mail(number))).startswith("250")


async def _has_orders(server: Server, count: int) -> bool:
    return len(await server.json("order", "list", "--limit", "1000")) == count


def simulate(
    before: dict[str, bytearray], happened: list[Event], losses: int, seed: int, folder: Path, sent: set[str]
) -> list[Found]:
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
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, octets in disk.after_power_loss(chance).items():
            (folder / name).write_bytes(octets)
        found.append(_look(folder / FILE, disk.accepted, sent))
    return found


def _look(file: Path, accepted: list[str], sent: set[str]) -> Found:
    """As the next start would find it: SQLite recovers what is in its log."""
    file.with_name(f"{FILE}-shm").unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file)) as connection:
            is_broken = connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
            mails = {row[0] for row in connection.execute("SELECT queue_id FROM mails")}
            orders = [row[0] for row in connection.execute("SELECT number FROM orders")]
    except sqlite3.DatabaseError:
        return Found(len(accepted), len(accepted), 0, True)
    invented = len(orders) - len(sent & set(orders))
    return Found(len(accepted), len(set(accepted) - mails), invented, is_broken)

"""Several nodes on one PostgreSQL, under load: `python -m tests.chaos.nodes [--seconds N] [--seed N]`.

Every few seconds one of them is killed with -9 and started again; twice the database is away, once stopped, once as if
it had crashed, and then the node dies that has accepted mails in its spool.  Senders do what mail servers do: what was
not answered with 250 they bring again, to any node.  It ends with 1 if an acknowledged mail is not exactly one order
with at least one copy.
"""

import argparse
import asyncio
import itertools
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.cluster import FIRST_SHOP, SHOPS, Cluster, cluster
from tests.chaos.outcome import Outcome
from tests.journeys.orders import order_mail
from tests.journeys.running import soon
from tests.journeys.senders import calling, stuffed

NODES = 3
SECONDS = 120.0
SENDERS = 6
PATIENCE = 120.0  # until all is done, after the last kill: leases of half a minute, and the rest of the work
LONGEST_TRY = 30.0  # a sender's patience with one connection


@dataclass
class Storm:
    """What happened, by the numbers of the mails."""

    mails: int = 0
    tries: int = 0
    acknowledged: set[int] = field(default_factory=set)
    put_off: int = 0  # answers of 4xx
    dropped: int = 0  # connections that were refused or broke
    refused: list[str] = field(default_factory=list)  # answers of 5xx, which there must not be
    longest_wait: float = 0.0
    kills: int = 0
    spooled: set[str] = field(default_factory=set)  # the queue ids of mails that went into a spool
    with_spool: set[str] = field(default_factory=set)  # those that were in the spool of a node when it was killed
    errors: list[str] = field(
        default_factory=list
    )  # in the logs: mistakes of ours, which a crash elsewhere must not make
    is_done: bool = False
    orders: Counter[int] = field(default_factory=Counter)
    kept: Counter[int] = field(default_factory=Counter)
    copies: Counter[int] = field(default_factory=Counter)
    seconds_to_calm: float = 0.0

    def complaints(self) -> Iterator[str]:
        """What must not be."""
        if not self.is_done:
            yield "not all work was done in time"
        yield from (f"refused: {answer}" for answer in self.refused)
        yield from (f"in a log: {line}" for line in self.errors)
        for what, found in (("kept mail", self.kept), ("order", self.orders), ("copy", self.copies)):
            if missing := self.acknowledged - set(found):
                yield f"{len(missing)} acknowledged mails without {what}"
        for what, found in (("mails are kept", self.kept), ("orders are there", self.orders)):
            if twice := sum(count > 1 for count in found.values()):
                yield f"{twice} {what} twice"
        if strange := set(self.orders) - self.acknowledged:
            yield f"{len(strange)} orders of mails that nobody acknowledged"


async def run(folder: Path, seconds: float, seed: int, *, hasty: bool = False) -> Storm:
    """Let it rage for so long, wait until all work is done, and look around."""
    async with cluster(folder, NODES, hasty=hasty) as opened:
        storm, over = Storm(), asyncio.Event()
        chance, numbers = random.Random(seed), itertools.count(400_001)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(SENDERS):
                sender = _Sender(opened, storm, random.Random(chance.random()))
                tasks.create_task(sender.run(numbers, over))
            await _rage(opened, storm, chance, seconds)
            over.set()
        began = time.monotonic()
        storm.is_done = await soon(opened.is_quiet, PATIENCE)
        storm.seconds_to_calm = time.monotonic() - began
        logged = re.findall(r"event=spooled mail=(\w+)", "\n".join(opened.logged("event=spooled ")))
        storm.spooled = storm.with_spool.union(logged)
        storm.errors = opened.logged("level=error") + opened.logged("Traceback")
        storm.kept = Counter(int(each.partition("@")[0]) for each in await opened.asked("SELECT sender FROM mails"))
        storm.orders = Counter(map(int, await opened.asked("SELECT number FROM orders")))
        storm.copies = Counter({int(number): count for number, count in opened.copies().items()})
        return storm


async def _rage(opened: Cluster, storm: Storm, chance: random.Random, seconds: float) -> None:
    """Kill nodes, and let the database go away in the second and in the last third."""
    async with asyncio.TaskGroup() as revivals:
        for mode in ("", "fast", "immediate"):
            end, before = time.monotonic() + seconds / 3, storm.kills
            if mode:
                await _without_database(opened, storm, mode, seconds / 20, revivals)
                before = storm.kills
            while (
                time.monotonic() < end or storm.kills == before
            ):  # on a slow machine it must not be over before it began
                await asyncio.sleep(min(chance.uniform(2, 5), seconds / 8))
                alive = [node for node in opened.nodes if node.port]
                if alive:
                    await _kill(opened, storm, opened.nodes.index(chance.choice(alive)), revivals)


async def _kill(opened: Cluster, storm: Storm, number: int, revivals: asyncio.TaskGroup) -> None:
    node = opened.nodes[number]
    await node.kill()
    storm.kills += 1
    storm.with_spool.update(node.spooled())
    revivals.create_task(node.start())


async def _without_database(
    opened: Cluster, storm: Storm, mode: str, seconds: float, revivals: asyncio.TaskGroup
) -> None:
    """Meanwhile the node with the fullest spool is killed: what it has acknowledged is on its own disk only."""
    await soon(opened.are_up, PATIENCE)
    await asyncio.to_thread(opened.postgresql.stop, mode)
    await asyncio.sleep(seconds)
    await soon(opened.have_spooled, LONGEST_TRY)
    alive = [number for number, node in enumerate(opened.nodes) if node.port]
    await _kill(opened, storm, max(alive, key=lambda number: len(opened.nodes[number].spooled())), revivals)
    await asyncio.to_thread(opened.postgresql.start)


class _Sender:
    """Brings one mail after the other, each until its 250."""

    def __init__(self, opened: Cluster, storm: Storm, chance: random.Random) -> None:
        self._opened, self._storm, self._chance = opened, storm, chance

    async def run(self, numbers: "itertools.count[int]", over: asyncio.Event) -> None:
        while not over.is_set():
            number = next(numbers)
            self._storm.mails += 1
            began = time.monotonic()
            while not await self._is_taken(number):  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(self._chance.uniform(0.05, 0.2))
            self._storm.acknowledged.add(number)
            self._storm.longest_wait = max(self._storm.longest_wait, time.monotonic() - began)
            await asyncio.sleep(self._chance.uniform(0, 0.3))

    async def _is_taken(self, number: int) -> bool:
        """One try at any node.  An answer of 5xx is a mistake of ours, and the mail counts as lost."""
        storm, ports = self._storm, self._opened.ports()
        storm.tries += 1
        answer = await self._try(self._chance.choice(ports), number) if ports else ""
        storm.put_off += answer.startswith("4")
        storm.dropped += not answer
        if answer.startswith("5"):
            storm.refused.append(answer)
        return answer.startswith(("250", "5"))

    async def _try(self, port: int, number: int) -> str:
        recipient = f"{FIRST_SHOP + number % SHOPS}-jimdo-orderimport@inbound.example"
        lines = (
            f"MAIL FROM:<{number}@jimdo.example>\r\n".encode(),
            f"RCPT TO:<{recipient}>\r\n".encode(),
            b"DATA\r\n",
            stuffed(order_mail(number)),
        )
        answer = ""
        try:
            async with asyncio.timeout(LONGEST_TRY), calling(port) as peer:
                for line in lines:
                    answer = await peer.say(line)
                    if not answer.startswith(("250", "354")):
                        return answer
        except OSError:
            return ""
        return answer


def outcome_of(storm: Storm) -> Outcome:
    """Its line in the table of all faults."""
    done = set(storm.kept) & set(storm.orders) & set(storm.copies)
    doubled = sum(count - 1 for count in storm.orders.values())
    strange = len(set(storm.orders) - storm.acknowledged)
    lost = len(storm.acknowledged - done) + len(storm.refused)
    remark = "; ".join(storm.complaints()) or f"{storm.put_off} put off, {len(storm.spooled)} spooled"
    return Outcome("three nodes, kill -9", storm.kills, len(storm.acknowledged), lost, doubled + strange, remark)


def main() -> None:
    """Let it rage, and print what became of the mails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-nodes-") as name:
        storm = asyncio.run(run(Path(name), options.seconds, options.seed))
    console = Console(width=110)
    table = Table(title=f"{NODES} nodes on one PostgreSQL, {options.seconds:.0f} s, seed {options.seed}")
    table.add_column("")
    table.add_column("", justify="right")
    for what, count in _rows(storm):
        table.add_row(what, str(count))
    console.print(table)
    complaints = list(storm.complaints())
    for complaint in complaints:
        console.print(complaint)
    if complaints:
        raise SystemExit(1)


def _rows(storm: Storm) -> Iterator[tuple[str, object]]:
    yield "nodes killed with -9", storm.kills
    yield "restarts of PostgreSQL (fast, immediate)", 2
    yield "mails", storm.mails
    yield "tries", storm.tries
    yield "acknowledged (250)", len(storm.acknowledged)
    yield "answers of 4xx", storm.put_off
    yield "connections refused or broken", storm.dropped
    yield "longest wait of a mail for its 250", f"{storm.longest_wait:.1f} s"
    yield "accepted into a spool", len(storm.spooled)
    yield "of these, in the spool of a node when it was killed", len(storm.with_spool)
    yield "orders", len(storm.orders)
    yield "orders twice", sum(count > 1 for count in storm.orders.values())
    yield "copies at the smarthost", storm.copies.total()
    yield "mails copied more than once", sum(count > 1 for count in storm.copies.values())
    yield "from the last mail until all was done", f"{storm.seconds_to_calm:.1f} s"


if __name__ == "__main__":
    main()

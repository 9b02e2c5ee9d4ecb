"""Several nodes on one PostgreSQL: one after the other is killed, the database restarts twice, and mails keep coming.

Mails come to any node, as MX records lead there.  A node that cannot write accepts all the same: the mail waits in its
own spool until both are back.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.chaos.outcome import Outcome
from tests.journeys.running import Server, soon
from tests.journeys.storms import Aftermath, is_done, look_around, numbers_in, sending
from tests.postgresql import Postgresql, running
from tests.sink import Sink

SENDERS = 3
PATIENCE = 120.0  # after the last kill: leases of half a minute, spools, and the rest of the work
AWAY = 3.0  # seconds that the database is gone


@dataclass
class Storm:
    """How long it rages, in seconds, how often a node is killed, and what came of it."""

    seconds: float = 120.0
    nodes: int = 3
    pause: tuple[float, float] = (2.0, 5.0)
    found: Aftermath = field(default_factory=Aftermath)
    restarts: int = 0

    @property
    def lost(self) -> set[int]:
        """Acknowledged mails that are no order, or of which no copy went out."""
        return self.found.acknowledged - (set(self.found.orders) & set(self.found.copies))

    @property
    def invented(self) -> int:
        """Orders that nobody sent, and those that are there twice."""
        return self.found.orders.total() - len(set(self.found.orders) & (self.found.acknowledged | self.found.given_up))


async def run(folder: Path, seed: int, storm: Storm) -> Outcome:
    """One line of the table."""
    with running() as database:
        connection = await asyncpg.connect(database.address.format(database="postgres"))
        await connection.execute("CREATE DATABASE nodes")
        await connection.close()
        await _rage(folder, database, random.Random(seed), storm)
    found = storm.found
    remark = f"{found.tries - len(found.acknowledged)} tries without a 250, {storm.restarts} restarts of the database"
    name = f"{storm.nodes} nodes, one killed every few seconds"
    return Outcome(name, found.kills, len(found.acknowledged), len(storm.lost), storm.invented, remark)


async def _rage(folder: Path, database: Postgresql, chance: random.Random, storm: Storm) -> None:
    address, found = database.address.format(database="nodes"), storm.found
    async with Sink() as sink:
        nodes = [_node(folder, number, sink, address) for number in range(storm.nodes)]
        try:
            await asyncio.gather(*(node.start() for node in nodes))  # all at once: one of them makes the tables
            over, numbers = asyncio.Event(), itertools.count(100_001)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(SENDERS):
                    tasks.create_task(sending(nodes, numbers, over, random.Random(chance.random()), found))
                restarting = tasks.create_task(_restart_twice(database, storm))
                await _kill_one_by_one(nodes, chance, storm)
                await restarting
                over.set()
            await soon(lambda: _is_calm(nodes), PATIENCE)
            await look_around(nodes[0], found)
        finally:
            for node in nodes:
                node.end()
        for copy in sink.mails:
            found.copies.update(numbers_in(copy.raw))


def _node(folder: Path, number: int, sink: Sink, address: str) -> Server:
    home = folder / f"node-{number}"
    home.mkdir()
    return Server(home, sink.port, address, smtp="commit_patience = 1")


async def _kill_one_by_one(nodes: Sequence[Server], chance: random.Random, storm: Storm) -> None:
    end = time.monotonic() + storm.seconds
    while time.monotonic() < end:
        await asyncio.sleep(chance.uniform(*storm.pause))
        node = chance.choice(nodes)
        await node.kill()
        storm.found.kills += 1
        await _comes_up(node)


async def _comes_up(node: Server) -> None:
    """It does not start without its database; systemd starts it again and again (Restart=on-failure)."""
    while True:
        try:
            await node.start()
        except AssertionError:  # it has ended
            await asyncio.sleep(1)
        else:
            return


async def _restart_twice(database: Postgresql, storm: Storm) -> None:
    """Once as an operator does it, and once as a crash."""
    for mode in ("fast", "immediate"):
        await asyncio.sleep(storm.seconds / 3)
        await asyncio.to_thread(database.stop, mode)
        await asyncio.sleep(AWAY)
        await asyncio.to_thread(database.start)
        storm.restarts += 1


async def _is_calm(nodes: Sequence[Server]) -> bool:
    if any(list((node.folder / "var" / "spool").glob("*.mail")) for node in nodes):
        return False
    return await is_done(nodes[0])

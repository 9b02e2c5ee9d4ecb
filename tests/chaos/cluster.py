"""Several nodes of ours on one PostgreSQL, each with a folder and a port of its own, started again when they end."""

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from tests import postgresql
from tests.journeys.running import Server
from tests.sink import Sink

FIRST_SHOP, SHOPS = 12345, 4
RESTART_SECONDS = 0.5  # until a node that has ended is started again, as systemd does with RestartSec

_SHOP = '\n[[accounts.shops]]\nid = {number}\nname = "Shop {number}"\ntrust = "everybody"'
_MORE_SHOPS = "".join(_SHOP.format(number=FIRST_SHOP + more) for more in range(1, SHOPS))
_DUE = (
    "SELECT id FROM arrivals UNION ALL SELECT id FROM mails WHERE due_at IS NOT NULL"
    " UNION ALL SELECT id FROM jobs WHERE next_at IS NOT NULL"
)


@dataclass
class Node:
    """One `serve`; `port` is 0 while nobody listens there."""

    server: Server
    under: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    port: int = 0
    starts: int = 0

    def spooled(self) -> list[str]:
        """The queue ids of the mails that wait in its spool."""
        return [file.stem for file in (self.server.folder / "var" / "spool").glob("*.mail")]

    async def start(self) -> None:
        """Start it until it serves: without its database it ends at once, and is started again."""
        while not self.port:
            self.starts += 1
            await self.server.launch(*self.roles, under=self.under)
            with suppress(AssertionError):
                await self.server.serves()
                self.port = self.server.port
                return
            self.server.end()
            await asyncio.sleep(RESTART_SECONDS)

    async def kill(self) -> None:
        """SIGKILL, in the midst of whatever it does."""
        self.port = 0
        await self.server.kill()


@dataclass
class Cluster:
    """The nodes, their database and the smarthost that takes all copies."""

    postgresql: postgresql.Postgresql
    database: str
    sink: Sink
    nodes: list[Node] = field(default_factory=list)

    def ports(self) -> list[int]:
        """Where a mail can be brought just now."""
        return [node.port for node in self.nodes if node.port]

    async def are_up(self) -> bool:
        """Whether every node serves."""
        return len(self.ports()) == len(self.nodes)

    async def have_spooled(self) -> bool:
        """Whether a node that serves has something in its spool."""
        return any(node.port and node.spooled() for node in self.nodes)

    async def asked(self, query: str) -> list[Any]:
        """The first column of what the database answers."""
        connection = await asyncpg.connect(self.database)
        try:
            return [row[0] for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def is_quiet(self) -> bool:
        """Whether every mail is in the database, read and copied."""
        return not any(node.spooled() for node in self.nodes) and not await self.asked(_DUE)

    def logged(self, words: str) -> list[str]:
        """The lines of all logs that say so."""
        lines = itertools.chain.from_iterable(node.server.log().decode().splitlines() for node in self.nodes)
        return [line for line in lines if words in line]

    def copies(self) -> Counter[bytes]:
        """The copies at the smarthost, by the Message-Id of their mail."""
        found: Counter[bytes] = Counter()
        for copy in self.sink.mails:
            found[copy.raw.partition(b"Message-ID: <")[2].partition(b"@")[0]] += 1
        return found


@asynccontextmanager
async def cluster(folder: Path, count: int, *, hasty: bool, roles: tuple[str, ...] = ()) -> AsyncIterator[Cluster]:
    """So many nodes that all start at once on an empty database; with `hasty` their leases are short."""
    with postgresql.running() as database_server:
        connection = await asyncpg.connect(database_server.address.format(database="postgres"))
        await connection.execute("CREATE DATABASE nodes")
        await connection.close()
        database = database_server.address.format(database="nodes")
        async with Sink() as sink:
            opened = Cluster(database_server, database, sink)
            opened.nodes += [_node(folder / f"node-{number}", opened, roles, hasty=hasty) for number in range(count)]
            try:
                await asyncio.gather(*(node.start() for node in opened.nodes))
                yield opened
            finally:
                for node in opened.nodes:
                    node.server.end()


def _node(folder: Path, opened: Cluster, roles: tuple[str, ...], *, hasty: bool) -> Node:
    folder.mkdir()
    server = Server(folder, opened.sink.port, opened.database, shop=_MORE_SHOPS)
    server.own_nursery = True
    if not hasty:
        return Node(server, roles=roles)
    server.program = [sys.executable, "-m", "tests.chaos.serve", "--config", str(folder / "config.toml")]
    return Node(server, ("env", "CHAOS_HASTE=1"), roles)

"""Nodes on one PostgreSQL: `python -m tests.bench.nodes [--messages N] [--rounds N] [--sessions N]`.

From the first connection until every order mail of 8 KiB is an order in the database: one, two and three `serve` with
all roles on a PostgreSQL that is as durable as it comes (fsync, synchronous_commit), and one on SQLite.  All of them
and the sessions that send share the cores of one machine: more nodes cannot be faster here, but they show what several
cost together.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

import asyncpg
from rich.console import Console
from rich.table import Table

from tests import postgresql
from tests.bench.peers import Basin, Billbee, CannotStart, wait_until
from tests.bench.sources import Load, Sessions

PATIENCE = 600.0
WARMING_UP = Load(messages=60, sessions=12, reuse=True)


class Fleet:
    """So many nodes on a database of their own."""

    def __init__(self, folder: Path, relay: int, address: str, count: int) -> None:
        self.name = f"{count} on PostgreSQL"
        self._runner = asyncio.Runner()
        self._runner.run(_create(address, f"nodes_{count}"))
        database = address.format(database=f"nodes_{count}")
        self._nodes = [Billbee(folder / f"{count}-{number}", relay, database=database) for number in range(count)]
        self._asking = self._runner.run(asyncpg.connect(database))

    @property
    def ports(self) -> list[int]:
        return [node.port for node in self._nodes]

    def start(self) -> None:
        """Raises CannotStart."""
        for node in self._nodes:
            node.start()

    def stop(self) -> None:
        for node in self._nodes:
            node.stop()
        self._runner.run(self._asking.close())
        self._runner.close()

    def is_idle(self) -> bool:
        """Whether every mail is read and copied."""
        return not self._count("mails WHERE due_at IS NOT NULL") + self._count("jobs WHERE next_at IS NOT NULL")

    def orders(self) -> int:
        """How many orders there are."""
        return self._count("orders")

    def _count(self, what: str) -> int:
        count: int = self._runner.run(self._asking.fetchval(f"SELECT count(*) FROM {what}"))
        return count


class Alone:
    """One node on SQLite."""

    name = "1 on SQLite"

    def __init__(self, folder: Path, relay: int) -> None:
        self._node = Billbee(folder / "sqlite", relay)
        self.ports = [self._node.port]
        self.start, self.stop = self._node.start, self._node.stop
        self.is_idle, self.orders = self._node.is_idle, self._node.orders


async def _create(address: str, name: str) -> None:
    connection = await asyncpg.connect(address.format(database="postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


def main() -> None:
    """Measure each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=500, help="mails in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=24, help="sessions at once, divided among the nodes")
    options = parser.parse_args()
    console = Console()
    table = Table(
        title=f"{options.messages} order mails of 8 KiB, {options.sessions} sessions, median of {options.rounds}"
    )
    for column in ("nodes", "connections", "accepted/s", "orders/s"):
        table.add_column(column, justify="right" if column.endswith("/s") else "left")
    with (
        tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name,
        postgresql.running(fsync=True) as server,
    ):
        folder, basin = Path(name), Basin()
        basin.start()
        try:
            _measure(Alone(folder, basin.port), options, table, console)
            for count in (1, 2, 3):
                _measure(Fleet(folder, basin.port, server.address, count), options, table, console)
        finally:
            basin.stop()
    console.print(table)


def _measure(fleet: Fleet | Alone, options: argparse.Namespace, table: Table, console: Console) -> None:
    try:
        fleet.start()
        Sessions().send_to(fleet.ports, WARMING_UP)
        for reuse in (False, True):
            load = Load(options.messages, options.sessions, reuse)
            rates = [_round(fleet, load) for _ in range(options.rounds)]
            numbers = [f"{median(each):.0f}" for each in zip(*rates, strict=True)]
            table.add_row(fleet.name, "reused" if reuse else "new", *numbers)
    except CannotStart as reason:
        console.print(f"{fleet.name} is not measured: {reason}")
    finally:
        fleet.stop()


def _round(fleet: Fleet | Alone, load: Load) -> tuple[float, float]:
    """Accepted and done, each a second."""
    wait_until(fleet.is_idle, PATIENCE, f"the work of {fleet.name}")
    before = fleet.orders()
    start = time.perf_counter()
    seconds = Sessions().send_to(fleet.ports, load)
    wait_until(lambda: fleet.orders() - before >= load.messages, PATIENCE, f"the orders of {fleet.name}")
    return load.messages / seconds, load.messages / (time.perf_counter() - start)


if __name__ == "__main__":
    main()

"""Mails and orders a second beside a great many others: `python -m tests.bench.growth [--orders N] [--shops N]`.

`serve` on a database with a million orders of 10,000 shops, and on an empty one; rounds in turn, medians.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from smtpd_billbee.store.store import open_store
from tests.bench.peers import Basin, Billbee, CannotStart, wait_until
from tests.bench.sources import Load, Sessions
from tests.bench.whole_way import PATIENCE, WARMING_UP, one_round
from tests.bench.window_data import Size, fill


def main() -> None:
    """Fill, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--shops", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=300, help="mails in each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name:
        basin = Basin()
        empty, full = (Billbee(Path(name) / each, basin.port) for each in ("empty", "full"))
        full.file.parent.mkdir(parents=True)
        size = Size(options.orders, options.shops, min(50_000, options.orders))
        asyncio.run(_fill(full.file.parent, size, console))
        try:
            basin.start()
            rates = _measure(empty, full, Load(options.messages, 20, reuse=True), options.rounds)
        except CannotStart as reason:
            sys.exit(str(reason))
        finally:
            for each in (empty, full, basin):
                each.stop()
    table = Table(title=f"{options.messages} order mails of 8 KiB, 20 sessions, median of {options.rounds}")
    for column in ("database", "accepted/s", "orders/s"):
        table.add_column(column, justify="left" if column == "database" else "right")
    for what, each in zip(("empty", f"{options.orders:,} orders, {options.shops:,} shops"), rates, strict=True):
        table.add_row(what, *(f"{median(numbers):.0f}" for numbers in zip(*each, strict=True)))
    console.print(table)


async def _fill(folder: Path, size: Size, console: Console) -> None:
    store = await open_store("", folder)
    await fill(store, size, console.print)
    await store.close()


def _measure(empty: Billbee, full: Billbee, load: Load, rounds: int) -> tuple[list[tuple[float, float]], ...]:
    peers = (empty, full)
    for peer in peers:
        peer.start()
        Sessions().send(peer.port, WARMING_UP)
        wait_until(peer.is_idle, PATIENCE, "the first orders")
    found: tuple[list[tuple[float, float]], ...] = ([], [])
    for _ in range(rounds):
        for peer, rates in zip(peers, found, strict=True):
            rates.append(one_round(peer, peer.orders, load))
    return found


if __name__ == "__main__":
    main()

"""Accepted mails and orders a second: `python -m tests.bench.accept [--messages N] [--rounds N] [--sessions N]`.

Each number is the median of the rounds.  "accepted" counts from the first connection to the last 250; "orders" and
"copies" from the first connection until the last order is in the database and the last copy is with the smarthost.
Every mail differs from every other: the same mail again would be kept once only.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.peers import Basin, Billbee, CannotStart, Peer, Postfix, wait_until
from tests.bench.sources import Load, Sessions, SmtpSource, Source

PATIENCE = 300.0
WARMING_UP = Load(messages=100, sessions=10, reuse=True)


@dataclass(slots=True)
class Rates:
    """What the rounds of one line brought, each a second."""

    accepted: list[float] = field(default_factory=list)
    orders: list[float] = field(default_factory=list)
    copies: list[float] = field(default_factory=list)


def main() -> None:
    """Measure every peer with every source, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1000, help="mails in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=20, help="sessions at once")
    options = parser.parse_args()
    console = Console()
    table = Table(title=f"{options.messages} mails of 8 KiB, {options.sessions} sessions, median of {options.rounds}")
    for column in ("server", "source", "connections", "accepted/s", "orders/s", "copies/s"):
        table.add_column(column, justify="right" if column.endswith("/s") else "left")
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # Postfix's own user has to come through
        for peer in _peers(folder, _basin(stack, console)):
            try:
                _measure(peer, options, table, console)
            except CannotStart as reason:
                console.print(f"{peer.name} is not measured: {reason}")
            finally:
                peer.stop()
    console.print(table)


def _peers(folder: Path, relay: int) -> list[Peer]:
    return [
        Postfix(folder / "postfix"),
        Billbee(folder / "door", relay, only="door"),
        Billbee(folder / "all", relay),
    ]


def _basin(stack: ExitStack, console: Console) -> int:
    basin = Basin()
    stack.callback(basin.stop)
    try:
        basin.start()
    except CannotStart as reason:
        console.print(f"no copy is delivered: {reason}")
    return basin.port


def _sources(console: Console) -> list[Source]:
    missing = SmtpSource.missing()
    if missing:
        console.print(f"one source less: {missing}")
    return [Sessions()] if missing else [SmtpSource(), Sessions()]


def _measure(peer: Peer, options: argparse.Namespace, table: Table, console: Console) -> None:
    peer.start()
    Sessions().send(peer.port, WARMING_UP)
    for source in _sources(console):
        for reuse in (False, True):
            load = Load(options.messages, options.sessions, reuse)
            rates = Rates()
            for _ in range(options.rounds):
                wait_until(peer.is_idle, PATIENCE, f"the work of {peer.name}")
                _round(peer, source, load, rates)
            numbers = [_shown(rates.accepted), _shown(rates.orders), _shown(rates.copies)]
            table.add_row(peer.name, source.name, "reused" if reuse else "new", *numbers)


def _round(peer: Peer, source: Source, load: Load, rates: Rates) -> None:
    if not isinstance(peer, Billbee):
        rates.accepted.append(load.messages / source.send(peer.port, load))
        return
    mails, orders, copies = peer.mails(), peer.orders(), peer.copies()
    seconds = source.send(peer.port, load)
    start = time.perf_counter() - seconds
    rates.accepted.append(load.messages / seconds)
    kept = peer.mails() - mails
    if kept != load.messages:
        raise CannotStart(f"{load.messages} mails were answered 250, {kept} are kept")
    if not peer.does_everything:
        return
    # Reading and relaying go on at the same time, and neither waits for the other.
    done: dict[str, float] = {}
    waits = {"orders": peer.has_read, "copies": peer.has_sent}

    def all_done() -> bool:
        done.update({name: time.perf_counter() for name, is_so in waits.items() if name not in done and is_so()})
        return len(done) == len(waits)

    wait_until(all_done, PATIENCE, "reading and relaying")
    if peer.orders() - orders == load.messages:
        rates.orders.append(load.messages / (done["orders"] - start))
    if peer.copies() - copies == load.messages:
        rates.copies.append(load.messages / (done["copies"] - start))


def _shown(rates: list[float]) -> str:
    return f"{median(rates):.0f}" if rates else ""


if __name__ == "__main__":
    main()

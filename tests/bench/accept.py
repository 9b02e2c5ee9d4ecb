"""Accepted mails a second, beside others in the same run: `python -m tests.bench.accept [--messages N] [--rounds N]`.

By size, sessions at once, and new or reused connections; each number is the median of the rounds, in which all servers
take turns.  Ours is `serve` with every role on a real SQLite file: 250 comes after the commit.  While a load runs, its
mails are filed, read and copied as far as the door leaves time for it; the next one waits until all that is done.  One
setting is not its default: one peer may have more than 100 connections, for here one peer is all.  Postfix queues each
mail durably and then throws it away; aiosmtpd keeps nothing, or commits each mail by itself.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.peers import Basin, Billbee, CannotStart, Peer, Postfix, wait_until
from tests.bench.sources import Load, Sessions, SmtpSource, Source
from tests.bench.stock import Stock

KIB = 1024
PATIENCE = 300.0
CROWD = "max_connections_per_peer = 1000"
WARMING_UP = Load(messages=100, sessions=10, reuse=True)


def main() -> None:
    """Measure every server with every load, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=600, help="mails in each round; fewer where they are slow")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, nargs="*", default=[1, 20, 100], help="sessions at once")
    parser.add_argument("--sizes", type=int, nargs="*", default=[4, 8, 60], help="of a mail, in KiB")
    options = parser.parse_args()
    console = Console()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # Postfix's own user has to come through
        basin = Basin()
        try:
            basin.start()
        except CannotStart as reason:
            console.print(f"no copy is delivered: {reason}")
        peers = [Stock(folder, keeps=False), Stock(folder, keeps=True), Postfix(folder / "postfix")]
        started: list[Peer] = []
        try:
            started += _started([*peers, Billbee(folder / "ours", basin.port, more=CROWD)], console)
            console.print(_measured(started, options, console))
        finally:
            for peer in started:
                peer.stop()
            basin.stop()
    console.print(f"{time.perf_counter() - start:.0f} s in all")


def _started(peers: Sequence[Peer], console: Console) -> Iterator[Peer]:
    for peer in peers:
        try:
            peer.start()
        except CannotStart as reason:
            console.print(f"{peer.name} is not measured: {reason}")
            peer.stop()
        else:
            yield peer


def _measured(peers: Sequence[Peer], options: argparse.Namespace, console: Console) -> Table:
    table = Table(title=f"Accepted mails a second, median of {options.rounds}")
    for column in ("KiB", "sessions", "connections", *(peer.name for peer in peers), "ours : Postfix"):
        table.add_column(column, justify="left" if column == "connections" else "right")
    missing = SmtpSource.missing()
    source: Source = Sessions() if missing else SmtpSource()
    if missing:
        console.print(f"order mails of 8 KiB are sent instead of each size: {missing}")
    for peer in peers:
        source.send(peer.port, WARMING_UP)
    for size in [8] if missing else options.sizes:
        for sessions in options.sessions:
            for reuse in (False, True):
                load = Load(_messages(options.messages, size, sessions), sessions, reuse, size * KIB)
                rates = _rates(peers, source, load, options.rounds)
                words = [str(size), str(sessions), "reused" if reuse else "new"]
                table.add_row(*words, *(f"{rates[peer.name]:.0f}" for peer in peers), _ratio(rates))
    return table


def _messages(most: int, size: int, sessions: int) -> int:
    """One session, and large mails, take their time."""
    return max(20, most // (4 if sessions == 1 else 2 if size > 16 else 1))


def _rates(peers: Sequence[Peer], source: Source, load: Load, rounds: int) -> dict[str, float]:
    rates: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            rates[peer.name].append(_round(peer, source, load))
    return {name: median(each) for name, each in rates.items()}


def _round(peer: Peer, source: Source, load: Load) -> float:
    wait_until(peer.is_idle, PATIENCE, f"the work of {peer.name}")
    before = peer.mails() if isinstance(peer, Billbee) else 0
    seconds = source.send(peer.port, load)
    if isinstance(peer, Billbee) and (kept := peer.mails() - before) != load.messages:
        raise CannotStart(f"{load.messages} mails were answered 250, {kept} are kept")
    wait_until(peer.is_idle, PATIENCE, f"the work of {peer.name}")  # nobody else is measured beside it
    return load.messages / seconds


def _ratio(rates: dict[str, float]) -> str:
    ours = next((rate for name, rate in rates.items() if name.startswith("smtpd_billbee")), None)
    theirs = rates.get(Postfix.name)
    return f"{ours / theirs:.1f}" if ours and theirs else ""


if __name__ == "__main__":
    main()

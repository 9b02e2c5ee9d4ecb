"""Orders a second, the whole way: `python -m tests.bench.whole_way [--messages N] [--rounds N] [--sessions N]`.

From the first connection until every order mail of 8 KiB is an order in the database: `smtpd-billbee serve` with all
roles, beside what an engineer would otherwise put together.  Ours reads any layout, proves where a mail comes from and
sends copies; the others know one layout.  "reader" is the share of our time that the reader itself takes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from smtpd_billbee.reader import read
from tests.bench.mails import order_mail
from tests.bench.peers import Basin, Billbee, CannotStart, Peer, wait_until
from tests.bench.rivals import PostfixLmtp, PostfixPipe
from tests.bench.sources import Load, Sessions

PATIENCE = 600.0
WARMING_UP = Load(messages=60, sessions=10, reuse=True)


def main() -> None:
    """Measure each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=500, help="mails in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=20, help="sessions at once")
    options = parser.parse_args()
    console = Console()
    title = f"{options.messages} order mails of 8 KiB, {options.sessions} sessions, median of {options.rounds}"
    table = Table(title=title, caption=f"the reader alone: {1000 * _reading():.1f} ms a mail on one core")
    for column in ("server", "connections", "accepted/s", "orders/s"):
        table.add_column(column, justify="right" if column.endswith("/s") else "left")
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # others have to come through
        basin = Basin()
        basin.start()
        ours = Billbee(folder / "ours", basin.port)
        pipe, lmtp = PostfixPipe(folder / "pipe"), PostfixLmtp(folder / "lmtp")
        try:
            for peer, done in ((pipe, pipe.done), (lmtp, lmtp.done), (ours, ours.orders)):
                _measure(peer, done, options, table, console)
        finally:
            basin.stop()
    console.print(table)


def _reading() -> float:
    """Seconds that the reader takes for one of these mails."""
    mails = [order_mail(9_000_000 + number) for number in range(120)]
    times = []
    for mail in mails:
        start = time.process_time()
        read(mail)
        times.append(time.process_time() - start)
    return median(times[20:])


def _measure(peer: Peer, done: Callable[[], int], options: argparse.Namespace, table: Table, console: Console) -> None:
    try:
        peer.start()
        Sessions().send(peer.port, WARMING_UP)
        for reuse in (False, True):
            load = Load(options.messages, options.sessions, reuse)
            rates = [one_round(peer, done, load) for _ in range(options.rounds)]
            numbers = [f"{median(each):.0f}" for each in zip(*rates, strict=True)]
            table.add_row(peer.name, "reused" if reuse else "new", *numbers)
    except CannotStart as reason:
        console.print(f"{peer.name} is not measured: {reason}")
    finally:
        peer.stop()


def one_round(peer: Peer, done: Callable[[], int], load: Load) -> tuple[float, float]:
    """Accepted and done, each a second."""
    wait_until(peer.is_idle, PATIENCE, f"the work of {peer.name}")
    before = done()
    start = time.perf_counter()
    seconds = Sessions().send(peer.port, load)
    wait_until(lambda: done() - before >= load.messages, PATIENCE, f"the orders of {peer.name}")
    return load.messages / seconds, load.messages / (time.perf_counter() - start)


if __name__ == "__main__":
    main()

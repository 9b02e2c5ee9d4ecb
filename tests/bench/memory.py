"""Memory of `serve` with every role: idle, and with idle connections: `python -m tests.bench.memory [--connections N]`.

PSS of the process and all its children, in MiB: what is shared between processes is counted once.  Other programs of
the same Python on the machine share its libraries, and make this number smaller: "alone" is what it would be without
them.  The database is there already: the start that makes it keeps what that took, 7 MiB more, until the next one.
"""

import argparse
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.peers import Basin, Billbee, CannotStart
from tests.bench.sources import Load, Sessions

MIB = 1024 * 1024
SETTLING = 3.0  # seconds


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=500)
    options = parser.parse_args()
    table = Table(title="Memory of serve, PSS in MiB")
    for column in ("when", "processes", "PSS", "of these: children", "alone"):
        table.add_column(column, justify="left" if column == "when" else "right")
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name, ExitStack() as stack:
        basin = Basin()
        stack.callback(basin.stop)
        basin.start()
        peer = Billbee(Path(name) / "all", basin.port, more="max_connections_per_peer = 1000\nmax_connections = 2000")
        stack.callback(peer.stop)
        try:
            peer.start()
            peer.stop()
            peer.start()
        except CannotStart as reason:
            Console().print(str(reason))
            return
        _row(table, "just started", peer)
        Sessions().send(peer.port, Load(messages=200, sessions=10, reuse=True))
        while not peer.is_idle():
            time.sleep(0.2)
        _row(table, "after 200 orders", peer)
        guests = [stack.enter_context(_guest(peer.port)) for _ in range(options.connections)]
        _row(table, f"with {len(guests)} idle connections", peer)
    Console().print(table)


def _guest(port: int) -> socket.socket:
    """A client that has said hello and nothing more."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    answers = connection.makefile("rb")
    answers.readline()
    connection.sendall(b"EHLO guest.example\r\n")
    while answers.readline()[3:4] == b"-":
        pass
    return connection


def _row(table: Table, when: str, peer: Billbee) -> None:
    time.sleep(SETTLING)
    process = psutil.Process(peer.pid)
    children = process.children(recursive=True)
    of_children = sum(map(_pss, children))
    figures = (_pss(process) + of_children, of_children, _alone([process, *children]))
    table.add_row(when, str(1 + len(children)), *(f"{each:.0f}" for each in figures))


def _pss(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / MIB


def _alone(family: Sequence[psutil.Process]) -> float:
    """What is shared within the family counts once; of each library, what the one has in memory that has most of it."""
    whole = 0
    libraries: Counter[str] = Counter()
    for process in family:
        own: Counter[str] = Counter()
        for each in process.memory_maps(grouped=False):
            own[each.path] += each.rss - each.anonymous
        libraries |= own
        whole += _pss_of_no_file(process)
    return (whole + libraries.total()) / MIB


def _pss_of_no_file(process: psutil.Process) -> int:
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss_Anon:"))


if __name__ == "__main__":
    main()

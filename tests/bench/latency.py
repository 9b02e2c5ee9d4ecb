"""How long one order takes: `python -m tests.bench.latency [--messages N] [--rate N]`.

At a steady, small rate, from the client's final dot: until its 250, until the order is a row that others see, and until
its copy is with the smarthost.  Medians, and the time that one in twenty exceeds.
"""

import argparse
import asyncio
import re
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from rich.console import Console
from rich.table import Table

from tests.bench.mails import RECIPIENT, SENDER, order_mail
from tests.bench.peers import Billbee, CannotStart, free_port, wait_until

FIRST = 3_000_000
LOOKING = 0.002  # seconds between two looks
PATIENCE = 60.0
_NUMBER = re.compile(rb"no-reply@jimdo\.example.{0,400}?<(\d{7})@shop\.example>", re.DOTALL)

Times = dict[int, float]


class _Mailbox:
    """The smarthost: notes when each copy is there."""

    def __init__(self) -> None:
        self.came: Times = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The copy holds the mail as it came, with its number."""
        assert isinstance(envelope.content, bytes)
        if found := _NUMBER.search(envelope.content):
            self.came.setdefault(int(found[1]), time.perf_counter())
        return "250 kept"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10.0, help="mails a second")
    options = parser.parse_args()
    mailbox, port = _Mailbox(), free_port()
    smarthost = Controller(mailbox, hostname="127.0.0.1", port=port)
    smarthost.start()
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name:
        peer = Billbee(Path(name) / "all", port)
        try:
            peer.start()
            _warm_up(peer)
            dots, answers, rows = asyncio.run(_measure(peer, options.messages, options.rate, mailbox))
        except CannotStart as reason:
            sys.exit(str(reason))
        finally:
            peer.stop()
            smarthost.stop()
    table = Table(title=f"{options.messages} mails of 8 KiB, {options.rate:g} a second, from the dot")
    for column in ("until", "median ms", "95 % ms"):
        table.add_column(column, justify="left" if column == "until" else "right")
    for until, times in (("250", answers), ("the order row", rows), ("the copy is at the smarthost", mailbox.came)):
        took = [1000 * (times[number] - dot) for number, dot in dots.items() if number in times]
        table.add_row(until, f"{median(took):.0f}", f"{quantiles(took, n=20)[-1]:.0f}")
    Console().print(table)


def _warm_up(peer: Billbee) -> None:
    async def some() -> None:
        await _send(peer.port, range(FIRST - 20, FIRST), 20, {}, {})

    asyncio.run(some())
    wait_until(lambda: peer.orders() >= 20 and peer.is_idle(), PATIENCE, "the first orders")


async def _measure(peer: Billbee, messages: int, rate: float, mailbox: _Mailbox) -> tuple[Times, Times, Times]:
    dots: Times = {}
    answers: Times = {}
    rows: Times = {}
    numbers = range(FIRST, FIRST + messages)
    async with asyncio.timeout(PATIENCE + messages / rate), asyncio.TaskGroup() as tasks:
        tasks.create_task(_send(peer.port, numbers, rate, dots, answers))
        tasks.create_task(_look(peer.file, messages, rows))
        tasks.create_task(_wait_for_copies(mailbox, numbers))
    return dots, answers, rows


async def _send(port: int, numbers: range, rate: float, dots: Times, answers: Times) -> None:
    """Each mail on a connection of its own, at its moment."""
    start = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for count, number in enumerate(numbers):
            await asyncio.sleep(max(0.0, start + count / rate - time.perf_counter()))
            tasks.create_task(_one(port, number, dots, answers))


async def _one(port: int, number: int, dots: Times, answers: Times) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    greeting = (b"HELO bench.example\r\n", f"MAIL FROM:<{SENDER}>\r\n".encode(), f"RCPT TO:<{RECIPIENT}>\r\n".encode())
    for line in (*greeting, b"DATA\r\n"):
        writer.write(line)
        await reader.readline()
    writer.write(order_mail(number) + b".\r\n")
    dots[number] = time.perf_counter()
    answer = await reader.readline()
    assert b"250" == answer[:3]
    answers[number] = time.perf_counter()
    writer.write(b"QUIT\r\n")
    writer.close()
    await writer.wait_closed()


async def _look(file: Path, messages: int, rows: Times) -> None:
    """What another process sees of the orders, and when."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        last = 0
        while len(rows) < messages:
            found = connection.execute("SELECT id, number FROM orders WHERE id > ? ORDER BY id", (last,)).fetchall()
            now = time.perf_counter()
            rows |= {int(number): now for _, number in found if int(number) >= FIRST}
            last = found[-1][0] if found else last
            await asyncio.sleep(LOOKING)


async def _wait_for_copies(mailbox: _Mailbox, numbers: range) -> None:
    while not mailbox.came.keys() >= set(numbers):  # noqa: ASYNC110 - it comes from another thread
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()

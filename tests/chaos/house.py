"""The server that things go wrong with, and the honest senders that go on bringing their mails meanwhile."""

import asyncio
import itertools
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from smtpd_billbee.store.store import FILE
from tests import dns_server
from tests.chaos.outcome import Outcome
from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling
from tests.sink import Sink

ROLES = ("--only", "door,reading,relaying")
_numbers = itertools.count(300_001)


@dataclass
class Record:
    """What came of one fault, by the numbers of the mails."""

    fault: str
    tried: int = 0
    sent: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    remark: str = ""


class Dns(dns_server.Server):
    """Knows nobody; when it is dead, it says nothing."""

    is_dead = False
    unanswered = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.is_dead:
            self.unanswered += 1
        else:
            super().datagram_received(data, addr)


@dataclass
class House:
    """A server that serves, the smarthost that takes its copies, and what was sent to it."""

    server: Server
    sink: Sink
    full: bool  # as long as it takes; else scaled down for CI
    dns: "Dns"
    records: list[Record] = field(default_factory=list)

    @property
    def some(self) -> int:
        """How many mails come while something is wrong."""
        return 50 if self.full else 10

    @property
    def state(self) -> Path:
        return self.server.folder / "var"

    def record(self, fault: str) -> Record:
        """A new line of the table."""
        self.records.append(Record(fault))
        return self.records[-1]

    async def bring(self, record: Record, count: int, more: bytes = b"", tries: int = 5) -> None:
        """So many mails, one after the other, as an honest server brings them; an answer of 5xx is an error."""
        for number in itertools.islice(_numbers, count):
            record.sent.add(number)
            for _ in range(tries):
                answer = await self._bring(number, more)
                assert not answer.startswith("5"), answer
                if answer.startswith("250"):
                    record.acknowledged.add(number)
                    break
                await asyncio.sleep(0.1)

    async def _bring(self, number: int, more: bytes) -> str:
        try:
            async with asyncio.timeout(30), calling(self.server.port) as peer:
                return await peer.bring(more + order_mail(number), f"{number}@n{number}.example")
        except OSError:
            return ""

    async def outcomes(self) -> list[Outcome]:
        """When all work is done: what is there of what was sent."""
        await self.quiet()
        mails = Counter(int(row.partition("@")[0]) for row in self._asked("SELECT sender FROM mails"))
        orders = Counter(int(row) for row in self._asked("SELECT number FROM orders"))
        everything = set[int]().union(*(record.sent for record in self.records))
        strange = sum(count - (number in everything) for number, count in orders.items())
        assert {1} >= set(mails.values())
        found = []
        for record in self.records:
            lost = record.acknowledged - (set(mails) & set(orders))
            doubled = sum(orders[number] - 1 for number in record.sent if orders[number] > 1)
            counts = len(record.acknowledged), len(lost), doubled
            found.append(Outcome(record.fault, record.tried, *counts, record.remark))
        assert strange == sum(each.invented for each in found)
        return found

    async def quiet(self) -> None:
        """Until every mail is in the database, and read."""
        assert await soon(self._is_quiet, 90)

    async def _is_quiet(self) -> bool:
        waiting = list((self.state / "spool").glob("*"))
        due = "SELECT id FROM arrivals UNION ALL SELECT id FROM mails WHERE due_at IS NOT NULL"
        return not waiting and not self._asked(due)

    def _asked(self, query: str) -> list[str]:
        with closing(sqlite3.connect(f"file:{self.state / FILE}?mode=ro", uri=True, timeout=10)) as connection:
            return [str(row[0]) for row in connection.execute(query)]


@asynccontextmanager
async def house(
    folder: Path, *, full: bool, smtp: str = "", limits: Mapping[str, float] | None = None, clock: float = 0
) -> AsyncIterator[House]:
    """A house that is open.  `clock`: how many seconds its clock is ahead; the file `clock` in `folder` sets it."""
    (folder / "clock").write_text(str(clock))
    answering, dns = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Dns({}), ("127.0.0.1", 0))
    port = answering.get_extra_info("sockname")[1]
    asked = f'nameservers = ["127.0.0.1:{port}"]\ntimeout = {5 if full else 0.5}'
    async with Sink() as sink:
        server = Server(folder, sink.port, smtp=smtp, dns=asked)
        settings = [f"CHAOS_CLOCK={folder / 'clock'}", f"CHAOS_LIMITS={json.dumps(dict(limits or {}))}"]
        program = [sys.executable, "-m", "tests.chaos.serve", "--config", str(folder / "config.toml")]
        settings += [] if full else ["CHAOS_HASTE=1"]
        server.program = program
        try:
            await server.start(*ROLES, under=("env", *settings))
            yield House(server, sink, full, dns)
        finally:
            server.end()
            answering.close()


def pieces(octets: bytes, size: int) -> Iterator[bytes]:
    """The octets in pieces of this size."""
    for start in range(0, len(octets), size):
        yield octets[start : start + size]

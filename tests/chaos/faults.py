"""What goes wrong with a server that serves: each fault comes, honest senders bring mails meanwhile, and it goes."""

import asyncio
import resource
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress

from smtpd_billbee.store.store import FILE
from tests.chaos.house import House

LIMITS = {
    "idle": 3,
    "data_patience": 1,
    "data_rate": 500,
    "session": 6,
    "farewell": 0.5,
    "tick": 0.1,
    "commands": 10**7,
}
SMTP = "commit_patience = 0.5\nmax_connections = 500"
AHEAD = 7200.0  # seconds


async def locked(house: House) -> None:
    """Another program has the database, for a minute."""
    record = house.record("database locked for 60 s" if house.full else "database locked")
    with closing(sqlite3.connect(house.state / FILE, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        record.tried = 1
        async with _lasting(60 if house.full else 1):
            await house.bring(record, house.some)
        waiting = len(list((house.state / "spool").glob("*.mail")))
        connection.execute("ROLLBACK")
    record.remark = f"{waiting} in the spool"
    assert waiting


async def cannot_grow(house: House) -> None:
    """No file of the server may grow beyond 4 KiB: not the database, and not the log of what happens either."""
    record = house.record("database cannot grow (EFBIG)")
    process = house.server.process.pid
    old = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, old[1]))
    record.tried = 1
    try:
        await house.bring(record, house.some, b"X-Padding: %s\r\n" % (b"synthetic " * 50))
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, old)


async def clock_set_back(house: House) -> None:
    """The clock is two hours ahead, and then it is not."""
    record = house.record("clock set back by two hours")
    await house.bring(record, house.some // 2)
    (house.server.folder / "clock").write_text("0")
    record.tried = 1
    await house.bring(record, house.some // 2)


async def dns_dead(house: House) -> None:
    """No name server answers: nothing can be proved of the mails, and they become orders all the same."""
    record = house.record("DNS dead")
    await house.bring(record, 1)
    await house.quiet()
    asked = len(house.dns.asked)
    house.dns.is_dead = True
    await house.bring(record, 10 if house.full else 2)
    await house.quiet()
    house.dns.is_dead = False
    record.tried, record.remark = house.dns.unanswered, "tried: questions"
    assert asked
    assert record.tried


async def black_hole(house: House) -> None:
    """The smarthost takes every connection and says nothing."""
    record = house.record("smarthost is a black hole")
    house.sink.delays["CONNECT"] = 3600
    record.tried = 1
    await house.bring(record, house.some)


async def never_reads(house: House) -> None:
    """Peers that ask again and again and never read an answer."""
    record = house.record("clients that never read")
    record.tried = 20
    flood = b"EHLO deaf.example\r\n" * 200_000
    async with _crowd(house, record.tried, flood) as sent_away:
        await house.bring(record, house.some)
        await sent_away()


async def slow_loris(house: House) -> None:
    """Peers that begin a mail, and bring an octet now and then."""
    record = house.record("slow loris")
    record.tried = 50
    begun = b"EHLO slow.example\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n"
    async with _crowd(house, record.tried, begun) as sent_away:
        await house.bring(record, house.some)
        await sent_away()


async def crowd(house: House) -> None:
    """Two thousand connections at once, from forty addresses: most are told 421, and honest senders come again."""
    record = house.record("2,000 connections at once")
    greetings: list[bytes] = []
    async with asyncio.TaskGroup() as tasks:
        over = asyncio.Event()
        for number in range(2000):
            tasks.create_task(_stand_there(house.server.port, f"127.0.1.{number % 40}", greetings, over))
            if number % 100 == 0:
                await asyncio.sleep(0.01)
        async with asyncio.timeout(30):
            while len(greetings) < 2000:  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.02)
        honest = asyncio.get_running_loop().create_task(house.bring(record, house.some, tries=200))
        await asyncio.sleep(0.3)
        over.set()
        await honest
    record.tried = len(greetings)
    turned_away = sum(greeting.startswith(b"421 4.7.0") for greeting in greetings)
    record.remark = f"{turned_away} of them 421"
    assert turned_away >= 500


SHARED: tuple[Callable[[House], Awaitable[None]], ...] = (
    dns_dead, locked, cannot_grow, clock_set_back, slow_loris, never_reads, crowd, black_hole,
)  # fmt: skip


async def _stand_there(port: int, address: str, greetings: list[bytes], over: asyncio.Event) -> None:
    greeting = b""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        greeting = await reader.readline()
        greetings.append(greeting)
        await over.wait()
        writer.close()
        return
    greetings.append(greeting)


@asynccontextmanager
async def _lasting(seconds: float) -> AsyncIterator[None]:
    """At least so long, whatever happens in it."""
    end = asyncio.get_running_loop().time() + seconds
    yield
    await asyncio.sleep(max(0, end - asyncio.get_running_loop().time()))


@asynccontextmanager
async def _crowd(house: House, count: int, words: bytes) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """So many peers that say this and read nothing; then each an octet now and then.  Until they are all sent away."""
    loop = asyncio.get_running_loop()

    async def one() -> None:
        with socket.socket() as peer, suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.setblocking(False)
            await loop.sock_connect(peer, ("127.0.0.1", house.server.port))
            await loop.sock_sendall(peer, words)
            while True:
                await asyncio.sleep(0.3)
                await loop.sock_sendall(peer, b"x")

    tasks = [loop.create_task(one()) for _ in range(count)]

    async def sent_away() -> None:
        _, inside = await asyncio.wait(tasks, timeout=30)
        assert not inside

    try:
        yield sent_away
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

"""A storm: numbered mails from several senders, while the server is killed at random moments again and again."""

import asyncio
import contextlib
import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling
from tests.sink import Sink

KILLS = 20
SENDERS = 6
MAILS = 50_000  # never reached; the lists of the commands must show all
PATIENCE = 60.0  # after the last kill: leases of half a minute, and the rest of the work

_NUMBER = re.compile(rb"^Bestellnummer: (\d+)\r$", re.MULTILINE)


@dataclass
class Aftermath:
    """What there is when the storm is over, by the numbers of the mails."""

    kills: int = 0
    acknowledged: set[int] = field(default_factory=set)
    given_up: set[int] = field(default_factory=set)  # by their senders, without a 250
    tries: int = 0
    mails: Counter[int] = field(default_factory=Counter)
    orders: Counter[int] = field(default_factory=Counter)
    copies: Counter[int] = field(default_factory=Counter)
    unread: int = 0
    unsent: int = 0
    orphans: list[str] = field(default_factory=list)


async def storm(folder: Path, database: str, seed: int) -> Aftermath:
    """Let it rage, wait until all work is done, and look around."""
    chance, found = random.Random(seed), Aftermath()
    async with Sink() as sink:
        server = Server(folder, sink.port, database)
        server.own_nursery = True
        try:
            await server.start()
            await _rage(server, chance, found)
            await _calm(server, found)
        finally:
            server.end()
        for copy in sink.mails:
            found.copies.update(numbers_in(copy.raw))
    return found


async def _rage(server: Server, chance: random.Random, found: Aftermath) -> None:
    over, numbers, children = asyncio.Event(), itertools.count(100_001), list[psutil.Process]()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(SENDERS):
            sender_chance = random.Random(chance.random())
            tasks.create_task(sending([server], numbers, over, sender_chance, found))
        for _ in range(KILLS):
            await _more(found, chance.choice((0, 1, 5, 20)))
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            children += await server.kill()
            found.kills += 1
            await server.launch()
            if chance.random() < 0.2:  # killed again before it serves
                await asyncio.sleep(chance.uniform(0.1, 0.8))
                children += await server.kill()
                await server.launch()
            await server.serves()
        over.set()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    found.orphans = [str(child) for child in alive]


async def sending(
    servers: Sequence[Server], numbers: "itertools.count[int]", over: asyncio.Event, chance: random.Random,
    found: Aftermath,
) -> None:  # fmt: skip
    """One mail after the other, each at any of our servers, as MX records lead there; again and again until its 250, as
    mail servers do, or now and then given up.
    """
    while not over.is_set():
        number = next(numbers)
        while number not in found.acknowledged | found.given_up:
            found.tries += 1
            if await _try(chance.choice(servers).port, number):
                found.acknowledged.add(number)
            elif chance.random() < 0.02:
                found.given_up.add(number)
            else:
                await asyncio.sleep(chance.uniform(0.01, 0.1))
        await asyncio.sleep(chance.uniform(0, 0.1))


async def _more(found: Aftermath, mails: int) -> None:
    """Until so many more mails got their 250: on a slow machine the storm must not be over before it began."""
    enough = len(found.acknowledged) + mails
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            while len(found.acknowledged) < enough:  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.005)


async def _try(port: int, number: int) -> bool:
    try:
        async with calling(port) as peer:
            return (await peer.bring(order_mail(number), _sender_of(number))).startswith("250 2.0.0 Accepted")
    except OSError:
        return False


async def _calm(server: Server, found: Aftermath) -> None:
    await soon(lambda: is_done(server), PATIENCE)
    await look_around(server, found)


async def look_around(server: Server, found: Aftermath) -> None:
    """What its database holds."""
    mails = await server.json("mail", "list", "--limit", str(MAILS))
    orders = await server.json("order", "list", "--limit", str(MAILS))
    found.mails = Counter(int(mail["sender"].partition("@")[0]) for mail in mails)
    found.orders = Counter(int(order["number"]) for order in orders)
    found.unread = sum(mail["state"] in ("received", "reading") for mail in mails)
    found.unsent = len(await server.json("queue", "list"))


async def is_done(server: Server) -> bool:
    """Whether every mail in its database is read and every copy sent."""
    if await server.json("queue", "list"):
        return False
    mails = await server.json("mail", "list", "--state", "received,reading")
    return not mails


def _sender_of(number: int) -> str:
    return f"{number}@jimdo.example"


def numbers_in(copy: bytes) -> list[int]:
    return [int(found) for found in _NUMBER.findall(copy)]

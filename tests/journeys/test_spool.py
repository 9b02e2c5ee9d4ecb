"""The database is locked, and the server is killed meanwhile: what got its 250 becomes an order all the same, once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg

from tests.journeys.orders import order_mail
from tests.journeys.running import OWNER, Server, serving, soon
from tests.journeys.senders import calling

ROLES = ("--only", "door,reading,relaying")
NUMBERS = ["501", "502", "503"]


@asynccontextmanager
async def locked(folder: Path, database: str) -> AsyncIterator[None]:
    """Another program has the database and does not give it back."""
    if database:
        other = await asyncpg.connect(database)
        async with other.transaction():
            await other.execute("LOCK TABLE mails IN ACCESS EXCLUSIVE MODE")
            yield
        await other.close()
        return
    with closing(sqlite3.connect(folder / "var" / "smtpd-billbee.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_locked_and_killed(tmp_path: Path, database: str):
    """Accepted within the patience; after kill -9 and a new start each mail is one order and one copy."""
    async with serving(tmp_path, *ROLES, smtp="commit_patience = 0.5") as (server, sink):
        async with locked(tmp_path, database):
            answers = [await _bring(server, int(number)) for number in NUMBERS]
            waiting = list((tmp_path / "var" / "spool").glob("*.mail"))
            await server.kill()
        await server.start()
        orders = await soon(lambda: _orders(server), 20)
        await sink.wait_for(len(NUMBERS))
        left = list((tmp_path / "var" / "spool").glob("*"))

    assert ["250 2.0.0"] * 3 == [answer[:9] for answer in answers]
    assert (3, []) == (len(waiting), left)
    assert NUMBERS == sorted(order["number"] for order in orders)
    assert [OWNER] * 3 == [copy.recipient for copy in sink.mails]


async def _bring(server: Server, number: int) -> str:
    async with calling(server.port) as peer, asyncio.timeout(15):
        return await peer.bring(order_mail(number))


async def _orders(server: Server) -> list[dict[str, str]]:
    orders: list[dict[str, str]] = await server.json("order", "list")
    return orders if len(orders) >= len(NUMBERS) else []

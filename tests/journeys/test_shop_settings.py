"""The settings of a shop that change a mail's way: which copies wait for the reading, and when a mail is read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.orders import order_mail
from tests.journeys.running import Server, serving, soon
from tests.journeys.senders import send
from tests.sink import Sink

ORDER = order_mail(601)
NEWSLETTER = (
    b"From: Teehandel <news@teehandel.example>\r\nSubject: Newsletter: Neue Tees im Fruehling\r\n"
    b"X-Sample: synthetic\r\nList-Unsubscribe: <mailto:weg@teehandel.example>\r\n\r\n"
    b"Newsletter im Maerz\r\n\r\nLiebe Kunden, unsere neuen Sorten sind da. Hier abmelden.\r\n"
)
# It looks like an order, and has neither a number nor items nor a total.
UNREADABLE = b"\r\n".join(
    line for line in ORDER.split(b"\r\n") if b"601" not in line and b"EUR" not in line and b"Artikel" not in line
)

BOTH_OFF = "relay_orders = false\nrelay_others = false"


@pytest.mark.parametrize(
    ("switches", "copied"),
    [
        ("relay_orders = false", [NEWSLETTER, UNREADABLE]),
        ("relay_others = false", [ORDER, UNREADABLE]),
        (BOTH_OFF, [UNREADABLE]),
        ("", [ORDER, NEWSLETTER, UNREADABLE]),
    ],
    ids=["no orders", "no others", "neither", "all"],
)
async def test_switches(tmp_path: Path, switches: str, copied: list[bytes]):
    """With a switch off the reading decides which copies go; a mail that could not be read always goes."""
    async with serving(tmp_path, shop=switches) as (server, sink):
        for content in (ORDER, NEWSLETTER, UNREADABLE):
            await asyncio.to_thread(send, server.port, content)
        mails = await soon(lambda: _read(server, 3), 20)
        await sink.wait_for(len(copied))
        rest = await soon(lambda: _is_empty(server), 20)
        bodies = [each for each in (ORDER, NEWSLETTER, UNREADABLE) for copy in sink.mails if copy.raw.endswith(each)]

    assert ["order", "not_an_order", "unreadable"] == [mail["state"] for mail in mails]
    assert rest
    assert sorted(copied) == sorted(bodies)


@pytest.mark.parametrize("switches", ["relay_orders = false", "relay_others = false", BOTH_OFF])
async def test_unreadable_is_relayed(tmp_path: Path, switches: str):
    """A mail that no reader can read is copied whatever the switches say: only its owner can read it."""
    async with serving(tmp_path, shop=switches) as (server, sink):
        await asyncio.to_thread(send, server.port, UNREADABLE)
        await sink.wait_for(1)
        (mail,) = await soon(lambda: _read(server, 1), 30)

    assert "unreadable" == mail["state"]
    assert sink.mails[0].raw.endswith(UNREADABLE)


async def test_waits_for_the_reading(tmp_path: Path):
    """With a switch off the copy is held until the mail is read, and shown as held; then it goes by itself."""
    async with Sink() as sink:
        async with _one_more_run(tmp_path, sink, "--only", "door,relaying") as server:
            await asyncio.to_thread(send, server.port, UNREADABLE)
            (held,) = await server.json("queue", "list")
            await asyncio.sleep(1.5)  # the relaying role has looked again
            copied_before = len(sink.mails)
            await server.stop()
        async with _one_more_run(tmp_path, sink):
            await sink.wait_for(1)

    assert ("held", None, 0) == (held["state"], held["next_at"], copied_before)
    assert sink.mails[0].raw.endswith(UNREADABLE)


async def test_minimum_age(tmp_path: Path):
    """A young mail waits to be read; its copy does not wait; reading it by hand does not wait either."""
    async with serving(tmp_path, shop="minimum_age = 30") as (server, sink):
        await asyncio.to_thread(send, server.port, ORDER)
        await sink.wait_for(1)
        await asyncio.sleep(1.5)  # the reading role has looked again
        (young,) = await server.json("mail", "list")
        (reread,) = await server.json("mail", "reread", "1")

    assert "received" == young["state"]
    assert datetime.fromisoformat(young["received_at"]).utcoffset() == timedelta()
    assert "received" == reread["state_before"]
    assert reread["state"] not in ("received", "reading")


@asynccontextmanager
async def _one_more_run(folder: Path, sink: Sink, *words: str) -> AsyncIterator[Server]:
    """A server on a folder that may have been served before."""
    server = Server(folder, sink.port, shop=BOTH_OFF)
    try:
        await server.start(*words)
        yield server
    finally:
        server.end()


async def _read(server: Server, count: int) -> list[Any]:
    """The mails, oldest first, once so many are read."""
    mails = await server.json("mail", "list")
    waiting = [mail for mail in mails if mail["state"] in ("received", "reading")]
    return [] if waiting or len(mails) < count else mails[::-1]


async def _is_empty(server: Server) -> bool:
    return [] == await server.json("queue", "list")

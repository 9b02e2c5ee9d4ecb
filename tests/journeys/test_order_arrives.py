"""The whole way: a mail arrives, its order is there, its copy is with the owner."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.orders import MAILS
from tests.journeys.running import OWNER, Server, serving
from tests.journeys.senders import Send, by_smtp_source, by_smtplib, by_swaks, wire
from tests.sink import Sink

OURS = (
    b"Received:",
    b"Delivered-To:",
    b"X-Forwarded-To:",
    b"X-Forwarded-For:",
    b"X-Smtpd-Billbee-Copy:",
    b"Authentication-Results:",
)
TRACE = (b"Return-Path:", b"Received:")


@pytest.mark.parametrize("send", [by_smtplib, by_swaks, by_smtp_source])
@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("*.eml")))
async def test_order(served: tuple[Server, Sink], tmp_path: Path, name: str, send: Send):
    """A command given soon after the 250 shows the order, whoever sent its mail."""
    server, _ = served
    expected = json.loads((MAILS / f"{name}.json").read_text())
    await asyncio.to_thread(send, server.port, MAILS / f"{name}.eml", tmp_path)
    orders = await _orders_within(server, 20.0)

    assert [expected] == [_same_part(expected, order) for order in orders]


@pytest.mark.parametrize("send", [by_smtplib, by_swaks, by_smtp_source])
async def test_copy(served: tuple[Server, Sink], tmp_path: Path, send: Send):
    """The owner's copy is what was sent, byte for byte, behind headers of ours and nothing else."""
    server, sink = served
    mail = MAILS / "german-order.eml"
    async with Sink() as witness:  # every client ends a mail in its own way: another server tells what it sends
        await asyncio.to_thread(send, witness.port, mail, tmp_path)
        sent = witness.mails[0].raw
    await asyncio.to_thread(send, server.port, mail, tmp_path)
    await sink.wait_for(1)
    (copy,) = sink.mails

    assert sent.startswith(wire(mail))
    assert copy.raw.endswith(sent)
    assert [*OURS, *TRACE] == _names(copy.raw.removesuffix(sent))
    assert OWNER == copy.recipient
    assert copy.sender.endswith("@bounce.example")
    assert copy.raw.endswith(await server.raw(1))


async def test_a_shop_that_asks_who_sends(tmp_path: Path):
    """Without a word on trust in the settings, what comes from this machine is an order that a person must look at."""
    async with serving(tmp_path, trust="proved") as (server, _):
        await asyncio.to_thread(by_smtplib, server.port, MAILS / "german-order.eml", tmp_path)
        orders = await _orders_within(server, 20.0)

    assert [["its origin is in doubt: nobody has said yet that this is your shop's sender"]] == [
        order["problems"] for order in orders
    ]


async def test_two_seconds_of_nothing(served: tuple[Server, Sink]):
    """Without a mail there is no order: the commands above do not show what was there before."""
    server, sink = served

    assert [] == await server.json("order", "list") == await server.json("mail", "list") == sink.mails


async def _orders_within(server: Server, seconds: float) -> list[Any]:
    """What the first command that sees an order shows; the last one is given after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        last = time.monotonic() >= end
        orders: list[Any] = await server.json("order", "list")
        if orders or last:
            return orders
        await asyncio.sleep(min(0.2, max(0.0, end - time.monotonic())))


def _same_part(expected: Any, found: Any) -> Any:
    """Of what was found, what the expectation speaks about."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: _same_part(value, found.get(name)) for name, value in expected.items()}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [_same_part(one, other) for one, other in zip(expected, found, strict=True)]
    return found


def _names(headers: bytes) -> list[bytes]:
    """The headers' names with their colons, without folded lines."""
    lines = headers.removesuffix(b"\r\n").split(b"\r\n")
    return [line[: line.index(b":") + 1] for line in lines if not line.startswith((b" ", b"\t"))]

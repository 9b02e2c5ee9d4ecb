"""An owner teaches the running server a word: mails that come later know it, and older ones are read again."""

import asyncio
import smtplib
from pathlib import Path
from typing import Any

from tests.journeys.orders import order_mail
from tests.journeys.running import ADDRESS, SENDER, Server, serving, soon
from tests.journeys.senders import send

OTHER_SHOP = '\n[[accounts.shops]]\nid = 777\nname = "Garnkiste"\ntrust = "everybody"'


def unknown(number: int) -> bytes:
    """An order mail whose total stands behind words that the reader does not know."""
    lines = order_mail(number).replace(b"Gesamtbetrag", b"Obolus").split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith(b"Zwischensumme"))


def doubtful(number: int) -> bytes:
    """One that does not add up, as the cost of shipping stands behind such words."""
    return order_mail(number).replace(b"\r\nVersandkosten", b"\r\nFuhrlohn")


async def test_taught_while_serving(tmp_path: Path, database: str):
    """Unreadable, then taught: the next mail is an order at once, the old ones after `mail reread`, told by field."""
    async with serving(tmp_path, database=database) as (server, _):
        for content in (unknown(601), doubtful(602)):
            await asyncio.to_thread(send, server.port, content)
        before = await _states(server, 2)
        await server.command("label", "add", "de", "total", "Obolus")
        await server.command("label", "add", "de", "shipping_cost", "Fuhrlohn")
        await asyncio.to_thread(send, server.port, unknown(603))
        later = await _states(server, 3)
        changes = await server.json("mail", "reread", "--state", "unreadable,to_check")
        after = await _states(server, 3)
        orders = {order["number"]: order["total"] for order in await server.json("order", "list")}
    told = {change["id"]: change["changes"] for change in changes}

    assert {1: "unreadable", 2: "to_check"} == before
    assert "order" == later[3]
    assert {1: "order", 2: "order", 3: "order"} == after
    assert {"601": "14.90", "602": "14.90", "603": "14.90"} == orders
    assert ["became order 601", "number: now 601"] == told[1][:2]
    assert {"total: now 14.90", "billing_address.city: now Köln"} <= set(told[1])
    assert "shipping_cost: now 4.90" in told[2]
    assert 1 == sum(each.startswith("no longer in doubt: ") for each in told[2])


async def test_taught_for_one_shop(tmp_path: Path):
    """What one shop's owner taught holds for that shop and for no other; the table says what stayed."""
    async with serving(tmp_path, shop=OTHER_SHOP) as (server, _):
        await server.command("label", "add", "de", "total", "Obolus", "--shop", "777")
        await asyncio.to_thread(_send_to, server.port, "777-jimdo-orderimport@inbound.example")
        await asyncio.to_thread(_send_to, server.port, ADDRESS)
        states = await _states(server, 2)
        told = await server.command("mail", "reread", "--state", "unreadable,to_check")

    assert {1: "order", 2: "unreadable"} == states
    assert told.startswith("mail 2: still unreadable: it looks like an order, but its total could not be read\n")


def _send_to(port: int, address: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail(SENDER, [address], unknown(604))


async def _states(server: Server, count: int) -> dict[int, str]:
    """Every mail's state, once so many are read."""

    async def read() -> list[Any]:
        mails: list[Any] = await server.json("mail", "list")
        waiting = [mail for mail in mails if mail["state"] in ("received", "reading")]
        return [] if waiting or len(mails) < count else mails

    return {mail["id"]: mail["state"] for mail in sorted(await soon(read, 20), key=lambda mail: mail["id"])}

"""The channel `json`: from its own import address to the order, on both databases."""

import asyncio
import json
import smtplib
from pathlib import Path
from typing import Any

from tests.journeys.orders import json_document
from tests.journeys.running import SENDER, serving, soon

HEAD = b'Subject: JSON\r\nX-Sample: synthetic\r\nContent-Type: text/html; charset="UTF-8"\r\n\r\n'


async def test_from_recipient_to_order(tmp_path: Path, database: str):
    """The address is served and shown, the order is there with nothing to check, and the copy goes out unchanged."""
    content = HEAD + json.dumps(json_document()).encode() + b"\r\n"
    async with serving(tmp_path, database=database) as (server, sink):
        shop = await server.json("shop", "show", "12345")
        await asyncio.to_thread(_send, server.port, shop["json_address"], content)

        async def orders() -> list[Any]:
            found: list[Any] = await server.json("order", "list")
            return found

        (order,) = await soon(orders, 30)
        (mail,) = await server.json("mail", "list")
        await sink.wait_for(1)

    assert "12345-json-orderimport@inbound.example" == shop["json_address"] == mail["recipient"]
    assert ("order", []) == (mail["state"], mail["problems"])
    assert ("J-1042", "14.40", "EUR") == (order["number"], order["total"], order["currency"])
    assert sink.mails[0].raw.endswith(content)


def _send(port: int, address: str, content: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail(SENDER, [address], content)

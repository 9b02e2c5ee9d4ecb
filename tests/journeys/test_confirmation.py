"""A mailbox asks whether it may forward: the owner finds its code and its link in `mail show`."""

import asyncio
from pathlib import Path
from typing import Any

from tests.journeys.running import serving, soon
from tests.journeys.senders import send, wire

MAIL = Path(__file__).parents[1] / "mails" / "n_fwdconfirm_other-de-03.eml"
LINK = "https://postfach.example/weiterleitung/bestaetigen?k=5b6c7d8e9f"


async def test_shown(tmp_path: Path):
    """Code, link and host, in words and as JSON."""
    async with serving(tmp_path) as (server, _):
        await asyncio.to_thread(send, server.port, wire(MAIL))

        async def read() -> Any:
            (mail,) = await server.json("mail", "list", "--state", "not_an_order") or [None]
            return mail

        assert await soon(read, 30)
        shown = await server.json("mail", "show", "1")
        words = await server.command("mail", "show", "1")

    assert {"code": "48 21 77", "link": LINK, "host": "postfach.example"} == shown["confirmation"]
    assert "\ncode to confirm with: 48 21 77\n" in words
    assert f"\nlink to confirm with, goes to postfach.example: {LINK}\n" in words

"""Postfix brings mails to us over STARTTLS and takes our copies over STARTTLS; its own log is the witness."""

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.interop.postfix import Postfix, postfix
from tests.journeys.orders import order_mail
from tests.journeys.running import ADDRESS, OWNER, SENDER, Server, soon
from tests.serving import free_port
from tests.smtp.playing import CERTIFICATES

TLS = f'tls_certificate = "{CERTIFICATES}/mx.pem"\ntls_key = "{CERTIFICATES}/mx.key"'
NUMBERS = range(701, 706)
UNKNOWN = "99999-jimdo-orderimport@inbound.example"
ODD_TEXT = b"\r\n\r\n.a dot\r\n..two\r\n" + b"long " * 500 + b"\r\n\xc3\xa4\xff\r\n"
ODD = b"X-Sample: synthetic\r\nSubject: x" + ODD_TEXT  # Postfix adds headers that are missing


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[tuple[Server, Postfix]]:
    """Each is the other's next server."""
    port = free_port()
    with postfix(bringing_to=port) as peer:
        relaying = f'tls = "starttls"\nca_file = "{peer.certificate}"'
        server = Server(folder, peer.port, smtp=TLS, relaying=relaying)
        config = folder / "config.toml"
        config.write_text(config.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{port}"', 1))
        try:
            await server.start()
            yield server, peer
        finally:
            server.end()


def give(peer: Postfix, recipient: str, *contents: bytes) -> None:
    """Mails for Postfix to bring."""
    with smtplib.SMTP("127.0.0.1", peer.plain, timeout=60) as client:
        for content in contents:
            client.sendmail(SENDER, [recipient], content, ["BODY=8BITMIME"])


def sent(log: str, recipient: str) -> list[str]:
    """How each mail to this recipient ended, in Postfix's words."""
    return re.findall(rf"to=<{re.escape(recipient)}>.*?status=(.*)", log)


@pytest.mark.timeout(200)
async def test_there_and_back(tmp_path: Path) -> None:
    """Orders come over TLS 1.3, each with its 250 and our id; their copies arrive; an unknown shop bounces at once."""
    async with both(tmp_path) as (server, peer):
        contents = [*(order_mail(number) for number in NUMBERS), ODD]
        await asyncio.to_thread(give, peer, ADDRESS, *contents)
        await asyncio.to_thread(give, peer, UNKNOWN, ODD)
        await asyncio.to_thread(peer.wait_for_log, f"to=<{OWNER}>", len(contents))
        await asyncio.to_thread(peer.wait_for_log, f"to=<{UNKNOWN}>")
        log = peer.log()
        mails = await server.json("mail", "list")
        raws = [await server.raw(mail["id"]) for mail in mails if mail["size"] > len(ODD)]

    accepted = [re.fullmatch(r"sent \(250 2\.0\.0 Accepted as ([0-9a-f]{16})\)", end) for end in sent(log, ADDRESS)]

    assert {each[1] for each in accepted if each} == {mail["queue_id"] for mail in mails}
    assert len(contents) == len(accepted) == len(mails)
    assert [True] == [raw.endswith(ODD_TEXT) for raw in raws]
    assert all(b"with ESMTPS (TLSv1.3 " in raw for raw in raws)
    assert "TLS connection established to 127.0.0.1[127.0.0.1]" in log
    assert "bounced (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 No such address here (in reply to RCPT TO command))" in (
        sent(log, UNKNOWN)
    )
    # Our copies: Postfix took each over STARTTLS, and its delivery (it throws them away) is what we call sent.
    assert ["sent (example.org)"] * len(contents) == sent(log, OWNER)
    assert "TLS connection established from " in log


@pytest.mark.timeout(200)
async def test_it_comes_again(tmp_path: Path) -> None:
    """A server that is not there, and one that restarts, cost Postfix a pause and no mail."""
    async with both(tmp_path) as (server, peer):
        await server.stop()
        await asyncio.to_thread(give, peer, ADDRESS, *(order_mail(number) for number in NUMBERS))
        await asyncio.to_thread(peer.wait_for_log, "status=deferred", 1)
        await server.start()
        await asyncio.to_thread(peer.wait_for_log, "status=sent (250 2.0.0 Accepted", len(NUMBERS))
        await asyncio.to_thread(peer.wait_for_log, f"to=<{OWNER}>", len(NUMBERS))
        orders = await soon(lambda: all_orders(server), 30)

    assert {str(number) for number in NUMBERS} == {order["number"] for order in orders}


async def all_orders(server: Server) -> list[dict[str, str]]:
    """The orders, when each of the mails has become one."""
    orders: list[dict[str, str]] = await server.json("order", "list")
    return orders if len(orders) == len(NUMBERS) else []

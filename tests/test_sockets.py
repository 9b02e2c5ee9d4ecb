"""The sockets that we listen on."""

import asyncio
import socket

import pytest

from smtpd_billbee.errors import StartError
from smtpd_billbee.sockets import bound, name_of


async def test_answers_are_not_held_back() -> None:
    """A connection sends what it has at once, or an answer in two writes waits for a delayed acknowledgement."""
    nodelay: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        nodelay.set_result(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = bound("127.0.0.1:0", "web.listen")
    async with await asyncio.start_server(accepted, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert 0 != await nodelay
        writer.close()


def test_a_taken_address_is_named_with_its_setting() -> None:
    """One sentence says which setting asks for an address that cannot be had."""
    with bound("127.0.0.1:0", "web.listen") as first, pytest.raises(StartError) as refused:
        bound(name_of(first), "smtp.listen")

    assert str(refused.value).startswith("smtp.listen: 127.0.0.1:")

"""Ends that are not as they should be: the peer goes too early, or we do."""

import asyncio
import signal

import pytest

from tests.journeys.orders import order_mail
from tests.journeys.running import Server, soon
from tests.journeys.senders import calling, stuffed
from tests.sink import Sink

MAIL = order_mail(501)


@pytest.fixture
def database() -> str:
    """The door alone is looked at, whatever is behind it; half a minute of waiting is enough once."""
    return ""


async def test_client_goes_after_the_dot(served: tuple[Server, Sink]):
    """A client that closes behind its final dot, without waiting for the 250, has given us a mail: it is kept."""
    server, sink = served
    async with calling(server.port) as peer:
        await peer.begin()
        await peer.send(stuffed(MAIL))
    await sink.wait_for(1)

    assert 1 == len(await server.json("mail", "list"))
    assert sink.mails[0].raw.endswith(MAIL)


async def test_client_ends_its_half(served: tuple[Server, Sink]):
    """A client that only stops to speak hears its 250."""
    server, _ = served
    async with calling(server.port) as peer:
        await peer.begin()
        await peer.send(stuffed(MAIL))
        peer.writer.write_eof()

        assert (await peer.hear()).startswith("250 2.0.0 Accepted")


async def test_client_goes_before_the_dot(served: tuple[Server, Sink]):
    """Half a mail is no mail."""
    server, sink = served
    async with calling(server.port) as peer:
        await peer.begin()
        await peer.send(MAIL)
    async with calling(server.port) as peer:
        assert (await peer.bring(order_mail(502))).startswith("250")
    await sink.wait_for(1)

    assert [order_mail(502)] == [copy.raw[-len(order_mail(502)) :] for copy in sink.mails]
    assert 1 == len(await server.json("mail", "list"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stop_waits_for_a_mail(served: tuple[Server, Sink], number: signal.Signals):
    """Told to stop, it lets nobody in, says goodbye to who waits for nothing, and takes the mail that is coming in."""
    server, _ = served
    async with calling(server.port) as giving, calling(server.port) as idle:
        await giving.begin()
        await giving.send(MAIL[:200])
        server.process.send_signal(number)
        goodbye = await idle.hear()
        refused = await soon(lambda: _is_refused(server.port), 20)
        await giving.send(MAIL[200:] + b".\r\n")
        answers = await giving.hear(), await giving.hear()
    status = await asyncio.to_thread(server.process.wait, 30)
    await server.start()

    assert goodbye.startswith("421 4.3.2")
    assert refused
    assert ["250 2.0.0", "421 4.3.2"] == [answer[:9] for answer in answers]
    assert 0 == status
    assert (await server.raw(1)).endswith(MAIL)


async def test_stop_does_not_wait_for_ever(served: tuple[Server, Sink]):
    """A peer that stops in the middle of its mail keeps the server for its grace only; what it began is not kept."""
    server, _ = served
    async with calling(server.port) as peer:
        await peer.begin()
        await peer.send(MAIL[:200])
        status = await server.stop()
        answer = await peer.hear()

    assert 0 == status
    assert answer.startswith("421 4.3.2")
    assert [] == await server.json("mail", "list")


async def _is_refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False
